"""Whether a contact worked: control groups, effects, uplift."""

from custanalytics.campaigns.differences import EVERYONE, rate_alone
from custanalytics.campaigns.effect import CampaignEffect, campaign_effect, past_campaign_effect
from custanalytics.campaigns.uplift import Uplift, rank_uplift
from custanalytics.scoring.control_group import (
    ControlPlan,
    assign_groups,
    contact_list,
    plan_control,
)

__all__ = [
    "EVERYONE",
    "CampaignEffect",
    "ControlPlan",
    "Uplift",
    "assign_groups",
    "campaign_effect",
    "contact_list",
    "past_campaign_effect",
    "plan_control",
    "rank_uplift",
    "rate_alone",
]
