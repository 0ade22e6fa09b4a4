"""How far ahead the history lets one look, and the cutoffs and buckets it is tested on."""

from dataclasses import dataclass

import numpy as np

from custanalytics.errors import UnsupportedError
from custanalytics.sentences import tell
from custanalytics.value_models.inputs import Codes, Floats

YEAR = 365.0
# a year that has been seen whole supports a year ahead, anything shorter half of it
WHOLE_YEAR = 350.0
FEWEST_DAYS = 56.0
MOST_CUTOFFS = 16
# a cutoff needs so much history before it, in shares of the horizon
HISTORY_BEFORE = 0.5


@dataclass(frozen=True)
class Plan:
    """Cutoffs and buckets.

    Attributes
    ----------
    horizon : float
        Days ahead that the history supports, at most those asked for.
    unit : float
        Length of a bin in days.
    edges : ndarray of int64
        Ends of the buckets in bins, from 0; the last is at or after the horizon.
    cutoffs : ndarray of int64
        Days since 1970, oldest first; the last is now.
    bins : int
        Whole bins of history.
    stride : int
        Bins between cutoffs.
    """

    horizon: float
    unit: float
    edges: Codes
    cutoffs: Codes
    bins: int
    stride: int

    @property
    def ends(self) -> Floats:
        """Ends of the buckets in days."""
        return np.asarray(self.edges * self.unit)


def plan(first: int, last: int, horizon_days: float) -> Plan:
    """Lay out cutoffs so that as many buckets as the history holds are over."""
    history = float(last - first)
    if history < FEWEST_DAYS:
        raise UnsupportedError(
            tell(
                "A forecast needs at least {fewest} days of sales, so that it can be tested on "
                "them; there are {n}.",
                fewest=int(FEWEST_DAYS),
                n=int(history),
            )
        )
    supported = max(YEAR, history / 2) if history >= WHOLE_YEAR else history / 2
    horizon = min(float(horizon_days), supported)
    parts = 12 if history >= 300 else 24 if history >= 150 else 52
    unit = YEAR / parts
    longest = max(int(np.ceil(horizon / unit - 1e-9)), 1)
    shares = [0.0, 1 / 12, 0.25, 0.5, 1.0] if longest >= 6 else [0.0, 1 / 3, 1.0]
    edges = np.unique(np.round(np.array(shares) * longest)).astype(np.int64)
    bins = int(history // unit)
    before = max(int(np.ceil(min(HISTORY_BEFORE * horizon, history / 4) / unit)), 2)
    stride = 1
    while (bins - before) // stride >= MOST_CUTOFFS:
        stride += 1
    while parts % stride:
        stride += 1  # so that a cutoff lies a year before each
    back = np.arange(0, bins - before + 1, stride)[::-1]
    return Plan(horizon, unit, edges, np.round(last - back * unit).astype(np.int64), bins, stride)
