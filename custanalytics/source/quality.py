"""What is odd about the data, and what each oddity does to the conclusions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from custanalytics.checks import Check
from custanalytics.engine import Engine
from custanalytics.source.report import LoadReport

_RULE = "rule of thumb"
# A month below this share of the months around it looks incomplete.
_THIN_MONTH = 0.3
_LONG_GAP = 5
_MANY_UNKNOWN = 0.3
_DOMINANT = 0.2


@dataclass(frozen=True)
class Finding:
    """One oddity.

    Attributes
    ----------
    finding : str
        Stable key.
    severity : {"note", "warning"}
    rows : int or None
        Rows it touches.
    amount : float or None
        What these come to.
    sentence : str
        What was found.
    effect : str
        What it does to the conclusions.
    passed : bool or None
        False where it harms, None where the data can't tell.
    """

    finding: str
    severity: str
    rows: int | None
    amount: float | None
    sentence: str
    effect: str
    passed: bool | None = None


def find_oddities(engine: Engine, report: LoadReport) -> list[Finding]:
    """Oddities of a ledger, in a fixed order.

    Parameters
    ----------
    engine : Engine
        With the tables ``ledger`` and ``fates``.
    report : LoadReport
    """
    daily = engine.run("source/daily")
    daily["day"] = pd.to_datetime(daily["day"])
    return [
        *_unknown_customers(report),
        *_duplicates(report),
        *_returns_and_outliers(engine),
        *_special_lines(engine),
        *_customers(engine),
        *_calendar(daily),
        *_clock(daily),
    ]


def as_frame(findings: Sequence[Finding]) -> pd.DataFrame:
    """One row per finding; rows and amount are null where they were not counted."""
    return pd.DataFrame(
        {
            "finding": [f.finding for f in findings],
            "severity": [f.severity for f in findings],
            "rows": pd.array([f.rows for f in findings], dtype="Int64"),
            "amount": pd.Series([f.amount for f in findings], dtype="float64"),
            "sentence": [f.sentence for f in findings],
            "effect": [f.effect for f in findings],
        }
    )


def as_checks(findings: Sequence[Finding]) -> tuple[Check, ...]:
    """The findings that warn, as checks."""
    return tuple(
        Check(f"source.{f.finding}", f.passed, f"{f.sentence} {f.effect}", source=_RULE)
        for f in findings
        if f.severity == "warning"
    )


def _unknown_customers(report: LoadReport) -> list[Finding]:
    rows = report.rows_set_aside.get("no_customer", 0)
    if not rows:
        return []
    total = float(report.revenue_total)
    amount = float(report.revenue_without_customer)
    share = amount / total if total else 0.0
    return [
        Finding(
            "no_customer",
            "warning"
            if share > _MANY_UNKNOWN or rows > _MANY_UNKNOWN * report.rows_read
            else "note",
            rows,
            amount,
            f"{rows:,} rows, {share:.0%} of the revenue, name no customer.",
            "They count in the overview of the business; what is said about customers rests on the "
            "other rows alone.",
            passed=share <= _MANY_UNKNOWN,
        )
    ]


def _duplicates(report: LoadReport) -> list[Finding]:
    if not report.duplicate_rows:
        return []
    dropped = bool(report.rows_set_aside.get("exact_duplicate"))
    share = report.duplicate_rows / report.rows_read
    return [
        Finding(
            "duplicates",
            "warning" if share > 0.01 else "note",
            report.duplicate_rows,
            float(report.duplicate_amount),
            f"{report.duplicate_rows:,} rows repeat another row in every column.",
            "They were set aside."
            if dropped
            else "They may be real (the same article twice on one receipt) and were kept; "
            "--drop-duplicates sets them aside.",
        )
    ]


def _returns_and_outliers(engine: Engine) -> list[Finding]:
    table = engine.run("source/outliers").set_index("kind")
    found = []
    texts = {
        "returns matched": (
            "returns_matched",
            "note",
            "return lines were paired with the purchase they take back.",
            "Orders returned in full are no purchases.",
        ),
        "returns unmatched": (
            "returns_unmatched",
            "note",
            "return lines have no purchase of the same article, quantity and amount before them.",
            "They reduce what the customer spent, but no order is taken back.",
        ),
        "amount": (
            "large_amounts",
            "warning",
            "lines come to more than 100 times the usual line.",
            "Wholesale orders or typing errors like these pull means and customer values up.",
        ),
        "price": (
            "odd_prices",
            "warning",
            "lines have a price 20 times above or below the usual one of the article.",
            "They may be typing errors or sets of pieces; the amounts were kept as they stand.",
        ),
    }
    for kind, (name, severity, sentence, effect) in texts.items():
        rows = int(table.loc[kind, "rows"])  # type: ignore[arg-type]
        if rows:
            amount = float(table.loc[kind, "amount"])  # type: ignore[arg-type]
            found.append(Finding(name, severity, rows, amount, f"{rows:,} {sentence}", effect))
    return found


def _special_lines(engine: Engine) -> list[Finding]:
    names = {
        "postage": "postage or delivery",
        "gift card": "gift cards",
        "fee": "fees",
        "adjustment": "manual adjustments or discounts",
        "test": "tests",
    }
    table = engine.run("source/special_lines")
    return [
        Finding(
            f"lines_{kind.replace(' ', '_')}",
            "note",
            int(rows),
            float(amount),
            f"{int(rows):,} lines look like {names[kind]} by the product's name.",
            "They were kept; take them out of the file if they are no sales.",
        )
        for kind, rows, amount in zip(table["kind"], table["rows"], table["amount"], strict=True)
    ]


def _customers(engine: Engine) -> list[Finding]:
    row = engine.run("source/customer_oddities").iloc[0]
    found = []
    customers = int(row["customers"])
    if customers >= 20 and float(row["most_lines"]) > _DOMINANT * float(row["lines"]):
        share = float(row["most_lines"]) / float(row["lines"])
        found.append(
            Finding(
                "dominant_customer",
                "warning",
                int(row["most_lines"]),
                None,
                f"One customer id holds {share:.0%} of all lines.",
                "It may stand for walk-in customers or a reseller; it distorts every mean.",
                passed=False,
            )
        )
    if int(row["damaged_ids"]):
        found.append(
            Finding(
                "damaged_ids",
                "warning",
                int(row["damaged_ids"]),
                None,
                f"{int(row['damaged_ids']):,} customer ids are in scientific notation: a "
                "spreadsheet has cut off their figures.",
                "Different customers may have become one; export the file again without opening "
                "it in a spreadsheet.",
                passed=False,
            )
        )
    if int(row["shared_ids"]):
        found.append(
            Finding(
                "shared_ids",
                "warning",
                int(row["shared_ids"]),
                None,
                f"{int(row['shared_ids']):,} customer ids look like a stand-in for many people, "
                "such as guest or unknown.",
                "Each counts as one customer; blank them in the file if they are not.",
            )
        )
    return found


def _calendar(daily: pd.DataFrame) -> list[Finding]:
    """Gaps, thin months and the last, unfinished month."""
    found: list[Finding] = []
    days = daily["day"]
    gaps = days.diff().dt.days.to_numpy()[1:]
    if len(gaps) >= 30:
        usual = float(np.quantile(gaps, 0.99))
        bound = max(_LONG_GAP, 3 * usual)
        long = np.flatnonzero(gaps > bound)
        for at in long[:5]:
            first, last = days.iloc[at] + timedelta(days=1), days.iloc[at + 1] - timedelta(days=1)
            found.append(
                Finding(
                    "day_gap",
                    "warning",
                    None,
                    None,
                    f"No sale from {first:%Y-%m-%d} to {last:%Y-%m-%d} ({int(gaps[at]) - 1} days).",
                    "A holiday, or days missing from the export: then customers look later than "
                    "they were.",
                )
            )
    monthly = daily.groupby(days.dt.to_period("M"))["lines"].sum()
    if len(monthly) >= 4:
        months = pd.period_range(monthly.index.min(), monthly.index.max(), freq="M")
        monthly = monthly.reindex(months, fill_value=0)
        for at in range(1, len(monthly) - 1):
            around = (monthly.iloc[at - 1] + monthly.iloc[at + 1]) / 2
            if around >= 10 and monthly.iloc[at] < _THIN_MONTH * around:
                found.append(
                    Finding(
                        "thin_month",
                        "warning",
                        int(monthly.iloc[at]),
                        None,
                        f"{months[at]} has {int(monthly.iloc[at]):,} lines, the months around it "
                        f"{int(around):,}.",
                        "Part of the month may be missing from the export.",
                        passed=False,
                    )
                )
    last = days.max()
    month_end = (last + pd.offsets.MonthEnd(0)).normalize()
    missing = (month_end - last).days
    if missing > 3:
        found.append(
            Finding(
                "last_month_incomplete",
                "note",
                None,
                None,
                f"The last month ends on {last:%Y-%m-%d}, {missing} days before its end.",
                "Its figures are not a fall; it is marked incomplete.",
            )
        )
    return found


def _clock(daily: pd.DataFrame) -> list[Finding]:
    lines, midnights = int(daily["lines"].sum()), int(daily["midnights"].sum())
    if midnights == lines:
        sentence = "The dates carry no time of day."
        effect = "Several orders of one customer on one day can't be put in sequence."
    else:
        sentence = (
            "Times are taken as the file writes them; a time zone beside them is passed over."
        )
        effect = "A file in another zone than the shop's puts late sales on the next day."
    return [Finding("time_zone", "note", None, None, sentence, effect)]
