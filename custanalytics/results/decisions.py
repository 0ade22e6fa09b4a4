"""What each segment calls for, how many may be contacted, and whom to leave alone to compare."""

import numpy as np
import pandas as pd

from custanalytics.customers.rfm import RFM
from custanalytics.results.lists import may_be_contacted
from custanalytics.scoring.control_group import ControlPlan, assign_groups, plan_control

LIFT = 0.25
LARGEST_LIFT = 0.5


def segment_decisions(
    groups: RFM, customers: pd.DataFrame, worth: pd.DataFrame | None = None
) -> pd.DataFrame:
    """One row per segment with customers: those to contact first, then in the order of the rules.

    `worth` is the value summed over the segments, as `Forecast.groups` gives it.
    """
    table = groups.segments.loc[groups.segments["customers"] > 0]
    table = table[["segment", "action", "contact", "customers", "revenue"]]
    table = table.reset_index(drop=True)
    reachable = customers.loc[may_be_contacted(customers)].groupby("segment").size()
    table.insert(4, "reachable", table["segment"].map(reachable).fillna(0).astype("int64"))
    of_customers = {
        "expected_buyers": "propensity",
        "late_customers": "late",
        "revenue_at_risk": "revenue_at_risk",
    }
    by_segment = customers.groupby("segment")
    for name, column in of_customers.items():
        if column in customers:
            table[name] = table["segment"].map(by_segment[column].sum()).astype(float)
        else:
            table[name] = np.nan
    if worth is None:
        table[["clv", "clv_low", "clv_high"]] = np.nan
    else:
        ends = worth[["segment", "clv", "clv_low", "clv_high"]]
        table = table.merge(ends, on="segment", how="left")
    rates = table["expected_buyers"] / table["customers"]
    plans = [
        useful_control(int(size), float(rate)) if contact else None
        for size, rate, contact in zip(table["reachable"], rates, table["contact"], strict=True)
    ]
    table["control_size"] = [plan.control if plan else np.nan for plan in plans]
    table["detectable_lift"] = [
        plan.detectable_effect / plan.expected_rate if plan else np.nan for plan in plans
    ]
    table["control_enough"] = [bool(plan and plan.check.passed) for plan in plans]
    return table.sort_values("contact", ascending=False, kind="stable", ignore_index=True)


def drawn_groups(customers: pd.DataFrame, decisions: pd.DataFrame, seed: int) -> "pd.Series[str]":
    """Who is to be contacted and who is left alone, drawn by lot within each segment."""
    contacted = set(decisions.loc[decisions["contact"], "segment"])
    groups = pd.Series("contact", index=customers.index, name="group", dtype="str")
    reachable = may_be_contacted(customers)
    groups = groups.where(customers["segment"].isin(contacted) & reachable)
    for segment, size in zip(decisions["segment"], decisions["control_size"], strict=True):
        if size > 0:
            own = (customers["segment"] == segment) & reachable
            members = customers.loc[own, "customer_id"]
            groups[members.index] = assign_groups(members, int(size), seed)
    return groups


def useful_control(size: int, rate: float) -> ControlPlan | None:
    """Plan of a control group, where one can show anything."""
    if size < 2 or not 0 < rate * (1 + LIFT) < 1:
        return None
    plan = plan_control(size, rate, LIFT)
    return plan if plan.detectable_effect <= LARGEST_LIFT * rate else None
