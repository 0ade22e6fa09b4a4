from datetime import date

import numpy as np
import pandas as pd
import pytest

from custanalytics.customers.cohorts import cohort_retention
from custanalytics.errors import UnsupportedError
from tests.tables import table, transactions

LINES = transactions("""
    customer_id | order_id | ordered_at | amount
    a           | 1        | 2024-01-01 |  10.0
    a           | 2        | 2024-02-10 |  10.0
    a           | 3        | 2024-02-11 |  10.0
    b           | 4        | 2024-01-15 |  30.0
    c           | 5        | 2024-02-20 |   5.0
    c           | 6        | 2024-02-21 |  -2.0
    -           | 7        | 2024-02-25 |   7.0
""")


def test_retention_spec():
    found = cohort_retention(LINES, date(2024, 3, 10))
    expected = table("""
        cohort     | period | customers | active | retention | revenue | complete | old_customers
        2024-01-01 | 0      | 2         | 2      | 1.0       | 40.0    | True     | False
        2024-01-01 | 1      | 2         | 1      | 0.5       | 20.0    | True     | False
        2024-01-01 | 2      | 2         | 0      | 0.0       |  0.0    | False    | False
        2024-02-01 | 0      | 1         | 1      | 1.0       |  5.0    | True     | False
        2024-02-01 | 1      | 1         | 0      | 0.0       |  0.0    | False    | False
    """)
    shown = found.retention.assign(cohort=found.retention["cohort"].astype("str"))
    pd.testing.assert_frame_equal(shown, expected, check_dtype=False)
    assert found.average["retention"].tolist() == [1.0, 0.5]


def test_second_purchase_allows_for_those_still_watched():
    found = cohort_retention(LINES, date(2024, 3, 10))
    # a came back after 40 days, when b (55 days) and a were still watched and c (19) was not.
    at_40 = found.second_purchase.set_index("days").loc[40, "share"]
    assert at_40 == pytest.approx(0.5)
    assert found.figures["share_second_purchase"] == pytest.approx(1 / 3)
    assert found.figures["one_time_customers"] == 2
    assert np.isnan(found.figures["share_second_365d"])


def test_long_histories_get_longer_periods():
    days = pd.to_datetime(["2014-01-01", "2019-06-01", "2024-01-01"])
    found = cohort_retention(
        pd.DataFrame({"customer_id": list("abc"), "ordered_at": days, "amount": 1.0})
    )
    assert found.period == "year"
    assert found.retention["cohort"].dt.year.unique().tolist() == [2014, 2019, 2024]


def test_nobody_came_back():
    days = pd.to_datetime(["2024-01-01", "2024-03-01"])
    found = cohort_retention(
        pd.DataFrame({"customer_id": list("ab"), "ordered_at": days, "amount": 1.0})
    )
    assert found.figures["share_second_purchase"] == 0
    assert found.second_purchase["share"].tolist() == [0.0, 0.0]


def test_one_month_is_too_short():
    with pytest.raises(UnsupportedError, match="one calendar month"):
        cohort_retention(LINES.head(1))
