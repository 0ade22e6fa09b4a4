"""Secrets of a source file: its cells, headers, sheets and properties."""

import itertools
from collections import Counter
from pathlib import Path

import python_calamine

from custanalytics.ledger.detect.column_names import known_name
from custanalytics.ledger.read.any_header import find_any_layout
from custanalytics.ledger.staging import Staging, stage
from custanalytics.privacy.leak_check.column_secrets import Column, take_cells, take_identifiers
from custanalytics.privacy.leak_check.files import Reader
from custanalytics.privacy.leak_check.gather import Gathering
from custanalytics.privacy.leak_check.notes import note_secrets
from custanalytics.privacy.leak_check.passages import Passage

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_DELIMITERS = str.maketrans(";\t|", ",,,")


def table_secrets(path: Path, source: str, gathering: Gathering, identifiers_only: bool) -> int:
    """Take everything that a table of the source says."""
    take = take_identifiers if identifiers_only else take_cells
    staging = stage([path], layout=find_any_layout)
    try:
        for at, name in enumerate(staging.names, start=1):
            cells = staging.engine.sql(
                f"SELECT c{at} AS cell, count(*) AS n FROM staged "
                f"WHERE c{at} IS NOT NULL GROUP BY 1 ORDER BY 1"
            )
            counted = list(zip(cells["cell"].tolist(), cells["n"].tolist(), strict=True))
            column = Column(name, f"{source}, column {at}", counted)
            take(column, gathering)
            if staging.has_header and not identifiers_only and not known_name(name):
                gathering.text(name, "header", column.source)
        if not identifiers_only:
            _around(staging, path, source, gathering)
    finally:
        staging.engine.close()
    if path.suffix.lower() in _WORKBOOKS and not identifiers_only:
        _workbook(path, source, gathering)
    return staging.rows


def _around(staging: Staging, path: Path, source: str, gathering: Gathering) -> None:
    """Lines that are no rows: those that can't be read, and those around the table."""
    for part in staging.parts:
        lines = [line.text for line in part.unreadable]
        if part.label == path.name and part.encoding:
            with path.open(encoding=part.encoding, errors="replace") as file:
                lines += itertools.islice(file, (part.header_line or 1) - 1)
                lines += list(file)[-part.notes - 1 :] if part.notes else []
        cells = [cell for line in lines for cell in line.translate(_DELIMITERS).split(",")]
        _take_loose(cells, f"{source}, beside the table", gathering)
        note_secrets("\n\n".join(lines), f"{source}, beside the table", gathering)


def _workbook(path: Path, source: str, gathering: Gathering) -> None:
    """All sheets, hidden ones too, their names, and the properties of the file."""
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        gathering.text(name, "header", f"{source}, name of a sheet")
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        cells = [str(cell) for row in rows for cell in row if cell not in ("", None)]
        _take_loose(cells, f"{source}, a sheet", gathering)
    for passage in Reader().passages(path.name, path.read_bytes()):
        if isinstance(passage, Passage) and "docProps" in passage.where and "text" in passage.where:
            for line in passage.text.splitlines():
                gathering.text(line, "file", f"{source}, properties of the file")


def _take_loose(cells: list[str], source: str, gathering: Gathering) -> None:
    counted = Counter(cell.strip() for cell in cells if cell.strip())
    take_cells(Column("", source, sorted(counted.items())), gathering)
