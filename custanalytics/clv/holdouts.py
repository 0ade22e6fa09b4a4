"""Earlier holdouts: what was known up to a day, and what customers did after it."""

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from custanalytics.customers.summary import holdout_summary, observation_period
from custanalytics.engine import Engine
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.transactions import HasEngine, as_engine
from custanalytics.value_models.inputs import require_repeat_buyers

HOLDOUT_COLUMNS = ("holdout_frequency", "holdout_spend", "holdout_days")
MIN_HOLDOUT_DAYS = 28
MOST_ORIGINS = 6
YEAR = 365


def rolling_holdouts(
    transactions: pd.DataFrame | HasEngine,
    observation_end: date | None = None,
    horizon_days: int = 365,
) -> list[pd.DataFrame]:
    """Cut earlier holdouts out of the transactions, as many as their length allows.

    Each is as long as the horizon, or as a third of the history where that is shorter; they
    begin half their length apart, the last one ends with the data, and before each lies at
    least half a holdout's length of history.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        As for `custanalytics.customers.summary.customer_summary`.
    observation_end : date, optional
        Last day that counts; by default the last day in the data.
    horizon_days : int
        How far ahead will be predicted.

    Returns
    -------
    list of DataFrame
        Frames as `holdout_summary` of `custanalytics.customers.summary` gives them, oldest first,
        at most 6;
        empty where the history is shorter than 84 days.
    """
    engine = as_engine(transactions)
    _, length, cutoffs = _plan(engine, observation_end, horizon_days)
    ahead = timedelta(days=length)
    return [holdout_summary(engine, cutoff, cutoff + ahead) for cutoff in cutoffs]


def last_year_holdouts(
    transactions: pd.DataFrame | HasEngine,
    observation_end: date | None = None,
    horizon_days: int = 365,
) -> list[pd.DataFrame]:
    """Cut out the same periods a year earlier, for a rule of thumb to learn from.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        As for `custanalytics.customers.summary.customer_summary`.
    observation_end : date, optional
        Last day that counts; by default the last day in the data.
    horizon_days : int
        How far ahead will be predicted.

    Returns
    -------
    list of DataFrame
        As `rolling_holdouts` gives them, each a year before one of its holdouts or before the
        time that is predicted, oldest first; only those that have half a holdout's length of
        history before them.
    """
    engine = as_engine(transactions)
    first, length, cutoffs = _plan(engine, observation_end, horizon_days)
    if not cutoffs or length > YEAR:
        return []
    ahead = timedelta(days=length)
    years_before = [cutoff - timedelta(days=YEAR) for cutoff in (*cutoffs, cutoffs[-1] + ahead)]
    return [
        holdout_summary(engine, cutoff, cutoff + ahead)
        for cutoff in years_before
        if (cutoff - first).days >= length // 2
    ]


def _plan(
    engine: Engine, observation_end: date | None, horizon_days: int
) -> tuple[date, int, list[date]]:
    """First day of the data, length of the holdouts, and their cutoffs, oldest first."""
    first, last = observation_period(engine)
    end = min(observation_end or last, last)
    length = min(horizon_days, (end - first).days // 3)
    if length < MIN_HOLDOUT_DAYS:
        return first, length, []
    ends = [end - timedelta(days=length + back * (length // 2)) for back in range(MOST_ORIGINS)]
    return first, length, [day for day in reversed(ends) if (day - first).days >= length // 2]


def usable_holdouts(holdouts: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """Holdouts that a model can be fitted before and measured after."""
    tested = []
    for frame in holdouts:
        missing = [column for column in HOLDOUT_COLUMNS if column not in frame.columns]
        if missing:
            raise UsageError(f"a holdout needs the columns {', '.join(missing)}")
        try:
            require_repeat_buyers(frame)
        except UnsupportedError:
            continue
        if frame["holdout_days"].iloc[0] > 0 and frame["holdout_frequency"].sum() > 0:
            tested.append(frame)
    return tested


def latest_before(frames: Sequence[pd.DataFrame], origin: pd.DataFrame) -> pd.DataFrame | None:
    """The latest of the holdouts that were over by another's cutoff."""
    if "first_order" not in origin.columns:
        return None
    known = [
        frame
        for frame in frames
        if cutoff_of(frame) + pd.Timedelta(days=length_of(frame)) <= cutoff_of(origin)
    ]
    return known[-1] if known else None


def a_year_before(frames: Sequence[pd.DataFrame], now: pd.DataFrame) -> pd.DataFrame | None:
    """The one of the frames that was cut a year before another."""
    if "first_order" not in now.columns:
        return None
    wanted = cutoff_of(now) - pd.Timedelta(days=YEAR)
    return next((frame for frame in usable_holdouts(frames) if cutoff_of(frame) == wanted), None)


def cutoff_of(frame: pd.DataFrame) -> pd.Timestamp:
    """Last day that a summary has seen."""
    if "cutoff" in frame.columns:
        known: pd.Timestamp = frame["cutoff"].iloc[0]
        return known
    end: pd.Timestamp = (frame["first_order"] + pd.to_timedelta(frame["T"], unit="D")).max()
    return end


def length_of(holdout: pd.DataFrame) -> int:
    """Length of a holdout in days of the calendar."""
    column = "calendar_days" if "calendar_days" in holdout.columns else "holdout_days"
    return int(holdout[column].iloc[0])
