"""One forecast for every customer: buyers, purchases and money over any horizon."""

from custanalytics.forecast.making import forecast_customers
from custanalytics.forecast.result import Forecast

__all__ = ["Forecast", "forecast_customers"]
