"""Calibration learns from rows that the estimator has not seen."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from custanalytics.prospects import comparison
from custanalytics.scoring.calibration import (
    Calibration,
    Fitted,
    calibrated,
    calibrated_apart,
    platt,
    predicted_apart,
)
from custanalytics.scoring.pipelines import ProspectCandidate


class Parrot:
    """Repeats the outcome of whoever it has seen, and knows nothing of anybody else."""

    def __init__(self, key):
        self.key = key

    def fit(self, X, y):
        self.seen = dict(zip(X[self.key], y, strict=True))
        return self

    def predict_proba(self, X):
        p = np.array([0.5 + 0.45 * (2 * self.seen[k] - 1) if k in self.seen else 0.5
                      for k in X[self.key]])  # fmt: skip
        return np.column_stack([1 - p, p])


@pytest.fixture
def coins():
    rng = np.random.default_rng(0)
    return pd.DataFrame({"customer_id": np.arange(400.0)}), rng.random(400) < 0.3


def test_platt_finds_the_line_that_bent_the_probabilities():
    rng = np.random.default_rng(1)
    true = rng.uniform(0.02, 0.98, 200_000)
    bent = expit((logit(true) - 0.7) / 1.8)
    line = platt(bent, rng.random(len(true)) < true)
    assert line.intercept == pytest.approx(0.7, abs=0.03)
    assert line.slope == pytest.approx(1.8, abs=0.03)
    upside_down = platt(1 - bent, rng.random(len(true)) < true)
    assert upside_down == Calibration()


def test_a_row_is_predicted_by_a_fit_without_its_fold(coins):
    X, y = coins
    fold = np.arange(400) % 4
    assert (predicted_apart(lambda: Parrot("customer_id"), X, y, fold) == 0.5).all()


def test_a_folds_outcomes_do_not_move_its_own_calibration():
    rng = np.random.default_rng(2)
    raw = rng.uniform(0.05, 0.95, 600)
    y = rng.random(600) < raw
    fold = np.arange(600) % 3
    before = calibrated_apart(raw, y, fold)
    turned = calibrated_apart(raw, np.where(fold == 1, ~y, y), fold)
    np.testing.assert_array_equal(before[fold == 1], turned[fold == 1])
    assert (before[fold != 1] != turned[fold != 1]).all()


def test_only_what_is_clearly_bent_is_calibrated():
    rng = np.random.default_rng(3)
    true = rng.uniform(0.05, 0.95, 1000)
    y = rng.random(1000) < true
    fold = np.arange(1000) % 5
    apart, line = calibrated(true, y, fold)
    assert line == Calibration()
    np.testing.assert_array_equal(apart, true)
    bent = expit((logit(true) - 0.7) / 1.8)
    apart, line = calibrated(bent, y, fold)
    np.testing.assert_array_equal(apart, calibrated_apart(bent, y, fold))
    assert line == platt(bent, y)


def test_prospects_are_calibrated_on_prospects_apart(coins, monkeypatch):
    X, y = coins
    parrot = ProspectCandidate("parrot", "model", lambda _X, _seed: Parrot("customer_id"))
    rate = next(c for c in comparison.PROSPECT_CANDIDATES if c.role == "baseline")
    monkeypatch.setattr(comparison, "PROSPECT_CANDIDATES", (parrot, rate))
    later = np.arange(400) >= 320
    told = comparison.compare_models(X, y, later, seed=0)
    losses = told.evaluation.set_index(["candidate", "test"])["log_loss"]
    assert (losses["parrot"] >= losses["base rate"]).all()
    assert (losses["parrot"] > 0.55).all()
    for model in (told.final(0), told.held_out_fit(0)[0]):
        assert isinstance(model, Fitted)
        assert np.ptp(model.predict(X.assign(customer_id=-1.0))) == 0
