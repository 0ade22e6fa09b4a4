"""Newton's method for log-likelihoods whose gradient and Hessian are exact."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from custanalytics.value_models.inputs import Floats

# value, gradient and Hessian of the mean negative log-likelihood, in log parameters
Objective = Callable[[Floats], tuple[float, Floats, Floats]]
# from columns of unique rows, weights last, to the objective
Likelihood = Callable[..., Objective]

MAX_STEPS = 200
# along a ridge the search would go on for ever: so many steps in a row that gain less than so
# much of the precision end it
FLAT_STEPS, FLAT_GAIN = 3, 1e-2
# a step that promises less than so much of the value can't be told from rounding
ROUNDING = 1e-15
# nor is a shorter step worth a try that promises less than so much of it: sums over many rows
# are no more exact
NOISE = 1e-11
# rows that a first search looks at before the whole is searched from where it ended
THINNED = 20_000
# log parameters stay within these bounds; one that reaches them has run off
LOWEST, HIGHEST = -18.0, 18.0


@dataclass(frozen=True)
class Optimum:
    """Where the search ended."""

    # log parameters
    point: Floats
    # mean negative log-likelihood there
    value: float
    # its second derivatives in the log parameters
    hessian: Floats
    # the gradient is zero to working precision
    converged: bool


def minimum(objective: Objective, start: Floats, precision: float = 1e-9) -> Optimum:
    """Find a minimum by damped Newton steps, downhill also where the Hessian is not positive."""
    point = np.asarray(start, dtype=np.float64)
    value, gradient, hessian = objective(point)
    flat = 0
    for _ in range(MAX_STEPS):
        if not _usable(gradient, hessian) or float(np.abs(gradient).max()) < precision:
            break
        sizes, axes = np.linalg.eigh(hessian)
        sizes = np.maximum(np.abs(sizes), 1e-9 * float(np.abs(sizes).max()))
        step = -axes @ ((axes.T @ gradient) / sizes)
        step *= min(1.0, 2.0 / float(np.abs(step).max()))
        slope = float(gradient @ step)
        if -slope < ROUNDING * abs(value):
            break
        length = 1.0
        while length == 1.0 or -slope * length > NOISE * abs(value):
            trial = np.clip(point + length * step, LOWEST, HIGHEST)
            result = objective(trial)
            lower = bool(np.isfinite(result[0])) and result[0] <= value + 1e-4 * length * slope
            if lower and _usable(result[1], result[2]):
                break
            length /= 4.0
        else:
            break
        flat = flat + 1 if value - result[0] < FLAT_GAIN * precision else 0
        if flat == FLAT_STEPS:
            break
        point, (value, gradient, hessian) = trial, result
    settled = _usable(gradient, hessian) and float(np.abs(gradient).max()) < 1e-5
    return Optimum(point, value, hessian, bool(settled))


def searched(likelihood: Likelihood, columns: tuple[Floats, ...], start: Floats) -> Optimum:
    """Fit a likelihood to unique rows; with many, from where a search of a part of them ended."""
    step = len(columns[0]) // THINNED
    if step > 1:
        start = minimum(likelihood(*(column[::step] for column in columns)), start, 1e-5).point
    return minimum(likelihood(*columns), start)


def _usable(gradient: Floats, hessian: Floats) -> bool:
    return bool(np.isfinite(gradient).all() and np.isfinite(hessian).all())


def covariance(hessian: Floats, weight: float) -> Floats:
    """Covariance of the log parameters; NaN where the data do not fix them."""
    sizes = np.linalg.eigvalsh(hessian)
    if not np.all(np.isfinite(hessian)) or sizes[0] <= 1e-10 * max(sizes[-1], 1e-300):
        return np.full_like(hessian, np.nan)
    return np.asarray(np.linalg.inv(hessian) / weight)


def draws(point: Floats, hessian: Floats, weight: float, size: int, seed: int) -> Floats:
    """Log parameters drawn around the optimum (Laplace approximation), one row each.

    A direction that the data leave open would be drawn without limit: a prior of
    standard deviation 1 on the log parameters, worth one customer or less elsewhere,
    keeps the draws possible.
    """
    sizes, axes = np.linalg.eigh(np.nan_to_num(hessian, posinf=0.0, neginf=0.0))
    spread = 1.0 / np.sqrt(np.maximum(sizes, 0.0) * weight + 1.0)
    normal = np.random.default_rng(seed).standard_normal((size, len(point)))
    return np.asarray(point + (normal * spread) @ axes.T)
