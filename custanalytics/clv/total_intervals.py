"""Intervals for sums over customers: randomness, uncertain parameters, and the model's own error.

Randomness and parameter uncertainty average out over many customers; that the model is wrong
does not. How wrong is known from past holdouts only.
"""

from collections.abc import Sequence

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

# before any holdout is seen: relative error of a customer base's total, and how many
# holdouts that guess counts for
GUESSED_ERROR = 0.15
GUESS_WEIGHT = 2.0


def model_error(past: Sequence[float], level: float) -> float:
    """Half-width, in logs, of the interval for a total that earlier holdouts support.

    Notes
    -----
    The predictive interval of a normal error of mean 0 whose variance has an inverse gamma
    prior: Student's t with as many degrees of freedom as the guess and the holdouts count.
    """
    errors = np.asarray(past, dtype=np.float64)
    errors = errors[np.isfinite(errors)]
    freedom = GUESS_WEIGHT + len(errors)
    scale = np.sqrt((GUESS_WEIGHT * GUESSED_ERROR**2 + float(errors @ errors)) / freedom)
    return float(student.ppf((1 + level) / 2, freedom) * scale)


def sum_interval(
    expected: float, own_error: float, width: float, level: float
) -> tuple[float, float]:
    """Interval around an expected sum over customers."""
    if expected <= 0:
        return 0.0, 0.0
    random = float(norm.ppf((1 + level) / 2)) * own_error / expected
    # few customers may all leave or stay: past a factor of 20 the interval says nothing more
    both = min(float(np.hypot(width, random)), np.log(20.0))
    return float(expected * np.exp(-both)), float(expected * np.exp(both))
