import numpy as np
import pandas as pd
import pytest

from custanalytics import UnsupportedError, UsageError, first_order_drivers
from tests.trials.first_orders import named, shop


@pytest.fixture(scope="module")
def lines():
    return shop(1, starter=2.0, customers=3000)


@pytest.fixture(scope="module")
def found(lines):
    return first_order_drivers(lines)


def test_a_first_product_that_doubles_the_rate_is_found_and_nothing_else(found):
    drivers = found.drivers
    products = drivers.loc[drivers["attribute"] == "product"]
    assert set(products.loc[products["is_driver"], "value"]) == {"starter"}
    best = products.loc[(products["value"] == "starter") & (products["window_days"] == 365)].iloc[0]
    assert best["risk_ratio_low"] < 2 < best["risk_ratio_high"]
    assert best["expected_rate"] < best["rate_shrunk"] < best["rate"]
    assert not drivers.loc[drivers["attribute"] == "channel", "is_driver"].any()
    assert products.loc[products["window_days"] == 365, "value"].iloc[0] == "starter"


def test_of_200_products_that_do_nothing_none_is_named():
    names, dear = named(shop(7, customers=3000))
    assert not [name for name in names | dear if name.startswith("product")]


def test_figures_are_those_of_a_plain_calculation(lines, found):
    end, start = lines["ordered_at"].max(), lines["ordered_at"].min()
    first = lines.groupby("customer_id")["ordered_at"].min()
    own = lines.assign(first=lines["customer_id"].map(first))
    quiet = pd.Timedelta(days=found.figures["washout_days"])
    row = found.drivers.query("value == 'starter' and window_days == 90").iloc[0]
    began = own.loc[(own["ordered_at"] == own["first"]) & (own["product"] == "starter")]
    ids = began.loc[
        (began["first"] >= start + quiet) & (began["first"] <= end - pd.Timedelta(days=90)),
        "customer_id",
    ].unique()
    later = own.loc[own["customer_id"].isin(ids) & (own["ordered_at"] > own["first"])]
    later = later.loc[later["ordered_at"] <= later["first"] + pd.Timedelta(days=90)]
    assert row["customers"] == len(ids)
    assert row["came_back"] == later["customer_id"].nunique()
    assert row["later_revenue"] == pytest.approx(later["amount"].sum() / len(ids), rel=1e-4)


def test_a_season_that_brings_other_people_is_no_driver_of_its_goods():
    # In December twice as many come back, whatever they begin with; candles are sold then.
    rng = np.random.default_rng(4)
    day = rng.integers(0, 700, 6000)
    december = (pd.Timestamp("2022-01-01") + pd.to_timedelta(day, unit="D")).month == 12
    back = rng.random(6000) < np.where(december, 0.6, 0.2)
    product = np.where(rng.random(6000) < np.where(december, 0.5, 0.03), "candle", "soap")
    rows = pd.DataFrame({"customer_id": range(6000), "day": day, "product": product})
    again = rows.loc[back].assign(day=rows["day"] + 20)
    both = pd.concat([rows, again], ignore_index=True).assign(amount=10.0)
    both["ordered_at"] = pd.Timestamp("2022-01-01") + pd.to_timedelta(both.pop("day"), unit="D")
    table = first_order_drivers(both, washout_days=175).drivers.query("attribute == 'product'")
    candles = table.query("value == 'candle' and window_days == 90").iloc[0]
    soaps = table.query("value == 'soap' and window_days == 90").iloc[0]
    assert candles["rate"] > soaps["rate"] + 0.15
    assert not table["is_driver"].any()


def test_what_a_file_tells_is_compared_and_discounts_too():
    rng = np.random.default_rng(2)
    n = 1500
    used = rng.random(n) < 0.4
    back = rng.random(n) < np.where(used, 0.15, 0.4)
    rows = pd.DataFrame(
        {
            "customer_id": range(n),
            "day": rng.integers(0, 500, n),
            "amount": 20.0,
            "country": rng.choice(["DE", "FR"], n),
            "category": None,
            "discounted": used,
        }
    )
    both = pd.concat([rows, rows.loc[back].assign(day=rows["day"] + 30)], ignore_index=True)
    both["ordered_at"] = pd.Timestamp("2023-01-01") + pd.to_timedelta(both.pop("day"), unit="D")
    table = first_order_drivers(both).drivers
    # No line names a category, and all baskets are of one size.
    assert set(table["attribute"]) == {"country", "discount"}
    discount = table.query("attribute == 'discount' and window_days == 90").set_index("value")
    assert discount["is_driver"].all()
    assert discount.loc["used", "risk_ratio_high"] < 1 < discount.loc["not used", "risk_ratio_low"]
    # The two are one comparison seen from both sides.
    assert discount["p_value"].iloc[0] == pytest.approx(discount["p_value"].iloc[1])


def test_one_large_order_makes_no_driver():
    rng = np.random.default_rng(6)
    n = 2000
    rows = pd.DataFrame(
        {
            "customer_id": range(n),
            "ordered_at": pd.Timestamp("2023-01-01")
            + pd.to_timedelta(rng.integers(0, 500, n), unit="D"),
            "amount": 20.0,
            "product": rng.choice(["a", "b", "c", "d"], n),
        }
    )
    again = rows.loc[rng.random(n) < 0.3].copy()
    again["ordered_at"] += pd.Timedelta(days=30)
    again.loc[again.loc[again["product"] == "a"].index[0], "amount"] = 1e6
    table = first_order_drivers(pd.concat([rows, again], ignore_index=True)).drivers
    assert not table["is_revenue_driver"].any()
    assert table["later_revenue"].max() > 20 * table["later_revenue_winsorized"].max()


def test_short_data_is_refused_with_the_reason():
    days = pd.date_range("2024-01-01", periods=60).repeat(5)
    lines = pd.DataFrame({"customer_id": range(300), "ordered_at": days, "amount": 1.0})
    with pytest.raises(UnsupportedError, match="0 new customers were observed for 90 days"):
        first_order_drivers(lines)
    with pytest.raises(UsageError, match="at least 5"):
        first_order_drivers(lines, min_customers=1)


def test_old_customers_of_the_first_days_are_left_out_and_counted(lines, found):
    washout = found.checks[0]
    assert washout.name == "first_orders.washout"
    assert washout.value == found.figures["washout_days"] == 0
    # a thousand old customers, whom the file shows in its first four weeks
    begin = lines["ordered_at"].min().normalize()
    old = pd.DataFrame(
        {
            "customer_id": [f"old {i}" for i in range(1000)],
            "ordered_at": [begin + pd.Timedelta(days=i % 28) for i in range(1000)],
            "amount": 20.0,
        }
    )
    crowded = first_order_drivers(pd.concat([lines, old], ignore_index=True))
    days = crowded.figures["washout_days"]
    assert 28 <= days <= 70
    firsts = lines.groupby("customer_id")["ordered_at"].min().dt.normalize()
    early = int((firsts < begin + pd.Timedelta(days=days)).sum())
    assert crowded.figures["customers"] == len(firsts) - early
    assert f"The {1000 + early:,} of {1000 + len(firsts):,} customers" in crowded.checks[0].sentence
    given = first_order_drivers(lines, washout_days=100)
    assert given.figures["washout_days"] == 100
