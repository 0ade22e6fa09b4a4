"""Customer value is the forecast's money: nothing of its own is estimated."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from custanalytics import customer_lifetime_value
from custanalytics.clv import checks
from custanalytics.clv.discounting import discount_factors, month_ends
from custanalytics.errors import UnsupportedError, UsageError


@pytest.fixture(scope="module")
def value(told):
    return customer_lifetime_value(told, 365, margin=0.4)


def test_customers_are_those_of_the_forecast_and_add_up(told, value):
    each, customers = told.at(365), value.customers
    assert customers["customer_id"].tolist() == each["customer_id"].tolist()
    for name in ("expected_purchases", "p_purchase"):
        assert (customers[name] == each[name]).all()
    totals, total = value.totals.iloc[0], told.total(365).iloc[0]
    assert_allclose(customers["clv"].sum(), totals["clv"])
    assert_allclose(customers["expected_purchases"].sum(), totals["expected_purchases"])
    assert_allclose(customers["p_purchase"].sum(), totals["buyers"])
    assert totals["revenue"] == total["revenue"]
    assert (customers["clv_low"] <= customers["clv"]).all()
    assert totals["clv_low"] < totals["clv"] < totals["clv_high"]


def test_money_is_discounted_at_the_middle_of_its_month(told, value):
    ends = month_ends(365)
    _, money = told.expected(ends)
    by_hand = np.diff(money, axis=1, prepend=0.0) @ discount_factors(ends, 0.10) * 0.4
    assert_allclose(value.customers["clv"], by_hand, rtol=2e-3)


def test_value_rises_with_the_horizon_and_falls_with_the_discount(told):
    def clv(days, rate):
        return customer_lifetime_value(told, days, rate).customers["clv"]

    assert (clv(90, 0.1) < clv(365, 0.1)).all()
    assert (clv(365, 0.3) < clv(365, 0.1)).all()
    assert_allclose(clv(365, 0.0), told.at(365)["expected_revenue"])


def test_transactions_give_what_their_forecast_gives(lines, value):
    same = customer_lifetime_value(lines, 365, margin=0.4)
    pd.testing.assert_frame_equal(same.customers, value.customers)
    pd.testing.assert_frame_equal(same.origins, value.origins)


def test_who_is_still_a_customer_is_left_out_where_nobody_can_tell(told):
    known = told.customers.assign(p_alive=0.5)
    assert "p_alive" in customer_lifetime_value(replace(told, customers=known)).customers
    unknown = told.customers.assign(p_alive=np.nan)
    assert "p_alive" not in customer_lifetime_value(replace(told, customers=unknown)).customers


def test_a_horizon_that_the_history_does_not_support_is_cut(lines):
    early = lines["ordered_at"].min() + pd.Timedelta(days=120)
    short = customer_lifetime_value(lines, 365, observation_end=early.date())
    assert (short.params["horizon_days"], short.params["asked_days"]) == (60, 365)
    (cut,) = (check for check in short.checks if check.name == "forecast.horizon")
    assert cut.passed is False
    early = lines["ordered_at"].min() + pd.Timedelta(days=20)
    with pytest.raises(UnsupportedError, match="at least 56 days"):
        customer_lifetime_value(lines, 365, observation_end=early.date())


def test_a_new_customer_beside_what_the_last_ones_brought(lines, told, value):
    new, last = value.new_customer, lines["ordered_at"].max()
    first = lines.groupby("customer_id")["ordered_at"].min()
    begins = lines["ordered_at"].min() + pd.Timedelta(days=new["left_out_days"])
    begin = max(begins, last - pd.Timedelta(days=730))
    tested = first[(first >= begin) & (first <= last - pd.Timedelta(days=365))]
    assert new["tested_customers"] == len(tested)
    since = lines["customer_id"].map(tested)
    after = lines[(lines["ordered_at"] > since)]
    after = after[(after["ordered_at"] - after["customer_id"].map(tested)).dt.days <= 365]
    brought = after.groupby("customer_id")["amount"].sum().reindex(tested.index).fillna(0.0)
    assert new["tested_mean"] == pytest.approx(brought.mean())
    assert new["tested_median"] == pytest.approx(brought.median())
    starts = lines.merge(first[first >= begins].rename("start"), on="customer_id")
    starts = starts[starts["ordered_at"] == starts["start"]]
    mean_first = starts.groupby("customer_id")["amount"].sum().mean()
    assert new["first_order_value"] == pytest.approx(mean_first)
    assert value.payback["month"].tolist() == list(range(13))
    assert value.payback["cumulative_margin"].is_monotonic_increasing
    assert value.payback["cumulative_margin"].iloc[0] == pytest.approx(0.4 * mean_first)
    cost = new["supported_acquisition_cost"]
    assert value.payback["cumulative_margin"].iloc[-1] == pytest.approx(cost)
    assert cost == pytest.approx(0.4 * mean_first + new["clv"])
    assert new["clv"] < 0.4 * new["repeat_revenue"]


def test_a_new_customer_is_worth_all_that_comes_within_the_horizon(told):
    plain = customer_lifetime_value(told, 365, 0.0).new_customer
    assert plain["expected_repeat_purchases"] == pytest.approx(told.newcomers.expected_purchases)
    assert plain["repeat_revenue"] == pytest.approx(told.newcomers.expected_revenue)
    assert plain["clv"] == pytest.approx(plain["repeat_revenue"])
    assert plain["supported_acquisition_cost"] == pytest.approx(
        plain["first_order_value"] + plain["repeat_revenue"]
    )


def test_unasked_it_is_a_year_at_a_tenth_and_a_supported_horizon_is_no_doubt(told):
    value = customer_lifetime_value(told)
    assert value.params == {
        "horizon_days": 365, "asked_days": 365, "annual_discount_rate": 0.10, "margin": None,
        "level": 0.9,
    }  # fmt: skip
    assert "forecast.horizon" not in {check.name for check in value.checks}


def test_without_newcomers_to_test_on_nothing_is_said_of_new_customers(told):
    value = customer_lifetime_value(replace(told, newcomers=None))
    assert value.new_customer == {}
    assert value.payback.empty


def test_every_earlier_day_stands_with_all_that_the_forecast_says_of_it(told, value):
    rows = value.origins
    assert len(rows) == len(told.origins[["cutoff", "days"]].drop_duplicates())
    for quantity, name in (("buyers", "buyers"), ("money", "revenue")):
        for one in told.origins[told.origins["quantity"] == quantity].to_dict("records"):
            (row,) = rows[
                (rows["cutoff"] == one["cutoff"]) & (rows["days"] == one["days"])
            ].to_dict("records")
            assert row[f"actual_{name}"] == one["actual"]
            assert row[f"{name}_low"] == one["low"]
            assert row[f"{name}_error"] == one["error"]
    longest = rows[rows["longest"]]
    assert longest["cutoff"].is_unique
    assert (longest.set_index("cutoff")["days"] == rows.groupby("cutoff")["days"].max()).all()


def test_the_best_tenth_is_judged_by_the_money_it_brought(told, value):
    tested = told.tested(365)
    latest = tested[tested["cutoff"] == tested["cutoff"].max()]
    kept = {latest["cutoff"].iloc[0]}
    for cutoff in sorted(tested["cutoff"].unique(), reverse=True):
        if all((later - cutoff).days >= 365 for later in kept):
            kept.add(cutoff)
    tested = tested[tested["cutoff"].isin(kept)]
    top = pd.concat(
        [
            part.nlargest(-(-len(part) // 10), "expected_revenue")
            for _, part in tested.groupby("cutoff")
        ]
    )
    first = value.tenths.iloc[0]
    assert first["customers"] == len(top)
    assert first["actual_share"] == pytest.approx(top["revenue"].sum() / tested["revenue"].sum())
    assert value.tenths[["expected_share", "actual_share"]].sum().tolist() == pytest.approx([1, 1])


def origins(errors, days=365.0) -> pd.DataFrame:
    """Earlier days with such errors; each interval reaches a quarter either way."""
    actual, n = np.full(len(errors), 1000.0), len(errors)
    expected = actual * (1 + np.array(errors))
    return pd.DataFrame(
        {
            "cutoff": pd.date_range("2024-01-01", periods=n, freq="MS"),
            "days": days,
            "longest": True,
            "actual_revenue": actual,
            "revenue_low": expected * 0.75,
            "revenue_high": expected * 1.25,
            "revenue_error": errors,
        }
    )


def test_a_forecast_is_judged_on_every_earlier_day_and_the_worst_is_named():
    good = {c.name: c for c in checks.of_origins(origins([0.1, -0.05, 0.02]), 365, 0.9)}
    assert all(check.passed for check in good.values())
    bad = {c.name: c for c in checks.of_origins(origins([0.1, -0.5, 0.02, 0.4]), 365, 0.9)}
    assert bad["clv.error"].value == pytest.approx(0.255)
    assert bad["clv.error"].passed is False
    assert "26% off in revenue on average" in bad["clv.error"].sentence
    assert "The worst, of 2024-02-01, expected 50% less than came." in bad["clv.error"].sentence
    assert bad["clv.interval_coverage"].value == 0.5
    assert bad["clv.interval_coverage"].passed is False


def test_two_earlier_days_are_no_test_and_a_quarter_is_none_of_a_year():
    (few,) = checks.of_origins(origins([0.1, 0.1]), 365, 0.9)
    assert (few.name, few.passed) == ("clv.tested", False)
    tested = checks.of_origins(origins([0.1, 0.1, 0.1], days=91.0), 365, 0.9)[0]
    assert tested.passed is None
    assert "none of 365 days could be tested yet" in tested.sentence


def test_a_parameter_that_the_data_do_not_fix_is_left_out(told):
    known = checks.parameter_table(told).set_index("parameter")
    assert known.loc["r", "value"] == told.fitted.model.params["r"]
    flat = told.fitted.model.hessian.copy()
    flat[2, :] = flat[:, 2] = 0.0
    flat[2, 2] = 1e-9
    loose = replace(
        told, fitted=replace(told.fitted, model=replace(told.fitted.model, hessian=flat))
    )
    table = checks.parameter_table(loose).set_index("parameter")
    assert table.loc["s", ["value", "standard_error"]].isna().all()
    assert table.loc["r", "value"] == known.loc["r", "value"]


@pytest.mark.parametrize(
    "option", [{"annual_discount_rate": -0.1}, {"margin": 0}, {"margin": 1.1}, {"horizon_days": 0}]
)
def test_an_option_out_of_range_is_refused(lines, option):
    with pytest.raises(UsageError):
        customer_lifetime_value(lines, **option)
