"""What the same days of a year before say of a season that has been seen only once."""

import numpy as np

from custanalytics.forecast.level import Calendar
from custanalytics.value_models.inputs import Floats

# a shop that hardly wins customers any more won those of a year before then: rate a year
LEAST_NEW = 0.02
# standard deviation of the log of a year's growth where no second year has told any, and the
# years in which that fades
GROWTH, GROWTH_YEARS = 0.3, 0.8


def year_before_totals(
    sold: Floats, first_timers: Floats, calendar: Calendar, actual: Floats
) -> Floats:
    """Everybody's total of the same days a year before, times the share of those known.

    Cutoffs by buckets; `sold` and `first_timers` are totals and first purchases in each bin of
    the history, `actual` what customers known at a cutoff brought. NaN where the history does not
    reach back, where the shop began with it, or where it no longer wins customers.
    """
    year = round(calendar.bins_per_year)
    answer = np.full(actual.shape, np.nan)
    if not _was_there_before(first_timers[:year]):
        return answer
    run = np.r_[0.0, np.cumsum(sold)]
    edges = calendar.cutoffs[:, None] + calendar.edges[None, :]
    until = np.minimum(edges, len(sold))
    whole = run[until[:, 1:]] - run[until[:, :-1]]
    for row, cutoff in enumerate(calendar.cutoffs):
        before = edges[row] - year
        if before[0] < 0 or before[-1] > cutoff:
            continue
        closed = calendar.closed(int(cutoff)) & (actual > 0) & (whole > 0)
        joining = _joining(closed, actual / np.maximum(whole, 1e-12), calendar.middles)
        if joining >= LEAST_NEW:
            share = np.exp(-joining * calendar.middles)
            answer[row] = (run[before[1:]] - run[before[:-1]]) * share
    return np.where(answer > 0, answer, np.nan)


def year_before(calendar: Calendar) -> Floats:
    """What time the level of `year_before_totals` is that of: cutoffs by buckets by bins."""
    bins = len(calendar.activity) + int(calendar.edges[-1])
    year = round(calendar.bins_per_year)
    of_time = np.zeros((len(calendar.cutoffs), calendar.buckets, bins))
    for row, cutoff in enumerate(calendar.cutoffs):
        for bucket in range(calendar.buckets):
            begin, end = np.maximum(cutoff + calendar.edges[bucket : bucket + 2] - year, 0)
            of_time[row, bucket, begin:end] = 1 / max(end - begin, 1)
    return of_time


def growth_unseen(calendar: Calendar) -> Floats:
    """Standard deviation of logs by growth since a year before: one per cutoff."""
    years = calendar.cutoffs / calendar.bins_per_year
    return np.asarray(GROWTH * np.exp(-np.maximum(years - 1, 0) / GROWTH_YEARS))


def _was_there_before(first_timers: Floats) -> bool:
    """Whether old customers turn up first: a file that begins in the midst of a shop's life."""
    quarter = max(len(first_timers) // 4, 1)
    rest = first_timers[quarter:]
    return len(rest) > 0 and float(first_timers[:quarter].mean()) >= float(rest.mean())


def _joining(
    closed: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]",
    share_of_known: Floats,
    middles: Floats,
) -> float:
    """How fast newcomers take over, as a rate a year; 0 where no bucket is over.

    Of each bucket the latest test counts, and the lowest rate of all: at early cutoffs old
    customers have not been seen yet and look like newcomers.
    """
    rates = []
    for bucket, middle in enumerate(middles):
        tests = np.flatnonzero(closed[:, bucket])
        if len(tests):
            share = min(float(share_of_known[tests[-1], bucket]), 1.0)
            rates.append(-np.log(share) / middle)
    return min(rates, default=0.0)
