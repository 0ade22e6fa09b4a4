"""Files of one export that differ in how they are written, and sources that are no single file."""

import io
import json
import os
import sys
import threading
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from custanalytics import limits
from custanalytics.errors import SourceError
from custanalytics.ledger import Ledger, load

_TODAY = date(2026, 10, 1)
_DAYS = [date(2024, 1, 1) + timedelta(days=9 * at) for at in range(40)]


def read(*paths: Path, **options: object) -> Ledger:
    return load(paths, today=_TODAY, **options)  # type: ignore[arg-type]


def told(ledger: Ledger, words: str) -> bool:
    return any(words in warning for warning in ledger.report.warnings)


def german(path: Path) -> Decimal:
    rows = [f"K{n % 5};A{n};{day:%d.%m.%Y};1.{n + 100},25 €" for n, day in enumerate(_DAYS)]
    text = "Kundennummer;Bestellnummer;Bestelldatum;Betrag\n" + "\n".join(rows)
    path.write_text(text, encoding="cp1252")
    return sum((Decimal(1100 + n) + Decimal("0.25") for n in range(40)), Decimal())


def american(path: Path, pattern: str = "%m/%d/%Y") -> Decimal:
    rows = [f"{day:{pattern}},{n + 100}.50,B{n},K{n % 5}" for n, day in enumerate(_DAYS)]
    path.write_text("order date,amount,order id,customer id\n" + "\n".join(rows), "utf-8")
    return sum((Decimal(100 + n) + Decimal("0.5") for n in range(40)), Decimal())


def test_files_of_two_countries_are_read_each_in_its_own_way(tmp_path: Path) -> None:
    money = german(tmp_path / "a.csv") + american(tmp_path / "b.csv")
    ledger = read(tmp_path, currency="EUR")
    assert ledger.report.revenue == money
    assert (ledger.report.customers, ledger.report.orders) == (5, 80)
    assert sorted(ledger.lines()["ordered_at"].dt.date.unique()) == _DAYS
    assert told(ledger, "a.csv with a comma")
    assert told(ledger, "a.csv dmy, b.csv mdy")
    assert told(ledger, "'order id' is 'Bestellnummer'")
    assert ledger.report.files["encoding"].to_list() == ["cp1252", "utf-8"]


def test_a_file_that_does_not_tell_is_named(tmp_path: Path) -> None:
    german(tmp_path / "a.csv")
    american(tmp_path / "b.csv")
    (tmp_path / "c.csv").write_text(
        "order date,amount,order id,customer id\n" + "01/02/2024,1.234,C1,K1\n" * 3
    )
    with pytest.raises(SourceError, match=r"c\.csv has no figure"):
        read(tmp_path, currency="EUR")
    text = (tmp_path / "c.csv").read_text()
    (tmp_path / "c.csv").write_text(text.replace("1.234", "12.34"))
    with pytest.raises(SourceError, match=r"c\.csv: column"):
        read(tmp_path, currency="EUR")


def test_dates_with_a_time_in_a_column_of_its_own(tmp_path: Path) -> None:
    for name, pattern in (("a", "%d/%m/%Y"), ("b", "%m/%d/%Y")):
        rows = [f"{name}{n},K{n % 5},{d:{pattern}},1{n % 10}:30,5.00" for n, d in enumerate(_DAYS)]
        text = "order,customer id,date,time,amount\n" + "\n".join(rows)
        (tmp_path / f"{name}.csv").write_text(text)
    lines = read(tmp_path).lines()
    assert sorted(lines["ordered_at"].dt.date.unique()) == _DAYS
    assert set(lines["ordered_at"].dt.hour) == set(range(10, 20))


def test_json_lines_lists_and_nested_fields(tmp_path: Path) -> None:
    sales = [
        {"order": {"id": f"A{n}"}, "customer_id": n % 5, "created_at": day.isoformat(),
         "amount": n + 0.125, "note": None}
        for n, day in enumerate(_DAYS)
    ]  # fmt: skip
    lines = tmp_path / "sales.jsonl"
    lines.write_text("\n".join(map(json.dumps, sales)) + "\n{broken\n")
    ledger = read(lines, mapping={"order_id": "order.id"}, max_unreadable=0.1)
    assert ledger.report.revenue == sum(Decimal(n) + Decimal("0.125") for n in range(40))
    assert ledger.report.customers == 5
    assert ledger.report.unreadable["line"].to_list() == [41]
    whole = tmp_path / "sales.json"
    whole.write_text(json.dumps({"page": 1, "orders": sales}, indent=1))
    again = read(whole, mapping={"order_id": "order.id"})
    assert again.report.revenue == ledger.report.revenue
    assert again.report.orders == ledger.report.orders == 40


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    money = american(tmp_path / "a.csv")

    class Input:
        buffer = io.BytesIO((tmp_path / "a.csv").read_bytes())

    monkeypatch.setattr(sys, "stdin", Input)
    ledger = read(Path("-"))
    assert ledger.report.revenue == money
    assert ledger.report.files["file"].to_list() == ["standard input"]


def test_a_pipe_is_read_to_its_end_and_one_without_a_writer_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    money = american(tmp_path / "a.csv")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    text = (tmp_path / "a.csv").read_bytes()
    writer = threading.Thread(target=pipe.write_bytes, args=[text], daemon=True)
    writer.start()
    ledger = read(pipe)
    writer.join(60)
    assert ledger.report.revenue == money
    assert ledger.report.files["file"].to_list() == ["pipe"]
    monkeypatch.setattr(limits, "PIPE_WAIT", 0.1)
    with pytest.raises(SourceError, match="nothing came out of the pipe"):
        read(pipe)


def test_an_open_document_sheet(tmp_path: Path) -> None:
    rows = [["order", "customer id", "date", "amount"]]
    rows += [[f"A{n}", f"K{n % 5}", day.isoformat(), f"{n}.50"] for n, day in enumerate(_DAYS)]
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    uri = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<office:document-content xmlns:office="{uri}office:1.0" '
        f'xmlns:table="{uri}table:1.0" xmlns:text="{uri}text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="Sales">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "sales.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    ledger = read(tmp_path / "sales.ods")
    assert ledger.report.revenue == sum(Decimal(n) + Decimal("0.5") for n in range(40))


def test_a_name_with_its_thing_and_without_is_one_column(tmp_path: Path) -> None:
    money = american(tmp_path / "a.csv")
    text = (tmp_path / "a.csv").read_text("utf-8").replace("order date", "Date")
    (tmp_path / "b.csv").write_text(text.replace(",B", ",C"), "utf-8")
    ledger = read(tmp_path / "a.csv", tmp_path / "b.csv")
    assert (ledger.report.rows_used, ledger.report.revenue) == (80, 2 * money)
    assert told(ledger, "'Date' is 'order date'")


@pytest.mark.parametrize(("column", "role"), [("amount", "amount"), ("order date", "ordered_at")])
def test_a_file_without_what_every_sale_needs_is_not_left_out_in_silence(
    tmp_path: Path, column: str, role: str
) -> None:
    american(tmp_path / "a.csv")
    text = (tmp_path / "a.csv").read_text("utf-8")
    text = text.replace(column, "Remark 7").replace(",B", ",C")
    (tmp_path / "b.csv").write_text(text, "utf-8")
    with pytest.raises(SourceError, match=rf"b\.csv: no column '{column}', which holds {role}"):
        read(tmp_path / "a.csv", tmp_path / "b.csv")
