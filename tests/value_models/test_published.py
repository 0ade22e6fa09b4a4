"""Figures printed in the papers; every displayed equation is held against one."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from custanalytics.value_models import GammaGamma, fit
from custanalytics.value_models.inputs import Rows, rows_of
from custanalytics.value_models.registry import model_class
from tests.value_models.conftest import packaged


def rounded(model, digits=3):
    return {symbol: round(value, digits) for symbol, value in model.params.items()}


@pytest.fixture(scope="module")
def donations() -> Rows:
    """Donors of Fader, Hardie, Shang (2010), one row per pattern."""
    frame = pd.read_csv(io.StringIO(packaged("donations.csv"))).astype("float64")
    x, last, n, weights = (frame[name].to_numpy() for name in frame.columns)
    return replace(rows_of(x, n, last), weights=weights)


def test_bg_nbd_gives_the_published_parameters_of_cdnow(cdnow):
    model = fit("BG/NBD", cdnow)
    assert rounded(model) == {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
    assert model.converged


def test_bg_nbd_gives_them_from_the_transactions_in_days(cdnow_days):
    model = fit("BG/NBD", cdnow_days)
    assert rounded(model) | {"alpha": round(model.params["alpha"] / 7, 3)} == {
        "r": 0.243,
        "alpha": 4.414,
        "a": 0.793,
        "b": 2.426,
    }
    in_weeks = cdnow_days.assign(recency=cdnow_days["recency"] / 7, T=cdnow_days["T"] / 7)
    assert fit("BG/NBD", in_weeks).log_likelihood == pytest.approx(-9582.429, abs=5e-4)


def test_expected_purchases_of_the_papers_customer(cdnow):
    customer = cdnow.head(1).assign(frequency=2, recency=30.43, T=38.86)
    predicted = fit("BG/NBD", cdnow).predict(customer, 39)
    assert predicted["expected_purchases"].item() == pytest.approx(1.226, abs=5e-4)


def test_pareto_nbd_gives_the_published_parameters_of_cdnow(cdnow):
    model = fit("Pareto/NBD", cdnow)
    assert rounded(model) == {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.668}
    assert model.params["beta"] == pytest.approx(11.669, abs=0.002)
    assert model.log_likelihood == pytest.approx(-9594.976, abs=0.003)


def test_gamma_gamma_gives_the_published_parameters_of_cdnow(cdnow):
    model = GammaGamma.fitted(cdnow)
    assert rounded(model, 2) | {"v": 15.44} == {"p": 6.25, "q": 3.74, "v": 15.44}
    assert model.params["v"] == pytest.approx(15.44, abs=0.01)


def test_gamma_gamma_expects_the_published_mean_spend(cdnow):
    # Fader, Hardie (2013), p. 7: E(M | p, q, v; m = 35.66, x = 1) for a customer of the sample
    model = replace(GammaGamma.fitted(cdnow), params={"p": 6.25, "q": 3.74, "v": 15.44})
    mean = model.expected_spend(np.array([0.0]), np.array([np.nan]))
    assert mean.item() == pytest.approx(6.25 * 15.44 / 2.74)


def test_bg_bb_gives_the_published_parameters_of_the_donations(donations):
    model = model_class("BG/BB").fitted(donations)
    assert rounded(model) == {"alpha": 1.204, "beta": 0.75, "gamma": 0.657, "delta": 2.783}
    assert model.log_likelihood == pytest.approx(-33225.58, abs=0.005)


def test_bg_bb_expects_the_published_donations(donations):
    # table of Fader, Hardie, Shang (2010): a donor of every year, and one who never came back
    model = model_class("BG/BB").fitted(donations)
    donors = rows_of(np.array([6.0, 0.0]), np.array([6.0, 6.0]), np.array([6.0, 0.0]))
    five = np.array([5.0])
    expected = model.p_alive(donors) * model.expected_if_alive(donors, five)[:, 0]
    assert expected.round(2).tolist() == [3.75, 0.07]
