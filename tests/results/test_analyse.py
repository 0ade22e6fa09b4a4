"""How the analyses are tied together: one forecast, and no second number for one question."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from custanalytics import forecast_customers
from custanalytics.bundled import sample_data_dir
from custanalytics.config import Prospects, Settings
from custanalytics.content.report_content import report_content
from custanalytics.content.workbook import workbook
from custanalytics.ledger import load
from custanalytics.results.analyse import add_prospects, analyse
from custanalytics.results.lists import write_exports
from custanalytics.results.store import AnalysisResults
from tests.samples import analysed

SAMPLES = ("shop", "box", "wholesaler")


@pytest.fixture(scope="module")
def ledgers():
    return {name: load([sample_data_dir() / f"{name}.csv"]) for name in SAMPLES}


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> Mapping[str, AnalysisResults]:
    return {name: analysed(tmp_path_factory, name) for name in SAMPLES}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_customer_has_one_future(ledgers, found, name):
    """Value and next purchase of each customer are what one forecast says over two horizons."""
    results = found[name]
    told = forecast_customers(ledgers[name], 365, results.settings.observation_end)
    near, far = told.at(results.window_days), told.at(results.horizon_days)
    for column in ("p_purchase", "expected_purchases", "expected_revenue"):
        assert (near[column] <= far[column] + 1e-12).all()
    customers = results.customers.set_index("customer_id")
    each = customers.loc[near["customer_id"]]
    assert_allclose(each["propensity"], near["p_purchase"])
    assert_allclose(each["expected_revenue"], near["expected_revenue"])
    assert_allclose(each["expected_purchases"], far["expected_purchases"])
    assert_allclose(each["p_purchase"], far["p_purchase"])
    assert_allclose(each["clv"], far["clv"] * (results.value.params["margin"] or 1))
    assert (each["propensity"] <= each["p_purchase"] + 1e-12).all()


@pytest.mark.parametrize("name", SAMPLES)
def test_customers_add_up_to_segments_and_to_the_total(found, name):
    results = found[name]
    customers, decisions = results.customers, results.decisions.set_index("segment")
    total, figures = results.value.totals.iloc[0], results.propensity.figures
    assert customers[["clv", "propensity"]].notna().all(axis=None)
    by_segment = customers.groupby("segment")[["clv", "propensity", "late", "revenue_at_risk"]]
    sums = by_segment.sum().loc[decisions.index]
    assert_allclose(decisions["clv"], sums["clv"])
    assert_allclose(decisions["expected_buyers"], sums["propensity"])
    assert_allclose(decisions["late_customers"], sums["late"])
    assert_allclose(decisions["revenue_at_risk"], sums["revenue_at_risk"])
    assert_allclose(decisions["clv"].sum(), total["clv"])
    assert_allclose(customers["expected_purchases"].sum(), total["expected_purchases"])
    assert_allclose(customers["propensity"].sum(), figures["expected_buyers"])
    assert_allclose(customers["expected_revenue"].sum(), figures["expected_revenue"])
    assert figures["expected_revenue"] < total["revenue"]
    assert figures["expected_buyers"] < total["buyers"]
    actions = results.actions
    assert actions["customers"].sum() == len(customers)
    assert_allclose(
        actions["expected_revenue"].sum(),
        customers.loc[customers["group"] != "control", "expected_revenue"].sum(),
    )
    late = customers.loc[customers["late"] & (customers["group"] == "contact")]
    assert_allclose(actions["revenue_at_risk"].sum(), late["revenue_at_risk"].sum())
    assert (np.diff(actions.loc[actions["step"].notna(), "gain_5"]) <= 0).all()
    bounds = decisions[["clv_low", "clv", "clv_high"]].to_numpy()
    assert (np.diff(bounds, axis=1) >= 0).all()


@pytest.mark.parametrize("name", SAMPLES)
def test_segment_forecast_list_and_action_agree_for_every_customer(found, name, tmp_path):
    results = found[name]
    actions, decided = results.actions, results.decisions.set_index("segment")
    files = write_exports(results, tmp_path)
    listed = {
        path: set(pd.read_csv(tmp_path / path, dtype={"customer_id": "str"})["customer_id"])
        for path in (file.relative_to(tmp_path).as_posix() for file in files.values())
        if path.endswith(".csv")
        and not path.endswith(("set-aside.csv", "mended.csv", "prospects.csv"))
    }
    step_of = actions.loc[actions["step"].notna()].set_index("step")
    average = results.customers["propensity"].mean()
    for one in results.customers.to_dict("records"):
        segment, again = one["segment"], one["frequency"] > 0
        # words that say somebody comes back are said of those who have; late of the late
        assert (segment in ("Champions", "Loyal", "Occasional")) == (one["pace"] == "on time")
        assert (segment in ("Can't lose", "At risk")) == one["late"] == (one["pace"] == "late")
        assert again == (one["pace"] in ("on time", "late", "silent"))
        if segment in ("Champions", "Loyal"):
            assert one["returned_share"] <= 0.5
        if segment == "Dormant" and again:
            assert one["propensity"] < average
        assert (one["revenue_at_risk"] > 0) <= one["late"]
        if one["late"]:
            assert one["revenue_at_risk"] == pytest.approx(
                one["usual_spend"] * (1 - one["propensity"])
            )
            assert one["usual_spend"] > 0
        # the list, the step and the action are those of the segment
        in_lists = {path for path, ids in listed.items() if one["customer_id"] in ids}
        in_lists -= {"exports/customers.csv", "exports/contact.csv", "exports/control.csv"}
        in_lists -= {"exports/late.csv"}
        if not decided.loc[segment, "contact"]:
            assert pd.isna(one["plan_step"])
            assert not in_lists
            continue
        step = step_of.loc[one["plan_step"]]
        assert step["segment"] == segment
        path = step["list"] if one["group"] == "contact" else step["control_list"]
        assert in_lists == {path}
        assert (one["customer_id"] in listed["exports/contact.csv"]) == (one["group"] == "contact")
        late = one["late"] and one["group"] == "contact"
        assert (one["customer_id"] in listed.get("exports/late.csv", ())) == late
    # what is left alone is worth less a head than what is called
    by_segment = results.customers.groupby("segment")["expected_revenue"].mean()
    called = by_segment[[name for name in by_segment.index if decided.loc[name, "contact"]]]
    assert by_segment.get("Dormant", 0.0) < called.min()


@pytest.mark.parametrize("name", SAMPLES)
def test_files_workbook_and_page_have_the_same_number_of_a_customer(found, name, tmp_path):
    results = found[name]
    files = write_exports(results, tmp_path)
    content = report_content(results)
    sheets = {sheet.name: sheet.frame for sheet in workbook(content).sheets}
    formats, known = content.formats, results.customers.set_index("customer_id")
    file = pd.read_csv(files["customers_csv"], dtype={"customer_id": "str"})
    for frame in (sheets["Customers"], file):
        rows = frame.set_index("customer_id")
        for column in ("clv", "expected_revenue", "propensity", "revenue_at_risk", "usual_spend"):
            assert_allclose(rows[column], known.loc[rows.index, column], atol=0.006)
    tables = {table.name: table for chapter in content.chapters for table in chapter.tables}
    if not known["late"].any():
        return
    late = pd.read_csv(files["late_csv"], dtype={"customer_id": "str"})
    shown = [row[0] for row in tables["late"].rows]
    assert shown == late["customer_id"].head(len(shown)).tolist()
    assert shown == sheets["Late customers"]["customer_id"].head(len(shown)).tolist()
    digits = "money_whole" if late["revenue_at_risk"].head(len(shown)).max() >= 200 else None
    for row in tables["late"].rows:
        one = known.loc[row[0]]
        assert formats.share(one["propensity"]) in row
        if digits:
            assert formats.money_whole(one["revenue_at_risk"]) in row


def test_every_sentence_speaks_of_the_days_that_the_history_supports(ledgers):
    results = analyse(ledgers["shop"], as_of=date(2024, 4, 30))
    assert (results.settings.horizon_days, results.settings.window_days) == (365, 90)
    assert results.horizon_days < 90
    assert results.window_days == results.horizon_days
    days = str(results.horizon_days)
    content = report_content(results)
    lead = content.texts["value"]["lead"]
    assert f"in the next {days} days" in lead
    assert f"support a forecast of {days} days, not of 365" in lead
    assert f"in the next {days} days" in content.texts["propensity"]["lead"]
    said = [text for group in content.texts.values() for text in group.values()]
    said += [chart.title + chart.subtitle for chart in content.charts]
    said += [
        text
        for chapter in content.chapters
        for part in chapter.tables
        for text in (part.caption, part.note)
    ]
    assert not [text for text in said if "12 months" in text and "last twelve" not in text]
    assert not [text for text in said if "next 90 days" in text]


def test_without_a_forecast_both_chapters_are_left_out_with_the_reason(ledgers):
    results = analyse(ledgers["shop"], as_of=date(2024, 1, 31))
    assert results.value is None
    assert results.propensity is None
    assert "at least 56 days" in results.skipped["value"]
    assert results.skipped["propensity"] == results.skipped["value"]
    assert "clv" not in results.customers
    assert results.actions["gain_5"].isna().all()
    assert results.actions["step"].notna().any()


def test_prospects_may_be_a_table_in_memory():
    file = sample_data_dir() / "leads.csv"
    empty = AnalysisResults(Settings(date(2026, 7, 3)))
    of_file, of_table = (
        add_prospects(empty, source, Prospects())[0].prospect_list
        for source in ([file], pd.read_csv(file, sep=None, engine="python", dtype="str"))
    )
    pd.testing.assert_frame_equal(of_table, of_file)
