"""What somebody who knows pandas tries in the first hour, in this order.

Each succeeds, or says in one message what to do.
"""

import traceback

import pandas as pd
import polars as pl
import pytest

import custanalytics as ca
from custanalytics.config import RunOptions, flag_of, options_of
from custanalytics.errors import KEYWORDS
from tests.sales import few_customers


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return few_customers(tmp_path_factory.mktemp("hour"), r"C1\d\d\d[0-2]")


@pytest.fixture(scope="module")
def frame(path):
    return pd.read_csv(path)


@pytest.fixture(scope="module")
def ledger(frame):
    return ca.load(frame)


@pytest.fixture(scope="module")
def renamed(frame):
    names = {"Customer number": "customer_id", "Order date": "ordered_at"}
    return frame.rename(columns=names).assign(amount=frame["Quantity"] * frame["Unit price"])


def used(*sources, **how) -> int:
    return ca.load(*sources, **how).report.rows_used


def refused(call, *args, **how) -> str:
    """The one message of a call that is refused, as a cell shows it."""
    with pytest.raises((ca.CustAnalyticsError, AttributeError)) as caught:
        call(*args, **how)
    return "".join(traceback.format_exception_only(caught.value))


# Loading.


def test_a_file_by_its_name(path, ledger):
    assert used(str(path)) == ledger.report.rows_used > 1000


def test_a_name_mistyped(path):
    assert f"did you mean {path.name}?" in refused(ca.load, path.with_name(f"s{path.name}"))


def test_a_pattern_of_names(path):
    assert "give the folder" in refused(ca.load, str(path.parent / "*.csv"))


def test_a_frame_with_days_and_categories(frame, ledger):
    typed = frame.assign(**{"Order date": pd.to_datetime(frame["Order date"], format="mixed")})
    assert used(typed.astype({"Status": "category"})) == ledger.report.rows_used


@pytest.mark.parametrize("column", ["Order date", "Order number", "Customer number"])
def test_a_frame_with_a_column_as_its_index(frame, ledger, column):
    indexed = ca.load(frame.set_index(column))
    assert (indexed.report.rows_used, indexed.report.orders) == (
        ledger.report.rows_used,
        ledger.report.orders,
    )


def test_frames_in_a_list(frame, ledger):
    assert used([frame.iloc[:500], frame.iloc[500:]]) == ledger.report.rows_used


def test_a_dict_is_asked_to_become_a_frame(frame):
    assert "a dict is no table: expected a path, a table of pandas" in refused(
        ca.load, frame.to_dict("list")
    )


def test_a_frame_without_rows(frame):
    assert "no rows below it" in refused(ca.load, frame.iloc[:0])


def test_days_as_texts_and_as_pandas_has_them(frame):
    first_half = used(frame, as_of="2025-06-30")
    assert first_half == used(frame, as_of=pd.Timestamp("2025-06-30").date())
    assert first_half + used(frame, since="2025-07-01") == used(frame)


def test_one_value_where_several_may_stand(frame):
    paid = used(frame, where=["Status=paid"])
    assert paid == used(frame, where="Status=paid") == used(frame, where={"Status": "paid"})
    assert used(frame, not_a_sale="paid") == used(frame, not_a_sale=["paid"]) < paid


def test_a_further_table_beside_the_sales(frame):
    beside = frame[["Customer number"]].dropna().drop_duplicates()
    beside["Country"] = ["Malta", "Italy", "Spain"] * (len(beside) // 3) + ["Italy"] * (
        len(beside) % 3
    )
    joined = ca.load(frame, join=beside)
    assert joined.mapping.columns["country"] == "Country"


def test_a_role_and_a_column_mistyped(frame):
    assert "known are customer_id" in refused(ca.load, frame, mapping={"customer": "x"})
    said = refused(ca.load, frame, mapping={"customer_id": "Customer nr"})
    assert "it has 'Order number'" in said
    assert "In Python, --map is mapping={ROLE: COLUMN}" in said


# Looking.


def test_the_ledger_shows_itself(ledger):
    said = repr(ledger)
    assert said.startswith(f"Ledger({ledger.report.rows_used:,} of ")
    assert len(said) < 150
    shown = ledger._repr_html_()
    assert "Customer number" in shown
    assert ".lines()" in shown
    assert len(repr(ledger.report)) < 700


def test_the_ledger_as_a_frame(ledger):
    assert len(ledger.lines()) >= ledger.report.rows_used


def test_a_function_mistyped():
    assert "did you mean 'load'?" in refused(getattr, ca, "laod")


# Analysing.


@pytest.mark.parametrize("kind", [lambda f: f, pl.from_pandas, pl.DataFrame, pl.LazyFrame])
def test_a_frame_in_our_names_needs_no_loading(renamed, kind):
    made = ca.customer_summary(kind(renamed))
    pd.testing.assert_frame_equal(made, ca.customer_summary(renamed))


def test_a_frame_in_other_names_and_a_path_are_told_the_way(frame, path):
    assert "let custanalytics.load find them" in refused(ca.customer_summary, frame)
    assert "custanalytics.load reads a file" in refused(ca.cohort_retention, str(path))
    assert "custanalytics.run takes files and tables" in refused(ca.analyse, frame)


@pytest.mark.parametrize(
    "kind", [lambda f: f, pl.from_pandas, lambda f: f.set_index("customer_id")]
)
def test_segments_of_any_summary(ledger, kind):
    summary = ca.customer_summary(ledger)
    of_any = ca.rfm_segmentation(kind(summary)).segments
    pd.testing.assert_frame_equal(of_any, ca.rfm_segmentation(ledger).segments)


def test_a_result_says_where_its_tables_are(ledger):
    groups = ca.rfm_segmentation(ledger)
    for name in ("head", "to_csv", "plot"):
        assert "its tables are .customers, .segments" in refused(getattr, groups, name)
    assert not hasattr(groups, "_repr_png_")


def test_results_are_frames_to_go_on_with(ledger, tmp_path):
    customers = ca.rfm_segmentation(ledger).customers
    by_segment = customers.groupby("segment")["total_spend"].sum()
    assert by_segment.sum() == pytest.approx(customers["total_spend"].sum())
    customers.to_csv(tmp_path / "customers.csv", index=False)
    assert len(pd.read_csv(tmp_path / "customers.csv")) == len(customers)


def test_a_chart_of_what_has_none(ledger):
    assert "a Ledger is no result" in refused(ca.charts, ledger)


# A report.


def test_an_option_mistyped(frame):
    assert "did you mean currency?" in refused(ca.run, frame, curency="EUR")
    assert "did you mean formats?" in refused(ca.run, frame, format="html")
    assert "did you mean rfm?" in refused(ca.run, frame, template="rmf")
    assert "such as 2026-06-30, not 'June'" in refused(ca.run, frame, as_of="June")


def test_a_table_in_the_wrong_place_shows_none_of_its_cells(frame):
    said = refused(ca.run, frame, client=frame)
    assert "client is a text, not a DataFrame" in said
    assert str(frame["Customer number"].iloc[0]) not in said


def test_a_report_of_the_ledger_and_of_prospects_in_a_frame(ledger, tmp_path):
    leads = ca.read_table("sample_data/leads.csv").head(600)
    how = {"template": "prospects", "formats": "html", "as_of": "2026-05-31", "prospects": leads}
    report = ca.run(ledger, tmp_path / "report", **how)
    assert report.results.prospects is not None
    assert str(report.results.settings.observation_end) == "2026-05-31"
    assert repr(report).startswith("Report(mapping: ")
    assert "--currency: says how sales are read" in refused(
        ca.run, ledger, tmp_path / "other", currency="GBP"
    )


def test_the_keywords_of_a_message_are_those_of_python():
    for part in options_of(RunOptions):
        flag = flag_of(part)
        written = KEYWORDS.get(flag, flag.replace("-", "_"))
        assert written.partition("=")[0] == part.name
