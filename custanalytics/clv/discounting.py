"""A horizon cut into months, and what money in each is worth today."""

import numpy as np

from custanalytics.clv.inputs import Floats

DAYS_PER_YEAR = 365.0


def month_ends(horizon_days: float) -> Floats:
    """Ends of the months of a horizon, in days: whole months of 365/12 days, stretched to fit.

    Parameters
    ----------
    horizon_days : float
        Length of the horizon.

    Returns
    -------
    ndarray
        Increasing; the last is ``horizon_days``.
    """
    months = max(1, round(horizon_days * 12 / DAYS_PER_YEAR))
    return np.linspace(0.0, horizon_days, months + 1)[1:]


def discount_factors(ends: Floats, annual_discount_rate: float) -> Floats:
    """Worth today of one unit of money in each month, taken at the month's middle.

    Parameters
    ----------
    ends : ndarray
        Ends of the months, in days.
    annual_discount_rate : float
        0.10 makes money a year ahead worth 1 / 1.10.

    Returns
    -------
    ndarray
    """
    middle = ends - np.diff(ends, prepend=0.0) / 2
    return np.asarray((1 + annual_discount_rate) ** (-middle / DAYS_PER_YEAR))
