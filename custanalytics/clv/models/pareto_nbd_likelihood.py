"""Likelihood of the Pareto/NBD model with exact derivatives, stable for long histories."""

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.special import digamma, expit, gammaln, polygamma

from custanalytics.clv.inputs import Floats

# Where the last purchase came later than the first, the integrand is as smooth as an
# exponential. For one-time buyers it may rise steeply towards their first day.
FEW, MANY = leggauss(48), leggauss(96)
# the integrand has fallen to nothing after so many e-folds
FOLDS = 40.0
# rows looked at together: small enough for the processor's cache
BLOCK = 4096


class ParetoLikelihood:
    """Mean negative log-likelihood with exact derivatives, on weighted unique rows.

    Parameters
    ----------
    frequency, recency, T, weights : ndarray
        Unique rows and how many customers have them.

    Notes
    -----
    With x repeat purchases, the last at t_x::

        L = G(r+x) alpha^r beta^s / G(r) * (exp(A) + exp(B))
        A = -(r+x) log(alpha+T) - s log(beta+T)                               still there
        B = log( s * integral from t_x to T of (alpha+y)^-(r+x) (beta+y)^-(s+1) dy )   gone

    The integral is taken by Gauss-Legendre in log(alpha+y); the usual closed form takes the
    difference of two hypergeometric functions, which fails where leaving is rare.

    References
    ----------
    Fader, Hardie (2005), A Note on Deriving the Pareto/NBD Model, eq. 18.
    """

    def __init__(self, frequency: Floats, recency: Floats, T: Floats, weights: Floats) -> None:
        self._columns = (frequency, recency, T, weights)
        self._total = float(weights.sum())
        once = recency == 0
        parts = ((np.flatnonzero(once), MANY), (np.flatnonzero(~once), FEW))
        self._blocks = [
            (rows[begin : begin + BLOCK], nodes)
            for rows, nodes in parts
            for begin in range(0, len(rows), BLOCK)
        ]

    def p_alive(self, params: Floats) -> Floats:
        """Probability that each row's customers have not left."""
        answer = np.empty(len(self._columns[0]))
        for rows, nodes in self._blocks:
            x, last, age, _ = (column[rows] for column in self._columns)
            answer[rows] = expit(_there(params, x, age) - _gone(params, x, last, age, nodes)[0])
        return answer

    def __call__(self, log_params: Floats) -> tuple[float, Floats, Floats]:
        """Value, gradient and Hessian in the log parameters (r, alpha, s, beta)."""
        params = np.exp(log_params)
        r, alpha, s, beta = params
        total = self._total
        value = total * (r * np.log(alpha) + s * np.log(beta) - gammaln(r))
        gradient = total * np.array([np.log(alpha) - digamma(r), r / alpha, np.log(beta), s / beta])
        hessian = np.zeros((4, 4))
        hessian[0, 0] = -total * polygamma(1, r)
        hessian[0, 1] = total / alpha
        hessian[1, 1] = -total * r / alpha**2
        hessian[2, 3] = total / beta
        hessian[3, 3] = -total * s / beta**2
        for rows, nodes in self._blocks:
            x, last, age, w = (column[rows] for column in self._columns)
            value += self._add(params, (x, last, age, w), nodes, gradient, hessian)
        hessian = np.triu(hessian) + np.triu(hessian, 1).T
        in_logs = hessian * np.outer(params, params) + np.diag(params * gradient)
        return -float(value) / total, -params * gradient / total, -in_logs / total

    @staticmethod
    def _add(
        params: Floats,
        columns: tuple[Floats, Floats, Floats, Floats],
        nodes: tuple[Floats, Floats],
        gradient: Floats,
        hessian: Floats,
    ) -> float:
        """Add a block's derivatives (the Hessian's upper half) in place; give its value."""
        r, alpha, s, beta = params
        x, last, age, w = columns
        shape = r + x
        gone, y, share = _gone(params, x, last, age, nodes)
        alive = _there(params, x, age)
        here = expit(alive - gone)
        stays, left = w * here, w * (1 - here)

        at = (np.log(alpha + y), 1 / (alpha + y), np.log(beta + y), 1 / (beta + y))
        scale = (np.full_like(x, -1.0), -shape, np.full_like(x, -1.0), np.full_like(x, -(s + 1)))
        shared = [share * part for part in at]
        mean = [part.sum(axis=1) for part in shared]
        d_gone = [factor * part for factor, part in zip(scale, mean, strict=True)]
        d_gone[2] = d_gone[2] + 1 / s
        d_alive = (
            -np.log(alpha + age),
            -shape / (alpha + age),
            -np.log(beta + age),
            -s / (beta + age),
        )
        apart = [there - away for there, away in zip(d_alive, d_gone, strict=True)]
        unsure = stays * (1 - here)
        squares = {}
        for i in range(4):
            gradient[i] += stays @ d_alive[i] + left @ d_gone[i]
            for j in range(i, 4):
                both = np.einsum("nq,nq->n", shared[i], at[j])
                squares[i, j] = both
                spread = scale[i] * scale[j] * (both - mean[i] * mean[j])
                hessian[i, j] += unsure @ (apart[i] * apart[j]) + left @ spread
        gradient[0] += w @ digamma(shape)
        hessian[0, 0] += w @ polygamma(1, shape)
        hessian[0, 1] -= stays @ (1 / (alpha + age)) + left @ mean[1]
        hessian[1, 1] += stays @ (shape / (alpha + age) ** 2) + left @ (shape * squares[1, 1])
        hessian[2, 2] -= left.sum() / s**2
        hessian[2, 3] -= stays @ (1 / (beta + age)) + left @ mean[3]
        hessian[3, 3] += stays @ (s / (beta + age) ** 2) + left @ ((s + 1) * squares[3, 3])
        return float(w @ (gammaln(shape) + np.logaddexp(alive, gone)))


def _there(params: Floats, x: Floats, age: Floats) -> Floats:
    """A of each row."""
    r, alpha, s, beta = params
    return np.asarray(-(r + x) * np.log(alpha + age) - s * np.log(beta + age))


def _gone(
    params: Floats, x: Floats, last: Floats, age: Floats, nodes: tuple[Floats, Floats]
) -> tuple[Floats, Floats, Floats]:
    """B of each row, and the nodes y with their shares in the integral."""
    r, alpha, s, beta = params
    at, weights = nodes
    fall = r + x - 1
    span = np.log((alpha + age) / (alpha + last))
    span = np.minimum(span, FOLDS / np.maximum(np.abs(fall), 1e-12))[:, None]
    u = span * ((1 + at) / 2)
    y = (alpha + last)[:, None] * np.exp(u) - alpha
    from_last = -fall[:, None] * u - (s + 1) * np.log(beta + y)
    top = from_last.max(axis=1, keepdims=True)
    parts = np.exp(from_last - top) * weights
    whole = parts.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore"):
        # no time has passed since the last purchase: nobody can have left, and B is -inf
        logs = np.log(s) + top + np.log(whole * span / 2)
    return logs[:, 0] - fall * np.log(alpha + last), y, parts / whole
