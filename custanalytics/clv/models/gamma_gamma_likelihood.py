"""Likelihood of the gamma-gamma model of spend, with exact derivatives."""

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from custanalytics.clv.inputs import Floats


class SpendLikelihood:
    """Mean negative log-likelihood of average spend, on weighted rows.

    Parameters
    ----------
    frequency, monetary_value, weights : ndarray
        Repeat purchases (above 0), mean spend of them (above 0), how many customers.

    Notes
    -----
    With x purchases of mean m::

        L = G(px+q) / (G(px) G(q)) * v^q m^(px-1) x^(px) / (v + m x)^(px+q)

    References
    ----------
    Fader, Hardie (2013), The Gamma-Gamma Model of Monetary Value, eq. 1a.
    """

    def __init__(self, frequency: Floats, monetary_value: Floats, weights: Floats) -> None:
        self._total = float(weights.sum())
        self._w = weights
        self._x, code = np.unique(frequency, return_inverse=True)
        self._at = np.asarray(code)
        self._n_x = np.bincount(code, weights, len(self._x))
        self._spent = frequency * monetary_value
        self._log_m = float(weights @ np.log(monetary_value))
        self._log_spent = np.bincount(code, weights * np.log(self._spent), len(self._x))

    def __call__(self, log_params: Floats) -> tuple[float, Floats, Floats]:
        """Value, gradient and Hessian in the log parameters (p, q, v)."""
        p, q, v = params = np.exp(log_params)
        x, n_x, total = self._x, self._n_x, self._total
        px = p * x
        above = v + self._spent
        per_x = np.bincount(self._at, self._w * np.log(above), len(x))
        inverse = np.bincount(self._at, self._w / above, len(x))
        inverse_2 = float(((self._w / above) / above) @ (px + q)[self._at])
        logs = float(per_x.sum())
        value = (
            n_x @ (gammaln(px + q) - gammaln(px))
            + total * (q * np.log(v) - gammaln(q))
            + px @ self._log_spent
            - self._log_m
            - (px + q) @ per_x
        )
        digamma_sum = digamma(px + q)
        gradient = np.array(
            [
                n_x @ (x * (digamma_sum - digamma(px))) + x @ (self._log_spent - per_x),
                n_x @ digamma_sum + total * (np.log(v) - digamma(q)) - logs,
                total * q / v - (px + q) @ inverse,
            ]
        )
        trigamma_sum = polygamma(1, px + q)
        pp = n_x @ (x * x * (trigamma_sum - polygamma(1, px)))
        pq = n_x @ (x * trigamma_sum)
        qq = n_x @ trigamma_sum - total * polygamma(1, q)
        pv = -(x @ inverse)
        qv = total / v - inverse.sum()
        vv = -total * q / v**2 + inverse_2
        hessian = np.array([[pp, pq, pv], [pq, qq, qv], [pv, qv, vv]])
        in_logs = hessian * np.outer(params, params) + np.diag(params * gradient)
        return -float(value) / total, -params * gradient / total, -in_logs / total
