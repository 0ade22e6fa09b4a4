"""Kinds of values that options take: what is accepted, and how a command line writes it."""

import math
import numbers
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from custanalytics.bundled import template_folder, template_names
from custanalytics.config.names import nearest, unknown
from custanalytics.errors import SourceError, UsageError


@dataclass(frozen=True)
class Kind:
    """Values that an option takes.

    `accept` gives the value as it is used, or raises ValueError; `parse` makes one of the text on
    a command line; `look` finds out whether what it names is there.
    """

    expected: str
    accept: Callable[[Any], Any]
    metavar: str
    parse: Callable[[str], Any] = str
    look: Callable[[Any], None] = lambda _: None
    # A table, or texts of the form NAME=VALUE.
    pairs: bool = False
    # The items of one text, where an option takes several.
    split: Callable[[Any], list[Any]] = lambda value: [value]


def _is(value: Any, *kinds: type) -> Any:
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise ValueError
    return value


def pairs(value: Any) -> dict[str, Any]:
    """A table, or texts of the form NAME=VALUE."""
    if isinstance(value, Mapping):
        return dict(value)
    found = {}
    for item in value if isinstance(value, list | tuple) else [value]:
        name, equals, text = _is(item, str).partition("=")
        if not (name and equals and text):
            raise ValueError
        found[name] = text
    return found


def _column(value: Any) -> str:
    return str(_is(value, str, int))


def _number(low: float, high: float, above: bool = False) -> Callable[[Any], float]:
    def accept(value: Any) -> float:
        number = float(_is(value, numbers.Real))
        if not (low <= number <= high) or (above and number == low) or math.isinf(number):
            raise ValueError
        return number

    return accept


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def accept(value: Any) -> int:
        number = int(_is(value, numbers.Integral))
        if not low <= number <= high:
            raise ValueError
        return number

    return accept


def _day(value: Any) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, datetime):  # as pandas has its days
        if value.time() != time.min:
            raise ValueError
        return value.date()
    day: date = _is(value, date)
    return day


def _path(value: Any) -> Path:
    return Path(_is(value, str, Path))


def _key(value: Any) -> Path | str:
    from custanalytics.privacy.pseudonyms import VARIABLE

    if isinstance(value, str) and value.startswith(VARIABLE):
        return str(value)
    return _path(value)


def _table(value: Any) -> Any:
    """A path, or a table of any package."""
    if value is None or isinstance(value, int | float | date | Mapping):
        raise ValueError
    return Path(value) if isinstance(value, str) else value


def _condition(value: Any) -> str:
    column, equals, wanted = _is(value, str).partition("=")
    if not (column.strip() and equals and wanted.strip()):
        raise ValueError
    return str(value)


def _each_condition(value: Any) -> list[Any]:
    """A dict's conditions, one for each value of a column."""
    if not isinstance(value, Mapping):
        return [value]
    several = {c: v if isinstance(v, list | tuple) else [v] for c, v in value.items()}
    return [f"{column}={one}" for column, values in several.items() for one in values]


def _locale(value: Any) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(_is(value, str).replace("-", "_")))
    except UnknownLocaleError as error:
        raise ValueError from error


def _currency(value: Any) -> str:
    from custanalytics.ledger.detect.currency_codes import iso_codes

    code: str = _is(value, str).strip().upper()
    if code not in iso_codes():
        raise ValueError
    return code


def _roles(value: Mapping[str, Any]) -> dict[str, str]:
    from custanalytics.ledger.detect.column_names import ROLES

    wrong = [unknown("role", role, ROLES) for role in value if role not in ROLES]
    if wrong:
        raise UsageError(", ".join(wrong))
    return {role: _column(column) for role, column in value.items()}


def _rates(value: Mapping[str, Any]) -> dict[str, str]:
    found = {_currency(code): Decimal(str(rate)) for code, rate in value.items()}
    if not all(rate.is_finite() and rate > 0 for rate in found.values()):
        raise ValueError
    return {code: str(rate) for code, rate in found.items()}


def _segments(value: Any) -> Any:
    from custanalytics.customers.rfm import Segment

    if isinstance(value, str | Path):
        return Path(value)
    return tuple(_is(segment, Segment) for segment in _is(value, list, tuple))


def _exists(path: Path) -> None:
    if not path.exists():
        raise SourceError(f"{path} is not there")


def _presentation(path: Path) -> None:
    # Whether its layouts serve is found out by those who draw on them.
    if not zipfile.is_zipfile(path):
        raise UsageError(f"{path} can't be read as a PowerPoint file (.pptx)")


def _template(name: str) -> None:
    if template_folder(name) is None:
        known = template_names()
        raise UsageError(unknown("report template", name, known) + ", or a folder of your own")


def _rules(segments: Any) -> None:
    from custanalytics.customers.rfm import check_segments
    from custanalytics.customers.segment_rules import read_segments

    check_segments(read_segments(segments) if isinstance(segments, Path) else segments)


def one_of(*choices: str) -> Kind:
    """One of some words."""

    def accept(value: Any) -> str:
        if value not in choices:
            near = nearest(value, choices)
            raise ValueError(f"did you mean {near}?" if near else "")
        return str(value)

    return Kind(f"one of {', '.join(choices)}", accept, "{" + ",".join(choices) + "}")


def some_of(*choices: str) -> Kind:
    """Some of a few words, each for itself, with commas between them, or ``all``."""

    def split(value: Any) -> list[Any]:
        words = value.split(",") if isinstance(value, str) else [value]
        return list(choices) if words == ["all"] else [_trimmed(word) for word in words]

    kind = one_of(*choices)
    expected = f"some of {', '.join(choices)} with commas between them, or all"
    return replace(
        kind, expected=expected, metavar=f"{{{','.join((*choices, 'all'))}}}", split=split
    )


def _trimmed(word: Any) -> Any:
    return word.strip() if isinstance(word, str) else word


def text(metavar: str) -> Kind:
    """Any text."""
    return Kind("a text", lambda value: _is(value, str), metavar)


FLAG = Kind("true or false", lambda value: _is(value, bool), "", parse=bool)
COLUMN = Kind("a column, by name or number from 1", _column, "COLUMN")
REASONED = Kind(
    "a column, by name or number from 1, with =REASON behind it where there is one",
    _column,
    "COLUMN[=REASON]",
)
VALUE = Kind("a value, as a text or a whole number", _column, "VALUE")
ADDRESS = Kind(
    "the address of a server, such as postgresql://USER@HOST/DATABASE", _column, "ADDRESS"
)
DAYS = Kind("a number of days from 1 to 3660", _whole(1, 3660), "N", int)
SEED = Kind("a whole number from 0 to 4294967295", _whole(0, 2**32 - 1), "N", int)
SHARE = Kind("a share from 0 to 1, such as 0.35", _number(0, 1), "SHARE", float)
MARGIN = Kind("a share above 0, up to 1, such as 0.35", _number(0, 1, above=True), "SHARE", float)
MONEY = Kind("an amount of money, such as 1.50", _number(0, math.inf), "MONEY", float)
DAY = Kind("a date such as 2026-06-30", _day, "DATE", date.fromisoformat)
FILE = Kind("a file", _path, "FILE", look=_exists)
TABLE = Kind(
    "a file or a table", _table, "FILE", look=lambda t: _exists(t) if isinstance(t, Path) else None
)
SEGMENTS = Kind("a file of rules, or segments", _segments, "FILE", look=_rules)
PRESENTATION = Kind("a file", _path, "FILE", look=_presentation)
REPORT_TEMPLATE = Kind("a name or a folder", lambda v: _is(v, str), "NAME", look=_template)
FOLDER = Kind("a folder", _path, "DIR")
KEY = Kind("a file for the key, or env:NAME", _key, "KEY")
LOCALE = Kind("a locale such as en_GB", _locale, "LOCALE")
CURRENCY = Kind("an ISO 4217 code of three letters such as EUR", _currency, "CODE")
ROLE = Kind("of the form ROLE=COLUMN", _roles, "ROLE=COLUMN", pairs=True)
CONDITION = Kind("of the form COLUMN=VALUE", _condition, "COLUMN=VALUE", split=_each_condition)
RATE = Kind("of the form CODE=RATE, such as USD=0.92, above zero", _rates, "CODE=RATE", pairs=True)
DATE_ORDER = one_of("dmy", "mdy", "ymd")
DECIMAL = one_of("point", "comma")
