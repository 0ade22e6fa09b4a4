"""What every engine has to answer alike: each query, on the same lines, beside DuckDB.

`lines` has what engines read differently: ties, blanks, returns, credit notes, letters outside
English, capitals, and amounts of four decimals.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from custanalytics.engine import Engine
from custanalytics.transactions import keep_orders

END, CUTOFF, FIRST = date(2024, 12, 20), date(2024, 9, 1), date(2024, 6, 1)


def lines(customers: int = 60, orders: int = 700) -> pd.DataFrame:
    """Lines of a small shop in the ledger's columns."""
    dice = np.random.default_rng(7)
    names = np.array(
        [f"{'Zoë' if n % 3 else 'anna'} {n // 2}{'b' if n % 2 else 'B'}" for n in range(customers)]
    )
    who = dice.integers(customers, size=orders)
    days = pd.to_datetime("2024-01-01") + pd.to_timedelta(dice.integers(0, 366, orders), "D")
    made = []
    for order in range(orders):
        for _ in range(dice.integers(1, 4)):
            made.append(
                {
                    "customer_id": None if order % 11 == 0 else names[who[order]],
                    "order_id": f"{order:04}",
                    "ordered_at": days[order] + pd.Timedelta(hours=int(dice.integers(24))),
                    "amount": round(float(dice.gamma(2, 20)), 4),
                    "product": ["mug", "Mug", "Äpfel", "Postage", None][dice.integers(5)],
                    "quantity": float(dice.integers(1, 5)),
                    "category": ["a", "B", None][dice.integers(3)],
                    "country": ["DE", "de", "FR"][dice.integers(3)],
                    "channel": ["web", None][dice.integers(2)],
                    "discounted": [True, False, None][dice.integers(3)],
                    "consent": [True, False, None][dice.integers(3)],
                }
            )
    table = pd.DataFrame(made)
    back = table.sample(60, random_state=1)
    back = back.assign(
        amount=-back["amount"], ordered_at=back["ordered_at"] + pd.Timedelta(days=9),
        nets_order_id=back["order_id"].where(back.index % 2 == 0), order_id="R" + back["order_id"],
    )  # fmt: skip
    return pd.concat([table, back], ignore_index=True)


@dataclass(frozen=True)
class Question:
    """A query and its parameters; what has to be stored before it."""

    query: str
    params: dict[str, Any] = field(default_factory=dict)
    before: tuple[tuple[str, dict[str, Any]], ...] = ()

    def __str__(self) -> str:
        return "-".join([self.query, *(str(v) for v in self.params.values() if v not in (END,))])


def questions() -> Iterator[Question]:
    """Every query of the package, in the ways in which it is asked."""
    seen = {"as_of": END}
    yield Question("cohorts", seen | {"months_per_period": 1})
    yield Question("cohorts", seen | {"months_per_period": 3})
    for name in ("customer_consent", "customer_details", "customer_summary", "first_purchases",
                 "monthly", "order_gaps", "orders_joined", "overview", "sale_days"):  # fmt: skip
        yield Question(name, seen)
    for name in ("customers_known", "groups_told", "ledger_lines", "observation_period", "order_changes", "orders",
                 "propensity_movements", "propensity_span"):  # fmt: skip
        yield Question(name)
    yield Question("first_order_values", seen | {"min_customers": 2})
    yield Question("first_orders", seen | {"window_days": 90})
    yield Question("forecast_movements", {"until": END})
    yield Question("holdout", seen | {"cutoff": CUTOFF})
    yield Question("revenue_by_customer", seen | {"first_day": FIRST})
    yield Question("second_purchase", seen | {"new_from": FIRST})
    for group in ("product", "category", "country", "channel"):
        for known in (True, False):
            told = {"first_day": FIRST, "group_by": group, "known_only": known}
            yield Question("revenue_by_group", seen | told)
    credit = {"credited_within_days": 60, "issued_within_days": 14, "much_the_same": 0.1}
    yield Question("order_parts", credit | {"to_the_cent": 0.001})
    for item in ("product", "category"):
        asked = seen | {"item": item, "most": 5, "min_customers": 2}
        yield Question("item_baskets", asked)
        for ahead in (0, 1):
            for name in ("item_pairs", "item_counts"):
                yield Question(name, {"ahead": ahead}, (("item_baskets", asked),))
    moved = (("propensity_movements", {}), ("propensity_cutoffs", {}))
    yield Question("propensity_cutoffs")
    yield Question("propensity_outcomes", {"window_days": 30}, moved)
    yield Question("rfm_scores", {"levels": 5}, (("summary", seen),))
    yield Question("pseudonymous_ledger", {}, (("real_ledger", {}),))


def fill(engine: Engine) -> Engine:
    """The lines in an engine, and the tables that Python hands over."""
    from custanalytics.transactions import _canonical

    engine.write("ledger", _canonical(lines()), "ledger_of_lines")
    keep_orders(engine)
    days = pd.to_datetime(["2024-06-01", "2024-09-01", "2024-09-01"])
    engine.write("propensity_days", pd.DataFrame({"cutoff": days}))
    people = pd.DataFrame({"customer_id": lines()["customer_id"].dropna().unique()}, dtype="str")
    names = [f"P-{at:04}" for at in range(len(people))]
    engine.write("pseudonyms", people.assign(pseudonym=names))
    return engine


def answer(engine: Engine, question: Question) -> pd.DataFrame:
    """The rows of a question."""
    for table, params in question.before:
        query = {"summary": "customer_summary", "real_ledger": "ledger_lines"}.get(table, table)
        engine.keep(table, query, **params)
    return engine.run(question.query, **question.params)


def assert_alike(answered: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Row for row, with the same types; doubles to a relative 1e-12."""
    pd.testing.assert_frame_equal(answered, expected, rtol=1e-12, atol=0)
