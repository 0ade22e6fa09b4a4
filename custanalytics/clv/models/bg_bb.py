"""BG/BB: buying at fixed opportunities, such as once a year."""

from typing import Self

import numpy as np
from scipy.special import betaln

from custanalytics.clv.inputs import Floats, Rows
from custanalytics.clv.models.lifetimes_fitters import fitter_class
from custanalytics.clv.models.lifetimes_library import lifetimes, shielded
from custanalytics.clv.models.purchase_models import PurchaseModel
from custanalytics.errors import UsageError
from custanalytics.sentences import noted


class BGBB(PurchaseModel):
    """The beta-geometric/beta-binomial model, its likelihood lifetimes' own.

    Time counts opportunities, not days: ``T`` so many, the last one taken ``recency``,
    ``frequency`` taken in all. A customer who is alive takes one with a probability that is
    beta(alpha, beta) over customers; before each he may leave, with a probability that is
    beta(gamma, delta).

    References
    ----------
    Fader, Hardie, Shang (2010), Customer-Base Analysis in a Discrete-Time Noncontractual
    Setting, Marketing Science 29 (6), 1086-1108.
    """

    name = "BG/BB"
    reference = "Fader, Hardie, Shang (2010), Marketing Science 29 (6), 1086-1108"
    symbols = ("alpha", "beta", "gamma", "delta")

    leaving_words = noted("leave for good before their next opportunity")

    @property
    def leaving(self) -> float:
        """Share of new customers who leave before their next opportunity."""
        return self.params["gamma"] / (self.params["gamma"] + self.params["delta"])

    @classmethod
    def fitted(cls, rows: Rows) -> Self:
        """Fit on unique rows."""
        whole = np.concatenate([rows.recency, rows.T])
        if (whole != np.floor(whole)).any() or (rows.frequency > rows.recency).any():
            raise UsageError(
                "the BG/BB model counts opportunities: recency and T must be whole numbers of "
                "them, and frequency at most recency"
            )
        fitter = fitter_class("BetaGeoBetaBinomFitter")()
        fitter.fit(rows.frequency, rows.recency, rows.T, weights=rows.weights)
        customers = float(rows.weights.sum())
        return cls(
            params={symbol: float(fitter.params_[symbol]) for symbol in cls.symbols},
            log_likelihood=float(-fitter._negative_log_likelihood_ * customers),
            customers=int(customers),
            converged=fitter.converged_,
            hessian=fitter._hessian_,
        )

    def p_alive(self, rows: Rows) -> Floats:
        """Probability that each row's customers have not left."""
        alpha, beta, gamma, delta = values = [self.params[symbol] for symbol in self.symbols]
        x, last, n = (a.astype(np.int64) for a in (rows.frequency, rows.recency, rows.T))
        with shielded():
            likelihood = lifetimes().BetaGeoBetaBinomFitter._loglikelihood(values, x, last, n)
        here = betaln(alpha + x, beta + n - x) - betaln(alpha, beta)
        here += betaln(gamma, delta + n) - betaln(gamma, delta)
        return np.asarray(np.clip(np.exp(here - likelihood), 0.0, 1.0))

    def _ahead(self, rows: Rows, days: Floats) -> tuple[Floats, Floats, Floats]:
        """Of each opportunity ahead (columns): P(still there), P(left just before), P(not one)."""
        alpha, beta, gamma, delta = (self.params[symbol] for symbol in self.symbols)
        k = np.arange(int(np.max(days)))
        delta_now, beta_now = delta + rows.T[:, None], beta + (rows.T - rows.frequency)[:, None]
        there = np.cumprod((delta_now + k) / (gamma + delta_now + k), axis=1)
        none = np.cumprod((beta_now + k) / (alpha + rows.frequency[:, None] + beta_now + k), axis=1)
        before = np.hstack([np.ones((len(rows), 1)), there[:, :-1]])
        return np.asarray(there), np.asarray(before - there), np.asarray(none)

    def expected_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Purchases expected at each number of opportunities of customers alive."""
        alpha, beta = self.params["alpha"], self.params["beta"]
        there = np.cumsum(self._ahead(rows, days)[0], axis=1)
        there = np.hstack([np.zeros((len(rows), 1)), there])
        buys = (alpha + rows.frequency) / (alpha + beta + rows.T)
        return np.asarray(buys[:, None] * there[:, np.floor(days).astype(np.int64)])

    def nothing_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Probability of no purchase at so many opportunities of customers who are alive."""
        there, left, none = self._ahead(rows, days)
        first = np.ones((len(rows), 1))
        # left before opportunity k + 1 and nothing at the k before it, or still there
        gone = np.cumsum(left * np.hstack([first, none[:, :-1]]), axis=1)
        nothing = np.hstack([first, gone + there * none])
        return np.asarray(nothing[:, np.floor(days).astype(np.int64)])

    def drawn_if_alive(
        self, params: Floats, rows: Rows, days: float, rng: np.random.Generator
    ) -> Floats:
        """Counts of customers who are alive, rows by draws, one parameter row per draw."""
        alpha, beta, gamma, delta = params.T
        x, n = rows.frequency[:, None], rows.T[:, None]
        leaving = rng.beta(np.broadcast_to(gamma, (len(x), len(gamma))), delta + n)
        there = np.minimum(rng.geometric(np.clip(leaving, 1e-15, 1.0)) - 1, int(days))
        return rng.binomial(there, rng.beta(alpha + x, beta + n - x)).astype(np.float64)
