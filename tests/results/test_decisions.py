"""A control group only where contacting could show a lift."""

import pandas as pd
import pytest

from custanalytics.customers.rfm import Segment, rfm_segmentation
from custanalytics.results.decisions import segment_decisions

SEGMENTS = (
    Segment("Buy anyway", "", lambda s: s["n_orders"] == 3, "Thank them."),
    Segment("Undecided", "", lambda s: s["n_orders"] == 2, "Write."),
    Segment("Asleep", "", lambda s: s["n_orders"] == 1, "Spend nothing.", contact=False),
)


@pytest.fixture
def decisions():
    summary = pd.DataFrame({"n_orders": [1, 2, 3] * 500})
    summary = summary.assign(
        customer_id=summary.index.astype("str"),
        days_since_last_purchase=9,
        total_spend=summary["n_orders"] * 10.0,
    )
    groups = rfm_segmentation(summary, SEGMENTS)
    rates = {"Buy anyway": 0.89, "Undecided": 0.5, "Asleep": 0.5}
    scored = groups.customers.assign(propensity=groups.customers["segment"].map(rates))
    return segment_decisions(groups, scored).set_index("segment")


def test_a_group_left_alone_where_a_lift_by_a_quarter_is_possible(decisions):
    assert 0 < decisions.loc["Undecided", "control_size"] <= 250
    assert decisions.loc["Undecided", "control_enough"]


def test_none_where_nearly_all_buy_anyway_or_nobody_is_contacted(decisions):
    without = decisions.loc[["Buy anyway", "Asleep"]]
    assert without[["control_size", "detectable_lift"]].isna().all(axis=None)
    assert not without["control_enough"].any()
