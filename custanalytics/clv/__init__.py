"""Customer lifetime value: the money of a forecast, discounted and times the margin."""

from custanalytics.clv.group_value import group_value
from custanalytics.clv.value import CustomerLifetimeValue, customer_lifetime_value

__all__ = ["CustomerLifetimeValue", "customer_lifetime_value", "group_value"]
