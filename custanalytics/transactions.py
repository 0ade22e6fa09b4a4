"""Transactions in an engine: a loaded ledger, or a DataFrame of lines in the ledger's columns.

Domain modules never see a connection: they take a DataFrame, a ledger that ``load`` returned, or
an engine that holds either, and ask `as_engine` for the rest.
"""

from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from custanalytics.engine import DuckDBEngine, Engine, frame_of
from custanalytics.errors import SourceError, UsageError

_REQUIRED = ("customer_id", "ordered_at", "amount")
# When a credit note and the bill in its place are one order with what they take back.
ONE_ORDER: dict[str, Any] = {
    "credited_within_days": 60,
    "issued_within_days": 14,
    "much_the_same": 0.10,
    "to_the_cent": 0.001,
}
LEDGER_COLUMNS = (
    "line_no",
    "customer_id",
    "order_id",
    "ordered_at",
    "amount",
    "product",
    "quantity",
    "nets_order_id",
    "category",
    "country",
    "channel",
    "discounted",
    "consent",
)


@runtime_checkable
class HasEngine(Protocol):
    """Anything that carries an engine with the tables of `keep_orders`, such as a ledger."""

    @property
    def engine(self) -> Engine:
        """The engine."""


def as_engine(transactions: "pd.DataFrame | HasEngine") -> Engine:
    """Engine with a ``ledger`` table for these transactions."""
    if isinstance(transactions, HasEngine):
        return transactions.engine
    if isinstance(transactions, str | Path):
        raise UsageError("expected transactions, not a path: custanalytics.load reads a file")
    lines = _canonical(frame_of(transactions))
    engine = DuckDBEngine()
    engine.write("ledger", lines, "ledger_of_lines")
    keep_orders(engine)
    return engine


def keep_orders(engine: Engine) -> None:
    """Add up the table ``ledger`` once to the tables that ``orders_seen`` reads."""
    engine.keep("order_parts", "order_parts", **ONE_ORDER)
    engine.keep("orders", "orders")
    engine.keep("order_changes", "order_changes")


def _canonical(frame: pd.DataFrame) -> pd.DataFrame:
    missing = [column for column in _REQUIRED if column not in frame.columns]
    if missing:
        raise SourceError(
            f"transactions need the columns {', '.join(_REQUIRED)}; missing: {', '.join(missing)}; "
            f"found: {', '.join(map(str, frame.columns))}; rename them, or let custanalytics.load "
            "find them and give what it returns"
        )
    lines = frame[[column for column in LEDGER_COLUMNS if column in frame.columns]]
    lines["line_no"] = range(1, len(lines) + 1)
    try:
        lines["ordered_at"] = pd.to_datetime(lines["ordered_at"])
        lines["amount"] = pd.to_numeric(lines["amount"])
    except (ValueError, TypeError) as error:
        raise SourceError(f"ordered_at must hold dates and amount numbers: {error}") from error
    gaps = lines[["ordered_at", "amount"]].isna().sum()
    if gaps.any():
        raise SourceError(
            f"{gaps['ordered_at']} rows have no ordered_at and {gaps['amount']} no amount; "
            "drop or fill them first"
        )
    ids = lines["customer_id"]
    if pd.api.types.is_float_dtype(ids) and (ids.dropna() % 1 == 0).all():
        # Whole numbers that became floats because some are missing.
        lines["customer_id"] = ids.astype("Int64")
    for column in LEDGER_COLUMNS:
        if column not in lines:
            lines[column] = np.nan  # DuckDB's null, and the quickest of them to copy
    return lines[list(LEDGER_COLUMNS)]
