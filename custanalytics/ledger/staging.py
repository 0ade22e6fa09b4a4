"""All parts as one table of text: `staged(line_no, part_no, file_line, c1, c2 ...)`.

Columns are numbered; the names from the files' headers stay in Python, so nothing in a
header can reach SQL.
"""

import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from custanalytics import limits
from custanalytics.engine import DuckDBEngine, QueryError, quote
from custanalytics.errors import SourceError
from custanalytics.ledger.detect.column_names import meanings, plain
from custanalytics.ledger.read.cell_kinds import kinds_of, leading_kind, shape_of
from custanalytics.ledger.read.files import open_sources
from custanalytics.ledger.read.header import LayoutFinder, find_layout
from custanalytics.ledger.read.mending import learned
from custanalytics.ledger.read.parts import (
    Mended,
    Part,
    Range,
    json_part,
    workbook_parts,
)
from custanalytics.ledger.read.swollen import refuse_swollen, refuse_wide
from custanalytics.ledger.read.text_part import read_again, text_part
from custanalytics.sentences import tell

_SAMPLE_ROWS = 2000
_IN_MEMORY = 150_000_000  # bytes of sources whose tables are no burden to memory
# A name with its thing and without: "order date" and "date", "customer id" and "customer".
_ALIKE = ({"key", "whole"}, {"order", "date"})
_CELL = 8  # bytes that a cell of a Parquet file takes in memory, and more
_MOST_MENDED, _LEARNED_ROWS = 1000, 10_000


@dataclass(frozen=True)
class Staging:
    """The staged table and what its columns are called.

    Attributes
    ----------
    engine : DuckDBEngine
    names : tuple of str
        Header names; ``column 1`` ... where there is no header. Column ``i`` is ``c{i+1}``.
    has_header : bool
    parts : tuple of Part
    warnings : tuple of str
    sample : tuple of tuple of str
        Up to 2,000 rows spread over the table, for deciding what a column may be.
    rows : int
    joined : tuple of str
        Those of the names that come from another table than the sales.
    """

    engine: DuckDBEngine
    names: tuple[str, ...]
    has_header: bool
    parts: tuple[Part, ...]
    warnings: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    rows: int
    joined: tuple[str, ...] = ()

    def column(self, name: str) -> str:
        """SQL name of the column with this header name."""
        return f"c{self.names.index(name) + 1}"

    def values(self, name: str) -> list[str]:
        """The sample's cells of a column."""
        at = self.names.index(name)
        return [row[at] for row in self.sample]

    def without(self, name: str) -> list[str]:
        """The files, of several, that have no column of this name."""
        key = _key(name)
        return [p.label for p in self.parts if key not in map(_key, p.names or self.names)]

    def shapes(self, name: str, most: int = 3) -> list[str]:
        """The most frequent shapes of a column's cells: figures as 9, letters as a."""
        counts: dict[str, int] = {}
        for cell in self.values(name):
            if cell:
                counts[shape_of(cell)] = counts.get(shape_of(cell), 0) + 1
        return sorted(counts, key=lambda shape: (-counts[shape], shape))[:most]


def stage(
    sources: Any,
    memory_limit: str = "700MB",
    given: Collection[str] = frozenset(),
    layout: LayoutFinder = find_layout,
    encoding: str | None = None,
    mend: bool = False,
    connection: Any = None,
) -> Staging:
    """Read the files into one table of text; lines torn by one sign are mended if asked for."""
    engine = DuckDBEngine(memory_limit=memory_limit)
    parts: list[Part] = []
    warnings: list[str] = []

    def target() -> Path:
        return engine.scratch / f"part-{len(list(engine.scratch.glob('part-*'))):04}.csv"

    files = open_sources(sources, engine.scratch, connection)
    if sum(file.path.stat().st_size for file in files) > _IN_MEMORY:
        engine.keep_on_disk()
    for source in files:
        if source.kind == "text":
            part = text_part(source, target(), given, layout, encoding)
            parts.append(part)
            if part.is_guess:
                warnings.append(
                    tell(
                        "{file} was read as {encoding}, by its letters; if names look wrong, say "
                        "--encoding NAME.",
                        file=part.label,
                        encoding=part.encoding,
                    )
                )
        elif source.kind == "workbook":
            found, left_out = workbook_parts(source, target, given, layout)
            parts.extend(found)
            warnings.extend(left_out)
        elif source.kind == "json":
            parts.append(json_part(source, target()))
        else:
            parts.append(_parquet_part(engine, source.label, source.path, target()))
    names, has_header, renamed = _common_names(parts)
    warnings += renamed
    _insert(engine, parts, names, has_header)
    if mend:
        for part_no, part in enumerate(parts):
            _mend(engine, part, part_no, _places(part, names, has_header))
    rows = sum(part.rows for part in parts)
    if not rows:
        raise SourceError(f"{', '.join(p.label for p in parts)}: a header, but no rows below it")
    sample = sample_of(engine, len(names), rows)
    return Staging(engine, names, has_header, tuple(parts), tuple(warnings), sample, rows)


def sample_of(engine: DuckDBEngine, width: int, rows: int) -> tuple[tuple[str, ...], ...]:
    """Up to 2,000 rows spread over the staged table."""
    columns = ", ".join(f"COALESCE(c{i}, '')" for i in range(1, width + 1))
    sample = engine.sql(
        f"SELECT {columns} FROM staged WHERE (line_no - 1) % $step = 0 ORDER BY line_no "
        f"LIMIT {_SAMPLE_ROWS}",
        step=max(1, rows // _SAMPLE_ROWS),
    )
    return tuple(tuple(map(str, row)) for row in sample.itertuples(index=False, name=None))


def _parquet_part(engine: DuckDBEngine, label: str, path: Path, target: Path) -> Part:
    """Copy a Parquet file's columns as text that can be read back in one way only."""
    copy = target.with_suffix(".parquet")
    # A copy of our own name: globs and folder=value paths mean something to the reader.
    shutil.copyfile(path, copy)
    read = f"read_parquet('{copy}', hive_partitioning=false)"
    table = f"parquet_{len(engine.sql('SHOW TABLES'))}"
    try:
        described = engine.sql(f"DESCRIBE SELECT * FROM {read}")
        names = [str(name) for name in described["column_name"]]
        refuse_wide(label, len(names))
        counted = engine.sql(f"SELECT count(*) AS n FROM {read}")["n"].iloc[0]
        refuse_swollen(label, path.stat().st_size, int(counted) * len(names) * _CELL)
        texts = [
            _as_text(quote(name), str(kind))
            for name, kind in zip(names, described["column_type"], strict=True)
        ]
        numbered = ", ".join(f"{text} AS c{at}" for at, text in enumerate(texts, 1))
        engine.execute(
            f"CREATE TABLE {table} AS SELECT row_number() OVER () AS file_line, {numbered} "
            f"FROM {read}"
        )
    except QueryError as error:
        raise SourceError(f"{label} can't be read as Parquet: it is damaged") from error
    rows = int(engine.sql(f"SELECT count(*) AS n FROM {table}")["n"].iloc[0])
    part = Part(label, tuple(names), len(names), Path(table), is_parquet=True)
    part.add(Range(Path(table), rows))
    copy.unlink()
    return part


def _as_text(column: str, kind: str) -> str:
    if kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL"):
        number = f"CAST(TRY_CAST({column} AS DECIMAL(38, 10)) AS VARCHAR)"
        return f"regexp_replace({number}, '\\.0+$', '')"
    if kind.startswith("TIMESTAMP") and "ZONE" in kind:
        return f"strftime({column}, '%Y-%m-%d %H:%M:%S%z')"
    if kind.startswith("TIMESTAMP"):
        return f"strftime({column}, '%Y-%m-%d %H:%M:%S')"
    return f"CAST({column} AS VARCHAR)"


def _common_names(
    parts: Sequence[Part],
) -> tuple[tuple[str, ...], bool, list[str]]:
    """Union of the parts' columns, and what was taken for one column under two names.

    A part without header continues one of the same width.
    """
    named = [part for part in parts if part.names]
    if not named:
        widths = {part.width for part in parts}
        if len(widths) > 1:
            listed = ", ".join(f"{part.label}: {part.width}" for part in parts)
            raise SourceError(f"the files have no header and differ in columns ({listed})")
        return tuple(f"column {at}" for at in range(1, parts[0].width + 1)), False, []
    first = named[0]
    names = list(first.names or ())
    keys = [_key(name) for name in names]
    warnings = [told for part in named[1:] if (told := _name_alike(part, first, names))]
    for part in named[1:]:
        own = part.names or ()
        if len({_key(name) for name in own} & set(keys)) * 2 < len(set(keys)):
            raise SourceError(
                f"{part.label} and {first.label} share fewer than half of their columns; "
                "give files of one export, or run them apart"
            )
        for name in own:
            if _key(name) not in keys:
                names.append(name)
                keys.append(_key(name))
    for part in parts:
        if part.names is None:
            if part.width != first.width:
                raise SourceError(
                    f"{part.label} has no header and {part.width} columns, "
                    f"{first.label} has {first.width}"
                )
            part.names = first.names
    return tuple(names), True, warnings


def _name_alike(part: Part, first: Part, names: Sequence[str]) -> str | None:
    """Give a part's columns the first part's names where the words mean the same role."""
    own = list(part.names or ())
    known = {_key(name) for name in own}
    missing = [name for name in names if _key(name) not in known]
    renamed: dict[str, str] = {}
    for name in own:
        if _key(name) in map(_key, names):
            continue
        same = [other for other in missing if _same_meaning(name, other)]
        rivals = [other for other in own if len(same) == 1 and _same_meaning(other, same[0])]
        if len(same) == len(rivals) == 1:
            renamed[name] = same[0]
    if not renamed:
        return None
    part.names = tuple(renamed.get(name, name) for name in own)
    return tell(
        "{file} has other names than {first}; these were taken for the same columns: {columns}.",
        file=part.label,
        first=first.label,
        columns=", ".join(f"{name!r} is {other!r}" for name, other in renamed.items()),
    )


def _same_meaning(name: str, other: str) -> bool:
    """Whether two names stand for one role, in the same way."""
    one, two = meanings(name), meanings(other)
    kinds = {role: (kind, two[role][0]) for role, (kind, _) in one.items() if role in two}
    return any(a == b or {a, b} in _ALIKE for a, b in kinds.values())


def _key(name: str) -> str:
    return plain(name) or name.strip().casefold()


def _insert(
    engine: DuckDBEngine, parts: Sequence[Part], names: tuple[str, ...], has_header: bool
) -> None:
    columns = [f"c{at}" for at in range(1, len(names) + 1)]
    engine.execute(
        "CREATE TABLE staged (line_no BIGINT, part_no INTEGER, file_line BIGINT, "
        + ", ".join(f"{column} VARCHAR" for column in columns)
        + ")"
    )
    for part_no, part in enumerate(parts):
        places = _places(part, names, has_header)
        # ="00123" is how spreadsheets keep the zeros of 00123.
        cells = [
            f"NULLIF(TRIM(CASE WHEN starts_with(p{at}, '=\"') "
            f"THEN regexp_replace(p{at}, '^=\"([^\"]*)\"$', '\\1') ELSE p{at} END), '')"
            if at
            else "NULL"
            for at in places
        ]
        for at, rows in enumerate(part.ranges):
            if not _add(engine, part, rows, part_no, cells):
                part.ranges[at] = read_again(part, rows)
                if not _add(engine, part, part.ranges[at], part_no, cells):
                    raise SourceError(
                        f"DuckDB found other rows than {part.label} holds; this is a fault of "
                        "custanalytics, please report it"
                    )
    for part in parts:
        for rows in part.ranges:
            if part.is_parquet:
                engine.execute(f"DROP TABLE {rows.path}")
            else:
                rows.path.unlink(missing_ok=True)


def _add(engine: DuckDBEngine, part: Part, rows: Range, part_no: int, cells: list[str]) -> bool:
    """Add a range's rows; False, and nothing added, where the database finds others in it."""
    before = _count(engine)
    line = "file_line"
    if rows.first_line is not None:
        line = f"{rows.first_line - 1} + row_number() OVER ()"
    try:
        engine.execute(
            f"INSERT INTO staged SELECT {before} + row_number() OVER (), {part_no}, {line}, "
            f"{', '.join(cells)} FROM {_reader(part, rows)}"
        )
    except QueryError:
        if rows.first_line is None:
            raise
        return False
    if _count(engine) - before == rows.rows:
        return True
    engine.execute(f"DELETE FROM staged WHERE line_no > {before}")
    return False


def _count(engine: DuckDBEngine) -> int:
    return int(engine.sql("SELECT count(*) AS n FROM staged")["n"].iloc[0])


def _places(part: Part, names: tuple[str, ...], has_header: bool) -> list[int | None]:
    """For each column, its place in the part's own lines, from 1; None where it has none."""
    if not has_header or not part.names or part.names == names:
        # Names that differ in signs only ("Price €", "price $") have one key.
        return list(range(1, len(names) + 1))
    own = [_key(name) for name in part.names]
    return [own.index(key) + 1 if (key := _key(name)) in own else None for name in names]


def _mend(
    engine: DuckDBEngine,
    part: Part,
    part_no: int,
    places: list[int | None],
) -> None:
    """Mend what can be mended of a part's torn lines, and put it behind the other rows."""
    torn = [line for line in part.unreadable if line.may_be_mended][:_MOST_MENDED]
    if not torn or part.dialect is None:
        return
    taken = [f"c{at}" for at, place in enumerate(places, 1) if place]
    order = sorted(range(len(taken)), key=lambda at: [p for p in places if p][at])
    columns = ", ".join(f"COALESCE({taken[at]}, '')" for at in order)
    step = max(1, part.rows // _LEARNED_ROWS)
    known = engine.sql(
        f"SELECT {columns} FROM staged WHERE part_no = {part_no} AND line_no % {step} = 0"
    )
    table = learned([tuple(map(str, row)) for row in known.itertuples(index=False, name=None)])
    if table is None or table.width != part.width:
        return
    mended = [(line, table.mended(line.text, part.dialect)) for line in torn]
    rows = [(line, fields) for line, fields in mended if fields is not None]
    for line, fields in rows:
        part.unreadable.remove(line)
        part.mended.append(Mended(line.line, line.text.rstrip("\r\n"), fields))
    cells = pd.DataFrame([fields for _, fields in rows], dtype="str")
    cells.columns = pd.Index([f"p{at}" for at in range(1, len(cells.columns) + 1)])
    cells.insert(0, "file_line", [line.line for line, _ in rows])
    last = _count(engine)
    cells.insert(0, "line_no", range(last + 1, last + 1 + len(rows)))
    engine.write("mended", cells)
    values = ", ".join(f"NULLIF(p{place}, '')" if place else "NULL" for place in places)
    if rows:
        engine.execute(
            f"INSERT INTO staged SELECT line_no, {part_no}, file_line, {values} FROM mended"
        )
    engine.execute("DROP TABLE mended")
    part.rows += len(rows)


def _reader(part: Part, rows: Range) -> str:
    columns = [f"p{at}" for at in range(1, part.width + 1)]
    if part.is_parquet:
        return f"{rows.path} AS t(file_line, {', '.join(columns)})"
    kinds = [f"'{column}': 'VARCHAR'" for column in columns]
    delimiter, sign = ",", '"'
    if rows.first_line is None:
        kinds.insert(0, "'file_line': 'BIGINT'")
    elif part.dialect:
        delimiter, sign = part.dialect.delimiter, part.dialect.quote
    sign = sign.replace("'", "''")
    return (
        f"read_csv('{rows.path}', auto_detect=false, header=false, delim='{delimiter}', "
        f"quote='{sign}', escape='{sign}', new_line='\\n', max_line_size={limits.LINE}, "
        f"nullstr='', columns={{{', '.join(kinds)}}})"
    )


def column_kinds(staging: Staging) -> dict[str, str]:
    """What each column's cells are, from the sample: date, number, text or blank."""
    counts = kinds_of(staging.sample, len(staging.names))
    return {name: leading_kind(column) for name, column in zip(staging.names, counts, strict=True)}
