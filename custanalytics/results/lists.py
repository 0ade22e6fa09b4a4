"""The lists to act on, as files: the scored customers, whom to contact, and each segment."""

import re
import unicodedata
from pathlib import Path

import pandas as pd

from custanalytics.engine import write_tables
from custanalytics.results.store import AnalysisResults

CUSTOMERS = "exports/customers.csv"
CUSTOMERS_PARQUET = "exports/customers.parquet"
CONTACT = "exports/contact.csv"
LATE = "exports/late.csv"
PROSPECTS = "exports/prospects.csv"
SET_ASIDE = "exports/set-aside.csv"
_MONEY = {
    "monetary_value",
    "total_spend",
    "expected_spend",
    "revenue_at_risk",
    "expected_profit",
} | {f"clv{part}" for part in ("", "_low", "_high", "_sd")}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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


def write_exports(results: AnalysisResults, folder: Path) -> dict[str, Path]:
    """Write the lists of a report."""
    (folder / "exports").mkdir(parents=True, exist_ok=True)
    written = {}
    ledger = results.ledger
    aside = [t for t in (ledger.unreadable, ledger.set_aside) if len(t)] if ledger else []
    if aside:
        write_csv(pd.concat(aside, ignore_index=True), folder / SET_ASIDE)
        written["set_aside"] = SET_ASIDE
    if results.prospect_list is not None:
        write_csv(results.prospect_list, folder / PROSPECTS)
        written["prospects_csv"] = PROSPECTS
    customers = results.customers
    if customers is None:
        return {role: folder / path for role, path in written.items()}
    written["customers_csv"] = CUSTOMERS
    write_csv(customers, folder / CUSTOMERS)
    write_tables({"customers": customers}, folder / "exports")
    written["customers_parquet"] = CUSTOMERS_PARQUET
    if "propensity" in customers:
        ranked = customers.sort_values(["propensity", "customer_id"], ascending=[False, True])
        write_csv(ranked, folder / CONTACT)
        written["contact_csv"] = CONTACT
        late = customers.loc[customers["late"].fillna(False).astype(bool)]
        if len(late):
            at_risk = late.sort_values(["revenue_at_risk", "customer_id"], ascending=[False, True])
            write_csv(at_risk, folder / LATE)
            written["late_csv"] = LATE
    if "segment" in customers:
        for segment, members in customers.groupby("segment", sort=True):
            path = segment_list(str(segment))
            write_csv(members, folder / path)
            written[Path(path).stem] = path
    return {role: folder / path for role, path in written.items()}


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a list so that spreadsheets read it well and run nothing in it."""
    safe = frame.round({c: 2 if c in _MONEY else 4 for c in frame.select_dtypes("float").columns})
    for column in safe.select_dtypes(include=["object", "str"]).columns:
        # A leading apostrophe keeps a spreadsheet from running the cell as a formula.
        text = safe[column]
        risky = text.str.startswith(_FORMULA).fillna(False).astype(bool)
        risky &= pd.to_numeric(text.where(risky), errors="coerce").isna()
        safe[column] = text.mask(risky, "'" + text)
    # The mark makes Excel read the file as UTF-8.
    scratch = path.with_name(f".{path.name}.new")
    safe.to_csv(
        scratch, index=False, encoding="utf-8-sig", lineterminator="\n", date_format="%Y-%m-%d"
    )
    scratch.replace(path)
