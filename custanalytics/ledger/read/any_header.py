"""Where the table starts in a file of any kind: by contrast with its body, not by sales words."""

from collections import Counter
from collections.abc import Collection, Sequence

from custanalytics.ledger.read.cell_kinds import kind_of
from custanalytics.ledger.read.header import Layout, folded, join_names, trimmed, usual_width

# Where a header may stand.
_FIRST_RECORDS = 60
_FILLED = 0.6
_DIFFERENT = 0.8
# A column whose cells repeat this much holds categories: a name that is none of them is a header.
_REPEATS = 2


def find_any_layout(
    records: Sequence[Sequence[str]], given: Collection[str] = frozenset()
) -> Layout | None:
    """Layout of a table of any columns; None where the records hold no table.

    Notes
    -----
    A record speaks for being the header by each cell that is text above numbers or dates, or a
    word that never occurs in a column of few words; against it by each number above numbers and
    each word that occurs below. The one with most of its cells for it is the header.
    """
    width = usual_width(records)
    if width < 2:
        return None
    at = _by_given(records, given)
    if at is None:
        at = _by_contrast(records, width)
    if at is None:
        return Layout(width, None, -1)
    return Layout(width, join_names([records[at]], width), at)


def _by_given(records: Sequence[Sequence[str]], given: Collection[str]) -> int | None:
    wanted = {folded(name) for name in given if not name.strip().isdecimal()}
    counts = [len({folded(c) for c in record} & wanted) for record in records[:_FIRST_RECORDS]]
    most = max(counts, default=0)
    return counts.index(most) if most else None


def _by_contrast(records: Sequence[Sequence[str]], width: int) -> int | None:
    # A header that is repeated on every page counts once.
    body = [*{tuple(c.strip() for c in record) for record in records if len(record) == width}]
    columns = [Counter(cell for cell in column if cell) for column in zip(*body, strict=True)]
    kinds = [_kind(column) for column in columns]
    best, most = None, 0
    for at, record in enumerate(records[:_FIRST_RECORDS]):
        cells = [cell.strip() for cell in trimmed(record)]
        if not _may_be_names(cells, width):
            continue
        votes = sum(map(_vote, cells, columns, kinds))
        if votes > most or (best is None and votes == 0 and _plainly_names(cells, width)):
            best, most = at, votes
    return None if best and best == len(records) - 1 else best


def _may_be_names(cells: Sequence[str], width: int) -> bool:
    filled = [folded(cell) for cell in cells if cell]
    return (
        len(cells) <= width
        and len(filled) >= max(2, _FILLED * width)
        and len(set(filled)) >= _DIFFERENT * len(filled)
    )


def _kind(column: Counter[str]) -> str:
    """What a column's cells are: 'typed' (dates or numbers), 'words' that repeat, or 'text'."""
    typed = sum(kind_of(cell) in ("date", "number") for cell in column)
    # The header itself is one of the cells.
    if typed >= max(1, 0.5 * (len(column) - 1)):
        return "typed"
    return "words" if column.total() >= _REPEATS * len(column) else "text"


def _vote(cell: str, column: Counter[str], kind: str) -> int:
    if not cell:
        return 0
    if kind == "typed":
        return 1 if kind_of(cell) == "text" and column[cell] <= 1 else -1
    if kind == "words":
        return 1 if column[cell] <= 1 else -1
    return -1 if column[cell] > 1 else 0


def _plainly_names(cells: Sequence[str], width: int) -> bool:
    """Words without figures for every column: a header where the body is too short to tell."""
    figures = any(sign.isdecimal() for cell in cells for sign in cell)
    return len(cells) == width and all(cells) and not figures
