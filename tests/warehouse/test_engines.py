"""Every engine gives DuckDB's tables."""

from collections.abc import Iterator

import pandas as pd
import pytest

from custanalytics.engine import Engine, QueryError
from custanalytics.errors import SourceError, UsageError
from tests.test_sql import QUERIES
from tests.warehouse.conformance import Question, answer, assert_alike, fill, questions

pytest.importorskip("psycopg", reason="the extra postgres is not installed")
from custanalytics.warehouse.postgres import PostgresEngine


@pytest.fixture(scope="module")
def postgres(server: str) -> Iterator[Engine]:
    engine = PostgresEngine(server)
    yield fill(engine)
    engine.close()


def test_no_query_is_left_out() -> None:
    asked = {question.query for question in questions()} | {"ledger_of_lines"}
    asked |= {"ledger_of_table", "ledger_figures"}  # by test_load_table
    asked |= {"audience_customers"}  # by test_audiences
    assert {path.stem for path in QUERIES if path.parent.name == "sql"} == asked


@pytest.mark.parametrize("question", list(questions()), ids=str)
def test_postgres_answers_as_duckdb_does(
    postgres: Engine, duckdb: Engine, question: Question
) -> None:
    expected = answer(duckdb, question)
    assert len(expected)
    assert_alike(answer(postgres, question), expected)


def test_nothing_is_left_on_the_server(server: str) -> None:
    engine = PostgresEngine(server)
    engine.write(
        "summary", pd.DataFrame({"customer_id": ["a,\"b\"\n'c'", None, ""], "n": [1, 2, 3]})
    )
    back = engine.rows("test", 'SELECT * FROM "summary"')
    assert back["customer_id"].fillna("none").tolist() == ["a,\"b\"\n'c'", "none", ""]
    engine.close()
    other = PostgresEngine(server)
    with pytest.raises(QueryError, match="summary"):
        other.rows("test", 'SELECT * FROM "summary"')
    other.close()


def test_a_password_in_the_address_is_refused() -> None:
    with pytest.raises(UsageError, match="PGPASSWORD") as refused:
        PostgresEngine("postgresql://ann:secret@localhost/shop")
    assert "secret" not in str(refused.value)
    with pytest.raises(UsageError, match="PGPASSWORD"):
        PostgresEngine("postgresql://ann@localhost/shop?password=secret")


def test_a_server_that_is_not_there_is_one_message() -> None:
    with pytest.raises(SourceError, match="PostgreSQL server"):
        PostgresEngine("postgresql://ann@/shop?host=/nowhere")
