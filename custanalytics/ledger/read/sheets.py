"""The sheets of a workbook that can be seen, row by row, within bounds.

A workbook's reader keeps the whole rectangle that a sheet's filled cells span: one stray cell
in the last row and column would be 17 billion. So the cells are looked at before it is asked.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

import python_calamine

from custanalytics import limits
from custanalytics.errors import SourceError
from custanalytics.ledger.read.far_cells import refuse_far_cells, refuse_vast

Rows = Callable[[], Iterator[list[Any]]]

_BROKEN = (
    python_calamine.CalamineError,
    OSError,
    ValueError,
    RuntimeError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    expat.ExpatError,
)


def open_sheets(label: str, path: Path) -> dict[str, Rows]:
    """Each visible sheet by name; its rows begin at the first one, blank cells are blank text."""
    try:
        _refuse_far(label, path)
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible
            and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
    except _BROKEN as error:
        raise _refused(label, error) from error

    def rows_of(name: str) -> Rows:
        return lambda: _rows(label, book, name)

    return {name: rows_of(name) for name in names}


def _rows(label: str, book: python_calamine.CalamineWorkbook, name: str) -> Iterator[list[Any]]:
    try:
        sheet = book.get_sheet_by_name(name)
    except _BROKEN as error:
        raise _refused(label, error) from error
    refuse_vast(f"{label}/{name}", sheet.total_height, sheet.total_width)
    above, left = sheet.start or (0, 0)
    for _ in range(above):
        yield []
    for row in sheet.iter_rows():
        yield [""] * left + row


def _refused(label: str, error: Exception) -> SourceError:
    if "limit exceeded" in str(error):  # a few cells, said to be repeated without end
        return SourceError(
            f"{label}: the filled cells of a sheet span over {limits.CELLS:,} cells, which are not "
            "read; delete the stray cells, or save the table as CSV"
        )
    return SourceError(f"{label} can't be read as a workbook: {error}")


def _refuse_far(label: str, path: Path) -> None:
    """Stop at an XLSX workbook whose cells lie further apart than what is read."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                with archive.open(name) as sheet:
                    refuse_far_cells(f"{label}, {name.rsplit('/', 1)[-1]}", sheet)
