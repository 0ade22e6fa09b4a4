"""Names of the client's and sentences about them, as they may be said in public."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from custanalytics.check import Check
from custanalytics.privacy.mute.counts import rounded_count, significant
from custanalytics.privacy.mute.key import Key
from custanalytics.sentences import Sentence, noted

# Where a whole number counts tries, months or a setting, not people.
_NO_PEOPLE = {"fewest", "level", "window", "needed", "fits"}
_TRIES = {
    "clv.attributes", "clv.beats_naive", "clv.last_year", "clv.season",
}  # fmt: skip
_NOT_SUPPORTED = noted("The data do not support this analysis.")


class TooFew(Exception):  # noqa: N818 - no error: the sentence is kept back
    """A sentence counts so few people that it is not said."""


@dataclass(frozen=True)
class Words:
    """What the client's own names are replaced with.

    Attributes
    ----------
    key : Key
        The secret: dates and amounts in sentences move with all others.
    names : mapping of str to str
        A name of the client's (a column, a level) -> what stands for it.
    ours : frozenset of str
        Texts that are not the client's: models, rules, settings' words.
    settings : frozenset of float
        Numbers that were set and are no result, such as a window's days.
    """

    key: Key
    names: Mapping[str, str]
    ours: frozenset[str]
    settings: frozenset[float]

    def name(self, text: str) -> str:
        """What stands for a name of the client's; an input made of a date keeps its ending."""
        if text in self.names:
            return self.names[text]
        column, colon, ending = text.rpartition(": ")
        if colon and column in self.names:
            return f"{self.names[column]}: {ending}"
        return self.names.get("", "(a name)")

    def sentence(self, text: str, check: str = "") -> str:
        """A sentence with its figures and names muted."""
        if not isinstance(text, Sentence):
            return text if text in self.ours or not text else self.name(text)
        values = {key: self._value(key, value, check) for key, value in text.values.items()}
        number = text.number
        if number is not None and check not in _TRIES:
            number = self._number("n", number)
        return Sentence(text.template, values, text.many, number)

    def check(self, check: Check) -> Check | None:
        """A check with its figures muted; None where it counts fewer than ten."""
        try:
            sentence = self.sentence(check.sentence, check.name)
            source = self.sentence(check.source)
        except TooFew:
            return None
        value, threshold = (
            None if bound is None else self._bound(bound)
            for bound in (check.value, check.threshold)
        )
        return Check(check.name, check.passed, sentence, value, threshold, source)

    def checks(self, checks: Sequence[Check]) -> tuple[Check, ...]:
        """All checks that may be said."""
        return tuple(muted for check in checks if (muted := self.check(check)) is not None)

    def reason(self, text: str) -> str:
        """Why an analysis was left out."""
        try:
            return self.sentence(text)
        except TooFew:
            return _NOT_SUPPORTED

    def _value(self, name: str, value: Any, check: str) -> Any:
        if isinstance(value, str):
            return self.sentence(value, check)
        if isinstance(value, bool):
            return value
        if isinstance(value, Decimal):
            return Decimal(str(significant(float(value) * self.key.factor)))
        if isinstance(value, date | datetime):
            return moved(value, self.key)
        if name in _NO_PEOPLE or (name == "n" and check in _TRIES):
            return value
        return self._number(name, value)

    def _number(self, name: str, value: Any) -> float | int:
        if float(value) in self.settings:
            return float(value) if isinstance(value, float) else int(value)
        if isinstance(value, int) or (name in ("actual", "predicted") and abs(value) > 1):
            rounded = rounded_count(value)
            if math.isnan(rounded):
                raise TooFew
            return int(rounded)
        return significant(value)

    def _bound(self, value: float) -> float:
        if not float(value).is_integer() or float(value) in self.settings:
            return significant(value)
        rounded = rounded_count(value)
        return significant(value) if math.isnan(rounded) else rounded


def moved(day: date, key: Key) -> date:
    """A day, as many months earlier or later as the key says."""
    return (pd.Timestamp(day) + pd.DateOffset(months=key.months)).date()
