"""Drawn spend has the mean and the spread of the gamma-gamma model."""

import numpy as np
import pytest

from custanalytics.value_models.gamma_gamma import GammaGamma

PARAMS = {"p": 6.25, "q": 3.74, "v": 15.44}
SURE = np.eye(3) * 1e6


def spend(hessian):
    return GammaGamma(PARAMS, 0.0, 1000, True, hessian)


@pytest.mark.parametrize("x", [0.0, 1.0, 12.0])
@pytest.mark.parametrize("count", [1.0, 5.0])
def test_drawn_spend_of_known_parameters_has_the_formulas_mean_and_spread(x, count):
    p, q, _ = PARAMS.values()
    drawn = spend(SURE).relative_draws(np.full((1, 200_000), count), np.array([x]), 0)
    assert drawn.mean() == pytest.approx(count, rel=0.01)
    # gamma(a) over gamma(b) has the second moment a (a + 1) / ((b - 1) (b - 2))
    a, b = p * count, p * x + q
    second = a * (a + 1) / ((b - 1) * (b - 2)) * ((b - 1) / p) ** 2
    if b > 4:
        assert drawn.std() == pytest.approx(np.sqrt(second - count**2), rel=0.03)


@pytest.mark.parametrize("uncertain", range(3))
@pytest.mark.parametrize("x", [1.0, 4.0])
def test_each_column_has_drawn_parameters_of_its_own(uncertain, x):
    precision = np.full(3, 1e6)
    precision[uncertain] = 0.02
    model = spend(np.diag(precision))
    drawn = model.relative_draws(np.full((20_000, 60), 5.0), np.full(20_000, x), 3)
    own_p, own_q, own_v = model.parameter_draws(60, 3).T
    p, q, v = PARAMS.values()
    expected = p * v / (q - 1)
    mean = own_p * 5 / (own_p * x + own_q - 1) * (own_v + x * expected)
    mean /= p * (v + x * expected) / (p * x + q - 1)
    assert (own_p / p).std() + (own_q / q).std() + (own_v / v).std() > 0.1
    np.testing.assert_allclose(drawn.mean(axis=0), mean, rtol=0.08)


def test_nothing_bought_is_nothing_spent():
    assert not spend(SURE).relative_draws(np.zeros((2, 50)), np.array([0.0, 3.0]), 0).any()
