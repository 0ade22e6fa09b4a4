from datetime import date

import numpy as np
import pandas as pd
import pytest

from custanalytics.clv import (
    Season,
    customer_lifetime_value,
    rolling_holdouts,
    tracked_value,
    try_season,
    weekly_tracking,
    yearly_season,
)
from custanalytics.clv.holdouts import cutoff_of, length_of
from custanalytics.customers.summary import customer_summary, holdout_summary

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
    plain = customer_lifetime_value(summary, 90, models=("BG/NBD",)).customers
    flat = customer_lifetime_value(
        summary, 90, models=("BG/NBD",), season=Season((1.0,) * 12)
    ).customers
    pd.testing.assert_frame_equal(plain, flat, rtol=1e-6)


def test_christmas_is_predicted(shop):
    cutoff, end = date(2024, 10, 31), date(2024, 12, 31)
    actual = holdout_summary(shop, cutoff, end)["holdout_frequency"].sum()
    summary = customer_summary(shop, cutoff)
    season = yearly_season(shop, cutoff)
    known = customer_lifetime_value(summary, 61, season=season, models=("BG/NBD",))
    unknown = customer_lifetime_value(summary, 61, models=("BG/NBD",))
    assert known.totals["expected_purchases"].item() == pytest.approx(actual, rel=0.08)
    assert unknown.totals["expected_purchases"].item() < 0.8 * actual
    told = {check.name: check for check in known.checks}["clv.season"]
    assert told.passed is True
    assert "strongest month" in told.sentence


def test_holdouts_run_on_the_same_clock(shop):
    season = yearly_season(shop)
    cutoff, end = date(2024, 6, 30), date(2024, 10, 31)
    holdout = holdout_summary(shop, cutoff, end)
    value = customer_lifetime_value(
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


def test_tracking_follows_the_season(shop):
    cutoff, end = date(2024, 10, 31), date(2024, 12, 31)
    plain, seasonal = (
        weekly_tracking(shop, cutoff, end, season=season).loc[lambda weeks: weeks["holdout"]]
        for season in (None, yearly_season(shop, cutoff))
    )
    actual = plain["actual"].sum()
    assert plain["predicted"].sum() < 0.85 * actual
    assert seasonal["predicted"].sum() == pytest.approx(actual, rel=0.08)


def test_a_flat_season_tracks_as_none_does(shop):
    known, unknown = (
        weekly_tracking(shop, date(2024, 6, 30), date(2024, 12, 31), season=season)
        for season in (Season((1.0,) * 12), None)
    )
    pd.testing.assert_frame_equal(known, unknown, rtol=1e-6)


def test_a_season_that_helps_is_kept_as_it_was_known_at_each_cutoff(shop):
    holdouts = rolling_holdouts(shop, horizon_days=120)
    trial = try_season(shop, holdouts, models=("BG/NBD",))
    assert trial.season == yearly_season(shop)
    assert trial.check.passed is True
    assert trial.check.value < trial.check.threshold
    assert [cutoff_of(frame) for frame in trial.holdouts] == [cutoff_of(f) for f in holdouts]
    assert [length_of(frame) for frame in trial.holdouts] == [120] * len(holdouts)
    for frame in trial.holdouts:
        known = yearly_season(shop, cutoff_of(frame).date())
        ahead = known.ahead(cutoff_of(frame), np.array([120.0])).item() if known else 120.0
        assert frame["holdout_days"].iloc[0] == pytest.approx(ahead)
    early = [yearly_season(shop, cutoff_of(frame).date()) is None for frame in holdouts]
    assert any(early)
    assert not all(early)
    value = customer_lifetime_value(
        customer_summary(shop),
        120,
        holdout=trial.holdouts,
        season=trial.season,
        season_check=trial.check,
        models=("BG/NBD",),
    )
    assert [c for c in value.checks if c.name == "clv.season"] == [trial.check]
    weeks = tracked_value(shop, value, trial.holdouts)
    known = yearly_season(shop, cutoff_of(holdouts[-1]).date())
    last = cutoff_of(holdouts[-1]).date()
    again = weekly_tracking(shop, last, date(2024, 12, 31), "BG/NBD", known)
    pd.testing.assert_frame_equal(weeks, again)


def test_a_season_that_does_not_help_is_left_out(shop):
    # in the third year the strong months are weak
    turned = (shop["ordered_at"] >= pd.Timestamp("2024-10-01")) & (np.arange(len(shop)) % 3 > 0)
    kept = shop[~turned]
    trial = try_season(kept, rolling_holdouts(kept, horizon_days=90), models=("BG/NBD",))
    assert trial.season is None
    assert trial.check.passed is None
    assert "did not help" in trial.check.sentence
    assert all("calendar_days" not in frame.columns for frame in trial.holdouts)


def test_a_season_that_no_holdout_can_try_is_left_out(shop):
    trial = try_season(shop, rolling_holdouts(shop, horizon_days=365)[:1])
    assert trial.season is None
    assert "no holdout has two years before it" in trial.check.sentence


def test_no_season_is_said_with_its_reason(shop):
    short = try_season(shop, [], date(2023, 11, 30))
    assert short.check.sentence.startswith("23 whole months")
    rare = try_season(shop[shop["customer_id"] < "c1003"], [])
    assert "too few repeat purchases in a month" in rare.check.sentence
