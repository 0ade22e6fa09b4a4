"""Brings the parts of a forecast together: cutoffs, purchase models, ranking, level, chance."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from custanalytics.forecast.chance import CHANCES_OFF, PRIOR, Counts, counts_of, fitted_coefficients
from custanalytics.forecast.level import Calendar, inflation
from custanalytics.forecast.plan import Plan
from custanalytics.forecast.purchase_rates import (
    carried_rate,
    cells_of,
    fitted_model,
    model_purchases,
    rows_at,
)
from custanalytics.forecast.ranking import Learned, mixture_weights
from custanalytics.forecast.sales import Sales
from custanalytics.forecast.snapshot import Snapshot, outcomes, snapshot
from custanalytics.forecast.spend import SpendModel, shrunk_spend
from custanalytics.forecast.totals import (
    Cutoff,
    LevelOutcome,
    class_totals,
    level_outcome,
    levels_of,
)
from custanalytics.value_models.inputs import Codes, Floats
from custanalytics.value_models.pareto_nbd import ParetoNBD

# customers of all cutoffs together that the ranking is learned from
MOST_ROWS = 20_000
CANDIDATES = ("Pareto/NBD", "own rate carried forward", "Poisson regression", "boosted trees")
LEVELS = ("Pareto/NBD", "rates of classes at earlier cutoffs")
# a bucket's longest span for which one ranking does
NEAR_DAYS = 125.0


@dataclass(frozen=True)
class Fitted:
    """Everything a `Forecast` answers from, per customer and bucket."""

    now: Snapshot
    model: ParetoNBD
    alive: Floats
    purchases: Floats
    money: Floats
    spread: Counts
    variation: float
    counts: LevelOutcome
    revenue: LevelOutcome
    blend: Floats
    origins: pd.DataFrame
    scale: dict[str, tuple[float, float]]


def learn(sales: Sales, plan: Plan, seed: int) -> Fitted:
    """Fit at every cutoff, and put together what is expected from now on."""
    ends = plan.ends[1:]
    cutoffs: list[Cutoff] = []
    start: Floats | None = None
    for day in plan.cutoffs:
        at = snapshot(sales, int(day), int(min(plan.horizon, 182)))
        cells = cells_of(at.frequency, at.recency, at.T)
        model = fitted_model(cells, start)
        start = model.point
        if day == plan.cutoffs[-1]:
            expected, alive = model_purchases(model, rows_at(at), ends)
        else:
            by_cell, alive_cell = model_purchases(model, cells.rows, ends)
            expected, alive = by_cell[cells.code], alive_cell[cells.code]
        rows = cells.rows
        rate = carried_rate(rows.frequency, rows.T, rows.weights)[cells.code]
        over = int(np.searchsorted(ends, sales.last - day + 0.5))
        done = outcomes(sales, at, plan.ends[: over + 1])
        spend, variation = shrunk_spend(at)
        cutoffs.append(Cutoff(at, expected, alive, rate, spend, *done, over, day + ends))
    calendar = _calendar(sales, plan)
    bases = [
        [np.array([c.model.sum(axis=0) for c in cutoffs]), class_totals(cutoffs, "purchases")],
        [np.array([c.spend @ c.model for c in cutoffs]), class_totals(cutoffs, "money")],
    ]
    before = levels_of(cutoffs, calendar)
    actual = [_actual([getattr(c, name) for c in cutoffs], plan) for name in ("purchases", "money")]
    chance_of = [_chance(sales, plan, money) for money in (False, True)]
    counts, revenue = (
        level_outcome(calendar, base, before, seen, by_chance)
        for base, seen, by_chance in zip(bases, actual, chance_of, strict=True)
    )
    return _together(plan, cutoffs, model, variation, counts, revenue, actual, seed)


def _calendar(sales: Sales, plan: Plan) -> Calendar:
    bought = sales.seen_on(sales.last)
    back = np.floor((sales.last - bought.day) / plan.unit).astype(np.int64)
    inside = back < plan.bins
    activity = np.bincount(back[inside], minlength=plan.bins)[::-1].astype(np.float64)
    at = plan.bins - np.round((plan.cutoffs[-1] - plan.cutoffs) / plan.unit).astype(np.int64)
    return Calendar(365 / plan.unit, at, plan.edges, activity)


def _chance(sales: Sales, plan: Plan, money: bool) -> Floats:
    """Variance of the relative error of each bin's total by chance: few large ones say little."""
    bought = sales.seen_on(sales.last)
    back = np.floor((sales.last - bought.day) / plan.unit).astype(np.int64)
    inside = back < plan.bins
    size = np.maximum(bought.amount, 0.0) if money else np.ones(len(back))
    who = bought.customer[inside] * plan.bins + back[inside]
    _, code = np.unique(who, return_inverse=True)
    each = np.bincount(code, size[inside])
    at = np.zeros(len(each), dtype=np.int64)
    at[code] = back[inside]
    total = np.bincount(at, each, plan.bins)
    squares = np.bincount(at, each**2, plan.bins)
    relative = squares / np.maximum(total, 1e-12) ** 2
    usual = float(np.median(relative[total > 0])) if (total > 0).any() else 1.0
    past = np.where(total > 0, relative, usual)[::-1]
    return np.asarray(np.r_[np.minimum(past, 1.0), np.full(int(plan.edges[-1]), min(usual, 1.0))])


def _actual(outcome: list[Floats], plan: Plan) -> Floats:
    totals = np.full((len(outcome), len(plan.edges) - 1), np.nan)
    for row, done in enumerate(outcome):
        totals[row, : done.shape[1]] = done.sum(axis=0)
    return totals


def _spans(plan: Plan) -> list[tuple[int, int]]:
    """Buckets from and to of the spans with a ranking of their own: near, and the rest."""
    near = max(int(np.searchsorted(plan.ends, NEAR_DAYS, side="right")) - 1, 1)
    buckets = len(plan.edges) - 1
    return [(0, buckets)] if near >= buckets else [(0, near), (near, buckets)]


def _together(
    plan: Plan,
    cutoffs: list[Cutoff],
    model: ParetoNBD,
    variation: float,
    counts: LevelOutcome,
    revenue: LevelOutcome,
    actual: list[Floats],
    seed: int,
) -> Fitted:
    now = cutoffs[-1]
    usable = [c for c in cutoffs[:-1] if c.over]
    one_in = max(1, -(-sum(len(c.at) for c in usable) // MOST_ROWS))
    rows = [np.flatnonzero(c.at.customer % one_in == 0) for c in usable]
    inputs_now = _inputs(now)
    lengths = np.diff(plan.ends)
    blended = now.model.copy()
    blend = np.full((2, len(CANDIDATES)), np.nan)
    held: list[Floats] = [np.full((len(r), len(lengths)), np.nan) for r in rows]
    for number, (begin, end) in enumerate(_spans(plan)):
        length = float(lengths[begin:end].sum())
        fit_for = [i for i, c in enumerate(usable) if c.over >= end]
        plain_now = np.column_stack([now.model[:, begin:end].sum(axis=1), now.carried * length])
        tables, targets, features, halves, weight, levels, shares = [], [], [], [], [], [], []
        for i in fit_for:
            c, r = usable[i], rows[i]
            bought = c.purchases[r, begin:end].sum(axis=1)
            total = c.purchases[:, begin:end].sum()
            expected = c.model[:, begin:end].sum(axis=1)
            if total <= 0:
                continue
            level = total / expected.sum()
            carried = c.carried * (total / c.carried.sum())
            tables.append(np.column_stack([expected[r] * level, carried[r]]))
            targets.append(bought)
            features.append(_inputs(c)[r])
            halves.append((c.at.customer[r] // one_in) % 2)
            age = (now.at.cutoff - c.at.cutoff) / 365
            weight.append(np.full(len(r), 0.5**age))
            levels.append(np.full(len(r), level))
            shares.append(np.full(len(r), i))
        if not tables or sum(t.sum() for t in targets) < 50:
            weights = np.array([0.5, 0.5])
            blend[number, :2] = weights
            mixed = (plain_now / plain_now.sum(axis=0)) @ weights
        else:
            plain, y = np.vstack(tables), np.concatenate(targets)
            X, half, w = np.vstack(features), np.concatenate(halves), np.concatenate(weight)
            origin = np.concatenate(shares)
            level = np.concatenate(levels)
            learned = np.zeros((len(y), 2))
            learned_now = np.zeros((len(now.at), 2))
            for one in (0, 1):
                mine = half == one
                fitted = Learned.fitted(X[mine], y[mine] / level[mine], w[mine] * level[mine], seed)
                learned[~mine] = fitted.predicted(X[~mine])
                learned_now += fitted.predicted(inputs_now) / 2
            for i in np.unique(origin):
                at = origin == i
                learned[at] *= plain[at, :1].sum() / np.maximum(learned[at].sum(axis=0), 1e-12)
            every = np.hstack([plain, learned])
            weights = mixture_weights(every, y)
            blend[number] = weights
            combined = every @ weights
            for i in np.unique(origin):
                at = origin == i
                inner = usable[i].model[rows[i], begin:end]
                share = inner / np.maximum(inner.sum(axis=1, keepdims=True), 1e-12)
                held[i][:, begin:end] = combined[at][:, None] * share
            every_now = np.hstack([plain_now, learned_now])
            mixed = (every_now / every_now.sum(axis=0)) @ weights
        inner = now.model[:, begin:end]
        share = inner / np.maximum(inner.sum(axis=1, keepdims=True), 1e-12)
        blended[:, begin:end] = mixed[:, None] * share
    totals = np.exp(counts.log_total)
    purchases = blended / blended.sum(axis=0) * totals
    # chance
    spread, coefficients = _spread(plan, usable, rows, held, purchases, now)
    # money
    spend = _spend(usable, rows, now)
    money = purchases * spend[:, None]
    money = money / np.maximum(money.sum(axis=0), 1e-12) * np.exp(revenue.log_total)
    origins, scale = _origins(
        plan, cutoffs, rows, usable, held, counts, revenue, actual, coefficients
    )
    return Fitted(
        now.at,
        model,
        now.alive,
        purchases,
        money,
        spread,
        variation,
        counts,
        revenue,
        blend,
        origins,
        scale,
    )


def _inputs(c: Cutoff) -> Floats:
    """Features of the ranking: what is known, and what the purchase models make of it."""
    year = np.log(c.model.sum(axis=1) + 1e-3)
    alive = np.log((c.alive + 1e-3) / (1 - c.alive + 1e-3))
    return np.column_stack([c.at.features, year, np.log(c.carried + 1e-5), alive])


def _spread(
    plan: Plan,
    usable: list[Cutoff],
    rows: list[Codes],
    held: list[Floats],
    purchases: Floats,
    now: Cutoff,
) -> tuple[Counts, Floats]:
    """How counts spread around what is expected, learned from who bought after cutoffs."""
    year, alive, expected, bought = [], [], [], []
    days = plan.ends[1:]
    for c, r, h in zip(usable, rows, held, strict=True):
        whole = np.cumsum(h, axis=1)
        last = int(np.isfinite(whole).all(axis=0).sum()) if len(r) else 0
        if not last:
            continue
        seen = np.full(whole.shape, np.nan)
        seen[:, :last] = np.cumsum(c.purchases[r], axis=1)[:, :last] > 0
        year.append(whole[:, last - 1] / days[last - 1] * 365)
        alive.append(c.alive[r])
        expected.append(np.where(np.isfinite(whole), whole, 1.0))
        bought.append(seen)
    now_year = purchases.sum(axis=1) / days[-1] * 365
    coefficients = PRIOR
    if year:
        coefficients = fitted_coefficients(
            np.concatenate(year), np.concatenate(alive), np.vstack(expected), np.vstack(bought)
        )
    return counts_of(coefficients, now_year, now.alive), coefficients


def _spend(usable: list[Cutoff], rows: list[Codes], now: Cutoff) -> Floats:
    """Spend per purchase: the shrunk mean, averaged with what purchases after cutoffs teach."""
    X, y, n = [], [], []
    for c, r in zip(usable, rows, strict=True):
        bought = c.purchases[r].sum(axis=1)
        some = bought > 0
        X.append(_spend_inputs(c)[r][some])
        y.append(c.money[r].sum(axis=1)[some] / bought[some] / c.at.unit)
        n.append(bought[some])
    shrunk = now.spend / now.at.unit
    if not X or sum(len(one) for one in y) < 100:
        return np.asarray(shrunk * now.at.unit)
    fitted = SpendModel.fitted(np.vstack(X), np.concatenate(y), np.concatenate(n))
    learned = fitted.predicted(_spend_inputs(now))
    learned *= shrunk.mean() / max(learned.mean(), 1e-12)
    return np.asarray((shrunk + learned) / 2 * now.at.unit)


def _spend_inputs(c: Cutoff) -> Floats:
    return np.column_stack([np.log(c.spend / c.at.unit + 0.02), c.at.features])


def _origins(
    plan: Plan,
    cutoffs: list[Cutoff],
    rows: list[Codes],
    usable: list[Cutoff],
    held: list[Floats],
    counts: LevelOutcome,
    revenue: LevelOutcome,
    actual: list[Floats],
    coefficients: Floats,
) -> tuple[pd.DataFrame, dict[str, tuple[float, float]]]:
    """Every earlier cutoff: totals as expected then, beside what came."""
    table = []
    days = plan.ends[1:]
    for at, c in enumerate(cutoffs[:-1]):
        if not c.over:
            continue
        i = next(k for k, one in enumerate(usable) if one is c)
        end = c.over
        share = counts.past[at, :end] / counts.past[at, :end].sum()
        for name, outcome, seen in (
            ("purchases", counts, actual[0]),
            ("money", revenue, actual[1]),
        ):
            part = outcome.past[at, :end]
            share = part / part.sum()
            table.append(
                {
                    "cutoff": c.at.cutoff,
                    "days": days[end - 1],
                    "quantity": name,
                    "actual": seen[at, :end].sum(),
                    "expected": part.sum(),
                    "variance": share @ outcome.past_covariances[at][:end, :end] @ share,
                }
            )
        h = held[i][:, :end]
        if np.isfinite(h).all() and len(h):
            scaled = h / h.sum(axis=0) * counts.past[at, :end] * (len(h) / len(c.at))
            whole = scaled.sum(axis=1)
            spread = counts_of(coefficients, whole / days[end - 1] * 365, c.alive[rows[i]])
            ratio = len(c.at) / len(h)
            bought = float((c.purchases[:, :end].sum(axis=1) > 0).sum())
            p = spread.chance(whole)
            steep = float((spread.chance(whole * 1.01).sum() - p.sum()) / p.sum() / 0.01)
            part = counts.past[at, :end]
            share = part / part.sum()
            table.append(
                {
                    "cutoff": c.at.cutoff,
                    "days": days[end - 1],
                    "quantity": "buyers",
                    "actual": bought,
                    "expected": float(p.sum() * ratio),
                    "variance": (share @ counts.past_covariances[at][:end, :end] @ share) * steep**2
                    + CHANCES_OFF**2
                    + float((p * (1 - p)).sum() / p.sum() ** 2 / ratio),
                }
            )
    frame = pd.DataFrame(
        table, columns=["cutoff", "days", "quantity", "actual", "expected", "variance"]
    )
    scale = {}
    for name in ("buyers", "purchases", "money"):
        mine = frame[(frame["quantity"] == name) & (frame["actual"] > 0)]
        errors = np.log(mine["actual"].to_numpy() / mine["expected"].to_numpy())
        weight = float(np.clip(plan.stride / max(plan.edges[-1], 1), 0.05, 1.0))
        scale[name] = inflation(errors, mine["variance"].to_numpy(), weight)
    return frame, scale
