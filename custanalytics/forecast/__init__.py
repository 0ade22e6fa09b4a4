"""One forecast for every customer: buyers, purchases and money over any horizon."""

from custanalytics.forecast.making import forecast_customers
from custanalytics.forecast.result import Forecast

# A year is forecast even where less is asked for: a shorter look ahead is a part of a longer one.
YEAR_DAYS = 365

__all__ = ["YEAR_DAYS", "Forecast", "forecast_customers"]
