"""Numbers, money and dates as a reader of the report's locale expects them."""

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from babel import Locale, dates, numbers

from custanalytics.content.language import spoken

MISSING = "–"
_NO_CENTS = 200
_BRITISH_SUFFIX = {"K": "k", "M": "m", "B": "bn", "T": "tn"}


@dataclass(frozen=True)
class Formats:
    """How the report writes numbers, money and dates.

    Every method takes a number or date, and gives an en dash where it is missing
    (None, NaN, NaT) or not finite.

    Examples
    --------
    >>> formats = Formats("en_GB", "GBP")
    >>> formats.money(1234.56), formats.money(12.5), formats.money_short(1_234_567)
    ('£1,235', '£12.50', '£1.2m')
    >>> formats.share(0.256), formats.share(0.004), formats.money(None)
    ('26%', '0.4%', '–')
    """

    locale: str = "en_GB"
    currency: str | None = None  # none: money is a plain number
    counted: bool = False  # purchases are counted: there is no money to write

    def __post_init__(self) -> None:
        """Bring ``de-DE`` and ``de_DE`` to one form."""
        object.__setattr__(self, "locale", str(Locale.parse(self.locale.replace("-", "_"))))

    @property
    def words(self) -> str:
        """Locale of everything in words: months are in the language of the sentences."""
        if self._in_words:
            return self.locale
        return "en_150"

    @property
    def language(self) -> str:
        """Language tag of the document, such as ``en-GB``."""
        return self.locale.replace("_", "-") if self._in_words else "en"

    @property
    def _in_words(self) -> bool:
        # Numbers follow the locale in any case, words where its language is spoken.
        return Locale.parse(self.locale).language == spoken().code

    @property
    def _cents(self) -> int:
        return numbers.get_currency_precision(self.currency) if self.currency else 2

    def money(self, amount: Any) -> str:
        """Money in whole units from 100 up, with cents below."""
        if is_missing(amount):
            return MISSING
        value = float(amount)
        return self._money(value, 0 if abs(value) >= 99.995 or value == 0 else self._cents)

    def money_whole(self, amount: Any) -> str:
        """Money in whole units, for axes."""
        return MISSING if is_missing(amount) else self._money(float(amount), 0)

    def money_exact(self, amount: Any) -> str:
        """Money to the cent, for reconciliations that must close."""
        return MISSING if is_missing(amount) else self._money(float(amount), self._cents)

    def money_short(self, amount: Any) -> str:
        """Money for headlines and axes: ``£1.2m``, ``£340k``, ``£940``."""
        if is_missing(amount):
            return MISSING
        value = float(amount)
        if abs(value) < 9_999.5:
            return self.money(value)
        if 999_500 <= abs(value) < 1_000_000:
            value = math.copysign(1_000_000, value)
        digits = 1 if _leading(value) < 99.5 and abs(value) >= 999_500 else 0
        if self.currency:
            text = numbers.format_compact_currency(
                value, self.currency, locale=self.locale, fraction_digits=digits
            )
        else:
            text = numbers.format_compact_decimal(value, locale=self.locale, fraction_digits=digits)
        if not any(c.isalpha() or c in "万億千만억" for c in text.replace(self._symbol(), "")):
            return self._money(value, 0)
        return _minus(self._suffix(text))

    def count(self, number: Any) -> str:
        """A whole number with thousands separators."""
        if is_missing(number):
            return MISSING
        return _minus(numbers.format_decimal(float(number), format="#,##0", locale=self.locale))

    def number(self, number: Any, digits: int = 1) -> str:
        """A number with a fixed number of decimals."""
        if is_missing(number):
            return MISSING
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return _minus(numbers.format_decimal(float(number), format=pattern, locale=self.locale))

    def exact(self, number: Any) -> str:
        """A number with three decimals, for scores."""
        return self.number(number, 3)

    def share(self, fraction: Any) -> str:
        """A fraction as a percentage; one decimal where whole percents would hide it."""
        if is_missing(fraction):
            return MISSING
        value = float(fraction)
        near_edge = 0 < abs(value) < 0.0095 or 0.9905 < abs(value) < 1
        if near_edge and round(value, 3) in (0, 1):
            edge = 0.001 if value < 0.5 else 0.999
            sign = "<" if value < 0.5 else ">"
            return sign + self._percent(edge, 1)
        return self._percent(value, 1 if near_edge else 0)

    def percent(self, fraction: Any, digits: int) -> str:
        """A fraction as a percentage with a fixed number of decimals."""
        return MISSING if is_missing(fraction) else self._percent(float(fraction), digits)

    def change(self, fraction: Any) -> str:
        """A relative change with its sign, such as ``+8%``."""
        if is_missing(fraction):
            return MISSING
        text = self.share(fraction)
        return "+" + text if float(fraction) > 0 else text

    def days(self, number: Any) -> str:
        """A number of days, without the word."""
        return self.count(number)

    def date(self, day: Any) -> str:
        """A day in words, such as ``9 December 2011``."""
        if is_missing(day):
            return MISSING
        return dates.format_date(as_date(day), "long", locale=self.words)

    def date_short(self, day: Any) -> str:
        """A day for tables, such as ``9 Dec 2011``."""
        if is_missing(day):
            return MISSING
        return dates.format_date(as_date(day), "medium", locale=self.words)

    def month(self, day: Any) -> str:
        """A month in words, such as ``December 2011``."""
        if is_missing(day):
            return MISSING
        return dates.format_skeleton("yMMMM", as_date(day), locale=self.words)

    def month_short(self, day: Any) -> str:
        """A month for tables and hover texts, such as ``Dec 2011``."""
        if is_missing(day):
            return MISSING
        return dates.format_skeleton("yMMM", as_date(day), locale=self.words)

    def apply(self, kind: str, value: Any) -> str:
        """Format by the name of a method above; ``text`` passes a string through."""
        if kind == "text":
            return MISSING if is_missing(value) else str(value)
        formatter = getattr(self, kind)
        return str(formatter(value))

    def _money(self, value: float, digits: int) -> str:
        if self.counted:
            raise ValueError("money is written where purchases are counted")
        if not self.currency:
            return self.number(value, digits)
        pattern = Locale.parse(self.locale).currency_formats["standard"].pattern.split(";")[0]
        decimals = "." + "0" * digits if digits else ""
        text = numbers.format_currency(
            value,
            self.currency,
            format=pattern.replace(".00", decimals),
            locale=self.locale,
            currency_digits=False,
        )
        return _minus(text)

    def _symbol(self) -> str:
        if not self.currency:
            return ""
        return str(numbers.get_currency_symbol(self.currency, locale=self.locale))

    def _suffix(self, text: str) -> str:
        if not self.locale.startswith("en") or self.locale == "en_US":
            return text
        return text[:-1] + _BRITISH_SUFFIX.get(text[-1], text[-1])

    def _percent(self, value: float, digits: int) -> str:
        pattern = Locale.parse(self.locale).percent_formats[None].pattern
        if digits:
            pattern = pattern.replace("#,##0", "#,##0." + "0" * digits)
        return _minus(numbers.format_percent(value, format=pattern, locale=self.locale))


def is_missing(value: Any) -> bool:
    """Whether a value is None, NaN, NaT or infinite."""
    if value is None or bool(pd.isna(value)):
        return True
    return isinstance(value, (int, float, np.number)) and not math.isfinite(float(value))


def money_format(amounts: "pd.Series[Any]") -> str:
    """Money with cents in all of these amounts or in none, by the largest."""
    return "money_whole" if (amounts.abs() >= _NO_CENTS).any() else "money_exact"


def as_date(day: Any) -> dt.date:
    """A date from a date, datetime, Timestamp or numpy datetime."""
    if isinstance(day, dt.datetime):
        return day.date()
    if isinstance(day, dt.date):
        return day
    stamp: dt.date = pd.Timestamp(day).date()
    return stamp


def _leading(value: float) -> float:
    exponent = math.floor(math.log10(abs(value)) / 3) * 3
    return abs(value) / 10.0**exponent


def _minus(text: str) -> str:
    return text.replace("-", "−", 1) if "-" in text else text
