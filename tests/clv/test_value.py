import warnings
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custanalytics.clv import customer_lifetime_value
from custanalytics.errors import UnsupportedError, UsageError
from tests.value_models.conftest import simulated


@pytest.fixture(scope="module")
def result(cdnow_days):
    return customer_lifetime_value(cdnow_days, holdout=cdnow_days, margin=0.4)


def check(result, name):
    return next(check for check in result.checks if check.name == name)


def test_one_row_per_customer_in_the_order_given(result, cdnow_days):
    assert result.customers["customer_id"].tolist() == cdnow_days["customer_id"].tolist()
    figures = result.customers.drop(columns=["customer_id", "expected_next_order"])
    assert np.isfinite(figures.to_numpy()).all()
    assert result.customers[["p_alive", "p_purchase"]].stack().between(0, 1).all()
    assert (result.customers["clv_low"] <= result.customers["clv_high"]).all()


def test_a_one_time_buyer_may_buy_again(result, cdnow_days):
    once = (cdnow_days["frequency"] == 0).to_numpy()
    assert result.customers.loc[once, "p_purchase"].between(0.01, 0.5).all()


def test_totals_are_the_sums_of_the_customers(result):
    customers, totals = result.customers, result.totals.iloc[0]
    assert totals["expected_purchases"] == pytest.approx(customers["expected_purchases"].sum())
    revenue = (customers["expected_purchases"] * customers["expected_spend"]).sum()
    assert totals["revenue"] == pytest.approx(revenue)
    assert totals["clv"] == pytest.approx(customers["clv"].sum())
    assert 0.3 * revenue < totals["clv"] < 0.4 * revenue
    assert totals["clv_low"] < totals["clv"] < totals["clv_high"]


def test_the_cdnow_holdout_is_predicted_as_well_as_published(result):
    row = result.validation.set_index("candidate").loc["BG/NBD"]
    assert abs(row["total_error"]) <= 0.122
    assert row["rmse"] <= 1.61
    assert 0.87 <= row["interval_coverage_pit"] <= 0.93
    assert 0.9 < row["interval_coverage"] < 1
    assert result.model in ("BG/NBD", "MBG/NBD", "Pareto/NBD")
    assert check(result, "clv.beats_naive").passed is True


def test_next_order_is_the_day_with_an_even_chance(result, cdnow_days):
    customers = result.customers
    expected = customers["expected_next_order"]
    assert (expected.notna() == (customers["p_purchase"] >= 0.5)).all()
    end = result.observation_end
    assert end == date(1997, 9, 30)
    end = pd.Timestamp(end)
    assert expected.dropna().between(end, end + pd.Timedelta(days=366)).all()
    pick = (expected - expected.quantile(0.5)).abs().idxmin()
    days = (expected[pick] - end).days
    again = customer_lifetime_value(cdnow_days, horizon_days=days).customers["p_purchase"][pick]
    assert again == pytest.approx(0.5, abs=0.03)


def test_payback_ends_at_the_cost_a_new_customer_supports(result):
    new = result.new_customer
    assert result.payback["month"].tolist() == list(range(13))
    assert result.payback["cumulative_margin"].is_monotonic_increasing
    assert result.payback["cumulative_margin"].iloc[-1] == pytest.approx(
        new["supported_acquisition_cost"]
    )
    assert new["clv"] < 0.4 * new["repeat_revenue"]


def test_the_first_order_is_what_repeat_purchases_leave_of_the_spend(cdnow_days):
    later = (cdnow_days["frequency"] * cdnow_days["monetary_value"]).fillna(0.0)
    first = np.where(np.arange(len(cdnow_days)) % 4 == 0, 90.0, 30.0)
    told = customer_lifetime_value(cdnow_days.assign(total_spend=later + first), margin=0.4)
    assert told.new_customer["first_order_value"] == pytest.approx(first.mean())
    assert told.payback["cumulative_margin"].iloc[0] == pytest.approx(0.4 * first.mean())
    supported = told.new_customer["clv"] + 0.4 * first.mean()
    assert told.new_customer["supported_acquisition_cost"] == pytest.approx(supported)
    refunded = customer_lifetime_value(cdnow_days.assign(total_spend=later - 5.0))
    assert refunded.new_customer["first_order_value"] == 0.0
    unknown = customer_lifetime_value(cdnow_days.drop(columns="total_spend"))
    assert unknown.new_customer["first_order_value"] == 0.0


def test_value_rises_with_the_horizon_and_falls_with_the_discount(cdnow_days):
    year = customer_lifetime_value(cdnow_days, 365).totals["clv"].item()
    assert customer_lifetime_value(cdnow_days, 180).totals["clv"].item() < year
    assert customer_lifetime_value(cdnow_days, 365, 0.30).totals["clv"].item() < year


def test_money_scales_and_row_order_does_not_matter(cdnow_days):
    plain = customer_lifetime_value(cdnow_days).customers
    shuffled = cdnow_days.sample(frac=1, random_state=1)
    again = customer_lifetime_value(shuffled).customers.set_index("customer_id")
    again = again.loc[plain["customer_id"]].reset_index()
    pd.testing.assert_frame_equal(plain, again, rtol=1e-6)
    dearer = cdnow_days.assign(monetary_value=cdnow_days["monetary_value"] * 10)
    tenfold = customer_lifetime_value(dearer).customers
    np.testing.assert_allclose(tenfold["clv"], 10 * plain["clv"], rtol=1e-5)
    np.testing.assert_allclose(tenfold["p_alive"], plain["p_alive"])


def test_the_callers_frame_and_the_process_are_left_alone(cdnow_days):
    before, filters = cdnow_days.copy(), list(warnings.filters)
    customer_lifetime_value(cdnow_days, holdout=cdnow_days)
    pd.testing.assert_frame_equal(before, cdnow_days)
    assert warnings.filters == filters


def test_a_rule_of_thumb_that_wins_is_used_and_said():
    frame = simulated(600, 5, {"r": 0.6, "alpha": 50.0, "a": 0.8, "b": 3.0}, holdout_days=200)
    rate = frame["frequency"] / frame["T"]
    frame["holdout_frequency"] = (rate * 200).round().astype("int64")
    result = customer_lifetime_value(frame, holdout=frame)
    assert result.model.startswith("own rate")
    assert check(result, "clv.beats_naive").passed is False
    assert "rule of thumb did better" in check(result, "clv.beats_naive").sentence
    used = result.validation[result.validation["chosen"]]
    assert used["role"].tolist() == ["baseline"]
    assert result.customers["p_alive"].isna().all()
    repeat = (frame["frequency"] > 0) & (frame["T"] >= 30)
    np.testing.assert_allclose(
        result.customers["expected_purchases"][repeat], (rate * 365)[repeat], rtol=1e-9
    )


def test_without_a_holdout_the_model_is_used_and_said_to_be_untested(cdnow_days):
    result = customer_lifetime_value(cdnow_days)
    assert result.model == "BG/NBD"
    assert check(result, "clv.validated").passed is None
    assert result.validation.empty


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"T": np.nan}, "T is null"),
        ({"recency": 900.0}, "recency is above T"),
        ({"frequency": 1.5}, "not whole"),
        ({"monetary_value": np.inf}, "monetary_value is infinite"),
        ({"T": "soon"}, "must hold numbers"),
        ({"first_order": "last spring"}, "must hold dates"),
    ],
)
def test_an_impossible_summary_is_refused(cdnow_days, change, words):
    with pytest.raises(UsageError, match=words):
        customer_lifetime_value(cdnow_days.assign(**change))


def test_a_missing_column_is_named(cdnow_days):
    with pytest.raises(UsageError, match="missing: T"):
        customer_lifetime_value(cdnow_days.drop(columns="T"))


@pytest.mark.parametrize(
    "option",
    [
        {"horizon_days": 0},
        {"annual_discount_rate": -0.1},
        {"margin": 0.0},
        {"margin": 40.0},
        {"level": 1.0},
    ],
)
def test_an_option_out_of_range_is_refused(cdnow_days, option):
    with pytest.raises(UsageError):
        customer_lifetime_value(cdnow_days, **option)


@pytest.mark.parametrize("rows", [0, 1, 20])
def test_too_few_repeat_buyers_are_refused_with_the_figure(cdnow_days, rows):
    once = cdnow_days[cdnow_days["frequency"] == 0].head(rows)
    with pytest.raises(UnsupportedError, match=f"0 of {rows} customers"):
        customer_lifetime_value(once)


def test_one_time_buyers_only_are_refused(cdnow_days):
    with pytest.raises(UnsupportedError, match="needs at least 20"):
        customer_lifetime_value(cdnow_days[cdnow_days["frequency"] == 0])


def test_constant_spend_falls_back_to_the_mean(cdnow_days):
    flat = cdnow_days.assign(monetary_value=cdnow_days["monetary_value"] * 0 + 25.0)
    result = customer_lifetime_value(flat)
    assert result.spend_model == "mean spend"
    assert check(result, "clv.spend_model").passed is False
    np.testing.assert_allclose(result.customers["expected_spend"], 25.0)


def test_refunded_customers_are_kept_and_told(cdnow_days):
    frame = cdnow_days.copy()
    again = frame.index[frame["frequency"] > 0][:5]
    frame.loc[again, "monetary_value"] = np.nan
    result = customer_lifetime_value(frame)
    assert check(result, "clv.spend_positive").value == 5
    low = result.customers["expected_spend"]
    assert (low[again] < low.median()).all()


def test_first_purchases_on_the_last_day_and_long_histories(cdnow_days):
    new = cdnow_days[cdnow_days["frequency"] == 0].head(50).assign(T=0.0, recency=0.0)
    old = cdnow_days.head(50).assign(T=3650.0)
    frame = pd.concat([cdnow_days, new, old], ignore_index=True)
    result = customer_lifetime_value(frame)
    assert result.customers["clv"].gt(0).all()
    assert result.customers["p_alive"].iloc[-100:-50].eq(1).all()


def test_a_holdout_that_says_nothing_is_not_used(cdnow_days):
    silent = cdnow_days.assign(holdout_frequency=0)
    assert customer_lifetime_value(cdnow_days, holdout=silent).validation.empty


@given(
    st.lists(
        st.tuples(st.integers(0, 3000), st.integers(0, 5000), st.integers(0, 5000)),
        min_size=25,
        max_size=60,
    ),
    st.integers(0, 3),
)
@settings(max_examples=20, deadline=None)
def test_odd_summaries_give_finite_answers(rows, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rows, columns=["frequency", "recency", "rest"]).astype("float64")
    frame.loc[frame["frequency"] == 0, "recency"] = 0.0
    frame["T"] = frame.pop("rest") + frame["recency"]
    frame["monetary_value"] = rng.gamma(2, 30, len(frame))
    frame["customer_id"] = [f"c{i}" for i in range(len(frame))]
    if (frame["frequency"] > 0).sum() < 20:
        return
    result = customer_lifetime_value(frame)
    figures = result.customers.drop(columns=["customer_id", "expected_next_order", "p_alive"])
    assert np.isfinite(figures.to_numpy()).all()
    assert (figures.drop(columns="clv_sd") >= 0).all().all()
