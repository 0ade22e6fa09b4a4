"""Features are what was known on the day, and nothing later."""

from datetime import date

import pandas as pd
import pytest

from custanalytics.customers.features import (
    FEATURES,
    features_at,
    outcomes_after,
    prepare,
    with_outcome,
)
from custanalytics.transactions import as_engine
from tests.tables import table, transactions

LINES = """
customer_id | order_id | ordered_at          | amount | product | nets_order_id
once        | o1       | 2024-01-10 09:00:00 | 20     | cup     | -
often       | o2       | 2024-01-01 09:00:00 | 10     | cup     | -
often       | o3       | 2024-01-11 09:00:00 | 10     | cup     | -
often       | o3       | 2024-01-11 09:00:00 | 20     | pot     | -
often       | o4       | 2024-01-11 18:00:00 | 10     | cup     | -
often       | o5       | 2024-01-31 23:59:00 | 50     | cup     | -
back        | o6       | 2024-01-05 09:00:00 | 30     | cup     | -
back        | r6       | 2024-02-03 09:00:00 | -30    | cup     | o6
partly      | o7       | 2024-01-05 09:00:00 | 30     | cup     | -
partly      | r7       | 2024-01-06 09:00:00 | -10    | cup     | o7
new         | o8       | 2024-02-01 00:00:00 | 30     | cup     | -
-           | o9       | 2024-01-05 09:00:00 | 30     | cup     | -
"""


@pytest.fixture
def engine():
    engine = as_engine(transactions(LINES))
    prepare(engine)
    return engine


def test_what_is_known_at_the_cutoff(engine):
    found = features_at(engine, [date(2024, 1, 31)], 30)
    expected = table("""
    customer_id | purchase_days | n_orders | gross_spend | products | spend_refunded
    back        | 1             | 1        | 30          | 1        | 0
    often       | 3             | 4        | 100         | 5        | 0
    once        | 1             | 1        | 20          | 1        | 0
    partly      | 1             | 1        | 20          | 1        | 10
    """).merge(
        table("""
    customer_id | days_since_last_purchase | tenure_days | gap_total | gap_longest | gap_last
    back        | 26                       | 26          | -         | -           | -
    often       | 0                        | 30          | 30        | 20          | 20
    once        | 21                       | 21          | -         | -           | -
    partly      | 26                       | 26          | -         | -           | -
    """)
    )
    pd.testing.assert_frame_equal(
        found[expected.columns].astype({"customer_id": "str"}), expected, check_dtype=False
    )


def test_an_order_returned_later_still_counts_then_and_not_afterwards(engine):
    days = [date(2024, 1, 31), date(2024, 2, 3)]
    found = features_at(engine, days, 30)
    backs = found.loc[found["customer_id"] == "back", "cutoff"]
    assert backs.tolist() == [pd.Timestamp(2024, 1, 31)]


def test_the_future_changes_nothing(engine):
    cutoff = date(2024, 1, 31)
    lines = transactions(LINES)
    past = as_engine(lines[lines["ordered_at"] < "2024-02-01"])
    prepare(past)
    pd.testing.assert_frame_equal(
        features_at(engine, [cutoff], 30), features_at(past, [cutoff], 30)
    )


def test_an_outcome_begins_the_day_after_the_cutoff_and_ends_with_the_window(engine):
    days = [date(2024, 1, 10), date(2024, 1, 30)]
    known = with_outcome(features_at(engine, days, 1), outcomes_after(engine, days, 1))
    bought = known.loc[known["bought"], ["cutoff", "customer_id", "spend"]]
    assert bought.astype(str).values.tolist() == [
        ["2024-01-10", "often", "40.0"],
        ["2024-01-30", "often", "50.0"],
    ]


def test_money_has_no_unit(engine):
    lines = transactions(LINES)
    yen = as_engine(lines.assign(amount=lines["amount"] * 100))
    prepare(yen)
    inputs = [features_at(e, [date(2024, 1, 31)], 30)[list(FEATURES)] for e in (engine, yen)]
    pd.testing.assert_frame_equal(*inputs)


def test_every_nth_customer(engine):
    found = features_at(engine, [date(2024, 2, 3)], 30, one_in=2)
    assert found["customer_id"].tolist() == ["new", "once"]
