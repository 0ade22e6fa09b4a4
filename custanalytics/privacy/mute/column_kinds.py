"""Columns of result tables by what they hold, and how each kind is muted.

A table that holds a column with no kind here can't be muted: what is published is a list of
what may be, never the rest of what may not.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from custanalytics.privacy.mute.counts import rounded_count, significant
from custanalytics.privacy.mute.key import Key
from custanalytics.privacy.mute.names import Words, moved

Kind = Literal["money", "count", "share", "figure", "day", "ours", "theirs", "sentence", "left out"]
# Of every table: what a column of the name holds, wherever it stands.
KINDS: Mapping[str, Kind] = {
    # business by month
    "month": "day", "revenue": "money", "orders": "count", "new_revenue": "money",
    "returning_revenue": "money", "unknown_revenue": "money", "refunds": "left out",
    "average_order_value": "money", "complete": "ours",
    # concentration
    "customer_share": "share", "revenue_share": "share", "top_share": "ours", "abc_class": "ours",
    # segments
    "segment": "ours", "rule": "ours", "action": "ours", "contact": "ours", "customers": "count",
    "mean_days_since_last_purchase": "figure", "mean_orders": "figure", "mean_spend": "money",
    # cohorts
    "cohort": "day", "period": "ours", "active": "count", "retention": "share",
    "days": "ours", "share": "share", "share_low": "share", "share_high": "share",
    # value
    "expected_purchases": "count", "purchases_low": "count", "purchases_high": "count",
    "revenue_low": "money", "revenue_high": "money", "clv": "money", "clv_low": "money",
    "clv_high": "money", "error_width": "figure", "cumulative_margin": "money", "model": "ours",
    "parameter": "ours", "unit": "ours", "value": "figure", "standard_error": "figure",
    "origin": "ours", "candidate": "ours", "role": "ours", "holdout_days": "count",
    "actual_purchases": "count", "predicted_purchases": "count", "total_error": "figure",
    "mae": "figure", "rmse": "figure", "score": "figure", "spearman": "figure", "gini": "figure",
    "log_loss": "figure", "actual_revenue": "money", "predicted_revenue": "money",
    "revenue_error": "figure", "interval_coverage": "share", "interval_coverage_pit": "share",
    "interval_level": "ours", "chosen": "ours", "frequency_class": "ours",
    "actual_mean": "figure", "predicted_mean": "figure", "decile": "ours",
    # propensity
    "brier_score": "figure", "auc": "figure", "average_precision": "figure", "ece": "figure",
    "n": "count", "positives": "count", "converted": "count", "rate": "share",
    "rate_low": "share", "rate_high": "share", "mean_propensity": "share", "lift": "figure",
    "cumulative_gain": "share", "prob_pred": "share", "prob_true": "share", "low": "share",
    "high": "share", "contacted": "count", "contacted_share": "share",
    "expected_conversions": "count", "expected_profit": "money", "profit_low": "money",
    "profit_high": "money", "profit_lower_value": "money", "best": "ours",
    "best_lower_value": "ours", "cutoff": "day", "buyers": "count", "base_rate": "share",
    # decisions
    "expected_buyers": "count", "late_customers": "count", "revenue_at_risk": "money",
    "at_stake": "money", "control_size": "count", "detectable_lift": "figure",
    "control_enough": "ours", "basis": "ours",
    # prospects
    "test": "ours", "column": "theirs", "kind": "ours", "filled": "share", "distinct": "count",
    "used": "ours", "why": "sentence", "leaks": "ours", "input": "theirs",
    "auc_drop": "figure", "log_loss_rise": "figure", "log_loss_rise_sd": "figure",
    "position": "ours", "sentence": "sentence", "block": "ours",
}  # fmt: skip
_ENDINGS = ("_low", "_high")


def kind_of(column: str) -> Kind:
    """What a column holds; a measure's bounds are of the measure's own kind."""
    for ending in ("", *_ENDINGS):
        base = column.removesuffix(ending)
        if column.endswith(ending) and base in KINDS:
            return KINDS[base]
    raise KeyError(f"the column {column!r} has no kind, so it can't be published")


def muted_table(frame: pd.DataFrame, key: Key, words: Words, **other: Kind) -> pd.DataFrame:
    """A table with every column muted by its kind."""
    made = {
        str(name): _muted(frame[name], other.get(str(name)) or kind_of(str(name)), key, words)
        for name in frame.columns
    }
    return pd.DataFrame(made, index=frame.index)


def _muted(column: "pd.Series[Any]", kind: Kind, key: Key, words: Words) -> "pd.Series[Any]":
    if kind == "ours":
        return column.copy()
    if kind == "left out":
        return pd.Series(np.nan, index=column.index)
    if kind == "day":
        return pd.to_datetime(column) + pd.DateOffset(months=key.months)
    if kind in ("sentence", "theirs"):
        said = words.sentence if kind == "sentence" else words.name
        texts = [said(cell) if isinstance(cell, str) else cell for cell in column]
        return pd.Series(texts, index=column.index, dtype="object")
    change: Mapping[Kind, Callable[[Any], float]] = {
        "money": lambda value: money(value, key),
        "count": rounded_count,
        "share": share,
        "figure": significant,
    }
    return column.astype("float64").map(change[kind])


def hide(frame: pd.DataFrame, rows: Any, keep: tuple[str, ...]) -> None:
    """Set the figures of some rows to null, in place, and mark these rows as suppressed."""
    figures = [name for name in frame.columns if name not in keep]
    frame.loc[np.asarray(rows, bool), figures] = np.nan
    frame["suppressed"] = np.asarray(rows, bool)


def money(value: Any, key: Key) -> float:
    """An amount times the secret factor, with three significant digits."""
    return significant(value * key.factor) if not pd.isna(value) else float("nan")


def share(value: Any) -> float:
    """A share in whole per cent."""
    return round(float(value), 2) if not pd.isna(value) else float("nan")


def day(value: date, key: Key) -> date:
    """A day, moved."""
    return moved(value, key) if value > date.min else value


def coarse_margin(value: float | None) -> float | None:
    """A contribution margin in tenths, at least one."""
    return None if value is None else max(round(value, 1), 0.1)


def amount_or_none(value: float | None, key: Key) -> float | None:
    """An amount of the settings, where it was given."""
    return None if value is None else money(value, key)
