"""What may not appear in anything published, as one value to search with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from custanalytics.privacy.leak_check.unspaced import UnspacedPhrases


@dataclass(frozen=True)
class Origin:
    """What a secret is, and where it comes from."""

    kind: str  # such as "e-mail", "amount" or "note"
    source: str  # such as "data/sales.csv, column 3"
    shown: str = ""  # the secret, masked; empty where its own signs may be shown masked
    rows: int = 0  # of the source that have it; 0 where it comes from no table


@dataclass(frozen=True)
class Secrets:
    """Everything to look for, each with its origin; see `secrets_of`."""

    phrases: Mapping[str, Origin] = field(repr=False)  # words in plain form, a blank between two
    numbers: Mapping[str, Origin] = field(repr=False)  # shortest text; found in every writing
    prices: Mapping[str, Origin] = field(repr=False)  # small amounts; found with two decimals
    codes: Mapping[str, Origin] = field(repr=False)  # running numbers; found with no sign between
    days: Mapping[date, Origin] = field(repr=False)
    files: Mapping[str, Origin] = field(repr=False)  # SHA-256 of a file
    trusted: frozenset[str] = field(default=frozenset(), repr=False)  # SHA-256; not looked into

    @property
    def count(self) -> int:
        """How many secrets there are."""
        kinds = (self.phrases, self.days, self.numbers, self.prices, self.codes)
        return sum(len(secrets) for secrets in kinds)

    @cached_property
    def lengths(self) -> dict[str, tuple[int, ...]]:
        """First word -> how many words the phrases have that begin with it."""
        lengths: dict[str, set[int]] = {}
        for phrase in self.phrases:
            lengths.setdefault(phrase.split(" ", 1)[0], set()).add(phrase.count(" ") + 1)
        return {word: tuple(sorted(counts)) for word, counts in lengths.items()}

    @cached_property
    def unspaced(self) -> UnspacedPhrases:
        """The longer phrases, to be found without blanks."""
        return UnspacedPhrases(self.phrases)
