"""A ledger with pseudonyms for its customers: nothing made of it can show who they are."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from custanalytics.engine import Engine
from custanalytics.ledger.findings import as_findings, as_frame
from custanalytics.ledger.load_report import Ledger, LoadReport
from custanalytics.privacy.pseudonyms import pseudonym_key
from custanalytics.sentences import tell
from custanalytics.transactions import keep_orders

# Tables that hold the ids, emptied once they are used.
_REAL = ("real_ledger", "pseudonyms")


def with_pseudonyms(ledger: Ledger, key: Path | str | None) -> Ledger:
    """The ledger with customers under pseudonyms by this key; as it is where there is none."""
    if key is None:
        return ledger
    _rename_customers(ledger.engine, key)
    said = tell(
        "Customers stand under pseudonyms: who is who can be told with the key alone, which is not "
        "in this report. Lines that could not be read are named by their place only."
    )
    report = replace(_without_texts(ledger.report), warnings=(*ledger.report.warnings, said))
    findings = pd.concat([ledger.findings, as_frame(as_findings([said]))], ignore_index=True)
    return replace(ledger, report=report, findings=findings)


def _rename_customers(engine: Engine, key: Path | str) -> None:
    ids = engine.run("customers_known")["customer_id"].astype("str")
    names = pseudonym_key(key).replace(ids)
    table = pd.DataFrame({"customer_id": ids, "pseudonym": ids.map(names)}, dtype="str")
    engine.write("pseudonyms", table)
    engine.keep("real_ledger", "ledger_lines")
    engine.keep("ledger", "pseudonymous_ledger")
    keep_orders(engine)
    for name in _REAL:
        engine.write(name, pd.DataFrame({"line_no": pd.Series(dtype="int64")}))


def _without_texts(report: LoadReport) -> LoadReport:
    """Without the lines of the files as they stand, which may name anybody."""
    return replace(
        report,
        unreadable=report.unreadable.assign(text=""),
        mended=report.mended.assign(before="", after=""),
    )
