"""Rows of a query on a connection of the user's own: of any package, known by what it can do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from custanalytics.engine import write_parquet, write_rows
from custanalytics.errors import CustAnalyticsError, SourceError, UsageError

_ROWS = 50_000
# How cursors of ADBC, and of drivers like them, hand over a result with its types.
_IN_ARROW = (
    "fetch_arrow",
    "fetch_record_batch",
    "fetch_arrow_table",
    "fetch_arrow_all",
    "fetchall_arrow",
)
# Rows come as they are read, and a percent sign means itself.
_STREAMED = {"stream_results": True, "max_row_buffer": _ROWS, "no_parameters": True}


def write_query(query: Any, connection: Any, target: Path) -> str:
    """Write the rows of a query, or of a table by its name, as Parquet; returns its label."""
    statement = statement_of(query)
    label = "the query"
    if isinstance(statement, str) and len(statement.split()) == 1:
        label, statement = statement, f"SELECT * FROM {statement}"
    try:
        _write(statement, connection, target)
    except CustAnalyticsError:
        raise
    except Exception as error:  # every driver has errors of its own
        raise SourceError(f"{label} can't be read: {type(error).__name__}: {error}") from error
    return label


def statement_of(source: Any) -> Any:
    """What a file of SQL says; anything else is a query or a table's name as it is."""
    if not (isinstance(source, str | Path) and str(source).lower().endswith(".sql")):
        return str(source) if isinstance(source, Path) else source
    try:
        return Path(source).read_text("utf-8").strip().removesuffix(";")
    except OSError as error:
        raise SourceError(f"{source} can't be read: {error.strerror}") from None


def _write(statement: Any, connection: Any, target: Path) -> None:
    if any(hasattr(connection, name) for name in ("sync_engine", "sync_connection")):
        raise UsageError("the connection is asynchronous: expected one that is not")
    if hasattr(connection, "sql"):  # DuckDB, Ibis
        table = connection.sql(statement)
        if table is None:
            raise _without_rows()
        write_parquet(table, target)
    elif hasattr(connection, "exec_driver_sql"):
        _of_sqlalchemy(statement, connection, target)
    elif hasattr(connection, "get_bind"):  # a session of SQLAlchemy
        _of_sqlalchemy(statement, connection.connection(), target)
    elif hasattr(connection, "dialect"):  # an engine of SQLAlchemy
        with connection.connect() as opened:
            _of_sqlalchemy(statement, opened, target)
    elif hasattr(connection, "cursor"):
        _of_cursor(statement, connection.cursor(), target)
    else:
        raise UsageError(
            f"a {type(connection).__name__} is no connection: expected an open one of DuckDB, "
            "Ibis, ADBC, SQLAlchemy (or its engine, sqlalchemy.create_engine(ADDRESS)) or any "
            "driver with a cursor()"
        )


def _of_sqlalchemy(statement: Any, connection: Any, target: Path) -> None:
    ask = connection.exec_driver_sql if isinstance(statement, str) else connection.execute
    with ask(statement, execution_options=_STREAMED) as result:
        if not result.returns_rows:
            raise _without_rows()
        write_rows(list(result.keys()), _batches(result), target)


def _of_cursor(statement: Any, cursor: Any, target: Path) -> None:
    try:
        cursor.execute(statement)
        whole = next((name for name in _IN_ARROW if hasattr(cursor, name)), None)
        if not _has_rows(cursor, unless=bool(whole)):
            raise _without_rows()
        if whole:
            write_parquet(getattr(cursor, whole)(), target)
        else:
            write_rows([str(column[0]) for column in cursor.description], _batches(cursor), target)
    finally:
        cursor.close()


def _has_rows(cursor: Any, unless: bool) -> bool:
    """Whether a statement gives rows; as told where a cursor can't say."""
    try:
        return cursor.description is not None
    except Exception:  # ADBC asks a library for it that may not be there
        if unless:
            return True
        raise


def _batches(result: Any) -> Iterator[Any]:
    while rows := result.fetchmany(_ROWS):
        yield rows


def _without_rows() -> SourceError:
    return SourceError("the statement gives no rows: expected a SELECT, or the name of a table")
