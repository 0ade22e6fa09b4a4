"""Tables for a terminal of eighty columns: numbers to the right, long texts in several lines."""

import re
import textwrap

import pandas as pd

_WIDTH, _GAP = 79, 2
# A text that is broken anyway is not made narrower than this.
_NARROWEST = 10
_NUMBER = re.compile(r"[-+]?[\d,. ]*\d ?%?")


def table(frame: pd.DataFrame) -> str:
    """A table as text."""
    heads = [str(name).replace("_", " ") for name in frame.columns]
    columns = [[_cell(value) for value in frame.iloc[:, at]] for at in range(len(heads))]
    widths = _fitting(
        [max(map(len, [head, *cells])) for head, cells in zip(heads, columns, strict=True)]
    )
    right = [all(not cell or _NUMBER.fullmatch(cell) for cell in cells) for cells in columns]
    lines = []
    for row in (heads, *zip(*columns, strict=True)):
        wrapped = [
            textwrap.wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)
        ]
        for at in range(max(map(len, wrapped))):
            cells = [part[at] if at < len(part) else "" for part in wrapped]
            placed = [
                cell.rjust(width) if to_right else cell.ljust(width)
                for cell, width, to_right in zip(cells, widths, right, strict=True)
            ]
            lines.append((" " * _GAP).join(placed).rstrip())
    return "\n".join(lines)


def _fitting(widths: list[int]) -> list[int]:
    """Widths that fit, where need be the widest made narrower."""
    widths = list(widths)
    room = _WIDTH - _GAP * (len(widths) - 1)
    while sum(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _cell(value: object) -> str:
    return "" if value is None or value != value else str(value)
