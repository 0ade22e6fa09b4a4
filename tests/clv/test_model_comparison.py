from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from custanalytics.clv import (
    compare_models,
    customer_lifetime_value,
    group_value,
    last_year_holdouts,
    rolling_holdouts,
    tracked_value,
    weekly_tracking,
)
from custanalytics.clv.comparison import compare_on_holdouts, past_errors
from custanalytics.clv.holdouts import cutoff_of, latest_before
from custanalytics.clv.intervals import coverage, mixture_cdf, mixture_quantile, sharing
from custanalytics.clv.spend import spend_model
from custanalytics.clv.total_intervals import model_error, sum_interval
from custanalytics.clv.validation import mean_scores, validate
from custanalytics.customers.summary import customer_summary
from custanalytics.errors import UsageError
from custanalytics.value_models.inputs import rows_of
from tests.value_models.conftest import simulated


@pytest.fixture(scope="module")
def purchases() -> pd.DataFrame:
    """Two years of purchases of 600 customers whose own rates never change."""
    rng = np.random.default_rng(4)
    start = rng.integers(0, 300, 600)
    gaps = rng.exponential(1 / rng.gamma(1.5, 1 / 60, 600)[:, None], (600, 60))
    leaves = rng.geometric(0.08, 600)
    day = start[:, None] + np.concatenate([np.zeros((600, 1)), np.cumsum(gaps, axis=1)], axis=1)
    kept = (day < 730) & (np.arange(61) < leaves[:, None] + 1)
    who = np.broadcast_to(np.arange(600)[:, None], day.shape)[kept]
    return pd.DataFrame(
        {
            "customer_id": np.char.add("c", who.astype("str")),
            "ordered_at": pd.Timestamp("2024-01-01") + pd.to_timedelta(day[kept], unit="D"),
            "amount": rng.gamma(5, 8, len(who)).round(2),
        }
    )


@pytest.fixture(scope="module")
def holdouts(purchases):
    return rolling_holdouts(purchases, horizon_days=180)


def test_holdouts_roll_to_the_end_of_the_data(holdouts, purchases):
    ends = [cutoff_of(frame) + pd.Timedelta(days=180) for frame in holdouts]
    assert len(holdouts) == 6
    assert ends[-1] == purchases["ordered_at"].max().normalize()
    assert {(after - before).days for before, after in pairwise(ends)} == {90}


def test_a_short_history_has_no_holdout(purchases):
    assert rolling_holdouts(purchases, date(2024, 3, 20)) == []


def test_a_rule_learns_only_from_what_was_over(holdouts):
    for origin, frame in enumerate(holdouts):
        earlier = latest_before(holdouts[:origin], frame)
        if origin < 2:
            assert earlier is None
        else:
            assert cutoff_of(earlier) + pd.Timedelta(days=180) == cutoff_of(frame)


def test_every_candidate_meets_every_origin(holdouts):
    result = compare_on_holdouts(holdouts, ("BG/NBD", "MBG/NBD"), 0.9, 0)
    counts = result.table["candidate"].value_counts()
    assert counts["BG/NBD"] == 6
    assert counts["own rate carried forward"] == 6
    assert counts["segment mean of the last holdout"] == 4
    assert result.table.groupby("origin")["chosen"].sum().eq(1).all()
    assert result.best == mean_scores(result.table).idxmin()
    model = result.table[result.table["candidate"] == "BG/NBD"]
    assert model["total_error"].abs().max() < 0.25
    assert model["interval_coverage_pit"].between(0.85, 0.95).all()
    assert (model["interval_coverage"] > model["interval_coverage_pit"]).all()


def test_last_years_same_period_is_a_rule_where_the_data_has_it(purchases):
    found = last_year_holdouts(purchases, horizon_days=120)
    end = purchases["ordered_at"].max().normalize()
    assert cutoff_of(found[-1]) == end - pd.Timedelta(days=365)
    table = compare_models(purchases, horizon_days=120, models=("BG/NBD",)).table
    mine = table[table["candidate"] == "last year's same period"]
    # a year and half a holdout before the cutoff
    assert sorted(mine["origin"]) == sorted(table["origin"].unique())[-len(mine) :]
    assert 0 < len(mine) == len(found) - 1
    assert last_year_holdouts(purchases, date(2024, 12, 31), 120) == []


def test_models_are_compared_from_transactions(purchases):
    result = compare_models(purchases, horizon_days=240, models=("BG/NBD",))
    assert result.table["origin"].max() >= 2
    assert set(result.deciles["decile"]) == set(range(1, 11))
    assert result.calibration["frequency_class"].iloc[0] == "0"


def test_totals_carry_the_errors_of_the_past(purchases, holdouts):
    summary = customer_summary(purchases)
    value = customer_lifetime_value(summary, 180, holdout=holdouts, models=("BG/NBD",))
    errors = past_errors(value.validation, value.model, "revenue")
    assert len(errors) == 6
    totals = value.totals.iloc[0]
    assert totals["error_width"] == pytest.approx(model_error(errors, 0.90))
    assert np.log(totals["clv_high"] / totals["clv"]) >= totals["error_width"]
    assert np.log(totals["clv_high"] / totals["clv"]) < totals["error_width"] + 0.1


def test_model_error_is_a_students_interval():
    # no holdout: 2.92 = t(0.95, 2 degrees), times the guess
    assert model_error([], 0.9) == pytest.approx(2.919986 * 0.15, rel=1e-5)
    many = list(np.random.default_rng(0).normal(0, 0.1, 400))
    assert model_error(many, 0.9) == pytest.approx(1.645 * np.std(many), rel=0.02)
    assert model_error([float("nan")], 0.9) == model_error([], 0.9)


def test_sum_interval_holds_its_middle():
    low, high = sum_interval(100.0, 10.0, 0.0, 0.90)
    assert low == pytest.approx(100 * np.exp(-0.1645), rel=1e-3)
    assert low * high == pytest.approx(100.0**2)
    assert sum_interval(0.0, 1.0, 0.1, 0.9) == (0.0, 0.0)


def test_mixture_quantiles_and_probabilities_agree():
    ordered = np.sort(np.random.default_rng(0).poisson(3, (2, 4000)).astype("float64"))
    code, alive = np.array([0, 1, 1]), np.array([1.0, 0.5, 0.04])
    assert mixture_quantile(ordered, code, alive, 0.95).tolist()[2] == 0
    assert mixture_quantile(ordered, code, alive, 0.4).tolist()[1:] == [0, 0]
    below = mixture_cdf(ordered, code, alive, np.array([-1.0, 0.0, 9e9]))
    assert below[0] == 0
    assert below[1] == pytest.approx(0.5 + 0.5 * np.exp(-3), abs=0.01)
    assert below[2] == 1


def test_coverage_of_a_true_model_is_its_level():
    rng = np.random.default_rng(0)
    ordered = np.sort(rng.poisson(0.4, (1, 4000)).astype("float64"))
    actual = np.where(rng.random(50_000) < 0.7, rng.poisson(0.4, 50_000), 0).astype("float64")
    zeros = np.zeros(50_000, dtype=np.int64)
    plain, shared = coverage(ordered, zeros, np.full(50_000, 0.7), actual, 0.9)
    assert shared == pytest.approx(0.9, abs=0.01)
    assert plain > 0.93


def test_customers_of_nearly_the_same_age_share_draws():
    x = np.repeat(np.arange(5.0), 200)
    groups = rows_of(x, np.tile(np.arange(200.0), 5))
    shared, code = sharing(groups, most=100)
    assert len(shared) <= 100
    np.testing.assert_array_equal(shared.frequency[code], groups.frequency)
    assert np.abs(shared.T[code] - groups.T).max() <= 8
    assert sharing(groups)[0] is groups


def test_group_values_add_up(purchases):
    value = customer_lifetime_value(customer_summary(purchases), 180, models=("BG/NBD",))
    ids = value.customers["customer_id"]
    halves = pd.DataFrame({"customer_id": ids, "segment": np.where(ids < "c3", "a", "b")})
    table = group_value(value, halves)
    assert table["segment"].tolist() == ["a", "b"]
    assert table["clv"].sum() == pytest.approx(value.totals["clv"].item())
    assert (table["clv_low"] < table["clv"]).all()
    assert (table["clv"] < table["clv_high"]).all()
    with pytest.raises(UsageError, match="once"):
        group_value(value, pd.concat([halves, halves]))


def test_weeks_add_up_to_the_repeat_purchases(purchases):
    table = weekly_tracking(purchases, date(2025, 3, 31), date(2025, 12, 30))
    days = purchases.assign(day=purchases["ordered_at"].dt.normalize())
    days = days.drop_duplicates(["customer_id", "day"])
    days = days[days["day"] <= table["week_end"].max()]
    assert table["actual_cumulative"].iloc[-1] == len(days) - 600
    assert table["actual"].cumsum().tolist() == table["actual_cumulative"].tolist()
    last = table.iloc[-1]
    assert last["predicted_cumulative"] == pytest.approx(last["actual_cumulative"], rel=0.15)
    assert table["holdout"].sum() == 39
    with pytest.raises(UsageError, match="before the end"):
        weekly_tracking(purchases, date(2026, 1, 1), date(2025, 12, 30))


def test_the_model_behind_the_value_is_tracked(purchases, holdouts):
    summary = customer_summary(purchases)
    value = customer_lifetime_value(summary, 180, holdout=holdouts, models=("MBG/NBD",))
    table = tracked_value(purchases, value, holdouts)
    assert set(table["model"]) == {"MBG/NBD"}
    held_back = table.loc[table["holdout"], "week_end"]
    cutoff = cutoff_of(holdouts[-1])
    assert cutoff < held_back.min() <= cutoff + pd.Timedelta(days=7)
    assert held_back.max() > purchases["ordered_at"].max() - pd.Timedelta(days=7)
    assert tracked_value(purchases, value, []) is None


def test_a_rule_of_thumb_is_not_tracked_but_the_best_model(purchases, holdouts):
    value = customer_lifetime_value(customer_summary(purchases), 180, holdout=holdouts[-1:])
    table = value.validation.assign(score=lambda rows: rows["score"] + (rows["role"] == "model"))
    fooled = replace(value, validation=table, model="own rate carried forward")
    best = mean_scores(table[table["role"] == "model"]).idxmin()
    assert set(tracked_value(purchases, fooled, holdouts)["model"]) == {best}


def test_customers_who_do_as_the_model_says_are_predicted():
    params = {"r": 0.6, "alpha": 45.0, "a": 0.8, "b": 2.5}
    frame = simulated(1500, 8, params, holdout_days=120)
    row = validate(frame, ["BG/NBD"], spend_model(frame)[0], 0.9, 0).table.iloc[0]
    assert abs(row["total_error"]) < 0.10
    assert abs(row["revenue_error"]) < 0.12
    assert 0.88 < row["interval_coverage_pit"] < 0.92
