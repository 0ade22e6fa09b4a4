"""Torn lines are mended where exactly one mending fits, and never wrongly."""

from datetime import date
from pathlib import Path

import pytest

from custanalytics.ledger import load
from custanalytics.ledger.read.dialect import Dialect
from custanalytics.ledger.read.mending import Table, learned
from tests.trials.torn_lines import dropped, sheets, tear, torn, written

_SHEETS = sheets()


@pytest.mark.parametrize("name", _SHEETS)
def test_no_line_is_mended_wrongly(name: str) -> None:
    delimiter, rows = _SHEETS[name]
    counts, wrong = tear(rows, delimiter, torn, step=9)
    assert not wrong
    mended = sum(n for (_, what), n in counts.items() if what == "mended")
    assert mended > 0.5 * sum(counts.values())
    lost, wrong = tear(rows, delimiter, dropped, step=9)
    assert not wrong
    assert not any(n for (_, what), n in lost.items() if what == "mended")


def test_where_two_mendings_fit_none_is_taken() -> None:
    rows = [(f"{n}", f"{n % 7 + 1}", f"2024-01-{n % 28 + 1:02}", "5") for n in range(10, 99)]
    table = Table(rows)
    assert table.mended("31,2,4,2024-01-05,5", Dialect(",")) is None
    assert table.mended("31,4,2024-01-05,,5", Dialect(",")) == ("31", "4", "2024-01-05", "5")
    assert table.mended("314,2024-01-05,5", Dialect(",")) == ("31", "4", "2024-01-05", "5")
    lengths = Table([(str(n), *rows[n % 80][1:]) for n in range(1, 200)])
    assert lengths.mended("314,2024-01-05,5", Dialect(",")) is None
    assert learned(rows[:5]) is None


def test_a_lost_opening_quote_is_put_behind_its_delimiter() -> None:
    rows = [(f"{n}", f"Tea, sort {n % 5}", f"2024-01-{n % 28 + 1:02}", "5") for n in range(10, 99)]
    torn_line = '31,Tea, sort 3",2024-01-05,5'
    whole = ("31", "Tea, sort 3", "2024-01-05", "5")
    assert Table(rows).mended(torn_line, Dialect(",")) == whole


def test_torn_lines_of_a_file_are_mended_counted_and_listed(tmp_path: Path) -> None:
    _, rows = _SHEETS["product of quantity and price"]
    head = "Order ID,Customer ID,Order Date,Product,Quantity,Unit Price,Amount"
    lines = [",".join(written(row, ",")) for row in rows]
    path = tmp_path / "sales.csv"
    path.write_text("\n".join([head, *lines]))
    whole = load([path], today=date(2026, 1, 1))
    torn_lines = list(lines)
    torn_lines[3] = lines[3].replace(",", ",,", 1)
    torn_lines[20] = "".join(lines[20].rsplit(",", 1))
    torn_lines[40] = '"' + lines[40]
    torn_lines[60] = ",".join(lines[60].split(",")[:3])
    path.write_text("\n".join([head, *torn_lines]))
    ledger = load([path], today=date(2026, 1, 1))
    assert ledger.report.rows_mended == 3
    assert ledger.report.rows_unreadable == 1
    assert ledger.report.mended["line"].to_list() == [5, 22, 42]
    assert ledger.report.mended["after"].to_list() == [" | ".join(rows[at]) for at in (3, 20, 40)]
    assert any("--no-mend" in warning for warning in ledger.report.warnings)
    assert ledger.as_json()["rows_mended"] == 3
    columns = ["customer_id", "order_id", "ordered_at", "amount", "product", "quantity"]
    kept = whole.lines()[whole.lines()["line_no"] != 61][columns]
    again = ledger.lines()[columns]
    assert sorted(map(str, again.to_numpy())) == sorted(map(str, kept.to_numpy()))
    aside = load([path], today=date(2026, 1, 1), no_mend=True, max_unreadable=0.1)
    assert (aside.report.rows_mended, aside.report.rows_unreadable) == (0, 4)
