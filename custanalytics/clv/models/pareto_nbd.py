"""Pareto/NBD: a customer may leave at any moment, not only after a purchase."""

from typing import Self

import numpy as np

from custanalytics.clv.inputs import Floats, Rows
from custanalytics.clv.models.lifetimes_fitters import fitter_class
from custanalytics.clv.models.newton import Reweighted
from custanalytics.clv.models.pareto_nbd_likelihood import (
    FEW,
    FOLDS,
    ParetoLikelihood,
)
from custanalytics.clv.models.purchase_models import PurchaseModel
from custanalytics.sentences import noted

NODES, WEIGHTS = FEW


class ParetoNBD(PurchaseModel):
    """The Pareto/NBD model, fitted through lifetimes' ``ParetoNBDFitter``.

    A customer who is alive buys at a constant rate, gamma(r, alpha) over customers, and leaves
    after a time that is exponential with a rate of his own, gamma(s, beta) over customers.

    References
    ----------
    Schmittlein, Morrison, Colombo (1987), Counting Your Customers, Management Science 33,
    1-24; Fader, Hardie (2005), A Note on Deriving the Pareto/NBD Model, eq. 18, 36, 41.
    """

    name = "Pareto/NBD"
    reference = "Schmittlein, Morrison, Colombo (1987), Management Science 33 (1), 1-24"
    symbols = ("r", "alpha", "s", "beta")

    leaving_words = noted("leave for good within a year")

    @property
    def leaving(self) -> float:
        """Share of new customers who leave within 365 days."""
        return float(-np.expm1(-self.params["s"] * np.log1p(365 / self.params["beta"])))

    @classmethod
    def fitted(cls, rows: Rows) -> Self:
        """Fit on unique rows."""
        fitter = fitter_class("ParetoNBDFitter")()
        fitter.fit(rows.frequency, rows.recency, rows.T, weights=rows.weights)
        customers = float(rows.weights.sum())
        # lifetimes measures time in units of the longest T, and drops this constant
        scale = float(rows.weights @ rows.frequency) * np.log(fitter._scale)
        return cls(
            params={symbol: float(fitter.params_[symbol]) for symbol in cls.symbols},
            log_likelihood=float(scale - fitter._negative_log_likelihood_ * customers),
            customers=int(customers),
            converged=fitter.converged_,
            hessian=fitter.log_hessian_,
        )

    @classmethod
    def reweighted(cls, rows: Rows) -> Reweighted:
        """Objective in the log parameters under weights of these rows."""
        return lambda weights: ParetoLikelihood(rows.frequency, rows.recency, rows.T, weights)

    @property
    def _values(self) -> list[float]:
        return [self.params[symbol] for symbol in self.symbols]

    def p_alive(self, rows: Rows) -> Floats:
        """Probability that each row's customers have not left."""
        likelihood = ParetoLikelihood(rows.frequency, rows.recency, rows.T, rows.weights)
        return likelihood.p_alive(np.array(self._values))

    def expected_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Purchases expected within each number of days of customers alive: rows by days."""
        r, alpha, s, beta = self._values
        left = beta + rows.T[:, None]
        log_growth = np.log1p(days / left)
        # (1 - growth^(1 - s)) / (s - 1), which at s = 1 is the logarithm
        power = s - 1
        factor = -np.expm1(-power * log_growth) / power if abs(power) > 1e-8 else log_growth
        return np.asarray(((r + rows.frequency) / (alpha + rows.T))[:, None] * left * factor)

    def nothing_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Probability of no purchase of customers who are alive: rows by days.

        Notes
        -----
        The first purchase comes at u with probability density ``r' / alpha' *
        (alpha' / (alpha' + u))^(r'+1)``, if the customer has not left by then, which has the
        probability ``(beta' / (beta' + u))^s``. Integrated over the distribution of u.
        """
        r, alpha, s, beta = self._values
        shape, rate = (r + rows.frequency)[:, None], (alpha + rows.T)[:, None]
        left = (beta + rows.T)[:, None]
        answer = np.empty((len(rows), len(days)))
        for column, day in enumerate(days):
            # in w = log((alpha' + u) / alpha') the density is an exponential
            longest = np.minimum(np.log1p(day / rate), FOLDS / shape)
            w = longest * (1 + NODES) / 2
            stays = np.exp(-s * np.log1p(rate * np.expm1(w) / left) - shape * w)
            answer[:, column] = 1 - ((shape * longest / 2) * (stays @ WEIGHTS)[:, None])[:, 0]
        return answer

    def drawn_if_alive(
        self, params: Floats, rows: Rows, days: float, rng: np.random.Generator
    ) -> Floats:
        """Counts of customers who are alive, rows by draws, one parameter row per draw."""
        r, alpha, s, beta = params.T
        x, age = rows.frequency[:, None], rows.T[:, None]
        leaving = rng.standard_gamma(np.broadcast_to(s, (len(x), len(s)))) / (beta + age)
        stay = rng.standard_exponential(leaving.shape) / np.maximum(leaving, 1e-300)
        mean = rng.standard_gamma(r + x) / (alpha + age) * np.minimum(stay, days)
        return np.asarray(rng.poisson(np.minimum(mean, 1e9)), dtype=np.float64)
