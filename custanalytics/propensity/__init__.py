"""Who buys within a window, and who is slipping away: a view of the forecast."""

from custanalytics.propensity.purchase import PurchasePropensity, purchase_propensity

__all__ = ["PurchasePropensity", "purchase_propensity"]
