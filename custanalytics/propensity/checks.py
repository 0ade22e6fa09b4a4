"""What a reader must know before relying on a probability, as checks."""

import numpy as np
import pandas as pd

from custanalytics.check import Check
from custanalytics.scoring.evaluation import Bools, Floats, expected_calibration_error
from custanalytics.sentences import noted, tell

LARGEST_CALIBRATION_ERROR = 0.03
# less than this many times the average in the tenth on top is no order to speak of
SMALLEST_LIFT = 1.2
LARGEST_BUYERS_ERROR = 0.20


def calibrated(y: Bools, p: Floats) -> Check:
    """Whether the probabilities could be taken at their word after earlier cutoffs."""
    error = expected_calibration_error(y, p)
    return Check(
        "propensity.calibration",
        passed=error <= LARGEST_CALIBRATION_ERROR,
        sentence=tell(
            "After earlier days {did:.1%} of the customers bought where {predicted:.1%} were "
            "expected to; over ten groups the chances were {error:.1%} off on average.",
            predicted=p.mean(),
            did=y.mean(),
            error=error,
        ),
        value=error,
        threshold=LARGEST_CALIBRATION_ERROR,
        source=noted("rule of thumb"),
    )


def ranked(deciles: pd.DataFrame) -> Check:
    """Whether the tenth on top bought more often than the rest."""
    top = deciles.iloc[0]
    lift = float(top["lift"])
    return Check(
        "propensity.ranking",
        passed=lift >= SMALLEST_LIFT,
        sentence=tell(
            "Of the tenth of the customers with the highest chance {rate:.1%} bought, {lift:.1f} "
            "times as many as on average.",
            rate=top["rate"],
            lift=lift,
        ),
        value=lift,
        threshold=SMALLEST_LIFT,
        source=noted("rule of thumb"),
    )


def buyers_foreseen(origins: pd.DataFrame) -> list[Check]:
    """Whether as many bought after earlier cutoffs as were expected to."""
    errors = origins["buyers_error"].dropna()
    if errors.empty:
        return []
    usual = float(errors.abs().mean())
    return [
        Check(
            "propensity.buyers",
            passed=usual <= LARGEST_BUYERS_ERROR,
            sentence=tell(
                "As of {n} earlier days the number of buyers of the next {days:.0f} days was "
                "{usual:.0%} off on average.",
                n=len(errors),
                days=float(origins["days"].iloc[0]),
                usual=usual,
            ),
            value=usual,
            threshold=LARGEST_BUYERS_ERROR,
            source=noted("rule of thumb"),
        )
    ]


def swing(low: Floats, high: Floats, z: float) -> float:
    """Error of the level of all chances together, in log-odds, that their bounds stand for."""
    low, high = np.clip(low, 1e-6, 1 - 1e-6), np.clip(high, 1e-6, 1 - 1e-6)
    apart = np.log(high / (1 - high)) - np.log(low / (1 - low))
    return float(np.median(apart)) / (2 * z)
