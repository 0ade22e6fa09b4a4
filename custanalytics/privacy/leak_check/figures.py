"""Numbers by value, however they are written: 1,234.50 is 1234,5 and 1 234.5.

A value is kept as the shortest text of it: "1234.5".
"""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from custanalytics.ledger.detect.currency_codes import iso_codes

LEAST_DIGITS = 4
_PRICE_DIGITS = 3
_SIGNS = (".", ",")
_YEARS = range(1900, 2101)
# Value, and behind it what makes it a share or thousands.
_BEHIND = r"(?P<behind>\s?%|\s?(?:k|tsd|thousand|mil|mille|m|mio|mn|million|millions|millones)\b)?"
_EXPONENT = r"(?P<e>e[+-]?\d{1,2})?"
_POINT = re.compile(
    rf"(?<!\d)(?<!\d[.,'’])(?P<n>\d+(?:\.\d+)?){_EXPONENT}(?!\d)(?![.,]\d){_BEHIND}"
)
_COMMA = re.compile(rf"(?<!\d)(?<!\d[.,'’])(?P<n>\d+,\d+)(?!\d)(?![.,]\d){_BEHIND}")
_GROUPS = re.compile(
    r"(?<!\d)(?<!\d[.,'’])(?P<n>[1-9]\d{0,2}(?P<sign>[.,'’ ])\d{3}(?:(?P=sign)\d{3})*"
    rf"(?:[.,]\d+)?)(?!\d){_BEHIND}"
)
_THOUSANDS_ONLY = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_EXACT = re.compile(rf"(?<![\d.])(?P<n>\d+(?:\.\d+)?){_EXPONENT}(?!\d)")
_THOUSANDS = ("k", "tsd", "thousand", "mil", "mille")
_NOISE_DIGITS = 6


def shortest(whole: str, fraction: str = "") -> str:
    """The shortest text of a value.

    Examples
    --------
    >>> shortest("01234", "50"), shortest("0", "000")
    ('1234.5', '0')
    """
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def significant(value: str) -> int:
    """How many significant digits a value has; zeros at both ends don't count."""
    digits = value.replace(".", "").lstrip("0")
    return len(digits if "." in value else digits.rstrip("0"))


def is_distinctive(value: str) -> bool:
    """Whether a value is so exact that it is no coincidence: no year and no round number."""
    is_year = len(value) == 4 and value.isdecimal() and int(value) in _YEARS
    return not is_year and significant(value) >= LEAST_DIGITS


def is_price(written: str) -> bool:
    """Whether a number is written as money: with two decimals, and three digits or more in all."""
    digits = "".join(filter(str.isdecimal, written)).lstrip("0")
    return written[-3:-2] in _SIGNS and written[-2:].isdecimal() and len(digits) >= _PRICE_DIGITS


def roundings(value: Decimal | float) -> Iterator[str]:
    """A value at every precision that still tells it: 409571.25 is 409571.3, 409571, 409600 too."""
    exact = abs(Decimal(str(value)))
    if not exact.is_finite() or not exact:
        return
    for places in range(_NOISE_DIGITS, -10, -1):
        rounded = round(exact, places)
        text = _text(rounded)
        if significant(text) < LEAST_DIGITS and rounded != exact:
            return
        if is_distinctive(text):
            yield text


def written(text: str) -> Iterator[tuple[str, str]]:
    """Numbers of a text that people read, in every way each can be meant."""
    for pattern in (_POINT, _COMMA):
        for found in pattern.finditer(text):
            if found["n"].isdecimal() and _is_in_code(text, found.start()):
                # "C10556" is no amount; its figures may be a running number.
                yield "", found["n"]
                continue
            if _THOUSANDS_ONLY.fullmatch(found["n"]):
                # "509,900" is more than half a million: nobody writes money with three decimals.
                continue
            yield from _read(found, found["n"].replace(",", "."))
    for found in _GROUPS.finditer(text):
        number, sign = found["n"], found["sign"]
        yield from _read(found, number.replace(sign, "").replace(",", "."), found["n"])
        if sign == " " and number.count(" ") > 1:
            # In a row of a table, the blank may end the number before.
            groups = number.split(" ")
            for first in range(1, len(groups) - 1):
                joined = "".join(groups[first:]).replace(",", ".")
                yield from _read(found, joined, number)


def exact(text: str) -> Iterator[tuple[str, str]]:
    """Numbers of a text for programs, such as JSON: a point is the decimal sign."""
    for found in _EXACT.finditer(text):
        whole, _, fraction = found["n"].partition(".")
        if found["e"]:
            yield _text(Decimal(found["n"] + found["e"])), found["n"]
            continue
        yield shortest(whole, fraction), found["n"]
        if len(fraction) > _NOISE_DIGITS:
            # What a float makes of 1234.5 may be 1234.5000000000001.
            yield _text(round(Decimal(found["n"]), _NOISE_DIGITS)), found["n"]


def _is_in_code(text: str, start: int) -> bool:
    """Whether a letter stands right before figures, and it is of no currency's code."""
    before = text[max(start - 4, 0) : start]
    if not before[-1:].isalpha():
        return False
    return before[-3:].upper() not in iso_codes() or before[:-3].isalpha()


def _read(found: re.Match[str], number: str, as_written: str = "") -> Iterator[tuple[str, str]]:
    behind = (found["behind"] or "").strip()
    if behind == "%":
        return
    whole, _, fraction = number.partition(".")
    value = shortest(whole, fraction)
    if found.groupdict().get("e"):
        value = _text(Decimal(number + found["e"]))
    yield value, as_written or found["n"]
    if behind:
        times = 3 if behind in _THOUSANDS else 6
        yield _text(Decimal(value).scaleb(times)), as_written or found["n"]


def _text(value: Decimal) -> str:
    try:
        whole, _, fraction = f"{value:f}".lstrip("-").partition(".")
    except (InvalidOperation, ValueError):
        return "0"
    return shortest(whole, fraction)
