"""Whether the forecast of value may be stated as a finding, and what speaks against it."""

from collections.abc import Sequence

from custanalytics.check import Check
from custanalytics.clv import CustomerLifetimeValue

_MUST_HOLD = ("clv.tested", "clv.error", "clv.interval_coverage")


def value_trust(value: CustomerLifetimeValue) -> tuple[Check, ...]:
    """What must hold before the forecast is stated: that it was tested, and within its bounds."""
    return tuple(check for check in value.checks if check.name in _MUST_HOLD)


def trusted(trust: Sequence[Check]) -> bool:
    """Whether there is a forecast, and nothing speaks against stating it."""
    return bool(trust) and all(check.passed is not False for check in trust)
