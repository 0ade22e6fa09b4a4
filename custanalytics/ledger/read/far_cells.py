"""How far apart the filled cells of a sheet lie, told from its XML before anything is kept."""

import re
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from custanalytics import limits
from custanalytics.errors import SourceError

_BLOCK = 1 << 20
# As nearly all programs write them: each cell with its address first.
_ROOT, _CELL, _WITH_ADDRESS = b"<worksheet", re.compile(rb"<c[\s/>]"), b'<c r="'
_ROW = re.compile(rb'<row\s[^>]*?\br="(\d{1,7})"[^>]*(?<!/)>')
# No sheet of one-letter columns spans too many cells.
_FAR = re.compile(rb'<c r="([A-Z]{2,3})(\d{1,7})"[^>]*(?<!/)>(?!</c)')
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def refuse_far_cells(label: str, sheet: IO[bytes]) -> None:
    """Stop at a sheet of an XLSX workbook with filled cells further apart than what is read."""
    extent = _Extent(label)
    if not _read_plain(sheet, extent):
        sheet.seek(0)
        _read_carefully(sheet, extent, label)


def refuse_vast(label: str, rows: int, columns: int) -> None:
    """Stop at a rectangle of more cells than what is read."""
    if rows * columns > limits.CELLS:
        raise SourceError(
            f"{label}: its filled cells span {rows:,} rows and {columns:,} columns, at most "
            f"{limits.CELLS:,} cells are read; delete the stray cells, or save the table as CSV"
        )


class _Extent:
    """The rectangle from the first cell to the last one met."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._rows = self._columns = 1

    def add(self, row: int, column: int) -> None:
        """Take a cell in; rows and columns count from 1."""
        self._rows, self._columns = max(self._rows, row), max(self._columns, column)
        if column > limits.COLUMNS:
            raise SourceError(
                f"{self._label} has a cell in {_letters(column)}{row}, at most {limits.COLUMNS:,} "
                "columns are read; delete it, or save the table as CSV"
            )
        refuse_vast(self._label, self._rows, self._columns)


def _read_plain(sheet: IO[bytes], extent: _Extent) -> bool:
    """Look for far cells by their addresses; False where some have none."""
    for at, text in enumerate(_pieces(sheet)):
        if at == 0 and _ROOT not in text:
            return False
        if len(text) > 2 * _BLOCK or not _all_with_address(text):
            return False
        for row in _ROW.finditer(text):
            extent.add(int(row[1]), 1)
        for cell in _FAR.finditer(text):
            extent.add(int(cell[2]), _column(cell[1].decode()))
    return True


def _all_with_address(text: bytes) -> bool:
    addresses = text.count(_WITH_ADDRESS)
    return addresses in (text.count(b"<c"), len(_CELL.findall(text)))


def _pieces(sheet: IO[bytes]) -> Iterator[bytes]:
    """The text in pieces that end before a cell: what follows a cell tells whether it is filled."""
    rest = b""
    while block := sheet.read(_BLOCK):
        text = rest + block
        cut = max(0, text.rfind(b"<c" if b"<c" in text else b"<"))
        if cut:
            yield text[:cut]
        rest = text[cut:]
        if len(rest) > 2 * _BLOCK:
            break
    yield rest


def _read_carefully(sheet: IO[bytes], extent: _Extent, label: str) -> None:
    """Look at each cell by its address, or by its place where it has none."""
    row = column = met = 0

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal row, column, met
        kind = name.rpartition(" ")[2]
        address = given.get("r", "")
        if kind == "row":
            row, column = int(address) if address.isdecimal() else row + 1, 0
        elif kind == "c":
            placed = _ADDRESS.fullmatch(address)
            column = _column(placed[1]) if placed else column + 1
            row = int(placed[2]) if placed else row
        elif kind in ("v", "is"):
            met += 1
            extent.add(row, column)
            refuse_vast(label, met, 1)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.ParseFile(sheet)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, at = divmod(column - 1, 26)
        letters = chr(ord("A") + at) + letters
    return letters
