"""What counts as a secret, and what is public anyway."""

import getpass
from datetime import date
from hashlib import sha256
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from custanalytics.check import Check
from custanalytics.config import Settings
from custanalytics.engagement.folder import Brief, create
from custanalytics.errors import DisclosureError, UsageError
from custanalytics.privacy.leak_check import (
    Leak,
    Secrets,
    file_leaks,
    leaks_in,
    must_not_leak,
    secrets_of,
)
from custanalytics.privacy.leak_check.gather import Gathering
from custanalytics.privacy.leak_check.result_secrets import result_secrets
from custanalytics.results.store import AnalysisResults
from tests.engagement.test_engagement import edit
from tests.trials.leak_check.made import CLIENT, FILE, engagement, published

DAY = date(2026, 1, 5)


def made(tmp_path: Path, table: str, name: str = "Export Nordlicht.csv", **brief) -> Path:
    sent = tmp_path / name
    sent.write_text(table, "utf-8")
    return create(tmp_path / "kranich", [sent], DAY, Brief(client="Kranich & Töchter", **brief))


def shop(tmp_path: Path, rows: int = 40) -> Path:
    lines = [
        f"A-{1000 + at},2024-{at % 12 + 1:02}-17,{17_000 + 7 * at * at},"
        f"{'Norway' if at % 2 else 'Zwergstaat'},{'Rarestone' if at == 3 else 'Commonstone'},"
        f"{at}.45"
        for at in range(rows)
    ]
    return made(tmp_path, "\n".join(["Order number,Date,Customer number,Land,Ware,Price", *lines]))


def leaks(secrets: Secrets, text: str, tmp_path: Path, name: str = "page.md") -> list[Leak]:
    (tmp_path / name).write_text(text, "utf-8")
    return file_leaks(secrets, tmp_path / name, name)


def kinds(secrets: Secrets, text: str, tmp_path: Path) -> list[str]:
    return [leak.kind for leak in leaks(secrets, text, tmp_path)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("A-1003 was late", "identifier"),
        ("bought on 17 May 2024", "date"),
        ("made of Commonstone", "value"),
        ("made of rarestone", "rare value"),
        ("customer 17343", "identifier"),
        ("for Kranich and others", "word of the client's name"),
        ("for Kranich & Töchter", "client"),
        ("see Export Nordlicht.csv", "file"),
        ("the price was €12.45", "amount"),
        ("the share was 12.45%", ""),
        ("in Norway in May 2024", ""),
        ("in Zwergstaat", "value"),
        ("Order number, Date, Customer number, amount, status", ""),
        ("1,234 of 2024", ""),
    ],
)
def test_what_is_found(text, kind, tmp_path):
    secrets = secrets_of(shop(tmp_path), None)
    found = set(kinds(secrets, text, tmp_path))
    assert kind in found if kind else not found


def test_size_rows_and_hash_of_a_file_are_secrets(tmp_path):
    folder, _ = engagement(tmp_path / "haberlandt", rows=1234)
    secrets = secrets_of(folder, None)
    size = f"{(folder / 'data' / FILE).stat().st_size:,}"
    record = (folder / "engagement.toml").read_text("utf-8")
    digest = record.split('sha256 = "')[1][:64]
    for text in (f"{size} bytes", "1,234 rows", digest, f"`{digest[:16]}`"):
        assert "file" in kinds(secrets, text, tmp_path), text


def test_an_allowed_category_is_no_secret(tmp_path):
    folder = shop(tmp_path)
    secrets = secrets_of(folder, None, allowed=["zwergstaat", "Commonstone"])
    assert kinds(secrets, "Zwergstaat, Commonstone", tmp_path) == []


@pytest.mark.parametrize(
    ("allowed", "why"),
    [("Rarestone", "only 1 rows"), ("A-1003", "only 1 rows"), ("jo@post.example", "e-mail"),
     ("Kranich & Töchter", "kind client"), ("2024-05-17", "only 3 rows"), ("12.45", "only 1 rows")],
)  # fmt: skip
def test_what_tells_somebody_apart_cannot_be_allowed(allowed, why, tmp_path):
    with pytest.raises(UsageError, match=why):
        secrets_of(shop(tmp_path), None, allowed=[allowed])


def test_open_data_has_identifiers_only(tmp_path):
    table = "Order number,Customer,Mail,City,Amount\n" + "".join(
        f"X1{at:03}Z,Person Uhu{at},p{at}@post.example,Oldtown,{at}234.56\n" for at in range(1, 30)
    )
    secrets = secrets_of(made(tmp_path, table), None, identifiers_only=True)
    assert kinds(secrets, "7234.56 in Oldtown for Kranich & Töchter", tmp_path) == []
    for text in ("X1007Z", "Person Uhu7", "p7@post.example", "Export Nordlicht.csv"):
        assert kinds(secrets, text, tmp_path), text
    assert not secrets.numbers
    assert not secrets.days


def test_running_numbers_are_no_amounts(tmp_path):
    rows = "".join(f"{at},2024-05-17,5.50\n" for at in range(9000, 12_000))
    secrets = secrets_of(made(tmp_path, f"Customer number,Date,Price\n{rows}"), None)
    assert kinds(secrets, "11,234 customers, 9500 of them new", tmp_path) == []
    assert kinds(secrets, "customer 11234", tmp_path) == ["identifier"]


def test_every_day_but_that_of_publication_is_looked_for(tmp_path):
    days = pd.date_range("2023-08-02", "2024-12-30")
    table = "Order number,Date,Price\n" + "".join(f"A{at:%j}B,{at:%Y-%m-%d},5\n" for at in days)
    table += "A9B,1961-04-09,5\n"
    folder = made(tmp_path, table)
    assert len(secrets_of(folder, None).days) == len(days) + 1
    assert len(secrets_of(folder, None, published=[date(2024, 5, 5)]).days) == len(days)


def test_a_note_is_secret_but_not_what_is_said_in_the_open(tmp_path):
    folder = shop(tmp_path)
    (folder / "decisions.md").write_text(
        "# Decisions\n\nThe warehouse in Wolfenbüttel burned down completely. Ask Irmela Pfauenauge"
        " (pfauenauge@post.example), she knows about the 4,321 parcels. Which customers shall get"
        " a letter next spring?\n",
        "utf-8",
    )
    edit(folder, question="Which customers shall get a letter next spring?")
    secrets = secrets_of(folder, None)
    for text in (
        "that warehouse in Wolfenbüttel burned down completely",
        "we thank Irmela Pfauenauge",
        "in Wolfenbüttel",
        "pfauenauge@post.example",
    ):
        assert kinds(secrets, text, tmp_path), text
    assert kinds(secrets, "Which customers shall get a letter next spring?", tmp_path) == []


def test_a_workbook_tells_its_hidden_sheets_and_properties(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Kassenbuch Süd"
    for at in range(20):
        book.active.append([f"B-{at}-77", date(2024, 5, 17), 1000.25 + at])
    hidden = book.create_sheet("Lohnliste")
    hidden.sheet_state = "hidden"
    hidden.append(["Ferdinand Ziegenpeter", 4321.75])
    book.properties.creator = "Waltraud Dompfaff"
    book.save(tmp_path / "x.xlsx")
    folder = create(tmp_path / "kranich", [tmp_path / "x.xlsx"], DAY)
    secrets = secrets_of(folder, None)
    for text in ("Kassenbuch Süd", "Ferdinand Ziegenpeter", "4,321.75", "Waltraud Dompfaff"):
        assert kinds(secrets, text, tmp_path), text


def test_lines_beside_the_table_are_secrets_too(tmp_path):
    table = "Kontoauszug für Adalbert Stelzvogel\n\nOrder number,Date,Price\n"
    table += "".join(f"A-{at}7,2024-05-17,{at}.50\n" for at in range(30))
    secrets = secrets_of(made(tmp_path, table), None)
    assert kinds(secrets, "Adalbert Stelzvogel", tmp_path)


def test_data_that_cannot_be_read_stop_the_test(tmp_path):
    folder = shop(tmp_path)
    (folder / "data" / "book.kdbx").write_bytes(bytes(range(256)))
    with pytest.raises(DisclosureError, match=r"data/book\.kdbx can't be read"):
        secrets_of(folder, None)


def test_a_letter_among_the_data_is_read_as_a_note(tmp_path):
    folder = shop(tmp_path)
    (folder / "data" / "letter.md").write_text("Dear Jo,\nyours, Gundula Rohrspatz\n", "utf-8")
    assert kinds(secrets_of(folder, None), "Gundula Rohrspatz", tmp_path)


def test_the_machine_is_a_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("LOGNAME", "rohrdommel")
    assert getpass.getuser() == "rohrdommel"
    folder = shop(tmp_path)
    secrets = secrets_of(folder, None, identifiers_only=True)
    for text in ("/home/rohrdommel/x", str(folder.resolve())):
        assert "machine" in kinds(secrets, text, tmp_path), text


def test_exact_figures_of_the_results_are_secrets(tmp_path):
    results = AnalysisResults(
        Settings(date(2024, 6, 30)),
        migration=pd.DataFrame({"from_segment": ["a"], "to_segment": ["b"], "customers": [23_456]}),
        decisions=pd.DataFrame(
            {"segment": ["a"], "revenue": [409_571.25], "detectable_lift": [0.12345]}
        ),
        customers=pd.DataFrame({"customer_id": ["a"], "total_spend": [1234.5], "clv": [77.777]}),
        ledger_checks=(Check("x", True, "", 87_654.0, 1.0),),
    )
    gathering = Gathering()
    result_secrets(results, gathering)
    secrets = gathering.secrets((), (), "")
    for text in ("23,456 moved", "€409,571", "€409.6k", "409 571,25 €", "€1,234.50"):
        assert kinds(secrets, text, tmp_path), text
    assert kinds(secrets, "€410k, 12.345%, 0.12345, 87,654, 77.78, 365 days", tmp_path) == []


def test_the_logo_is_a_secret_until_it_is_allowed(tmp_path):
    folder, _ = engagement(tmp_path / "haberlandt", rows=60)
    logo = folder / "report" / "_assets" / "logo.png"
    out = published(tmp_path / "out")
    (out / "card.png").write_bytes(logo.read_bytes())
    found = {leak.kind for leak in leaks_in(secrets_of(folder, None), out)}
    assert found == {"picture"}
    digest = sha256(logo.read_bytes()).hexdigest()
    assert leaks_in(secrets_of(folder, None, allowed=[digest]), out) == []


def test_one_message_says_what_to_do_and_no_secret(tmp_path):
    folder = shop(tmp_path)
    secrets = secrets_of(folder, None)
    out = published(tmp_path / "out")
    must_not_leak(secrets, out)
    (out / "README.md").write_text("".join(f"A-{at}\n" for at in range(1000, 1020)), "utf-8")
    with pytest.raises(DisclosureError) as error:
        must_not_leak(secrets, out)
    said = str(error.value)
    assert said.startswith("nothing may be published yet: 20 leaks in README.md (20 of the kind")
    assert "and 10 more" in said
    assert "can be allowed" in said
    assert "1003" not in said
    assert error.value.exit_code == 14


def test_what_passed_is_not_read_again_but_for_its_name(tmp_path):
    secrets = secrets_of(shop(tmp_path), None)
    tested, site = tmp_path / "tested", tmp_path / "site"
    for folder in (tested, site / "entry", site / "A-1002"):
        folder.mkdir(parents=True)
        (folder / "report.txt").write_text("A-1003", "utf-8")
    (site / "other.txt").write_text("A-1003", "utf-8")
    (site / "entry" / "report.txt.bak").write_text("A-1003", "utf-8")
    assert len(leaks_in(secrets, site)) == 5
    places = {(leak.file, leak.where) for leak in leaks_in(secrets, site, tested)}
    assert places == {
        ("A-1002/report.txt", "file name"), ("entry/report.txt.bak", ""), ("other.txt", ""),
    }  # fmt: skip


def test_secrets_are_not_shown(tmp_path):
    folder, known = engagement(tmp_path / "haberlandt", rows=30)
    secrets = secrets_of(folder, None)
    shown = repr(secrets)
    assert not [s for s in known if str(s.value) in shown]
    assert CLIENT not in shown
