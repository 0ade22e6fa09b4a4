"""Dates of other countries, totals shared among the lines of an order, and states by content."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from custanalytics import Ledger, SourceError, load
from custanalytics.ledger.detect.states import state_reasons

TODAY = date(2026, 1, 31)
DAYS = [date(2024, 1, 5) + timedelta(days=9 * n) for n in range(60)]


def loaded(tmp_path: Path, rows: list[str]) -> Ledger:
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return load([path], today=TODAY)


def shop(form: str) -> list[str]:
    """A sale a row, the day as the form writes it."""
    cells = [
        form.format(d, thai=d.year + 543, era=d.year - 2018, farsi=d.year - 621, roc=d.year - 1911)
        for d in DAYS
    ]
    rows = [f"{n},K{n % 9},{cell},{n + 10}.50" for n, cell in enumerate(cells)]
    return ["order,customer,date,total", *rows]


@pytest.mark.parametrize(
    "form",
    [
        "{0.year}年{0.month}月{0.day}日", "令和{era}年{0.month}月{0.day}日", "R{era}.{0.month}.{0.day}",
        "{0.year}. {0.month}. {0.day}.", "{0.year}년 {0.month}월 {0.day}일 10시 05분",
        "{thai}-{0:%m-%d}", "{0:%d/%m}/{thai}",
    ],
)  # fmt: skip
def test_days_of_other_countries(tmp_path: Path, form: str) -> None:
    ledger = loaded(tmp_path, shop(form))
    assert (ledger.first_order, ledger.last_order) == (DAYS[0], DAYS[-1])
    assert ledger.report.rows_used == len(DAYS)
    said = any("Buddhist" in warning for warning in ledger.report.warnings)
    assert said == ("thai" in form)


@pytest.mark.parametrize(
    ("form", "calendar"), [("{farsi}/{0:%m/%d}", "Persian"), ("{roc}/{0:%m/%d}", "Taiwan")]
)
def test_other_calendars_are_refused_by_name(tmp_path: Path, form: str, calendar: str) -> None:
    with pytest.raises(SourceError, match=calendar):
        loaded(tmp_path, shop(form))


def test_a_mistyped_year_is_no_buddhist_one(tmp_path: Path) -> None:
    rows = shop("{0}")
    rows[7] = rows[7].replace("2024-", "2567-")
    ledger = loaded(tmp_path, rows)
    assert ledger.report.rows_used == len(DAYS) - 1
    assert not any("Buddhist" in warning for warning in ledger.report.warnings)


HEAD = "order,customer,date,product,quantity,unit price,order total"


def test_a_total_is_shared_among_its_lines_to_the_cent(tmp_path: Path) -> None:
    rows = [HEAD]
    for n, day in enumerate(DAYS[:12]):
        rows += [
            f"{n},K{n % 5},{day},mug,1,10.00,{20 + n}.00",
            f"{n},,,tee,2,10.00,",
            f"{n},,,sticker,1,0.00,",
        ]
    ledger = loaded(tmp_path, rows)
    lines = ledger.lines()
    assert ledger.report.revenue == sum(20 + n for n in range(12))
    assert ledger.report.rows_set_aside == {"zero_amount": 12}
    totals = lines.groupby("order_id")["amount"].sum()
    assert [Decimal(str(total)) for total in totals.sort_values()] == [20 + n for n in range(12)]
    tees = lines[lines["product"] == "tee"]["amount"].astype(float)
    assert [round(tee, 2) for tee in sorted(tees)[:3]] == [13.33, 14, 14.66]
    assert any("shared among their lines" in warning for warning in ledger.report.warnings)


def test_without_prices_no_product_gets_the_whole_order(tmp_path: Path) -> None:
    rows = ["order,customer,date,product,order total"]
    for n, day in enumerate(DAYS[:12]):
        rows += [f"{n},K{n % 5},{day},{good},{20 + n}.00" for good in ("mug", "tee")]
    ledger = loaded(tmp_path, rows)
    assert ledger.report.revenue == sum(20 + n for n in range(12))
    assert ledger.lines()["product"].isna().all()
    assert any("products and categories" in warning for warning in ledger.report.warnings)


def test_lines_joined_with_payments_are_refused(tmp_path: Path) -> None:
    rows = ["order id,order item id,customer,date,price,payment type"]
    for n, day in enumerate(DAYS[:12]):
        rows += [f"{n},1,K{n % 5},{day},{20 + n}.50,{way}" for way in ("card", "voucher")]
    with pytest.raises(SourceError, match="order item id"):
        loaded(tmp_path, rows)


def test_states_are_found_by_what_a_column_holds(tmp_path: Path) -> None:
    states = ("shipped", "delivered", "cancelled")
    rows = ["order,customer,date,total,how it stands"]
    rows += [f"{n},K{n % 9},{day},10.50,{states[n % 3]}" for n, day in enumerate(DAYS)]
    ledger = loaded(tmp_path, rows)
    assert ledger.report.rows_set_aside == {"cancelled": 20}
    assert any("by what it holds" in warning for warning in ledger.report.warnings)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("Return completed", "returned"), ("Refund processed", "refunded"),
        ("Devolução finalizada com reembolso", "returned"), ("Cancellation confirmed", "cancelled"),
        ("Refund rejected", "unknown"), ("not returned", "unknown"),
        ("Canceled reversal", "sale"), ("Partially refunded", "sale"), ("Paid", "sale"),
    ],
)  # fmt: skip
def test_what_was_undone_goes_before_what_was_done(state: str, reason: str) -> None:
    assert state_reasons("status", [state])[state][0] == reason


def test_a_cancelled_payment_is_no_sale() -> None:
    found = state_reasons("payment_status", ["Canceled", "true", "false"])
    assert [reason for reason, _ in found.values()] == ["cancelled", "sale", "not_paid"]


def test_a_refund_of_zero_leaves_the_state_to_decide(tmp_path: Path) -> None:
    rows = ["order,customer,date,total,status,total refunded"]
    for n, day in enumerate(DAYS):
        rows.append(f"{n},K{n % 9},{day},10.50,{('paid', 'refunded')[n % 2]},0.00")
    assert loaded(tmp_path, rows).report.rows_set_aside == {"refunded": 30}


@pytest.mark.parametrize(("name", "sign"), [("金額", "円"), ("amount", "원"), ("금액", "")])
def test_amounts_of_the_east_need_no_decimal_sign(tmp_path: Path, name: str, sign: str) -> None:
    rows = [f"order;customer;date;{name}"]
    rows += [f"{n};K{n % 9};{day};{1000 + 7 * n:,}{sign}" for n, day in enumerate(DAYS)]
    assert loaded(tmp_path, rows).report.revenue == sum(1000 + 7 * n for n in range(len(DAYS)))
