"""lifetimes' fitters with our likelihood, search and variance put in.

lifetimes checks the input, scales the time and keeps its own attributes (``params_``,
``summary``, ``data``), so a fitter from here does all that its users know; only the search
(slow, and failing on noisy data) and the variance matrix (wrong beside the diagonal) differ.
"""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from autograd import hessian, value_and_grad

from custanalytics.clv.inputs import Floats
from custanalytics.clv.models.beta_geometric import Likelihood
from custanalytics.clv.models.gamma_gamma_likelihood import SpendLikelihood
from custanalytics.clv.models.lifetimes_library import lifetimes, shielded
from custanalytics.clv.models.newton import covariance, minimum
from custanalytics.clv.models.pareto_nbd_likelihood import ParetoLikelihood

# rows that a first search looks at before the whole is searched from where it ended
THINNED = 20_000


def _variance_matrix(self: Any) -> pd.DataFrame:
    names = self.params_.index
    values = self.params_.to_numpy()
    in_logs = covariance(self._hessian_, float(self.data["weights"].sum()))
    return pd.DataFrame(in_logs * np.outer(values, values), columns=names, index=names)


def _searched(self: Any, likelihood: Any, columns: tuple[Any, ...], start: Floats) -> Any:
    step = len(columns[0]) // THINNED
    if step > 1:
        start = minimum(likelihood(*(column[::step] for column in columns)), start, 1e-5).point
    found = minimum(likelihood(*columns), start)
    self.converged_ = found.converged
    return found.point, found.value, found.hessian


def _beta_geometric_search(extra_chances: int) -> Any:
    def _fit(self: Any, arguments: Any, *_: Any, **__: Any) -> Any:
        frequency, recency, age, weights, _penalty = (np.asarray(a, np.float64) for a in arguments)
        columns = (frequency, recency, age, weights, frequency + extra_chances)
        return _searched(self, Likelihood, columns, np.log([0.5, 0.2, 1.0, 3.0]))

    return _fit


def _spend_search(self: Any, arguments: Any, *_: Any, **__: Any) -> Any:
    frequency, money, weights, _penalty = (np.asarray(a, np.float64) for a in arguments)
    scale = float(money @ weights / weights.sum())
    columns = (frequency, money / scale, weights)
    point, value, hessian = _searched(self, SpendLikelihood, columns, np.log([4.0, 4.0, 1.0]))
    point[2] += np.log(scale)
    return point, value + np.log(scale), hessian


def _pareto_search(self: Any, arguments: Any, *_: Any, **__: Any) -> Any:
    columns = tuple(np.asarray(a, np.float64) for a in arguments[:4])
    point, value, self.log_hessian_ = _searched(
        self, ParetoLikelihood, columns, np.log([0.5, 0.2, 0.5, 0.5])
    )
    return np.exp(point), value


def _discrete_search(self: Any, arguments: Any, *_: Any, **__: Any) -> Any:
    columns = tuple(np.asarray(a) for a in arguments[:4])

    def likelihood(*data: Any) -> Any:
        slope = value_and_grad(type(self)._negative_log_likelihood)
        bend = hessian(type(self)._negative_log_likelihood)

        def objective(point: Floats) -> tuple[float, Floats, Floats]:
            with shielded(), np.errstate(all="ignore"):
                value, gradient = slope(point, *data)
                return float(value), gradient, bend(point, *data)

        return objective

    return _searched(self, likelihood, columns, np.zeros(4))


@cache
def fitter_class(name: str) -> Any:
    """One of lifetimes' fitters with our search: ``BetaGeoFitter`` and so on."""
    search = {
        "BetaGeoFitter": _beta_geometric_search(0),
        "ModifiedBetaGeoFitter": _beta_geometric_search(1),
        "ParetoNBDFitter": _pareto_search,
        "BetaGeoBetaBinomFitter": _discrete_search,
        "GammaGammaFitter": _spend_search,
    }[name]
    body = {"_fit": search, "_compute_variance_matrix": _variance_matrix}
    return type(name, (getattr(lifetimes(), name),), body)
