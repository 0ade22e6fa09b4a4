"""Who buys again within a window: probabilities that can be taken at their word."""

from custanalytics.propensity.purchase import PurchasePropensity, purchase_propensity

__all__ = ["PurchasePropensity", "purchase_propensity"]
