from datetime import date

import numpy as np
import pandas as pd
import pytest

from custanalytics.clv import Season, customer_value, weekly_tracking, yearly_season
from custanalytics.summary import customer_summary, holdout_summary

FACTORS = (0.7, 0.7, 0.8, 0.9, 1.0, 1.0, 0.9, 0.9, 1.0, 1.1, 1.4, 1.6)


@pytest.fixture(scope="module")
def shop() -> pd.DataFrame:
    """Three years of 1,500 customers who buy at a steady rate on the clock of the seasons."""
    rng = np.random.default_rng(6)
    calendar = pd.date_range("2022-01-01", "2024-12-31", freq="D")
    pace = np.array(FACTORS)[calendar.month - 1]
    parts = []
    for customer in range(1500):
        start = int(rng.integers(0, 400))
        chance = rng.gamma(2, 0.008) * pace
        days = np.flatnonzero(rng.random(len(calendar)) < chance)
        parts.append(
            pd.DataFrame({"customer_id": f"c{customer}", "day": np.r_[start, days[days > start]]})
        )
    lines = pd.concat(parts, ignore_index=True)
    lines["ordered_at"] = calendar[lines.pop("day")]
    lines["amount"] = rng.gamma(4, 10, len(lines)).round(2) + 0.01
    return lines


def test_the_course_of_the_year_is_found(shop):
    season = yearly_season(shop)
    mean = np.array(FACTORS) / np.mean(FACTORS)
    np.testing.assert_allclose(season.factors, mean, atol=0.1)


def test_less_than_two_years_tell_no_season(shop):
    assert yearly_season(shop, date(2023, 11, 30)) is None


def test_few_purchases_tell_no_season(shop):
    assert yearly_season(shop[shop["customer_id"] < "c1003"]) is None


def test_the_clock_runs_as_fast_as_customers_buy():
    season = Season((0.5, 1.5) * 6)
    shown = season.clock(pd.DatetimeIndex(["2024-01-01", "2024-01-31", "2024-02-29"]))
    assert shown[1] - shown[0] == pytest.approx(15)
    assert shown[2] - shown[1] == pytest.approx(1.5 * 29)
    end = pd.Timestamp("2024-01-31")
    assert season.ahead(end, np.array([0.0, 2.0, 29.0])).tolist() == [0.0, 3.0, 43.5]
    back = season.calendar_days(end, np.array([3.0, np.nan]), 29)
    assert back[0] == pytest.approx(2.0)
    assert np.isnan(back[1])


def test_a_flat_season_changes_nothing(shop):
    summary = customer_summary(shop)
    plain = customer_value(summary, 90, models=("BG/NBD",)).customers
    flat = customer_value(summary, 90, models=("BG/NBD",), season=Season((1.0,) * 12)).customers
    pd.testing.assert_frame_equal(plain, flat, rtol=1e-6)


def test_christmas_is_predicted(shop):
    cutoff, end = date(2024, 10, 31), date(2024, 12, 31)
    actual = holdout_summary(shop, cutoff, end)["holdout_frequency"].sum()
    summary = customer_summary(shop, cutoff)
    season = yearly_season(shop, cutoff)
    known = customer_value(summary, 61, season=season, models=("BG/NBD",))
    unknown = customer_value(summary, 61, models=("BG/NBD",))
    assert known.totals["expected_purchases"].item() == pytest.approx(actual, rel=0.08)
    assert unknown.totals["expected_purchases"].item() < 0.8 * actual
    told = {check.name: check for check in known.checks}["clv.season"]
    assert told.passed is True
    assert "strongest month" in told.sentence


def test_holdouts_run_on_the_same_clock(shop):
    season = yearly_season(shop)
    cutoff, end = date(2024, 6, 30), date(2024, 10, 31)
    holdout = holdout_summary(shop, cutoff, end)
    value = customer_value(
        customer_summary(shop), 61, holdout=holdout, season=season, models=("BG/NBD",)
    )
    row = value.validation.set_index("candidate").loc["BG/NBD"]
    assert row["holdout_days"] == 123
    assert abs(row["total_error"]) < 0.08
    assert value.observation_end == date(2024, 12, 31)
    expected = value.customers["expected_next_order"].dropna()
    assert expected.between(pd.Timestamp("2024-12-31"), pd.Timestamp("2025-03-03")).all()


def test_tracking_counts_every_week(shop):
    table = weekly_tracking(shop, date(2024, 6, 30), date(2024, 12, 31))
    assert len(table) == (pd.Timestamp("2024-12-31") - pd.Timestamp("2022-01-01")).days // 7
