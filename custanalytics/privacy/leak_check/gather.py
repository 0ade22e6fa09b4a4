"""Collects secrets one by one, and leaves out in the end what is public."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from custanalytics.errors import UsageError
from custanalytics.privacy.leak_check import figures
from custanalytics.privacy.leak_check.days import days_in
from custanalytics.privacy.leak_check.public import public_text
from custanalytics.privacy.leak_check.search import phrases_in
from custanalytics.privacy.leak_check.secrets import Origin, Secrets
from custanalytics.privacy.leak_check.wording import EMAIL, masked, phrase, plain, windows, words

EMAIL_KIND = "e-mail"
RARE_ROWS = 10
WINDOW = 5
_HASH = re.compile(r"[0-9a-f]{64}")
_LONG, _LONGEST = 8, 60
_LEAST_WORD, _LEAST_PHRASE = 4, 5
# An order "A 1000" is one, although some text says "a 1,000".
_NEVER_PUBLIC = {EMAIL_KIND, "identifier"}
# Whose names a consultant may not allow, however many rows have them.
_NEVER = {EMAIL_KIND, "client", "machine", "file", "rule"}


class Gathering:
    """Secrets while they are collected; the first origin of a secret is kept, rows add up."""

    def __init__(self) -> None:
        self.phrases: dict[str, Origin] = {}
        self.numbers: dict[str, Origin] = {}
        self.prices: dict[str, Origin] = {}
        self.codes: dict[str, Origin] = {}
        self.days: dict[date, Origin] = {}
        self.files: dict[str, Origin] = {}

    def text(
        self, text: str, kind: str, source: str, rows: int = 0, least: int = _LEAST_WORD
    ) -> None:
        """Take a text: as a whole, or by runs of five words where it is long."""
        for email in EMAIL.findall(text):
            self._keep(phrase(email), Origin(EMAIL_KIND, source, masked(email), rows))
        found = words(plain(text))
        if len(found) > _LONG:
            for window in windows(found, WINDOW, step=2):
                self._keep(window, Origin(kind, source, rows=rows))
        if len(found) > _LONGEST:
            return
        size = sum(map(len, found))
        if all(word.isdecimal() for word in found):
            return
        if size >= (least if len(found) == 1 else _LEAST_PHRASE):
            self._keep(" ".join(found), Origin(kind, source, rows=rows))

    def number(self, value: str, written: str, kind: str, source: str, rows: int = 0) -> None:
        """Take a number: by value, or as a price where it is small."""
        if figures.is_distinctive(value):
            self.numbers.setdefault(value, Origin(kind, source, rows=rows))
        elif figures.is_price(written):
            self.prices.setdefault(value, Origin(kind, source, rows=rows))

    def day(self, day: date, source: str, rows: int = 0) -> None:
        """Take a day."""
        had = self.days.get(day, Origin("date", source))
        self.days[day] = replace(had, rows=had.rows + rows)

    def secrets(self, allowed: Collection[str], published: Collection[date], own: str) -> Secrets:
        """What was collected, without what is public."""
        kept = {k: o for k, o in self.phrases.items() if o.kind in _NEVER_PUBLIC}
        maybe = {k: o for k, o in self.phrases.items() if k not in kept}
        public = set(phrases_in(_of_phrases(maybe), [*_public_words(), *words(plain(own))]))
        kept |= {k: o for k, o in maybe.items() if k not in public}
        trusted = frozenset(value for value in allowed if self._may_be_trusted(value))
        made = Secrets(
            kept,
            self.numbers,
            _unusual(self.prices),
            self.codes,
            {day: o for day, o in self.days.items() if day not in published},
            {digest: o for digest, o in self.files.items() if digest not in trusted},
            trusted,
        )
        return _without(made, allowed)

    def _may_be_trusted(self, value: str) -> bool:
        """Whether it is the hash of a file, and not of one of the data."""
        origin = self.files.get(value)
        return bool(_HASH.fullmatch(value)) and (origin is None or origin.kind == "picture")

    def _keep(self, key: str, origin: Origin) -> None:
        had = self.phrases.get(key)
        if had is None:
            self.phrases[key] = origin
        elif origin.rows:
            self.phrases[key] = replace(had, rows=had.rows + origin.rows)


def public_word(word: str) -> bool:
    """Whether a single word, in its plain form, is one of the package's own."""
    return word in _public_set()


def _of_phrases(phrases: dict[str, Origin]) -> Secrets:
    return Secrets(phrases, {}, {}, {}, {}, {})


@cache
def _public_words() -> list[str]:
    # A bar ends a phrase: words of two texts are none.
    return [word for line in public_text().split("\n") for word in (*line.split(), "|")]


@cache
def _public_set() -> frozenset[str]:
    return frozenset(_public_words())


def _unusual(prices: dict[str, Origin]) -> dict[str, Origin]:
    """Prices that are no coincidence: those of a range where fewer than one in ten is taken."""
    ranges: dict[int, int] = {}
    for value in prices:
        size = len(value.partition(".")[0])
        ranges[size] = ranges.get(size, 0) + 1
    usual = {size for size, count in ranges.items() if count > 90}
    return {v: o for v, o in prices.items() if len(v.partition(".")[0]) not in usual}


def _without(secrets: Secrets, allowed: Collection[str]) -> Secrets:
    found: dict[str, set[object]] = {"phrases": set(), "numbers": set(), "prices": set()}
    found |= {"codes": set(), "days": set()}
    for value in allowed:
        for name, key, origin in _meant(secrets, value):
            if origin.kind in _NEVER or 0 < origin.rows < RARE_ROWS:
                why = (
                    f"only {origin.rows} rows have it"
                    if 0 < origin.rows < RARE_ROWS
                    else f"it is of the kind {origin.kind}"
                )
                raise UsageError(
                    f"{value!r} ({origin.source}) can't be allowed: {why}, so it may tell who "
                    "is meant; take it out of what is published"
                )
            found[name].add(key)
        if EMAIL.search(value):
            raise UsageError(
                f"{masked(value)} can't be allowed: it is an e-mail address; "
                "take it out of what is published"
            )
    changed: dict[str, Any] = {
        name: {k: o for k, o in getattr(secrets, name).items() if k not in keys}
        for name, keys in found.items()
        if keys
    }
    return replace(secrets, **changed)


def _meant(secrets: Secrets, value: str) -> Iterator[tuple[str, object, Origin]]:
    """Secrets that an allowed value stands for."""
    text = plain(value)
    if (key := phrase(value)) in secrets.phrases:
        yield "phrases", key, secrets.phrases[key]
    for number, digits in figures.written(text):
        for name in ("numbers", "prices", "codes"):
            kept = getattr(secrets, name)
            found = digits if name == "codes" else number
            if found in kept:
                yield name, found, kept[found]
    for days in days_in(text):
        for day in days:
            if day in secrets.days:
                yield "days", day, secrets.days[day]
