"""From a file to the ledger: what is read, what is set aside, and what is refused."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from custanalytics.engine import write_tables
from custanalytics.errors import SourceError, UsageError
from custanalytics.ledger import Ledger, Mapping, load

TODAY = date(2026, 10, 1)


def loaded(folder: Path, text: str, **options: object) -> Ledger:
    path = folder / "sales.csv"
    path.write_text(text.strip() + "\n", encoding="utf-8")
    return load([path], **{"today": TODAY, **options})  # type: ignore[arg-type]


SMALL = """
order,customer,date,product,quantity,amount
1,A,2024-01-13,mug,1,10.00
2,B,2024-01-14,tee,2,20.00
3,A,2024-02-15,mug,1,10.00
"""


def test_reasons_close_in_rows_and_in_money(tmp_path: Path) -> None:
    ledger = loaded(
        tmp_path,
        """
order,customer,date,product,quantity,amount,status
1,A,2024-01-13,mug,1,10.00,paid
2,B,2024-01-14,tee,2,20.00,paid
3,,2024-01-15,tee,1,7.00,paid
4,A,,tee,1,8.00,paid
5,A,2024-02-31,tee,1,9.00,paid
6,A,2031-01-01,tee,1,11.00,paid
7,A,2024-01-19,tee,1,,paid
8,A,2024-01-20,tee,1,ten,paid
9,A,2024-01-21,tee,0,0.00,paid
10,A,2024-01-22,tee,1,13.00,failed
11,A,2024-01-23,tee,1,14.00,cancelled
12,A,2024-01-24,tee,1,15.00,paid
12,A,2024-01-24,tee,1,15.00,paid
13,C,2024-01-25,tee,1,16.00,paid
14,C,2024-01-26,tee,1,17.00,paid
15,C,2024-01-27,tee,1,18.00,paid
Total,,,,,199.00,
""",
    )
    report = ledger.report
    assert dict(report.rows_set_aside) == {
        "no_customer": 1, "zero_amount": 1, "no_amount": 1, "bad_amount": 1, "no_date": 1,
        "bad_date": 1, "future_date": 1, "payment_failed": 1, "cancelled": 1, "total_row": 1,
    }  # fmt: skip
    assert report.rows_read == 17
    assert report.rows_read == report.rows_used + sum(report.rows_set_aside.values())
    assert report.reconciliation["rows"].sum() == report.rows_read
    table = report.reconciliation.set_index("reason")["amount"]
    assert table["used"] == float(report.revenue) == 111.0
    assert table["no_customer"] == float(report.revenue_without_customer) == 7.0
    assert (report.customers, report.buyers, report.orders) == (3, 3, 6)
    assert (report.duplicate_rows, report.duplicate_amount) == (1, Decimal("15.0000"))
    assert report.set_aside.set_index("reason").loc["bad_date", "line"] == 6


def test_duplicates_go_only_when_asked(tmp_path: Path) -> None:
    text = SMALL + "3,A,2024-02-15,mug,1,10.00\n"
    assert loaded(tmp_path, text).report.revenue == 50
    dropped = loaded(tmp_path, text, drop_duplicates=True)
    assert dropped.report.revenue == 40
    assert dropped.report.rows_set_aside["exact_duplicate"] == 1


@pytest.mark.parametrize(
    ("returns", "nets"),
    [
        # Same article, quantity and amount: the earliest purchase that is still open.
        ("R,A,2024-03-01,mug,-1,-10.00", ["1"]),
        ("R,A,2024-03-01,mug,-1,-10.00\nS,A,2024-03-02,mug,-1,-10.00", ["1", "3"]),
        ("R,A,2024-02-01,mug,-1,-10.00\nS,A,2024-02-02,mug,-1,-10.00", ["1", None]),
        # Nothing to pair: before the purchase, another customer, another amount.
        ("R,A,2024-01-01,mug,-1,-10.00", [None]),
        ("R,B,2024-03-01,mug,-1,-10.00", [None]),
        ("R,A,2024-03-01,mug,-1,-9.00", [None]),
        # A return inside the order it belongs to nets there.
        ("3,A,2024-03-01,mug,-1,-10.00", [None]),
    ],
)
def test_returns_are_paired_with_their_purchase(
    tmp_path: Path, returns: str, nets: list[str | None]
) -> None:
    lines = loaded(tmp_path, SMALL + returns).lines()
    back = lines.loc[lines["amount"] < 0, "nets_order_id"]
    assert [None if name != name else name for name in back] == nets


@pytest.mark.parametrize(
    ("rows", "nets"),
    [
        ("CM10065,A,2024-03-01,credit memo,1,-30.00", ["10065"]),
        ("10065-CN,A,2024-03-01,credit memo,1,-30.00", ["10065"]),
        # Another amount, another customer, another number, before the sale.
        ("CM10065,A,2024-03-01,credit memo,1,-10.00", [None]),
        ("CM10065,B,2024-03-01,credit memo,1,-30.00", [None]),
        ("CM110065,A,2024-03-01,credit memo,1,-30.00", [None]),
        ("CM10065,A,2023-12-01,credit memo,1,-30.00", [None]),
        # An order is taken back in full once.
        (
            "CM10065,A,2024-03-01,credit memo,1,-30.00\nCN10065,A,2024-03-02,credit memo,1,-30.00",
            ["10065", None],
        ),
    ],
)
def test_a_credit_memo_is_paired_with_the_order_its_number_names(
    tmp_path: Path, rows: str, nets: list[str | None]
) -> None:
    sales = """
order,customer,date,product,quantity,amount
10064,A,2024-01-12,mug,1,30.00
10065,A,2024-01-13,mug,1,10.00
10065,A,2024-01-13,tee,1,20.00
10066,B,2024-01-14,tee,1,20.00
"""
    lines = loaded(tmp_path, sales + rows).lines()
    back = lines.loc[lines["amount"] < 0, "nets_order_id"]
    assert [None if name != name else name for name in back] == nets


def test_orders_that_net_to_zero_are_no_purchase(tmp_path: Path) -> None:
    report = loaded(tmp_path, SMALL + "R,A,2024-03-01,mug,-1,-10.00").report
    assert (report.orders, report.buyers, report.revenue) == (2, 2, 30)


def test_without_order_numbers_a_customers_day_is_an_order(tmp_path: Path) -> None:
    ledger = loaded(
        tmp_path,
        "customer,date,amount\nA,2024-01-13 10:00,1.00\nA,2024-01-13 11:00,2.00\nA,2024-01-14 10:00,3.00",
    )
    assert ledger.report.orders == 2


def test_amounts_are_exact(tmp_path: Path) -> None:
    ledger = loaded(
        tmp_path,
        "order,customer,date,quantity,unit price\n1,A,2024-01-13,3,0.075\n2,A,2024-01-14,1,0.10\n"
        "3,A,2024-01-15,1,0.20\n4,B,2024-01-16,1000,0.0833",
    )
    assert ledger.report.revenue == Decimal("83.8250")


def test_mapping_is_saved_and_reads_the_next_file_the_same_way(tmp_path: Path) -> None:
    first = loaded(tmp_path, SMALL, mapping={"product": "none", "customer_id": "customer"})
    first.mapping.save(tmp_path / "mapping.toml")
    again = loaded(tmp_path, SMALL, mapping_file=tmp_path / "mapping.toml")
    assert again.as_json() | {"mapping": 0} == first.as_json() | {"mapping": 0}
    assert Mapping.load(tmp_path / "mapping.toml").columns == first.mapping.columns


def test_columns_by_number_where_there_is_no_header(tmp_path: Path) -> None:
    ledger = loaded(
        tmp_path,
        "A,20240113,1,10.00\nB,20240114,2,20.00\nA,20240215,1,10.00",
        mapping={"customer_id": 1, "ordered_at": "2", "amount": 4},
    )
    assert ledger.report.revenue == 40


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("order,customer,date,amount\n1,A,01/02/2024,10\n2,B,03/04/2024,20", {}, "--date-order"),
        ("order,customer,date,amount\n1,A,2024-01-13,1.234\n2,B,2024-01-14,2.345", {}, "--decimal"),
        ("order,customer,date,amount\n1,A,2024-01-13,1.5\n2,B,2024-01-14,\"2,5\"", {}, "--decimal"),
        ("order,customer,date,amount,currency\n1,A,2024-01-13,1.5,EUR\n2,B,2024-01-14,2.5,USD", {}, "several currencies"),
        ("order,date,amount\n1,2024-01-13,1.5\n2,2024-01-14,2.5", {}, "--map customer_id"),
        ("order,customer no,client no,date,amount\n1,A,X,2024-01-13,1.5\n2,A,Y,2024-01-14,2.5", {}, "several columns could be the customer"),
        ("order,customer,amount\n1,A,1.5\n2,B,2.5", {}, "--map ordered_at"),
        ("order,customer,date,note\n1,A,2024-01-13,x\n2,B,2024-01-14,y", {}, "--map amount"),
        (SMALL, {"mapping": {"amount": "Amuont"}}, "has no column 'Amuont'"),
        (SMALL, {"currency": "EURO"}, "--currency"),
        (SMALL, {"currency": "XYZ"}, "ISO 4217"),
        (SMALL, {"mapping": {"amuont": "amount"}}, "unknown role"),
        (SMALL, {"date_order": "ydm"}, "--date-order"),
        ("order,customer,date,quantity,price\n1,A,2024-01-13,2,5.00\n2,B,2024-01-14,3,7.00", {}, "--map unit_price=price"),
        ("order,customer,date,quantity,unit price,discount\n1,A,2024-01-13,2,5.00,1.00\n2,B,2024-01-14,3,7.00,0", {}, "--map discount"),
        ("order,customer,date,amount", {}, "no rows"),
        ("nothing", {}, "no delimiter"),
        ("{\"a\": 1}", {}, "no column holds dates"),
        ("[ 1, 2]", {}, "JSON without a list"),
        ("{\n{", {}, "JSON"),
        ("{\"a\": [}", {}, "damaged JSON"),
        ("<html><table></table></html>", {}, "web page"),
    ],
)  # fmt: skip
def test_errors_name_the_way_out(
    tmp_path: Path, text: str, options: dict[str, object], words: str
) -> None:
    with pytest.raises((SourceError, UsageError)) as caught:
        loaded(tmp_path, text, **options)
    assert words in str(caught.value)


def test_order_totals_repeated_on_each_line_are_asked_about(tmp_path: Path) -> None:
    lines = [
        f"{order},C{order % 3},2024-01-{13 + order},p{item},{20 + order}.50"
        for order in range(8)
        for item in range(3)
    ]
    text = "order,customer,date,product,total\n" + "\n".join(lines)
    with pytest.raises(SourceError, match="--map order_total=total"):
        loaded(tmp_path, text)
    once = loaded(tmp_path, text, mapping={"order_total": "total"})
    assert once.report.revenue == sum(20 + order for order in range(8)) + 4
    assert once.report.rows_set_aside == {"further_line": 16}


def test_currencies_are_converted_at_the_rates_given(tmp_path: Path) -> None:
    text = "order,customer,date,amount,currency\n1,A,2024-01-13,10.00,EUR\n2,B,2024-01-14,20.00,USD"
    ledger = loaded(tmp_path, text, currency="EUR", rates={"USD": "0.9"})
    assert (ledger.report.revenue, ledger.currency) == (28, "EUR")


def test_returns_marked_by_their_kind_are_negative(tmp_path: Path) -> None:
    text = "order,customer,date,amount,type\n1,A,2024-01-13,10.00,Sale\n2,B,2024-01-14,20.00,Sale\n3,A,2024-01-15,4.00,Credit note"
    ledger = loaded(tmp_path, text)
    assert ledger.report.revenue == 26
    assert any("taken as negative" in warning for warning in ledger.report.warnings)


def test_days_and_months_exchanged_by_a_spreadsheet_are_refused(tmp_path: Path) -> None:
    rows = [f"{n},A,2024-{1 + n % 12:02}-0{1 + n % 9},5.00" for n in range(20)]
    rows += [f"{n + 20},A,{13 + n % 15}/02/2024,5.00" for n in range(20)]
    with pytest.raises(SourceError, match="exchanged day and month"):
        loaded(tmp_path, "order,customer,date,amount\n" + "\n".join(rows))


def test_too_many_unreadable_lines_stop_the_run_unless_allowed(tmp_path: Path) -> None:
    text = SMALL + "4,A,2024-02-15\n"
    with pytest.raises(SourceError, match="--max-unreadable"):
        loaded(tmp_path, text)
    report = loaded(tmp_path, text, max_unreadable=0.5).report
    assert (report.rows_unreadable, report.revenue) == (1, 40)
    assert report.unreadable.iloc[0].to_dict() == {
        "file": "sales.csv",
        "line": 5,
        "reason": "it has 3 fields, the table 6",
        "text": "4,A,2024-02-15",
    }


def test_the_same_file_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(SMALL.strip())
    (tmp_path / "b.csv").write_text(SMALL.strip())
    with pytest.raises(SourceError, match="same bytes"):
        load([tmp_path / "a.csv", tmp_path / "b.csv"])


def test_missing_and_empty_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "bare").mkdir()
    for path, words in (("gone.csv", "not exist"), ("empty.csv", "empty"), ("bare", "folder")):
        with pytest.raises(SourceError, match=words):
            load([tmp_path / path])


def test_findings_tell_of_thin_months_and_gaps(tmp_path: Path) -> None:
    rows = []
    for day in range(200):
        when = date(2024, 1, 1).toordinal() + day
        if 70 <= day < 90:
            continue
        rows += [
            f"{day}-{n},C{(day + n) % 17},{date.fromordinal(when)},{5 + n}.00" for n in range(3)
        ]
    ledger = loaded(tmp_path, "order,customer,date,amount\n" + "\n".join(rows))
    found = set(ledger.findings["finding"])
    assert "day_gap" in found
    assert "time_zone" in found
    assert {check.name for check in ledger.checks} >= {"source.day_gap"}


def test_online_retail_agrees_with_an_independent_count(shared_data: Path) -> None:
    report = load([shared_data / "online_retail.csv.gz"], today=TODAY).report
    assert report.rows_read == 541_909
    assert report.rows_set_aside["no_customer"] == 135_080
    assert report.customers == 4_372
    assert report.revenue_total == Decimal("9747747.9340")
    assert report.revenue == Decimal("8300065.8140")


def test_cdnow_and_bank(shared_data: Path) -> None:
    report = load([shared_data / "cdnow_master.txt"], today=TODAY).report
    assert (report.rows_read, report.customers) == (69_659, 23_570)
    assert report.rows_set_aside == {"zero_amount": 80}
    with pytest.raises(SourceError, match="no column holds dates"):
        load([shared_data / "bank_additional.csv.gz"])


def test_two_files_of_two_date_orders_are_read_each_in_its_own(tmp_path: Path) -> None:
    first = "\n".join(f"{n},C{n % 7},{1 + n % 28:02}/03/2024,5.00" for n in range(400))
    second = "\n".join(f"x{n},C{n % 7},04/{1 + n % 13:02}/2024,5.00" for n in range(13))
    for name, rows in (("a.csv", first), ("b.csv", second)):
        (tmp_path / name).write_text("order,customer,date,amount\n" + rows)
    days = load([tmp_path / "a.csv", tmp_path / "b.csv"], today=TODAY).lines()["ordered_at"]
    assert sorted(days.dt.month.value_counts().items()) == [(3, 400), (4, 13)]


def test_two_files_of_two_decimal_signs_are_read_each_in_its_own(tmp_path: Path) -> None:
    first = "\n".join(f"{n};C{n % 7};2024-03-{1 + n % 28:02};5.25" for n in range(400))
    second = "x1;C1;2024-04-01;1,250\nx2;C2;2024-04-02;3,50"
    for name, rows in (("a.csv", first), ("b.csv", second)):
        (tmp_path / name).write_text("order;customer;date;amount\n" + rows)
    report = load([tmp_path / "a.csv", tmp_path / "b.csv"], today=TODAY).report
    assert report.revenue == 400 * Decimal("5.25") + Decimal("4.75")


def test_files_that_overlap_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(SMALL.strip())
    (tmp_path / "b.csv").write_text(SMALL.strip() + "\n4,B,2024-03-15,mug,1,10.00\n")
    report = load([tmp_path / "a.csv", tmp_path / "b.csv"], today=TODAY).report
    assert any("another file" in warning for warning in report.warnings)


def test_orders_of_two_overlapping_files_are_no_order_totals(tmp_path: Path) -> None:
    rows = [f"{n},C{n % 7},2024-03-{1 + n:02},{5 + n}.50" for n in range(28)]
    for name, part in (("a.csv", rows[:18]), ("b.csv", rows[10:])):
        (tmp_path / name).write_text("order,customer,date,total\n" + "\n".join(part))
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    with pytest.raises(SourceError, match=r"8 rows of b\.csv .*--drop-duplicates"):
        load(paths, today=TODAY)
    once = load(paths, today=TODAY, drop_duplicates=True).report
    assert (once.rows_used, once.revenue) == (28, sum(range(5, 33)) + 14)
    twice = load(paths, today=TODAY, mapping={"amount": "total"}).report
    assert twice.rows_used == 36


@pytest.mark.parametrize(
    ("name", "code"),
    [("amount_jpy", "JPY"), ("AmountCHF", "CHF"), ("SEK total", "SEK"), ("Betrag (EUR)", "EUR")],
)
def test_a_currency_beside_the_name_of_the_amount(tmp_path: Path, name: str, code: str) -> None:
    ledger = loaded(tmp_path, SMALL.replace("amount", name))
    assert (ledger.mapping.columns["amount"], ledger.currency) == (name, code)


def test_a_column_that_the_user_names_settles_the_header(tmp_path: Path) -> None:
    text = "Kasse 1,Karte 2,Wann 3\n12.50,K1,2024-01-13\n7.25,K2,2024-01-14\n3.00,K1,2024-01-15"
    given = {"amount": "Kasse 1", "customer_id": "karte 2", "ordered_at": "Wann 3"}
    ledger = loaded(tmp_path, "Till of the shop\n" + text, mapping=given)
    assert (ledger.report.rows_read, ledger.report.revenue) == (3, Decimal("22.7500"))
    assert ledger.mapping.columns["customer_id"] == "Karte 2"


def test_the_amount_is_no_candidate_for_the_customer(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no column names the customer") as caught:
        loaded(tmp_path, "date,order,amount\n2024-01-13,1,1.50\n2024-01-14,2,2.50")
    assert "candidates" not in str(caught.value)


def test_parquet_is_read_whatever_its_types(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "order_id": [1, 2, 3],
            "customer_id": [7.0, 8.0, 7.0],
            "ordered_at": pd.to_datetime(
                ["2024-01-05 10:00", "2024-02-06 00:00", "2024-03-07 00:00"]
            ),
            "amount": [1.234, 1000.5, 0.1],
        }
    )
    write_tables({"sales [1]*": frame}, tmp_path)
    ledger = load([tmp_path / "sales [1]*.parquet"], today=TODAY)
    assert ledger.report.revenue == Decimal("1001.8340")
    assert set(ledger.lines()["customer_id"]) == {"7", "8"}
    assert ledger.first_order == date(2024, 1, 5)


def test_guests_are_no_customer(tmp_path: Path) -> None:
    report = loaded(tmp_path, SMALL + "4,Guest,2024-03-15,mug,1,10.00").report
    assert (report.customers, report.rows_set_aside) == (2, {"no_customer": 1})


@pytest.mark.parametrize("entry", ["platform = 5", "currency = [1]", "decimal = {}"])
def test_an_entry_of_a_mapping_file_that_is_no_text_is_named(tmp_path, entry):
    file = tmp_path / "mapping.toml"
    file.write_text(entry, "utf-8")
    with pytest.raises(UsageError, match=f"{entry.split()[0]} must be a text in quotes"):
        Mapping.load(file)
