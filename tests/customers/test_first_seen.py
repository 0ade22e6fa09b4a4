"""Who is a new customer, and what is said of new customers without the old ones."""

from datetime import date, timedelta

import pandas as pd
import pytest

from custanalytics.customers.cohorts import cohort_retention
from custanalytics.customers.first_seen import first_seen
from custanalytics.engine import DuckDBEngine
from custanalytics.errors import UnsupportedError
from custanalytics.transactions import as_engine
from tests.tables import transactions
from tests.trials.shops import shop_of_kind

BEGIN, END = pd.Timestamp("2024-01-01"), date(2024, 12, 31)


def first_purchases(days):
    """One customer with one purchase for each of the days since the beginning."""
    return pd.DataFrame(
        {
            "customer_id": [str(number) for number in range(len(days))],
            "ordered_at": [BEGIN + pd.Timedelta(days=day) for day in days],
            "amount": 10.0,
        }
    )


def test_the_first_weeks_of_a_file_that_begins_in_a_shops_life_are_left_out():
    sales = shop_of_kind("left truncated", 0)
    seen = first_seen(as_engine(sales), sales["ordered_at"].max().date())
    assert 21 <= seen.left_out_days <= 200
    firsts = sales.groupby("customer_id")["ordered_at"].min()
    assert seen.left_out == (firsts < pd.Timestamp(seen.new_from)).sum()


def test_how_long_is_decided_by_the_weeks_with_more_first_purchases_than_later():
    crowded = [day for day in range(21) for _ in range(10)]
    seen = first_seen(as_engine(first_purchases([*crowded, *range(21, 366)])), END)
    # four weeks are looked at together
    assert 21 <= seen.left_out_days <= 49
    assert seen.left_out == 21 * 10 + seen.left_out_days - 21


def test_a_shop_that_wins_as_many_throughout_has_only_new_customers():
    seen = first_seen(as_engine(first_purchases(range(366))), END)
    assert (seen.left_out_days, seen.left_out, seen.customers) == (0, 0, 366)
    assert seen.new_from == BEGIN.date()


def test_a_cohort_that_was_picked_is_new_from_its_first_day():
    seen = first_seen(as_engine(first_purchases([i % 60 for i in range(300)])), END)
    assert (seen.left_out_days, seen.picked) == (0, True)
    assert "Hardly anybody is seen for the first time after" in seen.check("new").sentence


def test_old_customers_who_come_one_after_the_other_are_no_picked_cohort():
    # as in a panel of households: half of those still to come are seen in each week
    week = [w for w in range(9) for _ in range(512 >> w)]
    rare = range(70, 366, 7)
    seen = first_seen(as_engine(first_purchases([*(7 * w for w in week), *rare])), END)
    assert not seen.picked
    assert 35 <= seen.left_out_days <= 98


def test_a_short_file_tells_nothing_and_leaves_nobody_out():
    crowded = [day for day in range(21) for _ in range(30)]
    sales = as_engine(first_purchases([*crowded, *range(21, 80)]))
    assert first_seen(sales, date(2024, 3, 20)).left_out_days == 0


def test_nobody_who_bought_is_nobody_seen():
    returned = first_purchases([0]).assign(amount=-10.0)
    assert first_seen(as_engine(returned), END) is None


def test_first_purchases_spec():
    engine = as_engine(
        transactions("""
            customer_id | order_id | ordered_at | amount
            a           | 1        | 2024-01-01 |  10.0
            a           | 2        | 2024-02-10 |  10.0
            b           | 3        | 2024-01-01 |  30.0
            b           | 4        | 2024-01-01 |   5.0
            c           | 5        | 2024-02-20 |   5.0
            c           | 6        | 2024-02-21 |  -2.0
            d           | 7        | 2024-02-22 |   5.0
            d           | 7        | 2024-02-23 |  -5.0
            -           | 8        | 2024-02-25 |   7.0
            e           | 9        | 2024-03-01 |   7.0
            f           | 10       | 2024-03-02 |   7.0
        """)
    )
    found = engine.run("first_purchases", as_of=date(2024, 3, 1))
    days = found["first_order"].dt.strftime("%m-%d").tolist()
    assert dict(zip(days, found["customers"], strict=True)) == {"01-01": 2, "02-20": 1, "03-01": 1}


@pytest.fixture
def truncated() -> DuckDBEngine:
    """In January the old customers, who all come back; later new ones, who never do."""
    old = first_purchases([day % 28 for day in range(400)])
    again = old.assign(ordered_at=old["ordered_at"] + pd.Timedelta(days=40))
    new = first_purchases(range(31, 366)).assign(
        customer_id=lambda lines: "new " + lines["customer_id"]
    )
    return as_engine(pd.concat([old, again, new], ignore_index=True))


def test_old_customers_count_in_no_figure_about_new_ones(truncated):
    found = cohort_retention(truncated, END)
    days = int(found.figures["left_out_days"])
    assert 28 <= days <= 56
    left_out = 400 + max(days - 31, 0)
    assert found.figures["new_customers"] == 735 - left_out
    assert found.figures["share_second_purchase"] == found.figures["share_second_90d"] == 0
    assert found.average.loc[found.average["period"] > 0, "active"].sum() == 0
    assert (found.figures["customers"], found.figures["one_time_customers"]) == (735, 335)
    # their cohorts stay in the table, marked
    first = found.retention.loc[found.retention["old_customers"]]
    assert first["cohort"].max() < BEGIN + timedelta(days=days)
    # 40 days after one of the first 20 days it is still February
    assert first.loc[first["period"] == 1, "active"].sum() == sum(i % 28 < 20 for i in range(400))
    assert not found.checks[1].passed
    assert f"The {left_out:,} of 735 customers" in found.checks[1].sentence


def test_the_day_can_be_given(truncated):
    everybody = cohort_retention(truncated, END, new_from=BEGIN.date())
    assert everybody.figures["new_customers"] == 735
    assert everybody.figures["share_second_purchase"] == pytest.approx(400 / 735)
    assert not everybody.retention["old_customers"].any()
    assert everybody.checks[1].passed
    with pytest.raises(UnsupportedError, match="first seen on 2025-01-01"):
        cohort_retention(truncated, END, new_from=date(2025, 1, 1))
