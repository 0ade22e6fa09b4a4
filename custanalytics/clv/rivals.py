"""Rules of thumb that a model has to beat, with the same questions answered.

A rule knows how many purchases to expect; around that number it takes the counts to be
negative binomial, with the spread that a holdout showed.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from custanalytics.sentences import noted
from custanalytics.value_models.inputs import Codes, Floats, Rows, rows_of

OWN_RATE = noted("own rate carried forward")
OWN_OR_BASE_RATE = noted("own rate, one-time buyers at the base's rate")
HIATUS = noted("recency rule: own rate of those who bought recently")
SAME_RATE = noted("same rate for everyone")
SEGMENT_MEAN = noted("segment mean of the last holdout")
COHORT_CURVE = noted("cohort curve of the last holdout")
LAST_MEAN = noted("mean of the last holdout")
LAST_YEAR = noted("last year's same period")

# spread of counts before a holdout has shown one
USUAL_SPREAD = 1.0
# a rate over less than a month of history is a rate over a month: one lucky week is no habit
SHORTEST_HISTORY_DAYS = 30.0
# after this many of the base's usual gaps without a purchase a customer counts as gone
HIATUS_GAPS = 3.0


@dataclass(frozen=True)
class RuleOfThumb(ABC):
    """A rule of thumb for how many purchases each customer will make."""

    # what the rule is called in tables
    name: str
    # shape k of the negative binomial: variance = mean + mean squared / k
    spread: float

    @abstractmethod
    def expected_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Purchases expected within each number of days: rows by days."""

    @abstractmethod
    def new_customer(self, days: Floats) -> Floats:
        """Repeat purchases expected of a new customer within each number of days."""

    def p_alive(self, rows: Rows) -> Floats:
        """1, where the rule knows nothing of customers who leave."""
        return np.ones(len(rows))

    def p_alive_mean(self, rows: Rows, _seed: int) -> Floats:
        """The same as `p_alive`: a rule has no uncertain parameters."""
        return self.p_alive(rows)

    def nothing_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Probability of no purchase within each number of days: rows by days."""
        return (1 + self.expected_if_alive(rows, days) / self.spread) ** -self.spread

    def groups(self, rows: Rows) -> tuple[Rows, Codes]:
        """Rows with different expectations, and where each row finds its own."""
        daily = self.expected_if_alive(rows, np.array([1.0]))[:, 0]
        _, first, code = np.unique(daily, return_index=True, return_inverse=True)
        return rows.picked(first), np.asarray(code, dtype=np.int64)

    def draws(self, rows: Rows, days: float, size: int, seed: int) -> Floats:
        """Purchase counts drawn: rows by size."""
        rng = np.random.default_rng(seed)
        mean = self.expected_if_alive(rows, np.array([days]))
        rate = rng.standard_gamma(self.spread, (len(mean), size)) / self.spread
        return rng.poisson(np.minimum(rate * mean, 1e9)).astype(np.float64)

    def expected_draws(self, rows: Rows, days: float, size: int, _seed: int) -> Floats:
        """Expected purchases of each row, the same in every draw: rows by size."""
        mean = self.p_alive(rows)[:, None] * self.expected_if_alive(rows, np.array([days]))
        return np.broadcast_to(mean, (len(rows), size))

    def with_spread_of(self, rows: Rows, days: float, purchases: Floats) -> Self:
        """The rule with the spread that makes purchases in a holdout most likely."""
        mean = self.p_alive(rows) * self.expected_if_alive(rows, np.array([days]))[:, 0]
        m, y = mean[mean > 0], purchases[mean > 0]

        def surprise(log_k: float) -> float:
            k = np.exp(log_k)
            chance = gammaln(k + y) - gammaln(k) + k * np.log(k / (k + m)) + y * np.log(m / (k + m))
            return -float(chance.sum())

        if not len(m):
            return self
        best = minimize_scalar(surprise, bounds=(-4.0, 6.0), method="bounded")
        return replace(self, spread=float(np.exp(best.x)))


@dataclass(frozen=True)
class OwnRate(RuleOfThumb):
    """Each customer's repeat purchases over T, carried forward; one-time buyers: none."""

    # repeat purchases per day over the whole base, for new customers
    base_rate: float

    def expected_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Purchases expected within each number of days: rows by days."""
        return rows.frequency[:, None] / np.maximum(rows.T, 1.0)[:, None] * days

    def new_customer(self, days: Floats) -> Floats:
        """Repeat purchases expected of a new customer: those of the base at its own rate."""
        return self.base_rate * days


@dataclass(frozen=True)
class OwnOrBaseRate(OwnRate):
    """The same with T of at least 30 days; one-time buyers at the rate of second purchases."""

    # second purchases per day of customers who wait for one
    second_rate: float

    def expected_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Purchases expected within each number of days: rows by days."""
        own = rows.frequency[:, None] / np.maximum(rows.T, SHORTEST_HISTORY_DAYS)[:, None] * days
        return np.where(rows.frequency[:, None] > 0, own, -np.expm1(-self.second_rate * days))


@dataclass(frozen=True)
class Hiatus(OwnOrBaseRate):
    """The same, for customers who bought recently; the others buy nothing any more.

    References
    ----------
    Wübben, Wangenheim (2008), Instant Customer Base Analysis, Journal of Marketing 72.
    """

    # days without a purchase after which a customer counts as gone
    longest_gap: float

    def p_alive(self, rows: Rows) -> Floats:
        """1 or 0: whether the last purchase was recent."""
        return ((rows.T - rows.recency) <= self.longest_gap).astype(np.float64)


@dataclass(frozen=True)
class SameRate(RuleOfThumb):
    """All repeat purchases over all customer days, carried forward for everyone."""

    # repeat purchases per day
    base_rate: float

    def expected_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Purchases expected within each number of days: rows by days."""
        return np.broadcast_to(self.base_rate * days, (len(rows), len(days))).copy()

    def new_customer(self, days: Floats) -> Floats:
        """Repeat purchases expected of a new customer."""
        return self.base_rate * days


@dataclass(frozen=True)
class Learned(RuleOfThumb):
    """What customers of the same class did in the last holdout, per day, once more."""

    # upper ends of the classes: of frequency, and of days since the last purchase (or, for a
    # cohort curve, since the first)
    by_frequency: Floats
    by_silence: Floats
    # purchases per day, one per class of frequency and silence
    rates: Floats
    # days count from the first purchase, not the last
    since_first: bool

    def expected_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Purchases expected within each number of days: rows by days."""
        silence = rows.T if self.since_first else rows.T - rows.recency
        row = np.searchsorted(self.by_frequency, rows.frequency)
        column = np.searchsorted(self.by_silence, silence)
        return self.rates[row, column][:, None] * days

    def new_customer(self, days: Floats) -> Floats:
        """Repeat purchases expected of a new customer: as of one-time buyers of that age."""
        ages = np.clip(days - np.diff(days, prepend=0.0) / 2, 0, None)
        rows = rows_of(np.zeros(len(days)), ages)
        daily = self.expected_if_alive(rows, np.array([1.0]))[:, 0]
        return np.cumsum(daily * np.diff(days, prepend=0.0))


def _classes(values: Floats, most: int) -> Floats:
    """Upper ends of up to so many classes of about equal size; the last class has no end."""
    ends = np.quantile(values, np.arange(1, most) / most, method="higher")
    return np.unique(ends[ends < values.max()])


def learned_rule(
    name: str, rows: Rows, days: float, purchases: Floats, classes: tuple[int, int], of_age: bool
) -> Learned:
    """Learn the rates of classes of customers from a holdout."""
    silence = rows.T if of_age else rows.T - rows.recency
    by_frequency = _classes(rows.frequency, classes[0])
    by_silence = _classes(silence, classes[1])
    shape = (len(by_frequency) + 1, len(by_silence) + 1)
    cell = np.searchsorted(by_frequency, rows.frequency) * shape[1]
    cell += np.searchsorted(by_silence, silence)
    cells = shape[0] * shape[1]
    # a class that hardly anyone is in leans on the mean of all, as if of ten more customers
    mean = float(purchases.mean())
    bought = np.bincount(cell, purchases, cells) + 10 * mean
    rates = bought / (np.bincount(cell, minlength=cells) + 10) / days
    rule = Learned(name, 1.0, by_frequency, by_silence, rates.reshape(shape), of_age)
    return rule.with_spread_of(rows, days, purchases)


def rules_of_thumb(
    rows: Rows, holdout: pd.DataFrame | None = None, last_year: pd.DataFrame | None = None
) -> list[RuleOfThumb]:
    """All rules of thumb, taken from a summary."""
    x, w = rows.frequency, rows.weights
    again = x > 0
    gap = np.where(again, rows.recency / np.maximum(x, 1), rows.T)
    base = float(w @ x) / max(float(w @ rows.T), 1.0)
    second = float(w @ again) / max(float(w @ gap), 1.0)
    usual_gap = float((w * again) @ gap) / max(float(w @ again), 1.0)
    rules: list[RuleOfThumb] = [
        OwnRate(OWN_RATE, USUAL_SPREAD, base),
        OwnOrBaseRate(OWN_OR_BASE_RATE, USUAL_SPREAD, base, second),
        Hiatus(HIATUS, USUAL_SPREAD, base, second, HIATUS_GAPS * usual_gap),
        SameRate(SAME_RATE, USUAL_SPREAD, base),
    ]
    seasonal: list[RuleOfThumb] = []
    if last_year is not None:
        seasonal = [learned_rule(LAST_YEAR, *outcome(last_year), (5, 5), of_age=False)]
    if holdout is None:
        return [*rules, *seasonal]
    earlier, days, bought = outcome(holdout)
    return [
        *(rule.with_spread_of(earlier, days, bought) for rule in rules),
        learned_rule(SEGMENT_MEAN, earlier, days, bought, (5, 5), of_age=False),
        learned_rule(LAST_MEAN, earlier, days, bought, (1, 1), of_age=True),
        learned_rule(COHORT_CURVE, earlier, days, bought, (1, 6), of_age=True),
        *seasonal,
    ]


def outcome(holdout: pd.DataFrame) -> tuple[Rows, float, Floats]:
    """One row per customer of a holdout, its length in days, and the purchases in it."""
    columns = ("frequency", "T", "recency", "holdout_frequency")
    x, age, last, bought = (holdout[column].to_numpy(np.float64) for column in columns)
    return rows_of(x, age, last), float(holdout["holdout_days"].iloc[0]), bought
