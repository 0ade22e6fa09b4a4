"""In which order prospects came, where the table tells."""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from custanalytics.errors import UsageError
from custanalytics.scoring.calibration import Bools
from custanalytics.scoring.columns import Column
from custanalytics.sentences import Sentence, tell

CLOCK_NAME = re.compile(
    r"creat|signup|sign_up|register|received|lead|contact|enquir|inquir|first|date|datum|erstellt"
    r"|eingang|créé|fecha|\bday\b|time",
    re.IGNORECASE,
)
SORTED_AUC = 0.95
SORTED_BY_COLUMN = 0.98
TEST_SHARE = 0.2


@dataclass(frozen=True)
class Order:
    """The order prospects came in."""

    # none where there is no order to go by
    basis: Literal["date", "file order"] | None
    # the date column, where the basis is one
    clock: str | None
    # how it was found
    sentence: str


@dataclass(frozen=True)
class Ranking:
    """Each prospect's place in the order."""

    # what it goes by
    order: Order
    # position of each row, earliest first
    rank: NDArray[np.int64]

    def later(self, among: Bools) -> Bools:
        """The last fifth of these rows; rows of one date stay together, on the later side."""
        chosen = np.sort(self.rank[among])
        start = chosen[min(int((1 - TEST_SHARE) * len(chosen)), len(chosen) - 1)]
        return np.asarray(among & (self.rank >= start))


def find_clock(columns: list[Column], date: str | None) -> str | None:
    """The column with the day a prospect came in."""
    dated = [c for c in columns if c.kind == "date"]
    full = [c for c in dated if c.filled >= 0.95]
    named = [c for c in full if CLOCK_NAME.search(c.name)] or full
    return next((c.name for c in dated if c.name == date), named[0].name if named else None)


def find_order(
    values: pd.DataFrame, columns: list[Column], converted: Bools, known: Bools, date: str | None
) -> Ranking:
    """Order of the prospects by a date column, else by the file where that means something."""
    dated = [c for c in columns if c.kind == "date"]
    if date is not None and date not in {c.name for c in dated}:
        raise UsageError(f"{date!r} is no column of dates; these are: {_listed(dated)}")
    clock = find_clock(columns, date)
    if clock is not None:
        days = values[clock]
        rank = rankdata(days.fillna(days.min()).astype("int64"), method="min").astype(np.int64)
        sentence = tell("The prospects are ordered by {column}.", column=clock)
        return Ranking(Order("date", clock, sentence), rank)
    rank = np.arange(len(values), dtype=np.int64)
    by_outcome = float(roc_auc_score(converted[known], rank[known]))
    if max(by_outcome, 1 - by_outcome) >= SORTED_AUC:
        return _unordered(
            rank,
            tell(
                "The file is sorted by the outcome, so its order tells nothing about time, and "
                "there is no date."
            ),
        )
    for column in columns:
        if column.kind == "number" and column.distinct > 20:
            own = values[column.name]
            ranks = rankdata(own.fillna(own.median()))
            if abs(float(np.corrcoef(ranks, rank)[0, 1])) >= SORTED_BY_COLUMN:
                return _unordered(
                    rank,
                    tell(
                        "The file is sorted by {column}, so its order tells nothing about time, "
                        "and there is no date.",
                        column=column.name,
                    ),
                )
    sentence = tell("There is no date, so the order of the rows is taken for the order in time.")
    return Ranking(Order("file order", None, sentence), rank)


def _unordered(rank: NDArray[np.int64], sentence: Sentence) -> Ranking:
    return Ranking(Order(None, None, sentence), rank)


def _listed(columns: list[Column]) -> str:
    return ", ".join(c.name for c in columns) or "none"
