"""Sentences of the analyses as values: English text that keeps its template and its figures.

The analyses say what they found without formatting it for a reader: the report translates the
template and writes the figures as its locale does.
"""

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np


class Money(float):
    """An amount in a sentence: with its currency, which the report writes as its locale does.

    Examples
    --------
    >>> tell("{gain:+,.2f} a head", gain=Money(1.5, "EUR"))
    '+1.50 EUR a head'
    """

    __slots__ = ("currency",)
    currency: str

    def __new__(cls, amount: float, currency: str) -> "Money":
        """An amount, and the code of its currency; empty where it is not known."""
        made = super().__new__(cls, amount)
        made.currency = currency
        return made

    def __getnewargs__(self) -> tuple[float, str]:  # type: ignore[override]
        """What a copy is made from."""
        return float(self), self.currency

    def __format__(self, spec: str) -> str:
        """The amount, and the currency behind it."""
        return f"{float(self):{spec}} {self.currency}".rstrip()


class Sentence(str):
    """English text that can be said in another language.

    Attributes
    ----------
    template : str
        The sentence with named places, as `str.format` reads them.
    many : str
        The same for any number but one; empty where no number decides.
    number : float or None
        The number that decides.
    values : mapping of str to Any
        What stands in the places: numbers, dates, texts of the data, other sentences.
    """

    __slots__ = ("many", "number", "template", "values")
    template: str
    many: str
    number: float | None
    values: Mapping[str, Any]

    def __new__(
        cls,
        template: str,
        values: Mapping[str, Any] | None = None,
        many: str = "",
        number: float | None = None,
    ) -> "Sentence":
        """Write the English text, and keep what it was made of."""
        kept = {name: _plain(value) for name, value in (values or {}).items()}
        chosen = many if many and number != 1 else template
        made = super().__new__(cls, chosen.format(**kept) if kept else chosen)
        made.template, made.values, made.many, made.number = template, kept, many, number
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        """What a copy is made from."""
        return self.template, self.values, self.many, self.number


def tell(template: str, **values: Any) -> Sentence:
    """One sentence with its figures.

    Examples
    --------
    >>> tell("{n:,} of {all:,} rows", n=12, all=3456)
    '12 of 3,456 rows'
    """
    return Sentence(template, values)


def tell_many(number: float, one: str, many: str, **values: Any) -> Sentence:
    """The sentence that fits the number.

    Examples
    --------
    >>> tell_many(1, "one row", "{n:,} rows", n=1), tell_many(0, "one row", "{n:,} rows", n=0)
    ('one row', '0 rows')
    """
    return Sentence(one, values, many, float(number))


def noted(text: str) -> Sentence:
    """A text of ours without figures: so marked, the message catalogues hold it."""
    return Sentence(text)


def together(*sentences: str) -> Sentence:
    """Sentences one after the other; empty ones are passed over."""
    said = {f"sentence{i}": text for i, text in enumerate(filter(None, sentences))}
    return Sentence(" ".join(f"{{{name}}}" for name in said), said)


def listed(names: "list[str]") -> Sentence:
    """Names in a row, with commas: texts of the data or of ours."""
    said = {f"name{i}": name for i, name in enumerate(names)}
    return Sentence(", ".join(f"{{{name}}}" for name in said), said)


def as_json(sentence: Sentence) -> dict[str, Any]:
    """The sentence as plain values."""
    written: dict[str, Any] = {"template": sentence.template}
    if sentence.values:
        written["values"] = {name: _encoded(value) for name, value in sentence.values.items()}
    if sentence.many:
        written |= {"many": sentence.many, "number": sentence.number}
    return written


def from_json(written: Mapping[str, Any]) -> Sentence:
    """The sentence that `as_json` wrote.

    Parameters
    ----------
    written : mapping
        What it returned.

    Returns
    -------
    Sentence
    """
    values = {name: _decoded(value) for name, value in written.get("values", {}).items()}
    return Sentence(written["template"], values, written.get("many", ""), written.get("number"))


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return value.date() if isinstance(value, datetime) else value


def _encoded(value: Any) -> Any:
    if isinstance(value, Sentence):
        return as_json(value)
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, Money):
        return {"money": [_encoded(float(value)), value.currency]}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    return value


def _decoded(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    if "template" in value:
        return from_json(value)
    if "money" in value:
        amount, currency = value["money"]
        return Money(_decoded(amount), currency)
    readers: dict[str, Callable[[str], Any]] = {
        "date": date.fromisoformat,
        "decimal": Decimal,
        "float": float,
    }
    ((kind, text),) = value.items()
    return readers[kind](text)
