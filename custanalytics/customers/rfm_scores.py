"""The three scores of a customer: by equal parts, by shares of one's own, or by fixed cuts."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from custanalytics.engine import DuckDBEngine
from custanalytics.errors import UsageError

LEVELS = 5
# A score is one digit of the three.
_MOST_LEVELS = 9
# Score -> what it is made of; of the first, less is better.
MEASURES = {"r_score": "days_since_last_purchase", "f_score": "n_orders", "m_score": "total_spend"}
_LESS_IS_BETTER = MEASURES["r_score"]

Levels = int | Sequence[float]
Cuts = Mapping[str, Sequence[float]]


def checked_levels(levels: Levels, cuts: Cuts) -> dict[str, int]:
    """How many levels each score has; what makes no sense is refused."""
    if isinstance(levels, int):
        if isinstance(levels, bool) or not 2 <= levels <= _MOST_LEVELS:
            raise UsageError(f"levels: from 2 to {_MOST_LEVELS}, not {levels}")
        usual = levels
    else:
        usual = _count("levels", levels)
        if not levels[0] > 0 or not levels[-1] < 1:
            raise UsageError("levels: shares of the customers lie between 0 and 1")
    wrong = [name for name in cuts if name not in MEASURES.values()]
    if wrong:
        known = ", ".join(MEASURES.values())
        raise UsageError(f"cuts: no measure {', '.join(wrong)}; there are {known}")
    counts = dict.fromkeys(MEASURES, usual)
    return counts | {
        score: _count(f"cuts of {measure}", cuts[measure])
        for score, measure in MEASURES.items()
        if measure in cuts
    }


def scores(summary: pd.DataFrame, levels: Levels, cuts: Cuts) -> pd.DataFrame:
    """One row per customer, in the order of their identifiers, with the three scores."""
    engine = DuckDBEngine()
    engine.write("summary", summary)
    scored = engine.run("rfm_scores", levels=levels if isinstance(levels, int) else LEVELS)
    engine.close()
    for score, measure in MEASURES.items():
        if measure in cuts:
            scored[score] = _by_cuts(scored[measure], np.asarray(cuts[measure], float))
        elif not isinstance(levels, int):
            scored[score] = _by_shares(scored[measure], np.asarray(levels, float))
    return scored


def _by_cuts(values: pd.Series, cuts: np.ndarray[Any, Any]) -> Any:
    if values.name == _LESS_IS_BETTER:
        return 1 + len(cuts) - np.searchsorted(cuts, values.astype(float), side="left")
    return 1 + np.searchsorted(cuts, values.astype(float), side="right")


def _by_shares(values: pd.Series, shares: np.ndarray[Any, Any]) -> Any:
    # Of equal values, half count as below: as the query does it.
    better = values.rank(ascending=values.name != _LESS_IS_BETTER)
    return 1 + np.searchsorted(shares, (better - 0.5) / len(values), side="right")


def _count(what: str, bounds: Sequence[float]) -> int:
    rising = all(low < high for low, high in pairwise(bounds))
    if not 1 <= len(bounds) < _MOST_LEVELS or not rising:
        raise UsageError(f"{what}: up to {_MOST_LEVELS - 1} bounds, each above the one before")
    return len(bounds) + 1
