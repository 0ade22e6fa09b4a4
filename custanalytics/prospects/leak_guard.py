"""Columns that nobody could have known before the outcome."""

import numpy as np
import pandas as pd

from custanalytics.prospects.leak_power import by_power
from custanalytics.prospects.leak_signs import Leak, by_condition, by_date, by_filling, by_words
from custanalytics.scoring.calibration import Bools
from custanalytics.scoring.columns import Column, inputs
from custanalytics.scoring.outcome import Outcomes

MOST_ROWS = 20_000


def find_leaks(
    labelled: pd.DataFrame, still_open: pd.DataFrame, y: Bools, dates: pd.DataFrame, seed: int
) -> list[Leak]:
    """Name the inputs that could not have been known before the outcome.

    Notes
    -----
    Sure signs: filled for one outcome only; filled for the decided but never for the open; dated
    after the outcome; values that name an outcome and have it; a copy of the outcome
    (cross-validated AUC of 0.97 or more on its own); power out of line, alone or as a group, in
    the way of a consequence (see `find_groups`), or under a name that speaks of the contact or the
    deal itself, such as a call's duration. Asked about: conditions without which nobody converted;
    lesser power; columns of the process by name where they lift the AUC. Power suspects rather
    than proves: the result is shown with and without the column.
    """
    leaks = by_filling(labelled, still_open, y)
    for more in (by_date(dates), by_words(labelled, y), by_condition(labelled, y)):
        leaks += [leak for leak in more if leak.column not in {k.column for k in leaks}]
    named = {leak.column for leak in leaks}
    left = labelled.drop(columns=[c for c in labelled.columns if c in named])
    if len(left) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(len(left), MOST_ROWS, replace=False))
        left, y = left.iloc[rows], y[rows]
    return leaks + by_power(left, y, seed)


def guard(typed: pd.DataFrame, usable: list[Column], target: Outcomes, seed: int) -> list[Leak]:
    """Leaks among the usable columns; dates count by being filled and by what they say."""
    values, dates = leak_inputs(typed, usable)
    known = target.known
    return find_leaks(
        values[known], values[target.waiting], target.converted[known], dates[known], seed
    )


def leak_inputs(typed: pd.DataFrame, usable: list[Column]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the leak guard looks at: all columns as numbers and levels, and the dates as such."""
    plain = [c for c in usable if c.kind != "date"]
    dates = typed[[c.name for c in usable if c.kind == "date"]]
    seconds = dates.apply(lambda day: (day - pd.Timestamp(0)).dt.total_seconds())
    return pd.concat([inputs(typed, plain, None), seconds], axis=1), dates
