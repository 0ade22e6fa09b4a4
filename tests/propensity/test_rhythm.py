"""Late against one's own rhythm."""

from datetime import date

import pandas as pd
import pytest

from custanalytics.propensity.rhythm import late_factors, rhythm, usual_gap
from tests.tables import table

CUSTOMERS = """
customer_id|purchase_days|gap_total|gap_last|days_since_last_purchase|expected_revenue
once       |1            |-        |-       |300                     |5
weekly     |5            |28       |7       |18                      |12
monthly    |3            |60       |30      |20                      |30
left       |5            |28       |7       |60                      |1
"""


def test_rhythm_by_hand():
    # the shop's mean gap is 116 / 10; each customer's own gaps weigh one each beside it
    found = rhythm(table(CUSTOMERS), date(2024, 6, 30), factors=(2.0, 4.0))
    weekly = (28 + 116 / 10) / 5
    assert found["usual_gap_days"].tolist() == pytest.approx(
        [float("nan"), weekly, (60 + 116 / 10) / 3, weekly], nan_ok=True
    )
    assert found["late"].tolist() == [False, True, False, False]
    assert found["expected_next_order"].tolist() == [
        pd.NaT, pd.Timestamp(2024, 6, 20), pd.Timestamp(2024, 7, 4), pd.Timestamp(2024, 5, 9),
    ]  # fmt: skip
    assert found["revenue_at_risk"].tolist() == [0, 12, 0, 0]


def test_nobody_with_a_second_purchase():
    once = table(CUSTOMERS).iloc[:1].astype({"gap_total": "float64"})
    assert usual_gap(once).isna().all()
    assert late_factors(once) == (2.0, 4.0)
    assert not rhythm(once, date(2024, 6, 30), factors=(2.0, 4.0))["late"].any()


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
    waits = months.assign(expected_revenue=9.0, days_since_last_purchase=[32, 60, 99, 800] * 10)
    found = rhythm(waits, date(2024, 6, 30), late_factors(months))
    assert found["late"].tolist() == [False, True, False, False] * 10
