"""Rows of the decisions: which, in which order, with whom left alone; and the draw."""

import pandas as pd
import pytest

from custanalytics import schema
from custanalytics.customers.rfm import Segment, rfm_segmentation
from custanalytics.results.decisions import drawn_groups, segment_decisions, useful_control
from custanalytics.scoring.control_group import plan_control
from tests.results.test_decisions import segmented, worth


def test_columns_and_rows_are_numbered_anew():
    decisions = segment_decisions(*segmented())
    assert set(decisions.columns) == set(schema.tables()["decisions"])
    groups, scored = segmented()
    assert list(segment_decisions(groups, scored, worth(scored)).index) == [0, 1, 2]


def test_a_segment_of_nobody_is_no_row_and_one_of_one_customer_is():
    summary = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "n_orders": [1, 2, 2],
            "days_since_last_purchase": 9,
            "total_spend": [10.0, 20.0, 20.0],
        }
    )
    segments = [Segment(str(n), "", lambda s, n=n: s["n_orders"] == n, "Write.") for n in (3, 2, 1)]
    groups = rfm_segmentation(summary, segments)
    decisions = segment_decisions(groups, groups.customers)
    assert list(decisions["segment"]) == ["2", "1"]


def test_segments_go_by_their_rules_those_left_in_peace_last():
    summary = pd.DataFrame(
        {
            "customer_id": list("abcd"),
            "n_orders": [1, 2, 3, 4],
            "days_since_last_purchase": 9,
            "total_spend": 10.0,
        }
    )
    segments = [
        Segment(name, "", lambda s, n=n: s["n_orders"] == n, "Write.", contact=name != "a")
        for n, name in enumerate(("c", "a", "d", "b"), start=1)
    ]
    groups = rfm_segmentation(summary, segments)
    decisions = segment_decisions(groups, groups.customers)
    assert decisions["segment"].tolist() == list("cdba")
    assert decisions.index.tolist() == [0, 1, 2, 3]


def test_the_group_left_alone_is_planned_for_a_lift_by_a_quarter():
    plan = plan_control(500, 0.5, 0.25)
    row = segment_decisions(*segmented()).set_index("segment").loc["Undecided"]
    assert row["control_size"] == plan.control
    assert row["detectable_lift"] == pytest.approx(plan.detectable_effect / 0.5)


@pytest.mark.parametrize("rate", [0.0, 0.8, 1.0])
def test_no_group_where_nobody_or_everybody_would_buy_anyway(rate):
    assert useful_control(500, rate) is None


def test_nobody_is_drawn_from_a_segment_that_is_left_in_peace():
    customers = pd.DataFrame(
        {
            "customer_id": [str(n) for n in range(8)],
            "segment": ["Loyal"] * 4 + ["Asleep"] * 4,
            "consent": pd.array([True, None, False, True] * 2, dtype="boolean"),
        }
    )
    decisions = pd.DataFrame(
        {"segment": ["Loyal", "Asleep"], "contact": [True, False], "control_size": [2.0, None]}
    )
    drawn = drawn_groups(customers, decisions, seed=1)
    assert sorted(drawn.iloc[[0, 1, 3]]) == ["contact", "control", "control"]
    assert drawn.iloc[[2, 4, 5, 6, 7]].isna().all()
