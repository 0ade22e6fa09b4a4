"""From probabilities to a decision: how many to contact, and what it is expected to earn."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

Floats = NDArray[np.float64]

CAUTIOUS_SHARE = 0.7
# What a contact may add, as a share of what comes anyway, until a control group has measured it.
CAUTIOUS_LIFT = 0.05
POINTS = 100


def profit_curve(
    p: Floats,
    contact_cost: float,
    conversion_value: float,
    level_sd: float = 0.0,
    level: float = 0.90,
) -> pd.DataFrame:
    """Expected profit of contacting the most likely, for every length of the list.

    Assumes that nobody converts without the contact; where some would, the profit is an
    upper bound, and only a control group can tell.

    Notes
    -----
    Conversions among the first m have mean S = sum(p) and variance V + (level_sd V)^2 with
    V = sum(p (1 - p)): chance, and the shared error to first order.
    """
    ordered = np.sort(p)[::-1]
    conversions = np.concatenate([[0.0], ordered.cumsum()])
    chance = np.concatenate([[0.0], (ordered * (1 - ordered)).cumsum()])
    spread = float(norm.ppf((1 + level) / 2)) * np.sqrt(chance + (level_sd * chance) ** 2)
    n = np.arange(len(p) + 1)
    profit = conversions * conversion_value - n * contact_cost
    cautious = conversions * conversion_value * CAUTIOUS_SHARE - n * contact_cost
    best, best_cautious = int(profit.argmax()), int(cautious.argmax())
    grid = np.round(np.linspace(0, len(p), POINTS + 1)).astype(int)
    at = np.unique(np.concatenate([grid, [best, best_cautious]]))
    low = np.clip(conversions - spread, 0, None)
    high = np.minimum(conversions + spread, n)
    return pd.DataFrame(
        {
            "contacted": n[at],
            "contacted_share": n[at] / max(len(p), 1),
            "expected_conversions": conversions[at],
            "expected_profit": profit[at],
            "profit_low": (low * conversion_value - n * contact_cost)[at],
            "profit_high": (high * conversion_value - n * contact_cost)[at],
            "profit_lower_value": cautious[at],
            "best": at == best,
            "best_lower_value": at == best_cautious,
        }
    )
