"""A table as a value: formatted texts, alignment, caption."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from custanalytics.check import Check
from custanalytics.content.format import MISSING, Formats, is_missing, money_format
from custanalytics.content.words import told, word
from custanalytics.schema import Kind, column, tables
from custanalytics.sentences import noted

VERDICTS = {True: noted("holds"), False: noted("doubt"), None: noted("note")}
_TEXTS = ("text", "word", "told", "date_short")
# Kinds of the schema that are written as another format is.
_FORMATS: Mapping[Kind, str] = {
    "id": "text",
    "name": "text",
    "text": "word",
    "sentence": "told",
    "rank": "count",
    "score": "exact",
    "probability": "share",
    "ratio": "share",
    "day": "date_short",
    "month": "month_short",
}


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
    """How a column of a frame is shown; what is not said here is as the schema has it."""

    field: str
    title: str = ""
    format: str = ""  # a method of `Formats`, text, word (of ours) or told (of the analyses)
    bar: bool = False  # draw a bar behind a share
    right: bool = False  # set to the right although the cells are texts


@dataclass(frozen=True)
class Table:
    """A table ready to be written."""

    name: str  # the label is #tbl-NAME; empty: no number
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: tuple[bool, ...]  # columns set to the right
    caption: str = ""
    total: bool = False  # the last row is a total
    wide: bool = False  # many columns: smaller type
    note: str = ""  # small print under the table


def table(
    name: str,
    frame: pd.DataFrame,
    columns: Sequence[Column | str],
    formats: Formats,
    caption: str = "",
    *,
    result: str = "",
    total: bool = False,
    wide: bool = False,
    note: str = "",
) -> Table:
    """Table of a result's columns, or of what is made of them here.

    Money is written with cents in all rows or in none.
    """
    if formats.counted:  # columns of money are not there
        columns = [c for c in columns if (c if isinstance(c, str) else c.field) in frame]
    shown = [_complete(each, result, formats) for each in columns]
    written = [
        replace(each, format=money_format(frame[each.field])) if each.format == "money" else each
        for each in shown
    ]
    rows = tuple(
        tuple(_cell(record[each.field], each, formats) for each in written)
        for record in frame.to_dict("records")
    )
    return Table(
        name,
        tuple(each.title for each in shown),
        rows,
        tuple(each.right or each.format not in _TEXTS for each in shown),
        caption,
        total,
        wide,
        note,
    )


def verdict(check: Check) -> Badge:
    """Whether a check holds, as a badge."""
    tone = {True: "good", False: "bad", None: "neutral"}[check.passed]
    return Badge(word(VERDICTS[check.passed]), tone)


def _complete(given: Column | str, result: str, formats: Formats) -> Column:
    if isinstance(given, str):
        given = Column(given)
    elif given.title and given.field not in tables().get(result, {}):
        return replace(given, format=given.format or "text")
    entry = column(result, given.field)
    return replace(
        given,
        title=given.title or told(entry.title, formats),
        format=given.format or _FORMATS.get(entry.kind, entry.kind),
    )


def _cell(value: Any, shown: Column, formats: Formats) -> Cell:
    if isinstance(value, Bar | Badge | Link):
        return value
    if shown.format in ("word", "told"):
        if is_missing(value):
            return MISSING
        return told(value, formats) if shown.format == "told" else word(value)
    text = formats.apply(shown.format, value)
    return Bar(text, float(value)) if shown.bar and not is_missing(value) else text
