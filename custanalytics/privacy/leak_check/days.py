"""Days in any writing: 2024-05-03, 3.5.2024, 05/03/24, 3 May 2024, May 3, 2024, 3 de mayo de 2024.

A month without a day ("May 2024") and a day without a year are no exact dates.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache

from babel import Locale

from custanalytics.privacy.leak_check.wording import plain

LANGUAGES = ("en", "de", "fr", "es")
_SEPARATOR = r"[-/.\u2010-\u2015]"
_ISO = re.compile(rf"(?<!\d)(\d{{4}}){_SEPARATOR}(\d{{1,2}}){_SEPARATOR}(\d{{1,2}})(?!\d)")
_COMPACT = re.compile(
    r"(?<![\d.,])((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:t?\d{4,6}z?)?(?!\d|\.\d)"
)
_BEHIND_YEAR = re.compile(
    rf"(?<![\d.])(\d{{1,2}})({_SEPARATOR}) ?(\d{{1,2}})\2 ?(\d{{4}}|\d{{2}})(?![\d.]\d|\d)"
)
_EPOCH = re.compile(r"(?<![\d.])(\d{10}|\d{13})(?!\d)(?!\.\d)")
_DAY_SECONDS = 86400
_CENTURY = 2000
_MONTHS = 12
# Days as Excel counts them, from 1990 to 2100.
_SERIAL_ZERO = date(1899, 12, 30)
_SERIALS = range(32_874, 73_051)


def days_in(text: str) -> Iterator[tuple[date, ...]]:
    """Days that a text names."""
    for pattern in (_ISO, _COMPACT):
        for year, month, day in pattern.findall(text):
            yield from _valid(_day(year, month, day))
    for first, _, second, year in _BEHIND_YEAR.findall(text):
        both = (_day(year, second, first), _day(year, first, second))
        yield from _valid(*dict.fromkeys(both))
    day_first, month_first, year_first = _with_names()
    for day, name, year in day_first.findall(text):
        yield from _valid(_day(year, _months()[name], day))
    for name, day, year in month_first.findall(text):
        yield from _valid(_day(year, _months()[name], day))
    for year, name, day in year_first.findall(text):
        yield from _valid(_day(year, _months()[name], day))


def without_months(values: Iterable[str]) -> list[str]:
    """Values of a workbook without those that are the first of a month, as it counts days."""
    return [value for value in values if not _is_first_of_month(value)]


def _is_first_of_month(value: str) -> bool:
    whole = value.removesuffix(".0")
    if not (whole.isdecimal() and int(whole) in _SERIALS):
        return False
    return (_SERIAL_ZERO + timedelta(days=int(whole))).day == 1


def day_is_first(texts: Iterable[str]) -> bool | None:
    """Whether the days of a column stand before their months; None where it can't be told."""
    day_first = month_first = False
    for text in texts:
        for first, _, second, _ in _BEHIND_YEAR.findall(text):
            day_first |= int(first) > _MONTHS
            month_first |= int(second) > _MONTHS
    return None if day_first == month_first else day_first


def epochs_in(text: str) -> Iterator[date]:
    """Days written as seconds or milliseconds since 1970, at midnight, as charts have them."""
    for found in _EPOCH.findall(text):
        seconds, rest = divmod(int(found), 1000) if len(found) == 13 else (int(found), 0)
        if not rest and not seconds % _DAY_SECONDS:
            yield datetime.fromtimestamp(seconds, UTC).date()


def _valid(*days: date | None) -> Iterator[tuple[date, ...]]:
    if found := tuple(day for day in days if day):
        yield found


def _day(year: str, month: str | int, day: str) -> date | None:
    number = int(year) + (_CENTURY if len(year) == 2 else 0)
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


@cache
def _months() -> dict[str, int]:
    """Name of a month, in full and short -> its number."""
    found: dict[str, int] = {}
    for language in LANGUAGES:
        months = Locale(language).months
        for style in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[style][width].items():
                    found.setdefault(plain(name).rstrip("."), number)
    return found | {"sept": 9, "sep": 9, "mrz": 3}


@cache
def _with_names() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    names = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    month, gap, year = rf"({names})\.?", r"[-/\s,]{1,3}", r"(\d{4})(?!\d)"
    return (
        re.compile(
            rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?[-/\s]{{0,3}}(?:of\s+|de\s+)?{month}"
            rf"{gap}(?:de\s+|del\s+)?(\d{{4}}|\d{{2}})(?!\d)"
        ),
        re.compile(rf"\b{month}{gap}(\d{{1,2}})(?:st|nd|rd|th)?{gap}{year}"),
        re.compile(rf"(?<!\d)(\d{{4}})[-/\s]{month}[-/\s](\d{{1,2}})(?!\d)"),
    )
