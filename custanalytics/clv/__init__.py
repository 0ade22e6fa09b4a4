"""Customer lifetime value: the money of a forecast, discounted and times the margin."""

from custanalytics.clv.value import CustomerLifetimeValue, customer_lifetime_value

__all__ = ["CustomerLifetimeValue", "customer_lifetime_value"]
