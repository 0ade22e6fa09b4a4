"""In which order prospects came, where the table tells."""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from custanalytics.errors import UsageError
from custanalytics.ledger.detect.dates import months
from custanalytics.scoring.calibration import Bools
from custanalytics.scoring.columns import Column, column_name
from custanalytics.sentences import tell

CLOCK_NAME = re.compile(
    r"creat|signup|sign_up|register|received|lead|contact|enquir|inquir|first|date|datum|erstellt"
    r"|eingang|créé|fecha|\bday\b|time",
    re.IGNORECASE,
)
RISES = 0.9
FEWEST_DAYS = 30
RUN_ROWS = 20
STEPS_ON = 5
TEST_SHARE = 0.2


@dataclass(frozen=True)
class Order:
    """The order prospects came in."""

    # none where there is no order to go by
    basis: Literal["date", "number", "file order"] | None
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
    values: pd.DataFrame, columns: list[Column], every: list[Column], date: str | None
) -> Ranking:
    """Order of the prospects, where something in the table shows it.

    A column of dates; else a number, of any column, that rises or falls with a date; else months
    that follow each other from row to row, down the file or up.
    """
    dated = [c for c in columns if c.kind == "date"]
    if date is not None and date not in {c.name for c in dated}:
        raise UsageError(f"{date!r} is no column of dates; these are: {_listed(dated)}")
    clock = find_clock(columns, date)
    if clock is not None:
        sentence = tell("The prospects are ordered by {column}.", column=column_name(clock))
        return Ranking(Order("date", clock, sentence), _rank(values[clock]))
    return (
        _by_number(values, every)
        or _by_months(values, columns)
        or Ranking(
            Order(
                None,
                None,
                tell("Neither a date nor anything else in the table shows an order in time."),
            ),
            np.arange(len(values), dtype=np.int64),
        )
    )


def _by_number(values: pd.DataFrame, columns: list[Column]) -> Ranking | None:
    """A number that goes with a date that not every prospect has, turned where it falls."""
    days = [
        c.name for c in columns if c.kind == "date" and values[c.name].notna().sum() > FEWEST_DAYS
    ]
    for column in columns:
        if column.kind not in ("number", "identifier") or column.filled < 0.95:
            continue
        number = pd.to_numeric(values[column.name], errors="coerce")
        if number.notna().mean() < 0.95 or number.nunique() < len(number) / 2:
            continue
        for day in days:
            both = number.notna() & values[day].notna()
            along = float(number[both].corr(values.loc[both, day].astype("int64"), "spearman"))
            if abs(along) < RISES:
                continue
            figures = {"column": column_name(column.name), "day": column_name(day)}
            sentence = (
                tell("The prospects are ordered by {column}, which rises with {day}.", **figures)
                if along > 0
                else tell(
                    "The prospects are ordered by {column}, which falls with {day} and is turned "
                    "round.",
                    **figures,
                )
            )
            return Ranking(Order("number", None, sentence), _rank(np.sign(along) * number))
    return None


def _by_months(values: pd.DataFrame, columns: list[Column]) -> Ranking | None:
    """The order of the rows, where names of months follow each other."""
    numbers = months().set_index("name")["month"]
    for column in columns:
        if column.kind != "category" or column.distinct > 12:
            continue
        month = values[column.name].str.casefold().map(numbers).dropna().astype("int64")
        if len(month) < 0.95 * len(values):
            continue
        steps = np.diff(month.to_numpy()) % 12
        steps = steps[steps > 0]
        if not 2 <= len(steps) <= len(values) / RUN_ROWS:
            continue
        on = float((steps <= STEPS_ON).mean())
        if max(on, 1 - on) < RISES:
            continue
        sentence = (
            tell(
                "The months in {column} follow each other down the file, so its order is taken for "
                "that in time.",
                column=column_name(column.name),
            )
            if on >= RISES
            else tell(
                "The months in {column} follow each other up the file, so its order is taken for "
                "that in time, turned round.",
                column=column_name(column.name),
            )
        )
        rank = np.arange(len(values), dtype=np.int64)
        return Ranking(Order("file order", None, sentence), rank if on >= RISES else rank[::-1])
    return None


def _rank(values: "pd.Series") -> NDArray[np.int64]:
    """Places, equal ones the same; rows without a value come first."""
    whole = values.fillna(values.min())
    whole = whole.astype("int64") if whole.dtype.kind == "M" else whole
    return np.asarray(rankdata(whole, method="min"), dtype=np.int64)


def _listed(columns: list[Column]) -> str:
    return ", ".join(c.name for c in columns) or "none"
