"""What to do with each segment: the action, the money behind it and how to tell that it worked."""

import numpy as np
import pandas as pd

from custanalytics.clv import CustomerValue, group_value
from custanalytics.propensity import plan_control
from custanalytics.propensity.control import assign_groups
from custanalytics.rfm import RFM

LIFT = 0.25


def segment_decisions(
    groups: RFM, customers: pd.DataFrame, value: CustomerValue | None = None
) -> pd.DataFrame:
    """Bring the analyses together per segment.

    Parameters
    ----------
    groups : RFM
        The segments and their actions.
    customers : DataFrame
        One row per customer: ``customer_id``, ``segment`` and, as far as the data supports
        them, ``propensity``, ``late``, ``revenue_at_risk`` (currency units).
    value : CustomerValue, optional
        What the customers are worth, where the data supports it.

    Returns
    -------
    DataFrame
        One row per segment with customers, the most money at stake first: ``segment``,
        ``action``, ``customers``, ``revenue`` (so far, net), ``clv`` (sum) with its interval
        ``clv_low``, ``clv_high``, ``expected_buyers`` (sum of propensities),
        ``late_customers``, ``revenue_at_risk``, ``at_stake`` (the sum of CLV, or of the
        revenue so far where there is no CLV), ``control_size`` (customers to leave alone so
        that a lift by a quarter can be told from chance; null where nobody is to be
        contacted, or where so many buy anyway that a quarter more is impossible),
        ``detectable_lift`` (relative lift that a group of this size can show; null with it),
        ``control_enough`` (whether that is a quarter or less; False where null). Null where
        an analysis is missing.
    """
    table = groups.segments.loc[groups.segments["customers"] > 0]
    table = table[["segment", "action", "contact", "customers", "revenue"]]
    table = table.reset_index(drop=True)
    sums = {
        "expected_buyers": "propensity",
        "late_customers": "late",
        "revenue_at_risk": "revenue_at_risk",
    }
    by_segment = customers.groupby("segment")
    for name, column in sums.items():
        if column in customers:
            table[name] = table["segment"].map(by_segment[column].sum()).astype(float)
        else:
            table[name] = np.nan
    if value is None:
        table[["clv", "clv_low", "clv_high"]] = np.nan
    else:
        worth = group_value(value, customers)[["segment", "clv", "clv_low", "clv_high"]]
        table = table.merge(worth, on="segment")
    table["at_stake"] = table["clv"].fillna(table["revenue"])
    rates = table["expected_buyers"] / table["customers"]
    plans = [
        plan_control(int(size), float(rate), LIFT)
        if contact and size > 1 and 0 < rate * (1 + LIFT) < 1
        else None
        for size, rate, contact in zip(table["customers"], rates, table["contact"], strict=True)
    ]
    table["control_size"] = [plan.control if plan else np.nan for plan in plans]
    table["detectable_lift"] = [
        plan.detectable_effect / plan.expected_rate if plan else np.nan for plan in plans
    ]
    table["control_enough"] = [bool(plan and plan.check.passed) for plan in plans]
    table = table.drop(columns="contact")
    return table.sort_values(["at_stake", "segment"], ascending=[False, True], ignore_index=True)


def contact_groups(
    customers: pd.DataFrame, groups: RFM, decisions: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Customers of the segments to contact, each with the group it was drawn into.

    Parameters
    ----------
    customers : DataFrame
        One row per customer: ``customer_id``, ``segment``, ``propensity``, others as wished.
    groups : RFM
        The segments, which name those to contact.
    decisions : DataFrame
        What `segment_decisions` returned.
    seed : int
        Of the draw.

    Returns
    -------
    DataFrame
        The columns of `customers` with ``group`` after the first: ``contact``, or ``control``
        for as many of a segment as ``control_size`` asks for; the most likely buyers first.
    """
    wanted = set(groups.segments.loc[groups.segments["contact"], "segment"])
    sizes = decisions.set_index("segment")["control_size"].fillna(0).astype(int)
    listed = customers.loc[customers["segment"].isin(wanted)].sort_values(
        ["propensity", "customer_id"], ascending=[False, True], ignore_index=True
    )
    group = pd.Series("contact", index=listed.index, dtype="str")
    for segment, members in listed.groupby("segment", sort=True)["customer_id"]:
        group[members.index] = assign_groups(members, int(sizes.get(segment, 0)), seed)
    listed.insert(1, "group", group)
    return listed
