"""A table as a value: formatted texts, alignment, caption; written as a pipe table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from custanalytics.check import Check
from custanalytics.content.format import MISSING, Formats, is_missing
from custanalytics.content.words import escape, prose, short, told, word
from custanalytics.sentences import noted

_WIDEST = 44
_NO_CENTS = 200
VERDICTS = {True: noted("holds"), False: noted("doubt"), None: noted("note")}
_TEXTS = ("text", "word", "told", "date_short")


@dataclass(frozen=True)
class Markup:
    """A cell that is markdown already (a bar, a badge, a file), with its own escaping done."""

    text: str


Cell = str | Markup


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
        Cells: plain text, escaped when written, or `Markup`.
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

    def markdown(self) -> str:
        """The table as a pipe table with caption, label and note."""
        if not self.rows:
            return ""
        last = len(self.rows) - 1
        lines = [_row([prose(title) for title in self.header]), self._rule()]
        for i, row in enumerate(self.rows):
            texts = [_text(cell) for cell in row]
            if self.total and i == last:
                texts = [f"**{text}**" if text else "" for text in texts]
            lines.append(_row(texts))
        if self.caption or self.name:
            label = f"#tbl-{self.name}" if self.name else ""
            classes = " ".join(
                c for c, on in ((".total-row", self.total), (".wide", self.wide)) if on
            )
            attributes = " ".join(part for part in (label, classes) if part)
            lines += ["", f": {prose(self.caption)}" + (f" {{{attributes}}}" if attributes else "")]
        if self.note:
            lines += ["", "::: {.table-note}", prose(self.note), ":::"]
        return "\n".join(lines) + "\n"

    def _rule(self) -> str:
        # The dashes are also the relative widths of columns that have to wrap.
        rules = []
        for i, numeric in enumerate(self.numeric):
            cells = [self.header[i], *(_plain(row[i]) for row in self.rows)]
            width = min(_WIDEST, max(4, *(len(cell) for cell in cells)))
            rules.append("-" * (width - 1) + ":" if numeric else ":" + "-" * (width - 1))
        return "|" + "|".join(rules) + "|"


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


def bar(text: str, share: float) -> Markup:
    """A share with a bar behind it."""
    bounded = min(1.0, max(0.0, share))
    return Markup(f'[{prose(text)}]{{.bar share="{bounded:.3f}"}}')


def badge(text: str, tone: str) -> Markup:
    """A short verdict: tone is ``good``, ``bad``, ``warn`` or ``neutral``."""
    return Markup(f"[{prose(text)}]{{.badge .{tone}}}")


def verdict(check: Check) -> Markup:
    """Whether a check holds, as a badge."""
    tone = {True: "good", False: "bad", None: "neutral"}[check.passed]
    return badge(word(VERDICTS[check.passed]), tone)


def _money_format(amounts: "pd.Series[float]") -> str:
    return "money_whole" if (amounts.abs() >= _NO_CENTS).any() else "money_exact"


def _cell(value: Any, column: Column, formats: Formats) -> Cell:
    if isinstance(value, Markup):
        return value
    if column.format in ("word", "told"):
        known = not is_missing(value)
        return (
            (told(value, formats) if column.format == "told" else word(value)) if known else MISSING
        )
    text = formats.apply(column.format, value)
    if column.bar and not is_missing(value):
        return bar(text, float(value))
    return text


def _text(cell: Cell) -> str:
    return cell.text if isinstance(cell, Markup) else escape(short(cell))


def _plain(cell: Cell) -> str:
    return cell.text.split("]")[0] if isinstance(cell, Markup) else short(cell)


def _row(texts: Sequence[str]) -> str:
    return "| " + " | ".join(texts) + " |"
