"""What a reader must know before relying on a probability, as checks."""

from typing import Literal

import pandas as pd

from custanalytics.checks import Check
from custanalytics.propensity.candidates import Candidate
from custanalytics.propensity.evaluation import (
    Bools,
    Floats,
    Interval,
    expected_calibration_error,
)

LARGEST_CALIBRATION_ERROR = 0.03
LARGEST_SWING = 0.05
LARGEST_REVENUE_ERROR = 0.20


def beats_rule(chosen: Candidate, gain: Interval) -> Check:
    """Whether the model chosen is better than the naive recency rule, beyond chance."""
    name = "propensity.beats_recency_rule"
    if chosen.role == "baseline":
        return Check(
            name,
            passed=False,
            sentence=f"A naive rule ({chosen.name}) predicted the test window better than the "
            "models did, so the naive rule is used.",
            value=gain.value,
            threshold=0.0,
        )
    better = gain.low > 0
    claim = "predicted the test window better than" if better else "was not clearly better than"
    return Check(
        name,
        passed=better,
        sentence=f"The {chosen.name} model {claim} the rule that looks only at the time since "
        f"the last purchase (log-loss lower by {gain.value:.4f}, 95 % interval "
        f"{gain.low:.4f} to {gain.high:.4f}).",
        value=gain.value,
        threshold=0.0,
    )


def calibrated(y: Bools, p: Floats) -> Check:
    """Whether the probabilities can be taken at their word on the test window."""
    error = expected_calibration_error(y, p)
    return Check(
        "propensity.calibration",
        passed=error <= LARGEST_CALIBRATION_ERROR,
        sentence=f"On the test window {p.mean():.1%} were predicted to buy and {y.mean():.1%} "
        f"did; over ten groups the predicted rate was off by {error:.1%} on average.",
        value=error,
        threshold=LARGEST_CALIBRATION_ERROR,
        source="rule of thumb",
    )


def revenue_foreseen(predicted: float, actual: float) -> Check:
    """Whether the revenue of the test window was foreseen."""
    off = predicted / actual - 1
    return Check(
        "propensity.revenue",
        passed=abs(off) <= LARGEST_REVENUE_ERROR,
        sentence="The revenue expected of known customers in the test window was "
        f"{abs(off):.0%} too {'high' if off > 0 else 'low'}.",
        value=off,
        threshold=LARGEST_REVENUE_ERROR,
        source="rule of thumb",
    )


def steady(
    cutoffs: pd.DataFrame,
    window_days: int,
    customers: pd.DataFrame,
    season: Literal["unseen", "unhelpful", "used"],
) -> Check:
    """Whether the share of buyers was about the same from every cutoff.

    A season is 'unseen' where the history holds no earlier one, 'unhelpful' where allowing
    for it made the test worse, otherwise 'used'.
    """
    rates = cutoffs["base_rate"].dropna()
    moved = float(rates.max() - rates.min())
    wide = float((customers["propensity_high"] - customers["propensity_low"]).mean() / 2)
    about_season = {
        "unseen": "The history holds no earlier year of the same season, so it can't be allowed "
        "for, and the bounds of each probability carry the swing",
        "unhelpful": "Allowing for the same season of earlier years did not improve the test, so "
        "it is not done, and the bounds of each probability carry the swing",
        "used": "The level of the same season in earlier years is allowed for, and the bounds of "
        "each probability carry the rest",
    }
    return Check(
        "propensity.base_rate_swing",
        passed=moved <= LARGEST_SWING,
        sentence=f"Between past windows of {window_days} days the share of customers who bought "
        f"moved between {rates.min():.1%} and {rates.max():.1%}. {about_season[season]}: "
        f"{100 * wide:.1f} percentage points either way on average.",
        value=moved,
        threshold=LARGEST_SWING,
        source="rule of thumb",
    )
