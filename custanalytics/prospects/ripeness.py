"""How long a prospect takes to decide; those whose time is not over are open, not lost."""

import dataclasses
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from custanalytics.check import Check
from custanalytics.prospects.ordering import find_clock
from custanalytics.prospects.reasons import Waited
from custanalytics.scoring.calibration import Bools, Floats
from custanalytics.scoring.columns import Column
from custanalytics.scoring.outcome import CONVERSION_DAY, Outcomes
from custanalytics.sentences import tell

DECIDED_SHARE = 0.95
FEWEST_TIMES = 30
A_DAY = 86_400
TOO_YOUNG = "open, too young"
LEFT_OUT = "won, left out"
CLOSING_DAY = re.compile(r"\b(closed?|outcome|decided|decision)\b", re.IGNORECASE)


@dataclass(frozen=True)
class TimeToDecide:
    """How long those who convert take to do so."""

    # the day they came in, and that of their conversion
    came: Column
    decided: Column
    # by when nearly all conversions have come: who has none by then is taken for lost
    days: int
    # share of the conversions that come within each number of days
    times: tuple[float, ...]
    within: tuple[float, ...]

    def waited(self, values: pd.DataFrame, pending: Bools) -> Waited:
        """How long each has waited by the last day in the table; who is not pending, not at all."""
        age = np.where(pending, ages(values, self.came.name, self.decided.name), np.nan)
        place = np.searchsorted(np.array(self.times), age, side="right")
        passed = np.append(0.0, self.within)[np.where(np.isnan(age), 0, place)]
        return Waited(self.came.name, age, 1 - passed)


@dataclass(frozen=True)
class Ripeness:
    """The outcomes as they are learned from, and what the young ones' time says of them."""

    # where those too young to have decided are open
    target: Outcomes
    # what is said of it
    checks: list[Check]
    # None where it is not known
    time: TimeToDecide | None = None
    waited: Waited | None = None


def set_apart_unripe(
    target: Outcomes, values: pd.DataFrame, columns: list[Column], date: str | None
) -> Ripeness:
    """Take prospects that are too young to have decided for open, where a plain no says little.

    Those of them that have converted already are neither learned from nor scored: among the
    young, only conversions are known.
    """
    as_read = Ripeness(target, [])
    if not target.may_come:
        return as_read
    name = "prospects.ripeness"
    day = _conversion_day(target, values, columns)
    clock = find_clock([c for c in columns if c.name != day], date)
    if day is None or clock is None:
        if target.waiting.any():
            return as_read  # the file itself says who is open
        sentence = tell(
            "How long a prospect takes to decide can't be told without both the day it came in and "
            "the day of its conversion: the youngest count as not converted."
        )
        return dataclasses.replace(as_read, checks=[Check(name, None, sentence)])
    age = ages(values, clock, day)
    took = (values[day] - values[clock]).dt.total_seconds().to_numpy(dtype="float64") / A_DAY
    seen = target.converted & (took >= 0)
    if seen.sum() < FEWEST_TIMES:
        sentence = tell(
            "Too few conversions have both days for saying how long a prospect takes to decide: "
            "the youngest count as not converted."
        )
        return dataclasses.replace(as_read, checks=[Check(name, None, sentence)])
    times, within = share_within(took[seen], age[seen])
    days = int(times[np.argmax(within >= DECIDED_SHARE)])
    young = target.known & (age < days)
    waiting = young & ~target.converted
    by_name = {column.name: column for column in columns}
    time = TimeToDecide(by_name[clock], by_name[day], days, tuple(times), tuple(within))
    sentence = tell(
        "{share:.0%} of those who convert do so within {days} days of coming in, which allows for "
        "those whose time is not over: {n} younger ones that have not converted are open, and the "
        "{ready} that have are left out of the learning. The longer an open one has been there "
        "without converting, the lower is its probability.",
        share=DECIDED_SHARE,
        days=days,
        n=int(waiting.sum()),
        ready=int((young & target.converted).sum()),
    )
    apart = dataclasses.replace(
        target,
        known=target.known & ~young,
        waiting=target.waiting | waiting,
        stages=_stages(target, young, waiting),
    )
    check = Check(name, None, sentence, float(days))
    return Ripeness(apart, [check], time, time.waited(values, waiting))


def ages(values: pd.DataFrame, came: str, decided: str) -> Floats:
    """Days since each came in, by the last day in the table; NaN where that is not known."""
    end = values[came].max()
    if decided in values and values[decided].notna().any():
        end = max(end, values[decided].max())
    return np.asarray((end - values[came]).dt.total_seconds() / A_DAY, dtype=np.float64)


def share_within(took: Floats, age: Floats) -> tuple[Floats, Floats]:
    """Share of all conversions that come within each number of days, from those seen so far.

    Notes
    -----
    A conversion is seen only if it took at most the prospect's age, so quick ones are seen too
    often. The distribution is estimated from the latest time back, as the product over times t of
    1 - d(t) / r(t), with d(t) conversions after t days among the r(t) that took at most t and are
    at least t old.

    References
    ----------
    Lynden-Bell (1971), A method of allowing for known observational selection in small samples,
    Monthly Notices of the Royal Astronomical Society 155, 95-118.
    """
    times = np.unique(np.ceil(took))
    at_risk = np.array([np.sum((took <= t) & (age >= t)) for t in times])
    events = np.array([np.sum((took <= t) & (took > t - 1) & (age >= t)) for t in times])
    stay = np.where(at_risk > 0, 1 - events / np.maximum(at_risk, 1), 1.0)
    # Within a time or less: what is left of the product over all later times.
    within = np.append(np.cumprod(stay[:0:-1])[::-1], 1.0)
    return times, within


def _stages(target: Outcomes, young: Bools, waiting: Bools) -> pd.DataFrame:
    """What each value was taken for, the rows of the too young apart."""
    meanings = target.stages.set_index("value")["taken_for"]
    taken = pd.Series(target.said).map(meanings)
    taken = taken.mask(young, LEFT_OUT).mask(waiting, TOO_YOUNG)
    counts = pd.DataFrame({"value": target.said, "taken_for": taken}).value_counts()
    # In the order of the values, what is said of most of its rows first.
    place = {value: at for at, value in enumerate(target.stages["value"])}
    table = counts.reset_index(name="n").sort_values("n", ascending=False, kind="stable")
    table = table.sort_values("value", key=lambda value: value.map(place), kind="stable")
    return table[["value", "n", "taken_for"]].reset_index(drop=True)


def _conversion_day(target: Outcomes, values: pd.DataFrame, columns: list[Column]) -> str | None:
    """The column of the day of conversion: filled for those who converted, not for the others."""
    if any(c.name == target.outcome.column and c.kind == "date" for c in columns):
        return target.outcome.column
    others = target.known & ~target.converted
    for column in columns:
        name = column.name.replace("_", " ")
        if column.kind == "date" and (CONVERSION_DAY.search(name) or CLOSING_DAY.search(name)):
            filled = values[column.name].notna().to_numpy()
            if filled[target.converted].mean() > 0.5 and filled[others].mean() < 0.05:
                return column.name
    return None
