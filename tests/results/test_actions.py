"""What is to be done, in which order, and what the summary names first."""

from types import SimpleNamespace

import pandas as pd
import pytest

from custanalytics.check import Check
from custanalytics.results.actions import ranked_actions

ENOUGH = SimpleNamespace(checks=(Check("rfm.customers", True, ""),))
TOO_FEW = SimpleNamespace(checks=(Check("rfm.customers", False, ""),))


def decisions(money: dict[str, float], alone: tuple[str, ...] = ()) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "segment": list(money),
            "action": "Write.",
            "contact": [name not in alone for name in money],
            "customers": 100,
            "at_stake": list(money.values()),
            "basis": "expected_revenue",
            "control_size": 20.0,
        }
    )


def late(customers: float, money: float = 50.0) -> SimpleNamespace:
    return SimpleNamespace(figures={"late_customers": customers, "revenue_at_risk": money})


def test_the_most_money_first_and_those_not_to_contact_last():
    money = {"Small": 10.0, "Never": 900.0, "Large": 300.0, "Also large": 300.0}
    actions = ranked_actions(decisions(money, alone=("Never",)), ENOUGH, None)
    assert list(actions["segment"]) == ["Also large", "Large", "Small", "Never"]
    assert list(actions["in_summary"]) == [True, True, True, False]
    assert actions["list"].iloc[0] == "exports/segment-also-large.csv"


def test_winning_back_is_always_named_and_stands_where_its_money_puts_it():
    money = {"A": 400.0, "B": 300.0, "C": 200.0, "D": 20.0}
    actions = ranked_actions(decisions(money), ENOUGH, late(7.0)).set_index("kind")
    assert list(actions["segment"].fillna("late")) == ["A", "B", "C", "late", "D"]
    assert list(actions["in_summary"]) == [True, True, False, True, False]
    row = actions.loc["win_back"]
    assert row[["customers", "at_stake"]].tolist() == [7.0, 50.0]
    assert (row["basis"], row["list"]) == ("revenue_at_risk", "exports/late.csv")


@pytest.mark.parametrize("customers", [0.0, float("nan")])
def test_nobody_is_won_back_where_nobody_is_late_or_the_number_is_kept_back(customers):
    actions = ranked_actions(decisions({"A": 1.0}), ENOUGH, late(customers))
    assert list(actions["kind"]) == ["segment"]


def test_the_summary_names_nothing_where_customers_are_too_few_to_act_on():
    actions = ranked_actions(decisions({"A": 1.0}), TOO_FEW, late(2.0))
    assert not actions["in_summary"].any()
    assert len(actions) == 2
