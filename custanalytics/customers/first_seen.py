"""Who is a new customer: a file that begins in a shop's life shows old ones as new at first."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from custanalytics.check import Check
from custanalytics.engine import Engine
from custanalytics.sentences import noted, tell

WEEK = 7
# a month of first purchases so far above the later ones is no month of new customers
ABOVE_USUAL = 1.4
SMOOTHED_WEEKS = 4
# hardly anybody new later: a cohort that was picked, not a file that begins in the middle
NO_LATER = 0.05


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
    """

    begins: date
    new_from: date
    customers: int
    left_out: int

    @property
    def left_out_days(self) -> int:
        """For so many days from the first purchase customers may be old ones."""
        return (self.new_from - self.begins).days

    def check(self, name: str) -> Check:
        """Who is left out, said in the same words wherever it is."""
        return Check(
            name,
            None if self.left_out else True,
            tell(
                "The {n:,} of {all:,} customers who are first seen in the first {days:,} days of "
                "the data count in no figure about new customers: many of them may be old ones.",
                n=self.left_out,
                all=self.customers,
                days=self.left_out_days,
            )
            if self.left_out
            else tell(
                "In the first weeks of the data no more customers are seen for the first time "
                "than later, so all are taken for new ones."
            ),
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
    if new_from is None:
        new_from = begins + timedelta(days=_crowded_days(day, count, (end - begins).days))
    old = day < (new_from - begins).days
    return FirstSeen(begins, max(new_from, begins), int(count.sum()), int(count[old].sum()))


def _crowded_days(
    day: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    count: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    length: int,
) -> int:
    """How long clearly more customers are seen for the first time than later."""
    weeks = length // WEEK
    if weeks < 3 * SMOOTHED_WEEKS:
        return 0
    whole = day // WEEK < weeks
    weekly = np.bincount(day[whole] // WEEK, count[whole], weeks)
    usual = float(np.median(weekly[weeks // 2 :]))
    smooth = np.convolve(weekly, np.ones(SMOOTHED_WEEKS) / SMOOTHED_WEEKS, mode="valid")
    if usual <= NO_LATER * smooth[0]:
        return 0
    chance = 2 * np.sqrt(usual / SMOOTHED_WEEKS)
    ordinary = np.flatnonzero(smooth <= ABOVE_USUAL * usual + chance)
    begins = int(ordinary[0]) if len(ordinary) else weeks // 2
    return WEEK * min(begins + (SMOOTHED_WEEKS - 1 if begins else 0), weeks // 2)
