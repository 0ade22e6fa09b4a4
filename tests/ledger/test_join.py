"""A table of customers or of products beside the sales: each sale keeps its one row and its money."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from custanalytics import load
from custanalytics.errors import SourceError

SALES = pd.DataFrame(
    {
        "Customer ID": [f"00{k % 8 + 1}" for k in range(40)],
        "Order": [f"B{k}" for k in range(40)],
        "Date": [str(date(2024, 1, 1 + k % 28)) for k in range(40)],
        "SKU": [f"S{k % 5}" for k in range(40)],
        "Amount": [f"{10 + k}.50" for k in range(40)],
    }
)
CUSTOMERS = pd.DataFrame(
    {
        "customer_id": [str(k) for k in range(1, 8)],  # without the zeros, and one is missing
        "created_at": ["2020-01-01"] * 7,
        "total spent": ["99.00"] * 7,
        "country": ["Spain", "Malta"] * 3 + ["Spain"],
        "accepts marketing": ["yes", "no"] * 3 + ["yes"],
        "tier": ["gold", "plain"] * 3 + ["gold"],
    }
)
PRODUCTS = pd.DataFrame(
    {"sku": [f"S{k}" for k in range(5)], "category": list("ABABA"), "price": [9] * 5}
)
TODAY = date(2024, 6, 1)


def lines_of(ledger) -> pd.DataFrame:
    return ledger.engine.sql("SELECT * FROM ledger ORDER BY line_no")


def test_each_sale_keeps_its_row_and_has_what_the_table_says_of_its_customer():
    alone, ledger = load(SALES, today=TODAY), load(SALES, join=[CUSTOMERS], today=TODAY)
    assert ledger.report.revenue == alone.report.revenue
    assert len(lines_of(ledger)) == len(lines_of(alone)) == 40
    country = dict(zip(CUSTOMERS["customer_id"], CUSTOMERS["country"], strict=True))
    expected = [country.get(number.lstrip("0")) for number in SALES["Customer ID"]]
    told = lines_of(ledger)["country"].astype("object")
    assert told.where(told.notna(), None).tolist() == expected
    assert ledger.mapping.columns["consent"] == "accepts marketing"
    assert any("35 of 40 rows found theirs" in warning for warning in ledger.report.warnings)


def test_dates_and_figures_of_the_table_are_not_taken_for_the_sales():
    columns = load(SALES, join=[CUSTOMERS, PRODUCTS], today=TODAY).mapping.columns
    assert columns["ordered_at"] == "Date"
    assert columns["amount"] == "Amount"
    assert {"created_at", "total spent", "price"}.isdisjoint(columns.values())
    assert columns["category"] == "category"


def test_its_columns_are_there_for_where_and_map():
    gold = load(SALES, join=[CUSTOMERS], where=["tier=gold"], today=TODAY)
    numbers = CUSTOMERS.loc[CUSTOMERS["tier"] == "gold", "customer_id"]
    wanted = SALES["Customer ID"].str.lstrip("0").isin(numbers)
    assert float(gold.report.revenue) == SALES.loc[wanted, "Amount"].astype(float).sum()
    mapped = load(SALES, join=[CUSTOMERS], mapping={"channel": "tier"}, today=TODAY)
    assert set(lines_of(mapped)["channel"].dropna()) == {"gold", "plain"}


def test_files_of_another_dialect(tmp_path: Path):
    CUSTOMERS.to_csv(tmp_path / "kunden.csv", sep=";", index=False, encoding="cp1252")
    SALES.to_csv(tmp_path / "sales.csv", index=False)
    ledger = load([tmp_path / "sales.csv"], join=[tmp_path / "kunden.csv"], today=TODAY)
    assert any(warning.startswith("kunden.csv was joined") for warning in ledger.report.warnings)
    assert lines_of(ledger)["country"].notna().sum() == 35


@pytest.mark.parametrize(
    ("sales", "table"),
    [
        ("{k}.0", "{k}"),
        ("00{k}", "000{k}"),
        ("C-{k}", " c-{k} "),
        ("Ann{k}@Shop.org", "mailto:ann{k}@shop.org"),
        ("Ann{k} <ann{k}@shop.org>", "ANN{k}@SHOP.ORG"),
        ('="{k}"', "0{k}"),
        ("1,00{k}", "100{k}"),
        ("\u00e9{k}", "e\u0301\u200b{k}"),
    ],
)
def test_keys_meet_in_any_form_in_which_they_are_one_customer(sales, table):
    ids = [sales.format(k=k % 8 + 1) for k in range(40)]
    people = pd.DataFrame(
        {"customer_id": [table.format(k=k) for k in range(1, 9)], "country": list("ABCDEFGH")}
    )
    ledger = load(SALES.assign(**{"Customer ID": ids}), join=[people], today=TODAY)
    assert any("40 of 40 rows found theirs" in warning for warning in ledger.report.warnings)
    assert lines_of(ledger)["country"].tolist() == ["ABCDEFGH"[k % 8] for k in range(40)]


def test_a_wider_form_is_taken_only_where_it_finds_more():
    """007 and 7 are two people in the table: each sale finds the one that it names."""
    people = pd.DataFrame(
        {
            "customer_id": [*(f"00{k}" for k in range(1, 9)), "7"],
            "country": list("ABCDEFGHI"),
        }
    )
    told = lines_of(load(SALES, join=[people], today=TODAY))["country"].tolist()
    assert told == ["ABCDEFGH"[k % 8] for k in range(40)]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (pd.concat([CUSTOMERS, CUSTOMERS.head(1)]), "holds values more than once"),
        (CUSTOMERS.rename(columns={"customer_id": "anything"}), "share one name"),
        (CUSTOMERS.assign(customer_id=CUSTOMERS["customer_id"] + "x"), r"999\) and .* as 9a"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(table, words):
    with pytest.raises(SourceError, match=words):
        load(SALES, join=[table], today=TODAY)
