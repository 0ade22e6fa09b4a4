"""Orders as they stood on a day; a credit note with a new bill is one order."""

from datetime import date

import pandas as pd

from custanalytics.forecast.sales import sales_of
from custanalytics.transactions import as_engine

COLUMNS = ["customer_id", "order_id", "ordered_at", "amount"]


def purchase_days(rows, seen_on="2024-12-31"):
    lines = pd.DataFrame(rows, columns=COLUMNS)
    sales = sales_of(as_engine(lines), date(2024, 12, 31))
    day = int(pd.Timestamp(seen_on).to_datetime64().astype("datetime64[D]").astype("int64"))
    bought = sales.seen_on(day)
    days = pd.to_datetime(bought.day, unit="D").strftime("%m-%d")
    return [*zip(sales.customer_id[bought.customer], days, bought.amount, strict=True)]


def test_a_bill_issued_anew_is_one_order_on_its_first_day():
    rows = [
        ("ann", "1", "2024-03-01", 100.0),
        ("ann", "2", "2024-03-05", -100.0),
        ("ann", "3", "2024-03-06", 96.0),
        ("ann", "4", "2024-06-01", 50.0),
    ]
    assert purchase_days(rows) == [("ann", "03-01", 96.0), ("ann", "06-01", 50.0)]


def test_before_the_credit_note_the_first_bill_stands():
    rows = [
        ("ann", "1", "2024-03-01", 100.0),
        ("ann", "2", "2024-03-05", -100.0),
        ("ann", "3", "2024-03-06", 96.0),
    ]
    assert purchase_days(rows, "2024-03-04") == [("ann", "03-01", 100.0)]
