"""Who is on time, late or silent against their own rhythm, and what that costs."""

import numpy as np
import pandas as pd

from custanalytics.sentences import noted

LATE_LEVEL = 0.90
GONE_LEVEL = 0.99
FEWEST_RHYTHMS = 30
USUAL_FACTOR = 2.0
LEAST_FACTOR = 1.5
LEAST_SPAN = 2.0  # from late to gone
NEW_DAYS = 90.0  # where nobody has come back yet
# How a customer stands to the own rhythm; of one purchase day, to that of the shop.
ON_TIME, LATE, SILENT = noted("on time"), noted("late"), noted("silent")
NEW, ONCE = noted("new"), noted("bought once")


def usual_gap(customers: pd.DataFrame) -> "pd.Series[float]":
    """Days a customer usually leaves between purchase days.

    The mean over the own gaps and one gap of the shop's mean length, so that a single short
    gap is not taken for a rhythm.
    """
    gaps = (customers["purchase_days"] - 1).where(customers["purchase_days"] > 1)
    total = customers["gap_total"].astype("float64")
    return (total + _shop_gap(customers)) / (gaps + 1)


def late_factors(customers: pd.DataFrame) -> tuple[float, float]:
    """From and up to how many usual gaps of waiting a customer of this shop counts as late.

    Of the customers with three purchase days or more, nine in ten placed their latest order
    within the first multiple of what was their usual gap before it, and 99 in a hundred
    within the second: whoever waits longer than the first is late, whoever waits longer than
    the second is gone.
    """
    known = customers[customers["purchase_days"] >= 3]
    if len(known) < FEWEST_RHYTHMS:
        return USUAL_FACTOR, USUAL_FACTOR * LEAST_SPAN
    earlier = (known["gap_total"] - known["gap_last"]).astype("float64")
    before = (earlier + _shop_gap(customers)) / (known["purchase_days"] - 1)
    ratio = known["gap_last"].astype("float64") / before
    late = max(float(np.quantile(ratio, LATE_LEVEL)), LEAST_FACTOR)
    return late, max(float(np.quantile(ratio, GONE_LEVEL)), late * LEAST_SPAN)


def rhythm(
    customers: pd.DataFrame, window_days: float, factors: tuple[float, float]
) -> pd.DataFrame:
    """Each customer's usual gap, spend at that pace, lateness, and what will not come of it.

    The spend at the usual pace is at most all that was ever spent: a pace of a few days is none
    of months.
    """
    gap = usual_gap(customers)
    stand = pace(customers, factors)
    late = stand == LATE
    usual = np.minimum(customers["typical_order"] * window_days / gap, customers["spent"])
    missing = usual * (1 - customers["propensity"])
    return pd.DataFrame(
        {
            "usual_gap_days": gap,
            "days_since_last_purchase": customers["days_since_last_purchase"],
            "pace": stand,
            "late": late,
            "usual_spend": usual,
            "revenue_at_risk": missing.where(late, 0.0),
        }
    )


def pace(customers: pd.DataFrame, factors: tuple[float, float]) -> "pd.Series[str]":
    """How each customer stands to the own rhythm: on time, late, silent; new or bought once.

    Whoever waits longer than hardly anyone who came back is silent, unless the forecast finds a
    purchase as likely as the average customer's.
    """
    waited, gap = customers["days_since_last_purchase"], usual_gap(customers)
    late = waited > factors[0] * gap
    silent = waited > factors[1] * gap
    if "propensity" in customers:
        silent &= customers["propensity"] < customers["propensity"].mean()
    second = factors[0] * _shop_gap(customers)
    new = waited <= (second if second == second else NEW_DAYS)  # NaN differs from itself
    stands = np.select(
        [customers["purchase_days"] > 1, new],
        [np.select([silent, late], [SILENT, LATE], ON_TIME), NEW],
        ONCE,
    )
    return pd.Series(stands, index=customers.index, dtype="str")


def pace_on(summary: pd.DataFrame, factors: tuple[float, float] | None = None) -> "pd.Series[str]":
    """The same from a customer summary, for a day that no forecast looks from."""
    customers = pd.DataFrame(
        {
            "purchase_days": summary["frequency"] + 1,
            "gap_total": summary["recency"],
            "days_since_last_purchase": summary["days_since_last_purchase"],
        }
    )
    return pace(customers, factors or (USUAL_FACTOR, USUAL_FACTOR * LEAST_SPAN))


def shop_gap(gaps: "pd.Series[int]", days: "pd.Series[int]") -> float:
    """Days between two purchase days of a customer, in the mean; NaN where nobody has two.

    ``gaps`` is how many each customer has, ``days`` what they add up to.
    """
    count = float(gaps.sum())
    return float(days.sum()) / count if count else float("nan")


def _shop_gap(customers: pd.DataFrame) -> float:
    return shop_gap(customers["purchase_days"] - 1, customers["gap_total"])
