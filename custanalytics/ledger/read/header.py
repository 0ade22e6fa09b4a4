"""Where the table starts in a file: title and note lines, header lines, the first sale."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from custanalytics.ledger.detect.cell_words import currency_code
from custanalytics.ledger.detect.column_names import known_name, plain
from custanalytics.ledger.read.cell_kinds import Kind, kind_of, kinds_of, leading_kind

# Where a header may stand.
_FIRST_RECORDS = 60


@dataclass(frozen=True)
class Layout:
    """Where the table is in one file.

    Attributes
    ----------
    width : int
        Columns.
    names : tuple of str or None
        Header, one name per column; None where the file has no header.
    header_record : int
        Position of the last header record (0 = first record); -1 without a header.
    """

    width: int
    names: tuple[str, ...] | None
    header_record: int


LayoutFinder = Callable[[Sequence[Sequence[str]], Collection[str]], Layout | None]
"""From the first records, and names the user gives to columns, to the layout."""


def find_layout(
    records: Sequence[Sequence[str]], given: Collection[str] = frozenset()
) -> Layout | None:
    """Layout of a table whose first records these are; None where they hold no table."""
    width = usual_width(records)
    if width < 2:
        return None
    header = _by_names(records, width)
    if header is None:
        header = _by_contrast(records, width)
    names = _names_of(records, header, width)
    # Numbers of columns are no names of theirs.
    wanted = {folded(name) for name in given if not name.strip().isdecimal()}
    if not wanted & {folded(name) for name in names or ()}:
        told = _by_given(records, width, wanted)
        header, names = (told, _names_of(records, told, width)) if told else (header, names)
    return Layout(width, names, header[1] if header else -1)


def _names_of(
    records: Sequence[Sequence[str]], header: tuple[int, int] | None, width: int
) -> tuple[str, ...] | None:
    if header is None:
        return None
    first, last = header
    return join_names(records[first : last + 1], width)


def folded(name: str) -> str:
    """A name in small letters, any run of blanks as one."""
    return " ".join(name.split()).casefold()


def usual_width(records: Sequence[Sequence[str]]) -> int:
    """Columns of the table that most of these records belong to."""
    widths = Counter(len(trimmed(record)) for record in records)
    # Trailing cells may be blank: the usual full length counts, not the shorter ones.
    full = Counter(len(record) for record in records if len(trimmed(record)) > 1)
    if not full:
        return max(widths, default=0)
    width = max(full, key=lambda w: (full[w], w))
    longest = max((w for w in widths if w <= width), default=width)
    header = max((len(trimmed(r)) for r in records if _named_cells(r) >= 3), default=0)
    return max(longest, header) if header <= width else width


def trimmed(record: Sequence[str]) -> Sequence[str]:
    """The record without blank cells at its end."""
    end = len(record)
    while end and not record[end - 1].strip():
        end -= 1
    return record[:end]


def _named_cells(record: Sequence[str]) -> int:
    """Different names in the record that sales exports use."""
    return len({plain(cell) for cell in record if known_name(cell)})


def _is_heading(record: Sequence[str]) -> bool:
    """All filled cells are text: a header never holds dates or amounts."""
    kinds = [kind_of(cell) for cell in record]
    return "text" in kinds and "date" not in kinds and "number" not in kinds


def _is_row_of_names(record: Sequence[str]) -> bool:
    """As `_is_heading`, but names that end in a figure ("Tax 1") pass; money does not."""
    return _is_heading([cell for cell in record if not _is_numbered_name(cell)])


def _is_numbered_name(cell: str) -> bool:
    words = "".join(sign for sign in cell if not sign.isdecimal()).strip()
    return words != cell.strip() and words.isalpha() and currency_code(words) is None


def _by_given(
    records: Sequence[Sequence[str]], width: int, wanted: Collection[str]
) -> tuple[int, int] | None:
    """Header found by the names that the user gives to columns."""
    counts = [
        len({folded(cell) for cell in record} & set(wanted))
        if 2 <= len(trimmed(record)) <= width
        else 0
        for record in records[:_FIRST_RECORDS]
    ]
    most = max(counts, default=0)
    return _block(records, counts.index(most), width) if most else None


def _by_names(records: Sequence[Sequence[str]], width: int) -> tuple[int, int] | None:
    """Header found by names that sales exports use; three of them are no accident."""
    best, best_named = None, 2
    for at, record in enumerate(records[:_FIRST_RECORDS]):
        named = _named_cells(record)
        if named > best_named and _is_row_of_names(record) and len(trimmed(record)) <= width:
            best, best_named = at, named
    return None if best is None else _block(records, best, width)


def _by_contrast(records: Sequence[Sequence[str]], width: int) -> tuple[int, int] | None:
    """Header found as the text above columns of dates and numbers."""
    body = [record for record in records if len(record) == width]
    # Half is enough: in a short file the header itself is a large share of the cells.
    typed = [leading_kind(counts, share=0.5) for counts in kinds_of(body, width)]
    first = next((at for at, r in enumerate(records) if _is_data(r, typed, width)), None)
    if first is None or first == 0:
        return None
    at = first - 1
    if len(trimmed(records[at])) < 2 or not _is_heading(records[at]):
        return None
    return _block(records, at, width)


def _is_data(record: Sequence[str], typed: Sequence[Kind], width: int) -> bool:
    if len(record) != width:
        return False
    matches = [kind_of(cell) == kind for cell, kind in zip(record, typed, strict=True)]
    wanted = [kind in ("date", "number") for kind in typed]
    return any(m and w for m, w in zip(matches, wanted, strict=True))


def _block(records: Sequence[Sequence[str]], at: int, width: int) -> tuple[int, int]:
    """The header record and those that belong to it: group names above, units below."""
    body = [record for record in records[at + 1 :] if len(record) == width]
    typed = [leading_kind(counts) for counts in kinds_of(body, width)]
    if not any(kind in ("date", "number") for kind in typed):
        return at, at
    last = at
    while (
        last + 1 < len(records)
        and last - at < 2
        and _is_heading(records[last + 1])
        and _unlike_body(records[last + 1], typed, width)
    ):
        last += 1
    first = at
    repeated = len({plain(c) for c in records[at] if c.strip()}) < sum(
        bool(c.strip()) for c in records[at]
    )
    if repeated and at and len(records[at - 1]) == width and _is_heading(records[at - 1]):
        first = at - 1
    return first, last


def _unlike_body(record: Sequence[str], typed: Sequence[Kind], width: int) -> bool:
    """Text in two or more of the columns that hold dates or numbers, so no sale."""
    if len(record) > width:
        return False
    cells = [c for c, k in zip(record, typed, strict=False) if k in ("date", "number")]
    texts = sum(kind_of(cell) == "text" for cell in cells)
    return texts >= 2 or (texts >= 1 and texts == sum(bool(c.strip()) for c in record))


def join_names(block: Sequence[Sequence[str]], width: int) -> tuple[str, ...]:
    """One name for each column from the header's records; no name twice."""
    rows = [[*(" ".join(c.split()) for c in r[:width]), *[""] * (width - len(r))] for r in block]
    named = max(range(len(rows)), key=lambda at: (_named_cells(rows[at]), at))
    names = list(rows[named])
    for at, name in enumerate(names):
        if not name:
            others = [row[at] for row in rows if row[at]]
            names[at] = others[-1] if others else ""
    if named and len({plain(n) for n in names if n}) < sum(bool(n) for n in names):
        above = ""
        for at in range(width):
            above = rows[named - 1][at] or above
            names[at] = f"{above} {names[at]}".strip()
    return _distinct([name or f"column {at}" for at, name in enumerate(names, 1)])


def _distinct(names: list[str]) -> tuple[str, ...]:
    """The second column of a name gets a number."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(result)
