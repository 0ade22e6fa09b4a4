"""The sample data's known truth against what a run finds in it."""

import math
import runpy
import sys

import pytest

from custanalytics.bundled import sample_data_dir
from tests.samples import analysed


def generator(name: str) -> dict:
    return runpy.run_path(str(sample_data_dir() / f"generate_{name}.py"))


@pytest.mark.parametrize("name", ["box", "wholesaler", "leads"])
def test_the_generator_makes_the_same_bytes(name, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["generate", str(tmp_path / "again.csv")])
    runpy.run_path(str(sample_data_dir() / f"generate_{name}.py"), run_name="__main__")
    sample = (sample_data_dir() / f"{name}.csv").read_bytes()
    assert (tmp_path / "again.csv").read_bytes() == sample
    assert len(sample) < 600_000


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    made = generator("box")
    rows, truth = made["payments"]()
    return made, rows, truth, analysed(tmp_path_factory, "box")


@pytest.fixture(scope="module")
def wholesaler(tmp_path_factory):
    made = generator("wholesaler")
    rows, truth = made["invoices"]()
    return made, rows, truth, analysed(tmp_path_factory, "wholesaler")


def test_payments_of_the_box_are_counted_to_the_cent(box):
    made, rows, truth, results = box
    at = {name: made["HEADER"].index(name) for name in made["HEADER"]}
    kept = [r for r in rows if r[at["Mode"]] == "Live" and r[at["Status"]] != "Failed"]
    net = [float(r[at["Amount"]]) - float(r[at["Amount Refunded"]]) for r in kept]
    assert results.ledger.customers == len(truth)
    assert results.ledger.orders == sum(amount > 0 for amount in net)
    assert float(results.ledger.revenue) == pytest.approx(sum(net), abs=0.005)


def test_who_still_wants_the_box_is_found(box):
    _, _, truth, results = box
    active = sum(wanted for wanted, _, _ in truth.values())
    # All who are active pay within 90 days, and nobody else does.
    assert results.propensity.figures["expected_buyers"] == pytest.approx(active, rel=0.10)
    chance = results.customers.set_index("customer_id")["propensity"]
    wanted = chance.index.map(lambda customer: truth[customer][0]).to_numpy()
    assert chance[wanted].mean() > 0.85
    assert chance[~wanted].mean() < 0.15


def test_the_value_of_the_box_lies_within_its_bounds(box):
    made, _, truth, results = box
    skip, refund = made["SKIP_SHARE"], made["REFUND_SHARE"]
    revenue = sum(
        price * (1 - refund) * (1 - skip) * (1 - (1 - skip) * chance) ** month
        for wanted, chance, price in truth.values()
        if wanted
        for month in range(12)
    )
    totals = results.value.totals.iloc[0]
    assert totals["revenue_low"] <= revenue <= totals["revenue_high"]
    assert totals["revenue"] == pytest.approx(revenue, rel=0.35)


def test_how_much_hangs_on_a_few_customers_of_the_wholesaler_is_exact(wholesaler):
    made, rows, truth, results = wholesaler
    spent: dict[str, float] = {}
    for row in rows:
        line = dict(zip(made["HEADER"], row, strict=True))
        if line["Status"] != "storniert":
            value = float(line["Nettobetrag"].replace(".", "").replace(",", "."))
            spent[line["Kundennummer"]] = spent.get(line["Kundennummer"], 0.0) + value
    best = sorted(spent, key=spent.__getitem__, reverse=True)
    assert {truth[customer]["class"] for customer in best[:6]} == {"large"}
    share = sum(spent[customer] for customer in best[:10]) / sum(spent.values())
    assert results.concentration.figures["top_ten_share"] == pytest.approx(share, abs=1e-9)


def test_what_the_wholesaler_may_expect_is_near_the_truth(wholesaler):
    made, _, truth, results = wholesaler
    orders = revenue = 0.0
    for customer in truth.values():
        if not customer["left"]:
            rate = made["LEAVING"][customer["class"]]
            years = (1 - math.exp(-rate)) / rate if rate else 1.0
            # A day in seven is a Saturday and one a Sunday: two days' and one day's wait.
            expected = 365 * years / (customer["gap"] + 3 / 7)
            orders += expected
            revenue += expected * customer["amount"]
    totals = results.value.totals.iloc[0]
    assert totals["expected_purchases"] == pytest.approx(orders, rel=0.15)
    assert totals["revenue"] == pytest.approx(revenue, rel=0.20)
    assert totals["revenue_low"] <= revenue <= totals["revenue_high"]


def test_the_large_customer_who_left_counts_as_gone(wholesaler):
    made, _, truth, results = wholesaler
    (lost,) = [n for n, c in truth.items() if c["class"] == "large" and c["left"]]
    customer = results.customers.set_index("customer_id").loc[lost]
    assert customer["p_alive"] < 0.01
    assert customer["last_order"].date() <= made["LOST_LARGE"][1]
