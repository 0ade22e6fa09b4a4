"""A person is forgotten: out of every kind of file, all or nothing, and what is left is told."""

import gzip
import io
import json
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from custanalytics.engagement import pending
from custanalytics.engagement.folder import create
from custanalytics.engagement.record import read_engagement
from custanalytics.engagement.rerun import changed_files
from custanalytics.engine import read_tables, write_parquet
from custanalytics.errors import SourceError
from custanalytics.ledger import load
from custanalytics.privacy.forget import carry_out, plan
from custanalytics.privacy.forget.tables import table_file
from custanalytics.privacy.pseudonyms import pseudonym_key, read_register
from custanalytics.render.workbook.plain_workbook import plain_workbook
from tests.cli.test_cli import call, hashes
from tests.sales import few_customers

DAY = date(2026, 7, 1)
SALES = """Order;Date;Customer number;E-mail;Product;Amount
A1;2026-01-02;0017;zoe@x.example;Käse;10,00
A1;2026-01-02;;;Brot;5,00
A2;2026-01-03;18;bob@x.example;Käse 17;17,00
A2;2026-01-03;;;Brot;5,00
A3;2026-01-04;17;;"für
zwei";20,00
A4;2026-01-05;;zoe@x.example;Wein;30,00
A5;2026-01-06;19;cid@x.example;Wein;17,00
A6;2026-01-06;"17;broken;line;too;many;fields;here
"""
LEFT = ["A2", "A2", "A5"]


def engagement(folder: Path, **files: bytes):
    paths = []
    for name, content in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(content)
        paths.append(path)
    made = create(folder / "acme", paths, DAY)
    return read_engagement(made)


def forgotten(work, customer="17", **how):
    found = plan(work, customer, day=DAY, **how)
    carry_out(found)
    return found


def test_other_lines_of_a_text_stay_byte_for_byte(tmp_path):
    data = SALES.replace("\n", "\r\n").encode("cp1252")
    work = engagement(tmp_path, sales_csv=data)
    found = forgotten(work)
    left = (work.folder / "data" / "sales.csv").read_bytes()
    lines = data.splitlines(keepends=True)
    # A header, bob's order with the line that names nobody, cid's; not the torn line.
    assert left == b"".join([lines[0], lines[3], lines[4], lines[8]])
    assert found.rows == {"data/sales.csv": 5}
    assert found.known_by == 1


def test_packed_text_workbooks_and_parquet_lose_their_rows_too(tmp_path):
    table = pd.DataFrame(
        {
            "Order": ["A1", "A2", "A3"],
            "Date": pd.to_datetime(["2026-01-02", "2026-01-03", "2026-01-04"]),
            "Customer number": [17.0, 18.0, None],
            "Amount": [17.5, 17.0, 3.25],
        }
    )
    write_parquet(table, tmp_path / "p.parquet")
    rows = [["Order", "Date", "Customer number", "Amount"]]
    rows += [[o, d.to_pydatetime(), c, a] for o, d, c, a in table.fillna(0).itertuples(index=False)]
    book = plain_workbook(
        {"Sales": rows, "Old": [["Customer number", "Note"], ["17", "x"]]}, ["Old"]
    )
    work = engagement(
        tmp_path,
        sales_csv_gz=gzip.compress(SALES.encode()),
        book_xlsx=book,
        other_parquet=(tmp_path / "p.parquet").read_bytes(),
    )
    found = forgotten(work)
    data = work.folder / "data"
    assert found.rows == {
        "data/sales.csv.gz": 5, "data/book.xlsx": 2, "data/other.parquet": 1,
    }  # fmt: skip
    kept = pd.read_csv(io.StringIO(gzip.decompress((data / "sales.csv.gz").read_bytes()).decode()),
                       sep=";")  # fmt: skip
    assert list(kept["Order"]) == LEFT
    left = read_tables(data)["other"]
    pd.testing.assert_frame_equal(left, table.iloc[1:].reset_index(drop=True), check_dtype=False)
    sheets = {
        tuple(t.names): [r.cells for r in t.rows] for t in table_file(data / "book.xlsx").tables()
    }
    assert len(sheets["Order", "Date", "Customer number", "Amount"]) == 2
    assert b"A1" not in (data / "other.parquet").read_bytes()


def test_the_record_knows_the_new_files_and_decisions_say_what_was_done(tmp_path):
    work = engagement(tmp_path, sales_csv=SALES.encode(), more_csv=SALES.encode() + b"\n")
    forgotten(work)
    again = read_engagement(work.folder)
    assert changed_files(again) == []
    assert [file.received for file in again.data] == [DAY, DAY]
    said = (work.folder / "decisions.md").read_text("utf-8").splitlines()[-1]
    assert "10 rows of one person" in said
    assert "0017" not in said


def test_what_else_names_them_is_found_wherever_it_stands(tmp_path):
    leads = b"Lead;Comment\nL1;call Zoe Quendlin back\nL2;call Zoey Quendlinger\n"
    work = engagement(tmp_path, sales_csv=SALES.encode(), leads_csv=leads)
    (work.folder / "handover.md").write_text("Nothing yet of zoe quendlin.\n", "utf-8")
    found = forgotten(work, also=["Zoe Quendlin"])
    assert found.rows["data/leads.csv"] == 1
    assert found.mentions == {"handover.md": 1}
    assert (work.folder / "data" / "leads.csv").read_bytes() == leads.replace(
        b"L1;call Zoe Quendlin back\n", b""
    )


def test_nobody_else_goes_with_them(tmp_path):
    """A number in another column, an address that two customers share."""
    shared = SALES.replace("bob@x.example", "zoe@x.example")
    work = engagement(tmp_path, sales_csv=shared.encode())
    found = forgotten(work)
    left = (work.folder / "data" / "sales.csv").read_text("utf-8")
    assert "A2;2026-01-03;18" in left
    assert "A5;" in left
    assert "A4;" in left  # whose address it is can't be told
    assert found.known_by == 0


def test_a_kill_leaves_all_or_nothing(tmp_path, monkeypatch):
    work = engagement(tmp_path, sales_csv=SALES.encode(), more_csv=SALES.encode() + b"\n")
    before = hashes(work.folder)
    with monkeypatch.context() as killed:
        killed.setattr(pending, "sync", _kill)
        with pytest.raises(KeyboardInterrupt):
            forgotten(work)
    assert hashes(work.folder) == before
    real = Path.replace
    with monkeypatch.context() as killed:
        count = iter(range(9))
        killed.setattr(Path, "replace", lambda a, b: real(a, b) if next(count) < 1 else _kill())
        with pytest.raises(KeyboardInterrupt):
            forgotten(work)
    # One file is new, the others are not; whoever looks next finds all of them done.
    again = read_engagement(work.folder)
    assert changed_files(again) == []
    assert all("0017" not in path.read_text("utf-8") for path in (work.folder / "data").iterdir())
    assert not [path.name for path in work.folder.iterdir() if path.name.startswith(".pending")]


def _kill(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_file_that_cannot_be_rewritten_stops_it_before_anything_is_done(tmp_path):
    told = json.dumps([{"customer id": "zoe@x.example", "amount": 3}]).encode()
    work = engagement(tmp_path, sales_csv=SALES.encode(), more_json=told)
    before = hashes(work.folder)
    with pytest.raises(SourceError, match=r"data/more\.json names them"):
        forgotten(work)
    assert hashes(work.folder) == before


def test_their_pseudonym_is_forgotten_too(tmp_path):
    work = engagement(tmp_path, sales_csv=SALES.encode())
    key = pseudonym_key(tmp_path / "acme.key")
    names = key.replace(["0017", "18"])
    lists = work.folder / "campaign.csv"
    lists.write_text(f"customer_id,group\n{names['0017']},contact\n{names['18']},control\n")
    record = work.folder / "engagement.toml"
    record.write_text(
        record.read_text("utf-8").replace(
            'command = "run"', 'command = "run"\npseudonymise = "../acme.key"'
        )
    )
    found = forgotten(read_engagement(work.folder))
    assert set(read_register(key.register).values()) == {"18"}
    assert found.rows["campaign.csv"] == 1
    assert names["18"] in lists.read_text("utf-8")


@pytest.fixture(scope="module")
def run_once(tmp_path_factory) -> Path:
    base = tmp_path_factory.mktemp("forget")
    call("new", "acme", "--from", few_customers(base), "--made-on", "2026-07-01", cwd=base)
    done = call("run", "--format", "html,xlsx", "--renderer", "embedded", cwd=base / "acme")
    assert done.returncode == 0, done.stderr
    return base / "acme"


def test_report_and_lists_are_made_again_without_them(run_once):
    customers = pd.read_csv(run_once / "report" / "exports" / "contact.csv")["customer_id"]
    customer = customers.iloc[0]
    before = hashes(run_once)
    done = call("forget", customer, "--dry-run", cwd=run_once)
    assert done.returncode == 0, done.stderr
    assert "Nothing was changed." in done.stdout
    assert hashes(run_once) == before
    done = call("forget", customer, "--json", "--made-on", "2026-07-02", cwd=run_once)
    told = json.loads(done.stdout)
    assert told["changed"]
    assert told["rows"]["data/sales.csv"] > 0
    assert told["reports"]["report"] > 0
    assert _holding(run_once, customer) == []
    assert not (run_once / "report" / "results").exists()
    assert (run_once / "report" / "report.qmd").is_file()
    done = call("run", "--format", "html,xlsx", "--renderer", "embedded", cwd=run_once)
    assert done.returncode == 0, done.stderr
    assert _holding(run_once, customer) == []
    assert len(load(run_once / "data" / "sales.csv", today=DAY).lines()) > 0
    nobody = call("forget", "C99999", cwd=run_once)
    assert nobody.returncode == 10
    assert "nobody of that id was found" in nobody.stderr


def _holding(folder: Path, text: str) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file() and text.encode() in p.read_bytes()]


def test_values_of_a_workbook_keep_their_kinds(tmp_path):
    rows = [["Text", "Day"], ["=1+1", datetime(2026, 1, 2, 3, 4, 5)], [True, 1.5]]
    path = tmp_path / "book.xlsx"
    path.write_bytes(plain_workbook({"One": rows}))
    cells = pd.read_excel(path, engine="calamine", header=None)
    assert cells.iloc[1, 0] == "=1+1"
    assert cells.iloc[1, 1] == datetime(2026, 1, 2, 3, 4, 5)
    assert bool(cells.iloc[2, 0])
    assert cells.iloc[2, 1] == 1.5
