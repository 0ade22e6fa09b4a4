"""A season seen once counts; a shop that began with its file has no year before."""

import numpy as np
import pandas as pd
import pytest

from custanalytics.forecast import forecast_customers
from custanalytics.forecast.level import Calendar
from custanalytics.forecast.year_before import growth_unseen, year_before, year_before_totals

BINS = np.arange(12)


def calendar(cutoffs=(6, 9, 12)) -> Calendar:
    return Calendar(12.0, np.array(cutoffs), np.array([0, 1, 3, 6, 12]), np.ones(12))


def known(sold, share=0.8) -> np.ndarray:
    """What known customers brought after each cutoff, where it is over."""
    laid = calendar()
    made = np.full((3, 4), np.nan)
    for row, cutoff in enumerate(laid.cutoffs):
        for bucket in range(4):
            begin, end = cutoff + laid.edges[bucket : bucket + 2]
            if end <= 12:
                made[row, bucket] = share * sold[begin:end].sum()
    return made


def test_the_same_days_of_a_year_before_times_the_share_of_those_known():
    sold = 100.0 + 10 * BINS
    told = year_before_totals(sold, 12.0 - BINS, calendar(), known(sold))
    assert np.isnan(told[:2]).all()
    # newcomers take over at the lowest rate that the buckets show: a fifth in 4.5 months
    share = 0.8 ** (np.array([0.5, 2, 4.5, 9]) / 4.5)
    before = np.array([100, 110 + 120, 130 + 140 + 150, sold[6:].sum()])
    assert told[2] == pytest.approx(share * before)


@pytest.mark.parametrize(
    ("first_timers", "share"),
    [(1.0 + BINS, 0.8), (12.0 - BINS, 1.0)],
    ids=["began with the file", "wins nobody"],
)
def test_no_year_before(first_timers, share):
    sold = np.full(12, 100.0)
    assert np.isnan(year_before_totals(sold, first_timers, calendar(), known(sold, share))).all()


def test_money_is_money_however_little():
    sold = 100.0 + 10 * BINS
    told = year_before_totals(sold, 12.0 - BINS, calendar(), known(sold))
    little = year_before_totals(sold / 1e6, 12.0 - BINS, calendar(), known(sold / 1e6))
    np.testing.assert_allclose(little, told / 1e6)


@pytest.mark.parametrize(
    "first_timers",
    [np.full(12, 5.0), np.array([1.0, 40, 40, *[10] * 9])],
    ids=["steady", "crowded"],
)
def test_a_shop_that_was_there_before_has_a_year_before(first_timers):
    sold = 100.0 + 10 * BINS
    told = year_before_totals(sold, first_timers, calendar(), known(sold))
    assert (told[2] > 0).all()


def test_what_is_a_year_before_and_still_to_come_is_unknown():
    laid = Calendar(12.0, np.array([12]), np.array([0, 6, 18]), np.ones(12))
    told = year_before_totals(100.0 + BINS, 12.0 - BINS, laid, np.array([[400.0, 900.0]]))
    assert np.isnan(told).all()


def test_each_span_is_that_of_a_year_before_as_a_mean():
    of_time = year_before(calendar())
    assert of_time.sum(axis=2)[2] == pytest.approx([1, 1, 1, 1])
    for bucket, (begin, end) in enumerate([(0, 1), (1, 3), (3, 6), (6, 12)]):
        assert np.flatnonzero(of_time[2, bucket]).tolist() == list(range(begin, end))


def test_growth_is_less_unknown_with_every_year_seen_after_the_first():
    unseen = growth_unseen(calendar((6, 12, 24)))
    assert unseen == pytest.approx([0.3, 0.3, 0.3 * np.exp(-1 / 0.8)])


def seasonal_shop(seed: int) -> pd.DataFrame:
    """Sales of four years, three times as many in autumn; customers leave and are won."""
    rng = np.random.default_rng(seed)
    begin = rng.uniform(0, 4 * 365, 4_000)
    stay = rng.exponential(700, 4_000)
    rate = rng.gamma(1.5, 1 / 1.5, 4_000) / 60
    often = rng.poisson(rate * np.minimum(stay, 4 * 365 - begin) * 1.8)
    who = np.repeat(np.arange(4_000), often)
    day = begin[who] + rng.uniform(size=len(who)) * np.minimum(stay, 4 * 365 - begin)[who]
    kept = rng.uniform(size=len(who)) < (0.4 + 0.6 * (day % 365 > 260)) / 1.8
    first = pd.DataFrame({"who": np.arange(4_000), "day": begin})
    lines = pd.concat([first, pd.DataFrame({"who": who[kept], "day": day[kept]})])
    at = pd.Timestamp("2020-01-01") + pd.to_timedelta(lines["day"].astype(int), unit="D")
    return pd.DataFrame(
        {"customer_id": lines["who"].astype(str), "ordered_at": at, "amount": 10.0}
    ).sort_values("ordered_at", ignore_index=True)


def test_the_end_of_a_season_is_not_carried_on():
    sales = seasonal_shop(5)
    first, end = pd.Timestamp("2021-12-25"), pd.Timestamp("2022-12-31")
    seen = sales[sales["ordered_at"].between(first, end)]
    ahead = sales[
        sales["ordered_at"].between(end + pd.Timedelta(days=1), end + pd.Timedelta(days=91))
        & sales["customer_id"].isin(seen["customer_id"])
    ]
    total = forecast_customers(seen, 365, end.date()).total(91).iloc[0]
    came = len(ahead.drop_duplicates(["customer_id", "ordered_at"]))
    assert total["purchases_low"] <= came <= total["purchases_high"]
    # the season can't be told from growth: half of it is expected to be one
    assert total["purchases"] < 1.6 * came
