from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custanalytics.customers.concentration import revenue_concentration
from custanalytics.customers.rfm import rfm_segmentation
from custanalytics.customers.summary import customer_summary, holdout_summary
from custanalytics.errors import SourceError, UnsupportedError, UsageError
from custanalytics.ledger import load
from custanalytics.transactions import as_engine
from tests.tables import table, transactions

LINES = transactions("""
    customer_id | order_id | ordered_at       | amount | product | nets_order_id
    one         | o1       | 2024-01-10 09:00 |  10.00 | cup     | -
    sameday     | o2       | 2024-01-05 09:00 |   4.00 | cup     | -
    sameday     | o3       | 2024-01-05 17:00 |   6.00 | cup     | -
    sameday     | o4       | 2024-01-25 09:00 |  20.00 | cup     | -
    returner    | o5       | 2024-01-01 09:00 | 100.00 | cup     | -
    returner    | o6       | 2024-01-11 09:00 |  50.00 | cup     | -
    returner    | r1       | 2024-01-21 09:00 | -30.00 | lid     | -
    canceller   | o7       | 2024-01-02 09:00 |   8.00 | cup     | -
    canceller   | o8       | 2024-01-12 09:00 |   9.00 | cup     | -
    canceller   | r2       | 2024-01-13 09:00 |  -9.00 | cup     | o8
    lastday     | o9       | 2024-01-31 23:59 |   7.00 | cup     | -
    netzero     | oa       | 2024-01-03 09:00 |   5.00 | cup     | -
    netzero     | r3       | 2024-01-04 09:00 |  -5.00 | cup     | oa
    -           | ob       | 2024-01-08 09:00 |  99.00 | cup     | -
    later       | oc       | 2024-02-01 00:00 |   1.00 | cup     | -
""")


def test_customer_summary_spec():
    found = customer_summary(LINES, date(2024, 1, 31))
    expected = table("""
        customer_id | frequency | recency | T  | monetary_value | n_orders | total_spend | days_since_last_purchase
        canceller   | 0         | 0       | 29 | -              | 1        |   8.0       | 29
        lastday     | 0         | 0       |  0 | -              | 1        |   7.0       |  0
        one         | 0         | 0       | 21 | -              | 1        |  10.0       | 21
        returner    | 1         | 10      | 30 | 40.0           | 2        | 120.0       | 20
        sameday     | 1         | 20      | 26 | 20.0           | 3        |  30.0       |  6
    """)
    pd.testing.assert_frame_equal(found[expected.columns], expected, check_dtype=False)


def test_a_return_that_is_not_seen_yet_does_not_net_its_order():
    before = customer_summary(LINES, date(2024, 1, 12)).set_index("customer_id")
    assert before.loc["canceller", "total_spend"] == 17.0
    assert before.loc["canceller", "frequency"] == 1


def test_holdout_summary_spec():
    found = holdout_summary(LINES, date(2024, 1, 10), date(2024, 1, 31))
    expected = (
        table("""
        customer_id | frequency | T | holdout_frequency | holdout_spend | holdout_days
        canceller   | 0         | 8 | 0                 |   0.0         | 21
        netzero     | -         | - | -                 |   -           | -
        one         | 0         | 0 | 0                 |   0.0         | 21
        returner    | 0         | 9 | 1                 |  20.0         | 21
        sameday     | 0         | 5 | 1                 |  20.0         | 21
    """)
        .dropna(subset="frequency")
        .reset_index(drop=True)
    )
    pd.testing.assert_frame_equal(found[expected.columns], expected, check_dtype=False)


def test_order_ids_are_made_where_there_are_none():
    found = customer_summary(LINES.drop(columns=["order_id", "nets_order_id"]))
    assert found.set_index("customer_id").loc["sameday", "n_orders"] == 2  # one a day


def test_errors_say_what_is_missing():
    with pytest.raises(SourceError, match="missing: amount"):
        customer_summary(LINES.drop(columns="amount"))
    with pytest.raises(SourceError, match="1 rows have no ordered_at"):
        customer_summary(LINES.assign(ordered_at=LINES["ordered_at"].where(LINES.index > 0)))
    with pytest.raises(UnsupportedError, match="no known customer"):
        customer_summary(LINES, date(2020, 1, 1))
    with pytest.raises(UsageError, match="before the end"):
        holdout_summary(LINES, date(2024, 2, 1), date(2024, 1, 1))


purchase = st.tuples(
    st.sampled_from("abc"), st.integers(0, 60), st.integers(-300, 1000).filter(bool)
)


@settings(max_examples=25)
@given(st.lists(purchase, min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_properties(drawn, random):
    lines = pd.DataFrame(drawn, columns=["customer_id", "day", "cents"])
    lines["ordered_at"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(lines["day"], unit="D")
    lines["amount"] = lines["cents"] / 100
    lines["order_id"] = [f"o{i}" for i in range(len(lines))]
    if not (lines["cents"] > 0).any():
        return
    found = customer_summary(lines)
    assert (found["recency"] >= 0).all()
    assert (found["recency"] <= found["T"]).all()
    assert found.loc[found["frequency"] == 0, "monetary_value"].isna().all()
    assert not (found["monetary_value"] == 0).any()
    net = lines.groupby("customer_id")["cents"].sum() / 100
    bought = found.set_index("customer_id")["total_spend"]
    pd.testing.assert_series_equal(bought, net.loc[bought.index], check_names=False)
    order = list(range(len(lines)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(customer_summary(lines.iloc[order]), found)


line = st.tuples(
    st.sampled_from(["a", "b", None]), st.integers(0, 9), st.integers(0, 60), st.integers(-300, 900)
)


@settings(max_examples=25)
@given(st.lists(line, min_size=1, max_size=30), st.lists(st.integers(0, 60), max_size=4))
def test_a_day_is_seen_as_if_the_data_ended_there(drawn, days):
    lines = pd.DataFrame(drawn, columns=["customer_id", "order", "day", "cents"])
    lines["ordered_at"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(lines["day"], unit="D")
    lines["amount"] = lines["cents"] / 100
    lines["order_id"] = "o" + lines["order"].astype("str")
    lines["nets_order_id"] = lines["order_id"].where(lines["cents"] < 0)
    engine = as_engine(lines)
    for day in days:
        end = date(2024, 1, 1) + timedelta(days=day)
        known = lines[lines["day"] <= day]
        if not ((known["cents"] > 0) & known["customer_id"].notna()).any():
            continue
        try:
            expected = customer_summary(known, end)
        except UnsupportedError:
            continue
        pd.testing.assert_frame_equal(customer_summary(engine, end), expected)


@pytest.mark.parametrize("analysis", [revenue_concentration, rfm_segmentation])
def test_analyses_of_customers_take_a_ledger_as_well_as_its_summary(analysis, tmp_path):
    file = tmp_path / "sales.csv"
    file.write_text("id,date,customer,amount\n1,2024-01-05,a,5\n2,2024-02-05,b,7\n", "utf-8")
    ledger = load(file)
    of_summary, of_ledger = analysis(customer_summary(ledger)), analysis(ledger)
    pd.testing.assert_frame_equal(of_summary.customers, of_ledger.customers)


@pytest.mark.parametrize("analysis", [revenue_concentration, rfm_segmentation])
def test_a_summary_with_faults_is_refused_with_their_number(analysis):
    summary = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "days_since_last_purchase": [1, 2, 3],
            "n_orders": [1, 2, 3],
            "total_spend": [1.0, 2.0, 3.0],
        }
    )
    asked = analysis(summary).customers
    text = summary.assign(total_spend=["1.0", "2", "3.00"])
    pd.testing.assert_frame_equal(analysis(text).customers, asked)
    with pytest.raises(UsageError, match="2 of 3 rows have no number in total_spend"):
        analysis(summary.assign(total_spend=["1", "two", None]))
    with pytest.raises(UsageError, match="1 that repeat one"):
        analysis(summary.assign(customer_id=["a", "b", "a"]))
    with pytest.raises(UsageError, match="1 rows without a customer_id"):
        analysis(summary.assign(customer_id=["a", "b", None]))
    with pytest.raises(UsageError, match="lacks the columns total_spend"):
        analysis(summary.drop(columns="total_spend"))
