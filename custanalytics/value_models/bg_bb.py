"""BG/BB: buying at fixed opportunities, such as once a year."""

from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from scipy.special import betaln, digamma, logsumexp, polygamma

from custanalytics.errors import UsageError
from custanalytics.sentences import noted
from custanalytics.value_models.inputs import Floats, Rows
from custanalytics.value_models.newton import Objective
from custanalytics.value_models.purchase_models import PurchaseModel


def _log_terms(
    params: Floats, x: Floats, last: Floats, n: Floats
) -> tuple[Floats, tuple[Floats, ...]]:
    """Logs of the likelihood's terms, rows by terms, and the arguments of their beta functions."""
    alpha, beta, gamma, delta = params
    after = np.arange(int((n - last).max()) + 1)
    # first the customer who is there still, then those who left after each opportunity missed
    seen = np.where(after == 0, n[:, None], last[:, None] + after - 1)
    bought, missed = np.broadcast_to(alpha + x[:, None], seen.shape), beta + seen - x[:, None]
    left, stayed = np.broadcast_to(gamma + (after > 0), seen.shape), delta + seen
    terms = betaln(bought, missed) + betaln(left, stayed) - betaln(alpha, beta)
    terms -= betaln(gamma, delta)
    return np.where(last[:, None] + after <= n[:, None], terms, -np.inf), (
        bought,
        missed,
        left,
        stayed,
    )


def likelihood(frequency: Floats, recency: Floats, T: Floats, weights: Floats) -> Objective:
    """Mean negative log-likelihood of the BG/BB model on weighted unique rows.

    Parameters
    ----------
    frequency, recency, T, weights : ndarray
        Unique rows, in opportunities, and how many customers have them.

    Returns
    -------
    Objective
        Value, gradient and Hessian in the log parameters (alpha, beta, gamma, delta).

    Notes
    -----
    With x of n opportunities taken, the last of them t_x::

        L = B(alpha+x, beta+n-x) B(gamma, delta+n) / (B(alpha, beta) B(gamma, delta))
            + sum over i from t_x to n-1 of
              B(alpha+x, beta+i-x) B(gamma+1, delta+i) / (B(alpha, beta) B(gamma, delta))

    References
    ----------
    Fader, Hardie, Shang (2010), Customer-Base Analysis in a Discrete-Time Noncontractual
    Setting, Marketing Science 29 (6), eq. 5.
    """

    def objective(log_params: Floats) -> tuple[float, Floats, Floats]:
        params = np.exp(log_params)
        terms, arguments = _log_terms(params, frequency, recency, T)
        logs = logsumexp(terms, axis=1)
        share = np.exp(terms - logs[:, None])
        slopes, hessian = np.empty((4, *terms.shape)), np.zeros((4, 4))
        for pair in ((0, 1), (2, 3)):
            both = sum(arguments[i] for i in pair)
            base = params[list(pair)].sum()
            for i in pair:
                slopes[i] = digamma(arguments[i]) - digamma(both)
                slopes[i] -= digamma(params[i]) - digamma(base)
                own = polygamma(1, arguments[i]) - polygamma(1, params[i])
                hessian[i, i] += weights @ (share * own).sum(axis=1)
            bend = polygamma(1, both) - polygamma(1, base)
            hessian[np.ix_(pair, pair)] -= weights @ (share * bend).sum(axis=1)
        mean = np.einsum("nk,ink->in", share, slopes)
        gradient = mean @ weights
        hessian += np.einsum("n,nk,ink,jnk->ij", weights, share, slopes, slopes)
        hessian -= np.einsum("n,in,jn->ij", weights, mean, mean)
        in_logs = hessian * np.outer(params, params) + np.diag(params * gradient)
        total = weights.sum()
        return -float(weights @ logs) / total, -params * gradient / total, -in_logs / total

    return objective


class BGBB(PurchaseModel):
    """The beta-geometric/beta-binomial model.

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
    units: ClassVar[dict[str, str]] = {}
    start = (1.0, 1.0, 1.0, 1.0)
    lifetimes_fitter = "BetaGeoBetaBinomFitter"
    lifetimes_simulation = "beta_geometric_beta_binom_model"
    leaving_words = noted("leave for good before their next opportunity")

    @property
    def leaving(self) -> float:
        """Share of new customers who leave before their next opportunity."""
        return self.params["gamma"] / (self.params["gamma"] + self.params["delta"])

    @classmethod
    def likelihood(
        cls, frequency: Floats, recency: Floats, T: Floats, weights: Floats
    ) -> Objective:
        """Mean negative log-likelihood in the log parameters, with its derivatives."""
        return likelihood(frequency, recency, T, weights)

    @classmethod
    def fitted(cls, rows: Rows) -> Self:
        """Fit on unique rows of whole opportunities."""
        whole = np.concatenate([rows.recency, rows.T])
        if (whole != np.floor(whole)).any() or (rows.frequency > rows.recency).any():
            raise UsageError(
                "the BG/BB model counts opportunities: recency and T must be whole numbers of "
                "them, and frequency at most recency"
            )
        return super().fitted(rows)

    def as_lifetimes(self, summary: pd.DataFrame | None = None) -> Any:
        """A stock ``lifetimes.BetaGeoBetaBinomFitter``, which calls T ``n_periods``."""
        fitter = super().as_lifetimes(summary)
        if summary is not None:
            whole = {"recency": "int64", "T": "int64"}
            fitter.data = fitter.data.astype(whole).rename(columns={"T": "n_periods"})
        return fitter

    def p_alive(self, rows: Rows) -> Floats:
        """Probability that each row's customers have not left."""
        params = np.array([self.params[symbol] for symbol in self.symbols])
        terms, _ = _log_terms(params, rows.frequency, rows.recency, rows.T)
        return np.asarray(np.exp(terms[:, 0] - logsumexp(terms, axis=1)))

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
