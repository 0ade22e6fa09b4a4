"""Late against one's own rhythm."""

import pandas as pd
import pytest

from custanalytics.customers.rhythm import late_factors, pace, pace_on, rhythm, usual_gap
from tests.tables import table

CUSTOMERS = """
customer_id|purchase_days|gap_total|gap_last|days_since_last_purchase|spent|typical_order|propensity
once       |1            |-        |-       |300                     |5    |5            |0.1
weekly     |5            |28       |7       |18                      |100  |20           |0.25
monthly    |3            |60       |30      |20                      |30   |10           |0.5
left       |5            |28       |7       |60                      |1    |0.2          |0.01
"""


def test_rhythm_by_hand():
    # the shop's mean gap is 116 / 10; each customer's own gaps weigh one each beside it
    found = rhythm(table(CUSTOMERS), 30, factors=(2.0, 4.0))
    weekly = (28 + 116 / 10) / 5
    assert found["usual_gap_days"].tolist() == pytest.approx(
        [float("nan"), weekly, (60 + 116 / 10) / 3, weekly], nan_ok=True
    )
    assert found["late"].tolist() == [False, True, False, False]
    # 20 a typical order, 30 days at the usual pace; never more than was ever spent
    assert found["usual_spend"].tolist() == pytest.approx(
        [float("nan"), 20 * 30 / weekly, 10 * 30 / ((60 + 116 / 10) / 3), 0.2 * 30 / weekly],
        nan_ok=True,
    )
    assert found["revenue_at_risk"].tolist() == pytest.approx([0, 0.75 * 600 / weekly, 0, 0])


def test_a_pace_of_a_few_days_is_none_of_months():
    found = rhythm(table(CUSTOMERS), 365, factors=(2.0, 4.0))
    assert found["usual_spend"].tolist()[1:] == [100, 30, 1]


def test_nobody_with_a_second_purchase():
    once = table(CUSTOMERS).iloc[:1].astype({"gap_total": "float64"})
    assert usual_gap(once).isna().all()
    assert late_factors(once) == (2.0, 4.0)
    assert not rhythm(once, 30, factors=(2.0, 4.0))["late"].any()


def test_one_in_ten_was_late_and_one_in_a_hundred_came_back_after_more():
    known = pd.DataFrame(
        {"purchase_days": 3, "gap_total": range(31, 131), "gap_last": range(1, 101)}
    )
    known.loc[98:, ["gap_total", "gap_last"]] += 900  # two very long absences
    before = (30 + float(known["gap_total"].sum()) / 200) / 2
    late, gone = late_factors(known)
    assert late == pytest.approx(max(known["gap_last"].quantile(0.9) / before, 1.5))
    assert gone == pytest.approx(known["gap_last"].quantile(0.99) / before)


def test_monthly_payments_are_not_late_after_a_day():
    months = pd.DataFrame({"purchase_days": range(3, 43), "gap_last": [30, 31] * 20})
    months["gap_total"] = (months["purchase_days"] - 2) * 30 + months["gap_last"]
    assert late_factors(months) == (1.5, 3.0)
    waits = months.assign(
        spent=9.0,
        typical_order=3.0,
        propensity=[0.9, 0.5, 0.1, 0.1] * 10,
        days_since_last_purchase=[32, 60, 99, 800] * 10,
    )
    found = rhythm(waits, 30, late_factors(months))
    assert found["late"].tolist() == [False, True, False, False] * 10


def test_late_is_whoever_waits_longer_than_the_factor_and_two_purchases_are_a_gap():
    waits = [20, 21, 40, 41]
    customers = pd.DataFrame(
        {
            "purchase_days": [2, 3, 2, 3],
            "gap_total": [10.0, 20.0, 10.0, 20.0],
            "gap_last": 10.0,
            "days_since_last_purchase": waits,
            "spent": 1.0,
            "typical_order": 1.0,
            "propensity": [0.5, 0.5, 0.5, 0.1],
        }
    )
    found = rhythm(customers, 30, factors=(2.0, 4.0))
    assert found["usual_gap_days"].tolist() == [10.0] * 4
    assert found["late"].tolist() == [False, True, True, False]


def test_how_each_stands_to_the_own_rhythm():
    assert pace(table(CUSTOMERS), (2.0, 4.0)).tolist() == [
        "bought once", "late", "on time", "silent",
    ]  # fmt: skip
    # whom the forecast still counts on is late, however long the silence
    likely = table(CUSTOMERS).assign(propensity=[0.1, 0.25, 0.5, 0.9])
    assert pace(likely, (2.0, 4.0)).tolist()[-1] == "late"


def test_a_second_purchase_may_take_as_long_as_that_of_the_shop():
    summary = pd.DataFrame(
        {
            "frequency": [0, 0, 2],
            "recency": [0, 0, 60],
            "days_since_last_purchase": [60, 61, 10],
        }
    )
    assert pace_on(summary, (2.0, 4.0)).tolist() == ["new", "bought once", "on time"]
    nobody = summary.iloc[:2].assign(days_since_last_purchase=[90, 91])
    assert pace_on(nobody).tolist() == ["new", "bought once"]
