"""What is known of customers at a cutoff, by hand; and what a purchase of theirs brings."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from custanalytics.forecast.sales import sales_of
from custanalytics.forecast.snapshot import FEATURES, outcomes, snapshot
from custanalytics.forecast.spend import shrunk_spend
from custanalytics.transactions import as_engine

BEGIN = pd.Timestamp("2024-01-01")
CUTOFF = (BEGIN + pd.Timedelta(days=100)).to_datetime64().astype("datetime64[D]").astype(int)
# customer, day, amount; the cutoff is day 100
BOUGHT = [
    ("ann", 0, 10.0), ("ann", 10, 20.0), ("ann", 40, 60.0),
    ("ben", 50, 30.0),
    ("cat", 20, 10.0), ("cat", 60, 30.0), ("cat", 103, 7.0), ("cat", 112, 8.0),
]  # fmt: skip


@pytest.fixture(scope="module")
def sales():
    rows = [(who, BEGIN + pd.Timedelta(days=day), amount) for who, day, amount in BOUGHT]
    lines = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])
    return sales_of(as_engine(lines), date(2024, 12, 31))


def test_features_by_hand(sales):
    known = snapshot(sales, int(CUTOFF), season_days=300)
    assert known.frequency.tolist() == [2, 0, 1]
    assert known.recency.tolist() == [40, 0, 40]
    assert known.T.tolist() == [100, 50, 80]
    assert known.spent.tolist() == [90, 30, 40]
    assert known.spent_square.tolist() == [100 + 400 + 3600, 900, 100 + 900]
    assert known.typical.tolist() == [20, 30, 20]
    assert known.unit == pytest.approx(160 / 6)
    usual = 80 / 3  # of all gaps: 10, 30 and 40 days
    unit = 160 / 6
    ages = {"ann": [100, 90, 60], "ben": [50], "cat": [80, 40]}
    by_hand = {
        "log_frequency": np.log([3, 1, 2]),
        "log_T": np.log([101, 51, 81]),
        "log_silence": np.log([61, 51, 41]),
        "recency_share": [40 / 101, 0, 40 / 81],
        "log_days_30": np.log([1, 1, 1]),
        "log_days_91": np.log([3, 2, 3]),
        "log_days_182": np.log([4, 2, 3]),
        "log_days_365": np.log([4, 2, 3]),
        "log_same_season": np.log([3, 1, 2]),  # bought 65 to 364 days ago
        "log_decayed": [np.log(sum(0.5 ** (a / 90) for a in ages[w]) + 0.05) for w in ages],
        "log_rate": np.log([2.3 / 160, 0.3 / 110, 1.3 / 140]),
        "log_gap": np.log1p([(40 + usual) / 3, usual, (40 + usual) / 2]),
        "log_gap_last": np.log([31, 51, 41]),
        "gap_variation": [10 / 20, 1, 1],
        "overdue": np.log(
            [61 / ((40 + usual) / 3 + 1), 51 / (usual + 1), 41 / ((40 + usual) / 2 + 1)]
        ),
        "log_spend": np.log(np.array([30, 30, 20]) / unit + 0.05),
        "log_last_spend": np.log(np.array([60, 30, 30]) / unit + 0.05),
        "log_spend_365": np.log1p(np.array([90, 30, 40]) / unit),
    }
    assert tuple(by_hand) == FEATURES
    for at, (name, values) in enumerate(by_hand.items()):
        assert_allclose(known.features[:, at], values, err_msg=name)


def test_a_purchase_on_the_last_day_of_a_bucket_belongs_to_it(sales):
    known = snapshot(sales, int(CUTOFF), season_days=300)
    counts, money = outcomes(sales, known, np.array([0, 3, 10, 12]))
    assert counts.tolist() == [[0, 0, 0], [0, 0, 0], [1, 0, 1]]
    assert money.tolist() == [[0, 0, 0], [0, 0, 0], [7, 0, 8]]


def known_spends(days, own_sd):
    """Customers around a mean of 100 with a spread of 20, purchases around their own mean."""
    rng = np.random.default_rng(3)
    mean = rng.normal(100, 20, len(days))
    spends = [rng.normal(m, own_sd, n) for m, n in zip(mean, days, strict=True)]
    return SimpleNamespace(
        frequency=days - 1.0,
        spent=np.array([one.sum() for one in spends]),
        spent_square=np.array([(one**2).sum() for one in spends]),
    )


def test_own_means_are_drawn_to_the_base_as_far_as_they_vary_by_chance():
    days = np.tile(np.arange(1, 7), 3_000)
    now = known_spends(days, own_sd=30.0)
    told, variation = shrunk_spend(now)
    drawn = 30**2 / 20**2
    assert np.abs(told - (now.spent + drawn * 100) / (days + drawn)).mean() < 1
    assert variation == pytest.approx(0.3, rel=0.05)


def test_a_mean_without_chance_still_gives_way_a_little():
    days = np.tile(np.arange(1, 7), 100)
    now = known_spends(days, own_sd=0.0)
    told, variation = shrunk_spend(now)
    base = now.spent.sum() / days.sum()
    assert_allclose(told, (now.spent + 0.3 * base) / (days + 0.3), rtol=2e-3)
    assert variation < 1e-3
