"""Stock lifetimes as the oracle, on random data."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from custanalytics.value_models import bg_bb, bg_nbd, fit, gamma_gamma, pareto_nbd
from custanalytics.value_models.inputs import Rows, rows_of, unique_rows
from custanalytics.value_models.lifetimes_library import lifetimes, shielded
from custanalytics.value_models.registry import model_class
from tests.trials.clv_oracle import MODELS, columns_of, differences, fitter_of, random_customers


def slopes(function, point, part, step=1e-5):
    steps = step * np.eye(len(point))
    return np.array([(function(point + d)[part] - function(point - d)[part]) for d in steps]) / (
        2 * step
    )


@pytest.mark.parametrize("model", MODELS)
def test_random_data_sets(model):
    values, params = differences(model, 20)  # the trial runs a hundred
    assert values.max() < 1e-10
    # where stock's search leads nowhere there is nothing to compare
    assert np.isfinite(params).sum() >= 18
    assert np.nanmax(params) < 1e-5


def test_pareto_likelihoods_equal_lifetimes():
    for seed in range(100):
        columns = columns_of("BG/NBD", random_customers(seed))
        point = np.random.default_rng(seed).normal([-1, 3, 0, 1], 0.7)
        with shielded():
            stock = lifetimes().ParetoNBDFitter._conditional_log_likelihood(
                np.exp(point), *columns[:-1]
            )
        theirs = -(columns[-1] @ stock) / columns[-1].sum()
        # an integral by 48 nodes here, a series there
        assert pareto_nbd.likelihood(*columns)(point)[0] == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_derivatives_are_exact(seed):
    rows = unique_rows(random_customers(seed))
    columns = (rows.frequency, rows.recency, rows.T, rows.weights)
    again = rows.frequency > 0
    money = np.random.default_rng(seed).gamma(3, 10, int(again.sum()))
    for function, point in (
        (bg_nbd.likelihood(*columns, rows.frequency), [-1.0, 3, 0, 1]),
        (bg_nbd.likelihood(*columns, rows.frequency + 1), [-1.0, 3, 0, 1]),
        (pareto_nbd.likelihood(*columns), [-1.0, 3, 0, 2]),
        (gamma_gamma.likelihood(rows.frequency[again], money, rows.weights[again]), [1.0, 1, 3]),
    ):
        at = np.array(point)
        _, gradient, hessian = function(at)
        np.testing.assert_allclose(gradient, slopes(function, at, 0), atol=1e-8)
        np.testing.assert_allclose(hessian, slopes(function, at, 1), atol=1e-8)


@pytest.mark.parametrize("seed", range(8))
def test_predictions_equal_lifetimes(seed):
    frame = random_customers(seed + 200)
    columns = frame["frequency"], frame["recency"], frame["T"]
    for name in ("BG/NBD", "MBG/NBD"):
        stock, model = fitter_of(name)(), fit(name, frame)
        stock.params_ = model.params
        mine = model.predict(frame, 200)
        expected = stock.conditional_expected_number_of_purchases_up_to_time(200, *columns)
        np.testing.assert_allclose(mine["expected_purchases"], expected, rtol=1e-7)
        alive = stock.conditional_probability_alive(*columns)
        np.testing.assert_allclose(mine["p_alive"], alive, rtol=1e-9)


def test_pareto_predictions_equal_lifetimes(cdnow):
    model = fit("Pareto/NBD", cdnow)
    columns = cdnow["frequency"], cdnow["recency"], cdnow["T"]
    stock = lifetimes().ParetoNBDFitter()
    stock.params_ = model.params
    mine = model.predict(cdnow, 52)
    expected = stock.conditional_expected_number_of_purchases_up_to_time(52, *columns)
    np.testing.assert_allclose(mine["expected_purchases"], expected, rtol=1e-7)
    alive = stock.conditional_probability_alive(*columns)
    np.testing.assert_allclose(mine["p_alive"], alive, rtol=1e-7)
    nothing = stock.conditional_probability_of_n_purchases_up_to_time(0, 52, *columns)
    np.testing.assert_allclose(1 - mine["p_purchase"], nothing, rtol=1e-6)


@pytest.fixture(scope="module")
def opportunities() -> Rows:
    """Every pattern of up to six yearly opportunities, with as many customers as it is long."""
    patterns = [(x, t, n) for n in range(1, 7) for t in range(n + 1) for x in range(t > 0, t + 1)]
    x, last, n = np.array(patterns, dtype=np.float64).T
    return replace(rows_of(x, n, last), weights=n)


def test_bg_bb_likelihood_equals_lifetimes_and_its_derivatives_are_exact(opportunities):
    rows = opportunities
    columns = (rows.frequency, rows.recency, rows.T, rows.weights)
    own = bg_bb.likelihood(*columns)
    whole = [column.astype(int) for column in columns]
    for seed in range(20):
        at = np.random.default_rng(seed).normal([0.2, -0.3, -0.4, 1.0], 0.7)
        with shielded():
            stock = lifetimes().BetaGeoBetaBinomFitter._negative_log_likelihood(at, *whole)
        value, gradient, hessian = own(at)
        assert value == pytest.approx(stock, rel=1e-10)
        np.testing.assert_allclose(gradient, slopes(own, at, 0), atol=1e-8)
        np.testing.assert_allclose(hessian, slopes(own, at, 1), atol=1e-8)


def test_bg_bb_predictions_equal_lifetimes():
    n = 6
    pairs = [(x, last) for last in range(n + 1) for x in range(min(last, 1), last + 1)]
    x, last = np.array(pairs, dtype=np.float64).T
    rows = unique_rows(pd.DataFrame({"frequency": x, "recency": last, "T": float(n)}))
    stock = lifetimes().BetaGeoBetaBinomFitter()
    stock.params_ = {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8}
    model = model_class("BG/BB")(dict(stock.params_), 0.0, len(x), True, np.eye(4))
    whole = [a.astype(int) for a in (rows.frequency, rows.recency, rows.T)]
    with shielded():
        expected = stock.conditional_expected_number_of_purchases_up_to_time(7, *whole)
        alive = stock.conditional_probability_alive(0, *whole)
    mine = model.p_alive(rows) * model.expected_if_alive(rows, np.array([7.0]))[:, 0]
    np.testing.assert_allclose(mine, expected, rtol=1e-8)
    np.testing.assert_allclose(model.p_alive(rows), alive, rtol=1e-8)
