"""Brings the parts of a forecast together: cutoffs, purchase models, ranking, level, chance."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from custanalytics.forecast.backtest import (
    Tested,
    apart,
    learned_spread,
    origins,
    scales,
    tested_customers,
)
from custanalytics.forecast.blending import blended
from custanalytics.forecast.chance import Counts, counts_of
from custanalytics.forecast.level import Calendar
from custanalytics.forecast.plan import Plan
from custanalytics.forecast.purchase_rates import (
    carried_rate,
    cells_of,
    fitted_model,
    model_purchases,
    rows_at,
)
from custanalytics.forecast.sales import Names, Sales
from custanalytics.forecast.snapshot import Snapshot, outcomes, snapshot
from custanalytics.forecast.spend import shrunk_spend
from custanalytics.forecast.totals import (
    Cutoff,
    LevelOutcome,
    class_totals,
    level_outcome,
    levels_of,
)
from custanalytics.forecast.year_before import year_before_totals
from custanalytics.value_models.inputs import Floats
from custanalytics.value_models.pareto_nbd import ParetoNBD


@dataclass(frozen=True)
class Fitted:
    """Everything a `Forecast` answers from, per customer and bucket."""

    names: Names
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
    tested: list[Tested]
    apart: float


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
            told = model_purchases(model, rows_at(at), ends)
        else:
            expected, alive, dispersion = model_purchases(model, cells.rows, ends)
            told = expected[cells.code], alive[cells.code], dispersion[cells.code]
        rows = cells.rows
        rate = carried_rate(rows.frequency, rows.T, rows.weights)[cells.code]
        over = int(np.searchsorted(ends, sales.last - day + 0.5))
        done = outcomes(sales, at, plan.ends[: over + 1])
        spend, variation = shrunk_spend(at)
        cutoffs.append(Cutoff(at, *told, rate, spend, *done, over, day + ends))
    calendar = _calendar(sales, plan)
    bases = [
        [np.array([c.model.sum(axis=0) for c in cutoffs]), class_totals(cutoffs, "purchases")],
        [np.array([c.spend @ c.model for c in cutoffs]), class_totals(cutoffs, "money")],
    ]
    before = levels_of(cutoffs, calendar)
    actual = [_actual([getattr(c, name) for c in cutoffs], plan) for name in ("purchases", "money")]
    sold = _sold(sales, plan)
    for base, seen, total in zip(bases, actual, sold[1:], strict=True):
        base.append(year_before_totals(total, sold[0], calendar, seen))
    chance_of = [_chance(sales, plan, money) for money in (False, True)]
    counts, revenue = (
        level_outcome(calendar, base, before, seen, by_chance)
        for base, seen, by_chance in zip(bases, actual, chance_of, strict=True)
    )
    usable = [c for c in cutoffs[:-1] if c.over]
    now = cutoffs[-1]
    blend = blended(plan, usable, now, seed)
    purchases = blend.purchases / blend.purchases.sum(axis=0) * np.exp(counts.log_total)
    money = purchases * blend.spend[:, None]
    money = money / np.maximum(money.sum(axis=0), 1e-12) * np.exp(revenue.log_total)
    coefficients = learned_spread(plan, usable, blend)
    tested = tested_customers(plan, cutoffs, blend, counts, revenue, coefficients)
    table = origins(plan, cutoffs, tested, counts, revenue)
    year = purchases.sum(axis=1) / ends[-1] * 365
    return Fitted(
        sales.customer_id,
        now.at,
        model,
        now.alive,
        purchases,
        money,
        counts_of(coefficients, year, now.alive, now.dispersion),
        variation,
        counts,
        revenue,
        blend.weights,
        table,
        scales(plan, table),
        tested,
        apart(tested),
    )


def _calendar(sales: Sales, plan: Plan) -> Calendar:
    bought = sales.seen_on(sales.last)
    back = np.floor((sales.last - bought.day) / plan.unit).astype(np.int64)
    inside = back < plan.bins
    activity = np.bincount(back[inside], minlength=plan.bins)[::-1].astype(np.float64)
    at = plan.bins - np.round((plan.cutoffs[-1] - plan.cutoffs) / plan.unit).astype(np.int64)
    return Calendar(365 / plan.unit, at, plan.edges, activity)


def _sold(sales: Sales, plan: Plan) -> list[Floats]:
    """First purchases, purchases and money of everybody in each bin of the history."""
    bought = sales.seen_on(sales.last)
    bins = plan.bins - 1 - np.floor((sales.last - bought.day) / plan.unit).astype(np.int64)
    inside = bins >= 0
    first = np.r_[True, bought.customer[1:] != bought.customer[:-1]]
    weights = (first, np.ones(len(bins)), np.maximum(bought.amount, 0.0))
    return [np.bincount(bins[inside], each[inside], plan.bins).astype(float) for each in weights]


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
