"""What is odd about the data, and what each oddity does to the conclusions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pandas as pd

from custanalytics.check import Check
from custanalytics.engine import DuckDBEngine
from custanalytics.ledger.load_report import LoadReport
from custanalytics.sentences import noted, tell, tell_many, together

_RULE = noted("rule of thumb")
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


def find_oddities(engine: DuckDBEngine, report: LoadReport, *, counted: bool) -> list[Finding]:
    """Oddities of a ledger, in a fixed order; of money nothing where purchases are ``counted``."""
    daily = engine.run("source/daily")
    daily["day"] = pd.to_datetime(daily["day"])
    found = [
        *unknown_customers(report, counted=counted),
        *([] if counted else [*_duplicates(report), *_returns_and_outliers(engine)]),
        *_special_lines(engine),
        *_customers(engine),
        *_calendar(daily),
        *_clock(daily),
    ]
    return [replace(one, amount=None) for one in found] if counted else found


def as_findings(told: Sequence[str]) -> list[Finding]:
    """What the reading of the files has to say, for the table of what was found in them."""
    effect = tell("The figures rest on it.")
    return [Finding("reading", "note", None, None, sentence, effect) for sentence in told]


def as_frame(findings: Sequence[Finding]) -> pd.DataFrame:
    """One row per finding; rows and amount are null where they were not counted."""
    return pd.DataFrame(
        {
            "finding": [f.finding for f in findings],
            "severity": [f.severity for f in findings],
            "rows": pd.array([f.rows for f in findings], dtype="Int64"),
            "amount": pd.Series([f.amount for f in findings], dtype="float64"),
            # Objects, not plain texts: they keep their templates for other languages.
            "sentence": pd.Series([f.sentence for f in findings], dtype="object"),
            "effect": pd.Series([f.effect for f in findings], dtype="object"),
        }
    )


def as_checks(findings: Sequence[Finding]) -> tuple[Check, ...]:
    """The findings that warn, as checks."""
    return tuple(
        Check(f"source.{f.finding}", f.passed, together(f.sentence, f.effect), source=_RULE)
        for f in findings
        if f.severity == "warning"
    )


def unknown_customers(report: LoadReport, *, counted: bool) -> list[Finding]:
    """Sales whose customer nobody knows, where there are any."""
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
            tell_many(
                rows,
                "One row, {share:.0%} of the purchases, names no customer.",
                "{n:,} rows, {share:.0%} of the purchases, name no customer.",
                n=rows,
                share=share,
            )
            if counted
            else tell_many(
                rows,
                "One row, {share:.0%} of the revenue, names no customer.",
                "{n:,} rows, {share:.0%} of the revenue, name no customer.",
                n=rows,
                share=share,
            ),
            tell(
                "They count in the overview of the business; what is said about customers rests "
                "on the other rows alone."
            ),
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
            tell_many(
                report.duplicate_rows,
                "One row repeats another row in every column.",
                "{n:,} rows repeat another row in every column.",
                n=report.duplicate_rows,
            ),
            tell("They were set aside.")
            if dropped
            else tell(
                "They may be real (the same article twice on one receipt) and were kept; "
                "--drop-duplicates sets them aside."
            ),
        )
    ]


def _returns_and_outliers(engine: DuckDBEngine) -> list[Finding]:
    table = engine.run("source/outliers").set_index("kind")
    found = []
    counts = {str(kind): int(n) for kind, n in table["rows"].items()}
    for kind, name, severity, sentence, effect in _odd_lines(counts):
        amount = float(table.loc[kind, "amount"])  # type: ignore[arg-type]
        if counts[kind]:
            found.append(Finding(name, severity, counts[kind], amount, sentence, effect))
    return found


def _odd_lines(counts: dict[str, int]) -> list[tuple[str, str, str, str, str]]:
    matched, unmatched = counts["returns matched"], counts["returns unmatched"]
    large, odd = counts["amount"], counts["price"]
    return [
        (
            "returns matched",
            "returns_matched",
            "note",
            tell_many(
                matched,
                "One return line was paired with the purchase it takes back.",
                "{n:,} return lines were paired with the purchase they take back.",
                n=matched,
            ),
            tell("Orders returned in full are no purchases."),
        ),
        (
            "returns unmatched",
            "returns_unmatched",
            "note",
            tell_many(
                unmatched,
                "One return line has no purchase of the same article, quantity and amount before "
                "it.",
                "{n:,} return lines have no purchase of the same article, quantity and amount "
                "before them.",
                n=unmatched,
            ),
            tell("They reduce what the customer spent, but no order is taken back."),
        ),
        (
            "amount",
            "large_amounts",
            "warning",
            tell_many(
                large,
                "One line comes to more than 100 times the usual line.",
                "{n:,} lines come to more than 100 times the usual line.",
                n=large,
            ),
            tell("Wholesale orders or typing errors like these pull means and customer values up."),
        ),
        (
            "price",
            "odd_prices",
            "warning",
            tell_many(
                odd,
                "One line has a price 20 times above or below the usual one of the article.",
                "{n:,} lines have a price 20 times above or below the usual one of the article.",
                n=odd,
            ),
            tell(
                "They may be typing errors or sets of pieces; the amounts were kept as they stand."
            ),
        ),
    ]


def _special_lines(engine: DuckDBEngine) -> list[Finding]:
    names = {
        "postage": noted("postage or delivery"),
        "gift card": noted("gift cards"),
        "fee": noted("fees"),
        "adjustment": noted("manual adjustments or discounts"),
        "test": noted("tests"),
    }
    table = engine.run("source/special_lines")
    return [
        Finding(
            f"lines_{kind.replace(' ', '_')}",
            "note",
            int(rows),
            float(amount),
            tell_many(
                int(rows),
                "One line looks like {what} by the product's name.",
                "{n:,} lines look like {what} by the product's name.",
                n=int(rows),
                what=names[kind],
            ),
            tell("They were kept; take them out of the file if they are no sales."),
        )
        for kind, rows, amount in zip(table["kind"], table["rows"], table["amount"], strict=True)
    ]


def _customers(engine: DuckDBEngine) -> list[Finding]:
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
                tell("One customer id holds {share:.0%} of all lines.", share=share),
                tell("It may stand for walk-in customers or a reseller; it distorts every mean."),
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
                tell_many(
                    int(row["damaged_ids"]),
                    "One customer id is in scientific notation: a spreadsheet has cut off its "
                    "figures.",
                    "{n:,} customer ids are in scientific notation: a spreadsheet has cut off "
                    "their figures.",
                    n=int(row["damaged_ids"]),
                ),
                tell(
                    "Different customers may have become one; export the file again without "
                    "opening it in a spreadsheet."
                ),
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
                tell_many(
                    int(row["shared_ids"]),
                    "One customer id looks like a stand-in for many people, such as guest or "
                    "unknown.",
                    "{n:,} customer ids look like a stand-in for many people, such as guest or "
                    "unknown.",
                    n=int(row["shared_ids"]),
                ),
                tell("Each counts as one customer; blank them in the file if they are not."),
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
                    tell(
                        "No sale from {first} to {last} ({n} days).",
                        first=first.date(),
                        last=last.date(),
                        n=int(gaps[at]) - 1,
                    ),
                    tell(
                        "A holiday, or days missing from the export: then customers look later "
                        "than they were."
                    ),
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
                        tell_many(
                            int(monthly.iloc[at]),
                            "{month:%Y-%m} has one line, the months around it {around:,}.",
                            "{month:%Y-%m} has {n:,} lines, the months around it {around:,}.",
                            month=months[at].start_time.date(),
                            n=int(monthly.iloc[at]),
                            around=int(around),
                        ),
                        tell("Part of the month may be missing from the export."),
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
                tell(
                    "The last month ends on {last}, {n} days before its end.",
                    last=last.date(),
                    n=missing,
                ),
                tell("Its figures are not a fall; it is marked incomplete."),
            )
        )
    return found


def _clock(daily: pd.DataFrame) -> list[Finding]:
    lines, midnights = int(daily["lines"].sum()), int(daily["midnights"].sum())
    if midnights == lines:
        sentence = tell("The dates carry no time of day.")
        effect = tell("Several orders of one customer on one day can't be put in sequence.")
    else:
        sentence = tell(
            "Times are taken as the file writes them; a time zone beside them is passed over."
        )
        effect = tell("A file in another zone than the shop's puts late sales on the next day.")
    return [Finding("time_zone", "note", None, None, sentence, effect)]
