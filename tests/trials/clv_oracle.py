"""Stock lifetimes as the oracle on random data sets: likelihoods and fitted parameters.

    python -m tests.trials.clv_oracle [SETS]        (default: 100)

Stock's search stops a little short of the top, or gives up. So its own likelihood is climbed
the rest of the way from where it stopped, by Newton steps with its own derivatives; it counts
as an answer where its slope then vanishes, at no lower a top than ours.
"""

import io
import sys
from contextlib import redirect_stdout
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from autograd import hessian, value_and_grad

from custanalytics.value_models import GammaGamma, bg_nbd, fit, gamma_gamma
from custanalytics.value_models.inputs import unique_rows
from custanalytics.value_models.lifetimes_library import lifetimes, shielded
from tests.value_models.conftest import simulated

MODELS = ("BG/NBD", "MBG/NBD", "gamma-gamma")
FITTERS = {
    "BG/NBD": "BetaGeoFitter",
    "MBG/NBD": "ModifiedBetaGeoFitter",
    "gamma-gamma": "GammaGammaFitter",
}
# slope of the mean log-likelihood in the log parameters that counts as zero; and how much
# lower its value may be
FLAT, LOWER = 1e-12, 1e-6


@cache
def random_customers(seed: int, model: str = "BG/NBD") -> pd.DataFrame:
    """A few hundred customers whose behaviour the seed draws too."""
    rng = np.random.default_rng(seed)
    values = rng.uniform([0.3, 20, 0.5, 1.2], [1.5, 90, 1.6, 4])
    params = dict(zip(["r", "alpha", "a", "b"], values, strict=True))
    return simulated(int(rng.integers(150, 400)), seed, params, model=model)


def data_set(model: str, seed: int) -> pd.DataFrame:
    """Customers who behave as the model says, so that its parameters exist."""
    return random_customers(seed, model if model == "MBG/NBD" else "BG/NBD")


def columns_of(model: str, frame: pd.DataFrame) -> tuple[np.ndarray, ...]:
    """What a likelihood takes, in stock's order: weights last."""
    if model == "gamma-gamma":
        again = frame[frame["frequency"] > 0]
        found = again["frequency"], again["monetary_value"], np.ones(len(again))
    else:
        rows = unique_rows(frame)
        found = rows.frequency, rows.recency, rows.T, rows.weights
    return tuple(np.asarray(column, dtype=np.float64) for column in found)


def own_value(model: str, columns: tuple[np.ndarray, ...], point: np.ndarray) -> float:
    if model == "gamma-gamma":
        return gamma_gamma.likelihood(*columns)(point)[0]
    chances = columns[0] + (model == "MBG/NBD")
    return bg_nbd.likelihood(*columns, chances)(point)[0]


def stock_value(model: str, columns: tuple[np.ndarray, ...], point: np.ndarray) -> float:
    with shielded():
        return float(fitter_of(model)._negative_log_likelihood(point, *columns, 0))


def fitter_of(model: str) -> Any:
    return getattr(lifetimes(), FITTERS[model])


def stock_params(model: str, frame: pd.DataFrame) -> np.ndarray | None:
    """Where stock's likelihood is highest, or None where its search does not lead there."""
    columns = columns_of(model, frame)
    fitter = fitter_of(model)()
    with shielded(), np.errstate(all="ignore"), redirect_stdout(io.StringIO()):
        try:
            fitter.fit(*columns[:-1], weights=columns[-1])
        except ValueError:  # stock's ConvergenceError
            return None
        point = np.log(fitter.params_.to_numpy())
        slope_of = value_and_grad(fitter._negative_log_likelihood)
        bend_of = hessian(fitter._negative_log_likelihood)
        for _ in range(4):
            point = point - np.linalg.solve(
                bend_of(point, *columns, 0), slope_of(point, *columns, 0)[1]
            )
        slope = slope_of(point, *columns, 0)[1]
        bend = np.linalg.eigvalsh(bend_of(point, *columns, 0))
    return np.exp(point) if np.abs(slope).max() < FLAT and bend[0] > 0 else None


def own_params(model: str, frame: pd.DataFrame) -> np.ndarray:
    found = GammaGamma.fitted(frame) if model == "gamma-gamma" else fit(model, frame)
    return np.array(list(found.params.values()))


def apart(model: str, seed: int) -> float:
    """Largest relative difference of a parameter; NaN where stock has no answer."""
    frame = data_set(model, seed)
    columns, mine = columns_of(model, frame), own_params(model, frame)
    theirs = stock_params(model, frame)
    if theirs is None:
        return float("nan")
    # by stock's own likelihood, its search may have ended on a lower hill
    gain = stock_value(model, columns, np.log(theirs)) - stock_value(model, columns, np.log(mine))
    return float("nan") if gain > LOWER else float(np.abs(mine / theirs - 1).max())


def likelihoods_apart(model: str, seed: int) -> float:
    """Relative difference of the log-likelihoods at arbitrary parameters."""
    columns = columns_of(model, data_set(model, seed))
    centre, spread = ([1.5, 1, 3], 0.3) if model == "gamma-gamma" else ([-1, 3, 0, 1], 0.7)
    point = np.random.default_rng(seed).normal(centre, spread)
    return abs(own_value(model, columns, point) / stock_value(model, columns, point) - 1)


def differences(model: str, sets: int) -> tuple[np.ndarray, np.ndarray]:
    """Of log-likelihoods and of parameters, one per data set."""
    return (
        np.array([likelihoods_apart(model, seed) for seed in range(sets)]),
        np.array([apart(model, seed) for seed in range(sets)]),
    )


def main(sets: int) -> None:
    print(f"{'model':<12} {'sets':>5} {'log-likelihood':>15} {'answered':>9} {'parameters':>11}")
    for model in MODELS:
        values, params = differences(model, sets)
        answered = int(np.isfinite(params).sum())
        print(
            f"{model:<12} {sets:>5} {values.max():>15.1e} {answered:>9} {np.nanmax(params):>11.1e}",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
