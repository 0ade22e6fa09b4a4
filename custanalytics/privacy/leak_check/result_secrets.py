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
from custanalytics.schema import Kind, column, customer_facts, tables

# No figures of the business: what was asked, and how models and tests came out.
_NOT = {"settings", "mapping", "checks", "ledger_checks", "params", "window_days"}
# Smaller amounts are no evidence.
_LEAST_FLOAT = 10


def result_secrets(results: AnalysisResults, gathering: Gathering) -> None:
    """Take the exact figures of the results."""
    for name, kind, value in _figures(results, ""):
        if isinstance(value, pd.DataFrame):
            _customers(value, name, gathering)
            continue
        if kind == "money":
            values = list(figures.roundings(value))
        elif float(value).is_integer():
            values = [str(abs(int(value)))]
        else:
            # A model's expectation of how many is no fact of the source.
            continue
        origin = Origin("amount" if kind == "money" else "count", f"results, {name}")
        for number in values:
            if figures.is_distinctive(number):
                gathering.numbers.setdefault(number, origin)


def _figures(value: Any, name: str) -> Iterator[tuple[str, Kind, Any]]:
    """Money and counts with their names; tables of customers as a whole."""
    if isinstance(value, pd.DataFrame):
        if "customer_id" in value:
            yield name, "id", value
        else:
            for field in map(str, value.columns):
                yield from _of_column(value[field].dropna().tolist(), name, field)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if name in tables():
                yield from _of_column([inner], name, key)
            else:
                yield from _figures(inner, f"{name}.{key}")
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for part in dataclasses.fields(value):
            if part.name not in _NOT:
                inner = getattr(value, part.name)
                yield from _figures(inner, f"{name}.{part.name}".strip("."))
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        yield name, "money" if isinstance(value, Decimal) else "count", value


def _of_column(cells: list[Any], table: str, field: str) -> Iterator[tuple[str, Kind, Any]]:
    kind = column(table, field).kind
    if kind in ("money", "count"):
        for cell in cells:
            if math.isfinite(cell) and (isinstance(cell, int) or abs(cell) >= _LEAST_FLOAT):
                yield f"{table}.{field}", kind, cell


def _customers(table: pd.DataFrame, name: str, gathering: Gathering) -> None:
    for field, entry in customer_facts().items():
        if entry.kind == "money" and field in table:
            for value in table[field].dropna().unique().tolist():
                written = f"{abs(value):.2f}"
                number = figures.shortest(*written.split("."))
                gathering.number(number, written, "amount", f"results, {name}.{field}")
