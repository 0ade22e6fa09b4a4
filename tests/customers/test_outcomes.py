"""Who bought after a day: nothing of that day, nothing after the window."""

from datetime import date

import pytest

from custanalytics.customers.outcomes import outcomes_after, prepare
from custanalytics.transactions import as_engine
from tests.tables import transactions

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


def test_an_outcome_begins_the_day_after_the_cutoff_and_ends_with_the_window(engine):
    days = [date(2024, 1, 10), date(2024, 1, 30)]
    bought = outcomes_after(engine, days, 1)[["cutoff", "customer_id", "spend"]]
    assert bought.astype(str).values.tolist() == [
        ["2024-01-10", "often", "40.0"],
        ["2024-01-30", "often", "50.0"],
    ]
