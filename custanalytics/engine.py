"""Runs named SQL: the verbs an engine has, and the engine on DuckDB.

The only module that imports duckdb. A query is a file in ``sql/``; a view, a file in
``sql/views/``, is put in front of each query that reads it, with the same parameters, so that
no call depends on an earlier one.
"""

import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

import duckdb
import numpy as np
import pandas as pd

from custanalytics.errors import CustAnalyticsError, UsageError

_PARAMETER = re.compile(r"\$([a-z_]+)")
_SCRATCH = "custanalytics-"
VIEWS = ("orders_seen", "order_lines", "goods_lines", "returned_shares")
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")


class QueryError(CustAnalyticsError):
    """A query failed: a bug in custanalytics, so it keeps the query's name and text."""


@cache
def query_text(name: str) -> str:
    """Text of the query in ``custanalytics/sql/NAME.sql``."""
    return (resources.files("custanalytics") / "sql" / f"{name}.sql").read_text("utf-8")


@cache
def composed(name: str) -> str:
    """Text of a query with each view that it reads in front of it, as a common table."""
    text = query_text(name)
    for view in VIEWS:
        if re.search(rf"\b{view}\b", _without_comments(text)):
            head = f"WITH {view} AS (\n{query_text(f'views/{view}')}\n)"
            body = _without_comments(text).lstrip()
            text = f"{head},\n{body[5:]}" if body.startswith("WITH ") else f"{head}\n{body}"
    return text


def _without_comments(text: str) -> str:
    return re.sub(r"^--.*\n", "", text, flags=re.MULTILINE)


def quote(identifier: str) -> str:
    """A column name from a file's header as a quoted SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


class Engine(Protocol):
    """What the analyses ask of an engine; tables and queries go by name."""

    @property
    def engine(self) -> "Engine":
        """Itself, so that an engine can stand wherever a loaded ledger can."""

    def run(self, query: str, *, as_of: date | None = None, **params: Any) -> pd.DataFrame:
        """Rows of the named query, with ``$as_of`` and further ``$name`` parameters bound."""

    def keep(self, table: str, query: str, *, as_of: date | None = None, **params: Any) -> None:
        """Store the rows of the named query as a table, replacing one of that name."""

    def write(self, table: str, frame: pd.DataFrame, query: str | None = None) -> None:
        """Store a DataFrame as a table, as it is or as a query reads it from ``incoming``."""


class DuckDBEngine:
    """A DuckDB database in a temporary folder, closed to everything outside it.

    Parameters
    ----------
    allowed : iterable of path
        Folders and files the engine may read from, beside its own scratch folder.
    memory_limit : str, optional
        Upper bound for DuckDB, such as ``"1GB"``; past it, it spills to disk.
    """

    def __init__(
        self,
        allowed: Iterable[Path | str] = (),
        memory_limit: str = "1GB",
    ) -> None:
        _sweep()
        self.scratch = Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-"))
        # Opening takes a moment, in which it may be interrupted.
        opening = weakref.finalize(self, shutil.rmtree, self.scratch, ignore_errors=True)
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": memory_limit,
                "temp_directory": str(self.scratch / "spill"),
                "python_enable_replacements": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        folders = [str(self.scratch), *(str(Path(path).resolve()) for path in allowed)]
        listed = ", ".join("'" + folder.replace("'", "''") + "'" for folder in folders)
        # In a notebook without ipywidgets it is off, and refuses even to be set so.
        if self.sql("SELECT current_setting('enable_progress_bar') AS shown")["shown"].item():
            self._connection.execute("SET enable_progress_bar = false")
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute(f"SET allowed_directories = [{listed}]")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")
        self.close = weakref.finalize(self, _discard, self._connection, self.scratch)
        opening.detach()

    @property
    def engine(self) -> "DuckDBEngine":
        """Itself, so that an engine can stand wherever a loaded ledger can."""
        return self

    def run(self, query: str, *, as_of: date | None = None, **params: Any) -> pd.DataFrame:
        """Rows of the named query, with ``$as_of`` and further ``$name`` parameters bound."""
        return self._execute(query, composed(query), {"as_of": as_of, **params}).df()

    def keep(self, table: str, query: str, *, as_of: date | None = None, **params: Any) -> None:
        """Store the rows of the named query as a table, replacing one of that name."""
        text = f"CREATE OR REPLACE TABLE {table_name(table)} AS\n{composed(query)}"
        self._execute(query, text, {"as_of": as_of, **params})

    def sql(self, text: str, **params: Any) -> pd.DataFrame:
        """Rows of a statement that depends on a file's header (identifiers already quoted)."""
        return self._execute("statement", text, params).df()

    def frame_of_arrow(self, table: Any) -> pd.DataFrame:
        """A table with the Arrow stream interface as a DataFrame, typed as answers are."""
        self._connection.register("incoming", table.__arrow_c_stream__())
        try:
            return self.sql("SELECT * FROM incoming")
        finally:
            self._connection.unregister("incoming")

    def execute(self, text: str, **params: Any) -> None:
        """Run a statement that returns nothing worth keeping."""
        self._execute("statement", text, params)

    def keep_on_disk(self) -> None:
        """Keep the tables from here on in a file, packed: slower, for what memory can't hold."""
        self.execute(f"ATTACH '{self.scratch / 'ledger.duckdb'}' AS on_disk")
        self.execute("USE on_disk")

    def write(self, table: str, frame: pd.DataFrame, query: str | None = None) -> None:
        """Store a DataFrame as a table, as it is or as a query reads it from ``incoming``."""
        text = composed(query) if query else "SELECT * FROM incoming"
        columns = {name: _forwards(column) for name, column in frame.items()}
        self._connection.register("incoming", pd.DataFrame(columns, copy=False))
        try:
            self.execute(f"CREATE OR REPLACE TABLE {table_name(table)} AS\n{text}")
        finally:
            self._connection.unregister("incoming")

    def _execute(self, name: str, text: str, params: dict[str, Any]) -> duckdb.DuckDBPyConnection:
        given = parameters(f"query {name!r}", text, params)
        try:
            return self._connection.execute(text, given)
        except duckdb.Error as error:
            raise QueryError(f"query {name!r} failed: {error}\n{text}") from error


def parameters(name: str, text: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that a text asks for."""
    wanted = set(_PARAMETER.findall(text))
    missing = {key for key in wanted if params.get(key) is None}
    if missing:
        raise UsageError(f"{name} needs the parameters {sorted(missing)}")
    return {key: params[key] for key in wanted}


def given_for(query: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that a named query asks for."""
    return parameters(f"query {query!r}", composed(query), params)


def write_tables(frames: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write each DataFrame to ``NAME.parquet``, typed; the same rows give the same bytes."""
    engine = DuckDBEngine(allowed=[folder])
    try:
        for name, frame in frames.items():
            target = str((folder / f"{name}.parquet").resolve()).replace("'", "''")
            engine.write("t", frame)
            engine.execute(f"COPY t TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    finally:
        engine.close()


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read every Parquet file of a folder that `write_tables` wrote, by name."""
    engine = DuckDBEngine(allowed=[folder])
    text = "SELECT * FROM read_parquet([$path], hive_partitioning = false)"
    try:
        return {
            path.stem: engine.sql(text, path=_literal(path)) for path in folder.glob("*.parquet")
        }
    finally:
        engine.close()


def write_parquet(table: Any, path: Path) -> None:
    """Write a table of pandas, polars, Arrow, DuckDB or Ibis as a Parquet file, typed.

    Any object with the Arrow stream interface will do; it is read in batches.
    """
    with duckdb.connect() as connection:
        try:
            connection.register("given", _held(table))
            connection.table("given").write_parquet(str(path))
        except duckdb.Error as error:
            raise UsageError(f"the table can't be taken over: {error}") from error


def frame_of(table: Any) -> pd.DataFrame:
    """A table of any package, as `write_parquet` takes it, as one of pandas."""
    if isinstance(table, pd.DataFrame):
        return _flat(table)
    with duckdb.connect() as connection:
        connection.register("given", _held(table))
        frame: pd.DataFrame = connection.table("given").df()
        return frame


def write_rows(names: Sequence[str], batches: Iterable[Sequence[Any]], path: Path) -> None:
    """Write rows that come batch by batch as a Parquet file, with the types of their cells."""
    parts: list[str] = []
    filled: set[str] = set()
    numbers = [str(at) for at in range(len(names))]
    for rows in batches:
        frame = pd.DataFrame(list(map(tuple, rows)), columns=numbers, dtype=object)
        # A batch without a value says nothing of its column's type.
        frame = frame.dropna(axis=1, how="all").assign(row=range(len(rows)))
        filled |= set(frame.columns)
        parts.append(f"{path}-{len(parts):04}")
        write_parquet(frame, Path(parts[-1]))
    columns = ", ".join(
        f"{quote(at) if at in filled else 'NULL::VARCHAR'} AS {quote(name)}"
        for at, name in zip(numbers, names, strict=True)
    )
    given = f"read_parquet({parts}, union_by_name = true)" if parts else "range(0)"
    with duckdb.connect() as connection:
        try:
            connection.sql(f"SELECT {columns} FROM {given}").write_parquet(str(path))
        except duckdb.Error as error:
            raise UsageError(f"the rows can't be taken over: {error}") from error
    for part in parts:
        Path(part).unlink()


def _held(table: Any) -> Any:
    """What DuckDB reads a table from."""
    if isinstance(table, pd.DataFrame):
        table = _flat(table)
        return table.set_axis([str(name) for name in table.columns], axis=1).apply(_of_one_type)
    if hasattr(table, "to_pyarrow_batches"):  # Ibis, whose own stream holds all rows at once
        table = table.to_pyarrow_batches()
    elif hasattr(table, "collect") and not hasattr(table, "__arrow_c_stream__"):
        table = table.collect()
    if not hasattr(table, "__arrow_c_stream__"):
        raise UsageError(
            f"a {type(table).__name__} is no table: expected a path, a table of pandas, polars, "
            "Arrow or Ibis, a relation of DuckDB, or a query beside its connection"
        )
    # The stream alone: some can be asked for once, and of a known library DuckDB wants pyarrow.
    return table.__arrow_c_stream__()


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """A table whose named index is a column again, as it is of an export."""
    named = [name for name in table.index.names if name not in (None, *table.columns)]
    return table.reset_index(named) if named else table


def _of_one_type(column: "pd.Series[Any]") -> "pd.Series[Any]":
    kinds = set(map(type, column.dropna())) if column.dtype == object else set()
    if len(kinds) < 2 and not kinds & {dict, list}:
        return column
    return pd.to_numeric(column) if kinds == {int, float} else column.map(str, "ignore")


def _forwards(column: "pd.Series[Any]") -> "pd.Series[Any]":
    # DuckDB can't read columns that run backwards in memory.
    plain = isinstance(column.dtype, np.dtype) and column.to_numpy().flags.c_contiguous
    return column if plain else column.copy()


def _literal(path: Path) -> str:
    # Binding a file name does not stop DuckDB from reading it as a pattern.
    return re.sub(r"([\[*?])", r"[\1]", str(path.resolve()))


def table_name(table: str) -> str:
    """The name of a table, where it is one that we give."""
    if not _NAME.match(table):
        raise UsageError(f"{table!r} is no table name of ours")
    return table


def _sweep() -> None:
    # What a killed process left behind; Windows has no harmless way to ask whether one lives.
    for left in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}*-*") if os.name == "posix" else ():
        try:
            os.kill(int(left.name.removeprefix(_SCRATCH).split("-")[0]), 0)
        except ProcessLookupError:
            shutil.rmtree(left, ignore_errors=True)
        except (ValueError, PermissionError):
            continue


def _discard(connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    connection.close()
    shutil.rmtree(scratch, ignore_errors=True)
