"""Who buys next, and which prospects convert: probabilities that can be taken at their word."""

from custanalytics.propensity.convert import Prospects, prospects
from custanalytics.propensity.prospect_model import ProspectModel
from custanalytics.propensity.repeat import RepeatPurchase, repeat_purchase

__all__ = ["ProspectModel", "Prospects", "RepeatPurchase", "prospects", "repeat_purchase"]
