"""Fitted models as stock lifetimes fitters: the same predictions, and plots that work."""

import importlib

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from custanalytics.errors import UsageError
from custanalytics.value_models import GammaGamma, fit, fit_attributes
from custanalytics.value_models.lifetimes_library import lifetimes, shielded

IN_DAYS = ["BG/NBD", "MBG/NBD", "Pareto/NBD"]
STOCK = {
    "BG/NBD": "BetaGeoFitter",
    "MBG/NBD": "ModifiedBetaGeoFitter",
    "Pareto/NBD": "ParetoNBDFitter",
}


@pytest.fixture(scope="module")
def plotting():
    matplotlib.use("Agg")
    with shielded():
        return importlib.import_module("lifetimes.plotting")


@pytest.mark.parametrize("name", IN_DAYS)
def test_a_stock_fitter_predicts_the_same(cdnow, name):
    model = fit(name, cdnow)
    fitter = model.as_lifetimes(cdnow)
    assert type(fitter) is getattr(lifetimes(), STOCK[name])
    columns = cdnow["frequency"], cdnow["recency"], cdnow["T"]
    mine = model.predict(cdnow, 52)
    np.testing.assert_allclose(fitter.predict(52, *columns), mine["expected_purchases"], rtol=1e-6)
    alive = fitter.conditional_probability_alive(*columns)
    np.testing.assert_allclose(alive, mine["p_alive"], rtol=1e-6)
    assert fitter.summary["se(coef)"].to_dict() == pytest.approx(model.standard_errors)
    assert len(fitter.data) == len(cdnow)


def test_the_spend_model_predicts_the_same_and_gives_lifetimes_value(cdnow):
    model, spend = fit("BG/NBD", cdnow), GammaGamma.fitted(cdnow)
    fitter = spend.as_lifetimes(cdnow)
    again = cdnow[cdnow["frequency"] > 0]
    x, money = again["frequency"].to_numpy(), again["monetary_value"].to_numpy()
    told = fitter.conditional_expected_average_profit(x, money)
    np.testing.assert_allclose(told, spend.expected_spend(x, money), rtol=1e-12)
    assert fitter.data["frequency"].tolist() == x.tolist()
    value = fitter.customer_lifetime_value(
        model.as_lifetimes(), again["frequency"], again["recency"], again["T"],
        again["monetary_value"], time=3, discount_rate=0.0, freq="W",
    )  # fmt: skip
    # lifetimes' month has 30 days, so three have 90 / 7 weeks
    expected = model.predict(again, 90 / 7)["expected_purchases"].to_numpy() * told
    np.testing.assert_allclose(value, expected, rtol=0.02)


@pytest.mark.parametrize("name", IN_DAYS)
def test_stock_plots_take_it(cdnow, plotting, name):
    """All but its plot of repeat purchases, which needs a matplotlib of before 3.8."""
    some = cdnow[cdnow["T"] < 30].head(200)
    fitter = fit(name, cdnow).as_lifetimes(some)
    with shielded():
        plots = [
            plotting.plot_period_transactions(fitter),
            plotting.plot_frequency_recency_matrix(fitter, max_frequency=3, max_recency=4),
            plotting.plot_probability_alive_matrix(fitter, max_frequency=3, max_recency=4),
            plotting.plot_transaction_rate_heterogeneity(fitter),
        ]
    assert all(axes.has_data() for axes in plots if hasattr(axes, "has_data"))
    plt.close("all")


def test_opportunities_are_handed_out_under_stocks_name():
    rng = np.random.default_rng(0)
    buys, leaves = rng.beta(1.2, 0.75, 300), rng.beta(0.66, 2.8, 300)
    here = np.arange(6) < rng.geometric(leaves)[:, None] - 1
    taken = here & (rng.random((300, 6)) < buys[:, None])
    frame = pd.DataFrame(
        {
            "customer_id": range(300),
            "frequency": taken.sum(axis=1),
            "recency": (taken * np.arange(1, 7)).max(axis=1),
            "T": 6,
            "monetary_value": 1.0,
        }
    )
    model = fit("BG/BB", frame)
    fitter = model.as_lifetimes(frame)
    assert fitter.data.columns.tolist() == ["frequency", "recency", "n_periods", "weights"]
    whole = [fitter.data[name].to_numpy() for name in ("frequency", "recency", "n_periods")]
    with shielded():
        alive = fitter.conditional_probability_alive(0, *whole)
        assert len(fitter.generate_new_data(size=300)) == 300
    np.testing.assert_allclose(alive, model.predict(frame, 3)["p_alive"], rtol=1e-8)


def test_attributes_have_no_counterpart(cdnow):
    attributes = cdnow[["customer_id"]].assign(half=np.where(cdnow.index % 2, "a", "b"))
    candidate = fit_attributes(cdnow, attributes).candidate
    with pytest.raises(UsageError, match="of_pattern"):
        candidate.as_lifetimes()
    one = candidate.of_pattern(0)
    assert one.as_lifetimes().params_.to_dict() == one.params
