"""Runs named SQL on a PostgreSQL server: the sales stay there, tables of results come back.

What is stored are temporary tables of the session: no table of the client's is touched, and
nothing is left when the connection closes.
"""

import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dict
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from custanalytics.engine import DuckDBEngine, Engine, QueryError, given_for, table_name
from custanalytics.errors import CustAnalyticsError, SourceError, UsageError
from custanalytics.warehouse.translate import translated

# The server's types to those in which its answers are read; every other one is text.
_TYPES = {
    "bool": "BOOLEAN",
    "int2": "BIGINT",
    "int4": "BIGINT",
    "int8": "BIGINT",
    "float4": "DOUBLE",
    "float8": "DOUBLE",
    "numeric": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP",
}
_KINDS = {
    "BOOLEAN": "flag",
    "BIGINT": "number",
    "DOUBLE": "number",
    "DATE": "date",
    "TIMESTAMP": "date",
}
# Kinds of a DataFrame's columns to the server's types; text compares by its bytes, as in DuckDB.
_COLUMNS = {"b": "boolean", "i": "bigint", "u": "bigint", "f": "double precision", "M": "timestamp"}
_TEXT = 'text COLLATE "C"'
# No cell holds it; an empty one is a text.
_NULL = "\x01null\x01"


class PostgresEngine:
    """A session on a PostgreSQL server.

    Parameters
    ----------
    address : str
        ``postgresql://USER@HOST:PORT/DATABASE``, without a password: that one is taken from
        ``PGPASSWORD`` or the password file of the server's own tools.

    Raises
    ------
    UsageError
        The address holds a password.
    SourceError
        The server can't be reached or refuses the session.
    """

    dialect = "postgres"

    def __init__(self, address: str) -> None:
        try:
            password = conninfo_to_dict(address).get("password")
        except psycopg.ProgrammingError as error:
            raise UsageError(f"--engine is no address of a server: {_first_line(error)}") from None
        if password:
            raise UsageError(
                "the address of the server holds a password, which logs and shell histories "
                "would keep: leave it out and set PGPASSWORD in the environment"
            )
        try:
            self._connection = psycopg.connect(
                address, autocommit=True, cursor_factory=psycopg.ClientCursor
            )
            self._connection.execute("SET TimeZone = 'UTC'")
            self._connection.execute("SET extra_float_digits = 1")
            self._connection.execute("SET client_min_messages = warning")
            # Its guesses at how few rows our steps have lead it to compare each with each.
            self._connection.execute("SET enable_nestloop = off")
        except psycopg.Error as error:
            raise SourceError(
                f"the PostgreSQL server can't be used: {_first_line(error)}"
            ) from None
        self._scratch = Path(tempfile.mkdtemp(prefix="custanalytics-answers-"))
        self._reader = DuckDBEngine(allowed=[self._scratch])
        self.close = weakref.finalize(self, _discard, self._connection, self._reader, self._scratch)

    @property
    def engine(self) -> Engine:
        """Itself, so that an engine can stand wherever a loaded ledger can."""
        return self

    def run(self, query: str, *, as_of: date | None = None, **params: Any) -> pd.DataFrame:
        """Rows of the named query, with ``$as_of`` and further ``$name`` parameters bound."""
        given = given_for(query, {"as_of": as_of, **params})
        return self.rows(f"query {query!r}", translated(query, "postgres"), given)

    def keep(self, table: str, query: str, *, as_of: date | None = None, **params: Any) -> None:
        """Store the rows of the named query as a table, replacing one of that name."""
        given = given_for(query, {"as_of": as_of, **params})
        self.store(f"query {query!r}", table, translated(query, "postgres"), given)

    def write(self, table: str, frame: pd.DataFrame, query: str | None = None) -> None:
        """Store a DataFrame as a table, as it is or as a query reads it from ``incoming``."""
        target = "incoming" if query else table_name(table)
        columns = sql.SQL(", ").join(
            sql.SQL("{} " + _COLUMNS.get(column.dtype.kind, _TEXT)).format(
                sql.Identifier(str(name))
            )
            for name, column in frame.items()
        )
        self._drop(target)
        with self._told(query or table):
            self._connection.execute(
                sql.SQL("CREATE TEMPORARY TABLE {} ({})").format(sql.Identifier(target), columns)
            )
            into = sql.SQL("COPY {} FROM STDIN (FORMAT csv, NULL {})").format(
                sql.Identifier(target), _NULL
            )
            with self._connection.cursor() as cursor, cursor.copy(into) as copy:
                copy.write(
                    frame.to_csv(index=False, header=False, lineterminator="\n", na_rep=_NULL)
                )
        if query:
            self.keep(table, query)
            self._drop(target)

    def store(self, name: str, table: str, text: str, params: Dict[str, Any] | None = None) -> None:
        """Store the rows of a statement in the server's SQL as a table of the session."""
        self._drop(table_name(table))
        with self._told(name):
            self._connection.execute(
                f'CREATE TEMPORARY TABLE "{table}" AS\n{text}',
                dict(params or {}),
            )
            self._connection.execute(f'ANALYZE "{table}"')

    def number(self, name: str, table: str, text: str, column: str, by: Sequence[str]) -> None:
        """Store the rows of a statement, numbered in an order."""
        order = ", ".join(f'"{part}" NULLS LAST' for part in by)
        self.store(
            name,
            table,
            f'SELECT ROW_NUMBER() OVER (ORDER BY {order}) AS "{column}", l.* FROM ({text}) AS l',
        )

    def rows(self, name: str, text: str, params: Dict[str, Any] | None = None) -> pd.DataFrame:
        """Rows of a statement in the server's SQL, typed as the DuckDB engine types them."""
        given = dict(params or {})
        with self._told(name), self._connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM (\n{text}\n) AS answer LIMIT 0", given)
            types = {
                column.name: _TYPES.get(self._type_name(column.type_code), "VARCHAR")
                for column in cursor.description or ()
            }
            answer = self._scratch / "answer.csv"
            with (
                answer.open("wb") as file,
                cursor.copy(
                    f"COPY (\n{text}\n) TO STDOUT (FORMAT csv, FORCE_QUOTE *)", given
                ) as copy,
            ):
                for block in copy:
                    file.write(block)
        frame = self._reader.sql(
            "SELECT * FROM read_csv($path, header = false, delim = ',', quote = '\"', "
            "escape = '\"', nullstr = '', allow_quoted_nulls = false, auto_detect = false, "
            f"max_line_size = 100000000, columns = {_struct(types)})",
            path=str(answer),
        )
        answer.unlink()
        return frame

    def view(self, name: str, source: str) -> None:
        """Call a table, or a SELECT statement in the server's SQL, by a name of ours."""
        text: sql.Composable = sql.SQL(source)
        if not source.lstrip("( \n").lower().startswith(("select", "with")):
            parts = [part.strip().strip('"') for part in source.split(".")]
            text = sql.SQL("SELECT * FROM ") + sql.Identifier(*parts)
        with self._told("the source", SourceError):
            self._connection.execute(
                sql.SQL("CREATE OR REPLACE TEMPORARY VIEW {} AS ").format(sql.Identifier(name))
                + text
            )

    def columns(self, table: str) -> dict[str, str]:
        """Names of a table's columns, each with its kind: number, date, flag or text."""
        with self._told("the source"), self._connection.cursor() as cursor:
            cursor.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier(table)))
            types = {c.name: self._type_name(c.type_code) for c in cursor.description or ()}
        return {name: _KINDS.get(_TYPES.get(kind, ""), "text") for name, kind in types.items()}

    def _type_name(self, code: int) -> str:
        known = self._connection.adapters.types.get(code)
        return known.name if known else "text"

    def _drop(self, table: str) -> None:
        self._connection.execute(
            sql.SQL("DROP TABLE IF EXISTS pg_temp.{}").format(sql.Identifier(table))
        )

    @contextmanager
    def _told(self, name: str, wrong: type[CustAnalyticsError] = QueryError) -> Iterator[None]:
        try:
            yield
        except (psycopg.OperationalError, psycopg.errors.InsufficientPrivilege) as error:
            raise SourceError(f"the PostgreSQL server refused: {_first_line(error)}") from None
        except psycopg.Error as error:
            raise wrong(f"{name} failed on the server: {_first_line(error)}") from error


def _struct(types: Dict[str, str]) -> str:
    """Names and types as a literal of the engine that reads the answer."""
    fields = ", ".join(
        "'" + name.replace("'", "''") + f"': '{kind}'" for name, kind in types.items()
    )
    return "{" + fields + "}"


def _first_line(error: psycopg.Error) -> str:
    """What the server says, without the statement and its context."""
    return (error.diag.message_primary or str(error)).splitlines()[0]


def _discard(connection: psycopg.Connection, reader: DuckDBEngine, scratch: Path) -> None:
    connection.close()
    reader.close()
    shutil.rmtree(scratch, ignore_errors=True)
