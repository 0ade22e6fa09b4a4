"""Who is a new customer: a file that begins in a shop's life shows old ones as new at first."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from custanalytics.check import Check
from custanalytics.engine import Engine
from custanalytics.sentences import noted, tell

Days = np.ndarray[tuple[int], np.dtype[np.int64]]
WEEK = 7
# a month of first purchases so far above the later ones is no month of new customers
ABOVE_USUAL = 1.4
SMOOTHED_WEEKS = 4
# hardly anybody new later: a cohort that was picked if the first purchases came evenly, so that
# their mean day lies about the middle, not a file of old customers who come one after the other
NO_LATER = 0.05
EVENLY, NEARLY_ALL = 0.4, 0.95


@dataclass(frozen=True)
class FirstSeen:
    """From which day on a customer seen for the first time is a new one.

    Attributes
    ----------
    begins : date
        First purchase of a known customer.
    new_from : date
        First day from which a first purchase is a new customer's.
    customers, left_out : int
        All with a purchase, and those of them first seen before `new_from`.
    picked : bool
        Whether hardly anybody is seen for the first time later: a cohort that was picked.
    """

    begins: date
    new_from: date
    customers: int
    left_out: int
    picked: bool

    @property
    def left_out_days(self) -> int:
        """For so many days from the first purchase customers may be old ones."""
        return (self.new_from - self.begins).days

    def check(self, name: str) -> Check:
        """Who is left out, said in the same words wherever it is."""
        if self.left_out:
            sentence = tell(
                "The {n:,} of {all:,} customers who are first seen in the first {days:,} days of "
                "the data count in no figure about new customers: many of them may be old ones.",
                n=self.left_out,
                all=self.customers,
                days=self.left_out_days,
            )
        elif self.picked:
            sentence = tell(
                "Hardly anybody is seen for the first time after the first weeks of the data, and "
                "in these first purchases came evenly, so all are taken for new customers."
            )
        else:
            sentence = tell(
                "In the first weeks of the data no more customers are seen for the first time "
                "than later, so all are taken for new ones."
            )
        return Check(
            name,
            None if self.left_out else True,
            sentence,
            value=self.left_out / self.customers,
            source=noted("data cut off on the left"),
        )


def first_seen(engine: Engine, end: date, new_from: date | None = None) -> FirstSeen | None:
    """Decide from the data, unless a day is given; None where nobody has bought."""
    firsts = engine.run("first_purchases", as_of=end)
    if firsts.empty:
        return None
    begins = firsts["first_order"].iloc[0].date()
    day = (firsts["first_order"] - firsts["first_order"].iloc[0]).dt.days.to_numpy(np.int64)
    count = firsts["customers"].to_numpy(np.int64)
    picked = False
    if new_from is None:
        crowded, picked = _crowded_days(day, count, (end - begins).days)
        new_from = begins + timedelta(days=crowded)
    old = day < (new_from - begins).days
    left_out = int(count[old].sum())
    return FirstSeen(begins, max(new_from, begins), int(count.sum()), left_out, picked)


def _crowded_days(day: Days, count: Days, length: int) -> tuple[int, bool]:
    """How long clearly more customers are seen for the first time than later; whether picked."""
    weeks = length // WEEK
    if weeks < 3 * SMOOTHED_WEEKS:
        return 0, False
    whole = day // WEEK < weeks
    weekly = np.bincount(day[whole] // WEEK, count[whole], weeks)
    usual = float(np.median(weekly[weeks // 2 :]))
    smooth = np.convolve(weekly, np.ones(SMOOTHED_WEEKS) / SMOOTHED_WEEKS, mode="valid")
    if usual <= NO_LATER * smooth[0] and _came_evenly(day, count):
        return 0, True
    chance = 2 * np.sqrt(usual / SMOOTHED_WEEKS)
    ordinary = np.flatnonzero(smooth <= ABOVE_USUAL * usual + chance)
    begins = int(ordinary[0]) if len(ordinary) else weeks // 2
    return WEEK * min(begins + (SMOOTHED_WEEKS - 1 if begins else 0), weeks // 2), False


def _came_evenly(day: Days, count: Days) -> bool:
    last = int(np.searchsorted(np.cumsum(count), NEARLY_ALL * count.sum()))
    within, number = day[: last + 1], count[: last + 1]
    return bool(np.average(within, weights=number) >= EVENLY * within[-1])
