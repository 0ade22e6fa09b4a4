"""Which prospects convert: on tables with known truth and on the bank's calls."""

import dataclasses
import os
import pickle
from datetime import date

import numpy as np
import pandas as pd
import pytest
import skops.io
from scipy.special import logit
from sklearn.preprocessing import FunctionTransformer

from custanalytics.bundled import sample_data_dir
from custanalytics.config import Settings
from custanalytics.errors import CustAnalyticsError, SourceError, UnsupportedError, UsageError
from custanalytics.ledger import load
from custanalytics.prospects import prospect_list
from custanalytics.prospects.later_table import score_later
from custanalytics.prospects.learning import fit_lead_scoring
from custanalytics.prospects.reasons import contributions, reasons
from custanalytics.prospects.ripeness import TimeToDecide
from custanalytics.prospects.saved_model import LeadScoringModel
from custanalytics.results.store import AnalysisResults, read_results, write_results
from custanalytics.scoring.calibration import Calibration, Fitted
from custanalytics.scoring.columns import inputs, read_columns
from custanalytics.scoring.control_group import plan_control
from custanalytics.scoring.level_swing import still_to_come
from custanalytics.scoring.pipelines import PROSPECT_CANDIDATES
from tests.tables import assert_same
from tests.trials.lead_leaks import judge
from tests.trials.leads import leads


@pytest.fixture(scope="module")
def table():
    return leads(1200)


@pytest.fixture(scope="module")
def learned(table):
    return fit_lead_scoring(table, contact_cost=1.0, conversion_value=10.0)


@pytest.fixture(scope="module")
def result(learned):
    return learned[0]


@pytest.fixture(scope="module")
def model(learned):
    return learned[1]


def test_open_prospects_are_scored_and_named(table, result):
    waiting = table[table["converted"] == ""]
    assert result.prospects["prospect_id"].tolist() == waiting["lead_id"].tolist()
    assert result.prospects["row"].tolist() == (waiting.index + 1).tolist()
    p = result.prospects
    assert (p["propensity_low"] < p["propensity"]).all()
    assert (p["propensity"] < p["propensity_high"]).all()
    assert result.profit["contacted"].iloc[-1] == len(waiting)


def test_both_tests_are_reported_with_intervals(result):
    evaluation = result.evaluation[result.evaluation["chosen"]].set_index("test")
    assert set(evaluation.index) == {"cross-validated", "out of time"}
    for measure in ("log_loss", "auc", "brier_score", "average_precision"):
        assert (evaluation[f"{measure}_low"] <= evaluation[measure]).all()
        assert (evaluation[measure] <= evaluation[f"{measure}_high"]).all()
    assert evaluation.loc["cross-validated", "ece"] < 0.05
    assert result.order.clock == "created"
    assert set(result.deciles["test"]) == set(result.reliability["test"]) == set(evaluation.index)


def test_what_drives_it_is_what_was_put_in(result):
    assert set(result.importance["input"].head(2)) == {"visits", "country"}
    visits = result.effects[
        (result.effects["input"] == "visits") & (result.effects["value"] != "none")
    ]
    assert visits["mean_propensity"].is_monotonic_increasing
    assert "none" in result.effects.loc[result.effects["input"] == "visits", "value"].tolist()
    assert result.learning_curve["n"].is_monotonic_increasing
    assert "not why" in next(c for c in result.checks if c.name == "prospects.not_cause").sentence


def test_unused_columns_say_why(result):
    why = result.columns.set_index("column")["why"]
    assert why["lead_id"] == "can't be used: identifier"
    assert why["note"] == "can't be used: text"
    assert why["converted"] == "the outcome"
    assert result.columns.set_index("column").loc["visits", "used"]


def test_one_model_is_the_same_bytes_again_wherever_it_lies_in_memory(learned, tmp_path):
    learned[1].save(tmp_path / "first")
    # Read again, all of it lies elsewhere.
    LeadScoringModel.load(tmp_path / "first").save(tmp_path / "second")
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_a_kept_model_scores_a_later_file(table, result, learned, tmp_path):
    learned[1].save(tmp_path / "model.skops")
    model = LeadScoringModel.load(tmp_path / "model.skops")
    waiting = table[table["converted"] == ""]
    np.testing.assert_array_equal(
        model.score(waiting)["propensity"], result.prospects["propensity"]
    )
    assert model.columns == learned[1].columns
    odd = waiting.assign(country="atlantis", visits="").drop(columns=["note", "converted"])
    assert model.score(odd)["propensity"].between(0, 1).all()
    assert model.score(waiting.head(0)).empty
    with pytest.raises(UsageError, match="missing: visits"):
        model.score(waiting.drop(columns="visits"))


@pytest.mark.parametrize("candidate", PROSPECT_CANDIDATES[:2], ids=lambda c: c.name)
def test_reasons_add_up_to_the_score(table, model, candidate):
    read = read_columns(table)
    X = inputs(read.values, model.columns, model.clock)
    y = (table["converted"] == "yes").to_numpy()
    fitted = Fitted(candidate.build(X, 0).fit(X, y), Calibration(0.1, 0.9))
    parts = contributions(fitted, X)
    odds = logit(fitted.predict(X))
    np.testing.assert_allclose(parts.sum(axis=1), odds - odds.mean(), atol=1e-9)
    assert set(parts.columns) == set(X.columns)
    assert set(parts.std().nlargest(2).index) == {"visits", "country"}
    said = reasons(fitted, X, fitted.predict(X))
    assert said.str.count(";").max() == 2
    rich = X["visits"] > 6
    assert said[rich].str.contains(r"visits [\d.]+ raises").all()
    assert said[(X["country"] == "us") & ~rich].str.contains("country us lowers").mean() > 0.9


def test_what_was_not_learned_is_said_of_a_later_table(table, model):
    waiting = table[table["converted"] == ""].reset_index(drop=True)
    as_learned = score_later(model, waiting)
    assert as_learned["doubts"].eq("").all()
    assert as_learned.attrs["warnings"] == ()
    np.testing.assert_array_equal(as_learned["propensity"], model.score(waiting)["propensity"])
    spelled = waiting.rename(columns={"country": "Country "})
    spelled["Country "] = spelled["Country "].str.upper() + " "
    mended = score_later(model, spelled)
    np.testing.assert_array_equal(mended["propensity"], as_learned["propensity"])
    assert len(mended.attrs["warnings"]) == 2
    odd = waiting.copy()
    odd.loc[0, "country"], odd.loc[1, "pages"], odd.loc[2, "converted"] = "mars", "900", "yes"
    odd.loc[4, "pages"] = "30"  # hardly more than the most that was learned: no doubt
    found = score_later(model, odd)
    assert found["row"].tolist()[:3] == [1, 2, 4]
    assert found["doubts"].tolist()[:4] == ["country never seen", "pages outside 1 to 29", "", ""]
    assert "One prospect is decided" in found.attrs["warnings"][0]
    # Beside blanks, a no is decided; alone it may be none yet.
    said = waiting.assign(converted=["no", *[""] * (len(waiting) - 1)])
    assert len(score_later(model, said)) == len(waiting) - 1
    assert len(score_later(model, waiting.assign(converted="no"))) == len(waiting)
    drifted = score_later(model, waiting.assign(country="us"))
    assert "country is distributed otherwise" in drifted.attrs["warnings"][0]
    with pytest.raises(UsageError, match=r"missing: visits \(rename visit_count\?\)"):
        score_later(model, waiting.rename(columns={"visits": "visit_count"}))


def test_a_later_table_allows_for_the_time_waited_as_the_report_does(table, model, tmp_path):
    came = next(c for c in model.columns if c.name == "created")
    won_on = dataclasses.replace(came, name="won on")
    time = TimeToDecide(came, won_on, 30, (5.0, 10.0, 30.0, 60.0), (0.3, 0.6, 0.96, 1.0))
    stages = {"yes": "won", "no": "lost", "later": "open", "blank": "lost"}
    dataclasses.replace(model, time=time, stages=stages).save(tmp_path / "kept")
    kept = LeadScoringModel.load(tmp_path / "kept")
    assert kept.time == time
    later = table.head(6).assign(
        created=[f"{day:02}.06.2024" for day in (1, 22, 23, 28, 30, 2)],
        converted=["no", "no", "", "yes", "no", "later"],
        **{"won on": ["", "", "", "02.07.2024", "", ""]},
    )
    scored = score_later(kept, later)
    # By 2 July the first has waited 31 days, the others 10, 9 and 2; the last says it is open.
    assert scored["row"].tolist() == [2, 3, 5, 6]
    fresh = model.score(later)["propensity"].to_numpy()[[1, 2, 4, 5]]
    expected = still_to_come(fresh, np.array([0.4, 0.7, 1.0, 1.0]))
    np.testing.assert_allclose(scored["propensity"], expected)
    assert any("One prospect came in 30 days ago or more" in s for s in scored.attrs["warnings"])
    assert any("One prospect is decided by now" in s for s in scored.attrs["warnings"])
    without = score_later(kept, later.drop(columns=["converted", "won on"]))
    assert len(without) == 6
    assert without["propensity"].iloc[4] == fresh[2]
    assert "created: days waited 10 lowers" in scored["reasons"].iloc[0]
    assert "days waited" not in scored["reasons"].iloc[3]
    since = dataclasses.replace(time, came=dataclasses.replace(came, name="since"))
    lacking = score_later(dataclasses.replace(kept, time=since), later)
    assert any("Without the column since nobody knows" in s for s in lacking.attrs["warnings"])


def test_every_candidate_can_be_kept(table, model, tmp_path):
    read = read_columns(table)
    X = inputs(read.values, model.columns, model.clock)
    y = (table["converted"] == "yes").to_numpy()
    for candidate in PROSPECT_CANDIDATES:
        fitted = Fitted(candidate.build(X, 0).fit(X, y), Calibration(0.1, 0.9))
        dataclasses.replace(model, fitted=fitted).save(tmp_path / "kept")
        kept = LeadScoringModel.load(tmp_path / "kept")
        np.testing.assert_array_equal(kept.fitted.predict(X), fitted.predict(X))


@pytest.mark.parametrize("content", [b"no model", pickle.dumps({"format": 3}), None])
def test_what_is_no_model_is_refused_and_not_run(content, tmp_path):
    path = tmp_path / "model"
    if content is None:
        skops.io.dump({"format": 3, "estimator": FunctionTransformer(os.getcwd)}, path)
    else:
        path.write_bytes(content)
    with pytest.raises(SourceError, match="no model of prospects"):
        LeadScoringModel.load(path)


def test_results_are_read_back_as_they_were_written(result, tmp_path):
    ledger = load([sample_data_dir() / "shop.csv"])
    results = AnalysisResults(Settings(date(2024, 6, 1)), ledger.report, prospects=result)
    write_results(results, tmp_path)
    assert_same(read_results(tmp_path).prospects, result)


def test_the_list_to_contact_names_its_control_group(result):
    best = result.profit.loc[result.profit["best"], "contacted"].item()
    plan = plan_control(best, result.prospects["propensity"].nlargest(best).mean())
    listed = prospect_list(result, plan, seed=4)
    assert listed["group"].value_counts().to_dict() == {
        "contact": best - plan.control,
        "control": plan.control,
    }
    assert listed["propensity"].is_monotonic_decreasing
    assert listed["expected_profit"].sum() == pytest.approx(
        result.profit.loc[result.profit["best"], "expected_profit"].item()
    )
    pd.testing.assert_frame_equal(listed, prospect_list(result, plan, seed=4))
    assert not listed["group"].equals(prospect_list(result, plan, seed=5)["group"])


def test_columns_go_by_number_and_rows_by_place(table, result):
    numbers = {name: str(at) for at, name in enumerate(table.columns, 1)}
    again, _ = fit_lead_scoring(
        table.set_index(table.index + 7), outcome=numbers["converted"], date=numbers["created"]
    )
    assert (again.outcome.column, again.order.clock) == ("converted", "created")
    np.testing.assert_array_equal(again.prospects["propensity"], result.prospects["propensity"])


def test_a_leak_is_named_left_out_and_shown_both_ways(table):
    won = table["converted"].map({"yes": 1, "no": 0})
    contract = won.where(won.isna() | (np.arange(len(table)) % 200 > 0), 1 - won)
    leaky = table.assign(
        contract=contract.map({1.0: "a", 0.0: "b"}).fillna(""),
        coupon=np.where(won.eq(1) & (np.arange(len(table)) % 2 == 0), "SPRING", ""),
        rating=np.where(won.isna(), "", "3"),
        closed_on=np.where(won.isna(), "", "01.06.2025"),
    )
    leaky.loc[leaky.index[::5], "rating"] = "4"
    leaky.loc[won.isna(), "rating"] = ""
    found, model = fit_lead_scoring(leaky)
    rules = found.leaks.set_index("column")["rule"].to_dict()
    assert set(rules) == {"contract", "coupon", "rating", "closed_on"}
    assert rules["coupon"] == "filled_for_one_outcome"
    both = found.with_leaks.set_index("leaks")["auc"]
    assert both["left in"] > both["left out"] + 0.05
    used = {c.name for c in model.columns}
    assert not used & set(rules)
    asked, kept = fit_lead_scoring(
        leaky, keep=("coupon=sent with the first letter",), drop=("country", "4=too new")
    )
    used = {c.name for c in kept.columns}
    assert "coupon" in used
    assert not used & {"country", "visits"}
    why = asked.columns.set_index("column")["why"]
    assert (why["country"], why["visits"]) == ("on request", "on request: too new")
    said = next(c for c in asked.checks if c.name == "prospects.on_request").sentence
    assert said == (
        "Left out on request: country, visits (too new). "
        "Kept on request: coupon (sent with the first letter)."
    )
    with pytest.raises(UsageError, match="--drop: no column 'contry': did you mean country"):
        fit_lead_scoring(leaky, drop=("contry",))


def test_known_truth():
    found = judge(3)
    assert (found["accused"], found["missed"]) == (0, 0)
    assert found["calibration_error"] < 2 * found["noise"] + 0.01


def few(converted):
    table = leads(400, still_open=0.0)
    table["converted"] = np.where(np.arange(400) < converted, "yes", "no")
    return table


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (few(0).assign(converted="no"), "needs both"),
        (few(5), "30 prospects that converted; there are 5"),
        (leads(60), "100 decided prospects"),
        (leads(300)[["converted", "lead_id", "fax"]], "at least one column"),
        (leads(300).assign(converted=""), "no decided value"),
        (leads(0), "no decided value"),
    ],
    ids=["one class", "five positives", "few rows", "nothing to go by", "all open", "empty"],
)
def test_a_table_that_cannot_tell_says_why(table, said):
    with pytest.raises(UnsupportedError, match=said):
        fit_lead_scoring(table)


def test_noise_gives_the_base_rate_or_says_it_is_no_better():
    table = leads(400, still_open=0.0)
    table["converted"] = np.random.default_rng(3).choice(["yes", "no"], 400, p=[0.3, 0.7])
    try:
        found, _ = fit_lead_scoring(table)
    except CustAnalyticsError as error:
        pytest.fail(f"noise is an answer, not an error: {error}")
    check = next(c for c in found.checks if c.name == "prospects.beats_base_rate")
    assert check.passed is False


def test_bank_calls(shared_data):
    bank = pd.read_csv(shared_data / "bank_additional.csv.gz", sep=";", dtype=str)
    found, _ = fit_lead_scoring(bank)
    assert (found.outcome.column, found.outcome.positive) == ("y", "yes")
    assert found.leaks["column"].tolist() == ["duration"]
    assert found.order.basis == "file order"
    rows = found.evaluation[found.evaluation["chosen"]].set_index("test")
    assert rows.loc["cross-validated", "auc"] >= 0.79
    assert rows.loc["cross-validated", "ece"] <= 0.03
    assert rows.loc["out of time", "auc"] >= 0.75
    said = next(c for c in found.checks if c.name == "prospects.out_of_time").sentence
    assert "6.4% converted before and 30.8% in the last fifth" in said
