"""The rules of thumb that every model is held against."""

import numpy as np
import pandas as pd

from custanalytics.clv.inputs import Floats, Rows, rows_of
from custanalytics.clv.rule_of_thumb import (
    HIATUS_GAPS,
    Hiatus,
    NaiveRule,
    OwnOrBaseRate,
    OwnRate,
    SameRate,
    learned_rule,
)
from custanalytics.sentences import noted

OWN_RATE = noted("own rate carried forward")
OWN_OR_BASE_RATE = noted("own rate, one-time buyers at the base's rate")
HIATUS = noted("recency rule: own rate of those who bought recently")
SAME_RATE = noted("same rate for everyone")
SEGMENT_MEAN = noted("segment mean of the last holdout")
COHORT_CURVE = noted("cohort curve of the last holdout")
LAST_MEAN = noted("mean of the last holdout")
LAST_YEAR = noted("last year's same period")

# spread of counts before a holdout has shown one
USUAL_SPREAD = 1.0


def naive_rules(
    rows: Rows, holdout: pd.DataFrame | None = None, last_year: pd.DataFrame | None = None
) -> list[NaiveRule]:
    """All rules of thumb, taken from a summary."""
    x, w = rows.frequency, rows.weights
    again = x > 0
    gap = np.where(again, rows.recency / np.maximum(x, 1), rows.T)
    base = float(w @ x) / max(float(w @ rows.T), 1.0)
    second = float(w @ again) / max(float(w @ gap), 1.0)
    usual_gap = float((w * again) @ gap) / max(float(w @ again), 1.0)
    rules: list[NaiveRule] = [
        OwnRate(OWN_RATE, USUAL_SPREAD, base),
        OwnOrBaseRate(OWN_OR_BASE_RATE, USUAL_SPREAD, base, second),
        Hiatus(HIATUS, USUAL_SPREAD, base, second, HIATUS_GAPS * usual_gap),
        SameRate(SAME_RATE, USUAL_SPREAD, base),
    ]
    seasonal: list[NaiveRule] = []
    if last_year is not None:
        seasonal = [learned_rule(LAST_YEAR, *outcome(last_year), (5, 5), of_age=False)]
    if holdout is None:
        return [*rules, *seasonal]
    earlier, days, bought = outcome(holdout)
    return [
        *(rule.with_spread_of(earlier, days, bought) for rule in rules),
        learned_rule(SEGMENT_MEAN, earlier, days, bought, (5, 5), of_age=False),
        learned_rule(LAST_MEAN, earlier, days, bought, (1, 1), of_age=True),
        learned_rule(COHORT_CURVE, earlier, days, bought, (1, 6), of_age=True),
        *seasonal,
    ]


def outcome(holdout: pd.DataFrame) -> tuple[Rows, float, Floats]:
    """One row per customer of a holdout, its length in days, and the purchases in it."""
    columns = ("frequency", "T", "recency", "holdout_frequency")
    x, age, last, bought = (holdout[column].to_numpy(np.float64) for column in columns)
    return rows_of(x, age, last), float(holdout["holdout_days"].iloc[0]), bought
