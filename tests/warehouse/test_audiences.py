"""A warehouse comes to the segments of the report."""

import dataclasses
import itertools
import re
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import custanalytics as ca
from custanalytics.audiences import _BY_RHYTHM, _BY_SCORES, _as_sql, audiences, differing
from custanalytics.bundled import sample_data_dir
from custanalytics.cli.main import main
from custanalytics.customers.rfm import RFM_SEGMENTS, SEGMENTS, Segment, _assign
from custanalytics.customers.rhythm import LATE, NEW, ON_TIME, ONCE, SILENT
from custanalytics.customers.segment_rules import Condition
from custanalytics.errors import UsageError
from custanalytics.ledger import Mapping
from custanalytics.results.analyse import analyse
from custanalytics.results.store import AnalysisResults, write_results
from custanalytics.warehouse.one_statement import DIALECTS
from custanalytics.warehouse.statement import literal
from tests.samples import analysed

sqlglot = pytest.importorskip("sqlglot")
EXACT = ["segment", "pace", "r_score", "f_score", "m_score", "n_orders", "days_since_last_purchase"]
CLOSE = ["total_spend", "returned_share", "usual_gap_days"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> AnalysisResults:
    return analysed(tmp_path_factory, "shop")


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return ca.load(sample_data_dir() / "shop.csv").mapping


def statements(results: AnalysisResults, mapping: Mapping, dialect: str) -> dict[str, str]:
    end = results.settings.observation_end
    return audiences(results, mapping, "shop_lines", dialect, as_of=end)


def assert_of_report(made: pd.DataFrame, results: AnalysisResults) -> None:
    made = made.set_index("customer_id").sort_index()
    expected = results.customers.set_index("customer_id").sort_index()
    assert list(made.index) == list(expected.index)
    pd.testing.assert_frame_equal(made[EXACT], expected[EXACT], check_dtype=False)
    pd.testing.assert_frame_equal(
        made[CLOSE].astype("float64"), expected[CLOSE], check_dtype=False, rtol=1e-12
    )


def test_duckdb_comes_to_the_segments_of_the_report(
    shop: AnalysisResults, mapping: Mapping
) -> None:
    made = statements(shop, mapping, "duckdb")
    with duckdb.connect() as database:
        database.read_csv(str(sample_data_dir() / "shop.csv")).create("shop_lines")
        database.execute(made["customers"])
        assert_of_report(database.sql("SELECT * FROM customer_segments").df(), shop)
        database.register("scores", shop.customers)
        database.sql("SELECT * FROM scores").create("customer_scores")
        for name, text in made.items():
            if name.startswith("segment-"):
                found = database.sql(text).df()
                of = shop.customers["segment"] == found["segment"].iloc[0]
                assert set(found["customer_id"]) == set(shop.customers.loc[of, "customer_id"])
        assert set(database.sql(made["contact"]).df()["customer_id"]) == set(
            shop.customers.loc[shop.customers["group"] == "contact", "customer_id"]
        )


def test_postgresql_comes_to_them(
    shop: AnalysisResults, mapping: Mapping, server: str, tmp_path: Path
) -> None:
    psycopg = pytest.importorskip("psycopg", reason="the extra postgres is not installed")
    rows = pd.read_csv(sample_data_dir() / "shop.csv", dtype="str")
    kinds = {"Order date": "timestamp", "Quantity": "integer", "Unit price": "numeric"}
    columns = ", ".join(f'"{name}" {kinds.get(name, "text")}' for name in rows)
    with psycopg.connect(server) as connection:
        connection.execute(f"CREATE TEMPORARY TABLE shop_lines ({columns})")
        with connection.cursor().copy("COPY shop_lines FROM STDIN (FORMAT csv)") as copy:
            copy.write(rows.to_csv(index=False, header=False))
        text = statements(shop, mapping, "postgresql")["customers"]
        connection.execute(text.replace("CREATE OR REPLACE VIEW", "CREATE TEMPORARY VIEW"))
        found = connection.execute("SELECT * FROM customer_segments")
        names = [column.name for column in found.description]
        assert_of_report(pd.DataFrame(found.fetchall(), columns=names), shop)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_reads_what_is_written_for_it(
    shop: AnalysisResults, mapping: Mapping, dialect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = audiences(shop, mapping, "shop.lines", dialect)
    for text in made.values():
        tree = sqlglot.parse_one(text, read=DIALECTS[dialect])
        assert all(i.args["quoted"] for i in tree.find_all(sqlglot.exp.Identifier))
    today = {"sqlserver": "GETDATE"}.get(dialect, "CURRENT_DATE")
    assert today in made["customers"]
    assert str(shop.settings.observation_end) not in made["customers"]
    assert "not supported" not in capsys.readouterr().err


def test_who_said_no_is_in_no_list(tmp_path: Path) -> None:
    lines = pd.DataFrame(
        {
            "customer_id": [100 + n % 30 for n in range(240)],
            "ordered_at": pd.date_range("2025-01-01", periods=240).strftime("%Y-%m-%d"),
            "amount": [10.0 + n % 7 for n in range(240)],
            "newsletter": ["no" if n % 30 < 10 else "yes" for n in range(240)],
        }
    )
    lines.to_csv(tmp_path / "lines.csv", index=False)
    ledger = ca.load(tmp_path / "lines.csv", mapping={"consent": "newsletter"})
    results = analyse(ledger, made_on=date(2025, 9, 1))
    made = audiences(results, ledger.mapping, "lines", "duckdb",
                     as_of=results.settings.observation_end)  # fmt: skip
    with duckdb.connect() as database:
        told = {"newsletter": lines["newsletter"] == "yes"}
        # As a warehouse may have them, with a fraction that says nothing.
        numbers = {"customer_id": lines["customer_id"].astype("float64")}
        database.register("given", lines.assign(**told, **numbers))
        database.execute("CREATE TABLE lines AS SELECT * FROM given")
        database.execute(made["customers"])
        refused = database.sql(
            "SELECT customer_id FROM customer_segments WHERE NOT may_be_contacted"
        ).df()
        assert set(refused["customer_id"]) == {f"{100 + n}" for n in range(10)}
        listed = [
            row for name, text in made.items() if name.startswith(("segment-", "late"))
            for row in database.sql(text).df()["customer_id"]
        ]  # fmt: skip
        assert listed
        assert not set(listed) & set(refused["customer_id"])


def test_customers_whom_the_forecast_expects_back_are_counted(shop: AnalysisResults) -> None:
    silent = shop.customers["pace"].eq("silent")
    spared = shop.customers.assign(
        pace=shop.customers["pace"].mask(silent & (silent.cumsum() <= 3), "late")
    )
    before, of = differing(shop)
    after, _ = differing(dataclasses.replace(shop, customers=spared))
    assert (after - before, of) == (3, len(shop.customers))


@pytest.mark.parametrize(
    ("segments", "conditions"), [(SEGMENTS, _BY_RHYTHM), (RFM_SEGMENTS, _BY_SCORES)]
)
def test_a_built_in_rule_says_the_same_in_sql(
    segments: tuple[Segment, ...], conditions: tuple[str, ...]
) -> None:
    scores = range(1, 6)
    stands = (ON_TIME, LATE, SILENT, NEW, ONCE)
    every = pd.DataFrame(
        itertools.product(scores, scores, scores, stands, (0.0, 0.5, 0.6)),
        columns=["r_score", "f_score", "m_score", "pace", "returned_share"],
    )
    expected = _assign(every, segments)
    cases = " ".join(
        f"WHEN {condition} THEN {literal(segment.name)}"
        for segment, condition in zip(segments, conditions, strict=True)
    )
    with duckdb.connect() as database:
        database.register("every", every.assign(row=every.index))
        found = database.sql(f"SELECT CASE {cases} END AS segment FROM every ORDER BY row").df()
    assert list(found["segment"]) == list(expected)


@pytest.mark.parametrize(
    ("condition", "row"),
    [
        ("total_spend >= 500 and not r_score < 3", {"total_spend": 500.0, "r_score": 3}),
        ("1 < r_score <= 3 or n_orders != 2", {"r_score": 2, "n_orders": 2}),
        ("f_score + m_score == 8", {"f_score": 4, "m_score": 4}),
        ("not (r_score == 5 or n_orders == 1)", {"r_score": 5, "n_orders": 7}),
    ],
)
def test_a_rule_of_ones_own_says_the_same_in_sql(condition: str, row: dict[str, float]) -> None:
    held = bool(Condition(condition)(pd.DataFrame([row])).iloc[0])
    columns = ", ".join(f"{value} AS {name}" for name, value in row.items())
    text = f"SELECT {_as_sql(condition)} AS held FROM (SELECT {columns})"
    assert duckdb.sql(text).fetchall() == [(held,)]


def test_the_command_writes_them(
    shop: AnalysisResults, mapping: Mapping, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_results(shop, tmp_path / "report" / "results")
    mapping.save(tmp_path / "report" / "mapping.toml")
    out = tmp_path / "audiences"
    given = ["audiences", str(tmp_path / "report"), "shop.lines", "--out", str(out)]
    assert main([*given, "--dialect", "snowflake", "--map", "product=none"]) == 0
    assert "11 statements for snowflake" in capsys.readouterr().out
    assert 'FROM "shop"."lines"' in (out / "customers.sql").read_text()
    assert (out / "segment-cant-lose.sql").read_text().startswith("-- Can't lose: Late by their")
    for text in (path.read_text() for path in out.iterdir()):
        assert re.fullmatch(r"(-- .*\n){2}(CREATE|SELECT)[^;]*;\n", text)
    assert main([*given, "--dialect", "oracle"]) == 2
    assert "expected one of postgresql, snowflake" in capsys.readouterr().err
    assert main([*given, "--map", "amount"]) == 2


def test_a_role_that_every_sale_needs_is_asked_for(shop: AnalysisResults) -> None:
    with pytest.raises(UsageError, match="customer_id, ordered_at, amount; give --map"):
        audiences(shop, Mapping({}), "lines", "duckdb")
