"""The plan: each customer in one step, the money that a step can move, the ten to begin with."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from custanalytics.check import Check
from custanalytics.results.action_plan import (
    Terms,
    names_to_call,
    planned,
    ranked_actions,
    step_of,
    with_offers,
)

ENOUGH = SimpleNamespace(checks=(Check("rfm.customers", True, ""),))
TOO_FEW = SimpleNamespace(checks=(Check("rfm.customers", False, ""),))
NO_FORECAST = None


def people(*segments: str, **columns) -> pd.DataFrame:
    """One customer each, contacted unless said."""
    frame = pd.DataFrame({"segment": segments})
    frame = frame.assign(
        customer_id=[f"c{i:02}" for i in range(len(frame))], total_spend=10.0, group="contact"
    )
    return frame.assign(**columns)


def decisions(*segments: str, alone: tuple[str, ...] = ()) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "segment": segments,
            "action": "Write.",
            "contact": [name not in alone for name in segments],
            "detectable_lift": 0.3,
        }
    )


def expected(**money: float) -> pd.DataFrame:
    rows = {"step": list(money), "revenue": list(money.values())}
    table = pd.DataFrame(rows)
    return table.assign(revenue_low=table["revenue"] * 0.5, revenue_high=table["revenue"] * 2)


def actions(customers, table, told, terms=Terms(), groups=ENOUGH) -> pd.DataFrame:  # noqa: B008
    return ranked_actions(table, customers, step_of(customers, table), told, terms, groups)


def test_the_most_money_to_move_first_and_those_not_to_contact_last():
    customers = people("Small", "Never", "Large", "Middle", "Least")
    table = decisions("Small", "Never", "Large", "Middle", "Least", alone=("Never",))
    money = expected(Small=100.0, Never=9_000.0, Large=1_000.0, Middle=200.0, Least=1.0)
    plan = actions(customers, table, money)
    assert list(plan["segment"]) == ["Large", "Middle", "Small", "Least", "Never"]
    assert plan["step"].tolist()[:4] == [1, 2, 3, 4]
    assert plan["step"].isna().tolist() == [False] * 4 + [True]
    assert plan["in_summary"].tolist() == [True, True, True, False, False]
    assert plan["list"].tolist()[0] == "exports/segment-large.csv"
    assert pd.isna(plan["list"].iloc[-1])
    never = plan.iloc[-1]
    assert never["expected_revenue"] == 9_000.0
    assert np.isnan(never["gain_5"])


def test_gains_by_hand_before_and_after_margin_and_cost():
    customers = people(*["A"] * 4, group=["contact"] * 3 + ["control"])
    told = expected(A=600.0)
    revenue = actions(customers, decisions("A"), told).iloc[0]
    assert (revenue["basis"], revenue["contacted"], revenue["control_size"]) == ("revenue", 3, 1)
    gains = ["gain_2", "gain_5", "gain_5_low", "gain_5_high", "gain_10"]
    assert revenue[gains].tolist() == pytest.approx([12.0, 30.0, 15.0, 60.0, 60.0])
    assert revenue["break_even_cost"] == pytest.approx(10.0)
    assert np.isnan(revenue["break_even_lift"])
    assert revenue["control_list"] == "exports/control-a.csv"

    margin = actions(customers, decisions("A"), told, Terms(margin=0.5)).iloc[0]
    assert margin["basis"] == "margin"
    assert margin[gains].tolist() == pytest.approx([6.0, 15.0, 7.5, 30.0, 30.0])

    profit = actions(customers, decisions("A"), told, Terms(2.0, 0.5)).iloc[0]
    assert profit["basis"] == "profit"
    assert profit[gains].tolist() == pytest.approx([0.0, 9.0, 1.5, 24.0, 24.0])
    # three contacts at 2 against half of 600
    assert profit["break_even_lift"] == pytest.approx(6 / 300)
    assert profit["break_even_cost"] == pytest.approx(5.0)


def test_a_cost_without_a_margin_is_not_taken_off_revenue():
    plan = actions(people("A"), decisions("A"), expected(A=100.0), Terms(contact_cost=50.0))
    assert plan["gain_5"].item() == pytest.approx(5.0)
    assert plan["basis"].item() == "revenue"


def test_what_does_not_pay_is_no_step():
    customers = people("Pays", "Does not")
    told = expected(**{"Pays": 1_000.0, "Does not": 10.0})
    plan = actions(customers, decisions("Pays", "Does not"), told, Terms(5.0, 0.5))
    assert plan["segment"].tolist() == ["Pays", "Does not"]
    assert plan["step"].isna().tolist() == [False, True]
    assert plan["gain_5"].tolist() == pytest.approx([20.0, -4.75])


def test_what_does_not_pay_stands_before_those_left_in_peace_and_equals_go_by_name():
    customers = people("Never", "Costs", "B", "A")
    table = decisions("Never", "Costs", "B", "A", alone=("Never",))
    told = expected(Never=9_000.0, Costs=10.0, B=500.0, A=500.0)
    plan = actions(customers, table, told, Terms(5.0, 0.5))
    assert plan["segment"].tolist() == ["A", "B", "Costs", "Never"]


LATE = {
    "late": [True, False, True, False],
    "propensity": [0.2, 0.9, 0.5, 0.9],
    "propensity_low": [0.1, 0.8, 0.4, 0.8],
    "propensity_high": [0.3, 1.0, 0.6, 1.0],
    "usual_spend": [100.0, 50.0, 200.0, 50.0],
    "revenue_at_risk": [80.0, 0.0, 100.0, 0.0],
    "expected_revenue": [20.0, 45.0, 100.0, 45.0],
}


def test_of_the_late_the_money_is_what_does_not_come():
    customers = people("Late", "Fine", "Late", "Fine", **LATE)
    told = expected(Late=120.0, Fine=90.0)
    plan = actions(customers, decisions("Late", "Fine"), told).set_index("segment")
    late = plan.loc["Late"]
    # 100 x (1 - 0.2) + 200 x (1 - 0.5), and with the chances at their ends
    risk = ["revenue_at_risk", "revenue_at_risk_low", "revenue_at_risk_high"]
    assert late[risk].tolist() == pytest.approx([180.0, 150.0, 210.0])
    assert late[["gain_5", "gain_5_low"]].tolist() == pytest.approx([9.0, 7.5])
    assert plan.loc["Fine", "gain_5"] == pytest.approx(4.5)
    assert np.isnan(plan.loc["Fine", "revenue_at_risk"])
    assert set(plan["kind"]) == {"segment"}


def test_late_customers_of_segments_that_hold_others_are_a_step_of_their_own():
    customers = people("A", "A", "B", "Left", **LATE)
    table = decisions("A", "B", "Left", alone=("Left",))
    steps = step_of(customers, table)
    assert steps.tolist() == ["", "A", "B", "Left"]  # B holds late customers only
    plan = actions(customers, table, expected(**{"": 10.0, "A": 45.0, "B": 100.0, "Left": 1.0}))
    late = plan.loc[plan["kind"] == "win_back"].iloc[0]
    assert (late["customers"], late["list"]) == (1, "exports/late.csv")
    assert pd.isna(late["segment"])
    assert plan["customers"].sum() == len(customers)


def test_without_a_forecast_the_order_is_that_of_past_spend_and_no_money_is_told():
    customers = people("Small", "Large", total_spend=[1.0, 9.0])
    plan = actions(customers, decisions("Small", "Large"), NO_FORECAST)
    assert plan["segment"].tolist() == ["Large", "Small"]
    assert plan["step"].tolist() == [1, 2]
    money = ["expected_revenue", "gain_2", "gain_5", "gain_10", "break_even_cost"]
    assert plan[money].isna().all(axis=None)


def test_the_summary_names_nothing_where_customers_are_too_few_to_act_on():
    plan = actions(people("A"), decisions("A"), expected(A=1.0), groups=TOO_FEW)
    assert not plan["in_summary"].any()


def test_who_said_no_is_counted_and_in_no_step():
    consent = pd.array([True, False, None], dtype="boolean")
    customers = people("A", "A", "A", consent=consent, group=["contact", None, "contact"])
    table = decisions("A")
    plan = actions(customers, table, expected(A=9.0))
    assert plan[["customers", "reachable", "contacted"]].iloc[0].tolist() == [3, 2, 2]
    told = planned(customers, step_of(customers, table), plan)
    assert told["plan_step"].isna().tolist() == [False, True, False]


def test_the_ten_to_begin_with_are_those_with_most_money_to_move():
    n = 14
    customers = people(
        *["A"] * n,
        group=["control"] + ["contact"] * (n - 1),
        late=False,
        expected_revenue=[99.0, *range(1, n)],
        revenue_at_risk=0.0,
        typical_order=5.0,
    )
    table = decisions("A")
    steps = step_of(customers, table)
    plan = actions(customers.assign(late=False), table, expected(A=99.0))
    customers = customers.assign(**planned(customers, steps, plan))
    names = names_to_call(customers)
    assert names["customer_id"].tolist() == [f"c{i:02}" for i in range(13, 3, -1)]
    assert set(names["step"]) == {1}
    assert "typical_order" in names


RULES = pd.DataFrame(
    {
        "antecedent": ["tea", "tea", "cup"],
        "consequent": ["pot", "cup", "tea"],
        "confidence": [0.4, 0.3, 0.2],
        "adjusted_lift": [3.0, 2.0, 1.5],
    }
)


def test_the_offer_is_what_follows_the_last_product_of_most_to_contact():
    last = ["tea"] * 5 + ["cup"] * 6 + ["tea"] * 2 + [None]
    customers = people(
        *["A"] * 14, last_product=last, group=["contact"] * 5 + ["control"] * 6 + ["contact"] * 3
    )
    table = decisions("A")
    steps = step_of(customers, table)
    plan = actions(customers, table, NO_FORECAST)
    customers = customers.assign(**planned(customers, steps, plan))
    (offer,) = with_offers(plan, customers, RULES)["offer"]
    assert offer == (
        "7 of them bought tea last; 40% of those who did so before bought pot the time after, "
        "3.0 times as many as otherwise."
    )
    names = names_to_call(customers, RULES)
    by_last = names.set_index("customer_id")["next_product"]
    assert by_last["c00"] == "pot"
    assert names_to_call(customers)["next_product"].isna().all()
    few = customers.assign(last_product=["tea"] * 4 + ["cup"] * 7 + [None] * 3)
    assert with_offers(plan, few, RULES)["offer"].tolist() == [""]
    assert with_offers(plan, customers, None)["offer"].tolist() == [""]
