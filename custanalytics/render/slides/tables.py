"""Native tables of slides, heat maps among them."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from lxml import etree
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from custanalytics.content.tables import Cell, Link, Table
from custanalytics.render.office import printable
from custanalytics.render.slides.base import Box
from custanalytics.render.slides.paint import fill, fill_depth, paint
from custanalytics.render.text_room import LINE, POINT, lines, shortened, width

# "No Style, No Grid": rules and fills are ours.
_PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_LARGEST, _SMALLEST = 14, 12
_PAD = 0.09 * 914400
_MOST_LINES = 3
_AIRIEST = 1.5  # times the height that a row needs
_FEWEST = 3  # rows, the head and the mark of what was left out among them


def add_table(shapes: Any, table: Table, box: Box, slack: float = 1.0) -> Any:
    """Write a table; long cells wrap, and longer ones than that end in an ellipsis."""
    rows = [
        [printable(" ".join(_written(cell).split())) for cell in row]
        for row in (table.header, *table.rows)
    ]
    size, widths, heights = _measured(rows, table.numeric, box, slack)
    while sum(heights) > box.height and len(rows) > _FEWEST:
        # What can't be read from the back of a room is left to the report.
        rows = [*rows[:-2], ["…", *("" for _ in rows[0][1:])]]
        size, widths, heights = _measured(rows, table.numeric, box, slack)
    # A short table opens up, so that the slide is not half empty.
    airy = max(1.0, min(_AIRIEST, box.height / sum(heights)))
    heights = [int(tall * airy) for tall in heights]
    frame = shapes.add_table(
        len(rows),
        len(widths),
        Emu(box.left),
        Emu(box.top),
        Emu(sum(widths)),
        Emu(sum(heights)),
    )
    grid = frame.table
    _plain(grid)
    for column, wide in zip(grid.columns, widths, strict=True):
        column.width = Emu(wide)
    for i, (row, tall) in enumerate(zip(rows, heights, strict=True)):
        grid.rows[i].height = Emu(tall)
        for j, text in enumerate(row):
            room = (widths[j] - 2 * _PAD) * slack
            cell = grid.cell(i, j)
            _text(cell, shortened(text, size, room, _MOST_LINES), size, bold=i == 0 or j == 0)
            right = table.numeric[j]
            cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
            _rule(cell, strong=i == 0)
    return frame


def _written(cell: Cell) -> str:
    if isinstance(cell, Link):
        return cell.path
    return cell if isinstance(cell, str) else cell.text


def add_heatmap(shapes: Any, grid: pd.DataFrame, texts: Table, box: Box) -> Any:
    """A heat map as a coloured table."""
    count = len(grid) + 1
    numbers = grid.iloc[:, 1:].astype(float)
    values = numbers.to_numpy().tolist()
    top = float(numbers.max().max()) or 1.0
    labels = [printable(str(label)) for label in grid.iloc[:, 0]]
    tall = int(min(box.height / count, 0.42 * 914400))
    size = max(7.0, min(12.0, tall / POINT / LINE - 2))
    first = max(width(label, size, bold=True) for label in [*labels, "0" * 8]) + 2 * _PAD
    each = int(min((box.width - first) / max(1, numbers.shape[1]), 1.1 * 914400))
    frame = shapes.add_table(
        count,
        numbers.shape[1] + 1,
        Emu(box.left),
        Emu(box.top),
        Emu(int(first) + each * numbers.shape[1]),
        Emu(tall * count),
    )
    drawn = frame.table
    _plain(drawn)
    drawn.columns[0].width = Emu(int(first))
    for j in range(1, numbers.shape[1] + 1):
        drawn.columns[j].width = Emu(each)
    for i in range(count):
        drawn.rows[i].height = Emu(tall)
        for j in range(numbers.shape[1] + 1):
            cell = drawn.cell(i, j)
            if i == 0:
                _text(cell, texts.header[j], size, bold=True)
            elif j == 0:
                _text(cell, labels[i - 1], size, bold=False)
            else:
                value = values[i - 1][j - 1]
                known = value == value
                _text(cell, str(texts.rows[i - 1][j]), size, bold=False)
                if known and fill_depth(cell.fill, value / top):
                    for run in cell.text_frame.paragraphs[0].runs:
                        paint(run.font.color, "bg")
            cell.margin_top = cell.margin_bottom = 0
            if j:
                cell.margin_left = cell.margin_right = 0
                cell.text_frame.paragraphs[0].alignment = PP_ALIGN.CENTER
    return frame


def _measured(
    rows: list[list[str]], numeric: Sequence[bool], box: Box, slack: float
) -> tuple[float, list[int], list[int]]:
    """Size of the type, widths of the columns, heights of the rows."""
    size = float(_LARGEST)
    while True:
        widths = _widths(rows, numeric, size, box.width, slack)
        heights = []
        for i, row in enumerate(rows):
            count = max(
                min(_MOST_LINES, lines(text, size, (wide - 2 * _PAD) * slack, i == 0 or j == 0))
                for j, (text, wide) in enumerate(zip(row, widths, strict=True))
            )
            heights.append(int(count * size * LINE * POINT + 1.3 * _PAD))
        words = sum(_longest(rows, size)) / slack + 2.4 * _PAD * len(widths)
        if (sum(heights) <= box.height and words <= box.width) or size <= _SMALLEST:
            return size, widths, heights
        size -= 1


def _widths(
    rows: list[list[str]], numeric: Sequence[bool], size: float, room: int, slack: float
) -> list[int]:
    natural = [
        max(width(row[j], size, bold=True) for row in rows) / slack + 2.4 * _PAD
        for j in range(len(rows[0]))
    ]
    if sum(natural) <= room:
        # Not wider than it needs to be: figures stay near their names.
        stretch = min(room / sum(natural), 1.35)
        return [int(wide * stretch) for wide in natural]
    longest = _longest(rows, size)
    figures = [max(width(row[j], size) for row in rows[1:] or rows) for j in range(len(natural))]
    # No figure is broken while there is room, then no word.
    least = [
        (max(word, figure) if right else word) / slack + 2.4 * _PAD
        for word, figure, right in zip(longest, figures, numeric, strict=True)
    ]
    if sum(least) > room:
        least = [word / slack + 2.4 * _PAD for word in longest]
    if sum(least) > room:
        least = [min(wide, room / len(natural)) for wide in least]
    spare = room - sum(least)
    wanted = [max(0.0, wide - low) for wide, low in zip(natural, least, strict=True)]
    share = spare / (sum(wanted) or 1.0)
    return [int(low + want * share) for low, want in zip(least, wanted, strict=True)]


def _longest(rows: list[list[str]], size: float) -> list[float]:
    """Width of the longest word of each column."""
    return [
        max(width(word, size, bold=True) for row in rows for word in (row[j].split() or [""]))
        for j in range(len(rows[0]))
    ]


def _plain(grid: Any) -> None:
    properties = grid._tbl.tblPr
    style = properties.find(qn("a:tableStyleId"))
    if style is None:
        style = etree.SubElement(properties, qn("a:tableStyleId"))
    style.text = _PLAIN
    grid.horz_banding = False


def _text(cell: Any, text: str, size: float, bold: bool) -> None:
    cell.margin_left = cell.margin_right = Emu(int(_PAD))
    cell.margin_top = cell.margin_bottom = Emu(int(_PAD / 2))
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.text_frame.text = text
    for run in cell.text_frame.paragraphs[0].runs:
        run.font.size, run.font.bold = Pt(size), bold
        paint(run.font.color, "ink")
    end = cell.text_frame.paragraphs[0]._p.get_or_add_endParaRPr()
    end.set("sz", str(int(size * 100)))
    cell.fill.background()


def _rule(cell: Any, strong: bool) -> None:
    if strong:
        fill(cell.fill, "surface")
    properties = cell._tc.get_or_add_tcPr()
    line = etree.Element(qn("a:lnB"), w=str(19050 if strong else 6350))
    color = etree.SubElement(etree.SubElement(line, qn("a:solidFill")), qn("a:schemeClr"))
    color.set("val", "accent1" if strong else "bg1")
    if not strong:
        etree.SubElement(color, qn("a:lumMod")).set("val", "80000")
    # The order of children is the schema's: lines before the fill.
    properties.insert(0, line)
