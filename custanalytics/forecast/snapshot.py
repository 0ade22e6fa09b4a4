"""What was known of every customer at a cutoff, and what the buckets after it brought."""

from dataclasses import dataclass

import numpy as np

from custanalytics.forecast.sales import Sales
from custanalytics.value_models.inputs import Codes, Floats

WINDOWS = (30, 91, 182, 365)
FEATURES = (
    "log_frequency",
    "log_T",
    "log_silence",
    "recency_share",
    "log_days_30",
    "log_days_91",
    "log_days_182",
    "log_days_365",
    "log_same_season",
    "log_decayed",
    "log_rate",
    "log_gap",
    "log_gap_last",
    "gap_variation",
    "overdue",
    "log_spend",
    "log_last_spend",
    "log_spend_365",
)


@dataclass(frozen=True)
class Snapshot:
    """Customers as known at a cutoff: one entry each.

    Attributes
    ----------
    cutoff : int
        Day, since 1970.
    customer : ndarray of int64
        Position in `Sales.customer_id`.
    frequency, recency, T : ndarray
        Repeat purchase days; days.
    spent, spent_square : ndarray
        Sum of spend, and of its square, over purchase days, net of refunds.
    typical : ndarray
        Median spend of a purchase day, likewise.
    unit : float
        Mean spend of a purchase day over all customers.
    features : ndarray
        Customers by `FEATURES`; money in shares of the unit.
    """

    cutoff: int
    customer: Codes
    frequency: Floats
    recency: Floats
    T: Floats
    spent: Floats
    spent_square: Floats
    typical: Floats
    unit: float
    features: Floats

    def __len__(self) -> int:
        """Count the customers."""
        return len(self.customer)


def snapshot(sales: Sales, cutoff: int, season_days: int) -> Snapshot:
    """Take in what was known at a cutoff; the season is the same time of a year before."""
    bought = sales.seen_on(cutoff)
    begins = np.flatnonzero(np.r_[True, np.diff(bought.customer) > 0][: len(bought.customer)])
    known = bought.customer[begins]
    at = np.cumsum(np.r_[False, np.diff(bought.customer) > 0][: len(bought.customer)])
    n = len(known)
    age = cutoff - bought.day
    ends = np.r_[begins[1:], len(bought.day)] - 1
    days = np.diff(np.r_[begins, len(bought.day)]).astype(np.float64)
    T, silence = age[begins].astype(np.float64), age[ends].astype(np.float64)
    gross = np.bincount(at, bought.amount, n)
    kept = np.clip(1 + bought.refunds[known] / np.maximum(gross, 1e-12), 0.0, 1.0)
    spend = bought.amount * kept[at]
    spent, spent_square = (
        np.bincount(at, power, n).astype(np.float64) for power in (spend, spend**2)
    )
    by_spend = spend[np.lexsort((spend, at))]
    middle = (days.astype(np.int64) - 1) // 2, days.astype(np.int64) // 2
    typical = (by_spend[begins + middle[0]] + by_spend[begins + middle[1]]) / 2
    unit = float(spent.sum() / max(days.sum(), 1.0)) or 1.0
    within = [np.bincount(at[age < w], minlength=n) for w in WINDOWS]
    season = np.bincount(at[(age >= 365 - season_days) & (age < 365)], minlength=n)
    year = np.bincount(at, spend * (age < 365), n)
    gaps = np.where(at[1:] == at[:-1], np.diff(bought.day), 0).astype(np.float64)
    squares = np.bincount(at[1:], gaps**2, n)
    repeats = days - 1
    usual = np.where(repeats > 0, (T - silence) / np.maximum(repeats, 1), T)
    mean_gap = float((T - silence).sum() / max(repeats.sum(), 1.0))
    shrunk_gap = (T - silence + mean_gap) / (repeats + 1)
    variance = squares / np.maximum(repeats, 1) - usual**2
    last_gap = np.where(repeats > 0, np.r_[0.0, gaps][ends], T)
    decayed = np.bincount(at, np.exp2(-age / 90.0), n)
    features = np.column_stack(
        [
            np.log1p(repeats),
            np.log1p(T),
            np.log1p(silence),
            (T - silence) / (T + 1),
            *(np.log1p(count) for count in within),
            np.log1p(season),
            np.log(decayed + 0.05),
            np.log((repeats + 0.3) / (T + 60)),
            np.log1p(shrunk_gap),
            np.log1p(last_gap),
            np.where(repeats > 1, np.sqrt(np.maximum(variance, 0)) / np.maximum(usual, 1), 1.0),
            np.log((silence + 1) / (shrunk_gap + 1)),
            np.log(spent / days / unit + 0.05),
            np.log(spend[ends] / unit + 0.05),
            np.log1p(year / unit),
        ]
    )
    return Snapshot(
        cutoff, known, repeats, T - silence, T, spent, spent_square, typical, unit, features
    )


def outcomes(sales: Sales, at: Snapshot, edges: Floats) -> tuple[Floats, Floats]:
    """Purchase days and money in each bucket after the cutoff: customers by buckets.

    Money is net of returns; what comes back of earlier orders counts against the bucket.
    """
    position = np.full(len(sales.customer_id), -1)
    position[at.customer] = np.arange(len(at))
    bought = sales.seen_on(int(at.cutoff + edges[-1]))
    shape = len(at), len(edges) - 1
    counts = _placed(position[bought.customer], bought.day - at.cutoff, None, edges, shape)
    moved = _placed(
        position[sales.customer[sales.order]],
        sales.moved_on - at.cutoff,
        sales.amount,
        edges,
        shape,
    )
    return counts, moved


def _placed(
    row: Codes, ahead: Codes, values: Floats | None, edges: Floats, shape: tuple[int, int]
) -> Floats:
    """Sum into customers by buckets; a day on an edge belongs to the bucket that ends there."""
    inside = (row >= 0) & (ahead > 0) & (ahead <= edges[-1])
    bucket = np.searchsorted(edges, ahead[inside], side="left") - 1
    code = row[inside] * shape[1] + bucket
    weights = None if values is None else values[inside]
    return np.bincount(code, weights, shape[0] * shape[1]).reshape(shape).astype(np.float64)
