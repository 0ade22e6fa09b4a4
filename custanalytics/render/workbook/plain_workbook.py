"""A workbook of plain values: what was in the cells of another, without its formulas and looks."""

import io
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import xlsxwriter

from custanalytics.render.office import EARLIEST

_CODES: Sequence[tuple[type, str]] = (
    (datetime, "yyyy-mm-dd hh:mm:ss"),
    (date, "yyyy-mm-dd"),
    (time, "hh:mm:ss"),
    (timedelta, "[h]:mm:ss"),
)


def plain_workbook(
    sheets: Mapping[str, Sequence[Sequence[Any]]], hidden: Collection[str] = ()
) -> bytes:
    """Write sheets of typed cells."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(EARLIEST.year, EARLIEST.month, EARLIEST.day)})
    codes = {kind: book.add_format({"num_format": code}) for kind, code in _CODES}
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                _write(sheet, at, column, cell, codes)
    book.close()
    return buffer.getvalue()


def _write(sheet: Any, at: int, column: int, cell: Any, codes: Mapping[type, Any]) -> None:
    kind = next((kind for kind, _ in _CODES if isinstance(cell, kind)), None)
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        sheet.write_string(at, column, cell)
    elif isinstance(cell, bool):
        sheet.write_boolean(at, column, cell)
    elif kind is not None:
        sheet.write_datetime(at, column, cell, codes[kind])
    else:
        sheet.write_number(at, column, cell)
