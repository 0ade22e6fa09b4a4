"""How much all customers buy in all: what earlier cutoffs say about a model's level.

At each earlier cutoff the log of actual over expected is known for every bucket that is over. A
Gaussian process over the calendar explains these errors as a constant bias, a trend, a course of
the year, a level that wanders and the errors of a short history, each as large as the errors so
far make likely, and says what to expect of the buckets ahead, and how surely. With hardly an error
seen it corrects little.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

from custanalytics.value_models.inputs import Codes, Floats

# sizes tried (standard deviations in logs), each with its weight before any error is seen
SIZES = {
    "bias": ((0.02, 0.5), (0.1, 0.4), (0.25, 0.1)),
    "trend": ((0.1, 1.0),),
    "season": ((0.06, 0.3), (0.18, 0.4), (0.4, 0.3)),
    "wandering": ((0.02, 0.6), (0.1, 0.3), (0.25, 0.1)),
    "irregular": ((0.05, 0.5), (0.15, 0.5)),
    "young": ((0.2, 0.5), (0.8, 0.5)),
}
PARTS = range(len(SIZES))
SEASON_WIDTH = 0.45
WANDERING_YEARS = 1.0
LAG_YEARS = 1.0
# a model fitted to a short history errs in ways that say little of one fitted to a longer one
YOUNG_YEARS, ALIKE_YEARS = 0.6, 0.25
JITTER = 0.02
# within a year no season comes again, so no error tells what it does: the level's standard
# deviation by that at the beginning (half a year ahead), and the years in which it fades
UNSEEN, UNSEEN_YEARS = 1.2, 0.8
# an interval that no error has tested yet counts as if so many had borne out one so much as wide
PRIOR_TESTS, PRIOR_SCALE = 6.0, 0.85


@dataclass(frozen=True)
class Calendar:
    """Buckets of time before and after each cutoff, in whole bins.

    Attributes
    ----------
    bins_per_year : float
        Length of a bin.
    cutoffs : ndarray of int64
        Bin at whose end each cutoff lies, counted from the first of the history; the last is now.
    edges : ndarray of int64
        Ends of the buckets after a cutoff in bins, from 0.
    activity : ndarray
        Purchases in each bin of the history.
    """

    bins_per_year: float
    cutoffs: Codes
    edges: Codes
    activity: Floats

    @property
    def buckets(self) -> int:
        """How many buckets follow each cutoff."""
        return len(self.edges) - 1

    @property
    def middles(self) -> Floats:
        """Middles of the buckets after a cutoff, in years."""
        return np.asarray((self.edges[1:] + self.edges[:-1]) / 2 / self.bins_per_year)

    def season_unseen(self) -> Floats:
        """Standard deviation of logs by a season that has not come again: one per cutoff."""
        return np.asarray(UNSEEN * np.exp(-self.cutoffs / self.bins_per_year / UNSEEN_YEARS))

    def unseen(self) -> Floats:
        """The same by how far one looks ahead: cutoffs by buckets."""
        return self.season_unseen()[:, None] * np.sqrt(np.minimum(self.middles / 0.5, 2.0))

    def closed(self, by: int) -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
        """Which buckets of which cutoffs are over at the end of a bin."""
        return np.asarray(self.cutoffs[:, None] + self.edges[None, 1:] <= by)


@dataclass(frozen=True)
class Level:
    """What to expect of the log of actual over expected.

    Attributes
    ----------
    mean : ndarray
        Per bucket ahead.
    covariance : ndarray
        Buckets by buckets.
    """

    mean: Floats
    covariance: Floats


class LevelModel:
    """Explains the errors of one series of predictions.

    Parameters
    ----------
    calendar : Calendar
        Where the cutoffs and buckets lie.
    errors : ndarray, cutoffs by buckets
        log(actual / expected); NaN where a bucket is not over.
    before : ndarray, cutoffs by buckets by bins
        Shares of the time whose level the predictions have.
    chance : ndarray
        Per bin of history and horizon: variance of the relative error by pure chance.
    """

    def __init__(self, calendar: Calendar, errors: Floats, before: Floats, chance: Floats) -> None:
        self._calendar = calendar
        self._errors = errors.ravel()
        bins = len(chance)
        time = np.arange(bins) / calendar.bins_per_year
        window = np.zeros((len(calendar.cutoffs), calendar.buckets, bins))
        for row, cutoff in enumerate(calendar.cutoffs):
            for column in range(calendar.buckets):
                begin, end = cutoff + calendar.edges[column : column + 2]
                window[row, column, begin:end] = 1 / (end - begin)
        flat = window.reshape(-1, bins)
        against = (window - before).reshape(-1, bins)
        apart = np.abs(time[:, None] - time[None, :])
        waves = np.exp(-2 * (np.sin(np.pi * apart) / SEASON_WIDTH) ** 2)
        lag = calendar.middles
        same_lag = np.exp(-np.abs(lag[:, None] - lag[None, :]) / LAG_YEARS)
        tilt = against @ time
        cutoffs = len(calendar.cutoffs)
        age = calendar.cutoffs / calendar.bins_per_year
        young = np.exp(-age / YOUNG_YEARS)[:, None] * np.sqrt(np.minimum(lag / 0.5, 2.0))
        at = np.repeat(age, calendar.buckets)
        near = np.exp(-np.abs(at[:, None] - at[None, :]) / ALIKE_YEARS)
        # in the order of SIZES
        self._parts = np.array(
            [
                np.tile(same_lag, (cutoffs, cutoffs)),
                np.outer(tilt, tilt),
                against @ waves @ against.T,
                against @ np.exp(-apart / WANDERING_YEARS) @ against.T,
                flat @ flat.T,
                np.outer(young, young) * near,
            ]
        )
        tried = list(product(*SIZES.values()))
        self._squares = np.array([[size**2 for size, _ in sizes] for sizes in tried])
        self._prior = np.array([np.sum(np.log([w for _, w in sizes])) for sizes in tried])
        self._chance = (flat * chance) @ flat.T + JITTER**2 * np.eye(len(flat))

    def expected(self, at: int) -> Level:
        """What the errors of buckets over by a cutoff say of those after it."""
        calendar = self._calendar
        over = calendar.closed(int(calendar.cutoffs[at])).ravel() & np.isfinite(self._errors)
        seen = np.flatnonzero(over)
        ahead = at * calendar.buckets + np.arange(calendar.buckets)
        errors = self._errors[seen]
        both = np.r_[ahead, seen]
        whole = np.einsum("hp,pij->hij", self._squares, self._parts[np.ix_(PARTS, both, both)])
        whole += self._chance[np.ix_(both, both)]
        split = len(ahead)
        means = np.zeros((len(whole), split))
        covariances = whole[:, :split, :split]
        logs = self._prior.copy()
        if len(seen):
            # with the errors scaled by the Cholesky factor, all that is asked is a product
            factor = np.linalg.cholesky(whole[:, split:, split:])
            sides = np.concatenate(
                [
                    np.broadcast_to(errors[:, None], (len(whole), len(seen), 1)),
                    whole[:, split:, :split],
                ],
                axis=2,
            )
            scaled = np.linalg.solve(factor, sides)
            told, across = scaled[:, :, :1], scaled[:, :, 1:]
            means = (across.transpose(0, 2, 1) @ told)[:, :, 0]
            covariances = covariances - across.transpose(0, 2, 1) @ across
            logs -= (told**2).sum(axis=(1, 2)) / 2
            logs -= np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
        weights = np.exp(logs - logs.max())
        weights /= weights.sum()
        centre = weights @ means
        off = means - centre
        spread = np.einsum("h,hij->ij", weights, covariances)
        return Level(centre, spread + np.einsum("h,hi,hj->ij", weights, off, off))


def inflation(errors: Floats, variances: Floats, weight: float) -> tuple[float, float]:
    """How much larger past errors were than foreseen, and the degrees of freedom of that.

    Overlapping tests tell less: each counts with its weight.
    """
    counted = np.isfinite(errors)
    squares = errors[counted] ** 2 / np.maximum(variances[counted], 1e-9)
    tests = weight * len(squares)
    prior = PRIOR_TESTS * PRIOR_SCALE**2
    scale = (prior + weight * float(squares.sum())) / (PRIOR_TESTS + tests)
    return float(np.sqrt(scale)), PRIOR_TESTS + tests
