"""What may not appear in anything published, as one value to search with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from custanalytics.privacy.leak_check.run_together import Squeezed


@dataclass(frozen=True)
class Origin:
    """What a secret is, and where it comes from.

    Attributes
    ----------
    kind : str
        Such as ``"e-mail"``, ``"amount"`` or ``"note"``.
    source : str
        Where it stands, such as ``"data/sales.csv, column 3"``.
    shown : str
        The secret, masked; empty where its own signs may be shown masked.
    rows : int
        Rows of the source that have it; 0 where it comes from no table.
    """

    kind: str
    source: str
    shown: str = ""
    rows: int = 0


@dataclass(frozen=True)
class Secrets:
    """Everything to look for; see `custanalytics.privacy.leak_check.secrets_of`.

    Attributes
    ----------
    phrases : dict
        Words in their plain form, one blank between two -> origin.
    numbers : dict
        Value as its shortest text -> origin, found in every writing.
    prices : dict
        The same for small amounts, which are found where two decimals are written.
    codes : dict
        Figures of running numbers, found where no sign stands between them.
    days : dict
        Day -> origin.
    files : dict
        SHA-256 of a file -> origin.
    trusted : frozenset of str
        SHA-256 of files that are not looked into.
    """

    phrases: Mapping[str, Origin] = field(repr=False)
    numbers: Mapping[str, Origin] = field(repr=False)
    prices: Mapping[str, Origin] = field(repr=False)
    codes: Mapping[str, Origin] = field(repr=False)
    days: Mapping[date, Origin] = field(repr=False)
    files: Mapping[str, Origin] = field(repr=False)
    trusted: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def count(self) -> int:
        """How many secrets there are."""
        texts, others = len(self.phrases) + len(self.days), (self.numbers, self.prices, self.codes)
        return texts + sum(len(kept) for kept in others)

    @cached_property
    def lengths(self) -> dict[str, tuple[int, ...]]:
        """First word -> how many words the phrases have that begin with it."""
        found: dict[str, set[int]] = {}
        for phrase in self.phrases:
            found.setdefault(phrase.split(" ", 1)[0], set()).add(phrase.count(" ") + 1)
        return {word: tuple(sorted(lengths)) for word, lengths in found.items()}

    @cached_property
    def squeezed(self) -> Squeezed:
        """The longer phrases, to be found without blanks."""
        return Squeezed(self.phrases)
