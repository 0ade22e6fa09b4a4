"""The chance of at least one purchase, from the same expected number.

A customer is still one with a share `staying`, and his count is then negative binomial around
expected / staying; so the mean is what is expected, and chances rise with it.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import nbinom

from custanalytics.value_models.inputs import Floats

# log of the dispersion; the smallest is nearly Poisson
SMALLEST, LARGEST = -6.0, 3.0
# coefficients before any outcome is seen (the purchase model's own), and how firmly they are held
PRIOR = np.array([0.0, 0.0, 0.0, 1.0, 0.0])
HELD = 5.0
HALVINGS = 30
MOST_ROWS = 6_000
# error of the chances of all customers together, in logs, beyond that of the level
CHANCES_OFF = 0.05


@dataclass(frozen=True)
class Counts:
    """How each customer's number of purchases is spread: the same over all horizons.

    Attributes
    ----------
    staying : ndarray
        Share that is still a customer.
    dispersion : ndarray
        Variance of the count of those: mean + dispersion times mean squared.
    """

    staying: Floats
    dispersion: Floats

    def chance(self, expected: Floats) -> Floats:
        """P(at least one)."""
        mean = expected / self.staying
        return np.asarray(self.staying * _some(mean, self.dispersion))

    def variance(self, expected: Floats) -> Floats:
        """Variance of the count."""
        mean = expected / self.staying
        square = mean**2 * (1 + self.dispersion) + mean
        return np.asarray(self.staying * square - expected**2)

    def bounds(self, expected: Floats, level_sd: float, level: float) -> tuple[Floats, Floats]:
        """Interval of the number of purchases, the level's own error included."""
        wider = self.dispersion + level_sd**2 * (1 + self.dispersion)
        shape = 1 / wider
        p = shape / (shape + np.maximum(expected / self.staying, 1e-12))
        bounds = []
        for quantile in ((1 - level) / 2, (1 + level) / 2):
            inside = (quantile - (1 - self.staying)) / self.staying
            count = nbinom.ppf(np.clip(inside, 0.0, 1.0), shape, p)
            bounds.append(np.where(inside > 0, count, 0.0))
        return bounds[0], bounds[1]

    def picked(self, kept: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> "Counts":
        """Those of some customers."""
        return Counts(self.staying[kept], self.dispersion[kept])


def _some(mean: Floats, dispersion: Floats) -> Floats:
    return np.asarray(-np.expm1(-np.log1p(dispersion * mean) / dispersion))


def matched_dispersion(chance: Floats, expected: Floats, alive: Floats) -> Floats:
    """Log of the dispersion at which so much expected means such a chance, of those alive."""
    low, high = np.full(len(chance), SMALLEST), np.full(len(chance), LARGEST)
    staying = np.maximum(alive, 1e-9)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        above = staying * _some(expected / staying, np.exp(middle)) > chance
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray((low + high) / 2)


def counts_of(coefficients: Floats, year: Floats, alive: Floats, matched: Floats) -> Counts:
    """Spread of customers with so many purchases expected in a year, from the model's own."""
    a, b, c, d, e = coefficients
    log_year = np.log(np.maximum(year, 1e-4))
    odds = np.log((alive + 0.01) / (1 - alive + 0.01))
    staying = np.clip(expit(c + d * odds + e * log_year), 0.01, 1.0)
    return Counts(staying, np.exp(np.clip(matched + a + b * log_year, SMALLEST, LARGEST)))


def fitted_coefficients(
    year: Floats, alive: Floats, matched: Floats, expected: Floats, bought: Floats
) -> Floats:
    """Coefficients that make it most likely who bought; NaN where a span is not over.

    `expected` and `bought` are customers by spans.
    """
    step = max(1, len(year) // MOST_ROWS)
    year, alive, matched, expected, bought = (
        each[::step] for each in (year, alive, matched, expected, bought)
    )
    known = np.isfinite(bought)

    def surprise(coefficients: Floats) -> float:
        told = counts_of(coefficients, year, alive, matched)
        counts = Counts(told.staying[:, None], told.dispersion[:, None])
        p = np.clip(counts.chance(expected), 1e-6, 1 - 1e-6)
        losses = np.where(bought > 0, -np.log(p), -np.log1p(-p))
        off = coefficients - PRIOR
        return float(np.where(known, losses, 0.0).sum()) + HELD * float(off @ off)

    return np.asarray(minimize(surprise, PRIOR, method="L-BFGS-B", options={"maxiter": 40}).x)
