"""The course of the year: how much more is bought in some months than in others."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from custanalytics.customers.summary import observation_period
from custanalytics.transactions import HasEngine, as_engine
from custanalytics.value_models.inputs import Floats

MONTHS = 12
MIN_MONTHS = 24
# repeat purchases in a mean month below which a profile would be noise
MIN_PURCHASES = 100


@dataclass(frozen=True)
class Season:
    """How fast customers buy in each month of the year.

    Models that know no seasons become right on a clock that runs as fast as customers buy:
    recency, T and horizon are measured by it instead of by the calendar.

    Attributes
    ----------
    factors : tuple of float
        From January to December, 1 on average: 1.3 is a month with 30 % more purchases.
    """

    factors: tuple[float, ...]

    def clock(self, days: "pd.Series[pd.Timestamp] | pd.DatetimeIndex") -> Floats:
        """What the clock shows on each day.

        Parameters
        ----------
        days : Series or DatetimeIndex
            Calendar days.

        Returns
        -------
        ndarray
            In days, from an arbitrary start; over whole years it runs as the calendar does.
        """
        index = pd.DatetimeIndex(days)
        span = pd.date_range(index.min(), index.max(), freq="D")
        # from a fixed day on, so that differences do not depend on which days were asked for
        ahead = np.cumsum(np.array(self.factors)[span.month.to_numpy() - 1])
        start = self._before(span[0])
        return np.asarray(start + ahead[(index - span[0]).days.to_numpy()])

    def _before(self, day: pd.Timestamp) -> float:
        earlier = pd.date_range("1970-01-01", day, freq="D", inclusive="left")
        counts = np.bincount(earlier.month.to_numpy() - 1, minlength=MONTHS)
        return float(counts @ np.array(self.factors))

    def applied(self, summary: pd.DataFrame) -> pd.DataFrame:
        """A summary, or a holdout, with its times on the clock.

        Parameters
        ----------
        summary : DataFrame
            One row per customer: ``first_order`` (day), ``recency``, ``T`` (days); with
            ``holdout_days`` for a holdout.

        Returns
        -------
        DataFrame
            The same with ``recency``, ``T`` and ``holdout_days`` on the clock; ``cutoff``
            and ``calendar_days`` keep the calendar's.
        """
        first = summary["first_order"]
        cutoff = (first + pd.to_timedelta(summary["T"], unit="D")).max()
        last = first + pd.to_timedelta(summary["recency"], unit="D")
        began = self.clock(first)
        now = self.clock(pd.DatetimeIndex([cutoff]))[0]
        # without the rounding of sums, which would make equal customers differ
        recency, age = np.round(self.clock(last) - began, 6), np.round(now - began, 6)
        told = summary.assign(recency=recency, T=age, cutoff=cutoff)
        if "holdout_days" in summary.columns:
            days = int(summary["holdout_days"].iloc[0])
            ahead = self.ahead(cutoff, np.array([float(days)]))[0]
            told = told.assign(calendar_days=days, holdout_days=ahead)
        return told

    def ahead(self, start: pd.Timestamp, days: Floats) -> Floats:
        """How far the clock runs in so many days after a day.

        Parameters
        ----------
        start : Timestamp
            The day.
        days : ndarray
            Calendar days after it; parts of a day count in proportion.

        Returns
        -------
        ndarray
        """
        whole = np.arange(int(np.ceil(days.max())) + 1)
        shown = self.clock(start + pd.to_timedelta(whole, unit="D"))
        return np.asarray(np.interp(days, whole, shown - shown[0]))

    def calendar_days(self, start: pd.Timestamp, ahead: Floats, horizon: int) -> Floats:
        """How many days pass until the clock has run so far; null stays null.

        Parameters
        ----------
        start : Timestamp
            The day.
        ahead : ndarray
            How far the clock is to run.
        horizon : int
            Calendar days within which it does.

        Returns
        -------
        ndarray
        """
        whole = np.arange(float(horizon) + 1)
        return np.asarray(np.interp(ahead, self.ahead(start, whole), whole))


def whole_months(first: date, last: date) -> list[pd.Period]:
    """Months of the calendar that lie wholly in a period."""
    return [
        month
        for month in pd.period_range(first, last, freq="M")
        if month.start_time.date() >= first and month.end_time.date() <= last
    ]


def yearly_season(
    transactions: pd.DataFrame | HasEngine, observation_end: date | None = None
) -> Season | None:
    """Estimate the course of the year from repeat purchases.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        As for `custanalytics.customers.summary.customer_summary`.
    observation_end : date, optional
        Last day that counts; by default the last day in the data.

    Returns
    -------
    Season or None
        None where the data holds fewer than 24 whole months, or fewer than 100 repeat
        purchases in a mean month: then there is no telling seasons from chance or growth.

    Notes
    -----
    The classical ratio to a centred twelve-month moving average, which takes out growth,
    averaged over the years and scaled to a mean of 1.
    """
    engine = as_engine(transactions)
    first, last = observation_period(engine)
    end = min(observation_end or last, last)
    days = engine.run("purchase_days", as_of=end, cutoff=end)
    month_of = pd.PeriodIndex(pd.to_datetime(days["purchase_day"]), freq="M")
    again = (days["buyers"] - days["new_customers"]).to_numpy(np.float64)
    whole = whole_months(first, end)
    if len(whole) < MIN_MONTHS:
        return None
    count = pd.Series(again).groupby(month_of).sum().reindex(whole, fill_value=0.0)
    if float(count.mean()) < MIN_PURCHASES:
        return None
    pace = count.to_numpy() / np.array([month.days_in_month for month in whole])
    weights = np.r_[0.5, np.ones(MONTHS - 1), 0.5] / MONTHS
    usual = np.convolve(pace, weights, mode="valid")
    ratio = pace[MONTHS // 2 : -(MONTHS // 2)] / np.maximum(usual, 1e-12)
    of_year = [month.month for month in whole[MONTHS // 2 : -(MONTHS // 2)]]
    mean = pd.Series(ratio).groupby(of_year).mean()
    return Season(tuple(float(factor) for factor in mean / mean.mean()))
