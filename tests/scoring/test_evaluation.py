"""Figures of merit against hand-made and published values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss, roc_auc_score

from custanalytics.scoring.evaluation import (
    auc,
    decile_table,
    expected_calibration_error,
    log_loss_gain,
    mean_loss,
    measures,
    reliability_table,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("converted", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(converted, n, low, high):
    # Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3
    assert [round(float(b), 4) for b in wilson_interval(converted, n)] == [low, high]


def test_calibration_error_by_hand():
    y = np.array([False] * 8 + [True] * 2)
    assert expected_calibration_error(y, np.full(10, 0.2)) == pytest.approx(
        (8 * 0.2 + 2 * 0.8) / 10
    )
    twenty = np.repeat(np.linspace(0.05, 0.95, 10), 20)
    hits = np.concatenate([[True] * k + [False] * (20 - k) for k in range(1, 20, 2)])
    assert expected_calibration_error(hits, twenty) == pytest.approx(0.0)


def test_deciles_by_hand():
    p = np.linspace(0.99, 0.01, 20)
    y = np.array([True, True, True, False] + [False] * 15 + [True])
    table = decile_table(y, p)
    assert table["n"].tolist() == [2] * 10
    assert table["converted"].tolist() == [2, 1, 0, 0, 0, 0, 0, 0, 0, 1]
    assert table["lift"].iloc[0] == 5.0
    assert table["cumulative_gain"].tolist() == [0.5] + [0.75] * 8 + [1.0]


def test_reliability_runs_from_the_lowest_prediction():
    p = np.linspace(0.99, 0.01, 30)
    table = reliability_table(p > 0.5, p)
    assert table["prob_pred"].is_monotonic_increasing
    assert table["prob_true"].tolist() == [0.0] * 5 + [1.0] * 5


def test_a_perfect_and_a_useless_ranking():
    y = np.array([False, True] * 10)
    assert measures(y, np.where(y, 0.9, 0.1))["auc"] == 1.0
    useless = measures(y, np.full(20, 0.5))
    assert useless["auc"] == 0.5
    assert useless["log_loss"] == pytest.approx(np.log(2))
    assert useless["brier_score"] == 0.25
    assert useless["average_precision"] == 0.5


@given(st.lists(st.tuples(st.booleans(), st.floats(0.01, 0.99)), min_size=1, max_size=60))
def test_deciles_hold_every_row_once(rows):
    y, p = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    table = decile_table(y, p)
    assert table["n"].sum() == len(rows)
    assert table["converted"].sum() == y.sum()
    assert (table["rate_low"] <= table["rate"] + 1e-12).all()
    assert (table["rate"] <= table["rate_high"] + 1e-12).all()
    assert (
        table["mean_propensity"].is_monotonic_decreasing or table["mean_propensity"].nunique() == 1
    )


def test_gain_over_a_rival_has_an_interval_that_tells():
    rng = np.random.default_rng(1)
    p = rng.uniform(0.05, 0.95, 2000)
    y = rng.random(2000) < p
    gain = log_loss_gain(y, p, np.full(2000, y.mean()), seed=0)
    assert 0 < gain.low < gain.value < gain.high
    none = log_loss_gain(y, p, p, seed=0)
    assert (none.low, none.value, none.high) == (0, 0, 0)


def test_quick_figures_are_those_of_scikit_learn():
    random = np.random.default_rng(1)
    p = random.random(500).round(2).clip(0.01, 0.99)  # with ties
    y = random.random(500) < p
    assert auc(y, p) == pytest.approx(roc_auc_score(y, p), abs=1e-12)
    assert mean_loss(y, p) == pytest.approx(log_loss(y, p), abs=1e-12)
