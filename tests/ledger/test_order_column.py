"""The order's number where no known name tells it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from custanalytics.ledger import Ledger, load

# (order, customer, day): ten customers, two orders of one customer on one day, two lines each.
ORDERS = [(n, n % 10 if n < 38 else 7, date(2024, 1, 1 + min(n, 37) // 2)) for n in range(39)]


def loaded(folder: Path, name: str, cells: Sequence[str], *, goods: bool = True) -> Ledger:
    head = f"client no,day,{name},amount" + (",article" if goods else "")
    lines = [head]
    for cell, (_, who, day) in zip(cells, ORDERS, strict=True):
        made = [f"K{who},{day},{cell},12.50"]
        lines += [f"{line},{a}" for line in made for a in ("Mug", "Tray")] if goods else made
    (folder / "sales.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return load(folder / "sales.csv", today=date(2025, 1, 1))


@pytest.mark.parametrize(
    ("name", "cells"), [
        ("shop-order-id", [f"303-{n:07}" for n, *_ in ORDERS]),
        ("Sale", [str(1001 + n) for n, *_ in ORDERS]),
        ("Wording of their own", [f"x{n * 7919 % 1000:04}" for n, *_ in ORDERS]),
        ("Counter", [str(n + 1) for n, *_ in ORDERS]),
    ],
)  # fmt: skip
def test_each_value_has_one_customer_and_one_day(
    tmp_path: Path, name: str, cells: list[str]
) -> None:
    ledger = loaded(tmp_path, name, cells)
    assert ledger.mapping.columns["order_id"] == name
    assert ledger.report.orders == 39
    assert any("--map order_id=none" in warning for warning in ledger.report.warnings)


@pytest.mark.parametrize("name", ["Reference", "ID", "Sale no. of ours"])
def test_a_number_in_each_row_is_the_orders_where_rows_are_orders(
    tmp_path: Path, name: str
) -> None:
    cells = [f"{n * 7919 % 1000}" for n, *_ in ORDERS]
    ledger = loaded(tmp_path, name, [f"R{cell}" for cell in cells], goods=False)
    assert ledger.mapping.columns["order_id"] == name


@pytest.mark.parametrize(
    ("name", "cells"), [
        ("Age", [str(20 + n * 13 % 60) for n, *_ in ORDERS]),
        ("Postcode", [f"A{who}-123" for _, who, _ in ORDERS]),
        ("Week", [f"2024-W{day.isocalendar().week:02}" for *_, day in ORDERS]),
        ("Row", [str(n * 31 % 997) for n, *_ in ORDERS]),
    ],
)  # fmt: skip
def test_what_is_no_number_of_orders(tmp_path: Path, name: str, cells: list[str]) -> None:
    ledger = loaded(tmp_path, name, cells)
    assert "order_id" not in ledger.mapping.columns
    assert ledger.report.orders == 38


def test_it_can_be_left_out(tmp_path: Path) -> None:
    loaded(tmp_path, "Sale", [str(1001 + n) for n, *_ in ORDERS])
    ledger = load(tmp_path / "sales.csv", mapping={"order_id": "none"}, today=date(2025, 1, 1))
    assert ledger.report.orders == 38
