from datetime import date

import numpy as np
import pandas as pd
import pytest

from custanalytics import (
    UnsupportedError,
    UsageError,
    revenue_by_group,
    revenue_change,
    waterfall,
)
from custanalytics.revenue.by_group import revenue_by_groups
from custanalytics.revenue.change import comparable_months
from custanalytics.transactions import as_engine
from tests.tables import transactions

LINES = transactions("""
    customer_id | order_id | ordered_at | amount | product | quantity | country
    kept        | 1        | 2022-12-31 |  10.0  | tent    | 1        | DE
    kept        | 2        | 2023-01-01 |  20.0  | tent    | 2        | DE
    kept        | 3        | 2024-02-01 |  45.0  | tent    | 3        | DE
    lost        | 4        | 2023-12-31 |  30.0  | lamp    | 3        | FR
    back        | 5        | 2022-06-01 |   5.0  | lamp    | 1        | FR
    back        | 6        | 2024-06-01 |   8.0  | lamp    | 1        | FR
    new         | 7        | 2024-01-01 |  40.0  | rope    | 1        | DE
    new         | 8        | 2024-07-01 | -10.0  | rope    | 1        | DE
    -           | 9        | 2023-05-01 |  12.0  | lamp    | 1        | -
    -           | 10       | 2024-12-31 |  20.0  | lamp    | 2        | -
    gone        | 11       | 2022-03-01 |  50.0  | tent    | 5        | DE
    gone        | 12       | 2023-03-01 |  -7.0  | tent    | 1        | DE
""")


@pytest.fixture(scope="module")
def found():
    return revenue_change(LINES)


def test_periods_are_of_one_length_and_follow_each_other(found):
    assert found.before == (date(2023, 1, 1), date(2023, 12, 31))
    assert found.after == (date(2024, 1, 1), date(2024, 12, 31))
    leap = revenue_change(LINES, observation_end=date(2024, 2, 29), months=1)
    assert leap.before == (date(2024, 1, 1), date(2024, 1, 31))
    assert leap.after == (date(2024, 2, 1), date(2024, 2, 29))


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("2023-01-01", "The data begins with the first of the two periods"),
        ("2022-11-01", "The data begins 61 days before the first of the two periods"),
    ],
)
def test_who_counts_as_new_may_have_bought_before_the_data_begins(first, said):
    short = LINES.loc[LINES["ordered_at"] >= first]
    opening = short.iloc[[0]].assign(order_id=99, ordered_at=pd.Timestamp(first))
    checks = revenue_change(pd.concat([short, opening], ignore_index=True)).checks
    (check,) = (check for check in checks if check.name == "change.new_customers")
    assert check.sentence.startswith(said)


def test_periods_can_be_the_same_months_of_two_years():
    spring = revenue_change(LINES, date(2024, 3, 31), months=3, months_back=12)
    assert spring.before == (date(2023, 1, 1), date(2023, 3, 31))
    assert spring.after == (date(2024, 1, 1), date(2024, 3, 31))
    assert spring.figures["revenue_before"] == 20.0 - 7.0
    assert spring.figures["revenue_after"] == 45.0 + 40.0
    assert not [check for check in spring.checks if check.name == "change.seasons"]
    with pytest.raises(UsageError, match="months_back is at least 3"):
        revenue_change(LINES, months=3, months_back=2)


@pytest.mark.parametrize(("whole", "months"), [(30, 12), (24, 12), (15, 3), (14, None)])
def test_as_many_months_are_compared_as_a_year_before_has_too(whole, months):
    days = pd.date_range("2022-01-01", periods=whole + 1, freq="MS")
    monthly = pd.DataFrame({"month": days, "complete": [True] * whole + [False]})
    if months is None:
        with pytest.raises(UnsupportedError, match=r"14 whole months.*takes 15"):
            comparable_months(monthly)
        return
    last = (days[-1] - pd.Timedelta(days=1)).date()
    assert comparable_months(monthly) == (last, months)


def test_every_customer_has_one_kind(found):
    table = found.customers.set_index("part")
    assert table["change"].to_dict() == {
        "new": 30.0, "returning": 8.0, "kept_more": 25.0, "lost": -30.0, "without_purchase": 7.0,
        "unknown": 8.0,
    }  # fmt: skip
    assert table["customers"].to_dict() == {
        "new": 1, "returning": 1, "kept_more": 1, "lost": 1, "without_purchase": 1, "unknown": 0,
    }  # fmt: skip


def test_drivers_are_the_log_mean_parts(found):
    parts = found.parts.loc[found.parts["view"] == "drivers"].set_index("part")
    # Known customers: 2 with 2 orders and 43 in 2023, 3 with 3 orders and 83 in 2024.
    weight = (83 - 43) / np.log(83 / 43)
    assert parts.loc["customers", "change"] == pytest.approx(weight * np.log(3 / 2))
    assert parts.loc["orders_per_customer", "change"] == pytest.approx(0)
    assert parts.loc["customers", ["before", "after"]].tolist() == [2, 3]
    # 4 units net in 2 orders, then 4 in 3: tents 13 for 1, then 45 for 3; lamps 30 for 3, 8 for 1.
    assert parts.loc["units_per_order", "change"] == pytest.approx(weight * np.log(2 / 3))
    # Tents: 13 for 1 net, then 15 each; lamps: 10 each, then 8; ropes are new.
    shares = np.array([[13, 30], [45, 8]]) / np.array([[43], [53]])
    means = (shares[1] - shares[0]) / np.log(shares[1] / shares[0])
    index = np.exp((means * np.log([15 / 13, 8 / 10])).sum() / means.sum())
    assert parts.loc["price", "after"] == pytest.approx(index)
    assert parts.loc["price", "change"] == pytest.approx(weight * np.log(index))


@pytest.mark.parametrize("view", ["drivers", "customers"])
def test_parts_add_up_to_the_change(found, view):
    parts = found.parts.loc[found.parts["view"] == view]
    assert parts["change"].sum() == pytest.approx(found.figures["change"], abs=1e-9)
    bars = waterfall(found, view)
    assert bars["end"].iloc[-2] == pytest.approx(found.figures["revenue_after"])
    assert bars["change"].iloc[1:-1].tolist() == pytest.approx(parts["change"].tolist())


def test_groups_add_up_row_by_row(found):
    groups = found.groups
    for _, own in groups.groupby("group_by"):
        assert own["change"].sum() == pytest.approx(found.figures["change"])
    effects = groups[["volume_effect", "mix_effect", "rate_effect"]].sum(axis=1)
    np.testing.assert_allclose(effects, groups["change"], atol=1e-9)
    assert set(groups["group_by"]) == {"product", "country"}
    lamps = groups.query("value == 'lamp'").iloc[0]
    # 42 in 2 of 3 orders, then 28 in 2 of 4.
    weight = (42 - 28) / np.log(42 / 28)
    assert lamps["volume_effect"] == pytest.approx(weight * np.log(4 / 3))
    assert lamps["mix_effect"] == pytest.approx(weight * np.log((2 / 4) / (2 / 3)))


def test_without_quantities_the_average_order_stays_whole():
    parts = revenue_change(LINES.drop(columns="quantity")).parts
    assert "average_order_value" in set(parts["part"])
    assert "price" not in set(parts["part"])
    assert parts.loc[parts["view"] == "drivers", "change"].sum() == pytest.approx(66 - 18)


def test_parts_add_up_whatever_the_sales():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        n = 300
        lines = pd.DataFrame(
            {
                "customer_id": rng.choice([*"abcdefghij", None], n),
                "ordered_at": pd.Timestamp("2022-01-01")
                + pd.to_timedelta([0, *rng.integers(0, 730, n - 1)], unit="D"),
                "amount": rng.lognormal(3, 1, n) * rng.choice([1, 1, 1, 1, -0.5], n),
                "product": rng.choice([*"xyz", None], n),
                "quantity": rng.integers(1, 5, n),
                "channel": rng.choice(["web", "shop"], n),
            }
        )
        found = revenue_change(lines, observation_end=date(2023, 12, 31))
        sums = found.parts.groupby("view")["change"].sum()
        np.testing.assert_allclose(sums, found.figures["change"], atol=1e-6)
        np.testing.assert_allclose(
            found.groups.groupby("group_by")["change"].sum(), found.figures["change"], atol=1e-6
        )


def test_too_short_a_history_is_refused_with_what_it_needs():
    with pytest.raises(UnsupportedError, match="if it begins by 2023-01-01"):
        revenue_change(LINES.loc[LINES["ordered_at"] >= "2023-03-01"])


def test_what_a_product_loses_to_returns():
    table = revenue_by_group(LINES, "product", date(2024, 1, 1)).set_index("value")
    assert table.index.tolist() == ["tent", "rope", "lamp"]
    assert table.loc["rope", ["revenue", "sold", "returned", "returned_share"]].tolist() == [
        30.0, 40.0, -10.0, 0.25,
    ]  # fmt: skip
    assert table.loc["rope", "quantity"] == 0
    assert table["cumulative_share"].iloc[-1] == pytest.approx(1)
    assert table.loc["lamp", ["orders", "customers"]].tolist() == [2, 1]
    with pytest.raises(UnsupportedError, match="category"):
        revenue_by_group(LINES, "category")


def test_every_group_that_lines_tell_has_its_rows():
    table = revenue_by_groups(as_engine(LINES), date(2024, 12, 31))
    assert table["group_by"].unique().tolist() == ["product", "country"]
    for name, own in table.groupby("group_by"):
        alone = revenue_by_group(LINES, name, observation_end=date(2024, 12, 31))
        pd.testing.assert_frame_equal(own.drop(columns="group_by").reset_index(drop=True), alone)
    with pytest.raises(UnsupportedError, match="--map product=COLUMN"):
        revenue_by_groups(as_engine(LINES.drop(columns=["product", "country"])), date(2024, 1, 1))
