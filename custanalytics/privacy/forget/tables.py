"""Files of tables whose rows can be taken out, the others staying as they are.

Of a text file the other lines stay byte for byte; of a workbook its values stay, not its formulas
and its looks; of a Parquet file the values and their types.
"""

import gzip
import io
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import python_calamine

from custanalytics.engine import DuckDBEngine, QueryError
from custanalytics.errors import SourceError
from custanalytics.ledger.read.any_header import find_any_layout
from custanalytics.ledger.read.cell_kinds import plain_number
from custanalytics.ledger.read.dialect import detect_dialect
from custanalytics.ledger.read.encoding import detect_encoding
from custanalytics.ledger.read.header import find_layout
from custanalytics.ledger.read.records import Feed, Unreadable, read_records
from custanalytics.render.workbook.plain_workbook import plain_workbook

_SAMPLE = 400
_TEXTS = (".csv", ".tsv", ".tab", ".txt", ".dat")
_ESCAPED = "surrogateescape"  # bytes that are none of the encoding's come out as they went in
Cells = Sequence[str]


@dataclass(frozen=True)
class Row:
    """A row: what names it in its file, and its cells; one cell where it is no record."""

    key: Any
    cells: Cells


@dataclass(frozen=True)
class Table:
    """One table of a file: its header, where it has one, and its rows."""

    names: Sequence[str]
    rows: Sequence[Row]


class TableFile(Protocol):
    """A file of tables."""

    def tables(self) -> Sequence[Table]:
        """All its tables, hidden ones too."""

    def without(self, keys: Collection[Any]) -> bytes:
        """The file without these rows."""


def table_file(path: Path, given: Collection[str] = ()) -> TableFile | None:
    """The file as one of tables; None where it is of another kind, or holds no table."""
    name = path.name.lower()
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(b"\x1f\x8b"):
        inner = _text(gzip.decompress(path.read_bytes()), given)
        return None if inner is None else _Packed(inner)
    if head.startswith(b"PAR1"):
        return _ParquetFile(path)
    if head.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            return _WorkbookFile(path, given) if "xl/workbook.xml" in archive.namelist() else None
    return _text(path.read_bytes(), given) if name.endswith(_TEXTS) else None


def _layout(records: Sequence[Sequence[str]], given: Collection[str]) -> tuple[Sequence[str], int]:
    """Names of the columns, and how many records stand before the first row."""
    for find in (find_layout, find_any_layout):
        layout = find(records, given)
        if layout is not None and layout.names is not None:
            return layout.names, layout.header_record + 1
    return (), 0


def _text(data: bytes, given: Collection[str]) -> "_TextFile | None":
    engine = DuckDBEngine()
    try:
        scratch = engine.scratch / "text"
        scratch.write_bytes(data)
        encoding = detect_encoding(scratch).name
    finally:
        engine.close()
    try:
        text = data.decode(encoding, _ESCAPED)
        again = text.encode(encoding, _ESCAPED)
    except UnicodeError:
        return None
    if again != data:
        return None
    lines = list(io.StringIO(text, newline=""))
    dialect = detect_dialect([_ended(line) for line in lines[:_SAMPLE]])
    if dialect is None:
        return None
    items = list(read_records(Feed(map(_ended, lines), dialect)))
    return _TextFile(encoding, lines, items, given)


def _ended(line: str) -> str:
    return line.rstrip("\r\n") + "\n"


class _TextFile:
    """Delimited text."""

    def __init__(
        self, encoding: str, lines: list[str], items: list[Any], given: Collection[str]
    ) -> None:
        self._encoding, self._lines = encoding, lines
        self._starts = [item.line if isinstance(item, Unreadable) else item[0] for item in items]
        self._items, self._given = items, given

    def tables(self) -> Sequence[Table]:
        records = [item[1] for item in self._items[:_SAMPLE] if not isinstance(item, Unreadable)]
        names, before = _layout(records, self._given)
        rows = [
            Row(item.line, [item.text]) if isinstance(item, Unreadable) else Row(*item)
            for item in self._items
        ]
        # What stands around a table may name somebody, too.
        return [Table((), rows[:before]), Table(names, rows[before:])]

    def without(self, keys: Collection[Any]) -> bytes:
        ends = [*self._starts[1:], len(self._lines) + 1]
        gone = {
            line
            for start, end in zip(self._starts, ends, strict=True)
            if start in keys
            for line in range(start, end)
        }
        kept = (line for at, line in enumerate(self._lines, 1) if at not in gone)
        return "".join(kept).encode(self._encoding, _ESCAPED)


class _Packed:
    """A text file in gzip."""

    def __init__(self, inner: TableFile) -> None:
        self._inner = inner

    def tables(self) -> Sequence[Table]:
        return self._inner.tables()

    def without(self, keys: Collection[Any]) -> bytes:
        return gzip.compress(self._inner.without(keys), mtime=0)


class _WorkbookFile:
    """A workbook of Excel."""

    def __init__(self, path: Path, given: Collection[str]) -> None:
        try:
            book = python_calamine.CalamineWorkbook.from_path(str(path))
            self._sheets = {
                sheet.name: book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                for sheet in book.sheets_metadata
                if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            }
        except (python_calamine.CalamineError, OSError) as error:
            raise SourceError(f"{path.name} can't be read as a workbook: {error}") from error
        self._hidden = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible != python_calamine.SheetVisibleEnum.Visible
        ]
        self._given = given

    def tables(self) -> Sequence[Table]:
        found = []
        for name, rows in self._sheets.items():
            texts = [[_cell(cell) for cell in row] for row in rows]
            filled = [at for at, row in enumerate(texts) if any(row)]
            names, before = _layout([texts[at] for at in filled[:_SAMPLE]], self._given)
            listed = [Row((name, at), texts[at]) for at in filled]
            found += [Table((), listed[:before]), Table(names, listed[before:])]
        return found

    def without(self, keys: Collection[Any]) -> bytes:
        kept = {
            name: [row for at, row in enumerate(rows) if (name, at) not in keys]
            for name, rows in self._sheets.items()
        }
        return plain_workbook(kept, self._hidden)


def _cell(cell: object) -> str:
    number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return plain_number(cell) if number else str(cell).strip()  # type: ignore[arg-type]


class _ParquetFile:
    """A Parquet file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def tables(self) -> Sequence[Table]:
        rows = self._opened(lambda engine, read: engine.sql(f"SELECT * FROM {read}"))
        keys = rows.pop("file_row_number")
        texts = rows.astype("object").where(rows.notna(), "").astype("str")
        cells = texts.itertuples(index=False, name=None)
        return [Table(list(rows), [Row(int(k), c) for k, c in zip(keys, cells, strict=True)])]

    def without(self, keys: Collection[Any]) -> bytes:
        def copied(engine: DuckDBEngine, read: str) -> bytes:
            target = engine.scratch / "kept.parquet"
            listed = ", ".join(str(int(key)) for key in keys) or "-1"
            engine.execute(
                f"COPY (SELECT * EXCLUDE (file_row_number) FROM {read} WHERE file_row_number NOT IN"
                f" ({listed}) ORDER BY file_row_number) TO '{target}' "
                "(FORMAT parquet, COMPRESSION zstd)"
            )
            return target.read_bytes()

        kept: bytes = self._opened(copied)
        return kept

    def _opened(self, use: Callable[[DuckDBEngine, str], Any]) -> Any:
        engine = DuckDBEngine()
        try:
            copy = engine.scratch / "given.parquet"
            copy.write_bytes(self._path.read_bytes())
            return use(engine, f"read_parquet('{copy}', file_row_number = true)")
        except QueryError as error:
            raise SourceError(
                f"{self._path.name} can't be read as Parquet: it is damaged"
            ) from error
        finally:
            engine.close()


def all_rows(tables: Sequence[Table]) -> Iterator[Row]:
    """Every row of a file."""
    for table in tables:
        yield from table.rows
