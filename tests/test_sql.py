"""Every query stays within what DuckDB, Spark and PostgreSQL agree on."""

from pathlib import Path

import pytest
import sqlglot
from sqlglot import expressions as exp

import custanalytics

QUERIES = sorted((Path(custanalytics.__file__).parent / "sql").glob("*.sql"))
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
    assert one_row or tree.args.get("order"), "rows come in a stated order"


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
@pytest.mark.parametrize("dialect", ["spark", "postgres"])
def test_query_translates(path, dialect):
    text = path.read_text("utf-8")
    assert sqlglot.transpile(
        text, read="duckdb", write=dialect, unsupported_level=sqlglot.ErrorLevel.RAISE
    )


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_query_starts_with_its_grain(path):
    assert path.read_text("utf-8").startswith(("-- One row ", "-- One row:"))
