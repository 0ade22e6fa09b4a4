"""Repeat purchases week by week: what a model expects, and what happened."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from custanalytics.clv.holdouts import cutoff_of, length_of, usable_holdouts
from custanalytics.clv.season import Season, yearly_season
from custanalytics.clv.validation import best_candidate
from custanalytics.clv.value import CustomerLifetimeValue
from custanalytics.customers.summary import customer_summary
from custanalytics.errors import UsageError
from custanalytics.transactions import HasEngine, as_engine
from custanalytics.value_models.registry import PURCHASE_MODELS, fit

WEEK = 7


def weekly_tracking(
    transactions: pd.DataFrame | HasEngine,
    cutoff: date,
    observation_end: date,
    model_name: str = "BG/NBD",
    season: Season | None = None,
) -> pd.DataFrame:
    """Compare expected and actual repeat purchases of each week, before and after a cutoff.

    The model is fitted on the time up to the cutoff; then it knows nothing but the day of
    each customer's first purchase, which is what shows whether it has the market's course
    right.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        As for `custanalytics.customers.summary.customer_summary`.
    cutoff : date
        Last day that the model sees; only customers who bought by then count.
    observation_end : date
        Last day to compare.
    model_name : str
        Name of a model, such as ``"BG/NBD"``.
    season : Season, optional
        The course of the year as it was known at the cutoff.

    Returns
    -------
    DataFrame
        One row per whole week from the first purchase on: ``week_end`` (its last day),
        ``actual`` and ``predicted`` (repeat purchase days in the week),
        ``actual_cumulative``, ``predicted_cumulative``, ``holdout`` (the week ends after
        the cutoff), ``model`` (its name).

    Raises
    ------
    UsageError
        The cutoff is not before the end.
    UnsupportedError
        Fewer than 20 customers came back by the cutoff.
    """
    if cutoff >= observation_end:
        raise UsageError(f"the cutoff {cutoff} must be before the end {observation_end}")
    engine = as_engine(transactions)
    summary = customer_summary(engine, observation_end=cutoff)
    model = fit(model_name, season.applied(summary) if season else summary)
    seen = engine.run("purchase_days", as_of=observation_end, cutoff=cutoff)
    day = pd.to_datetime(seen["purchase_day"])
    start = day.min()
    length = (pd.Timestamp(observation_end) - start).days + 1
    at = (day - start).dt.days.to_numpy(np.int64)
    repeats = np.bincount(at, seen["buyers"] - seen["new_customers"], length)
    new = np.bincount(at, seen["new_customers"], length)
    calendar = pd.date_range(start, periods=length, freq="D")
    clock = season.clock(calendar) if season else np.arange(length, dtype=np.float64)
    # repeat purchases by so long after a first one; none on the first day itself
    passed = np.arange(np.ceil(clock[-1] - clock[0]) + 1)
    curve = model.new_customer(passed)
    so_far = np.zeros(length)
    for on in np.flatnonzero(new):
        so_far[on:] += new[on] * np.interp(clock[on:] - clock[on], passed, curve)
    expected = np.diff(so_far, prepend=0.0)
    weeks = length // WEEK
    actual, predicted = (
        daily[: weeks * WEEK].reshape(weeks, WEEK).sum(axis=1) for daily in (repeats, expected)
    )
    week_end = start + pd.to_timedelta(np.arange(1, weeks + 1) * WEEK - 1, unit="D")
    return pd.DataFrame(
        {
            "week_end": week_end,
            "actual": actual,
            "predicted": predicted,
            "actual_cumulative": np.cumsum(actual),
            "predicted_cumulative": np.cumsum(predicted),
            "holdout": week_end > pd.Timestamp(cutoff),
            "model": model_name,
        }
    )


def tracked_value(
    transactions: pd.DataFrame | HasEngine,
    value: CustomerLifetimeValue,
    holdouts: Sequence[pd.DataFrame],
) -> pd.DataFrame | None:
    """Track the model that a value rests on, up to and through its latest holdout.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        As for `custanalytics.customers.summary.customer_summary`.
    value : CustomerLifetimeValue
        Tested on these holdouts. Where it rests on a rule of thumb, the best of the models
        is tracked.
    holdouts : sequence of DataFrame
        Oldest first, as `rolling_holdouts` or `try_season` gives them; those that are on the
        clock of a season are tracked with the season known at the cutoff.

    Returns
    -------
    DataFrame or None
        As `weekly_tracking` gives it; None where no holdout could be used.
    """
    tested = usable_holdouts(holdouts)
    if not tested:
        return None
    cutoff = cutoff_of(tested[-1]).date()
    end = cutoff + timedelta(days=length_of(tested[-1]))
    # models that know attributes can't be told from their name
    models = value.validation[
        value.validation["candidate"].isin([model.name for model in PURCHASE_MODELS])
    ]
    on_clock = "calendar_days" in tested[-1].columns
    season = yearly_season(transactions, cutoff) if on_clock else None
    return weekly_tracking(transactions, cutoff, end, best_candidate(models), season)
