"""What `load` gives back: the ledger and how it came about."""

from collections.abc import Mapping as Dict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any

import pandas as pd

from custanalytics.check import Check
from custanalytics.engine import Engine
from custanalytics.ledger.mapping import Mapping
from custanalytics.sentences import noted
from custanalytics.shown import Shown

# Why a row is not in the customer analyses, in the order of the report.
REASONS = {
    "used": noted("used in the customer analyses"),
    "no_customer": noted("no customer: counted in the overview of the business only"),
    "zero_amount": noted("an amount of zero"),
    "no_amount": noted("no amount"),
    "bad_amount": noted("an amount, quantity or price that can't be read"),
    "no_currency": noted("no currency, in a file of several"),
    "no_date": noted("no date"),
    "bad_date": noted("a date that can't be read or is impossible"),
    "zero_date": noted("a day that systems write for none, such as 1970-01-01"),
    "odd_date": noted("a date far from all others"),
    "future_date": noted("a date in the future"),
    "not_asked_for": noted("not among the rows asked for (--where)"),
    "before_from": noted("before the first day that counts (--from)"),
    "after_as_of": noted("after the last day that counts (--as-of)"),
    "payment_failed": noted("the payment failed"),
    "not_paid": noted("not paid"),
    "cancelled": noted("cancelled"),
    "refunded": noted("refunded in full"),
    "returned": noted("given back"),
    "told_no_sale": noted("in a state that is no sale, as you said (--not-a-sale)"),
    "test": noted("a test order"),
    "not_a_sale": noted("no sale: fee, transfer, conversion or payout"),
    "further_line": noted("a further line of an order whose value was counted on its first line"),
    "total_row": noted("a total of other rows"),
    "exact_duplicate": noted("an exact duplicate of another line"),
    "repeated_header": noted("the header met again"),
    "note": noted("a note below the table"),
    "unreadable": noted("a line that can't be read"),
}


# Checks of what the warnings about the rows say already.
TOLD_BY_ROWS = ("source.no_customer", "source.duplicates")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values, null where there is none."""
    rows = frame.astype("object").where(frame.notna(), None)
    return [{str(name): cell for name, cell in row.items()} for row in rows.to_dict("records")]


@dataclass(frozen=True, repr=False)
class LoadReport(Shown):
    """How the rows of the files became the ledger.

    Attributes
    ----------
    rows_read, rows_used, rows_unreadable : int
        ``rows_read = rows_used + sum(rows_set_aside.values()) + rows_unreadable``.
    rows_set_aside : dict of str to int
        Reason to rows; the reasons are those of `REASONS`.
    reconciliation : DataFrame
        One row per reason: reason, meaning, rows (int64), amount (float64, the ledger's currency,
        NaN where no amount could be read), share (of the rows read).
    rows_mended : int
        Of the rows read: torn lines that could be mended in one way only.
    mended : DataFrame
        One row per mended line: file, line (1 = first), before, after (the fields, with bars
        between them).
    unreadable : DataFrame
        One row per unreadable line: file, line (1 = first), reason, text.
    set_aside : DataFrame
        The first lines of each reason: file, line, reason.
    states : DataFrame
        One row per state of orders, payments or parcels met: column, value, rows (int64), amount
        (float64, the ledger's currency, signs aside), taken_for (sale, not_yet, not_sold,
        given_back or unknown), why.
    files : DataFrame
        One row per file or sheet: file, rows, encoding, delimiter, header_line (null: none).
    customers : int
        Distinct customers with a date, those with only returns or zero amounts included.
    buyers : int
        Customers with at least one order that came to more than zero.
    orders : int
        Orders of known customers that came to more than zero after returns.
    revenue, revenue_without_customer, revenue_total : Decimal
        Net of returns: rows used, rows without a customer, both.
    first_order, last_order : date or None
        Of the rows used.
    duplicate_rows : int
        Rows that repeat another row in every column.
    duplicate_amount : Decimal
        What these come to.
    warnings : tuple of str
        One sentence each.
    """

    rows_read: int
    rows_used: int
    rows_set_aside: Dict[str, int]
    rows_unreadable: int
    rows_mended: int
    reconciliation: pd.DataFrame
    mended: pd.DataFrame
    unreadable: pd.DataFrame
    set_aside: pd.DataFrame
    states: pd.DataFrame
    files: pd.DataFrame
    customers: int
    buyers: int
    orders: int
    revenue: Decimal
    revenue_without_customer: Decimal
    revenue_total: Decimal
    first_order: date | None
    last_order: date | None
    duplicate_rows: int
    duplicate_amount: Decimal
    warnings: tuple[str, ...]

    def as_json(
        self, mapping: Dict[str, str], currency: str | None, *, counted: bool
    ) -> dict[str, Any]:
        """Return the counts and sums as plain values, with the columns they come from."""
        money = {
            "revenue": self.revenue,
            "revenue_without_customer": self.revenue_without_customer,
            "revenue_total": self.revenue_total,
        }
        states = self.states.drop(columns="amount", errors="ignore") if counted else self.states
        return {
            "rows_read": self.rows_read,
            "rows_used": self.rows_used,
            "rows_set_aside": dict(self.rows_set_aside),
            "rows_unreadable": self.rows_unreadable,
            "rows_mended": self.rows_mended,
            "customers": self.buyers,
            "customers_in_rows": self.customers,
            "orders": self.orders,
            **{name: None if counted else f"{total:.2f}" for name, total in money.items()},
            "first_order": self.first_order.isoformat() if self.first_order else None,
            "last_order": self.last_order.isoformat() if self.last_order else None,
            "currency": currency,
            "mapping": dict(mapping),
            "states": states.to_dict("records"),
            "sources": records(self.files),
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, repr=False)
class Ledger:
    """A shop's sales as one clean table, and how it was made.

    Attributes
    ----------
    engine : Engine
        Holds the tables ``ledger`` (one row per usable line) and ``orders``.
    mapping : Mapping
        Which column played which role, why, and how sure.
    report : LoadReport
        Counts, sums and the reconciliation.
    currency : str or None
        ISO code; None where the files don't say.
    findings : DataFrame
        Data quality: one row per finding: finding, severity, rows, amount, sentence, effect.
    checks : tuple of Check
        The same doubts as checks.
    """

    engine: Engine
    mapping: Mapping
    report: LoadReport
    currency: str | None
    findings: pd.DataFrame
    checks: tuple[Check, ...]

    @property
    def first_order(self) -> date | None:
        """Day of the first order of a known customer."""
        return self.report.first_order

    @property
    def last_order(self) -> date | None:
        """Day of the last order of a known customer."""
        return self.report.last_order

    def __repr__(self) -> str:
        """What was read, in a line."""
        return f"Ledger({'; '.join(self._in_short())})"

    def _repr_html_(self) -> str:
        """What was read, and which column was taken for what."""
        columns = pd.DataFrame(
            [(role, choice.column) for role, choice in self.mapping.roles.items()],
            columns=["role", "column"],
        )
        said = [escape(sentence) for sentence in map(str, self.findings["sentence"])]
        return (
            f"<b>Ledger</b><p>{escape('; '.join(self._in_short()))}</p>"
            f"{columns.to_html(index=False)}<ul>{''.join(f'<li>{one}</li>' for one in said)}</ul>"
            "<p>.lines() gives the lines, .report the counts</p>"
        )

    def _in_short(self) -> list[str]:
        report = self.report
        return [
            f"{report.rows_used:,} of {report.rows_read:,} rows used",
            f"{report.buyers:,} customers, {report.orders:,} orders",
            f"{report.first_order} to {report.last_order}",
            self.currency or "no currency",
        ]

    def lines(self) -> pd.DataFrame:
        """Return the ledger, one row per usable line (see `custanalytics.engine`)."""
        return self.engine.run("ledger_lines")

    def as_json(self) -> dict[str, Any]:
        """Return what ``custanalytics check --json`` prints."""
        told = self.report.as_json(
            self.mapping.columns, self.currency, counted=self.mapping.no_amount
        )
        doubts = [check.sentence for check in self.checks if check.name not in TOLD_BY_ROWS]
        return told | {
            "findings": records(self.findings),
            "warnings": [*told["warnings"], *doubts],
        }
