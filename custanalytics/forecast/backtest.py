"""Every earlier cutoff as it would have been forecast then, beside what came."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from custanalytics.forecast.blending import Blend
from custanalytics.forecast.chance import CHANCES_OFF, PRIOR, Counts, counts_of, fitted_coefficients
from custanalytics.forecast.level import inflation
from custanalytics.forecast.plan import Plan
from custanalytics.forecast.sales import Names
from custanalytics.forecast.totals import Cutoff, LevelOutcome
from custanalytics.value_models.inputs import Codes, Floats

# a group's own error before any is seen, for how many groups that counts, and the least of it
APART, APART_TESTS, APART_LEAST = 0.10, 4.0, 0.03
# a group of fewer purchases tells little; one of a smaller share errs no further
FEW_PURCHASES, SMALLEST_SHARE = 20.0, 0.02
QUANTITIES = ("buyers", "purchases", "money")
COLUMNS = (
    "cutoff",
    "days",
    "quantity",
    "actual",
    "expected",
    "variance",
    "carried",
    "last_year",
    "longest",
)


@dataclass(frozen=True)
class Tested:
    """Customers of an earlier cutoff, one in so many of them: expected then, and what came.

    Attributes
    ----------
    cutoff : int
        Day, since 1970.
    one_in : int
        One customer in so many is looked at.
    customer : ndarray of int64
        Position in `Sales.customer_id`.
    spread : Counts
        How their numbers of purchases spread.
    expected, expected_money : ndarray, customers by ends of buckets
        Purchases and money up to each.
    purchases, money : ndarray, customers by ends of buckets
        What came.
    group : ndarray of int64
        Quarter of customers by days since the last purchase.
    """

    cutoff: int
    one_in: int
    customer: Codes
    spread: Counts
    expected: Floats
    expected_money: Floats
    purchases: Floats
    money: Floats
    group: Codes

    def table(self, names: Names, bucket: int, days: float) -> pd.DataFrame:
        """One row per customer, up to the end of a bucket."""
        expected = self.expected[:, bucket]
        return pd.DataFrame(
            {
                "cutoff": pd.Timestamp(0) + pd.Timedelta(days=self.cutoff),
                "days": days,
                "one_in": self.one_in,
                "customer_id": names[self.customer],
                "p_purchase": self.spread.chance(expected),
                "expected_purchases": expected,
                "expected_revenue": self.expected_money[:, bucket],
                "purchases": self.purchases[:, bucket],
                "revenue": self.money[:, bucket],
            }
        )


def learned_spread(plan: Plan, usable: list[Cutoff], blend: Blend) -> Floats:
    """Coefficients of how counts spread around what is expected, from who bought."""
    year, alive, matched, expected, bought = [], [], [], [], []
    days = plan.ends[1:]
    for c, r, held in zip(usable, blend.rows, blend.held, strict=True):
        whole = np.cumsum(held, axis=1)
        last = int(np.isfinite(whole).all(axis=0).sum()) if len(r) else 0
        if not last:
            continue
        seen = np.full(whole.shape, np.nan)
        seen[:, :last] = np.cumsum(c.purchases[r], axis=1)[:, :last] > 0
        year.append(whole[:, last - 1] / days[last - 1] * 365)
        alive.append(c.alive[r])
        matched.append(c.dispersion[r])
        expected.append(np.where(np.isfinite(whole), whole, 1.0))
        bought.append(seen)
    if not year:
        return PRIOR
    return fitted_coefficients(
        np.concatenate(year),
        np.concatenate(alive),
        np.concatenate(matched),
        np.vstack(expected),
        np.vstack(bought),
    )


def tested_customers(
    plan: Plan,
    cutoffs: list[Cutoff],
    blend: Blend,
    counts: LevelOutcome,
    revenue: LevelOutcome,
    coefficients: Floats,
) -> list[Tested]:
    """Customers of each earlier cutoff with something over, as far as all of it could be judged."""
    answer = []
    judged = [at for at, c in enumerate(cutoffs[:-1]) if c.over]
    for at, r, held, spend in zip(judged, blend.rows, blend.held, blend.held_spend, strict=True):
        c = cutoffs[at]
        end = int(np.isfinite(held[:, : c.over]).all(axis=0).sum()) if len(r) else 0
        if not end:
            continue
        sampled = len(r) / len(c.at)
        silence = c.at.T - c.at.recency
        by_bucket = held[:, :end] / held[:, :end].sum(axis=0)
        money = by_bucket * spend[:, None]
        money *= revenue.past[at, :end] / np.maximum(money.sum(axis=0), 1e-12)
        expected = np.cumsum(by_bucket * counts.past[at, :end], axis=1) * sampled
        year = expected[:, -1] / plan.ends[end] * 365
        answer.append(
            Tested(
                c.at.cutoff,
                blend.one_in,
                c.at.customer[r],
                counts_of(coefficients, year, c.alive[r], c.dispersion[r]),
                expected,
                np.cumsum(money, axis=1) * sampled,
                np.cumsum(c.purchases[r, :end], axis=1),
                np.cumsum(c.money[r, :end], axis=1),
                np.searchsorted(np.quantile(silence, [0.25, 0.5, 0.75]), silence[r]),
            )
        )
    return answer


def origins(
    plan: Plan,
    cutoffs: list[Cutoff],
    tested: list[Tested],
    counts: LevelOutcome,
    revenue: LevelOutcome,
) -> pd.DataFrame:
    """Totals of every earlier cutoff up to each end of a bucket that is over, by `QUANTITIES`."""
    by_cutoff = {one.cutoff: one for one in tested}
    a_year = round(365 / plan.unit)
    at_bin = plan.bins - np.round((plan.cutoffs[-1] - plan.cutoffs) / plan.unit).astype(np.int64)
    rows = []
    for at, c in enumerate(cutoffs[:-1]):
        before = np.flatnonzero(at_bin == at_bin[at] - a_year)
        last_year = cutoffs[int(before[0])] if len(before) else None
        for end in range(1, c.over + 1):
            days = float(plan.ends[end])
            shared = {"cutoff": c.at.cutoff, "days": days, "longest": end == c.over}
            for name, outcome, each in (("purchases", counts, 1.0), ("money", revenue, c.spend)):
                came = [
                    float((one.purchases if name == "purchases" else one.money)[:, :end].sum())
                    for one in (c, last_year)
                    if one is not None
                ]
                part = outcome.past[at, :end]
                rows.append(
                    {
                        **shared,
                        "quantity": name,
                        "actual": came[0],
                        "expected": float(part.sum()),
                        "variance": outcome.past_variance(at, end),
                        "carried": float((c.carried * each).sum() * days),
                        "last_year": came[1] if len(came) > 1 else np.nan,
                    }
                )
            one = by_cutoff.get(c.at.cutoff)
            if one is None or end > one.expected.shape[1]:
                continue
            bought = [
                float((before.purchases[:, :end].sum(axis=1) > 0).sum())
                for before in (c, last_year)
                if before is not None
            ]
            expected, sampled = one.expected[:, end - 1], len(one.expected) / len(c.at)
            p = one.spread.chance(expected)
            steep = float((one.spread.chance(expected * 1.01).sum() / p.sum() - 1) / 0.01)
            rows.append(
                {
                    **shared,
                    "quantity": "buyers",
                    "actual": bought[0],
                    "expected": float(p.sum() / sampled),
                    "variance": counts.past_variance(at, end) * steep**2
                    + CHANCES_OFF**2
                    + float((p * (1 - p)).sum() / p.sum() ** 2 * sampled),
                    "carried": float(-np.expm1(-c.carried * days).sum()),
                    "last_year": bought[1] if len(bought) > 1 else np.nan,
                }
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def scales(plan: Plan, table: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """How much larger each quantity's errors were than foreseen, and their degrees of freedom."""
    weight = float(np.clip(plan.stride / max(plan.edges[-1], 1), 0.05, 1.0))
    answer = {}
    for name in QUANTITIES:
        mine = table[(table["quantity"] == name) & (table["actual"] > 0) & table["longest"]]
        errors = np.log(mine["actual"].to_numpy() / mine["expected"].to_numpy())
        answer[name] = inflation(errors, mine["variance"].to_numpy(), weight)
    return answer


def apart(tested: list[Tested]) -> float:
    """How far a group errs beyond the whole and chance: as a standard deviation of its log.

    That of a group as large as the whole; `group_factor` says how much more a smaller one has.
    Quarters of customers by their silence show it at the longest span of each earlier cutoff.
    """
    excess, weight = APART**2 * APART_TESTS, APART_TESTS
    for one in tested:
        expected, came = one.expected[:, -1], one.purchases[:, -1]
        expected = expected * (came.sum() / expected.sum())
        sums, counts, chance = (
            np.bincount(one.group, values, 4)
            for values in (expected, came, one.spread.variance(expected))
        )
        sums = np.maximum(sums, 1e-9)
        beyond = ((counts - sums) ** 2 - chance) / sums**2 / group_factor(sums / sums.sum())
        told = sums / (sums + FEW_PURCHASES)
        excess += float(beyond @ told)
        weight += float(told.sum())
    return float(np.sqrt(max(excess / weight, APART_LEAST**2)))


def group_factor(share: Floats) -> Floats:
    """By how much more the variance of a group's own error is, the smaller its share."""
    return np.asarray(np.maximum(share, SMALLEST_SHARE) ** (-2 / 3))
