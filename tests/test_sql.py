"""Every query stays within what DuckDB, Spark and PostgreSQL agree on."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import sqlglot
from sqlglot import expressions as exp

import custanalytics
from custanalytics.engine import DuckDBEngine, Engine, composed
from custanalytics.errors import UsageError
from custanalytics.transactions import as_engine

SQL = Path(custanalytics.__file__).parent / "sql"
QUERIES = sorted([*SQL.glob("*.sql"), *SQL.glob("views/*.sql")])
ALLOWED = {
    "abs", "array_agg", "case", "cast", "ceil", "coalesce", "count", "current_date", "date_diff",
    "datediff", "date_trunc", "timestamp_trunc", "extract", "exp", "floor", "greatest", "lag",
    "last_value", "first_value", "lead", "least", "ln", "lower", "max", "median", "min", "mod",
    "ntile", "nullif", "percent_rank", "rank", "dense_rank", "round", "row_number", "sqrt",
    "stddev", "stddev_pop", "stddev_samp", "sum", "trim", "upper", "if", "and", "or",
}  # fmt: skip


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_query_stays_in_the_subset(path):
    statements = sqlglot.parse(path.read_text("utf-8"), dialect="duckdb")
    assert len(statements) == 1
    tree = statements[0]
    assert isinstance(tree, exp.Query)
    used = {
        (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
        for node in tree.find_all(exp.Func)
    }
    assert used <= ALLOWED, f"outside the subset: {sorted(used - ALLOWED)}"
    assert not list(tree.find_all(exp.Qualify, exp.Pivot))
    one_row = path.read_text("utf-8").startswith("-- One row:")
    ordered = one_row or path.parent.name == "views" or tree.args.get("order")
    assert ordered, "rows come in a stated order"


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
@pytest.mark.parametrize("dialect", ["spark", "postgres"])
def test_query_translates(path, dialect):
    text = composed(path.relative_to(SQL).with_suffix("").as_posix())
    assert sqlglot.transpile(
        text, read="duckdb", write=dialect, unsupported_level=sqlglot.ErrorLevel.RAISE
    )


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_query_starts_with_its_grain(path):
    assert path.read_text("utf-8").startswith(("-- One row ", "-- One row:"))


def test_a_view_is_put_in_front_of_the_query_that_reads_it():
    text = composed("holdout")
    assert text.startswith("WITH orders_seen AS (")
    assert "$as_of" in text
    assert composed("sale_days") == (SQL / "sale_days.sql").read_text("utf-8")


def test_a_day_that_is_forgotten_is_an_error_and_no_call_depends_on_another(shop_lines):
    engine = as_engine(shop_lines)
    early = engine.run("holdout", as_of=date(2024, 2, 1), cutoff=date(2024, 1, 1))
    engine.run("holdout", as_of=date(2024, 12, 31), cutoff=date(2024, 1, 1))
    again = engine.run("holdout", as_of=date(2024, 2, 1), cutoff=date(2024, 1, 1))
    pd.testing.assert_frame_equal(early, again)
    with pytest.raises(UsageError, match="as_of"):
        engine.run("holdout", cutoff=date(2024, 1, 1))


@pytest.fixture
def shop_lines():
    return pd.DataFrame(
        {
            "customer_id": ["ann", "ann", "bob", "bob"],
            "ordered_at": pd.to_datetime(["2024-01-01", "2024-01-20", "2024-01-05", "2024-03-01"]),
            "amount": [10.0, 20.0, 5.0, 7.0],
        }
    )


def test_the_engine_has_the_three_verbs():
    engine: Engine = DuckDBEngine()
    engine.write(
        "summary",
        pd.DataFrame(
            {
                "customer_id": ["a"],
                "days_since_last_purchase": [1],
                "n_orders": [1],
                "total_spend": [1.0],
            }
        ),
    )
    engine.keep("scores", "rfm_scores", levels=5)
    assert engine.run("rfm_scores", levels=5)["r_score"].tolist() == [3]
