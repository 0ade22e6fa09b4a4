"""A query on a connection is read as the file is that holds the same lines."""

import sqlite3
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import duckdb
import pandas as pd
import polars as pl
import pytest
import sqlalchemy
from adbc_driver_sqlite import dbapi as adbc
from sqlalchemy.orm import Session

import custanalytics as ca
from custanalytics import engine as store
from custanalytics.errors import SourceError, UsageError
from custanalytics.ledger.read import connections
from tests.ledger.test_tables_as_sources import LINES, ledger

QUERY = 'SELECT * FROM sales WHERE "Amount" <> 0 AND "Product" NOT LIKE \'%%x\''


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text(LINES, "utf-8")
    return path


@pytest.fixture
def database(file, tmp_path):
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            'CREATE TABLE sales ("Order ID" INTEGER, "Date" TEXT, "Customer" TEXT, "Product" TEXT, '
            '"Quantity" INTEGER, "Amount" REAL)'
        )
        rows = pd.read_csv(file).astype(object)
        rows = rows.where(rows.notna(), None).values.tolist()
        connection.executemany("INSERT INTO sales VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.close()
    return path


def opened(kind, database, file):
    address = f"sqlite:///{database}"
    if kind == "duckdb":
        connection = duckdb.connect()
        connection.sql(f"CREATE TABLE sales AS FROM read_csv('{file}')")
        return connection
    if kind == "ibis":
        return pytest.importorskip("ibis").sqlite.connect(database)
    return {
        "engine": lambda: sqlalchemy.create_engine(address),
        "connection": lambda: sqlalchemy.create_engine(address).connect(),
        "session": lambda: Session(sqlalchemy.create_engine(address)),
        "adbc": lambda: adbc.connect(str(database)),
        "sqlite": lambda: sqlite3.connect(database),
    }[kind]()


KINDS = ["engine", "connection", "session", "adbc", "sqlite", "duckdb", "ibis"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_query_and_a_tables_name_give_the_files_ledger(kind, database, file):
    connection = opened(kind, database, file)
    for asked in (QUERY, "sales"):
        held = ca.load(asked, connection=connection)
        lines = held.engine.sql("SELECT * FROM ledger ORDER BY line_no")
        pd.testing.assert_frame_equal(lines, ledger([file]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_query_that_fails_is_said_in_one_message(kind, database, file):
    connection = opened(kind, database, file)
    with pytest.raises(SourceError, match=r"(the query|nothing) can't be read: .*nothing"):
        ca.load("nothing", connection=connection)
    with pytest.raises(SourceError, match=r"no rows"):
        ca.load("SELECT * FROM sales WHERE 1 = 0", connection=connection)


def test_an_ibis_table_is_a_table(database, file):
    ibis = pytest.importorskip("ibis")
    table = ibis.sqlite.connect(database).table("sales")
    pd.testing.assert_frame_equal(ledger(table), ledger([file]))


def test_a_lazy_frame_is_a_table(file):
    pd.testing.assert_frame_equal(ledger(pl.scan_csv(file)), ledger([file]))


def test_a_relation_of_a_connection_without_files_is_a_table(file):
    closed = duckdb.connect(config={"enable_external_access": False})
    closed.register("sales", pd.read_csv(file))
    pd.testing.assert_frame_equal(ledger(closed.table("sales")), ledger([file]))


def test_a_statement_of_sqlalchemy_and_a_file_of_sql_are_queries(database, file, tmp_path):
    engine = sqlalchemy.create_engine(f"sqlite:///{database}")
    written = tmp_path / "sales.sql"
    written.write_text(f"{QUERY};\n", "utf-8")
    for query in (sqlalchemy.text("SELECT * FROM sales"), written, str(written)):
        held = ca.load(query, connection=engine)
        assert held.report.rows_used == ca.load(file).report.rows_used


class OfADriver:
    """A cursor that hands over Arrow as Snowflake's does."""

    description = (("Date",),)

    def __init__(self, file):
        self.file = file

    def cursor(self):
        return self

    def execute(self, _):
        self.closed = False

    def fetch_arrow_all(self):
        return pl.read_csv(self.file)

    def close(self):
        self.closed = True


def test_a_driver_that_speaks_arrow_is_asked_for_it(file):
    cursor = OfADriver(file)
    assert ca.load("sales", connection=cursor).report.rows_read == 5
    assert cursor.closed


def test_rows_that_come_in_batches_keep_the_types_of_their_cells(tmp_path, monkeypatch):
    monkeypatch.setattr(connections, "_ROWS", 2)
    database = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES)
    sqlite3.register_converter("money", lambda cell: Decimal(cell.decode()))
    sqlite3.register_converter("day", lambda cell: date.fromisoformat(cell.decode()))
    sqlite3.register_converter("moment", lambda cell: datetime.fromisoformat(cell.decode()))
    database.execute(
        "CREATE TABLE t (price money, day day, moment moment, number INTEGER, mixed, none, late)"
    )
    database.executemany(
        "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            ("1.50", None, "2024-01-02 10:20:30", 1, 1, None, None),
            ("2.25", None, None, None, 2.5, None, None),
            ("123456.789", "2024-05-06", None, 3, 3, None, "x"),
        ],
    )
    path = tmp_path / "rows.parquet"
    connections.write_query("t", database, path)
    assert [p.name for p in tmp_path.iterdir()] == ["rows.parquet"]
    table = duckdb.sql(f"FROM read_parquet('{path}')")
    kinds = dict(zip(table.columns, map(str, table.types), strict=True))
    assert kinds == {
        "price": "DECIMAL(9,3)",
        "day": "DATE",
        "moment": "TIMESTAMP",
        "number": "INTEGER",
        "mixed": "DOUBLE",
        "none": "VARCHAR",
        "late": "VARCHAR",
    }
    assert table.fetchall() == [
        (Decimal("1.5"), None, datetime(2024, 1, 2, 10, 20, 30), 1, 1.0, None, None),
        (Decimal("2.25"), None, None, None, 2.5, None, None),
        (Decimal("123456.789"), date(2024, 5, 6), None, 3, 3.0, None, "x"),
    ]


def test_cells_of_several_kinds_and_two_columns_of_a_name_are_taken(tmp_path):
    path = tmp_path / "rows.parquet"
    store.write_rows(["id", "id", "more"], [[(1, "a", {"k": 1}), ("b", 2, ["x"])]], path)
    assert duckdb.sql(f"FROM read_parquet('{path}')").fetchall() == [
        ("1", "a", "{'k': 1}"),
        ("b", "2", "['x']"),
    ]


def test_prospects_come_from_a_query_too(database, file):
    table = ca.read_table("sales", connection=sqlite3.connect(database))
    pd.testing.assert_frame_equal(table.iloc[:, :4], ca.read_table(file).iloc[:, :4])


@pytest.mark.parametrize(
    ("connection", "said"),
    [
        ("sqlite:///shop.db", "a str is no connection: .*create_engine"),
        (5, "a int is no connection"),
    ],
)
def test_what_is_no_connection_is_said(connection, said):
    with pytest.raises(UsageError, match=said):
        ca.load("sales", connection=connection)


def test_a_connection_that_does_not_wait_is_refused():
    engine = SimpleNamespace(sync_engine=sqlalchemy.create_engine("sqlite://"))
    with pytest.raises(UsageError, match="asynchronous"):
        ca.load("sales", connection=engine)


def test_a_statement_that_gives_no_rows_is_said(database):
    for connection in (sqlite3.connect(database), sqlalchemy.create_engine("sqlite://")):
        with pytest.raises(SourceError, match="expected a SELECT"):
            ca.load("CREATE TABLE other (a INTEGER)", connection=connection)


def test_a_query_alone_asks_for_its_connection():
    with pytest.raises(SourceError, match="a query needs connection= beside it"):
        ca.load("SELECT * FROM sales")


def test_a_run_takes_one_place_of_the_sales(tmp_path):
    with pytest.raises(UsageError, match="engine and connection"):
        ca.run("sales", tmp_path / "r", engine="postgresql://a@b/c", connection=duckdb.connect())
