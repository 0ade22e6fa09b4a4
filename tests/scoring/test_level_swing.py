"""The level of buying between windows, measured and used."""

import numpy as np
import pytest
from scipy.special import expit

from custanalytics.scoring.level_swing import bounds, level_shift, shifted, swing


def window(n, level, seed):
    rng = np.random.default_rng(seed)
    log_odds = rng.normal(-1, 1, n)
    return rng.random(n) < expit(log_odds + level), expit(log_odds)


def test_shift_is_recovered():
    assert level_shift(*window(200_000, 0.4, 1)) == pytest.approx(0.4, abs=0.02)


def test_shift_makes_the_mean_right_and_survives_one_class():
    y, p = window(500, -1.0, 2)
    assert shifted(p, level_shift(y, p)).mean() == pytest.approx(y.mean(), abs=1e-3)
    assert np.isfinite(level_shift(np.zeros(50, dtype=bool), np.full(50, 0.5)))


def test_swing_is_recovered_and_chance_taken_off():
    rng = np.random.default_rng(3)
    moving = [window(2000, level, i) for i, level in enumerate(rng.normal(0, 0.5, 60))]
    assert swing(moving) == pytest.approx(0.5, abs=0.12)
    assert swing([window(2000, 0.0, i) for i in range(60)]) < 0.03


def test_bounds_enclose_and_close():
    p = np.array([0.01, 0.5, 0.99])
    low, high = bounds(p, 0.3, 0.9)
    assert (low < p).all()
    assert (p < high).all()
    assert (high <= 1).all()
    np.testing.assert_allclose(bounds(p, 0.0, 0.9), [p, p])
