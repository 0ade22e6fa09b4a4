"""What each column of a prospects table is, and how it becomes a model input."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from custanalytics.errors import UsageError

Kind = Literal["number", "category", "date", "text", "identifier", "constant", "empty"]

BLANKS = {"", "na", "n/a", "#n/a", "null", "nan", "nat", "-", "?"}
SENTINEL = re.compile(r"^-?9{2,}$|^-1$")
IDENTIFIER_NAME = re.compile(r"(^|[_\W])(id|key|no|nr|uuid|number|email|phone)$", re.IGNORECASE)
DAY_FIRST = re.compile(r"^\s*(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
YEAR_FIRST = re.compile(r"^\s*\d{4}[-/.]\d{1,2}[-/.]\d{1,2}")
NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$", re.IGNORECASE)
READS_AS = 0.95
SENTINEL_SHARE = 0.05


@dataclass(frozen=True)
class Column:
    """One column of a prospects table, as recognised.

    Attributes
    ----------
    name : str
        Its header.
    kind : str
        'number', 'category' and 'date' are used; 'text', 'identifier', 'constant' and
        'empty' are not.
    filled : float
        Share of rows with a value.
    distinct : int
        Number of different values.
    sentinel : float or None
        A number that stands for "none", such as 999; read as missing.
    decimal_comma, day_first : bool
        How its text is to be read, so that a later file is read alike.
    """

    name: str
    kind: Kind
    filled: float
    distinct: int
    sentinel: float | None = None
    decimal_comma: bool = False
    day_first: bool = False

    @property
    def used(self) -> bool:
        """Whether a model may use it."""
        return self.kind in ("number", "category", "date")


def describe(table: pd.DataFrame) -> list[Column]:
    """Recognise each column of a table of prospects.

    Parameters
    ----------
    table : DataFrame
        One row per prospect; text as read from a file, or typed.

    Returns
    -------
    list of Column
        In the table's order.

    Raises
    ------
    UsageError
        Two columns have the same name.
    """
    doubled = table.columns[table.columns.duplicated()].unique()
    if len(doubled):
        raise UsageError(f"column names must differ; found twice: {', '.join(map(str, doubled))}")
    return [_recognise(str(name), table[name]) for name in table.columns]


def typed(series: "pd.Series", column: Column) -> "pd.Series":
    """Values of a column as its kind says: floats, dates, or text; blanks are null.

    Parameters
    ----------
    series : Series
        As it stands in the table.
    column : Column
        What it was recognised as.

    Returns
    -------
    Series
        float64, datetime64 or object (str or None), on the same index.
    """
    if column.kind == "number":
        numbers = _numbers(series, column.decimal_comma)
        return numbers.mask(numbers == column.sentinel) if column.sentinel is not None else numbers
    if column.kind == "date":
        return _dates(series, column.day_first)
    return _text(series)


def inputs(table: pd.DataFrame, columns: Sequence[Column], clock: str | None) -> pd.DataFrame:
    """Model inputs from the columns that can be used.

    Parameters
    ----------
    table : DataFrame
        One row per prospect.
    columns : sequence of Column
        Those to use.
    clock : str or None
        The date column that orders the prospects; other dates count in days from it.

    Returns
    -------
    DataFrame
        One row per row of the table: numbers as float, categories as text; a date becomes
        its month and weekday, and the days from the clock unless it is the clock.

    Raises
    ------
    UsageError
        A column is missing from the table.
    """
    missing = [c.name for c in columns if c.name not in table.columns]
    if missing:
        raise UsageError(f"the model needs these columns, which are missing: {', '.join(missing)}")
    made: dict[str, pd.Series] = {}
    clocks = {c.name: c for c in columns}
    zero = typed(table[clock], clocks[clock]) if clock in clocks else None
    for column in columns:
        values = typed(table[column.name], column)
        if column.kind != "date":
            made[column.name] = values
            continue
        made[f"{column.name}: month"] = values.dt.month_name().astype(object)
        made[f"{column.name}: weekday"] = values.dt.day_name().astype(object)
        if zero is not None and column.name != clock:
            made[f"{column.name}: days"] = (values - zero).dt.days.astype("float64")
    return pd.DataFrame(made, index=table.index)


def _recognise(name: str, series: "pd.Series") -> Column:
    text = _text(series)
    known = text.dropna()
    filled, distinct = len(known) / max(len(text), 1), int(known.nunique())
    if not distinct:
        return Column(name, "empty", 0.0, 0)
    if distinct == 1 and filled == 1.0:
        return Column(name, "constant", filled, 1)
    if pd.api.types.is_datetime64_any_dtype(series):
        return Column(name, "date", filled, distinct)
    if not pd.api.types.is_bool_dtype(series):
        for comma in (False, True):
            numbers = _numbers(series, comma)
            if numbers.notna().sum() >= READS_AS * len(known):
                return _number(name, numbers, filled, distinct, comma)
        day_first = _day_first(pd.Series(known.unique()))
        if day_first is not None:
            dates = _dates(series, day_first)
            if dates.notna().sum() >= READS_AS * len(known):
                return Column(name, "date", filled, distinct, day_first=day_first)
    words = known.str.count(" ").mean() + 1
    unique = distinct / len(known)
    if unique >= READS_AS and len(known) >= 20:
        return Column(name, "text" if words > 2 else "identifier", filled, distinct)
    if unique > 0.5 and words > 3:
        return Column(name, "text", filled, distinct)
    return Column(name, "category", filled, distinct)


def _number(
    name: str, numbers: "pd.Series[float]", filled: float, distinct: int, comma: bool
) -> Column:
    known = numbers.dropna()
    whole = bool((known == known.round()).all())
    if whole and distinct == len(known) and len(known) >= 20:
        steps = known.diff().dropna()
        if IDENTIFIER_NAME.search(name) or bool((steps == steps.iloc[0]).all()):
            return Column(name, "identifier", filled, distinct)
    return Column(name, "number", filled, distinct, _sentinel(known), decimal_comma=comma)


def _sentinel(known: "pd.Series[float]") -> float | None:
    """A value of nines or -1, at the edge, frequent, and far from all the others."""
    for edge, others in ((known.max(), known[known < known.max()]),
                         (known.min(), known[known > known.min()])):  # fmt: skip
        if others.empty or not SENTINEL.match(f"{edge:g}"):
            continue
        frequent = float((known == edge).mean()) >= SENTINEL_SHARE
        near = others.max() if edge > others.max() else others.min()
        spread = max(float(others.max() - others.min()), 1.0)
        alone = edge == -1 and others.min() >= 0
        if frequent and (alone or abs(edge - near) > 3 * spread):
            return float(edge)
    return None


def _text(series: "pd.Series") -> "pd.Series[str]":
    if pd.api.types.is_float_dtype(series) or pd.api.types.is_integer_dtype(series):
        return each_level(series, lambda value: f"{value:.15g}")
    return each_level(series, _stripped)


def _stripped(value: object) -> str | None:
    text = str(value).strip()
    return None if text.lower() in BLANKS else text


def each_level(series: "pd.Series", change: Callable[[Any], object]) -> "pd.Series":
    """Change each different value once: a million rows hold few."""
    codes, levels = pd.factorize(series)
    changed = np.array([*(change(level) for level in levels), None], dtype=object)
    return pd.Series(changed[codes], index=series.index, dtype=object)


def _numbers(series: "pd.Series", decimal_comma: bool) -> "pd.Series[float]":
    if pd.api.types.is_numeric_dtype(series):
        return series.astype("float64")
    group, point = (".", ",") if decimal_comma else (",", ".")
    grouped = re.compile(rf"^[+-]?\d{{1,3}}(\{group}\d{{3}})+(\{point}\d+)?$")

    def number(value: str) -> float:
        value = re.sub(r"[\s\u00a0\u202f%€$£']", "", value)
        if grouped.match(value):
            value = value.replace(group, "")
        value = value.replace(",", ".") if decimal_comma else value
        return float(value) if NUMBER.match(value) else float("nan")

    return each_level(_text(series), number).astype("float64")


def _day_first(levels: "pd.Series[str]") -> bool | None:
    """Whether the day stands first; None where the text does not look like dates."""
    parts = levels.str.extract(DAY_FIRST)
    if parts[0].notna().mean() >= READS_AS:
        return not bool((pd.to_numeric(parts[1]) > 12).any())
    return False if levels.str.match(YEAR_FIRST).mean() >= READS_AS else None


def _dates(series: "pd.Series", day_first: bool) -> "pd.Series[pd.Timestamp]":
    if pd.api.types.is_datetime64_any_dtype(series):
        return series.dt.tz_localize(None) if series.dt.tz is not None else series
    codes, levels = pd.factorize(_text(series))
    read = pd.to_datetime(
        pd.Series(levels, dtype=object),
        errors="coerce",
        dayfirst=day_first,
        format="mixed",
        utc=True,
    )
    days = read.dt.tz_localize(None).to_numpy()
    return pd.Series(np.append(days, np.datetime64("NaT"))[codes], index=series.index)


def as_category(values: "pd.Series") -> bool:
    """Whether an input column holds categories rather than numbers."""
    return not pd.api.types.is_numeric_dtype(values)
