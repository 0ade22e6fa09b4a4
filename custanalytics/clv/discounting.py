"""A horizon cut into months, and what money in each is worth today."""

import numpy as np

from custanalytics.value_models.inputs import Floats

DAYS_PER_YEAR = 365.0


def month_ends(horizon_days: float) -> Floats:
    """Ends of the months of a horizon, in days: whole months of 365/12 days, stretched to fit."""
    months = max(1, round(horizon_days * 12 / DAYS_PER_YEAR))
    return np.linspace(0.0, horizon_days, months + 1)[1:]


def discount_factors(ends: Floats, annual_discount_rate: float) -> Floats:
    """Worth today of one unit of money in each month, taken at the month's middle."""
    middle = ends - np.diff(ends, prepend=0.0) / 2
    return np.asarray((1 + annual_discount_rate) ** (-middle / DAYS_PER_YEAR))
