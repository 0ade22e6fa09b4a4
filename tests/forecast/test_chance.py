"""The chance of a purchase: the purchase model's own before outcomes say otherwise."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose

from custanalytics.forecast.chance import PRIOR, counts_of, fitted_coefficients, matched_dispersion

ALIVE = np.array([0.95, 0.6, 0.3])
EXPECTED = np.array([2.0, 1.0, 0.1])


def test_the_dispersion_is_that_at_which_the_chances_agree():
    dispersion = np.array([-1.0, 0.0, 0.5])
    chance = ALIVE * -np.expm1(
        -np.log1p(np.exp(dispersion) * EXPECTED / ALIVE) / np.exp(dispersion)
    )
    assert_allclose(matched_dispersion(chance, EXPECTED, ALIVE), dispersion, atol=1e-6)


def test_chances_rise_with_what_is_expected_and_never_pass_those_who_stay():
    counts = counts_of(PRIOR, EXPECTED, ALIVE, np.zeros(3))
    chances = [counts.chance(EXPECTED * times) for times in (0.5, 1, 10, 1000)]
    assert all((later >= earlier).all() for earlier, later in pairwise(chances))
    assert (chances[-1] <= counts.staying).all()


def test_purchases_spread_as_their_variance_says():
    counts = counts_of(PRIOR, EXPECTED, ALIVE, np.zeros(3))
    rng = np.random.default_rng(0)
    stays = rng.random((1_000_000, 3)) < counts.staying
    rate = rng.gamma(1 / counts.dispersion, counts.dispersion, stays.shape)
    drawn = np.where(stays, rng.poisson(rate * EXPECTED / counts.staying), 0)
    assert_allclose(drawn.mean(axis=0), EXPECTED, rtol=0.02)
    assert_allclose(drawn.var(axis=0), counts.variance(EXPECTED), rtol=0.04)
    assert_allclose((drawn > 0).mean(axis=0), counts.chance(EXPECTED), atol=0.005)
    for told, share in zip(counts.bounds(EXPECTED, 0.0, 0.9), (0.05, 0.95), strict=True):
        assert told.tolist() == np.quantile(drawn, share, axis=0, method="inverted_cdf").tolist()


@pytest.mark.parametrize("dispersion", [0.2, 3.0])
def test_what_buyers_did_moves_the_spread(dispersion):
    rng = np.random.default_rng(1)
    year, alive = rng.lognormal(0.5, 0.7, 4_000), np.full(4_000, 0.9)
    p = 0.9 * -np.expm1(-np.log1p(dispersion * year / 0.9) / dispersion)
    bought = (rng.random(4_000) < p).astype(float)
    learned = fitted_coefficients(year, alive, np.zeros(4_000), year[:, None], bought[:, None])
    told = counts_of(learned, year, alive, np.zeros(4_000)).chance(year)
    before = counts_of(PRIOR, year, alive, np.zeros(4_000)).chance(year)
    assert abs(told.mean() - p.mean()) < 0.02 < abs(before.mean() - p.mean())
