"""One forecast for every customer: its figures belong together, whatever is asked."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.stats import t as student

from custanalytics import forecast_customers
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.forecast.backtest import group_factor
from tests.trials.shops import shop_of_kind

HORIZONS = (10, 45, 90, 182)
QUANTITIES = ("p_purchase", "expected_purchases", "expected_revenue")


@pytest.fixture(scope="module")
def lines():
    sales = shop_of_kind("season", 1)
    return sales[sales["customer_id"] < 700]


@pytest.fixture(scope="module")
def told(lines):
    return forecast_customers(lines, 182)


def test_every_figure_rises_with_the_horizon(told):
    answers = [told.at(days) for days in HORIZONS]
    for shorter, longer in pairwise(answers):
        for name in QUANTITIES:
            assert (longer[name] >= shorter[name]).all(), name
            assert (longer[f"{name}_high"] >= shorter[f"{name}_high"]).all(), name


def test_ninety_days_are_a_part_of_the_year(lines):
    year = forecast_customers(lines, 365)
    assert year.horizon_days == 365
    ids = year.customers["customer_id"]
    frame = pd.DataFrame({"customer_id": ids, "group": np.where(ids < "5", "a", "b")})
    for ask in (year.at, year.total, lambda days: year.groups(frame, days)):
        quarter, whole = ask(90), ask(365)
        for name in {*QUANTITIES, "buyers", "purchases", "revenue"} & set(quarter):
            assert (quarter[name] <= whole[name]).all(), name
            assert quarter[name].sum() < 0.8 * whole[name].sum(), name
    purchases, money = year.expected(np.array([90.0, 365.0]))
    assert_allclose(
        purchases, np.column_stack([year.at(d)["expected_purchases"] for d in (90, 365)])
    )
    assert_allclose(money, np.column_stack([year.at(d)["expected_revenue"] for d in (90, 365)]))


def test_no_money_without_a_purchase(told):
    each = told.at(90)
    assert (each["p_purchase"] <= each["expected_purchases"] + 1e-12).all()
    assert ((each["expected_revenue"] > 0) == (each["expected_purchases"] > 0)).all()
    never = each["expected_purchases_high"] == 0
    assert never.any()
    assert (each.loc[never, "expected_revenue_high"] == 0).all()


def test_intervals_hold_what_is_expected(told):
    each, total = told.at(182), told.total(182).iloc[0]
    assert each["p_purchase"].between(each["p_purchase_low"], each["p_purchase_high"]).all()
    for name in ("buyers", "purchases", "revenue"):
        assert total[f"{name}_low"] <= total[name] <= total[f"{name}_high"]


def test_customers_add_up_to_groups_and_to_the_total(told):
    each = told.at(90)
    ids = told.customers["customer_id"]
    frame = pd.DataFrame({"customer_id": ids, "group": np.where(ids < "5", "a", "b")})
    groups, total = told.groups(frame, 90), told.total(90).iloc[0]
    assert list(groups["group"]) == ["a", "b"]
    sums = {"buyers": "p_purchase", "purchases": "expected_purchases"}
    for name, column in {**sums, "revenue": "expected_revenue"}.items():
        assert_allclose(each[column].sum(), total[name])
        assert_allclose(groups[name].sum(), total[name])
        by_hand = each.groupby(frame["group"].to_numpy())[column].sum()
        assert_allclose(groups[name], by_hand)


def test_the_order_of_rows_is_irrelevant(lines, told):
    mixed = lines.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(forecast_customers(mixed, 182).at(90), told.at(90))


def test_money_scales(lines, told):
    dearer = forecast_customers(lines.assign(amount=7 * lines["amount"]), 182).at(90)
    each = told.at(90)
    assert_allclose(dearer["expected_revenue"], 7 * each["expected_revenue"], rtol=1e-6)
    assert_allclose(dearer["expected_purchases"], each["expected_purchases"], rtol=1e-9)


def test_the_calendar_may_be_moved(lines, told):
    later = lines.assign(ordered_at=lines["ordered_at"] + pd.Timedelta(days=1000))
    columns = ["expected_purchases", "expected_revenue"]
    moved = forecast_customers(later, 182).at(90)
    assert_allclose(moved[columns], told.at(90)[columns], rtol=1e-9)


def test_a_horizon_beyond_the_history_is_cut_and_says_so(lines):
    early = lines["ordered_at"].min() + pd.Timedelta(days=120)
    told = forecast_customers(lines, 365, early.date())
    assert told.horizon_days == 60
    check = next(c for c in told.checks if c.name == "forecast.horizon")
    assert check.passed is False
    assert "120 days of sales support a forecast of 60 days" in check.sentence
    with pytest.raises(UnsupportedError, match="support a forecast of 60 days, not of 365"):
        told.at(365)


def test_three_weeks_of_sales_give_no_year(lines):
    early = lines["ordered_at"].min() + pd.Timedelta(days=20)
    with pytest.raises(UnsupportedError, match="at least 56 days"):
        forecast_customers(lines, 365, early.date())


def test_options_out_of_range(lines, told):
    with pytest.raises(UsageError):
        forecast_customers(lines, 0)
    with pytest.raises(UsageError):
        forecast_customers(lines, level=1.0)
    with pytest.raises(UnsupportedError):  # the level is one, the sales are too few
        forecast_customers(lines.head(20), level=0.5)
    with pytest.raises(UsageError):
        told.at(0)
    with pytest.raises(UsageError):
        told.groups(pd.DataFrame({"customer_id": ["1"]}), 90)


def test_earlier_cutoffs_are_told_with_their_errors(told):
    table = told.origins
    assert set(table["quantity"]) == {"buyers", "purchases", "money"}
    assert table["cutoff"].is_monotonic_increasing
    assert_allclose(table["error"], table["expected"] / table["actual"] - 1)
    assert (table["low"] < table["high"]).all()


def test_every_end_of_a_bucket_that_is_over_is_told(told):
    table = told.origins
    spans = table[table["quantity"] == "purchases"].groupby("cutoff")["days"]
    assert (spans.nunique() == spans.size()).all()
    assert spans.size().iloc[0] == len(told.bucket_ends) - 1
    assert (table["carried"] > 0).all()


def test_last_years_same_days_are_those_of_the_cutoff_a_year_before(told):
    table = told.origins[told.origins["last_year"].notna()]
    assert len(table)
    known = told.origins.set_index(["cutoff", "days", "quantity"])["actual"]
    for row in table.itertuples():
        day = row.cutoff - pd.Timedelta(days=365)
        near = known[abs(known.index.get_level_values("cutoff") - day) <= pd.Timedelta(days=1)]
        assert row.last_year == near.xs((row.days, row.quantity), level=[1, 2]).iloc[0]


def test_tested_customers_are_those_of_the_origins(told):
    each = told.tested(90)
    assert set(each["one_in"]) == {1}
    days = each["days"].iloc[0]
    assert abs(days - 90) < 5
    sums = each.groupby("cutoff")[["expected_purchases", "expected_revenue", "purchases"]].sum()
    totals = told.origins[told.origins["days"] == days].set_index("cutoff")
    bought = totals[totals["quantity"] == "purchases"]
    assert_allclose(sums["expected_purchases"], bought["expected"], rtol=1e-9)
    assert_allclose(sums["purchases"], bought["actual"])
    money = totals[totals["quantity"] == "money"]
    assert_allclose(sums["expected_revenue"], money["expected"], rtol=1e-9)
    assert each["p_purchase"].between(0, 1).all()


def test_money_to_come_is_worth_less_today(told):
    each, plain = told.at(182, 0.10, 0.3), told.at(182, 0.0)
    assert_allclose(plain["clv"], plain["expected_revenue"])
    factor = each["clv"] / each["expected_revenue"]
    assert factor.between(0.3 * 1.1 ** (-182 / 365), 0.3).all()
    assert_allclose(each["clv"].sum(), told.total(182, 0.10, 0.3)["clv"])
    near = told.at(45, 0.10)
    assert (near["clv"] / near["expected_revenue"]).between(1.1 ** (-45 / 365), 1).all()
    with pytest.raises(UsageError):
        told.at(90, margin=1.5)


def log_width(told, days=90):
    total = told.total(days).iloc[0]
    return np.log(total["purchases_high"] / total["purchases_low"])


def test_before_a_season_comes_again_intervals_are_wide(lines, told):
    early = lines["ordered_at"].min() + pd.Timedelta(days=240)
    young = forecast_customers(lines, 90, early.date())
    assert log_width(young) > 1.5 * log_width(told)
    assert log_width(young) > 0.5


def test_those_long_silent_among_payers_by_the_month_are_hardly_expected():
    sales = shop_of_kind("subscription", 4)
    told = forecast_customers(sales[sales["customer_id"] < 500], 182)
    each = told.at(90)
    silent = told.customers["days_since_last_purchase"] > 250
    active = told.customers["days_since_last_purchase"] < 40
    assert silent.sum() > 20
    assert each.loc[silent, "expected_purchases"].mean() < 0.03
    assert each.loc[active, "expected_purchases"].mean() > 1.0
    groups = told.groups(
        pd.DataFrame({"customer_id": each["customer_id"], "silent": silent}), 90
    ).set_index("silent")
    none = float(np.prod(1 - each.loc[silent, "p_purchase"]))
    assert (groups.loc[True, "purchases_low"] == 0) == (none > 0.05)


def half_width(told, table, name, quantity):
    """Of the log, in standard deviations, by the degrees of freedom that the tests leave."""
    freedom = told.fitted.scale[quantity][1]
    return np.log(table[f"{name}_high"] / table[name]) / student.ppf(0.95, freedom)


def test_buyers_are_as_unsure_as_the_level_moves_them_and_as_their_chances_are(told):
    whole, spread = told.total(90).iloc[0], told.fitted.spread
    expected = told.at(90)["expected_purchases"].to_numpy()
    p, near = spread.chance(expected), spread.chance(expected * 1.0001)
    moved = np.log(near.sum() / p.sum()) / np.log(1.0001)
    of_purchases = half_width(told, whole, "purchases", "purchases")
    level = of_purchases / told.fitted.scale["purchases"][0] * told.fitted.scale["buyers"][0]
    chance = (p * (1 - p)).sum() / p.sum() ** 2
    by_hand = np.sqrt((level * moved) ** 2 + chance + 0.05**2)
    assert half_width(told, whole, "buyers", "buyers") == pytest.approx(by_hand, rel=0.01)


def test_the_money_of_a_group_is_as_unsure_as_its_purchases_and_their_sizes(told):
    each, fitted = told.at(90), told.fitted
    small = np.arange(len(each)) % 4 == 0
    frame = pd.DataFrame({"customer_id": each["customer_id"], "small": small})
    group = told.groups(frame, 90).set_index("small").loc[True]
    whole = told.total(90).iloc[0]
    rng = np.random.default_rng(2)
    expected = each["expected_purchases"].to_numpy()[small]
    spend = each["expected_revenue"].to_numpy()[small] / expected
    spread = fitted.spread.picked(small)
    drawn = np.zeros(4_000)
    for mean, each_spend, stays, theta in zip(
        expected, spend, spread.staying, spread.dispersion, strict=True
    ):
        rate = rng.gamma(1 / theta, theta, len(drawn)) * (rng.random(len(drawn)) < stays)
        count = rng.poisson(rate * mean / stays)
        drawn += (
            each_spend
            * rng.gamma(np.maximum(count, 1e-9) / fitted.variation**2)
            * fitted.variation**2
        )
    by_chance = (drawn.std() / drawn.mean()) ** 2
    share = group["revenue"] / whole["revenue"]
    apart = fitted.apart**2 * group_factor(share) * (1 - share)
    level = half_width(told, whole, "revenue", "money")
    by_hand = np.sqrt(level**2 + by_chance + apart)
    assert half_width(told, group, "revenue", "money") == pytest.approx(by_hand, rel=0.05)


def test_a_smaller_group_is_less_surely_told(told):
    ids = told.customers["customer_id"]
    small = pd.DataFrame({"customer_id": ids, "group": np.arange(len(ids)) % 20 == 0})
    groups = told.groups(small, 90).set_index("group")
    width = np.log(groups["revenue_high"] / groups["revenue_low"])
    assert width[True] > width[False]
    whole = told.total(90).iloc[0]
    assert width[False] > np.log(whole["revenue_high"] / whole["revenue_low"])
