"""What each column of a prospects table is, and how it becomes a model input."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from custanalytics.errors import UsageError
from custanalytics.ledger.detect.column_values import DateCells, NumberCells
from custanalytics.ledger.read.cell_kinds import MISSING, kind_of
from custanalytics.sentences import Sentence, noted, tell

Kind = Literal["number", "category", "date", "text", "identifier", "constant", "empty"]

BLANKS = MISSING | {"?", "nat"}
# What the columns of a file without a header are called.
NO_NAME = re.compile(r"column (\d+)")
SENTINEL = re.compile(r"^-?9{2,}$|^-1$")
IDENTIFIER_NAME = re.compile(r"(^|[_\W])(id|key|no|nr|uuid|number|email|phone)$", re.IGNORECASE)
UNIQUE_SHARE = 0.95
SENTINEL_SHARE = 0.05
SAMPLE = 50


_MADE_OF_DATES = {
    ": month": noted("{column}: month"),
    ": weekday": noted("{column}: weekday"),
    ": days": noted("{column}: days"),
}


@dataclass(frozen=True)
class Column:
    """One column of a prospects table, as recognised."""

    # its header
    name: str
    # 'number', 'category' and 'date' are used; 'text', 'identifier', 'constant' and 'empty'
    # are not
    kind: Kind
    # share of rows with a value
    filled: float
    # number of different values
    distinct: int
    # a number that stands for "none", such as 999; read as missing
    sentinel: float | None = None
    # 'point' or 'comma': how a later file is read where nothing in it tells
    decimal: str = "point"
    # the same for dates: form of the cells to the order of day, month and year
    date_orders: dict[str, str] = field(default_factory=dict)

    @property
    def used(self) -> bool:
        """Whether a model may use it."""
        return self.kind in ("number", "category", "date")


@dataclass(frozen=True)
class TypedTable:
    """A table of prospects, each column read as what it is."""

    # in the table's order
    columns: list[Column]
    # the same columns: numbers as float64, dates as datetime64, all others as text (object);
    # blanks are null
    values: pd.DataFrame


def read_columns(
    table: pd.DataFrame, decimal: str | None = None, date_order: str | None = None
) -> TypedTable:
    """Recognise and read each column of a table of prospects."""
    names = [str(name) for name in table.columns]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise UsageError(f"column names must differ; found twice: {', '.join(doubled)}")
    texts = {name: _Text(table.iloc[:, at]) for at, name in enumerate(names)
             if _is_text(table.iloc[:, at])}  # fmt: skip
    varied = {name: text for name, text in texts.items() if text.varies()}
    dates = DateCells({n: t.counts() for n, t in varied.items() if t.share_like("date") >= 0.5})
    orders = dates.orders(date_order)
    like = {n: t for n, t in varied.items() if n not in orders and t.share_like("number") >= 0.3}
    numbers = NumberCells({name: text.counts() for name, text in like.items()})
    signs = {n: numbers.decimal(n, decimal) for n in like if numbers.are_numbers(n)}
    certain = {sign for sign in signs.values() if sign}
    usual = certain.pop() if len(certain) == 1 else "point"
    columns, values = [], {}
    for at, name in enumerate(names):
        series = table.iloc[:, at]
        sign = signs.get(name) or usual
        if name in orders:
            read = texts[name].spread(dates.values(name, orders[name]))
        elif name in signs:
            read = texts[name].spread(numbers.values(name, sign))
        else:
            read = texts[name].text() if name in texts else _of_type(series)
        column = _recognise(name, read, sign, orders.get(name, {}))
        columns.append(column)
        values[name] = _as_kind(read, column)
    return TypedTable(columns, pd.DataFrame(values, index=table.index))


def typed(table: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """Read a later table's columns as what they were recognised to be."""
    table = table.rename(columns=str)
    missing = [c.name for c in columns if c.name not in table.columns]
    if missing:
        raise UsageError(f"the model needs these columns, which are missing: {', '.join(missing)}")
    texts = {c.name: _Text(table[c.name]) for c in columns if _is_text(table[c.name])}
    counts = {name: text.counts() for name, text in texts.items()}
    numbers = NumberCells({c.name: counts[c.name] for c in columns
                           if c.kind == "number" and c.name in texts})  # fmt: skip
    dates = DateCells({c.name: counts[c.name] for c in columns
                       if c.kind == "date" and c.name in texts})  # fmt: skip
    values = {}
    for column in columns:
        name = column.name
        if name not in texts:
            read = _of_type(table[name])
        elif column.kind == "number":
            sign = numbers.decimal(name, None) or column.decimal
            read = texts[name].spread(numbers.values(name, sign))
        elif column.kind == "date":
            read = texts[name].spread(dates.values(name, dates.told(name, column.date_orders)))
        else:
            read = texts[name].text()
        values[name] = _as_kind(read, column)
    return pd.DataFrame(values, index=table.index)


def inputs(values: pd.DataFrame, columns: Sequence[Column], clock: str | None) -> pd.DataFrame:
    """Model inputs from the columns that can be used."""
    made: dict[str, pd.Series] = {}
    zero = values[clock] if clock in {c.name for c in columns} else None
    for column in columns:
        name, own = column.name, values[column.name]
        if column.kind != "date":
            made[name] = own.astype("category") if as_category(own) else own
            continue
        made[f"{name}: month"] = own.dt.month_name().astype("category")
        made[f"{name}: weekday"] = own.dt.day_name().astype("category")
        if zero is not None and name != clock:
            made[f"{name}: days"] = (own - zero).dt.days.astype("float64")
    return pd.DataFrame(made, index=values.index)


def input_name(name: str) -> str:
    """An input as the reader knows it: a column, or what was made of a date."""
    for ending, template in _MADE_OF_DATES.items():
        if name.endswith(ending):
            return Sentence(template, {"column": column_name(name.removesuffix(ending))})
    return column_name(name)


def column_name(name: str) -> str:
    """A column as sentences name it: by its number where the file has no header."""
    unnamed = NO_NAME.fullmatch(name)
    return tell("Column {number}", number=int(unnamed[1])) if unnamed else name


def as_category(values: "pd.Series") -> bool:
    """Whether an input column holds categories rather than numbers."""
    return not pd.api.types.is_numeric_dtype(values)


def each_level(series: "pd.Series", change: Callable[[Any], object]) -> "pd.Series":
    """Change each different value once: a million rows hold few."""
    codes, levels = pd.factorize(series)
    changed = np.array([*(change(level) for level in levels), None], dtype=object)
    return pd.Series(changed[codes], index=series.index, dtype=object)


def as_text(values: "pd.Series") -> "pd.Series[str]":
    """Values of a column as text; a whole number has no decimals."""
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return each_level(values, lambda value: f"{value:.15g}")
    return each_level(values, str)


class _Text:
    """A column of text by its distinct cells, blanks left out."""

    def __init__(self, series: "pd.Series") -> None:
        self._index = series.index
        codes, levels = pd.factorize(series)
        stripped = [str(level).strip() for level in levels]
        kept = [None if cell.casefold() in BLANKS else cell for cell in stripped]
        merged, self.levels = pd.factorize(np.array([*kept, None], dtype=object))
        self._codes = merged[codes]

    def varies(self) -> bool:
        """Whether it tells two rows apart, be it by blanks."""
        return len(self.levels) + bool((self._codes < 0).any()) > 1 and len(self.levels) > 0

    def counts(self) -> "pd.Series[int]":
        """How often each distinct cell occurs."""
        n = np.bincount(self._codes[self._codes >= 0], minlength=len(self.levels))
        return pd.Series(n, index=pd.Index(self.levels, dtype="str"))

    def share_like(self, kind: str) -> float:
        """Share of some cells, spread over the distinct ones, that look like this kind."""
        some = self.levels[:: max(1, len(self.levels) // SAMPLE)]
        if kind == "date":
            return float(np.mean([kind_of(cell) == "date" for cell in some]))
        return float(np.mean([any(map(str.isdecimal, cell)) for cell in some]))

    def spread(self, values: "pd.Series") -> "pd.Series":
        """From a value of each distinct cell to one of each row."""
        known = values.to_numpy()
        none = np.array([None], dtype=known.dtype)
        return pd.Series(np.append(known, none)[self._codes], index=self._index)

    def text(self) -> "pd.Series[str]":
        """The cells of all rows, blanks as None."""
        cells = np.array([*self.levels, None], dtype=object)
        return pd.Series(cells[self._codes], index=self._index, dtype=object)


def _is_text(series: "pd.Series") -> bool:
    kinds = (pd.api.types.is_numeric_dtype, pd.api.types.is_datetime64_any_dtype)
    return not any(is_kind(series) for is_kind in kinds)


def _of_type(series: "pd.Series") -> "pd.Series":
    """A typed column as float, date or text."""
    if pd.api.types.is_datetime64_any_dtype(series):
        return series.dt.tz_localize(None) if series.dt.tz is not None else series
    if pd.api.types.is_bool_dtype(series):
        return each_level(series, str)
    return series.astype("float64")


def _recognise(name: str, read: "pd.Series", decimal: str, orders: dict[str, str]) -> Column:
    known = read.dropna()
    codes, levels = pd.factorize(known)
    filled, distinct = len(known) / max(len(read), 1), len(levels)
    if not distinct:
        return Column(name, "empty", 0.0, 0)
    if distinct == 1 and filled == 1.0:
        return Column(name, "constant", filled, 1)
    if pd.api.types.is_datetime64_any_dtype(read):
        return Column(name, "date", filled, distinct, date_orders=orders)
    if pd.api.types.is_numeric_dtype(read):
        return _number(name, known, filled, distinct, decimal)
    blanks = np.array([str(level).count(" ") for level in levels])
    words = blanks[codes].mean() + 1
    unique = distinct / len(known)
    if unique >= UNIQUE_SHARE and len(known) >= 20:
        return Column(name, "text" if words > 2 else "identifier", filled, distinct)
    if unique > 0.5 and words > 3:
        return Column(name, "text", filled, distinct)
    return Column(name, "category", filled, distinct)


def _number(
    name: str, known: "pd.Series[float]", filled: float, distinct: int, decimal: str
) -> Column:
    whole = bool((known == known.round()).all())
    if whole and distinct == len(known) and len(known) >= 20:
        steps = known.diff().dropna()
        if IDENTIFIER_NAME.search(name) or bool((steps == steps.iloc[0]).all()):
            return Column(name, "identifier", filled, distinct)
    return Column(name, "number", filled, distinct, _sentinel(known), decimal)


def _as_kind(read: "pd.Series", column: Column) -> "pd.Series":
    if column.kind == "number" and column.sentinel is not None:
        return read.mask(read == column.sentinel)
    if column.kind in ("number", "date") or not pd.api.types.is_numeric_dtype(read):
        return read
    return as_text(read)


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
