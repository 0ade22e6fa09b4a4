"""Churn in the shop's own terms: who is late against their own rhythm."""

from datetime import date

import numpy as np
import pandas as pd

LATE_LEVEL = 0.90
FEWEST_RHYTHMS = 30
USUAL_FACTOR = 2.0


def usual_gap(customers: pd.DataFrame) -> "pd.Series[float]":
    """Days a customer usually leaves between purchase days.

    The mean over the own gaps and one gap of the shop's mean length, so that a single short
    gap is not taken for a rhythm.

    Parameters
    ----------
    customers : DataFrame
        ``purchase_days`` and ``gap_total`` (days) as `features_at` returns them.

    Returns
    -------
    Series of float
        Days; NaN with one purchase day.
    """
    gaps = (customers["purchase_days"] - 1).where(customers["purchase_days"] > 1)
    total = customers["gap_total"].astype("float64")
    return (total + _shop_gap(customers)) / (gaps + 1)


def late_factor(customers: pd.DataFrame) -> float:
    """How many usual gaps may pass before a customer of this shop counts as late.

    Nine in ten customers with three purchase days or more placed their latest order within
    this many of what was their usual gap before it.

    Parameters
    ----------
    customers : DataFrame
        ``purchase_days``, ``gap_total``, ``gap_last`` (days) as `features_at` returns them.

    Returns
    -------
    float
        At least 1; 2 where fewer than 30 customers have a rhythm to learn from.
    """
    known = customers[customers["purchase_days"] >= 3]
    if len(known) < FEWEST_RHYTHMS:
        return USUAL_FACTOR
    earlier = (known["gap_total"] - known["gap_last"]).astype("float64")
    before = (earlier + _shop_gap(customers)) / (known["purchase_days"] - 1)
    ratio = known["gap_last"].astype("float64") / before
    return max(float(np.quantile(ratio, LATE_LEVEL)), 1.0)


def rhythm(
    customers: pd.DataFrame, observation_end: date, window_days: int, factor: float
) -> pd.DataFrame:
    """Each customer's usual gap, next expected order, lateness and revenue at risk.

    Parameters
    ----------
    customers : DataFrame
        One row per customer as `features_at` returns them, with ``propensity``.
    observation_end : date
        The day they are judged on.
    window_days : int
        Length of the window that revenue at risk refers to, in days.
    factor : float
        From `late_factor`.

    Returns
    -------
    DataFrame
        One row per customer: ``usual_gap_days`` (NaN with one purchase day),
        ``days_since_last_purchase``, ``expected_next_order`` (last purchase plus usual gap,
        which may lie in the past; NaT with one purchase day), ``late`` (the wait exceeds
        `factor` usual gaps), ``revenue_at_risk`` (currency units: what the own rhythm would
        bring in the window, times the probability of no purchase; 0 where not late).
    """
    waited = customers["days_since_last_purchase"]
    gap = usual_gap(customers)
    last = pd.Timestamp(observation_end) - pd.to_timedelta(waited, unit="D")
    late = waited > factor * gap
    per_day = customers["gross_spend"] / customers["purchase_days"]
    at_stake = per_day * window_days / gap * (1 - customers["propensity"])
    return pd.DataFrame(
        {
            "usual_gap_days": gap,
            "days_since_last_purchase": waited,
            "expected_next_order": last + pd.to_timedelta(gap.round(), unit="D"),
            "late": late,
            "revenue_at_risk": at_stake.where(late, 0.0),
        }
    )


def _shop_gap(customers: pd.DataFrame) -> float:
    gaps = float((customers["purchase_days"] - 1).sum())
    return float(customers["gap_total"].sum()) / gaps if gaps else float("nan")
