"""How much the level of buying moves between windows, and what that does to a probability."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import norm

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def level_shift(y: Bools, p: Floats) -> float:
    """Log-odds to add to every prediction so that their mean equals the observed rate."""
    log_odds = logit(p)
    rate = (y.sum() + 0.5) / (len(y) + 1)
    return float(brentq(lambda shift: expit(log_odds + shift).mean() - rate, -20, 20))


def swing(windows: Sequence[tuple[Bools, Floats]]) -> float:
    """Standard deviation of the level between windows, in log-odds, beyond chance."""
    squares = [level_shift(y, p) ** 2 for y, p in windows]
    chance = [1 / (p * (1 - p)).sum() for _, p in windows]
    return float(np.sqrt(max(np.mean(squares) - np.mean(chance), 0.0)))


def shifted(p: Floats, log_odds: float) -> Floats:
    """Predictions moved by this much log-odds."""
    return np.asarray(expit(logit(p) + log_odds))


def still_to_come(p: Floats, left: Floats) -> Floats:
    """Chance of a conversion that did not come in the time so far, by Bayes' rule.

    `left` is the share of all conversions that come later than that.
    """
    return np.asarray(p * left / (1 - p + p * left))


def bounds(p: Floats, sd: float, level: float) -> tuple[Floats, Floats]:
    """Lower and upper probability if the level moves as it did between the windows."""
    z = float(norm.ppf((1 + level) / 2))
    return shifted(p, -z * sd), shifted(p, z * sd)


def propensity_columns(p: Floats, sd: float, level: float) -> pd.DataFrame:
    """Probabilities with their bounds and tenths of the list (1 = most likely), one row each."""
    low, high = bounds(p, sd, level)
    rank = np.empty(len(p), dtype=np.int64)
    rank[np.argsort(-p, kind="stable")] = np.arange(len(p))
    return pd.DataFrame(
        {
            "propensity": p,
            "propensity_low": low,
            "propensity_high": high,
            "propensity_decile": rank * 10 // max(len(p), 1) + 1,
        }
    )
