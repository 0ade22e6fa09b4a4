"""Every model against every rule of thumb, on several earlier cutoffs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from custanalytics.clv.holdouts import (
    a_year_before,
    last_year_holdouts,
    latest_before,
    rolling_holdouts,
    usable_holdouts,
)
from custanalytics.clv.spend import spend_model
from custanalytics.clv.validation import Validation, best_candidate, validate
from custanalytics.transactions import HasEngine, as_engine
from custanalytics.value_models.bg_nbd import BGNBD
from custanalytics.value_models.purchase_models import PurchaseModel
from custanalytics.value_models.registry import compared_models

MODELS = compared_models()


@dataclass(frozen=True)
class ModelComparison:
    """How models and rules of thumb did on earlier cutoffs.

    Attributes
    ----------
    table : DataFrame
        One row per origin (1 = earliest) and candidate: ``origin``, the columns of
        `validate`, ``chosen`` (whether the candidate is best over all origins).
    calibration, deciles : DataFrame
        Of the latest origin, per candidate, with ``chosen``.
    best : str
        The candidate with the lowest score over all origins; empty without an origin.
    """

    table: pd.DataFrame
    calibration: pd.DataFrame
    deciles: pd.DataFrame
    best: str


def compare_models(
    transactions: pd.DataFrame | HasEngine,
    observation_end: date | None = None,
    horizon_days: int = 365,
    models: Sequence[str] = MODELS,
    level: float = 0.90,
    seed: int = 0,
) -> ModelComparison:
    """Hold models and rules of thumb against what customers did after earlier cutoffs.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        As for `custanalytics.customers.summary.customer_summary`.
    observation_end : date, optional
        Last day that counts; by default the last day in the data.
    horizon_days : int
        How far ahead will be predicted.
    models : sequence of str
        Names of models.
    level : float
        Nominal coverage of the intervals.
    seed : int
        Where the random numbers start.

    Returns
    -------
    ModelComparison
    """
    engine = as_engine(transactions)
    frames = rolling_holdouts(engine, observation_end, horizon_days)
    last_years = last_year_holdouts(engine, observation_end, horizon_days)
    return compare_on_holdouts(frames, models, level, seed, last_years)


def compare_on_holdouts(
    holdouts: Sequence[pd.DataFrame],
    models: Sequence[str],
    level: float | None,
    seed: int,
    last_years: Sequence[pd.DataFrame] = (),
    attributed: Sequence[PurchaseModel] = (),
) -> ModelComparison:
    """The same for holdouts that are already cut."""
    frames = usable_holdouts(holdouts)
    if not frames:
        return ModelComparison(pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), "")
    done: list[Validation] = []
    for origin, frame in enumerate(frames):
        spend, _ = spend_model(frame)
        earlier = latest_before(frames[:origin], frame)
        before = a_year_before(last_years, frame)
        known = attributed[origin] if attributed else None
        done.append(validate(frame, models, spend, level, seed, earlier, before, known))
    tables = [one.table.assign(origin=origin) for origin, one in enumerate(done, start=1)]
    table = pd.concat(tables, ignore_index=True)
    best = best_candidate(table)
    if attributed and best == BGNBD.name:
        # of the two, customer by customer, it has been shown to tell better who buys again
        best = attributed[-1].name
    table["chosen"] = table["candidate"] == best
    table.insert(0, "origin", table.pop("origin"))
    calibration, deciles = (
        part.assign(chosen=part["candidate"] == best)
        for part in (done[-1].calibration, done[-1].deciles)
    )
    return ModelComparison(table, calibration, deciles, best)


def past_errors(table: pd.DataFrame, candidate: str, of: str) -> list[float]:
    """log(actual / predicted) of a candidate on each holdout."""
    if table.empty:
        return []
    mine = table[table["candidate"] == candidate]
    actual, predicted = mine[f"actual_{of}"], mine[f"predicted_{of}"]
    known = (actual > 0) & (predicted > 0)
    return [float(error) for error in np.log(actual[known] / predicted[known])]
