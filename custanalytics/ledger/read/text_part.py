"""From a text file to a part: plain lines as they stand, all others record by record."""

import io
import itertools
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from custanalytics import limits
from custanalytics.errors import SourceError
from custanalytics.ledger.read.dialect import Dialect, detect_dialect
from custanalytics.ledger.read.encoding import detect_encoding
from custanalytics.ledger.read.files import SourceFile
from custanalytics.ledger.read.header import LayoutFinder, usual_width
from custanalytics.ledger.read.parts import (
    SAMPLE_LINES,
    Part,
    Range,
    is_note,
    next_path,
    write_rows,
)
from custanalytics.ledger.read.plain_lines import is_plain
from custanalytics.ledger.read.records import Feed, read_records
from custanalytics.ledger.read.swollen import refuse_wide

_BLOCK = 1 << 21


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
            sample = list(itertools.islice(_lines(file, source.label), SAMPLE_LINES))
        sample = [line for line in sample if len(line) < 1 << 20]
        dialect = detect_dialect(sample)
        if dialect is None:
            raise SourceError(
                f"{source.label} has no delimiter that gives two or more columns; "
                "expected a comma, semicolon, tab, bar or blanks between the fields"
            )
        found = [r for r in read_records(Feed(sample, dialect)) if isinstance(r, tuple)]
        refuse_wide(source.label, usual_width([fields for _, fields in found]))
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


def _write_text(part: Part, file: TextIO, dialect: Dialect, header_line: int) -> None:
    """Write a text file's ranges: what is plain as it stands, the rest record by record."""
    blocks = _Blocks(part, file, dialect)
    lines, at, torn = blocks.head(), 1, 0
    while True:
        feed = Feed(lines, dialect, blocks.more(), at)
        torn = write_rows(part, read_records(feed, part.width, header_line=header_line), torn)
        at = feed.next_line
        if torn and torn == at - 1 and blocks.is_left:
            lines = itertools.islice(blocks.more(), 1)  # it may be the other piece
            continue
        plain = _PlainRange(next_path(part), at)
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
        yield from itertools.islice(_lines(self._file, self._part.label), SAMPLE_LINES)
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
        self._text, self._at = self._file.read(_BLOCK) + _line(self._file, self._part.label), 0
        self._is_plain = self.is_left and is_plain(
            _whole_lines(self._text), self._dialect, self._part.width, self._part.names
        )


def _lines(file: TextIO, label: str) -> Iterator[str]:
    return iter(lambda: _line(file, label), "")


def _line(file: TextIO, label: str) -> str:
    """The next line, which may not fill the memory."""
    line = file.readline(limits.LINE)
    if len(line) == limits.LINE:
        raise SourceError(
            f"{label} has a line of over {limits.LINE >> 20} million letters; expected a text file "
            "with one row a line"
        )
    return line


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
            file.seek(max(0, size - limits.FIELD - 2))
            last = file.read().splitlines(keepends=True)[-1]
            file.truncate(size - len(last))
        self.range = replace(self.range, rows=self.range.rows - 1)
        return last.decode()


def read_again(part: Part, plain: Range) -> Range:
    """Plain lines that another reader took apart in another way, record by record."""
    if part.dialect is None:
        return plain
    rows, ranges = part.rows, len(part.ranges)
    with plain.path.open(encoding="utf-8", newline="\n") as file:
        feed = Feed(file, part.dialect, first_line=plain.first_line or 1)
        write_rows(part, read_records(feed, part.width))
    again = part.ranges.pop() if len(part.ranges) > ranges else replace(plain, rows=0)
    part.rows = rows - plain.rows + again.rows
    return again


def _tell_notes_apart(part: Part) -> None:
    while part.unreadable and is_note(part.unreadable[-1]):
        if not part.unreadable[-1].reason.startswith("it has"):
            return
        part.unreadable.pop()
        part.notes += 1
