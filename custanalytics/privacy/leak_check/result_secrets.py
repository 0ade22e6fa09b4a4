"""Secrets of the results: exact money and counts, at every precision that tells them."""

import dataclasses
import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from custanalytics.privacy.leak_check import figures
from custanalytics.privacy.leak_check.gather import Gathering
from custanalytics.privacy.leak_check.secrets import Origin
from custanalytics.results.store import AnalysisResults

# No figures of the business: what was asked, and how models and tests came out.
_NOT = {
    "settings", "checks", "ledger_checks", "line", "files", "params", "seed", "horizon_days",
    "window_days", "score",
    "recency", "T", "days", "period", "origin", "holdout_days", "threshold", "parameters",
    "usual_gap_days", "days_since_last_purchase", "mapping", "lift", "unit",
}  # fmt: skip
# Smaller ones are shares and scores.
_LEAST_FLOAT = 10
_MONEY = (
    "revenue", "amount", "spend", "value", "clv", "margin", "cost", "profit", "price", "refund",
    "stake", "risk",
)  # fmt: skip
_SPENT = ("total_spend", "monetary_value")


def result_secrets(results: AnalysisResults, gathering: Gathering) -> None:
    """Take the exact figures of the results."""
    for name, value in _figures(results, ""):
        if isinstance(value, pd.DataFrame):
            _customers(value, name, gathering)
            continue
        is_money = isinstance(value, Decimal) or any(
            word in name.rpartition(".")[2] for word in _MONEY
        )
        if is_money:
            values = list(figures.roundings(value))
        elif float(value).is_integer():
            values = [str(abs(int(value)))]
        else:
            # A model's expectation of how many is no fact of the source.
            continue
        origin = Origin("amount" if is_money else "count", f"results, {name}")
        for number in values:
            if figures.is_distinctive(number):
                gathering.numbers.setdefault(number, origin)


def _figures(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Figures with their names; tables of customers as a whole."""
    if name.rpartition(".")[2] in _NOT:
        return
    if isinstance(value, pd.DataFrame):
        if "customer_id" in value:
            yield name, value
        else:
            for column in value.columns:
                for cell in value[column].dropna().tolist():
                    yield from _figures(cell, f"{name}.{column}")
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for part in dataclasses.fields(value):
            yield from _figures(getattr(value, part.name), f"{name}.{part.name}".strip("."))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _figures(inner, f"{name}.{key}".strip("."))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _figures(inner, name)
    elif isinstance(value, bool):
        return
    elif isinstance(value, int | Decimal) or (
        isinstance(value, float) and math.isfinite(value) and abs(value) >= _LEAST_FLOAT
    ):
        yield name, value


def _customers(table: pd.DataFrame, name: str, gathering: Gathering) -> None:
    for column in _SPENT:
        if column in table:
            for value in table[column].dropna().unique().tolist():
                written = f"{abs(value):.2f}"
                number = figures.shortest(*written.split("."))
                gathering.number(number, written, "amount", f"results, {name}.{column}")
