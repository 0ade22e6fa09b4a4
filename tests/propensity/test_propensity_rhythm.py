"""Late against one's own rhythm."""

from datetime import date

import pandas as pd
import pytest

from custanalytics.propensity.rhythm import late_factor, rhythm, usual_gap
from tests.tables import table

CUSTOMERS = """
customer_id|purchase_days|gap_total|gap_last|days_since_last_purchase|gross_spend|propensity
once       |1            |-        |-       |300                     |50         |0.1
weekly     |5            |28       |7       |60                      |100        |0.2
monthly    |3            |60       |30      |20                      |90         |0.6
"""


def test_rhythm_by_hand():
    # the shop's mean gap is 88 / 6; each customer's own gaps weigh one each beside it
    found = rhythm(table(CUSTOMERS), date(2024, 6, 30), 30, factor=2.0)
    weekly = (28 + 88 / 6) / 5
    assert found["usual_gap_days"].tolist() == pytest.approx(
        [float("nan"), weekly, (60 + 88 / 6) / 3], nan_ok=True
    )
    assert found["late"].tolist() == [False, True, False]
    assert found["expected_next_order"].tolist() == [
        pd.NaT, pd.Timestamp(2024, 5, 10), pd.Timestamp(2024, 7, 5),
    ]  # fmt: skip
    assert found["revenue_at_risk"].tolist() == pytest.approx([0, 20 * 30 / weekly * 0.8, 0])


def test_nobody_with_a_second_purchase():
    once = table(CUSTOMERS).iloc[:1].astype({"gap_total": "float64"})
    assert usual_gap(once).isna().all()
    assert late_factor(once) == 2.0
    assert not rhythm(once, date(2024, 6, 30), 30, factor=2.0)["late"].any()


def test_factor_leaves_one_in_ten_late():
    known = pd.DataFrame(
        {"purchase_days": 3, "gap_total": range(31, 131), "gap_last": range(1, 101)}
    )
    earlier = 30
    shop = float(known["gap_total"].sum()) / 200
    expected = known["gap_last"].quantile(0.9) / ((earlier + shop) / 2)
    assert late_factor(known) == pytest.approx(expected)
