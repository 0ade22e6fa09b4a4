"""Stock lifetimes as the oracle, on random data."""

import numpy as np
import pandas as pd
import pytest

from custanalytics.clv import GammaGamma, fit
from custanalytics.clv.beta_geometric import Likelihood
from custanalytics.clv.inputs import unique_rows
from custanalytics.clv.lifetimes_library import lifetimes, shielded
from custanalytics.clv.models import model_class
from custanalytics.clv.pareto_likelihood import ParetoLikelihood
from custanalytics.clv.spend_likelihood import SpendLikelihood

from .conftest import simulated


def some(seed: int):
    rng = np.random.default_rng(seed)
    values = rng.uniform([0.3, 20, 0.5, 1.2], [1.5, 90, 1.6, 4])
    params = dict(zip(["r", "alpha", "a", "b"], values, strict=True))
    return simulated(int(rng.integers(150, 400)), seed, params)


def slopes(function, point, part, step=1e-5):
    steps = step * np.eye(len(point))
    return np.array([(function(point + d)[part] - function(point - d)[part]) for d in steps]) / (
        2 * step
    )


@pytest.mark.parametrize("seed", range(100))
def test_likelihoods_equal_lifetimes(seed):
    frame = some(seed)
    rows = unique_rows(frame)
    x, last, age, w = rows.frequency, rows.recency, rows.T, rows.weights
    point = np.random.default_rng(seed).normal([-1, 3, 0, 1], 0.7)
    stock = lifetimes()
    with shielded():
        expected = {
            "bg": stock.BetaGeoFitter._negative_log_likelihood(point, x, last, age, w, 0),
            "mbg": stock.ModifiedBetaGeoFitter._negative_log_likelihood(point, x, last, age, w, 0),
            "pareto": -(
                w @ stock.ParetoNBDFitter._conditional_log_likelihood(np.exp(point), x, last, age)
            )
            / w.sum(),
        }
    assert Likelihood(x, last, age, w, x)(point)[0] == pytest.approx(expected["bg"], rel=1e-10)
    modified = Likelihood(x, last, age, w, x + 1)(point)[0]
    assert modified == pytest.approx(expected["mbg"], rel=1e-10)
    # an integral by 48 nodes here, a series there
    pareto = ParetoLikelihood(x, last, age, w)(point)[0]
    assert pareto == pytest.approx(expected["pareto"], rel=1e-9)
    again = frame[frame["frequency"] > 0]
    money = again["monetary_value"].to_numpy()
    y, ones = again["frequency"].to_numpy(np.float64), np.ones(len(again))
    spend = np.random.default_rng(seed).normal([1.5, 1, 3], 0.3)
    with shielded():
        theirs = stock.GammaGammaFitter._negative_log_likelihood(spend, y, money, ones, 0)
    assert SpendLikelihood(y, money, ones)(spend)[0] == pytest.approx(theirs, rel=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_derivatives_are_exact(seed):
    rows = unique_rows(some(seed))
    columns = (rows.frequency, rows.recency, rows.T, rows.weights)
    again = rows.frequency > 0
    money = np.random.default_rng(seed).gamma(3, 10, int(again.sum()))
    for function, point in (
        (Likelihood(*columns, rows.frequency), [-1.0, 3, 0, 1]),
        (Likelihood(*columns, rows.frequency + 1), [-1.0, 3, 0, 1]),
        (ParetoLikelihood(*columns), [-1.0, 3, 0, 2]),
        (SpendLikelihood(rows.frequency[again], money, rows.weights[again]), [1.0, 1, 3]),
    ):
        at = np.array(point)
        _, gradient, hessian = function(at)
        np.testing.assert_allclose(gradient, slopes(function, at, 0), atol=1e-8)
        np.testing.assert_allclose(hessian, slopes(function, at, 1), atol=1e-8)


def stock_fit(fitter, *columns):
    """Stock lifetimes, or None: on some data its search gives up."""
    with shielded():
        try:
            return fitter.fit(*columns, tol=1e-9)
        except ValueError:
            return None


@pytest.mark.parametrize("seed", range(8))
def test_fits_and_predictions_equal_lifetimes(seed):
    frame = some(seed + 200)
    columns = frame["frequency"], frame["recency"], frame["T"]
    stock = lifetimes()
    for name, fitter in (
        ("BG/NBD", stock.BetaGeoFitter()),
        ("MBG/NBD", stock.ModifiedBetaGeoFitter()),
    ):
        model = fit(name, frame)
        assert model.converged
        if stock_fit(fitter, *columns) is None:
            continue
        theirs = np.array([fitter.params_[symbol] for symbol in model.symbols])
        if model.params["b"] < 50:
            np.testing.assert_allclose(list(model.params.values()), theirs, rtol=1e-4)
        same = model.with_params(theirs).predict(frame, 200)
        expected = fitter.conditional_expected_number_of_purchases_up_to_time(200, *columns)
        np.testing.assert_allclose(same["expected_purchases"], expected, rtol=1e-7)
        alive = fitter.conditional_probability_alive(*columns)
        np.testing.assert_allclose(same["p_alive"], alive, rtol=1e-9)
    spend, again = GammaGamma.fitted(frame), frame[frame["frequency"] > 0]
    theirs = stock_fit(stock.GammaGammaFitter(), again["frequency"], again["monetary_value"])
    if theirs is not None:
        np.testing.assert_allclose(list(spend.params.values()), theirs.params_, rtol=1e-3)


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
