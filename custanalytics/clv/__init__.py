"""Customer lifetime value: models, predictions, intervals, and how far to trust them."""

from custanalytics.clv.attributes_trial import AttributeTrial, try_attributes
from custanalytics.clv.comparison import ModelComparison, compare_models
from custanalytics.clv.group_value import group_value
from custanalytics.clv.holdouts import last_year_holdouts, rolling_holdouts
from custanalytics.clv.season import Season, yearly_season
from custanalytics.clv.season_trial import SeasonTrial, try_season
from custanalytics.clv.tracking import tracked_value, weekly_tracking
from custanalytics.clv.value import CustomerLifetimeValue, customer_lifetime_value

__all__ = [
    "AttributeTrial",
    "CustomerLifetimeValue",
    "ModelComparison",
    "Season",
    "SeasonTrial",
    "compare_models",
    "customer_lifetime_value",
    "group_value",
    "last_year_holdouts",
    "rolling_holdouts",
    "tracked_value",
    "try_attributes",
    "try_season",
    "weekly_tracking",
    "yearly_season",
]
