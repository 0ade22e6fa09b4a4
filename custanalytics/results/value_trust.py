"""Whether the forecast of value may be stated as a finding, and what speaks against it."""

from collections.abc import Sequence

import pandas as pd

from custanalytics.check import Check
from custanalytics.clv import CustomerLifetimeValue
from custanalytics.sentences import noted

_MUST_HOLD = ("clv.total_error", "clv.interval_coverage", "clv.converged")
_REVENUE_BOUND = 0.2


def value_trust(value: CustomerLifetimeValue) -> tuple[Check, ...]:
    """What must hold before the forecast is stated: that it was tested, and within its bounds."""
    if not len(value.validation):
        untested = noted("The forecast could not be tested on this shop's own past.")
        return (Check("clv.tested", False, untested),)
    held = tuple(check for check in value.checks if check.name in _MUST_HOLD)
    rows = latest_holdout(value)
    error = float(rows.loc[rows["chosen"], "revenue_error"].iloc[0])
    off = abs(error) > _REVENUE_BOUND
    sentence = (
        noted("On the time held back, revenue was more than a fifth off the forecast.")
        if off
        else noted("On the time held back, revenue was within a fifth of the forecast.")
    )
    return (*held, Check("clv.revenue_error", not off, sentence, error, _REVENUE_BOUND))


def trusted(trust: Sequence[Check]) -> bool:
    """Whether there is a forecast, and nothing speaks against stating it."""
    return bool(trust) and all(check.passed is not False for check in trust)


def latest_holdout(value: CustomerLifetimeValue) -> pd.DataFrame:
    """Validation rows of the latest holdout; empty where there was none."""
    rows = value.validation
    return rows.loc[rows["origin"] == rows["origin"].max()] if len(rows) else rows
