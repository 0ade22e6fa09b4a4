import json
import subprocess
import sys
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custanalytics.errors import UsageError
from custanalytics.value_models import GammaGamma, fit, from_json
from custanalytics.value_models.bg_nbd import Alive
from custanalytics.value_models.inputs import unique_rows
from custanalytics.value_models.registry import PURCHASE_MODELS, model_class
from tests.value_models.conftest import simulated

ALL = [model.name for model in PURCHASE_MODELS]
IN_DAYS = ["BG/NBD", "MBG/NBD", "Pareto/NBD"]
TYPICAL = {
    "BG/NBD": {"r": 0.3, "alpha": 40.0, "a": 0.8, "b": 2.5},
    "MBG/NBD": {"r": 0.5, "alpha": 45.0, "a": 0.9, "b": 1.6},
    "Pareto/NBD": {"r": 0.55, "alpha": 74.0, "s": 0.6, "beta": 82.0},
    "BG/BB": {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8},
}


def made(name: str, **other: float):
    return model_class(name)(TYPICAL[name] | other, -1.0, 1000, True, np.eye(4))


@pytest.mark.parametrize("name", ALL)
def test_json_gives_the_model_back(name):
    model = made(name)
    again = from_json(model.to_json())
    assert again.params == model.params
    assert again.name == name
    np.testing.assert_array_equal(again.hessian, model.hessian)
    assert json.loads(model.to_json())["model"] == name


def test_gamma_gamma_json_gives_the_model_back(cdnow):
    model = GammaGamma.fitted(cdnow)
    assert GammaGamma.from_json(model.to_json()).params == model.params


def test_an_unknown_model_is_named(cdnow):
    with pytest.raises(UsageError, match="'ARIMA'; there are BG/NBD"):
        fit("ARIMA", cdnow)


@pytest.mark.parametrize("name", IN_DAYS)
def test_time_may_be_in_any_unit(name):
    frame = simulated(400, 3, TYPICAL["MBG/NBD"])
    weeks = frame.assign(recency=frame["recency"] / 7, T=frame["T"] / 7)
    days, in_weeks = fit(name, frame), fit(name, weeks)
    one, other = days.predict(frame, 70), in_weeks.predict(weeks, 10)
    pd.testing.assert_frame_equal(one, other, rtol=1e-4)


@pytest.mark.parametrize("name", IN_DAYS)
def test_known_parameters_are_recovered(name):
    frame = simulated(6000, 11, TYPICAL[name], model=name)
    model = fit(name, frame)
    for symbol, error in model.standard_errors.items():
        assert abs(model.params[symbol] - TYPICAL[name][symbol]) < 3.5 * error


def test_known_parameters_of_spend_are_recovered():
    spend = GammaGamma.fitted(simulated(4000, 5, TYPICAL["BG/NBD"]))
    for symbol, true in (("p", 6.0), ("q", 4.0), ("v", 20.0)):
        assert abs(spend.params[symbol] - true) < 3.5 * spend.standard_errors[symbol]


def test_standard_errors_have_the_spread_of_refits():
    models = [fit("BG/NBD", simulated(800, seed, TYPICAL["BG/NBD"])) for seed in range(25)]
    for symbol in ("r", "alpha"):
        found = np.std([model.params[symbol] for model in models], ddof=1)
        told = np.median([model.standard_errors[symbol] for model in models])
        assert 0.6 < found / told < 1.6


def test_nobody_leaving_is_fitted_and_told():
    rng = np.random.default_rng(1)
    age = rng.integers(200, 400, 300).astype("float64")
    x = rng.poisson(rng.gamma(2, 0.02, 300) * age).astype("float64")
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(300)],
            "frequency": x,
            "recency": np.where(x > 0, age * x / (x + 1), 0.0),
            "T": age,
            "monetary_value": np.where(x > 0, 20.0, np.nan),
        }
    )
    for name in IN_DAYS:
        model = fit(name, frame)
        assert np.isfinite(list(model.params.values())).all()
        predicted = model.predict(frame, 100)
        assert predicted["p_alive"].mean() > 0.9
        np.testing.assert_allclose(
            predicted["expected_purchases"].sum(), (x / age).sum() * 100, rtol=0.15
        )


def test_a_equal_to_one_and_thousands_of_purchases_are_fine():
    alive = Alive(np.array([0.3, 5000.0]), np.array([40.0, 3650.0]), 1.0, np.array([2.5, 5000.0]))
    expected = alive.expected(np.array([30.0, 365.0]))
    assert np.isfinite(expected).all()
    near = replace(alive, a=1.0 + 1e-9).expected(np.array([30.0, 365.0]))
    np.testing.assert_allclose(expected, near, rtol=1e-6)
    assert 0.9 * 5000 / 3650 * 30 < expected[1, 0] * 1.01 < 5000 / 3650 * 30 * 1.01


@given(
    st.integers(0, 500),
    st.floats(0, 1),
    st.integers(1, 4000),
    st.sampled_from(IN_DAYS),
)
@settings(max_examples=60)
def test_predictions_are_possible_for_any_customer(x, share, age, name):
    last = 0.0 if x == 0 else share * age
    frame = pd.DataFrame(
        {
            "customer_id": ["a"],
            "frequency": [x],
            "recency": [last],
            "T": [age],
            "monetary_value": [10.0],
        }
    )
    predicted = made(name).predict(frame, 365).iloc[0]
    assert 0 <= predicted["p_alive"] <= 1
    assert 0 <= predicted["p_purchase"] <= predicted["p_alive"] + 1e-12
    assert predicted["p_purchase"] <= predicted["expected_purchases"] * (1 + 1e-9)


def test_rows_are_unique_sorted_and_found():
    frame = pd.DataFrame({"frequency": [1, 0, 1, 1], "recency": [5, 0, 5, 4], "T": [9, 9, 9, 9]})
    rows = unique_rows(frame)
    assert rows.frequency.tolist() == [0, 1, 1]
    assert rows.recency.tolist() == [0, 4, 5]
    assert rows.weights.tolist() == [1, 1, 2]
    np.testing.assert_array_equal(rows.recency[rows.code], frame["recency"])


def test_bg_bb_wants_whole_opportunities(cdnow):
    with pytest.raises(UsageError, match="counts opportunities"):
        fit("BG/BB", cdnow)


def test_importing_and_fitting_leaves_the_process_alone():
    program = (
        "import warnings, custanalytics.clv, pandas as pd\n"
        "from custanalytics.value_models.lifetimes_library import lifetimes\n"
        "warnings.simplefilter('ignore')\n"
        "before = list(warnings.filters), pd.get_option('mode.chained_assignment')\n"
        "lifetimes()\n"
        "after = list(warnings.filters), pd.get_option('mode.chained_assignment')\n"
        "assert before == after\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_fitting_leaves_the_filters_alone(cdnow):
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        before = list(warnings.filters)
        fit("Pareto/NBD", cdnow)
        GammaGamma.fitted(cdnow)
        assert warnings.filters == before
