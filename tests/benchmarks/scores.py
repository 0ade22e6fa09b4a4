"""How well predictions of customers did."""

import numpy as np
from scipy.stats import rankdata

from custanalytics.value_models.inputs import Floats


def spearman(predicted: Floats, actual: Floats) -> float:
    """Rank correlation; NaN where one side is constant."""
    a, b = rankdata(predicted), rankdata(actual)
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def normalised_gini(predicted: Floats, actual: Floats) -> float:
    """How well the predictions rank the actual values: 1 as they do themselves, 0 by chance."""

    def area(order: Floats) -> float:
        values, code = np.unique(-order, return_inverse=True)
        count = np.bincount(code, minlength=len(values)).astype(np.float64)
        held = np.bincount(code, actual, len(values))
        x, y = np.cumsum(count) / len(actual), np.cumsum(held) / actual.sum()
        return float(np.trapezoid(np.append(0, y), np.append(0, x))) - 0.5

    if len(actual) == 0 or actual.sum() <= 0:
        return float("nan")
    best = area(actual)
    return area(predicted) / best if best > 0 else float("nan")


def log_loss(probability: Floats, happened: Floats) -> float:
    """Mean surprise of yes/no outcomes."""
    p = np.clip(probability, 0.001, 0.999)  # certainties are held to 1 in 1,000
    return float(np.mean(-(happened * np.log(p) + (1 - happened) * np.log(1 - p))))
