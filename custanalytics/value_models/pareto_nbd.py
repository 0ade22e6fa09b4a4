"""Pareto/NBD: a customer may leave at any moment, not only after a purchase."""

from typing import ClassVar

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.special import digamma, expit, gammaln, polygamma

from custanalytics.sentences import noted
from custanalytics.value_models.inputs import Codes, Floats, Rows
from custanalytics.value_models.newton import Objective
from custanalytics.value_models.purchase_models import PurchaseModel

# Where the last purchase came later than the first, the integrand is as smooth as an
# exponential. For one-time buyers it may rise steeply towards their first day.
FEW, MANY = leggauss(48), leggauss(96)
# the integrand has fallen to nothing after so many e-folds
FOLDS = 40.0
# rows looked at together: small enough for the processor's cache
BLOCK = 4096


def likelihood(frequency: Floats, recency: Floats, T: Floats, weights: Floats) -> Objective:
    """Mean negative log-likelihood of the Pareto/NBD model, stable for long histories.

    Parameters
    ----------
    frequency, recency, T, weights : ndarray
        Unique rows and how many customers have them.

    Returns
    -------
    Objective
        Value, gradient and Hessian in the log parameters (r, alpha, s, beta).

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
    columns = (frequency, recency, T, weights)
    total = float(weights.sum())
    blocks = _blocks(recency)

    def objective(log_params: Floats) -> tuple[float, Floats, Floats]:
        params = np.exp(log_params)
        r, alpha, s, beta = params
        value = total * (r * np.log(alpha) + s * np.log(beta) - gammaln(r))
        gradient = total * np.array([np.log(alpha) - digamma(r), r / alpha, np.log(beta), s / beta])
        hessian = np.zeros((4, 4))
        hessian[0, 0] = -total * polygamma(1, r)
        hessian[0, 1] = total / alpha
        hessian[1, 1] = -total * r / alpha**2
        hessian[2, 3] = total / beta
        hessian[3, 3] = -total * s / beta**2
        for rows, nodes in blocks:
            x, last, age, w = (column[rows] for column in columns)
            value += _add(params, (x, last, age, w), nodes, gradient, hessian)
        hessian = np.triu(hessian) + np.triu(hessian, 1).T
        in_logs = hessian * np.outer(params, params) + np.diag(params * gradient)
        return -float(value) / total, -params * gradient / total, -in_logs / total

    return objective


def _blocks(recency: Floats) -> list[tuple[Codes, tuple[Floats, Floats]]]:
    """Positions of rows looked at together, with the nodes of their integrals."""
    once = recency == 0
    return [
        (rows[begin : begin + BLOCK], nodes)
        for rows, nodes in ((np.flatnonzero(once), MANY), (np.flatnonzero(~once), FEW))
        for begin in range(0, len(rows), BLOCK)
    ]


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


class ParetoNBD(PurchaseModel):
    """The Pareto/NBD model.

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
    units: ClassVar[dict[str, str]] = {"alpha": "days", "beta": "days"}
    start = (0.5, 0.2, 0.5, 0.5)
    lifetimes_fitter = "ParetoNBDFitter"
    lifetimes_simulation = "pareto_nbd_model"
    leaving_words = noted("leave for good within a year")

    @property
    def leaving(self) -> float:
        """Share of new customers who leave within 365 days."""
        return float(-np.expm1(-self.params["s"] * np.log1p(365 / self.params["beta"])))

    @classmethod
    def likelihood(
        cls, frequency: Floats, recency: Floats, T: Floats, weights: Floats
    ) -> Objective:
        """Mean negative log-likelihood in the log parameters, with its derivatives."""
        return likelihood(frequency, recency, T, weights)

    @property
    def _values(self) -> list[float]:
        return [self.params[symbol] for symbol in self.symbols]

    def p_alive(self, rows: Rows) -> Floats:
        """Probability that each row's customers have not left."""
        params = np.array(self._values)
        answer = np.empty(len(rows))
        for at, nodes in _blocks(rows.recency):
            x, last, age = rows.frequency[at], rows.recency[at], rows.T[at]
            answer[at] = expit(_there(params, x, age) - _gone(params, x, last, age, nodes)[0])
        return answer

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
        nodes, weights = FEW
        answer = np.empty((len(rows), len(days)))
        for column, day in enumerate(days):
            # in w = log((alpha' + u) / alpha') the density is an exponential
            longest = np.minimum(np.log1p(day / rate), FOLDS / shape)
            w = longest * (1 + nodes) / 2
            stays = np.exp(-s * np.log1p(rate * np.expm1(w) / left) - shape * w)
            answer[:, column] = 1 - ((shape * longest / 2) * (stays @ weights)[:, None])[:, 0]
        return answer
