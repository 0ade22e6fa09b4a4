"""Runs named SQL on DuckDB. The only module that imports duckdb.

Domain modules never see a connection: they take and return DataFrames, or anything with an
``engine`` attribute (a ledger that ``load`` returned), and ask `as_engine` for the rest.
"""

import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import duckdb
import numpy as np
import pandas as pd

from custanalytics.errors import CustAnalyticsError, SourceError, UsageError

_PARAMETER = re.compile(r"\$([a-z_]+)")
_SCRATCH = "custanalytics-"
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")

_REQUIRED = ("customer_id", "ordered_at", "amount")
LEDGER_COLUMNS = (
    "line_no",
    "customer_id",
    "order_id",
    "ordered_at",
    "amount",
    "product",
    "quantity",
    "nets_order_id",
)


class QueryError(CustAnalyticsError):
    """A query failed: a bug in custanalytics, so it keeps the query's name and text."""


@runtime_checkable
class HasEngine(Protocol):
    """Anything that carries an engine with a ``ledger`` table, such as a loaded ledger."""

    @property
    def engine(self) -> "Engine":
        """The engine with the ``ledger`` table."""


@cache
def query_text(name: str) -> str:
    """Text of the query in ``custanalytics/sql/NAME.sql``."""
    return (resources.files("custanalytics") / "sql" / f"{name}.sql").read_text("utf-8")


def quote(identifier: str) -> str:
    """A column name from a file's header as a quoted SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


class Engine:
    """A DuckDB database in a temporary folder, closed to everything outside it.

    Parameters
    ----------
    allowed : iterable of path
        Folders and files the engine may read from, beside its own scratch folder.
    memory_limit : str, optional
        Upper bound for DuckDB, such as ``"1GB"``; past it, it spills to disk.
    in_memory : bool
        Keep the tables in memory, for data that is there already: several times as fast.
    """

    def __init__(
        self,
        allowed: Iterable[Path | str] = (),
        memory_limit: str = "1GB",
        in_memory: bool = False,
    ) -> None:
        self.orders_seen_on: date | None = None
        _sweep()
        self.scratch = Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-"))
        self._connection = duckdb.connect(
            ":memory:" if in_memory else str(self.scratch / "ledger.duckdb"),
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
        self._connection.execute("SET enable_progress_bar = false")
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute(f"SET allowed_directories = [{listed}]")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")
        self.close = weakref.finalize(self, _discard, self._connection, self.scratch)

    @property
    def engine(self) -> "Engine":
        """Itself, so that an engine can stand wherever a loaded ledger can."""
        return self

    def run(self, query: str, **params: Any) -> pd.DataFrame:
        """Rows of the named query (a file in ``sql/``), with ``$name`` parameters bound."""
        return self._execute(query, query_text(query), params).df()

    def keep(self, table: str, query: str, **params: Any) -> None:
        """Store the rows of the named query as a table, replacing one of that name."""
        text = f"CREATE OR REPLACE TABLE {_name(table)} AS\n{query_text(query)}"
        self._execute(query, text, params)

    def sql(self, text: str, **params: Any) -> pd.DataFrame:
        """Rows of a statement that depends on a file's header (identifiers already quoted)."""
        return self._execute("statement", text, params).df()

    def execute(self, text: str, **params: Any) -> None:
        """Run a statement that returns nothing worth keeping."""
        self._execute("statement", text, params)

    def add(self, table: str, frame: pd.DataFrame, query: str | None = None) -> None:
        """Copy a DataFrame into a table, as it is or as a query reads it from ``incoming``."""
        text = query_text(query) if query else "SELECT * FROM incoming"
        columns = {name: _forwards(column) for name, column in frame.items()}
        self._connection.register("incoming", pd.DataFrame(columns, copy=False))
        try:
            self.execute(f"CREATE OR REPLACE TABLE {_name(table)} AS\n{text}")
        finally:
            self._connection.unregister("incoming")

    def _execute(self, name: str, text: str, params: dict[str, Any]) -> duckdb.DuckDBPyConnection:
        wanted = set(_PARAMETER.findall(text))
        missing = wanted - params.keys()
        if missing:
            raise UsageError(f"query {name!r} needs the parameters {sorted(missing)}")
        try:
            return self._connection.execute(text, {key: params[key] for key in wanted})
        except duckdb.Error as error:
            raise QueryError(f"query {name!r} failed: {error}\n{text}") from error


def write_tables(frames: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write each DataFrame to ``NAME.parquet``, typed; the same rows give the same bytes."""
    engine = Engine(allowed=[folder])
    try:
        for name, frame in frames.items():
            target = str((folder / f"{name}.parquet").resolve()).replace("'", "''")
            engine.add("t", frame)
            engine.execute(f"COPY t TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    finally:
        engine.close()


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read every Parquet file of a folder that `write_tables` wrote, by name."""
    engine = Engine(allowed=[folder])
    text = "SELECT * FROM read_parquet([$path], hive_partitioning = false)"
    try:
        return {
            path.stem: engine.sql(text, path=_literal(path)) for path in folder.glob("*.parquet")
        }
    finally:
        engine.close()


def as_engine(transactions: "pd.DataFrame | HasEngine") -> Engine:
    """Engine with a ``ledger`` table for these transactions."""
    if isinstance(transactions, HasEngine):
        return transactions.engine
    engine = Engine(in_memory=True)
    engine.add("ledger", _canonical(transactions), "ledger_of_lines")
    return engine


def see_orders(engine: Engine, day: date) -> None:
    """Have ``orders_seen`` show the orders as seen on a day."""
    if engine.orders_seen_on == day:
        return
    engine.execute("CREATE OR REPLACE TABLE seen AS SELECT CAST($day AS DATE) AS day", day=day)
    if engine.orders_seen_on is None:
        engine.keep("orders", "orders")
        engine.keep("order_changes", "order_changes")
        engine.execute(f"CREATE VIEW orders_seen AS\n{query_text('views/orders_seen')}")
    engine.orders_seen_on = day


def _canonical(frame: pd.DataFrame) -> pd.DataFrame:
    missing = [column for column in _REQUIRED if column not in frame.columns]
    if missing:
        raise SourceError(
            f"transactions need the columns {', '.join(_REQUIRED)}; missing: {', '.join(missing)}; "
            f"found: {', '.join(map(str, frame.columns))}"
        )
    lines = frame[[column for column in LEDGER_COLUMNS if column in frame.columns]]
    lines["line_no"] = range(1, len(lines) + 1)
    try:
        lines["ordered_at"] = pd.to_datetime(lines["ordered_at"])
        lines["amount"] = pd.to_numeric(lines["amount"])
    except (ValueError, TypeError) as error:
        raise SourceError(f"ordered_at must hold dates and amount numbers: {error}") from error
    gaps = lines[["ordered_at", "amount"]].isna().sum()
    if gaps.any():
        raise SourceError(
            f"{gaps['ordered_at']} rows have no ordered_at and {gaps['amount']} no amount; "
            "drop or fill them first"
        )
    ids = lines["customer_id"]
    if pd.api.types.is_float_dtype(ids) and (ids.dropna() % 1 == 0).all():
        # Whole numbers that became floats because some are missing.
        lines["customer_id"] = ids.astype("Int64")
    for column in LEDGER_COLUMNS:
        if column not in lines:
            lines[column] = np.nan  # DuckDB's null, and the quickest of them to copy
    return lines[list(LEDGER_COLUMNS)]


def _forwards(column: "pd.Series[Any]") -> "pd.Series[Any]":
    # DuckDB can't read columns that run backwards in memory.
    plain = isinstance(column.dtype, np.dtype) and column.to_numpy().flags.c_contiguous
    return column if plain else column.copy()


def _literal(path: Path) -> str:
    # Binding a file name does not stop DuckDB from reading it as a pattern.
    return re.sub(r"([\[*?])", r"[\1]", str(path.resolve()))


def _name(table: str) -> str:
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
