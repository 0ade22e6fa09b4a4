"""Counts and figures as they may be said in public: rounded, and small groups kept back.

A cell that counts fewer than `SMALLEST` people is kept back (null). Where a total would give
it back, further cells are kept back (complementary suppression), until all that can be
concluded of a hidden cell is a range as wide as a small group, even from exact figures.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SMALLEST = 10
_DIGITS = 3
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def step(count: float) -> float:
    """What a count is rounded to a multiple of: 10, from 1,000 on two leading digits."""
    size = abs(count)
    return 10.0 if size < 1000 else 10.0 ** (math.floor(math.log10(size)) - 1)


def rounded_count(count: Any) -> float:
    """A count, rounded; null where it is below `SMALLEST` or missing.

    Examples
    --------
    >>> rounded_count(2515), rounded_count(464), rounded_count(14), rounded_count(9)
    (2500.0, 460.0, 10.0, nan)
    """
    if pd.isna(count) or not math.isfinite(count) or abs(count) < SMALLEST:
        return math.nan
    unit = step(count)
    return math.floor(float(count) / unit + 0.5) * unit


def significant(value: Any, digits: int = _DIGITS) -> float:
    """A number with so many significant digits; null stays null.

    Examples
    --------
    >>> significant(48213.77), significant(0.0123456), significant(0)
    (48200.0, 0.0123, 0.0)
    """
    if pd.isna(value):
        return math.nan
    number = float(value)
    return float(f"{number:.{digits}g}") if math.isfinite(number) else number


def protected(counts: Sequence[float] | Floats, hidden: Sequence[bool] | Bools) -> Bools:
    """Which cells to keep back, so that the total gives none of the small ones away.

    Examples
    --------
    >>> protected([3, 40, 12, 500], [True, False, False, False]).tolist()
    [True, False, True, False]
    """
    cells = np.nan_to_num(np.asarray(counts, np.float64))
    there = ~np.isnan(np.asarray(counts, np.float64))
    kept = np.asarray(hidden, np.bool_) & there
    while kept.any() and not kept[there].all() and not _safe(cells[there], kept[there]):
        open_cells = np.flatnonzero(there & ~kept)
        kept[open_cells[np.argmin(cells[open_cells])]] = True
    return kept


def _safe(counts: Floats, hidden: Bools) -> bool:
    # Who knows all others and the total knows their sum: it must leave each of them wide open.
    return bool(hidden.sum() >= 2 and counts[hidden].sum() >= SMALLEST)


def apart(sizes: Sequence[float], whole: float) -> list[bool]:
    """Which nested groups to show, so that no two differ by a small group.

    Examples
    --------
    >>> apart([20, 10, 12, 95], 100)
    [True, True, False, False]
    """
    chosen = [0.0, whole]
    shown = []
    for size in sizes:
        fits = all(abs(size - other) >= SMALLEST or size == other for other in chosen)
        shown.append(bool(fits and size > 0))
        if shown[-1]:
            chosen.append(size)
    return shown
