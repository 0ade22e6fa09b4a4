"""Who buys next, and which prospects convert: probabilities that can be taken at their word."""

from custanalytics.propensity.control import ControlPlan, assign_groups, contact_list, plan_control
from custanalytics.propensity.convert import Prospects, learn_prospects
from custanalytics.propensity.decision import profit_curve
from custanalytics.propensity.effect import CampaignEffect, measure, measure_campaign
from custanalytics.propensity.prospect_list import prospect_list
from custanalytics.propensity.prospect_model import ProspectModel
from custanalytics.propensity.repeat import RepeatPurchase, repeat_purchase
from custanalytics.propensity.uplift import Uplift, rank_uplift

__all__ = [
    "CampaignEffect",
    "ControlPlan",
    "ProspectModel",
    "Prospects",
    "RepeatPurchase",
    "Uplift",
    "assign_groups",
    "contact_list",
    "learn_prospects",
    "measure",
    "measure_campaign",
    "plan_control",
    "profit_curve",
    "prospect_list",
    "rank_uplift",
    "repeat_purchase",
]
