"""A table as a value: formatted texts, alignment, caption."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from custanalytics.check import Check
from custanalytics.content.format import MISSING, Formats, is_missing
from custanalytics.content.words import told, word
from custanalytics.sentences import noted

_NO_CENTS = 200
VERDICTS = {True: noted("holds"), False: noted("doubt"), None: noted("note")}
_TEXTS = ("text", "word", "told", "date_short")


@dataclass(frozen=True)
class Bar:
    """A share with a bar behind it."""

    text: str
    share: float


@dataclass(frozen=True)
class Badge:
    """A short verdict: tone is ``good``, ``bad``, ``warn`` or ``neutral``."""

    text: str
    tone: str


@dataclass(frozen=True)
class Link:
    """A file of the report."""

    path: str


Cell = str | Bar | Badge | Link


@dataclass(frozen=True)
class Column:
    """How a column of a frame is shown.

    Attributes
    ----------
    field : str
        Column of the frame.
    title : str
        Header.
    format : str
        Name of a method of `Formats`, ``text``, ``word`` (a constant of ours) or ``told`` (a
        sentence of the analyses).
    bar : bool
        Draw a bar behind a share.
    right : bool
        Set to the right although the cells are texts already.
    """

    field: str
    title: str
    format: str = "text"
    bar: bool = False
    right: bool = False


@dataclass(frozen=True)
class Table:
    """A table ready to be written.

    Attributes
    ----------
    name : str
        Label is ``#tbl-NAME``; empty for a small table without number.
    header : tuple of str
        Column titles.
    rows : tuple of tuple
        Cells: plain text, a bar, a badge or a file.
    numeric : tuple of bool
        Which columns are set to the right.
    caption : str
        What the table shows, one sentence.
    total : bool
        The last row is a total.
    wide : bool
        Many columns: set in smaller type.
    note : str
        Small print under the table.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: tuple[bool, ...]
    caption: str = ""
    total: bool = False
    wide: bool = False
    note: str = ""


def table(
    name: str,
    frame: pd.DataFrame,
    columns: Sequence[Column],
    formats: Formats,
    caption: str = "",
    *,
    total: bool = False,
    wide: bool = False,
    note: str = "",
) -> Table:
    """Table of a frame's columns, formatted; money with cents in all rows or in none."""
    written = [
        replace(column, format=_money_format(frame[column.field]))
        if column.format == "money"
        else column
        for column in columns
    ]
    rows = tuple(
        tuple(_cell(record[column.field], column, formats) for column in written)
        for record in frame.to_dict("records")
    )
    return Table(
        name,
        tuple(column.title for column in columns),
        rows,
        tuple(column.right or column.format not in _TEXTS for column in columns),
        caption,
        total,
        wide,
        note,
    )


def verdict(check: Check) -> Badge:
    """Whether a check holds, as a badge."""
    tone = {True: "good", False: "bad", None: "neutral"}[check.passed]
    return Badge(word(VERDICTS[check.passed]), tone)


def _money_format(amounts: "pd.Series[float]") -> str:
    return "money_whole" if (amounts.abs() >= _NO_CENTS).any() else "money_exact"


def _cell(value: Any, column: Column, formats: Formats) -> Cell:
    if isinstance(value, Bar | Badge | Link):
        return value
    if column.format in ("word", "told"):
        known = not is_missing(value)
        return (
            (told(value, formats) if column.format == "told" else word(value)) if known else MISSING
        )
    text = formats.apply(column.format, value)
    if column.bar and not is_missing(value):
        return Bar(text, float(value))
    return text
