"""What became of the rows of the files, in counts, sums and sentences."""

from datetime import date, datetime
from decimal import Decimal

import pandas as pd

from custanalytics.ledger.load_report import REASONS, LoadReport
from custanalytics.ledger.staging import Staging
from custanalytics.sentences import tell, tell_many

_SHOWN_LINES = 1000
# Reasons that a reader should know of even for a single row.
_TOLD = (
    "bad_amount",
    "bad_date",
    "zero_date",
    "odd_date",
    "future_date",
    "no_date",
    "no_amount",
    "total_row",
    "not_asked_for",
    "before_from",
)


def load_report(
    staging: Staging, states: pd.DataFrame, told: list[str], *, counted: bool
) -> LoadReport:
    """Count the rows by what became of them; ``told`` is what reading them has to say.

    Where purchases are ``counted``, no sum of money is told.
    """
    engine = staging.engine
    table = engine.run("source/reconciliation")
    rows = {str(r): int(n) for r, n in zip(table["reason"], table["rows"], strict=True)}
    sums = {str(r): float(a) for r, a in zip(table["reason"], table["amount"], strict=True)}
    rows["repeated_header"] = sum(part.repeated_headers for part in staging.parts)
    rows["note"] = sum(part.notes for part in staging.parts)
    unreadable = sum(len(part.unreadable) for part in staging.parts)
    rows["unreadable"] = unreadable
    rows = {reason: rows[reason] for reason in REASONS if rows.get(reason)}
    read = sum(rows.values())
    used = rows.get("used", 0)
    reconciliation = pd.DataFrame(
        {
            "reason": list(rows),
            "meaning": [REASONS[reason] for reason in rows],
            "rows": list(rows.values()),
            "amount": [sums.get(reason, float("nan")) for reason in rows],
            "share": [n / read for n in rows.values()],
        }
    )
    figures = engine.run("source/figures").iloc[0]
    revenue = Decimal(str(figures["revenue"]))
    unknown = Decimal(str(figures["revenue_without_customer"]))
    duplicates, duplicated = (
        int(figures["duplicate_rows"]),
        Decimal(str(figures["duplicate_amount"])),
    )
    if counted:
        reconciliation, states = (t.assign(amount=float("nan")) for t in (reconciliation, states))
    warnings = [*told, *_warnings(rows, read, counted=counted)]
    # Where purchases are counted, a line that stands twice is a part of one purchase.
    if duplicates and not counted:
        warnings += _warn_of_duplicates(staging, rows, duplicates, duplicated)
    aside = {r: n for r, n in rows.items() if r not in ("used", "unreadable")}
    return LoadReport(
        rows_read=read,
        rows_used=used,
        rows_set_aside=aside,
        rows_unreadable=unreadable,
        rows_mended=sum(len(part.mended) for part in staging.parts),
        reconciliation=reconciliation,
        mended=_mended(staging),
        unreadable=_unreadable(staging),
        set_aside=_set_aside(staging),
        states=states,
        files=_files(staging),
        customers=int(figures["customers"]),
        buyers=int(figures["buyers"]),
        orders=int(figures["orders"]),
        revenue=revenue,
        revenue_without_customer=unknown,
        revenue_total=revenue + unknown,
        first_order=_day(figures["first_order"]),
        last_order=_day(figures["last_order"]),
        duplicate_rows=duplicates,
        duplicate_amount=duplicated,
        warnings=tuple(warnings),
    )


def _warnings(rows: dict[str, int], read: int, *, counted: bool) -> list[str]:
    """One sentence for every reason that a reader should know of."""
    found: list[str] = []
    for reason, n in rows.items():
        if reason in _TOLD:
            found.append(
                tell(
                    "{n:,} of {all:,} rows were set aside: {reason}.",
                    n=n,
                    all=read,
                    reason=REASONS[reason],
                )
            )
    if rows.get("unreadable"):
        share = rows["unreadable"] / read
        found.append(
            tell("{n:,} of {all:,} lines can't be read.", n=rows["unreadable"], all=read)
            if counted
            else tell(
                "{n:,} of {all:,} lines can't be read; were they like the others, {share:.2%} of "
                "the money would be missing.",
                n=rows["unreadable"],
                all=read,
                share=share,
            )
        )
    if rows.get("no_customer"):
        share = rows["no_customer"] / read
        found.append(
            tell_many(
                rows["no_customer"],
                "One row ({share:.0%}) has no customer: it counts in the overview of the business, "
                "not in the customer analyses.",
                "{n:,} rows ({share:.0%}) have no customer: they count in the overview of the "
                "business, not in the customer analyses.",
                n=rows["no_customer"],
                share=share,
            )
        )
    return found


def _warn_of_duplicates(
    staging: Staging, rows: dict[str, int], duplicates: int, duplicated: Decimal
) -> list[str]:
    """Rows that stand twice, and what became of them."""
    figures = {"n": duplicates, "amount": duplicated}
    found: list[str] = [
        tell_many(
            duplicates,
            "One row repeats another one in every column ({amount:,.2f}); it was set aside.",
            "{n:,} rows repeat another one in every column ({amount:,.2f} in all); they were "
            "set aside.",
            **figures,
        )
        if rows.get("exact_duplicate")
        else tell_many(
            duplicates,
            "One row repeats another one in every column ({amount:,.2f}); it was kept.",
            "{n:,} rows repeat another one in every column ({amount:,.2f} in all); they were kept.",
            **figures,
        )
    ]
    overlap = staging.engine.sql("SELECT count(*) AS n FROM duplicates WHERE is_overlap")
    twice = int(overlap["n"].iloc[0])
    if twice:
        found.append(
            tell_many(
                twice,
                "One of these repeats a row of another file: the files may overlap in time and "
                "count this sale twice; --drop-duplicates sets it aside.",
                "{n:,} of these repeat a row of another file: the files may overlap in time and "
                "count these sales twice; --drop-duplicates sets them aside.",
                n=twice,
            )
        )
    return found


def told_of_lines(staging: Staging) -> list[str]:
    """Say which lines were mended, and which were read in another encoding."""
    found: list[str] = []
    if mended := sum(len(part.mended) for part in staging.parts):
        found.append(
            tell_many(
                mended,
                "One line was torn by a delimiter or quote too many or too few; it was mended in "
                "the only way that fits all columns (--no-mend sets it aside).",
                "{n:,} lines were torn by a delimiter or quote too many or too few; they were "
                "mended, each in the only way that fits all columns (--no-mend sets them aside).",
                n=mended,
            )
        )
    damaged = sum(part.damaged_lines for part in staging.parts)
    if damaged:
        found.append(
            tell_many(
                damaged,
                "One line holds bytes that are no UTF-8; it was read as cp1252.",
                "{n:,} lines hold bytes that are no UTF-8; they were read as cp1252.",
                n=damaged,
            )
        )
    return found


def _mended(staging: Staging) -> pd.DataFrame:
    rows = [
        (part.label, item.line, item.text, " | ".join(item.fields))
        for part in staging.parts
        for item in part.mended
    ]
    return pd.DataFrame(rows, columns=["file", "line", "before", "after"])


def _unreadable(staging: Staging) -> pd.DataFrame:
    rows = [
        (part.label, item.line, item.reason, item.text.rstrip("\r\n"))
        for part in staging.parts
        for item in part.unreadable
    ]
    return pd.DataFrame(rows, columns=["file", "line", "reason", "text"])


def _set_aside(staging: Staging) -> pd.DataFrame:
    rows = staging.engine.sql(
        "SELECT part_no, file_line AS line, fate AS reason FROM ("
        "SELECT *, row_number() OVER (PARTITION BY fate ORDER BY line_no) AS turn FROM fates "
        f"WHERE fate NOT IN ('used', 'no_customer')) WHERE turn <= {_SHOWN_LINES} "
        "ORDER BY part_no, line"
    )
    labels = [staging.parts[int(at)].label for at in rows["part_no"]]
    return pd.DataFrame({"file": labels, "line": rows["line"], "reason": rows["reason"]})


def _files(staging: Staging) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "file": [part.label for part in staging.parts],
            "rows": [part.rows for part in staging.parts],
            "encoding": [part.encoding for part in staging.parts],
            "delimiter": [part.delimiter for part in staging.parts],
            "header_line": pd.array([part.header_line for part in staging.parts], dtype="Int64"),
        }
    )


def _day(moment: object) -> date | None:
    return moment.date() if isinstance(moment, datetime) and not pd.isna(moment) else None
