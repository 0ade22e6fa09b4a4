"""Each customer's part of what all buy: candidates blended as earlier cutoffs bear them out.

Every cutoff's own level is taken out, so that only who buys more than whom is learned. Customers
are learned in two halves apart: at earlier cutoffs each is judged by what the other half taught.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from custanalytics.forecast.plan import Plan
from custanalytics.forecast.ranking import Learned, mixture_weights
from custanalytics.forecast.spend import SpendModel
from custanalytics.forecast.totals import Cutoff
from custanalytics.sentences import noted
from custanalytics.value_models.inputs import Codes, Floats

# customers of all cutoffs together that the ranking is learned from
MOST_ROWS = 20_000
CANDIDATES = (
    noted("Pareto/NBD"),
    noted("own rate carried forward, fading with silence"),
    noted("Poisson regression"),
    noted("boosted trees"),
)
# a bucket's longest span for which one ranking does
NEAR_DAYS = 125.0
# customers' own rates fade by how many purchases they have missed: ends of its classes
MISSED = np.array([0.25, 0.5, 1.0, 2.0, 4.0, 8.0])
# a class's fading is the purchase model's until about so many purchases have told otherwise
FADING_PURCHASES = 20.0
# fewer purchases, or purchases' spends, than so many teach nothing
FEWEST_PURCHASES, FEWEST_SPENDS = 50, 100


@dataclass(frozen=True)
class Blend:
    """What customers are expected to do, in parts of the whole.

    Attributes
    ----------
    purchases : ndarray, customers by buckets
        Expected from now on; only parts of a bucket's sum mean anything.
    spend : ndarray
        Spend per purchase, currency units.
    weights : ndarray, spans by `CANDIDATES`
        NaN where a candidate had nothing to learn from.
    one_in : int
        At earlier cutoffs one customer in so many was looked at,
    rows : list of ndarray
        which of them,
    held : list of ndarray, those customers by buckets
        what the other half made of them (NaN: nothing was over to learn from),
    held_spend : list of ndarray
        and their spend per purchase.
    """

    purchases: Floats
    spend: Floats
    weights: Floats
    one_in: int
    rows: list[Codes]
    held: list[Floats]
    held_spend: list[Floats]


def blended(plan: Plan, usable: list[Cutoff], now: Cutoff, seed: int) -> Blend:
    """Blend the candidates for each span of time, and the spends."""
    one_in = max(1, -(-sum(len(c.at) for c in usable) // MOST_ROWS))
    rows = [np.flatnonzero(c.at.customer % one_in == 0) for c in usable]
    halves = [(c.at.customer[r] // one_in) % 2 for c, r in zip(usable, rows, strict=True)]
    purchases = now.model.copy()
    weights = np.full((2, len(CANDIDATES)), np.nan)
    held = [np.full((len(r), now.model.shape[1]), np.nan) for r in rows]
    for number, (begin, end) in enumerate(_spans(plan)):
        share = _inner(now.model[:, begin:end])
        told = [
            i for i, c in enumerate(usable) if c.over >= end and c.purchases[:, begin:end].any()
        ]
        picked = [(usable[i], rows[i], halves[i]) for i in told]
        whole, weights[number], combined = _span(picked, now, begin, end, seed)
        purchases[:, begin:end] = whole[:, None] * share
        for i, values in zip(told, combined, strict=bool(combined)):
            held[i][:, begin:end] = values[:, None] * _inner(usable[i].model[rows[i], begin:end])
    spend, held_spend = _spends(usable, rows, halves, now)
    return Blend(purchases, spend, weights, one_in, rows, held, held_spend)


def _spans(plan: Plan) -> list[tuple[int, int]]:
    """Buckets from and to of the spans with a ranking of their own: near, and the rest."""
    near = max(int(np.searchsorted(plan.ends, NEAR_DAYS, side="right")) - 1, 1)
    buckets = len(plan.edges) - 1
    return [(0, buckets)] if near >= buckets else [(0, near), (near, buckets)]


def _inner(model: Floats) -> Floats:
    """How a span's purchases fall on its buckets, by the purchase model."""
    return np.asarray(model / np.maximum(model.sum(axis=1, keepdims=True), 1e-12))


def _span(
    picked: list[tuple[Cutoff, Codes, Codes]],
    now: Cutoff,
    begin: int,
    end: int,
    seed: int,
) -> tuple[Floats, Floats, list[Floats]]:
    """Blend over one span: what is expected now, weights, and each earlier cutoff's as judged."""
    weights = np.full(len(CANDIDATES), np.nan)
    if sum(c.purchases[r, begin:end].sum() for c, r, _ in picked) < FEWEST_PURCHASES:
        plain_now = _plain(now, _fading([], now, begin, end), begin, end)
        weights[:2] = mixture_weights(plain_now, np.zeros(len(plain_now)))
        return (plain_now / plain_now.sum(axis=0)) @ weights[:2], weights, []
    fading = _fading([c for c, _, _ in picked], now, begin, end)
    plain_now = _plain(now, fading, begin, end)
    tables, levels = [], []
    for c, r, _ in picked:
        total = c.purchases[:, begin:end].sum()
        both = _plain(c, fading, begin, end)
        tables.append((both * (total / both.sum(axis=0)))[r])
        levels.append(np.full(len(r), total / both[:, 0].sum()))
    plain, level = np.vstack(tables), np.concatenate(levels)
    y = np.concatenate([c.purchases[r, begin:end].sum(axis=1) for c, r, _ in picked])
    X = np.vstack([_inputs(c)[r] for c, r, _ in picked])
    half = np.concatenate([one for _, _, one in picked])
    age = np.concatenate(
        [np.full(len(r), (now.at.cutoff - c.at.cutoff) / 365) for c, r, _ in picked]
    )
    learned, learned_now = np.zeros((len(y), 2)), np.zeros((len(now.at), 2))
    for one in (0, 1):
        mine = half == one
        fitted = Learned.fitted(X[mine], y[mine] / level[mine], (0.5**age * level)[mine], seed)
        learned[~mine] = fitted.predicted(X[~mine])
        learned_now += fitted.predicted(_inputs(now)) / 2
    parts = np.cumsum([0, *(len(r) for _, r, _ in picked)])
    for since, until in pairwise(parts):
        sums = np.maximum(learned[since:until].sum(axis=0), 1e-12)
        learned[since:until] *= plain[since:until, :1].sum() / sums
    every = np.hstack([plain, learned])
    weights = mixture_weights(every, y)
    every_now = np.hstack([plain_now, learned_now])
    combined = np.split(every @ weights, parts[1:-1])
    return (every_now / every_now.sum(axis=0)) @ weights, weights, combined


def _plain(at: Cutoff, fading: Floats, begin: int, end: int) -> Floats:
    """What the candidates that learn nothing from features expect: customers by 2."""
    return np.column_stack([at.model[:, begin:end].sum(axis=1), at.carried * fading[_missed(at)]])


def _fading(earlier: list[Cutoff], now: Cutoff, begin: int, end: int) -> Floats:
    """What becomes of own rates, by class of purchases missed, as earlier cutoffs bear out."""
    classes = len(MISSED) + 1
    came, modelled, carried = np.zeros(classes), np.zeros(classes), np.zeros(classes)
    for c in earlier or [now]:
        missed = _missed(c)
        model = np.bincount(missed, c.model[:, begin:end].sum(axis=1), classes)
        if earlier:
            bought = np.bincount(missed, c.purchases[:, begin:end].sum(axis=1), classes)
            came += bought
            model *= bought.sum() / max(float(model.sum()), 1e-12)
        modelled += model
        carried += np.bincount(missed, c.carried, classes)
    trust = modelled / (modelled + FADING_PURCHASES) if earlier else np.zeros(classes)
    fading = (trust * came + (1 - trust) * modelled) / np.maximum(carried, 1e-12)
    return np.asarray(np.maximum(fading, 1e-6))


def _missed(c: Cutoff) -> Codes:
    return np.asarray(np.searchsorted(MISSED, c.carried * (c.at.T - c.at.recency)))


def _inputs(c: Cutoff) -> Floats:
    """Features of the ranking: what is known, and what the purchase models make of it."""
    year = np.log(c.model.sum(axis=1) + 1e-3)
    alive = np.log((c.alive + 1e-3) / (1 - c.alive + 1e-3))
    return np.column_stack([c.at.features, year, np.log(c.carried + 1e-5), alive])


def _spends(
    usable: list[Cutoff], rows: list[Codes], halves: list[Codes], now: Cutoff
) -> tuple[Floats, list[Floats]]:
    """Spend per purchase: the shrunk mean, averaged with what purchases after cutoffs teach."""
    held = [c.spend[r].copy() for c, r in zip(usable, rows, strict=True)]
    X, y, n, half = [], [], [], []
    for c, r, one in zip(usable, rows, halves, strict=True):
        bought = c.purchases[r].sum(axis=1)
        some = bought > 0
        X.append(_spend_inputs(c)[r][some])
        y.append(c.money[r].sum(axis=1)[some] / bought[some] / c.at.unit)
        n.append(bought[some])
        half.append(one[some])
    spend = now.spend.copy()
    if sum(len(one) for one in y) < FEWEST_SPENDS:
        return spend, held
    every = [np.concatenate(part) for part in (X, y, n, half)]
    for taught in (0, 1):
        mine = every[3] == taught
        fitted = SpendModel.fitted(*(part[mine] for part in every[:3]))
        spend += _levelled(fitted, now, np.arange(len(now.at))) / 2
        for c, r, of, into in zip(usable, rows, halves, held, strict=True):
            other = of != taught
            into[other] = (into[other] + _levelled(fitted, c, r[other])) / 2
    return spend / 2, held


def _levelled(fitted: SpendModel, c: Cutoff, rows: Codes) -> Floats:
    """What is learned, at the level of the shrunk means."""
    if not len(rows):
        return np.zeros(0)
    learned = fitted.predicted(_spend_inputs(c)[rows])
    return np.asarray(learned * (c.spend[rows].mean() / max(float(learned.mean()), 1e-12)))


def _spend_inputs(c: Cutoff) -> Floats:
    return np.column_stack([np.log(c.spend / c.at.unit + 0.02), c.at.features])
