"""Pseudonyms: whom a report is about can't be found in it, and the key's holder has the way back."""

import csv
import os
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import custanalytics as ca
from custanalytics.bundled import sample_data_dir
from custanalytics.campaigns.from_files import measure_list
from custanalytics.engine import read_tables
from custanalytics.errors import UsageError
from custanalytics.pipeline import score_prospects
from custanalytics.privacy import pseudonyms
from custanalytics.privacy.leak_check.files import Reader
from custanalytics.privacy.leak_check.passages import Passage
from custanalytics.privacy.pseudonyms import PseudonymKey, pseudonym_key, read_register
from tests.sales import few_customers

DAY = date(2026, 7, 3)
FORM = re.compile(r"P(-[b-z2-9]{4}){3}")


def named_sales(folder: Path) -> tuple[Path, set[str]]:
    """Sales whose customers have numbers, names and addresses; one line torn, one mended."""
    table = pd.read_csv(few_customers(folder), dtype="str")
    number = table["Customer number"].str[1:].astype(int)
    table["Customer number"] = number.map("KD{:06}X".format)
    table["Customer name"] = number.map("Zenobia Quendlin{}".format)
    table["E-mail"] = number.map("z{}@quendlin.example".format)
    path = folder / "named.csv"
    table.to_csv(path, index=False)
    lines = path.read_text("utf-8").splitlines()
    lines[50] = lines[50] + ",,Torn Quendlinperson,more"
    lines[60] = lines[60].replace(",paid,", ",pa,id,")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    columns = ("Customer number", "Customer name", "E-mail")
    return path, {*table[[*columns]].to_numpy().ravel(), "quendlin", "Torn Quendlinperson"}


def named_leads(folder: Path) -> tuple[Path, set[str]]:
    """Prospects who have names, addresses and numbers."""
    table = pd.read_csv(sample_data_dir() / "leads.csv", sep=";", dtype="str").tail(900)
    table = table.reset_index(drop=True)
    table["Lead no"] = [f"LQ{at:05}Z" for at in range(len(table))]
    table["First name"] = [f"Quirin{at % 40}ius" for at in range(len(table))]
    table["Note"] = [f"calls herself Ottilvine{at} or so" for at in range(len(table))]
    table["Way"] = "post"
    table.loc[3, "Way"] = "only@ottilvine.example"
    path = folder / "leads.csv"
    table.to_csv(path, index=False)
    return path, {*table["Lead no"], *table["First name"], "Ottilvine", "ottilvine"}


def said_by(path: Path) -> str:
    """All that a file says: its bytes, its texts, the texts of the files within, its tables."""
    data = path.read_bytes()
    found = [data.decode("utf-8", "replace"), data.decode("utf-16-le", "replace")]
    if path.suffix == ".parquet":
        found.append(read_tables(path.parent)[path.stem].to_csv())
    else:
        passages = Reader().passages(path.name, data)
        found += [part.text for part in passages if isinstance(part, Passage)]
    return "\n".join(found)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A report in all formats, with its key, its files' texts, and who must not be in them."""
    folder = tmp_path_factory.mktemp("pseudonyms")
    sales, people = named_sales(folder)
    leads, prospects = named_leads(folder)
    key = folder / "keys" / "acme.key"
    key.parent.mkdir()
    report = ca.run(
        sales,
        folder / "report",
        prospects=[leads],
        outcome="Result",
        pseudonymise=key,
        formats="all",
        renderer="embedded",
        made_on=DAY,
    )
    files = [path for path in (folder / "report").rglob("*") if path.is_file()]
    return folder, key, report, {path: said_by(path) for path in files}, people | prospects


def test_no_file_of_the_report_tells_who_anybody_is(made):
    _, key, _, said, people = made
    pattern = re.compile("|".join(map(re.escape, sorted(people))))
    assert {path for path, text in said.items() if pattern.search(text)} == set()
    secret = key.read_text("utf-8").strip()
    assert not [path for path, text in said.items() if secret in text]
    # What is looked for would be found: pseudonyms are, in each kind of file that names customers.
    kinds = {path.suffix for path, text in said.items() if FORM.search(text)}
    assert kinds >= {".html", ".pdf", ".docx", ".pptx", ".xlsx", ".csv", ".parquet"}


def test_the_lists_say_what_was_left_out(made):
    folder, _, report, _, _ = made
    aside = pd.read_csv(folder / "report" / "exports" / "set-aside.csv", dtype="str")
    torn = aside.loc[aside["reason"].str.contains("fields", na=False)]
    assert "51" in set(torn["line"])
    assert torn["text"].isna().all()
    assert any("pseudonyms" in warning for warning in report.results.ledger.warnings)
    listed = report.results.prospect_list
    assert listed["Lead no"].str.fullmatch(FORM.pattern).all()
    assert listed["First name"].nunique() <= 40
    assert not listed["Home"].astype("str").str.startswith("P-").any()


def test_who_holds_the_key_has_the_way_back(made):
    folder, key, report, _, _ = made
    register = read_register(key.with_name("acme.key.csv"))
    assert set(report.results.customers["customer_id"]) <= register.keys()
    plain = ca.customer_summary(ca.load(folder / "named.csv", today=DAY))
    named = report.results.customers[plain.columns].assign(
        customer_id=report.results.customers["customer_id"].map(register)
    )
    named = named.sort_values("customer_id", ignore_index=True)
    pd.testing.assert_frame_equal(named, plain, check_dtype=False)


def test_a_pseudonym_is_the_same_on_every_run_and_another_by_another_key(made, tmp_path):
    folder, key, report, _, _ = made
    again = ca.load(folder / "named.csv", today=DAY, pseudonymise=key)
    assert set(again.lines()["customer_id"].dropna()) >= set(
        report.results.customers["customer_id"]
    )
    other = ca.load(folder / "named.csv", today=DAY, pseudonymise=tmp_path / "other.key")
    names = set(other.lines()["customer_id"].dropna())
    assert not names & set(again.lines()["customer_id"])
    assert len(names) == again.lines()["customer_id"].nunique()


def test_orders_lose_their_numbers_and_stay_what_they_are(made, tmp_path):
    folder, key, _, _, _ = made
    plain = ca.load(folder / "named.csv", today=DAY).lines()
    veiled = ca.load(folder / "named.csv", today=DAY, pseudonymise=key).lines()
    assert not set(plain["order_id"]) & set(veiled["order_id"])
    for column in ("order_id", "customer_id"):
        assert plain.groupby(column).ngroups == veiled.groupby(column).ngroups
        pairs = pd.DataFrame({"plain": plain[column], "veiled": veiled[column]}).dropna()
        assert len(pairs.drop_duplicates()) == plain[column].nunique()
    # Without order numbers, the number of an order is made of the customer's.
    without = tmp_path / "without.csv"
    pd.read_csv(folder / "named.csv", on_bad_lines="skip").drop(columns="Order number").to_csv(
        without, index=False
    )
    made_up = ca.load(without, today=DAY, pseudonymise=key).lines()
    assert not made_up["order_id"].str.contains("KD").any()


def test_a_list_is_measured_by_the_same_key(made, tmp_path):
    folder, key, report, _, _ = made
    ids = report.results.customers["customer_id"]
    drawn = pd.DataFrame({"customer_id": ids, "group": "contact"})
    drawn.loc[drawn.index % 3 == 0, "group"] = "control"
    drawn.to_csv(tmp_path / "veiled.csv", index=False)
    real = ids.map(read_register(key.with_name("acme.key.csv")))
    drawn.assign(customer_id=real).to_csv(tmp_path / "plain.csv", index=False)
    asked = {"today": DAY}
    effects = [
        measure_list(tmp_path / name, ca.load(folder / "named.csv", **how), date(2026, 3, 1), 60)
        for name, how in (("veiled.csv", asked | {"pseudonymise": key}), ("plain.csv", asked))
    ]
    pd.testing.assert_frame_equal(effects[0].effects, effects[1].effects)


def test_a_later_table_is_scored_without_names(made, tmp_path):
    folder, key, _, _, _ = made
    later = tmp_path / "later.csv"
    pd.read_csv(folder / "leads.csv", dtype="str").tail(12).to_csv(later, index=False)
    scored = score_prospects(folder / "report", [later], tmp_path / "scored.csv", key)
    text = (tmp_path / "scored.csv").read_text("utf-8-sig")
    assert len(scored)
    assert not re.search(r"LQ\d{5}Z|Quirin|Ottilvine|ottilvine", text)
    known = read_register(key.with_name("acme.key.csv"))
    assert set(scored["Lead no"].map(known)) <= {f"LQ{at:05}Z" for at in range(900)}


def test_the_key_is_its_owners_alone(made, tmp_path):
    folder, key, _, _, _ = made
    if os.name == "posix":
        assert key.stat().st_mode & 0o777 == 0o600
        assert key.with_name("acme.key.csv").stat().st_mode & 0o777 == 0o600
        key_of_all = tmp_path / "open.key"
        key_of_all.write_text("ab" * 32)
        key_of_all.chmod(0o644)
        with pytest.raises(UsageError, match="others can read"):
            pseudonym_key(key_of_all)
    assert "secret" not in repr(pseudonym_key(key))
    with pytest.raises(UsageError, match="lies in the report folder"):
        ca.run(folder / "named.csv", folder / "report", pseudonymise=folder / "report" / "key")
    wrong = tmp_path / "wrong.key"
    wrong.write_text("Order number,Customer\n")
    wrong.chmod(0o600)
    with pytest.raises(UsageError, match="64 hexadecimal digits"):
        pseudonym_key(wrong)
    with pytest.raises(UsageError, match="can't be used as a key"):
        pseudonym_key(tmp_path / "missing" / "a.key")


def test_a_variable_of_the_environment_holds_the_key(monkeypatch, tmp_path):
    monkeypatch.setenv("SHOP_KEY", "0f" * 32)
    key = pseudonym_key("env:SHOP_KEY")
    own = tmp_path / "same.key"
    own.write_text("0f" * 32 + "\n")
    own.chmod(0o600)
    assert key.replace(["ann"]) == pseudonym_key(own).replace(["ann"])
    assert key.register is None
    with pytest.raises(UsageError, match="NOT_THERE holds no key"):
        pseudonym_key("env:NOT_THERE")


def test_two_customers_never_share_a_pseudonym(monkeypatch):
    key = PseudonymKey(b"\1" * 32)
    many = [f"C{at}" for at in range(2000)]
    assert len(set(key.replace(many).values())) == 2000
    monkeypatch.setattr(pseudonyms, "_LENGTH", 2)
    with pytest.raises(UsageError, match="share one pseudonym"):
        key.replace(many)


def test_a_list_of_another_key_or_of_others_is_not_written_over(tmp_path):
    key = pseudonym_key(tmp_path / "a.key")
    key.replace(["ann"])
    assert key.replace(["bob"]).keys() == {"bob"}
    assert set(read_register(key.register).values()) == {"ann", "bob"}
    (tmp_path / "a.key").unlink()
    with pytest.raises(UsageError, match="made with another key"):
        pseudonym_key(tmp_path / "a.key").replace(["ann"])
    with (tmp_path / "a.key.csv").open("w") as file:
        csv.writer(file).writerow(["a sale", "of a customer"])
    with pytest.raises(UsageError, match="is no list of pseudonyms"):
        pseudonym_key(tmp_path / "a.key").replace(["ann"])
