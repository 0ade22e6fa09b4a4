"""Quantiles of a customer's future from draws that customers alike share.

A future is a mixture: nothing with probability 1 - p_alive, else the future of a customer who
is alive, which depends on frequency and T only. So draws are made once per different
(frequency, T), sorted, and each customer's quantile is looked up at the level that his own
p_alive leaves.
"""

from dataclasses import replace

import numpy as np

from custanalytics.value_models.inputs import Codes, Floats, Rows

# draws per group: as many as so many numbers in all allow, between these bounds
NUMBERS, FEWEST, MOST = 4_000_000, 500, 4_000
# with more groups than this, customers of nearly the same age share their draws
MOST_GROUPS = 20_000


def draws_for(groups: int, numbers: int = NUMBERS, fewest: int = FEWEST) -> int:
    """How many futures to draw for each of so many groups."""
    return int(np.clip(numbers // max(groups, 1), fewest, MOST))


def sharing(groups: Rows, most: int = MOST_GROUPS) -> tuple[Rows, Codes]:
    """Fewer groups: those of nearly the same age become one, of their middle age."""
    if len(groups) <= most:
        return groups, np.arange(len(groups), dtype=np.int64)
    width = 1.0
    while True:
        width *= 2
        bins = np.floor(groups.T / width)
        key = groups.frequency * (bins.max() + 1) + bins
        key = key * (groups.pattern.max() + 1) + groups.pattern
        _, first, code = np.unique(key, return_index=True, return_inverse=True)
        if len(first) <= most or width > float(groups.T.max()):
            break
    members = np.bincount(code)
    ages = np.bincount(code, groups.T) / members
    silence = np.bincount(code, groups.recency) / members
    few = groups.picked(first)
    return replace(few, T=ages, recency=silence), np.asarray(code, dtype=np.int64)


def mixture_quantile(ordered: Floats, code: Codes, alive: Floats, level: float) -> Floats:
    """Quantile of each customer's mixture."""
    size = ordered.shape[1]
    inside = (level - (1 - alive)) / np.maximum(alive, 1e-12)
    position = np.clip(np.ceil(inside * size) - 1, 0, size - 1).astype(np.int64)
    return np.where(inside > 0, ordered[code, position], 0.0)


def mixture_cdf(ordered: Floats, code: Codes, alive: Floats, at: Floats) -> Floats:
    """Probability of no more than ``at`` under each customer's mixture."""
    size = ordered.shape[1]
    span = float(ordered.max()) + 2
    # one sorted list of all draws, each group's lifted above those before it
    lifted = (ordered + span * np.arange(len(ordered))[:, None]).ravel()
    wanted = np.clip(at, -1, span - 1) + span * code
    below = (np.searchsorted(lifted, wanted, side="right") - code * size) / size
    return np.asarray(np.where(at < 0, 0.0, 1 - alive + alive * below))


def coverage(
    ordered: Floats, code: Codes, alive: Floats, actual: Floats, level: float
) -> tuple[float, float]:
    """Share of counts inside their intervals: plainly, and with the ties shared out.

    Counts are few and whole, so a central 90 % interval holds more than 90 % of them. The
    second figure is what the randomised probability integral transform gives on average:
    each count spreads evenly over the probability it takes up.
    """
    low, high = (1 - level) / 2, (1 + level) / 2
    upper = mixture_cdf(ordered, code, alive, actual)
    lower = mixture_cdf(ordered, code, alive, actual - 1)
    # a count that no draw reached: put it where one more draw would have been
    upper = np.maximum(upper, lower + 1 / (2 * ordered.shape[1]))
    inside = (mixture_quantile(ordered, code, alive, low) <= actual) & (
        actual <= mixture_quantile(ordered, code, alive, high)
    )
    shared = np.clip(np.minimum(upper, high) - np.maximum(lower, low), 0, None) / (upper - lower)
    return float(inside.mean()), float(shared.mean())
