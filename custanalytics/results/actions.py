"""What is to be done, the most money first: segments, and the customers who are late."""

import pandas as pd

from custanalytics.customers.rfm import RFM
from custanalytics.propensity.purchase import PurchasePropensity
from custanalytics.results.decisions import REVENUE_AT_RISK
from custanalytics.results.lists import LATE, segment_list
from custanalytics.sentences import noted

SEGMENT, WIN_BACK = "segment", "win_back"
_IN_SUMMARY = 3


def ranked_actions(
    decisions: pd.DataFrame, groups: RFM, propensity: PurchasePropensity | None
) -> pd.DataFrame:
    """One row per action, those without a contact last; `in_summary` are the three to name first.

    Winning back the late is always one of the three, for their money can be lost by waiting.
    Customers of a segment may be late too: the rows are not to be added up.
    """
    columns = ["segment", "action", "contact", "customers", "at_stake", "basis", "control_size"]
    rows = decisions[columns].assign(kind=SEGMENT, list=decisions["segment"].map(segment_list))
    late = _win_back(propensity) if propensity is not None else None
    if late is not None:
        rows = pd.concat([rows, late], ignore_index=True)
    rows = rows.sort_values(
        ["contact", "at_stake", "segment"], ascending=[False, False, True], ignore_index=True
    )
    to_contact = rows["contact"] & (rows["kind"] == SEGMENT)
    first = to_contact & (to_contact.cumsum() <= _IN_SUMMARY - (late is not None))
    rows["in_summary"] = (first | (rows["kind"] == WIN_BACK)) & _enough_customers(groups)
    return rows[["kind", *columns, "list", "in_summary"]]


def _win_back(propensity: PurchasePropensity) -> pd.DataFrame | None:
    late = propensity.figures["late_customers"]
    if not late > 0:  # none, or kept back
        return None
    return pd.DataFrame(
        {
            "kind": WIN_BACK,
            "action": noted("Write to them before they are lost for good."),
            "contact": True,
            "customers": late,
            "at_stake": propensity.figures["revenue_at_risk"],
            "basis": REVENUE_AT_RISK,
            "list": LATE,
        },
        index=[0],
    )


def _enough_customers(groups: RFM) -> bool:
    # Segments of a handful of customers are an order to look at them in, nothing to act on.
    return not any(
        check.name == "rfm.customers" and check.passed is False for check in groups.checks
    )
