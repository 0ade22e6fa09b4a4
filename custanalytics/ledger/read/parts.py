"""From files to parts: one table each, as ranges of rows in the scratch folder.

Lines that any reader takes apart in one way stand in a range as they are; all others were read
one by one. Whatever could not be read is in `Part.unreadable`.
"""

import csv
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from custanalytics.errors import SourceError
from custanalytics.ledger.read.cell_kinds import plain_number
from custanalytics.ledger.read.dialect import Dialect
from custanalytics.ledger.read.files import SourceFile
from custanalytics.ledger.read.header import LayoutFinder
from custanalytics.ledger.read.json_rows import read_rows
from custanalytics.ledger.read.records import Record, Unreadable
from custanalytics.ledger.read.sheets import open_sheets
from custanalytics.ledger.read.swollen import refuse_wide
from custanalytics.sentences import noted, tell, tell_many

SAMPLE_LINES = 400
_BATCH = 5000


@dataclass(frozen=True)
class Mended:
    """A torn line, and its fields as they were mended."""

    line: int
    text: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Range:
    """Rows of a part in a file of the scratch folder.

    Attributes
    ----------
    path : Path
        CSV whose first column is the line in the source; or plain lines of the source's dialect.
    rows : int
    first_line : int or None
        Line of the first row in the source, of plain lines.
    """

    path: Path
    rows: int
    first_line: int | None = None


@dataclass
class Part:
    """One table found in the sources.

    Attributes
    ----------
    label : str
        File, and archive member or sheet.
    names : tuple of str or None
        Header; None where there is none.
    width : int
    path : Path
        Where its ranges begin their names, or the table of a Parquet file.
    ranges : list of Range
    notes, repeated_headers : int
        Lines below the table that are no sales, and header lines met again.
    unreadable : list of Unreadable
    mended : list of Mended
        Torn lines that were read all the same.
    encoding, delimiter : str
        How the file was read; empty for workbooks and Parquet.
    header_line : int or None
        Line of the header in the file.
    """

    label: str
    names: tuple[str, ...] | None
    width: int
    path: Path
    ranges: list[Range] = field(default_factory=list)
    rows: int = 0
    notes: int = 0
    repeated_headers: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    header_line: int | None = None
    damaged_lines: int = 0
    is_guess: bool = False
    dialect: Dialect | None = None
    mended: list[Mended] = field(default_factory=list)
    is_parquet: bool = False

    def add(self, found: Range) -> None:
        """Rows behind those it has."""
        if found.rows:
            self.ranges.append(found)
            self.rows += found.rows


def json_part(source: SourceFile, target: Path) -> Part:
    """Read a file of JSON objects; a field that only some of them have is blank in the others."""

    def rows() -> Iterator[tuple[int, dict[str, str]] | Unreadable]:
        return read_rows(source.label, source.path)

    found = (row[1] for row in rows() if not isinstance(row, Unreadable))
    known: dict[str, None] = {}
    for row in found:
        known |= dict.fromkeys(row)
        refuse_wide(source.label, len(known))
    names = tuple(known)
    if not names:
        raise SourceError(f"{source.label} is JSON without a row that can be read")
    part = Part(source.label, names, len(names), target, encoding="utf-8")
    cells = (
        row if isinstance(row, Unreadable) else (row[0], [row[1].get(name, "") for name in names])
        for row in rows()
    )
    write_rows(part, cells)
    return part


def workbook_parts(
    source: SourceFile,
    target: Callable[[], Path],
    given: Collection[str],
    find_layout: LayoutFinder,
) -> tuple[list[Part], list[str]]:
    """Read the sheets of a workbook that hold the same table, and say which were left out."""
    parts, others = [], []
    sheets = open_sheets(source.label, source.path)
    for name, cells in sheets.items():
        rows = ((at, [_text(cell) for cell in row]) for at, row in enumerate(cells(), 1))
        sample = [record for record in itertools.islice(rows, SAMPLE_LINES) if any(record[1])]
        layout = find_layout([row for _, row in sample], given)
        if layout is None:
            others.append(name)
            continue
        label = source.label if len(sheets) == 1 else f"{source.label}/{name}"
        part = Part(label, layout.names, layout.width, target())
        if layout.names:
            part.header_line = sample[layout.header_record][0]
        filled = (record for record in rows if any(record[1]))
        body = itertools.chain(sample[layout.header_record + 1 :], filled)
        write_rows(part, _checked(body, layout.width))
        parts.append(part)
    if not parts:
        raise SourceError(f"{source.label} has no sheet with a table of two or more columns")
    main = max(parts, key=lambda part: part.rows)
    same = [part for part in parts if _same_table(part, main)]
    left = [*others, *(part.label.rsplit("/", 1)[-1] for part in parts if part not in same)]
    warnings: list[str] = []
    if left:
        warnings.append(
            tell_many(
                len(left),
                "{file}: one sheet holds another table than {main} and was left out: {names}.",
                "{file}: {n} sheets hold another table than {main} and were left out: {names}.",
                file=source.label,
                n=len(left),
                main=main.label.rsplit("/", 1)[-1],
                names=", ".join(left),
            )
        )
    return same, warnings


def _same_table(part: Part, main: Part) -> bool:
    if part.names is None or main.names is None:
        return part.names == main.names and part.width == main.width
    return {n.casefold() for n in part.names} == {n.casefold() for n in main.names}


def _checked(rows: Iterable[Record], width: int) -> Iterator[Record | Unreadable]:
    for at, row in rows:
        if any(row[width:]):
            reason = tell("it has {n} cells, the table {width}", n=len(row), width=width)
            yield Unreadable(at, reason, "\t".join(row))
        else:
            yield at, [*row[:width], *[""] * (width - len(row))]


def next_path(part: Part) -> Path:
    """Where the next range of a part goes."""
    return part.path.with_name(f"{part.path.name}-{len(part.ranges):04}")


def write_rows(part: Part, body: Iterable[Record | Unreadable], torn: int = 0) -> int:
    """Write a range of rows; gives the line of the last piece of a torn line.

    ``torn`` is such a line before the range.
    """
    header = list(part.names) if part.names else None
    path = next_path(part)
    batch: list[list[Any]] = []
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for item in body:
            if isinstance(item, Unreadable):
                if item.is_fragment and not is_note(item):
                    torn = item.line
                    if batch and batch[-1][0] == torn - 1:
                        rows -= 1
                        part.unreadable.append(_torn(batch.pop()))
                part.unreadable.append(item)
                continue
            at, fields = item
            if fields == header:
                part.repeated_headers += 1
                continue
            if (not fields[0] or fields[0].isspace()) and not "".join(fields).strip():
                continue
            if torn and at == torn + 1:
                part.unreadable.append(_torn([at, *fields]))
                continue
            rows += 1
            batch.append([at, *fields])
            if len(batch) > _BATCH:
                # The last row stays: the next line may show that it was torn.
                writer.writerows(batch[:-1])
                del batch[:-1]
        writer.writerows(batch)
    part.add(Range(path, rows))
    return torn


def _torn(row: Sequence[Any]) -> Unreadable:
    return Unreadable(row[0], noted("a piece of a torn line stands next to it"), "\t".join(row[1:]))


def is_note(item: Unreadable) -> bool:
    """Words below the table are a note, not a broken sale."""
    words = item.text.replace(";", " ").replace(",", " ").split()
    delimiters = sum(item.text.count(sign) for sign in ",;\t|")
    starts_with_word = bool(words) and words[0].rstrip(":").isalpha()
    # "134 record(s) downloaded"
    counts = len(words) >= 3 and words[0].isdecimal() and words[1][0].isalpha()
    return delimiters <= 1 and len(words) >= 2 and (starts_with_word or counts)


def _text(cell: object) -> str:
    """A workbook cell as text that later reading can't take for something else."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, (int, float)):
        return plain_number(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return "" if cell is None else str(cell)
