"""BG/NBD: a customer may leave after each repeat purchase. What MBG/NBD shares is here too."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.linalg import eigh_tridiagonal
from scipy.special import digamma, expit, gammaln, polygamma

from custanalytics.sentences import noted
from custanalytics.value_models.inputs import Codes, Floats, Rows
from custanalytics.value_models.newton import Objective
from custanalytics.value_models.purchase_models import PurchaseModel


def _indexed(values: Floats) -> tuple[Floats, Codes]:
    code, present = pd.factorize(values, sort=True)
    return np.asarray(present), np.asarray(code, dtype=np.int64)


def likelihood(
    frequency: Floats, recency: Floats, T: Floats, weights: Floats, chances: Floats
) -> Objective:
    """Mean negative log-likelihood of BG/NBD and MBG/NBD on weighted unique rows.

    Special functions and logarithms are taken once per different frequency, recency and T.

    Parameters
    ----------
    frequency, recency, T, weights : ndarray
        Unique rows and how many customers have them.
    chances : ndarray
        How many chances to leave each row has had and not taken, if it is alive: one after each
        repeat purchase (BG/NBD), or one more, after the first purchase (MBG/NBD).

    Returns
    -------
    Objective
        Value, gradient and Hessian in the log parameters (r, alpha, a, b).

    Notes
    -----
    With x repeat purchases, the last at t_x, and c chances::

        L = G(r+x) a^r / G(r) * B(a, b+c) / B(a, b) * (alpha+T)^-(r+x) * (1 + exp(d))
        d = log(a / (b+c-1)) + (r+x) log((alpha+T) / (alpha+t_x))      where c > 0

    and exp(d) = 0 where c = 0. expit(d) is the probability that the customer has left.

    References
    ----------
    Fader, Hardie, Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24,
    eq. 6; Batislam, Denizel, Filiztekin (2007) for the MBG/NBD.
    """
    total = float(weights.sum())
    x, x_code = _indexed(frequency)
    n_x = np.bincount(x_code, weights, len(x))
    c, c_code = _indexed(chances)
    n_c = np.bincount(c_code, weights, len(c))
    ages, age_code = _indexed(T)
    n_age = np.bincount(age_code, weights, len(ages))
    x_age = np.bincount(age_code, weights * frequency, len(ages))
    may_be_gone = chances > 0
    w = weights[may_be_gone]
    fx = frequency[may_be_gone]
    c_at = c_code[may_be_gone]
    age_at = age_code[may_be_gone]
    lasts, last_at = _indexed(recency[may_be_gone])

    def objective(log_params: Floats) -> tuple[float, Floats, Floats]:
        r, alpha, a, b = params = np.exp(log_params)
        age = alpha + ages
        shape_age = r * n_age + x_age  # sum of w (r + x) per age

        value = (
            n_x @ gammaln(r + x)
            + total * (r * np.log(alpha) - gammaln(r) + gammaln(a + b) - gammaln(b))
            + n_c @ (gammaln(b + c) - gammaln(a + b + c))
            - shape_age @ np.log(age)
        )
        slope_ab = total * digamma(a + b) - n_c @ digamma(a + b + c)
        gradient = np.array(
            [
                n_x @ digamma(r + x) + total * (np.log(alpha) - digamma(r)) - n_age @ np.log(age),
                total * r / alpha - shape_age @ (1 / age),
                slope_ab,
                slope_ab + n_c @ digamma(b + c) - total * digamma(b),
            ]
        )
        bend_ab = total * polygamma(1, a + b) - n_c @ polygamma(1, a + b + c)
        hessian = np.zeros((4, 4))
        hessian[0, 0] = n_x @ polygamma(1, r + x) - total * polygamma(1, r)
        hessian[0, 1] = total / alpha - n_age @ (1 / age)
        hessian[1, 1] = -total * r / alpha**2 + shape_age @ (1 / age**2)
        hessian[2, 2] = hessian[2, 3] = bend_ab
        hessian[3, 3] = bend_ab + n_c @ polygamma(1, b + c) - total * polygamma(1, b)

        # the part of customers who may have left
        shape = r + fx
        last = alpha + lasts
        d_r = np.log(age)[age_at] - np.log(last)[last_at]
        d_b = (-1 / np.maximum(b + c - 1, 1e-300))[c_at]
        distance = np.log(a) + np.log(-d_b) + shape * d_r
        gone = w * expit(distance)
        value += w @ np.logaddexp(0.0, distance)
        inverse = (1 / age)[age_at] - (1 / last)[last_at]
        d_alpha = shape * inverse
        squares = (1 / last**2)[last_at] - (1 / age**2)[age_at]
        gradient += [gone @ d_r, gone @ d_alpha, gone.sum() / a, gone @ d_b]
        hessian[0, 1] += gone @ inverse
        hessian[1, 1] += gone @ (shape * squares)
        hessian[2, 2] -= gone.sum() / a**2
        hessian[3, 3] += gone @ (d_b * d_b)
        unsure = gone * expit(-distance)
        parts = (d_r, d_alpha, np.broadcast_to(1 / a, d_r.shape), d_b)
        for i in range(4):
            weighted = unsure * parts[i]
            for j in range(i, 4):
                hessian[i, j] += weighted @ parts[j]
        hessian = np.triu(hessian) + np.triu(hessian, 1).T
        in_logs = hessian * np.outer(params, params) + np.diag(params * gradient)
        return -float(value) / total, -params * gradient / total, -in_logs / total

    return objective


def beta_nodes(a: float, b: Floats, n: int) -> tuple[Floats, Floats]:
    """Gauss nodes and weights for the mean of a function of a Beta(a, b) variable."""
    k = np.arange(n, dtype=np.float64)
    nodes, weights = np.empty((len(b), n)), np.empty((len(b), n))
    for row, second in enumerate(b):
        # recurrence of the Jacobi polynomials orthogonal under (1-z)^p (1+z)^q
        p, q = second - 1.0, a - 1.0
        both = 2 * k + p + q
        with np.errstate(invalid="ignore", divide="ignore"):
            diagonal = (q * q - p * p) / (both * (both + 2))
            beside = np.sqrt(
                4 * k * (k + p) * (k + q) * (k + p + q) / (both**2 * (both + 1) * (both - 1))
            )
        diagonal[0] = (q - p) / (p + q + 2)
        if n > 1:
            beside[1] = np.sqrt(4 * (1 + p) * (1 + q) / ((2 + p + q) ** 2 * (3 + p + q)))
        roots, vectors = eigh_tridiagonal(diagonal, beside[1:])
        nodes[row] = np.clip((1 + roots) / 2, 1e-300, 1.0)
        weights[row] = vectors[0] ** 2
    return nodes, weights


@dataclass(frozen=True)
class Alive:
    """Purchase process of customers who are alive: rate Gamma(shape, rate), leaving Beta(a, b)."""

    # of the gamma distribution of each row's purchase rate (rate in days)
    shape: Floats
    rate: Floats
    # of the beta distribution of leaving after a purchase
    a: float
    # the same of each row
    b: Floats

    def expected(self, days: Floats) -> Floats:
        """Expected purchases within each number of days: rows by days.

        Notes
        -----
        ``E[(1 - (1 + p t / rate)^-shape) / p]`` over p ~ Beta(a, b), by Gauss quadrature: the
        closed form needs the hypergeometric function, which fails at a = 1 and for
        thousands of purchases.
        """
        b, code = _indexed(self.b)
        near = float((self.rate / max(float(np.max(days)), 1e-12)).min())
        ellipse = 1 + 2 * near + 2 * np.sqrt(near * near + near)
        n = int(np.clip(np.ceil(15.0 / np.log(ellipse)), 12, 64))
        nodes, weights = beta_nodes(self.a, b, n)
        nodes, over = nodes[code], (weights / nodes)[code]
        answer = np.empty((len(self.shape), len(days)))
        for column, day in enumerate(days):
            none = np.log1p(nodes * (day / self.rate)[:, None])
            none *= -self.shape[:, None]
            answer[:, column] = -np.einsum("ij,ij->i", over, np.expm1(none))
        return answer

    def nothing(self, days: Floats) -> Floats:
        """Probability of no purchase within each number of days: rows by days."""
        growth = np.log1p(np.asarray(days)[None, :] / self.rate[:, None])
        return np.asarray(np.exp(-self.shape[:, None] * growth))


def draw_alive(
    shape: Floats, rate: Floats, a: Floats, b: Floats, days: float, rng: np.random.Generator
) -> Floats:
    """Drawn purchase counts within some days of customers who are alive (arrays broadcast)."""
    size = np.broadcast_shapes(shape.shape, rate.shape, a.shape, b.shape)
    mean = rng.standard_gamma(np.broadcast_to(shape, size)) * (days / rate)
    count = rng.poisson(np.minimum(mean, 1e9))
    leaving = np.clip(rng.beta(np.broadcast_to(a, size), np.broadcast_to(b, size)), 1e-15, 1.0)
    return np.minimum(count, rng.geometric(leaving)).astype(np.float64)


class BGNBD(PurchaseModel):
    """The beta-geometric/NBD model.

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

    units: ClassVar[dict[str, str]] = {"alpha": "days"}
    start = (0.5, 0.2, 1.0, 3.0)
    lifetimes_fitter = "BetaGeoFitter"
    lifetimes_simulation = "beta_geometric_nbd_model"
    extra_chances = 0

    leaving_words = noted("leave for good after their next purchase")

    @property
    def leaving(self) -> float:
        """Share of new customers who leave after their next purchase."""
        return self.params["a"] / (self.params["a"] + self.params["b"])

    @classmethod
    def likelihood(
        cls, frequency: Floats, recency: Floats, T: Floats, weights: Floats
    ) -> Objective:
        """Mean negative log-likelihood in the log parameters, with its derivatives."""
        return likelihood(frequency, recency, T, weights, frequency + cls.extra_chances)

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
