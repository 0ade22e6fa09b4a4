import numpy as np
import pandas as pd
import pytest

from custanalytics import UnsupportedError, next_products
from custanalytics.revenue.next_products import rules_of_next
from custanalytics.transactions import as_engine
from tests.tables import transactions

LINES = transactions("""
    customer_id | ordered_at | amount | product
    a           | 2024-01-01 | 5      | tent
    a           | 2024-01-01 | 5      | lamp
    a           | 2024-02-01 | 5      | lamp
    a           | 2024-03-01 | 5      | rope
    b           | 2024-01-01 | 5      | tent
    b           | 2024-01-09 | 8      | lamp
    b           | 2024-01-09 | -5     | tent
    c           | 2024-01-01 | 5      | tent
    d           | 2024-01-01 | 5      | rope
    d           | 2024-01-05 | 5      | tent
    -           | 2024-01-05 | 5      | tent
""")


def test_counts_are_of_purchase_days_with_a_next_one():
    found = next_products(LINES, min_customers=2)
    # Of four days that another followed (a twice, b, d), two began with a tent and lamps came.
    row = found.rules.set_index(["antecedent", "consequent"]).loc[("tent", "lamp")]
    assert (row["n_antecedent"], row["n_consequent"], row["n_both"]) == (2, 2, 2)
    assert row["customers_both"] == 2
    assert (row["confidence"], row["consequent_support"], row["lift"]) == (1.0, 0.5, 2.0)
    assert row["support"] == 0.5
    assert row["leverage"] == pytest.approx(0.5 - 0.5 * 0.5)
    assert found.figures["days"] == 4
    assert found.figures["comparisons"] == 9
    assert ("lamp", "lamp") in found.rules.set_index(["antecedent", "consequent"]).index
    assert not found.rules["is_rule"].any()


def test_pairs_of_one_day():
    found = next_products(LINES, min_customers=2, together=True)
    pairs = found.rules.set_index(["antecedent", "consequent"])
    assert set(pairs.index) == {("tent", "lamp"), ("lamp", "tent")}
    assert pairs.loc[("tent", "lamp"), "n_antecedent"] == 4
    assert pairs.loc[("tent", "lamp"), "confidence"] == 0.25
    assert pairs.loc[("lamp", "tent"), "confidence"] == pytest.approx(1 / 3)


def purchases(habit: bool, seed: int = 0) -> pd.DataFrame:
    """Forty products bought at random; with a habit each customer keeps to few of them."""
    rng = np.random.default_rng(seed)
    rows = []
    for customer in range(150):
        own = rng.choice(40, 3) if habit else np.arange(40)
        rows += [(customer, day, f"p{rng.choice(own)}") for day in range(12)]
    lines = pd.DataFrame(rows, columns=["customer_id", "day", "product"]).assign(amount=1.0)
    lines["ordered_at"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(lines.pop("day"), unit="D")
    return lines


def test_luck_makes_no_rule():
    assert sum(next_products(purchases(False, seed)).figures["rules"] for seed in range(5)) <= 1


def test_habits_of_few_customers_are_worth_fewer_counts():
    rules = next_products(purchases(True)).rules
    between = rules.loc[rules["antecedent"] != rules["consequent"]]
    # A pair of goods that one customer happens to hold to is no rule, however often he does.
    assert not between["is_rule"].any()
    width = between["confidence_high"] - between["confidence_low"]
    plain = (
        2
        * 1.96
        * np.sqrt(between["confidence"] * (1 - between["confidence"]) / between["n_antecedent"])
    )
    assert (width > plain).mean() > 0.9


def test_what_leads_to_what_is_found():
    lines = purchases(False, 3).sort_values(["customer_id", "ordered_at"], ignore_index=True)
    after = lines["product"].shift().eq("p1") & lines["customer_id"].eq(
        lines["customer_id"].shift()
    )
    lines.loc[after & (np.arange(len(lines)) % 2 == 0), "product"] = "p2"
    rules = next_products(lines).rules
    assert rules.loc[rules["is_rule"], ["antecedent", "consequent"]].to_numpy().tolist() == [
        ["p1", "p2"]
    ]


def test_without_a_pair_there_is_nothing_to_tell():
    with pytest.raises(UnsupportedError, match="no two items"):
        next_products(LINES.head(1))


@pytest.mark.parametrize("together", [False, True])
def test_those_who_buy_much_of_everything_make_no_rules(together):
    rng = np.random.default_rng(8)
    rows = []
    for customer in range(200):
        size = 1 if customer % 2 else 12
        for day in range(6):
            goods = rng.choice(30, size, replace=False)
            rows += [
                (customer, pd.Timestamp("2024-01-01") + pd.Timedelta(days=day), f"p{g}")
                for g in goods
            ]
    lines = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "product"]).assign(amount=1.0)
    found = next_products(lines, together=together)
    assert found.rules["lift"].median() > 1.5
    assert found.rules["adjusted_lift"].median() == pytest.approx(1, abs=0.1)
    assert found.figures["rules"] <= 1


def test_rules_are_of_products_or_else_of_categories():
    follows = {"tent": "lamp", "pot": "pan"}
    lines = pd.DataFrame(
        [
            (customer, day, goods)
            for customer in range(120)
            for day, goods in enumerate([["tent", "pot"][customer % 2], None])
        ],
        columns=["customer_id", "day", "product"],
    )
    lines["product"] = lines["product"].fillna(lines["product"].shift().map(follows))
    lines["ordered_at"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(lines["day"], unit="D")
    lines = lines.assign(amount=5.0)
    end = lines["ordered_at"].max().date()
    found = rules_of_next(as_engine(lines), end)
    assert found.item == "product"
    assert set(zip(found.rules["antecedent"], found.rules["consequent"], strict=True)) == set(
        follows.items()
    )
    # Each line a product of its own: only their categories come again.
    single = lines.assign(category=lines["product"], product=np.arange(len(lines)).astype("str"))
    found = rules_of_next(as_engine(single), end)
    assert found.item == "category"
    assert len(found.rules) == 2
    with pytest.raises(UnsupportedError, match="--map product=COLUMN"):
        rules_of_next(as_engine(lines.drop(columns="product")), end)
