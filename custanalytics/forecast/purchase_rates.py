"""How often customers buy, bucket by bucket: the purchase model, and their own rate carried on."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from custanalytics.forecast.chance import matched_dispersion
from custanalytics.forecast.snapshot import Snapshot
from custanalytics.value_models import newton
from custanalytics.value_models.inputs import Codes, Floats, Rows, rows_of
from custanalytics.value_models.pareto_nbd import ParetoNBD, likelihood

# customers nearly alike are fitted as one: so many classes of age, and of the last purchase in it
AGES, LASTS, PLAIN_COUNTS = 24, 12, 6
START = np.log([0.5, 60.0, 0.5, 200.0])
PRECISION = 1e-5
# a log parameter keeps to its start with this standard deviation, in customers' worth of one
PRIOR_SD = 3.0


@dataclass(frozen=True)
class Cells:
    """Customers nearly alike, as one row each."""

    rows: Rows
    code: Codes


def cells_of(frequency: Floats, recency: Floats, T: Floats) -> Cells:
    """Gather customers by frequency, age and last purchase; each cell at its means."""
    edges = np.unique(np.quantile(T, np.linspace(0, 1, AGES + 1)[1:-1]))
    age = np.searchsorted(edges, T)
    silence = np.log1p(T - recency) / np.maximum(np.log1p(T), 1e-12)
    last = np.where(frequency > 0, (silence * (LASTS - 1e-9)).astype(np.int64), 0)
    fine = np.where(
        frequency <= PLAIN_COUNTS,
        frequency,
        PLAIN_COUNTS + np.floor(4 * np.log2(np.maximum(frequency, 1) / PLAIN_COUNTS)),
    ).astype(np.int64)
    _, code, count = np.unique(
        (fine * AGES + age) * LASTS + last, return_inverse=True, return_counts=True
    )
    weights = count.astype(np.float64)
    means = [np.bincount(code, column) / weights for column in (frequency, recency, T)]
    rows = Rows(means[0], means[1], means[2], weights, code, np.zeros(len(count), np.int64))
    return Cells(rows, code)


def fitted_model(cells: Cells, start: Floats | None = None) -> ParetoNBD:
    """Pareto/NBD on cells, searched from where an earlier cutoff's search ended."""
    rows = cells.rows
    surprise = likelihood(rows.frequency, rows.recency, rows.T, rows.weights)
    total = float(rows.weights.sum())
    held = 1 / (PRIOR_SD**2 * total)

    def objective(point: Floats) -> tuple[float, Floats, Floats]:
        value, slope, bend = surprise(point)
        off = point - START
        return value + held * float(off @ off) / 2, slope + held * off, bend + held * np.eye(4)

    found = newton.minimum(objective, START if start is None else start, PRECISION)
    return ParetoNBD(
        params=dict(zip(ParetoNBD.symbols, map(float, np.exp(found.point)), strict=True)),
        log_likelihood=-found.value * total,
        customers=int(total),
        converged=found.converged,
        hessian=found.hessian,
    )


def model_purchases(model: ParetoNBD, rows: Rows, ends: Floats) -> tuple[Floats, Floats, Floats]:
    """Purchases expected in each bucket, rows by buckets; who is still one; their dispersion."""
    alive = model.p_alive(rows)
    up_to = alive[:, None] * model.expected_if_alive(rows, ends)
    # where leaving tells on the longest span more, and less on the shortest
    at = max(len(ends) - 2, 0)
    chance = alive * (1 - model.nothing_if_alive(rows, ends[at : at + 1])[:, 0])
    dispersion = matched_dispersion(chance, up_to[:, at], alive)
    return np.diff(up_to, axis=1, prepend=0.0), alive, dispersion


def rows_at(now: Snapshot) -> Rows:
    """Every customer as a row of its own."""
    return rows_of(now.frequency, now.T, now.recency)


def carried_rate(frequency: Floats, T: Floats, weights: Floats) -> Floats:
    """Each customer's purchases per day carried on, drawn towards the base's.

    The negative binomial model without leaving: (r + x) / (alpha + T).
    """

    def surprise(point: Floats) -> float:
        r, alpha = np.exp(point)
        return -float(
            weights
            @ (
                gammaln(r + frequency)
                - gammaln(r)
                + r * np.log(alpha)
                - (r + frequency) * np.log(alpha + T)
            )
        ) / float(weights.sum())

    best = minimize(surprise, np.log([0.5, 60.0]), method="Nelder-Mead", options={"maxiter": 120})
    r, alpha = np.exp(np.clip(best.x, -6, 9))
    return np.asarray((r + frequency) / (alpha + T))
