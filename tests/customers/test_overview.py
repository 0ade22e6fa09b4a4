from datetime import date

import pandas as pd
import pytest

from custanalytics.customers.overview import business_overview
from custanalytics.errors import UnsupportedError
from tests.tables import table, transactions

LINES = transactions("""
    customer_id | order_id | ordered_at | amount
    a           | 1        | 2024-01-01 |  10.0
    a           | 2        | 2024-01-02 |  10.0
    b           | 3        | 2024-03-30 |  30.0
    a           | 4        | 2024-03-31 |  20.0
    a           | 5        | 2024-03-31 |  -5.0
    -           | 6        | 2024-03-31 |   7.0
    a           | 7        | 2024-04-10 |   1.0
""")


def test_months_spec():
    found = business_overview(LINES, date(2024, 4, 10)).monthly.assign(
        month=lambda m: m["month"].astype("str")
    )
    expected = table("""
        month      | revenue | orders | customers | new_revenue | returning_revenue | unknown_revenue | refunds | complete
        2024-01-01 | 20.0    | 2      | 1         | 20.0        |  0.0              | 0.0             |  0.0    | True
        2024-02-01 |  0.0    | 0      | 0         |  0.0        |  0.0              | 0.0             |  0.0    | True
        2024-03-01 | 52.0    | 3      | 2         | 30.0        | 15.0              | 7.0             | -5.0    | True
        2024-04-01 |  1.0    | 1      | 1         |  0.0        |  1.0              | 0.0             |  0.0    | False
    """)
    pd.testing.assert_frame_equal(found[expected.columns], expected, check_dtype=False)


def test_months_add_up_to_the_total():
    found = business_overview(LINES)
    assert found.monthly["revenue"].sum() == pytest.approx(73.0)
    assert found.figures["revenue_total"] == pytest.approx(73.0)
    assert found.figures["revenue_known"] + found.figures["revenue_unknown"] == pytest.approx(73.0)
    parts = found.monthly[["new_revenue", "returning_revenue", "unknown_revenue"]].sum().sum()
    assert parts == pytest.approx(73.0)
    assert found.figures["median_days_between_orders"] == 10.0  # gaps of 1, 89 and 10 days


def test_an_incomplete_last_month_is_told():
    days = pd.date_range("2024-01-01", "2024-03-12")
    found = business_overview(pd.DataFrame({"customer_id": "a", "ordered_at": days, "amount": 1.0}))
    assert found.monthly["complete"].tolist() == [True, True, False]
    assert [check.name for check in found.checks] == ["overview.last_month"]


def test_years_are_compared_over_whole_months():
    days = pd.date_range("2022-01-01", "2023-12-31")
    found = business_overview(pd.DataFrame({"customer_id": "a", "ordered_at": days, "amount": 1.0}))
    assert found.figures["revenue_last_12m"] == 365
    assert found.figures["revenue_previous_12m"] == 365
    assert found.checks == ()


def test_no_lines_before_the_day():
    with pytest.raises(UnsupportedError, match="first sale"):
        business_overview(LINES, date(2023, 1, 1))
