"""A table on a server becomes the ledger that its export would become."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

import custanalytics as ca
from custanalytics.cli.main import main
from custanalytics.errors import SourceError, UsageError

psycopg = pytest.importorskip("psycopg", reason="the extra postgres is not installed")

TODAY = date(2025, 2, 1)
HEAD = ["CustomerNo", "Invoice", "InvoiceDate", "Qty", "Price", "StockCode", "Description", "State"]


def rows() -> pd.DataFrame:
    """Three hundred lines, some without a customer, cancelled, given back, at no price."""
    made = []
    for n in range(300):
        who = None if n % 17 == 0 else 100 + n % 40
        day = pd.Timestamp("2024-01-03 10:00") + pd.Timedelta(days=n)
        state = "cancelled" if n % 23 == 0 else "complete"
        price = 0 if n % 41 == 0 else 2.5 + n % 7
        made.append((who, f"A{n}", day, 1 + n % 3, price, f"S{n % 5}", f"Mug {n % 5}", state))
        if n % 13 == 0:
            made.append((who, f"C{n}", day + pd.Timedelta(days=5), -1 - n % 3, price, f"S{n % 5}",
                         f"Mug {n % 5}", "complete"))  # fmt: skip
    return pd.DataFrame(made, columns=HEAD).astype({"CustomerNo": "Int64"})


@pytest.fixture(scope="module")
def address(server: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA shop")
        connection.execute(
            'CREATE TABLE shop.lines ("CustomerNo" int, "Invoice" text, "InvoiceDate" '
            'timestamp, "Qty" int, "Price" numeric, "StockCode" text, "Description" text, '
            '"State" text)'
        )
        with connection.cursor().copy("COPY shop.lines FROM STDIN (FORMAT csv)") as copy:
            copy.write(rows().to_csv(index=False, header=False))
    return server


def test_it_is_the_ledger_of_the_export(address: str, tmp_path: Path) -> None:
    rows().to_csv(tmp_path / "lines.csv", index=False)
    expected = ca.load(tmp_path / "lines.csv", today=TODAY)
    ledger = ca.load_table(address, "shop.lines", today=TODAY)
    assert ledger.mapping.columns == expected.mapping.columns
    for name in ("rows_read", "rows_used", "rows_set_aside", "buyers", "orders", "revenue",
                 "revenue_without_customer", "first_order", "last_order"):  # fmt: skip
        assert getattr(ledger.report, name) == getattr(expected.report, name), name
    pd.testing.assert_frame_equal(
        ledger.report.states.astype({"value": object}),
        expected.report.states.astype({"value": object}), check_dtype=False,
    )  # fmt: skip
    order = ["ordered_at", "order_id"]
    assert any("price of one piece" in warning for warning in ledger.report.warnings)
    lines, others = (
        one.lines().sort_values(order).drop(columns="line_no").reset_index(drop=True)
        for one in (ledger, expected)
    )
    assert lines["nets_order_id"].notna().sum() > 10
    pd.testing.assert_frame_equal(lines, others, check_dtype=False)
    pd.testing.assert_frame_equal(ca.customer_summary(ledger), ca.customer_summary(expected))


def test_a_refund_counts_once(address: str, tmp_path: Path) -> None:
    """By the row that takes it off, or where there is none by the state of the sale."""
    made = []
    for n in range(120):
        day = pd.Timestamp("2024-01-03 10:00") + pd.Timedelta(days=n)
        taken_off = n % 8 == 0
        state = "refunded" if n % 20 == 0 or n % 8 == 0 else "paid"
        made.append((f"K{n % 12}", f"A{n}", day, 10.0 + n % 7, state))
        if taken_off:
            made.append((f"K{n % 12}", f"A{n}", day + pd.Timedelta(days=3), -5.0, "refunded"))
    table = pd.DataFrame(made, columns=["client", "order_no", "day", "amount", "status"])
    table.to_csv(tmp_path / "lines.csv", index=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE refunds (client text, order_no text, day timestamp, amount numeric, "
            "status text)"
        )
        with connection.cursor().copy("COPY refunds FROM STDIN (FORMAT csv)") as copy:
            copy.write(table.to_csv(index=False, header=False))
    expected = ca.load(tmp_path / "lines.csv", today=TODAY).report
    report = ca.load_table(address, "refunds", today=TODAY).report
    assert expected.rows_set_aside["refunded"] == 3  # the others have a row that takes them off
    assert report.rows_set_aside == expected.rows_set_aside
    assert report.revenue == expected.revenue


def test_conditions_days_and_states(address: str) -> None:
    ledger = ca.load_table(
        address, "shop.lines", where=[("StockCode", "S1"), ("StockCode", "S2")],
        since=date(2024, 3, 1), as_of=date(2024, 6, 30), sale=["cancelled"], today=TODAY,
    )  # fmt: skip
    table = rows()
    kept = table[table["StockCode"].isin(["S1", "S2"])]
    kept = kept[(kept["InvoiceDate"] >= "2024-03-01") & (kept["InvoiceDate"] < "2024-07-01")]
    assert ledger.report.revenue_total == Decimal(str((kept["Qty"] * kept["Price"]).sum()))
    assert set(ledger.report.rows_set_aside) >= {"not_asked_for", "before_from", "after_as_of"}


def test_a_query_in_the_servers_own_words(address: str) -> None:
    query = (
        'SELECT "CustomerNo" % 10 AS client_id, "InvoiceDate"::date AS day, '
        '"Qty" * "Price" AS amount FROM shop.lines WHERE "Description" LIKE \'%1\''
    )
    ledger = ca.load_table(address, query, mapping={"ordered_at": "day"}, today=TODAY)
    assert ledger.report.rows_read == rows()["Description"].str.endswith("1").sum()
    assert any("No column holds the order's number" in text for text in ledger.report.warnings)


def test_ids_of_nobody_and_days_of_none(address: str) -> None:
    query = (
        "SELECT CASE WHEN n % 2 = 0 THEN '0' WHEN n = 7 THEN 'Guest' ELSE 'K' || n % 40 END "
        "AS customer_id, CASE WHEN n = 9 THEN '1970-01-01' WHEN n = 11 THEN '1923-05-01' "
        "ELSE '2024-03-01' END::date + n % 3 * (n > 11)::int AS order_date, 2.5 AS amount "
        "FROM generate_series(1, 400) AS s(n)"
    )
    report = ca.load_table(address, query, today=TODAY).report
    assert report.buyers == 20
    assert report.rows_set_aside == {"no_customer": 201, "bad_date": 1, "zero_date": 1}
    assert any("0 stands for nobody: 200 rows" in warning for warning in report.warnings)


def test_what_is_wrong_is_one_message(address: str) -> None:
    with pytest.raises(SourceError, match="nothing"):
        ca.load_table(address, "shop.nothing")
    with pytest.raises(SourceError, match=r"is of type text.*casts"):
        ca.load_table(address, "shop.lines", mapping={"ordered_at": "Invoice"})
    with pytest.raises(SourceError, match="no column 'Colour'"):
        ca.load_table(address, "shop.lines", where=[("Colour", "red")])
    with pytest.raises(SourceError, match=r"ordered_at.*amount.*--map"):
        ca.load_table(address, 'SELECT "CustomerNo" AS customer_id FROM shop.lines')
    with pytest.raises(SourceError, match="no row is left"):
        ca.load_table(address, "shop.lines", since=date(2030, 1, 1))
    with pytest.raises(UsageError, match="address of a server"):
        ca.load_table("mysql://ann@db/shop", "lines")


def test_the_command_line(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "shop.lines", "--engine", address]) == 0
    assert "324 rows read" in capsys.readouterr().out
    assert main(["check", "shop.lines", "--engine", address, "--decimal", "comma"]) == 2
    assert "--decimal" in capsys.readouterr().err
