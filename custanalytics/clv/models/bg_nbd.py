"""BG/NBD: a customer may leave after each repeat purchase."""

from typing import Self

import numpy as np
from scipy.special import expit

from custanalytics.clv.inputs import Floats, Rows
from custanalytics.clv.models.beta_geometric import Alive, Likelihood, draw_alive
from custanalytics.clv.models.lifetimes_fitters import fitter_class
from custanalytics.clv.models.newton import Reweighted
from custanalytics.clv.models.purchase_models import PurchaseModel
from custanalytics.sentences import noted


class BGNBD(PurchaseModel):
    """The beta-geometric/NBD model, fitted through lifetimes' ``BetaGeoFitter``.

    A customer who is alive buys at a constant rate; rates are gamma(r, alpha) over customers.
    After each repeat purchase he leaves for good with a probability that is beta(a, b) over
    customers and has nothing to do with his rate.

    References
    ----------
    Fader, Hardie, Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the
    Pareto/NBD Model, Marketing Science 24 (2), 275-284.
    """

    name = "BG/NBD"
    reference = "Fader, Hardie, Lee (2005), Marketing Science 24 (2), 275-284"
    symbols = ("r", "alpha", "a", "b")

    fitter = "BetaGeoFitter"
    extra_chances = 0

    leaving_words = noted("leave for good after their next purchase")

    @property
    def leaving(self) -> float:
        """Share of new customers who leave after their next purchase."""
        return self.params["a"] / (self.params["a"] + self.params["b"])

    @classmethod
    def fitted(cls, rows: Rows) -> Self:
        """Fit on unique rows."""
        fitter = fitter_class(cls.fitter)()
        fitter.fit(rows.frequency, rows.recency, rows.T, weights=rows.weights)
        # lifetimes measures time in units of the longest T, and drops this constant
        scale = float(rows.weights @ rows.frequency) * np.log(fitter._scale)
        customers = float(rows.weights.sum())
        return cls(
            params={symbol: float(fitter.params_[symbol]) for symbol in cls.symbols},
            log_likelihood=float(scale - fitter._negative_log_likelihood_ * customers),
            customers=int(customers),
            converged=fitter.converged_,
            hessian=fitter._hessian_,
        )

    @classmethod
    def reweighted(cls, rows: Rows) -> Reweighted:
        """Objective in the log parameters under weights of these rows."""
        x = rows.frequency
        chances = x + cls.extra_chances
        return lambda weights: Likelihood(x, rows.recency, rows.T, weights, chances)

    def p_alive(self, rows: Rows) -> Floats:
        """Probability that each row's customers have not left."""
        r, alpha, a, b = np.exp(self.point)
        chances = rows.frequency + self.extra_chances
        away = (r + rows.frequency) * np.log((alpha + rows.T) / (alpha + rows.recency))
        gone = np.log(a / np.maximum(b + chances - 1, 1e-300)) + away
        return np.asarray(np.where(chances > 0, expit(-gone), 1.0))

    def _alive(self, rows: Rows) -> Alive:
        r, alpha, a, b = (self.params[symbol] for symbol in self.symbols)
        chances = rows.frequency + self.extra_chances
        return Alive(r + rows.frequency, alpha + rows.T, a, b + chances)

    def expected_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Purchases expected within each number of days of customers alive: rows by days."""
        return self._alive(rows).expected(days)

    def nothing_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Probability of no purchase of customers who are alive: rows by days."""
        return self._alive(rows).nothing(days)

    def drawn_if_alive(
        self, params: Floats, rows: Rows, days: float, rng: np.random.Generator
    ) -> Floats:
        """Counts of customers who are alive, rows by draws, one parameter row per draw."""
        r, alpha, a, b = params.T
        x, age = rows.frequency[:, None], rows.T[:, None]
        return draw_alive(r + x, alpha + age, a, b + x + self.extra_chances, days, rng)
