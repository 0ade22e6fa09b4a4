"""Spark gives DuckDB's tables, also where a worker is lost on the way."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import custanalytics as ca
from custanalytics.engine import Engine
from custanalytics.errors import SourceError
from tests.warehouse.clusters import spark_cluster
from tests.warehouse.conformance import END, Question, answer, assert_alike, fill, questions

pytest.importorskip("pyspark", reason="the extra spark is not installed")
if shutil.which("java") is None:
    pytest.skip("no Java on this machine", allow_module_level=True)

from custanalytics.warehouse.spark import SparkEngine


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkEngine]:
    engine = SparkEngine("local[*]")
    yield fill(engine)
    engine.close()


@pytest.mark.parametrize("question", list(questions()), ids=str)
def test_spark_answers_as_duckdb_does(
    spark: SparkEngine, duckdb: Engine, question: Question
) -> None:
    expected = answer(duckdb, question)
    assert len(expected)
    assert_alike(answer(spark, question), expected)


def test_files_that_the_workers_read(spark: SparkEngine, tmp_path: Path) -> None:
    rows = pd.DataFrame(
        {
            "customer": [f"{n % 30:03}" for n in range(200)],
            "order_no": [f"A{n}" for n in range(200)],
            "day": pd.date_range("2024-01-01", periods=200).strftime("%Y-%m-%d"),
            "amount": [5.25 + n % 9 for n in range(200)],
            "status": ["cancelled" if n % 50 == 0 else "paid" for n in range(200)],
        }
    )
    rows.to_csv(tmp_path / "lines.csv", index=False)
    expected = ca.load(tmp_path / "lines.csv", today=date(2025, 1, 1))
    ledger = ca.load_table("local[*]", str(tmp_path / "lines.csv"), today=date(2025, 1, 1))
    assert ledger.mapping.columns == expected.mapping.columns
    for name in ("rows_read", "rows_set_aside", "buyers", "orders", "revenue"):
        assert getattr(ledger.report, name) == getattr(expected.report, name), name
    assert_alike(ca.customer_summary(ledger), ca.customer_summary(expected))
    with pytest.raises(SourceError, match="nothing"):
        ca.load_table("local[*]", "shop.nothing")
    with pytest.raises(SourceError, match="casts"):
        ca.load_table("local[*]", str(tmp_path / "lines.csv"), mapping={"ordered_at": "status"})


def test_a_worker_that_is_lost_is_made_up_for(duckdb: Engine) -> None:
    with spark_cluster(workers=2) as cluster:
        engine = SparkEngine(cluster.address)
        try:
            fill(engine)
            cluster.kill_worker()
            cluster.add_worker()
            for question in (Question("customer_summary", {"as_of": END}), Question("orders")):
                assert_alike(answer(engine, question), answer(duckdb, question))
        finally:
            engine.close()
