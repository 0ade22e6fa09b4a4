"""A credit note, and the bill issued in the place of the one it takes back, are one order."""

from datetime import date

import pandas as pd
import pytest

from custanalytics.customers.overview import business_overview
from custanalytics.customers.summary import customer_summary
from custanalytics.transactions import as_engine
from tests.tables import transactions

LINES = transactions("""
    customer_id | order_id | ordered_at | amount | product | nets_order_id
    issued      | 1        | 2024-03-01 |  100.0 | -       | -
    issued      | 2        | 2024-03-05 | -100.0 | -       | -
    issued      | 3        | 2024-03-06 |   96.0 | -       | -
    issued      | 4        | 2024-06-01 |   50.0 | -       | -
    about       | 1        | 2024-03-01 |  100.0 | -       | -
    about       | 2        | 2024-03-05 |  -98.0 | -       | -
    about       | 3        | 2024-03-06 |   99.0 | -       | -
    cancelled   | 1        | 2024-03-01 |  100.0 | -       | -
    cancelled   | 2        | 2024-03-05 | -100.0 | -       | -
    cancelled   | 4        | 2024-06-01 |  100.0 | -       | -
    some        | 1        | 2024-03-01 |  100.0 | -       | -
    some        | 2        | 2024-03-05 |  -30.0 | -       | -
    nearly      | 1        | 2024-03-01 |  100.0 | -       | -
    nearly      | 2        | 2024-03-05 |  -98.0 | -       | -
    long_ago    | 1        | 2024-01-01 |  100.0 | -       | -
    long_ago    | 2        | 2024-03-05 | -100.0 | -       | -
    too_late    | 1        | 2024-03-01 |  100.0 | -       | -
    too_late    | 2        | 2024-03-05 | -100.0 | -       | -
    too_late    | 3        | 2024-03-20 |  100.0 | -       | -
    dearer      | 1        | 2024-03-01 |  100.0 | -       | -
    dearer      | 2        | 2024-03-05 | -100.0 | -       | -
    dearer      | 3        | 2024-03-06 |  111.0 | -       | -
    named       | 1        | 2024-03-01 |   60.0 | soap    | -
    named       | 1        | 2024-03-01 |   40.0 | comb    | -
    named       | 2        | 2024-03-05 |  -60.0 | soap    | 1
    named       | 2        | 2024-03-05 |  -40.0 | comb    | 1
    named       | 3        | 2024-03-05 |   60.0 | soap    | -
    named       | 3        | 2024-03-05 |   35.0 | brush   | -
    other       | 1        | 2024-03-01 |  100.0 | soap    | -
    other       | 2        | 2024-03-05 | -100.0 | soap    | -
    other       | 3        | 2024-03-06 |  100.0 | comb    | -
    monthly     | 1        | 2024-03-01 |   30.0 | -       | -
    monthly     | 2        | 2024-03-29 |   30.0 | -       | -
    monthly     | 3        | 2024-03-30 |  -30.0 | -       | -
    twice       | 1        | 2024-03-01 |  100.0 | -       | -
    twice       | 2        | 2024-03-02 | -100.0 | -       | -
    twice       | 3        | 2024-03-02 |   90.0 | -       | -
    twice       | 4        | 2024-03-04 |  -90.0 | -       | -
    twice       | 5        | 2024-03-05 |   88.0 | -       | -
    -           | 1        | 2024-03-01 |  100.0 | -       | -
    -           | 2        | 2024-03-05 | -100.0 | -       | -
""").astype({"nets_order_id": "Int64"})
END = date(2024, 6, 30)


@pytest.mark.parametrize(
    ("customer", "parts"),
    [
        ("issued", {"2": "1", "3": "1"}),
        ("about", {"2": "1", "3": "1"}),
        ("cancelled", {"2": "1"}),
        ("some", {}),
        ("nearly", {}),
        ("long_ago", {}),
        ("too_late", {"2": "1"}),
        ("dearer", {"2": "1"}),
        ("named", {"3": "1"}),
        ("other", {"2": "1"}),
        ("monthly", {"3": "2"}),
        ("twice", {"2": "1", "4": "3", "5": "3"}),
    ],
)
def test_order_parts_spec(customer, parts):
    lines = LINES.loc[LINES["customer_id"] == customer]
    found = as_engine(lines).sql("FROM order_parts")
    assert dict(zip(found["order_id"], found["part_of"], strict=True)) == parts


def test_of_all_together_nobody_takes_back_anothers_order():
    found = as_engine(LINES).sql("FROM order_parts")
    assert found["customer_id"].nunique() == 9
    assert found["customer_id"].notna().all()


def test_a_bill_issued_again_makes_no_rhythm_and_no_spend():
    summary = customer_summary(LINES, END).set_index("customer_id")
    issued = summary.loc["issued"]
    assert (issued["n_orders"], issued["frequency"], issued["recency"]) == (2, 1, 92)
    assert (issued["total_spend"], issued["monetary_value"]) == (146.0, 50.0)
    assert "long_ago" in summary.index
    # taken back altogether, and never billed again
    assert summary.loc["cancelled", ["n_orders", "total_spend"]].tolist() == [1, 100.0]
    assert summary.loc["twice", ["n_orders", "total_spend"]].tolist() == [1, 88.0]


@pytest.mark.parametrize(
    ("day", "spent"), [("2024-03-04", [100.0]), ("2024-03-05", []), ("2024-03-06", [96.0])]
)
def test_as_of_a_day_between_only_what_was_known_counts(day, spent):
    lines = LINES.loc[LINES["customer_id"] == "issued"]
    engine = as_engine(lines)
    found = engine.run("customer_summary", as_of=pd.Timestamp(day).date())
    assert found["total_spend"].tolist() == spent
    assert found["first_order"].dt.strftime("%m-%d").tolist() == ["03-01"] * len(spent)


def test_average_order_and_months_have_one_order_and_the_report_says_so():
    lines = LINES.loc[LINES["customer_id"] == "issued"]
    found = business_overview(lines, END)
    assert (found.figures["orders"], found.figures["average_order_value"]) == (2, 73.0)
    assert found.monthly["orders"].tolist() == [1, 0, 0, 1]
    said = next(check for check in found.checks if check.name == "overview.credit_notes")
    assert "naming it: 1; bills issued again within days for much the same: 1" in said.sentence
    before = business_overview(lines, date(2024, 3, 4))
    assert not [check for check in before.checks if check.name == "overview.credit_notes"]
