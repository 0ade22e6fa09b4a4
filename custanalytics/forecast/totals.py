"""Totals of all customers, by bucket: candidates as they are, and as their past errors say."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from custanalytics.forecast.level import Calendar, LevelModel
from custanalytics.forecast.snapshot import Snapshot
from custanalytics.forecast.year_before import growth_unseen, year_before
from custanalytics.sentences import noted
from custanalytics.value_models.inputs import Codes, Floats

# squared log error that a level candidate starts from, and for how many tests it counts
USUAL_SQUARE, USUAL_TESTS = 0.03, 3.0
LEVELS = (
    noted("Pareto/NBD, corrected"),
    noted("rates of classes at earlier cutoffs, corrected"),
    noted("the same days of a year before, corrected"),
    noted("Pareto/NBD"),
)
YEAR_BEFORE = 2
# classes whose rates a level is taken from: of silence (days up to), and of frequency up to 6
SILENCES = np.array([30, 91, 182, 365, 1_000_000])
CLASSES = 7 * len(SILENCES)
FEW_CUSTOMERS = 3.0


@dataclass(frozen=True)
class Cutoff:
    """A snapshot with what the candidates expect and, where over, what came.

    Attributes
    ----------
    at : Snapshot
        What was known.
    model : ndarray, customers by buckets
        Purchases that the purchase model expects.
    alive : ndarray
        Its probability that the customer has not left.
    dispersion : ndarray
        Log of the dispersion of its counts of those who have not left.
    carried : ndarray
        Purchases per day by the customer's own rate.
    spend : ndarray
        Spend expected of a purchase, currency units.
    purchases, money : ndarray, customers by the buckets that are over
        What came.
    over : int
        How many buckets are over.
    ends : ndarray
        Last day of each bucket.
    """

    at: Snapshot
    model: Floats
    alive: Floats
    dispersion: Floats
    carried: Floats
    spend: Floats
    purchases: Floats
    money: Floats
    over: int
    ends: Floats


@dataclass(frozen=True)
class LevelOutcome:
    """Totals of one quantity: expected per bucket now, and at every earlier cutoff.

    Attributes
    ----------
    log_total : ndarray
        Log of the expected total per bucket.
    covariance : ndarray
        Of the log errors, buckets by buckets.
    past : ndarray, cutoffs by buckets
        Totals as they would have been expected at earlier cutoffs.
    past_covariances : list of ndarray
        Theirs.
    weights : ndarray
        Of `LEVELS`.
    """

    log_total: Floats
    covariance: Floats
    past: Floats
    past_covariances: list[Floats]
    weights: Floats

    def past_variance(self, at: int, end: int) -> float:
        """Of the log error of an earlier cutoff's total, up to the end of a bucket."""
        share = self.past[at, :end] / self.past[at, :end].sum()
        return float(share @ self.past_covariances[at][:end, :end] @ share)


def class_totals(cutoffs: list[Cutoff], quantity: Literal["purchases", "money"]) -> Floats:
    """Totals at each cutoff, had each class of customers done as it did after earlier cutoffs.

    Classes are of frequency and silence; NaN where no earlier cutoff's bucket was over.
    """
    buckets = cutoffs[-1].model.shape[1]
    codes = [_classes(c.at) for c in cutoffs]
    sizes = np.array([np.bincount(code, minlength=CLASSES) for code in codes], np.float64)
    came = np.zeros((len(cutoffs), CLASSES, buckets))
    for row, c in enumerate(cutoffs):
        outcome = c.purchases if quantity == "purchases" else c.money
        for bucket in range(c.over):
            came[row, :, bucket] = np.bincount(codes[row], outcome[:, bucket], CLASSES)
    answer = np.full((len(cutoffs), buckets), np.nan)
    for row in range(len(cutoffs)):
        for bucket in range(buckets):
            known = closed_by(cutoffs, row, bucket)
            if not known:
                continue
            size, total = sizes[known].sum(axis=0), came[known, :, bucket].sum(axis=0)
            usual = total.sum() / size.sum()
            rate = (total + FEW_CUSTOMERS * usual) / (size + FEW_CUSTOMERS)
            answer[row, bucket] = sizes[row] @ rate
    return np.where(answer > 0, answer, np.nan)


def closed_by(cutoffs: list[Cutoff], row: int, bucket: int) -> list[int]:
    """The latest cutoffs whose bucket was over at another cutoff, as many as make up a year."""
    day = cutoffs[row].at.cutoff
    known = [
        other
        for other, c in enumerate(cutoffs)
        if bucket < c.over and c.ends[bucket] <= day and day - c.at.cutoff <= 2 * 365
    ]
    return [
        other for other in known if cutoffs[known[-1]].at.cutoff - cutoffs[other].at.cutoff < 365
    ]


def _classes(at: Snapshot) -> Codes:
    silence = np.searchsorted(SILENCES, at.T - at.recency)
    return np.asarray(
        np.minimum(at.frequency, 6).astype(np.int64) * len(SILENCES)
        + np.minimum(silence, len(SILENCES) - 1)
    )


def levels_of(cutoffs: list[Cutoff], calendar: Calendar) -> list[Floats]:
    """What time each candidate's level is that of: cutoffs by buckets by bins, for each."""
    bins = len(calendar.activity) + int(calendar.edges[-1])
    shape = len(cutoffs), calendar.buckets, bins
    of_model, of_classes = np.zeros(shape), np.zeros(shape)
    for row, end in enumerate(calendar.cutoffs):
        past = calendar.activity[:end]
        of_model[row, :, :end] = past / max(past.sum(), 1e-12)
        for bucket in range(calendar.buckets):
            for other in closed_by(cutoffs, row, bucket):
                begin, until = calendar.cutoffs[other] + calendar.edges[bucket : bucket + 2]
                of_classes[row, bucket, begin:until] += 1
    of_classes /= np.maximum(of_classes.sum(axis=2, keepdims=True), 1)
    return [of_model, of_classes, year_before(calendar)]


def level_outcome(
    calendar: Calendar,
    bases: list[Floats],
    before: list[Floats],
    actual: Floats,
    by_chance: Floats,
) -> LevelOutcome:
    """Correct each candidate's level by its own past errors; average them and the first as it is.

    A correction is not always for the better: the less the past errors tell, the more the
    purchase model's own level counts. The year before has the season in it and lacks the growth,
    the others the other way round: each counts the more, the less it can't know.
    """
    usable = np.where(actual > 0, actual, np.nan)
    last = len(actual) - 1
    shape = len(LEVELS), last + 1, calendar.buckets
    logs, covariances = np.full(shape, np.nan), np.zeros((*shape, calendar.buckets))
    for j, (base, then) in enumerate(zip(bases, before, strict=True)):
        model = LevelModel(calendar, np.log(usable / base), then, by_chance)
        for at in range(last + 1):
            level = model.expected(at)
            logs[j, at], covariances[j, at] = np.log(base[at]) + level.mean, level.covariance
    logs[-1], covariances[-1] = np.log(bases[0]), covariances[0]
    squares = (np.log(usable)[None] - logs) ** 2
    others = np.array([j for j in range(len(LEVELS)) if j != YEAR_BEFORE])
    both = np.isfinite(squares[others]).all(axis=0)
    usual = np.array(
        [
            _mean_square(squares[j], np.isfinite(squares[j]) if j == YEAR_BEFORE else both)
            for j in range(len(LEVELS))
        ]
    )
    there = np.isfinite(logs) / usual[:, None, None]
    there[others] /= there[others].sum(axis=0)
    unseen, growth = calendar.unseen(), growth_unseen(calendar)[:, None]
    # who knows a year may stand at the end of its season
    known_year = np.isfinite(logs[YEAR_BEFORE])
    unseen = np.maximum(unseen, known_year * calendar.season_unseen()[:, None])
    season_off = 1 / (1 / usual[others]).sum() + unseen**2
    year_counts = np.where(
        known_year,
        season_off / (season_off + usual[YEAR_BEFORE] + growth**2),
        0.0,
    )
    there[others] *= 1 - year_counts
    there[YEAR_BEFORE] = year_counts
    mixed = (there * np.nan_to_num(logs)).sum(axis=0)
    spread = np.einsum("jc,jckl->ckl", there.mean(axis=2), covariances)
    for off in ((1 - year_counts) * unseen, year_counts * growth):
        spread = spread + off[:, :, None] * off[:, None, :]
    weights = there[:, -1].mean(axis=1)
    return LevelOutcome(mixed[-1], spread[-1], np.exp(mixed[:-1]), list(spread[:-1]), weights)


def _mean_square(
    squares: Floats, tested: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]"
) -> float:
    """Mean square of a candidate's log errors, drawn towards the usual one."""
    tests = float(tested.sum()) / squares.shape[1]
    errors = float(squares[tested].sum()) / squares.shape[1]
    return float((USUAL_SQUARE * USUAL_TESTS + errors) / (USUAL_TESTS + tests))
