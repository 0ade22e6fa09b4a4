"""Whole sentences with named places for figures.

Every text of the report passes through `say`, `plural`, `word` or `told`, which look it up in
the message catalogue of the language that is spoken.
"""

import re
import string
from collections.abc import Sequence
from typing import Any

import pandas as pd

from custanalytics.content.format import MISSING, Formats, is_missing
from custanalytics.content.language import spoken
from custanalytics.sentences import Money, Sentence

_SPEC = re.compile(r"(\+?)(,?)(?:\.(\d+))?([%fd]?)")


def say(template: str, **values: Any) -> str:
    """One sentence with its figures in place; the template is one literal text."""
    return word(template).format(**values)


def plural(number: float, one: str, many: str, **values: Any) -> str:
    """The sentence that fits the number: ``one`` for exactly one, else ``many``."""
    return _counted(number, one, many).format(**values)


def word(text: str) -> str:
    """A constant of ours in the report's language; any other text as it is."""
    return spoken().messages.gettext(text) if text else text


def words(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The frame with constants of ours in these columns in the report's language."""
    there = [name for name in columns if name in frame.columns]
    return frame.assign(**{name: [_known(text) for text in frame[name]] for name in there})


def told(text: str, formats: Formats) -> str:
    """A sentence of the analyses in the report's language, its figures as the report has them."""
    if not isinstance(text, Sentence):
        return word(text)
    template = (
        word(text.template)
        if text.number is None
        else _counted(text.number, text.template, text.many)
    )
    return _Filling(formats).vformat(template, (), text.values) if text.values else template


def as_sentence(text: str, formats: Formats) -> str:
    """A reason of the analyses as a sentence of its own."""
    said = told(text, formats)
    ending = "" if not said or said.endswith((".", "!", "?")) else "."
    return said[:1].upper() + said[1:] + ending


def told_all(texts: Sequence[str], formats: Formats) -> list[str]:
    """The same for several."""
    return [told(text, formats) for text in texts]


class _Filling(string.Formatter):
    """Fills a sentence's places with figures as the report's locale writes them."""

    def __init__(self, formats: Formats) -> None:
        self.formats = formats

    def format_field(self, value: Any, format_spec: str) -> str:
        formats = self.formats
        if isinstance(value, Sentence):
            return told(value, formats)
        if isinstance(value, str):
            return value
        if is_missing(value):
            return MISSING
        if hasattr(value, "year"):
            return formats.month(value) if format_spec == "%Y-%m" else formats.date(value)
        spec = _SPEC.fullmatch(format_spec)
        if spec is None:
            raise ValueError(f"no figure of a sentence is written as {format_spec!r}")
        sign, _, digits, kind = spec.groups()
        number = float(value)
        if isinstance(value, Money):
            text = formats.money(number)
        elif kind == "%":
            text = formats.percent(number, int(digits or 0))
        else:
            text = formats.number(number, int(digits or 0))
        return "+" + text if sign and number > 0 else text


def _counted(number: float, one: str, many: str) -> str:
    # A fraction is never exactly one.
    whole = int(number) if float(number).is_integer() else 2
    return spoken().messages.ngettext(one, many, whole)


def _known(text: Any) -> Any:
    return word(str(text)) if isinstance(text, str) else text
