"""Purchases without money: what an analysis says of them, each purchase coming to 1."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from custanalytics import schema
from custanalytics.clv import CustomerLifetimeValue
from custanalytics.clv.checks import of_purchases
from custanalytics.config import Settings
from custanalytics.customers.rfm import COUNTED_SEGMENTS, SEGMENTS, Segment
from custanalytics.customers.segment_rules import Condition
from custanalytics.errors import UsageError
from custanalytics.results.store import AnalysisResults
from custanalytics.sentences import tell

# What is left out, once for all of it.
MONEY = "money"
# Of money too, although in other units.
_SHARES = {
    "m_score", "revenue_share", "returned_share", "revenue_error", "basis", "break_even_lift",
}  # fmt: skip
_OF_MONEY = ("contact_cost", "conversion_value", "margin")


def refuse_money(settings: Settings, segments: Sequence[Segment]) -> None:
    """Refuse options that mean nothing where purchases are counted."""
    said = [name for name in _OF_MONEY if getattr(settings, name) is not None]
    flags = [f"--{name.replace('_', '-')}" for name in said]
    texts = [s.condition.text for s in segments if isinstance(s.condition, Condition)]
    if any(name in text for name in ("total_spend", "m_score") for text in texts):
        flags.append("--segments (total_spend, m_score)")
    if flags:
        raise UsageError(
            f"--no-amount counts purchases without money, and {', '.join(flags)} speaks of it: "
            "leave out one or the other"
        )


def counted_rules(segments: Sequence[Segment]) -> Sequence[Segment]:
    """The segments, ours in the words of recency and frequency alone."""
    return COUNTED_SEGMENTS if segments is SEGMENTS else segments


def why_left_out() -> dict[str, str]:
    """The one reason for all that needs money."""
    return {
        MONEY: tell(
            "the sales were read without amounts, so nothing is said of revenue, of what customers "
            "spend and of what products bring"
        )
    }


def in_purchases(value: CustomerLifetimeValue) -> CustomerLifetimeValue:
    """The forecast of value, tested by the purchases in place of the money."""
    checks = tuple(check for check in value.checks if not check.name.startswith("clv."))
    tested = of_purchases(value.origins, value.params["horizon_days"], value.params["level"])
    weights = value.weights.loc[value.weights["part"] != "level of money"]
    return dataclasses.replace(
        value,
        checks=(*checks, *tested),
        weights=weights.reset_index(drop=True),
        tenths=pd.DataFrame(),
    )


def without_money(results: AnalysisResults) -> AnalysisResults:
    """The results without the columns and figures that would be money."""
    left: AnalysisResults = _left(results, "")
    return left


def _left(value: Any, name: str) -> Any:
    if isinstance(value, pd.DataFrame):
        left = value.drop(columns=[c for c in value.columns if _is_money(name, str(c))])
        if "rfm_score" in left:
            left["rfm_score"] = left["rfm_score"].str[:2]
        return left
    if isinstance(value, Mapping) and name in schema.tables():
        return {key: figure for key, figure in value.items() if not _is_money(name, key)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {
            part.name: _left(getattr(value, part.name), f"{name}.{part.name}".strip("."))
            for part in dataclasses.fields(value)
        }
        return dataclasses.replace(value, **parts)
    return value


def _is_money(table: str, name: str) -> bool:
    entry = schema.tables().get(table, {}).get(name)
    return name in _SHARES or (entry is not None and entry.kind == "money")
