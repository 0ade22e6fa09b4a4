"""Columns that nobody could have known before the outcome."""

import numpy as np
import pandas as pd

from custanalytics.prospects.leak_power import by_power
from custanalytics.prospects.leak_signs import (
    Ages,
    Leak,
    by_condition,
    by_date,
    by_filling,
    by_words,
)
from custanalytics.scoring.calibration import Bools, Floats
from custanalytics.scoring.columns import Column, inputs
from custanalytics.scoring.outcome import Outcomes

MOST_ROWS = 20_000


def find_leaks(
    labelled: pd.DataFrame,
    still_open: pd.DataFrame,
    y: Bools,
    dates: pd.DataFrame,
    seed: int,
    ages: Ages | None = None,
) -> list[Leak]:
    """Name the inputs that could not have been known before the outcome.

    Notes
    -----
    Sure signs: filled for one outcome only; filled for the decided, also those as old as the
    open, but never for the open; dated
    after the outcome; values that name an outcome and have it; a copy of the outcome
    (cross-validated AUC of 0.97 or more on its own); power out of line, alone or as a group, in
    the way of a consequence (see `find_groups`), or under a name that speaks of the contact or the
    deal itself, such as a call's duration. Asked about: conditions without which nobody converted;
    lesser power; columns of the process by name, and columns that grow the longer a prospect has
    been there, where they lift the AUC. Power suspects rather
    than proves: the result is shown with and without the column.
    """
    leaks = by_filling(labelled, still_open, y, ages)
    for more in (by_date(dates), by_words(labelled, y), by_condition(labelled, y)):
        leaks += [leak for leak in more if leak.column not in {k.column for k in leaks}]
    named = {leak.column for leak in leaks}
    left = labelled.drop(columns=[c for c in labelled.columns if c in named])
    age = None if ages is None else ages.of_decided()
    if len(left) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(len(left), MOST_ROWS, replace=False))
        left, y, age = left.iloc[rows], y[rows], None if age is None else age[rows]
    return leaks + by_power(left, y, age, seed)


def guard(
    typed: pd.DataFrame, usable: list[Column], target: Outcomes, clock: str | None, seed: int
) -> list[Leak]:
    """Leaks among the usable columns, where `clock` is the day a prospect came in."""
    values, dates = leak_inputs(typed, usable, clock)
    known, waiting = target.known, target.waiting
    ages = None
    if clock is not None:
        came = seconds(typed[clock])
        ages = Ages(came[known], came[waiting])
    return find_leaks(
        values[known], values[waiting], target.converted[known], dates[known], seed, ages
    )


def leak_inputs(
    typed: pd.DataFrame, usable: list[Column], clock: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the leak guard looks at: all columns as numbers and levels, and the dates as such.

    A date is a number of seconds since the prospect came in, where that is known.
    """
    plain = [c for c in usable if c.kind != "date"]
    dates = typed[[c.name for c in usable if c.kind == "date"]]
    start = 0.0 if clock is None else seconds(typed[clock])
    since = {name: seconds(dates[name]) - start * (name != clock) for name in dates.columns}
    return pd.concat([inputs(typed, plain, None), pd.DataFrame(since, typed.index)], axis=1), dates


def seconds(days: "pd.Series") -> Floats:
    """Seconds since 1970; NaN where there is no day."""
    return np.asarray((days - pd.Timestamp(0)).dt.total_seconds(), dtype=np.float64)
