"""From files to parts: one table each, as ranges of rows in the scratch folder.

Lines that any reader takes apart in one way stand in a range as they are; all others were read
one by one. Whatever could not be read is in `Part.unreadable`.
"""

import csv
import io
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TextIO

import python_calamine

from custanalytics.errors import SourceError
from custanalytics.ledger.read.cell_kinds import plain_number
from custanalytics.ledger.read.dialect import Dialect, detect_dialect
from custanalytics.ledger.read.encoding import detect_encoding
from custanalytics.ledger.read.files import SourceFile
from custanalytics.ledger.read.header import LayoutFinder
from custanalytics.ledger.read.json_rows import read_rows
from custanalytics.ledger.read.plain_lines import LONGEST_LINE, is_plain
from custanalytics.ledger.read.records import Feed, Record, Unreadable, read_records
from custanalytics.sentences import noted, tell, tell_many

_SAMPLE_LINES = 400
_BATCH = 5000
_BLOCK = 1 << 21


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


def text_part(
    source: SourceFile,
    target: Path,
    given: Collection[str],
    find_layout: LayoutFinder,
    encoding_given: str | None = None,
) -> Part:
    """Read one text file; the header is a record that holds a name in ``given``."""
    encoding = detect_encoding(source.path, encoding_given)

    def lines() -> io.TextIOWrapper:
        return source.path.open(encoding=encoding.name, errors=encoding.errors)

    try:
        with lines() as file:
            sample = list(itertools.islice(file, _SAMPLE_LINES))
        sample = [line for line in sample if len(line) < 1 << 20]
        dialect = detect_dialect(sample)
        if dialect is None:
            raise SourceError(
                f"{source.label} has no delimiter that gives two or more columns; "
                "expected a comma, semicolon, tab, bar or blanks between the fields"
            )
        found = [r for r in read_records(Feed(sample, dialect)) if isinstance(r, tuple)]
        layout = find_layout([fields for _, fields in found], given)
        if layout is None:
            raise SourceError(f"{source.label} has no table of two or more columns")
        start = found[layout.header_record][0] if layout.names else None
        part = Part(source.label, layout.names, layout.width, target, header_line=start)
        part.encoding, part.delimiter = encoding.name, str(dialect)
        part.dialect = dialect
        part.damaged_lines = encoding.damaged_lines
        part.is_guess = encoding.is_guess
        with lines() as file:
            _write_text(part, file, dialect, start or 0)
    except UnicodeError as error:
        raise SourceError(
            f"{source.label} is damaged: not all of it is {encoding.name}; if it is in another "
            "encoding, say --encoding NAME, such as cp1250"
        ) from error
    _tell_notes_apart(part)
    return part


def json_part(source: SourceFile, target: Path) -> Part:
    """Read a file of JSON objects; a field that only some of them have is blank in the others."""

    def rows() -> Iterator[tuple[int, dict[str, str]] | Unreadable]:
        return read_rows(source.label, source.path)

    found = (row[1] for row in rows() if not isinstance(row, Unreadable))
    names = tuple(dict.fromkeys(name for row in found for name in row))
    if not names:
        raise SourceError(f"{source.label} is JSON without a row that can be read")
    part = Part(source.label, names, len(names), target, encoding="utf-8")
    cells = (
        row if isinstance(row, Unreadable) else (row[0], [row[1].get(name, "") for name in names])
        for row in rows()
    )
    _write(part, cells)
    return part


def workbook_parts(
    source: SourceFile,
    target: Callable[[], Path],
    given: Collection[str],
    find_layout: LayoutFinder,
) -> tuple[list[Part], list[str]]:
    """Read the sheets of a workbook that hold the same table, and say which were left out."""
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(source.path))
        sheets = {
            sheet.name: book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
            for sheet in book.sheets_metadata
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible
            and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        }
    except (python_calamine.CalamineError, OSError) as error:
        raise SourceError(f"{source.label} can't be read as a workbook: {error}") from error
    parts, others = [], []
    for name, cells in sheets.items():
        rows = [[_text(cell) for cell in row] for row in cells]
        layout = find_layout([row for row in rows[:_SAMPLE_LINES] if any(row)], given)
        if layout is None:
            others.append(name)
            continue
        label = source.label if len(sheets) == 1 else f"{source.label}/{name}"
        part = Part(label, layout.names, layout.width, target())
        filled = [(at, row) for at, row in enumerate(rows, 1) if any(row)]
        if layout.names:
            part.header_line = filled[layout.header_record][0]
        _write(part, _checked(filled[layout.header_record + 1 :], layout.width))
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


def _checked(rows: Sequence[Record], width: int) -> Iterator[Record | Unreadable]:
    for at, row in rows:
        if any(row[width:]):
            reason = tell("it has {n} cells, the table {width}", n=len(row), width=width)
            yield Unreadable(at, reason, "\t".join(row))
        else:
            yield at, [*row[:width], *[""] * (width - len(row))]


def _write_text(part: Part, file: TextIO, dialect: Dialect, header_line: int) -> None:
    """Write a text file's ranges: what is plain as it stands, the rest record by record."""
    blocks = _Blocks(part, file, dialect)
    lines, at, torn = blocks.head(), 1, 0
    while True:
        feed = Feed(lines, dialect, blocks.more(), at)
        torn = _write(part, read_records(feed, part.width, header_line=header_line), torn)
        at = feed.next_line
        if torn and torn == at - 1 and blocks.is_left:
            lines = itertools.islice(blocks.more(), 1)  # it may be the other piece
            continue
        plain = _PlainRange(_path(part), at)
        for block in blocks.plain():
            plain.add(block)
        if not blocks.is_left:
            part.add(plain.range)
            return
        # The next line may show that the last one was torn.
        before = [plain.take_back()] if plain.range.rows else []
        at += plain.range.rows
        part.add(plain.range)
        lines, torn = itertools.chain(before, blocks.careful()), 0


class _Blocks:
    """A file's lines, block by block; a block's lines may be taken one by one."""

    def __init__(self, part: Part, file: TextIO, dialect: Dialect) -> None:
        self._part, self._file, self._dialect = part, file, dialect
        self._text, self._at = "", 0
        self._is_plain = False

    def head(self) -> Iterator[str]:
        """The first lines, and what follows as long as it is not plain."""
        yield from itertools.islice(self._file, _SAMPLE_LINES)
        self._read()
        yield from self.careful()

    def careful(self) -> Iterator[str]:
        """The lines up to the next plain block."""
        while self.is_left and not self._is_plain:
            yield from itertools.islice(self.more(), self._text.count("\n", self._at) or 1)

    def more(self) -> Iterator[str]:
        """Line by line, whatever they are."""
        while self.is_left:
            start, self._at = self._at, self._text.find("\n", self._at) + 1 or len(self._text)
            line = self._text[start : self._at]
            if self._at == len(self._text):
                self._read()
            yield line

    def plain(self) -> Iterator[bytes]:
        """The plain blocks up to the next one that is not."""
        while self.is_left and self._is_plain:
            block = _whole_lines(self._text[self._at :])
            self._read()
            yield block

    @property
    def is_left(self) -> bool:
        """Whether there is a line that was not taken."""
        return self._at < len(self._text)

    def _read(self) -> None:
        self._text, self._at = self._file.read(_BLOCK) + self._file.readline(), 0
        self._is_plain = self.is_left and is_plain(
            _whole_lines(self._text), self._dialect, self._part.width, self._part.names
        )


def _whole_lines(text: str) -> bytes:
    return (text if text.endswith("\n") else text + "\n").encode()


class _PlainRange:
    """A range of plain lines while it grows."""

    def __init__(self, path: Path, first_line: int) -> None:
        self.range = Range(path, 0, first_line)

    def add(self, block: bytes) -> None:
        """Lines behind those it has."""
        with self.range.path.open("ab") as file:
            file.write(block)
        self.range = replace(self.range, rows=self.range.rows + block.count(b"\n"))

    def take_back(self) -> str:
        """Take its last line out of it."""
        with self.range.path.open("r+b") as file:
            size = file.seek(0, io.SEEK_END)
            file.seek(max(0, size - LONGEST_LINE - 2))
            last = file.read().splitlines(keepends=True)[-1]
            file.truncate(size - len(last))
        self.range = replace(self.range, rows=self.range.rows - 1)
        return last.decode()


def _path(part: Part) -> Path:
    return part.path.with_name(f"{part.path.name}-{len(part.ranges):04}")


def read_again(part: Part, plain: Range) -> Range:
    """Plain lines that another reader took apart in another way, record by record."""
    if part.dialect is None:
        return plain
    rows, ranges = part.rows, len(part.ranges)
    with plain.path.open(encoding="utf-8", newline="\n") as file:
        feed = Feed(file, part.dialect, first_line=plain.first_line or 1)
        _write(part, read_records(feed, part.width))
    again = part.ranges.pop() if len(part.ranges) > ranges else replace(plain, rows=0)
    part.rows = rows - plain.rows + again.rows
    return again


def _write(part: Part, body: Iterable[Record | Unreadable], torn: int = 0) -> int:
    """Write a range of rows; gives the line of the last piece of a torn line.

    ``torn`` is such a line before the range.
    """
    header = list(part.names) if part.names else None
    path = _path(part)
    batch: list[list[Any]] = []
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for item in body:
            if isinstance(item, Unreadable):
                if item.is_fragment and not _is_note(item):
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


def _is_note(item: Unreadable) -> bool:
    """Words below the table are a note, not a broken sale."""
    words = item.text.replace(";", " ").replace(",", " ").split()
    delimiters = sum(item.text.count(sign) for sign in ",;\t|")
    starts_with_word = bool(words) and words[0].rstrip(":").isalpha()
    # "134 record(s) downloaded"
    counts = len(words) >= 3 and words[0].isdecimal() and words[1][0].isalpha()
    return delimiters <= 1 and len(words) >= 2 and (starts_with_word or counts)


def _tell_notes_apart(part: Part) -> None:
    while part.unreadable and _is_note(part.unreadable[-1]):
        if not part.unreadable[-1].reason.startswith("it has"):
            return
        part.unreadable.pop()
        part.notes += 1


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
