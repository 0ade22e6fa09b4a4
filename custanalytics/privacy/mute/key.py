"""The secret of a muted entry: by what amounts are multiplied and by how much dates move."""

import math
from dataclasses import dataclass
from datetime import date
from random import Random

from custanalytics.results.store import AnalysisResults

# An average order of so many units, whatever it was: amounts are then whole numbers.
_UNITS = (400.0, 2500.0)
_MONTHS_BEYOND = 24
_PERIOD_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Key:
    """What undoes the muting; kept with the engagement, never published.

    Attributes
    ----------
    factor : float
        Amounts are multiplied by it.
    months : int
        Dates move by so many months; negative is into the past.
    """

    factor: float
    months: int


def draw_key(results: AnalysisResults, random: Random) -> Key:
    """Draw a secret that fits the results.

    The factor makes the average order some hundred or thousand units, so that no amount is
    written with cents; dates end up before the source's own begin, and quarters stay quarters.
    """
    low, high = (math.log10(units) for units in _UNITS)
    factor = 10 ** random.uniform(low, high) / _usual_amount(results)
    step = _PERIOD_MONTHS[results.cohorts.period] if results.cohorts else 1
    least = _months_covered(results) // step + 1
    return Key(factor, -step * random.randint(least, least + _MONTHS_BEYOND // step))


def _usual_amount(results: AnalysisResults) -> float:
    usual: float | None = None
    if results.overview is not None:
        usual = results.overview.figures["average_order_value"]
    elif results.prospects is not None:
        usual = results.settings.conversion_value or results.settings.contact_cost
    return usual if usual is not None and usual > 0 and math.isfinite(usual) else 1.0


def _months_covered(results: AnalysisResults) -> int:
    """Calendar months from the first day of the data to the day of the report."""
    days = [results.settings.observation_end, results.settings.made_on]
    if results.overview is not None:
        days.append(results.overview.monthly["month"].min().date())
    known = [day for day in days if day > date.min]
    first, last = min(known), max(known)
    return (last.year - first.year) * 12 + last.month - first.month + 1
