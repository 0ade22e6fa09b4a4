"""People who said no are in no list to contact."""

import pandas as pd

from custanalytics.results.decisions import drawn_groups
from custanalytics.results.lists import late_customers, may_be_contacted, most_likely_first

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["yes", "no", "never asked", "late no"],
        "segment": "Loyal",
        "propensity": [0.2, 0.9, 0.5, 0.4],
        "late": [True, False, True, True],
        "revenue_at_risk": [1.0, 0.0, 2.0, 9.0],
        "consent": pd.array([True, False, None, False], dtype="boolean"),
    }
)


def test_a_no_is_respected_and_silence_is_not_a_no():
    assert most_likely_first(CUSTOMERS)["customer_id"].tolist() == ["never asked", "yes"]
    assert late_customers(CUSTOMERS)["customer_id"].tolist() == ["never asked", "yes"]
    assert may_be_contacted(CUSTOMERS.drop(columns="consent")).all()


def test_groups_are_drawn_from_those_who_may_be_contacted():
    decisions = pd.DataFrame({"segment": ["Loyal"], "contact": [True], "control_size": [1]})
    group = drawn_groups(CUSTOMERS, decisions, seed=0)
    assert group.isna().tolist() == [False, True, False, True]
    assert set(group.dropna()) == {"contact", "control"}
