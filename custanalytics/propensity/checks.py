"""What a reader must know before relying on a probability, as checks."""

from typing import Literal

import pandas as pd

from custanalytics.check import Check
from custanalytics.propensity.candidates import Candidate
from custanalytics.scoring.evaluation import Bools, Floats, Interval, expected_calibration_error
from custanalytics.sentences import noted, tell, together

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
            sentence=tell(
                "A naive rule ({name}) predicted the test window better than the models did, so "
                "the naive rule is used.",
                name=noted(chosen.name),
            ),
            value=gain.value,
            threshold=0.0,
        )
    better = gain.low > 0
    figures = {"name": noted(chosen.name), "gain": gain.value, "low": gain.low, "high": gain.high}
    return Check(
        name,
        passed=better,
        sentence=tell(
            "The {name} model predicted the test window better than the rule that looks only at "
            "the time since the last purchase (log-loss lower by {gain:.4f}, 95% interval "
            "{low:.4f} to {high:.4f}).",
            **figures,
        )
        if better
        else tell(
            "The {name} model was not clearly better than the rule that looks only at the time "
            "since the last purchase (log-loss lower by {gain:.4f}, 95% interval {low:.4f} to "
            "{high:.4f}).",
            **figures,
        ),
        value=gain.value,
        threshold=0.0,
    )


def calibrated(y: Bools, p: Floats) -> Check:
    """Whether the probabilities can be taken at their word on the test window."""
    error = expected_calibration_error(y, p)
    return Check(
        "propensity.calibration",
        passed=error <= LARGEST_CALIBRATION_ERROR,
        sentence=tell(
            "On the test window {predicted:.1%} were predicted to buy and {did:.1%} did; over ten "
            "groups the predicted rate was off by {error:.1%} on average.",
            predicted=p.mean(),
            did=y.mean(),
            error=error,
        ),
        value=error,
        threshold=LARGEST_CALIBRATION_ERROR,
        source=noted("rule of thumb"),
    )


def revenue_foreseen(predicted: float, actual: float) -> Check:
    """Whether the revenue of the test window was foreseen."""
    off = predicted / actual - 1
    return Check(
        "propensity.revenue",
        passed=abs(off) <= LARGEST_REVENUE_ERROR,
        sentence=tell(
            "The revenue expected of known customers in the test window was {off:.0%} too high.",
            off=off,
        )
        if off > 0
        else tell(
            "The revenue expected of known customers in the test window was {off:.0%} too low.",
            off=-off,
        ),
        value=off,
        threshold=LARGEST_REVENUE_ERROR,
        source=noted("rule of thumb"),
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
        "unseen": tell(
            "The history holds no earlier year of the same season, so it can't be allowed for, and "
            "the bounds of each probability carry the swing: {wide:.1f} percentage points either "
            "way on average.",
            wide=100 * wide,
        ),
        "unhelpful": tell(
            "Allowing for the same season of earlier years did not improve the test, so it is not "
            "done, and the bounds of each probability carry the swing: {wide:.1f} percentage "
            "points either way on average.",
            wide=100 * wide,
        ),
        "used": tell(
            "The level of the same season in earlier years is allowed for, and the bounds of each "
            "probability carry the rest: {wide:.1f} percentage points either way on average.",
            wide=100 * wide,
        ),
    }
    return Check(
        "propensity.base_rate_swing",
        passed=moved <= LARGEST_SWING,
        sentence=together(
            tell(
                "Between past windows of {days} days the share of customers who bought moved "
                "between {low:.1%} and {high:.1%}.",
                days=window_days,
                low=rates.min(),
                high=rates.max(),
            ),
            about_season[season],
        ),
        value=moved,
        threshold=LARGEST_SWING,
        source=noted("rule of thumb"),
    )
