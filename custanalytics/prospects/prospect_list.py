"""The list of prospects to contact, with the control group that shows whether it worked."""

import numpy as np
import pandas as pd

from custanalytics.prospects.lead_scoring import LeadScoring
from custanalytics.scoring.control_group import ControlPlan, contact_list


def prospect_list(result: LeadScoring, plan: ControlPlan, seed: int = 0) -> pd.DataFrame:
    """The most likely open prospects, each to be contacted or left untouched.

    Parameters
    ----------
    result : LeadScoring
        What was learned; its cost and value, where given, put money on each contact.
    plan : ControlPlan
        Length of the list and size of its control group.
    seed : int, default 0
        Same seed, same groups.

    Returns
    -------
    DataFrame
        One row per prospect, most likely first: ``row`` (1-based, in the table given),
        ``group`` ('contact' or 'control'), ``prospect_id`` (null without an identifier),
        ``propensity``, ``propensity_low``, ``propensity_high``, ``propensity_decile``,
        ``expected_profit`` (of contacting, currency units; NaN unless cost and value are
        known).
    """
    cost, value = result.params["contact_cost"], result.params["conversion_value"]
    chosen = contact_list(result.prospects, plan.contacts, plan.control, seed, key="row")
    profit = np.nan if value is None else chosen["propensity"] * value - cost
    return chosen.assign(expected_profit=profit)
