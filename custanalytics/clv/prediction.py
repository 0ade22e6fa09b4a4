"""The predictions of one candidate: per customer, for any group of customers, and in total."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from custanalytics.clv import total_intervals as totals
from custanalytics.clv.intervals import draws_for, mixture_quantile, sharing
from custanalytics.clv.rivals import RuleOfThumb
from custanalytics.clv.validation import Candidate, Spend, expected_by_month
from custanalytics.value_models.inputs import Codes, Floats, Rows

# parameter sets drawn for the uncertainty of totals: fewer where there are many different rows,
# whose parameters are then well known
TOTAL_ROWS, TOTAL_DRAWS = 2_000_000, (8, 40)
# points between which the day of the next purchase is interpolated
NEXT_ORDER_POINTS = 40


@dataclass(frozen=True)
class Future:
    """What a candidate expects of each customer, and how uncertain it is."""

    # one per customer; every array below has that length
    customer_id: pd.Series
    # probability of being alive (null under a rule of thumb); expected purchases, and the
    # same weighted with margin and discount; probability of at least one; expected spend per
    # purchase (currency units); days until a purchase is as likely as not (null: beyond the
    # horizon)
    p_alive: Floats
    purchases: Floats
    discounted: Floats
    p_purchase: Floats
    spend: Floats
    next_days: Floats
    # p_alive averaged over uncertain parameters, for quantiles
    mixing: Floats
    # position in ``counts`` and ``money``
    group: Codes
    # sorted purchases if alive, and sorted total spend in units of the expected spend
    counts: Floats
    money: Floats
    # expected totals under drawn parameters
    total_purchases: Floats
    total_revenue: Floats

    @classmethod
    def of(
        cls,
        candidate: Candidate,
        spend: Spend,
        frame: pd.DataFrame,
        rows: Rows,
        ends: Floats,
        worth: Floats,
        seed: int,
    ) -> Self:
        """Ask a candidate about every customer of a summary."""
        horizon = float(ends[-1])
        groups, at = candidate.groups(rows)
        alive = candidate.p_alive(rows)
        by_month = expected_by_month(candidate, rows, ends)
        days = np.linspace(0.0, horizon, NEXT_ORDER_POINTS + 1)
        nothing = candidate.nothing_if_alive(groups, days)
        shared, share_at = sharing(groups)
        drawn = candidate.draws(shared, horizon, draws_for(len(shared)), seed)
        money = np.sort(spend.relative_draws(drawn, shared.frequency, seed + 2), axis=1)
        x = frame["frequency"].to_numpy(np.float64)
        m = frame["monetary_value"].to_numpy(np.float64)
        code = rows.code
        expected_spend = spend.expected_spend(x, m)
        told = alive[code]
        # totals under drawn parameters, the mean spend of each row staying as expected
        per_row = np.bincount(code, expected_spend, len(rows))
        size = int(np.clip(TOTAL_ROWS // len(rows), *TOTAL_DRAWS))
        under = candidate.expected_draws(rows, horizon, size, seed + 4)
        return cls(
            customer_id=frame["customer_id"],
            p_alive=np.full(len(frame), np.nan) if isinstance(candidate, RuleOfThumb) else told,
            purchases=by_month.sum(axis=1)[code],
            discounted=(by_month @ worth)[code],
            p_purchase=(alive * (1 - nothing[at, -1]))[code],
            spend=expected_spend,
            next_days=_next_days(nothing, at, alive, days)[code],
            mixing=candidate.p_alive_mean(rows, seed)[code],
            group=share_at[at][code],
            counts=np.sort(drawn, axis=1),
            money=money,
            total_purchases=np.asarray(rows.weights @ under),
            total_revenue=np.asarray(per_row @ under),
        )

    @property
    def worth_per_revenue(self) -> Floats:
        """Margin and discount that apply to each customer's revenue on average."""
        return np.asarray(self.discounted / np.maximum(self.purchases, 1e-300))

    def variance(self, drawn: Floats) -> Floats:
        """Variance of each customer's mixture of nothing and what was drawn."""
        first, second = drawn.mean(axis=1)[self.group], (drawn**2).mean(axis=1)[self.group]
        return np.asarray(np.maximum(self.mixing * second - (self.mixing * first) ** 2, 0.0))


def customer_table(
    future: Future, level: float, observation_end: pd.Timestamp | None
) -> pd.DataFrame:
    """Predictions per customer."""
    scale = future.spend * future.worth_per_revenue
    low, high = (
        scale * mixture_quantile(future.money, future.group, future.mixing, quantile)
        for quantile in ((1 - level) / 2, (1 + level) / 2)
    )
    dates = pd.Series(pd.NaT, index=range(len(scale)), dtype="datetime64[us]")
    if observation_end is not None:
        ahead = pd.Series(np.ceil(future.next_days))
        dates = (observation_end + pd.to_timedelta(ahead, unit="D")).astype("datetime64[us]")
    return pd.DataFrame(
        {
            "customer_id": future.customer_id,
            "p_alive": future.p_alive,
            "expected_purchases": future.purchases,
            "p_purchase": future.p_purchase,
            "expected_spend": future.spend,
            "clv": future.discounted * future.spend,
            "clv_low": low,
            "clv_high": high,
            "clv_sd": scale * np.sqrt(future.variance(future.money)),
            "expected_next_order": dates,
        }
    )


def totals_table(
    future: Future, past_purchases: Sequence[float], past_revenue: Sequence[float], level: float
) -> pd.DataFrame:
    """Predictions for the whole base, with the model's own error in their intervals."""
    purchases = float(future.purchases.sum())
    revenue = float(future.purchases @ future.spend)
    clv = float(future.discounted @ future.spend)
    counts = np.hypot(
        np.sqrt(future.variance(future.counts).sum()), _spread(future.total_purchases, purchases)
    )
    money = np.hypot(
        np.sqrt(float((future.spend**2) @ future.variance(future.money))),
        _spread(future.total_revenue, revenue),
    )
    width = totals.model_error(past_revenue, level)
    low, high = totals.sum_interval(
        purchases, float(counts), totals.model_error(past_purchases, level), level
    )
    revenue_low, revenue_high = totals.sum_interval(revenue, float(money), width, level)
    ratio = clv / revenue if revenue > 0 else 0.0
    return pd.DataFrame(
        {
            "customers": [len(future.customer_id)],
            "expected_purchases": [purchases],
            "purchases_low": [low],
            "purchases_high": [high],
            "revenue": [revenue],
            "revenue_low": [revenue_low],
            "revenue_high": [revenue_high],
            "clv": [clv],
            "clv_low": [revenue_low * ratio],
            "clv_high": [revenue_high * ratio],
            "error_width": [width],
        }
    )


def _spread(drawn: Floats, expected: float) -> float:
    """Usual distance of drawn totals from what is told, which they need not lie evenly around."""
    return float(np.sqrt(((drawn - expected) ** 2).mean()))


def _next_days(nothing: Floats, at: Codes, alive: Floats, days: Floats) -> Floats:
    """Days until a purchase is as likely as not, interpolated; NaN beyond the last day."""
    with np.errstate(divide="ignore"):
        wanted = np.log(np.maximum(1 - 0.5 / np.maximum(alive, 1e-300), 0.0))
        logs = np.log(np.maximum(nothing, 1e-300))
    answer = np.full(len(alive), np.nan)
    for k in range(len(days) - 1):
        before, after = logs[at, k], logs[at, k + 1]
        here = (before > wanted) & (after <= wanted)
        part = (before - wanted)[here] / (before - after)[here]
        answer[here] = days[k] + part * (days[k + 1] - days[k])
    return answer
