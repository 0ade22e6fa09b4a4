"""A file beyond what is read ends in one message that says what, where and the way out."""

import gzip
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from custanalytics import limits
from custanalytics.errors import SourceError
from custanalytics.ledger import load
from custanalytics.ledger.read.far_cells import refuse_far_cells

HEAD = ["order", "customer id", "date", "amount"]
SALES = [[f"A{n}", f"K{n % 7}", f"2024-0{1 + n % 9}-1{n % 10}", f"{n}.50"] for n in range(60)]
TEXT = "\n".join(",".join(row) for row in [HEAD, *SALES]) + "\n"


def refused(path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        load(path, today=date(2026, 10, 1))
    return str(caught.value)


def workbook(path: Path, *cells: tuple[int, int], value: object = "x") -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [HEAD, *SALES]:
        book.active.append(row)
    for row, column in cells:
        cell = book.active.cell(row, column, value)
        cell.font = openpyxl.styles.Font(bold=True)
    book.save(path)
    return path


def test_a_cell_in_the_last_column_is_named(tmp_path: Path) -> None:
    said = refused(workbook(tmp_path / "far.xlsx", (1_048_576, 16_384)))
    assert "XFD1048576" in said
    assert "save the table as CSV" in said


def test_a_cell_in_the_last_row_is_only_a_line_without_a_sale(tmp_path: Path) -> None:
    ledger = load(workbook(tmp_path / "far.xlsx", (1_048_576, 1)), today=date(2026, 10, 1))
    assert ledger.report.orders == len(SALES)


def test_formats_without_a_value_are_no_cells(tmp_path: Path) -> None:
    path = workbook(tmp_path / "far.xlsx", (70_000, 16_384), value=None)
    assert load(path, today=date(2026, 10, 1)).report.orders == len(SALES)


def test_filled_cells_that_span_too_much(tmp_path: Path) -> None:
    said = refused(workbook(tmp_path / "far.xlsx", (1_000_000, 1), (1, 900)))
    assert "1,000,000 rows and 900 columns" in said


@pytest.mark.parametrize(
    "sheet",
    [
        '<x:worksheet xmlns:x="m"><x:row r="7"><x:c r="XFD7"><x:v>1</x:v></x:c></x:row></x:worksheet>',
        "<worksheet><row r='7'><c t='n' r='XFD7'><v>1</v></c></row></worksheet>",
        f"<worksheet>{'<row></row>' * 6}<row>{'<c/>' * 16_383}<c><v>1</v></c></row></worksheet>",
    ],
)
def test_a_far_cell_however_its_place_is_written(sheet: str) -> None:
    with pytest.raises(SourceError, match="XFD7"):
        refuse_far_cells("sales", io.BytesIO(sheet.encode()))


def test_an_archive_of_too_many_files(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(limits.FILES + 1):
            archive.writestr(f"{n}.csv", TEXT)
    assert "1,001 files" in refused(path)


def test_what_unpacks_to_far_more_than_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SWOLLEN", 1 << 20)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(TEXT.encode() + b"\n" * (4 << 20)))
    assert "unpack it first" in refused(path)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", TEXT + "\n" * (4 << 20))
    assert "unpack it first" in refused(path)
    path = tmp_path / "bomb.parquet"
    pd.DataFrame([SALES[0]] * 100_000, columns=HEAD).to_parquet(path)
    assert "unpack it first" in refused(path)


def test_what_does_not_fit_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNPACKED", 1000)
    path = tmp_path / "sales.csv.gz"
    path.write_bytes(gzip.compress(TEXT.encode()))
    assert "give it in parts" in refused(path)


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_too_many_columns(tmp_path: Path, kind: str) -> None:
    names = [*HEAD, *(f"more {n}" for n in range(limits.COLUMNS))]
    table = pd.DataFrame([[*row, *names[4:]] for row in SALES], columns=names)
    path = tmp_path / f"wide.{kind}"
    if kind == "csv":
        table.to_csv(path, index=False)
    elif kind == "json":
        table.to_json(path, orient="records")
    else:
        table.to_parquet(path)
    said = refused(path)
    assert "columns, at most 1,000 are read" in said
    assert "leave out" in said


def test_json_that_is_too_deep_or_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "deep.json"
    path.write_text('[{"a":' * 50_000 + "1" + "}]" * 50_000)
    assert "layers deep" in refused(path)
    path.write_text('{"order":"1","x":' + "[" * 50_000 + "]" * 50_000 + "}\n")
    assert "layers deep" in refused(path)
    monkeypatch.setattr(limits, "JSON", 1000)
    path.write_text(json.dumps([dict(zip(HEAD, row, strict=True)) for row in SALES], indent=1))
    assert "one object a line" in refused(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_line_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    monkeypatch.setattr(limits, "LINE", 1 << 20)
    path = tmp_path / "sales.csv"
    path.write_text(TEXT + "9" * (4 << 20) + "\n", encoding)
    said = refused(path)
    assert "one row a line" in said
    assert "line 62" in said or encoding == "utf-16"


def test_a_device_is_no_file() -> None:
    if not Path("/dev/zero").is_char_device():
        pytest.skip("this system has no device of zeros")
    assert "is a device" in refused(Path("/dev/zero"))


def test_a_name_with_a_sign_of_the_database_is_a_name(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(TEXT.replace("amount", "price$usd"))
    ledger = load(path, mapping={"amount": "price$usd"}, today=date(2026, 10, 1))
    assert ledger.report.orders == len(SALES)
