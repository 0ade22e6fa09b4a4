"""The lists to act on, as files: whom to contact, whom to leave alone, and all customers."""

import csv
import os
import re
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
from babel.numbers import get_decimal_symbol

from custanalytics.engine import write_tables
from custanalytics.results.store import AnalysisResults
from custanalytics.schema import column

CUSTOMERS = "exports/customers.csv"
CUSTOMERS_PARQUET = "exports/customers.parquet"
CONTACT = "exports/contact.csv"
CONTROL = "exports/control.csv"
LATE = "exports/late.csv"
PROSPECTS = "exports/prospects.csv"
SET_ASIDE = "exports/set-aside.csv"
MENDED = "exports/mended.csv"
# The name of a list among the files that a run made.
_ROLES = {CONTACT: "contact_csv", CONTROL: "control_csv", LATE: "late_csv"}
# What a spreadsheet takes for a formula, also behind blanks and in full width.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def segment_list(segment: str) -> str:
    """Path of a segment's list inside a report folder.

    Examples
    --------
    >>> segment_list("Can't lose")
    'exports/segment-cant-lose.csv'
    """
    plain = unicodedata.normalize("NFKD", segment).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower().replace("'", "")).strip("-")
    return f"exports/segment-{slug}.csv"


def may_be_contacted(customers: pd.DataFrame) -> "pd.Series[bool]":
    """Who did not say no to being contacted; everybody where the data does not tell."""
    if "consent" not in customers:
        return pd.Series(True, index=customers.index)
    return customers["consent"].astype("boolean").fillna(True).astype(bool)


def most_likely_first(customers: pd.DataFrame) -> pd.DataFrame:
    """The customers in the order to write to them."""
    return customers.sort_values(["propensity", "customer_id"], ascending=[False, True])


def late_customers(customers: pd.DataFrame) -> pd.DataFrame:
    """Those late by their own rhythm who are to be contacted, the most revenue at risk first."""
    late = customers.loc[customers["late"].eq(True) & (customers["group"] == "contact")]
    # Where purchases are counted, nothing is at risk in money.
    first = "revenue_at_risk" if "revenue_at_risk" in late else "propensity"
    return late.sort_values([first, "customer_id"], ascending=[False, True])


def with_given_columns(scores: pd.DataFrame, table: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Scores beside what the table says of each prospect."""
    listed = scores.sort_values(["propensity", "row"], ascending=[False, True], ignore_index=True)
    given = table.drop(columns=outcome, errors="ignore").loc[listed["row"] - 1]
    given = given.astype("object").where(given.notna(), None)
    given.columns = pd.Index([f"{c} (file)" if c in listed.columns else c for c in given.columns])
    return pd.concat([listed, given.reset_index(drop=True)], axis=1)


def write_exports(results: AnalysisResults, folder: Path) -> dict[str, Path]:
    """Write the lists of a report."""
    (folder / "exports").mkdir(parents=True, exist_ok=True)
    written = {}
    locale = results.settings.locale
    ledger = results.ledger
    aside = [t for t in (ledger.unreadable, ledger.set_aside) if len(t)] if ledger else []
    if aside:
        lines = pd.concat(aside, ignore_index=True)
        write_csv(lines, folder / SET_ASIDE, "ledger.unreadable", locale)
        written["set_aside"] = SET_ASIDE
    if ledger and len(ledger.mended):
        write_csv(ledger.mended, folder / MENDED, "ledger.mended", locale)
        written["mended"] = MENDED
    if results.prospect_list is not None:
        write_csv(results.prospect_list, folder / PROSPECTS, "prospect_list", locale)
        written["prospects_csv"] = PROSPECTS
    customers = results.customers
    if customers is None:
        return {role: folder / path for role, path in written.items()}
    written["customers_csv"] = CUSTOMERS
    write_csv(customers, folder / CUSTOMERS, "customers", locale)
    write_tables({"customers": customers}, folder / "exports")
    (folder / CUSTOMERS_PARQUET).chmod(0o600)
    written["customers_parquet"] = CUSTOMERS_PARQUET
    for path, members in to_act_on(customers, results.actions).items():
        write_csv(members, folder / path, "customers", locale)
        written[_ROLES.get(path, Path(path).stem)] = path
    return {role: folder / path for role, path in written.items()}


def to_act_on(customers: pd.DataFrame, actions: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """Path -> the rows of a list: only people to contact, each control group in its own."""
    if actions is None:
        return {}
    lists = {}
    listed = most_likely_first(customers) if "propensity" in customers else customers
    for group, path in (("contact", CONTACT), ("control", CONTROL)):
        lists[path] = listed.loc[listed["group"] == group]
    if "late" in customers:
        lists[LATE] = late_customers(customers)
    for row in actions.loc[actions["step"].notna()].to_dict("records"):
        members = listed.loc[listed["plan_step"] == row["step"]]
        for group, path in (("contact", row["list"]), ("control", row["control_list"])):
            if isinstance(path, str) and path not in lists:
                lists[path] = members.loc[members["group"] == group]
    return {path: rows for path, rows in lists.items() if len(rows) or path == CONTACT}


def delimiter(locale: str) -> str:
    """What parts the columns in a spreadsheet of the locale: a semicolon beside decimal commas."""
    return ";" if get_decimal_symbol(locale) == "," else ","


def write_csv(frame: pd.DataFrame, path: Path, table: str, locale: str) -> None:
    """Write rows of a result table so that spreadsheets read them well and run nothing in them."""
    digits = {
        name: 2 if column(table, name).kind == "money" else 4
        for name in frame.select_dtypes("float").columns
    }
    parted = delimiter(locale)
    decimal = "," if parted == ";" else "."
    safe = frame.round(digits)
    for name in safe.select_dtypes(include=["object", "str"]).columns:
        safe[name] = _harmless(safe[name], decimal)
    names = [f"'{name}" if _FORMULA.match(str(name)) else name for name in safe.columns]
    scratch = path.with_name(f".{path.name}.new")
    scratch.unlink(missing_ok=True)
    # Customers are in it: for its owner alone, wherever it lies.
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write("\ufeff")  # makes Excel read the file as UTF-8
        writer = csv.writer(file, delimiter=parted, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(zip(*(_written(safe[name], decimal) for name in safe), strict=True))
    scratch.replace(path)


def _written(cells: "pd.Series", decimal: str) -> list[object]:
    """Cells as they stand in the file; the writer of a DataFrame takes twice the time."""
    if pd.api.types.is_datetime64_any_dtype(cells):
        cells = cells.dt.strftime("%Y-%m-%d")
    elif pd.api.types.is_float_dtype(cells) and decimal != ".":
        cells = cells.map(lambda number: str(number).replace(".", decimal), na_action="ignore")
    return list(cells.astype("object").where(cells.notna(), None))


def _harmless(cells: "pd.Series", decimal: str) -> "pd.Series":
    """Texts that a spreadsheet would run as a formula behind an apostrophe; numbers as they are.

    A column has far fewer different texts than rows, so each is looked at once.
    """
    codes, levels = pd.factorize(cells)
    texts = pd.Series([cell if isinstance(cell, str) else "" for cell in levels], dtype="object")
    risky = np.array([bool(_FORMULA.match(text)) for text in texts], dtype=bool)
    numbers = texts[risky].str.replace(decimal, ".")
    risky[risky] = pd.to_numeric(numbers, errors="coerce").isna()
    if not risky.any():
        return cells
    marked = pd.Series(np.append("'" + texts, "")[codes], index=cells.index, dtype="object")
    return cells.mask(np.append(risky, False)[codes], marked)
