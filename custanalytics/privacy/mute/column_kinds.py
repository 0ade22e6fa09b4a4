"""How columns are muted, each by the kind that the schema gives it.

A column that the schema does not let the public see is left out; one without an entry can't be
muted: what is published is a list of what may be, never the rest of what may not.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from custanalytics.privacy.mute.counts import rounded_count, significant
from custanalytics.privacy.mute.key import Key
from custanalytics.privacy.mute.names import Words, moved
from custanalytics.schema import Kind, ResultColumn, column

# Words, yes and no, and places in an order are of ours and tell nobody.
_AS_THEY_ARE: frozenset[Kind] = frozenset({"text", "flag", "rank"})


def muted_table(frame: pd.DataFrame, table: str, key: Key, words: Words) -> pd.DataFrame:
    """A result table of the name with every column muted by its kind."""
    made = {
        str(name): _muted(frame[name], column(table, str(name)), key, words)
        for name in frame.columns
    }
    return pd.DataFrame(made, index=frame.index)


def muted_figures(figures: Mapping[str, float], table: str, key: Key) -> dict[str, float]:
    """An analysis's figures, each muted by its kind."""
    return {name: _number(column(table, name).kind, key)(value) for name, value in figures.items()}


def _muted(
    cells: "pd.Series[Any]", entry: ResultColumn, key: Key, words: Words
) -> "pd.Series[Any]":
    if entry.seen_by != "public":
        return pd.Series(np.nan, index=cells.index)
    if entry.kind in _AS_THEY_ARE:
        return cells.copy()
    if entry.kind in ("day", "month"):
        return pd.to_datetime(cells) + pd.DateOffset(months=key.months)
    if entry.kind in ("sentence", "name"):
        said = words.sentence if entry.kind == "sentence" else words.name
        texts = [said(cell) if isinstance(cell, str) else cell for cell in cells]
        return pd.Series(texts, index=cells.index, dtype="object")
    return cells.astype("float64").map(_number(entry.kind, key))


def _number(kind: Kind, key: Key) -> Callable[[Any], float]:
    if kind == "money":
        return lambda value: money(value, key)
    if kind == "count":
        return rounded_count
    if kind in ("share", "probability"):
        return share
    return float if kind == "rank" else significant


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
