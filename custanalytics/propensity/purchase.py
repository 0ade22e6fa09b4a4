"""Who buys in the next N days, and who is late: a view of the forecast."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from custanalytics.check import Check
from custanalytics.customers.rhythm import late_factors, rhythm
from custanalytics.errors import UsageError
from custanalytics.forecast import YEAR_DAYS, Forecast, forecast_customers
from custanalytics.forecast.evidence import nearest_days, origin_rows, tested_apart
from custanalytics.forecast.snapshot import FEATURES
from custanalytics.propensity import checks
from custanalytics.scoring.evaluation import decile_table, reliability_table
from custanalytics.scoring.profit import CAUTIOUS_LIFT, profit_curve
from custanalytics.shown import Shown
from custanalytics.transactions import HasEngine

TENTHS = 10


@dataclass(frozen=True, repr=False)
class PurchasePropensity(Shown):
    """The chance that each customer buys in the window, and how far it can be trusted.

    Attributes
    ----------
    customers : DataFrame
        One row per customer: ``customer_id`` (str), ``propensity`` (chance of at least one
        purchase in the window) and ``expected_revenue`` (in the window, currency units), each
        with ``_low`` and ``_high``; ``propensity_decile`` (1 = most likely),
        ``expected_next_order`` (datetime: the day by which a purchase is as likely as not; NaT
        beyond the forecast's horizon), ``usual_gap_days`` (NaN with one purchase day),
        ``days_since_last_purchase``, ``pace`` ('on time'; 'late': waits longer than the shop's
        customers usually do; 'silent': so long that hardly any came back, and less likely to buy
        than the average; with one purchase day 'new' or 'bought once', by the time in which
        second purchases come), ``late`` (bool), ``typical_order`` (median spend of a purchase
        day, currency units), ``usual_spend`` (in so many days at the usual pace, a typical
        order each time, currency units; NaN with one purchase day),
        ``revenue_at_risk`` (currency units: ``usual_spend`` times the chance that no purchase
        comes, where late; else 0).
    origins : DataFrame
        Every earlier day on which the same forecast would have been made, over the tested time
        that is nearest to the window; columns as `CustomerLifetimeValue.origins` has them.
    deciles, reliability : DataFrame
        Chances as told at earlier cutoffs beside what came, see `evaluation.decile_table` and
        `evaluation.reliability_table`; of cutoffs whose times ahead do not overlap. Empty
        where there was nothing to test.
    profit : DataFrame or None
        See `profit.profit_curve`, of a contact that adds 5 % to the purchases that come anyway;
        None unless contact cost and conversion value are given.
    figures : dict of str to float
        ``customers``; ``expected_buyers`` and ``expected_revenue`` (in the window), each with
        ``_low`` and ``_high``; ``late_customers``, ``late_usual_spend``,
        ``revenue_at_risk`` (sums of the late), ``late_factor``, ``gone_factor`` (usual gaps,
        see `rhythm.late_factors`).
    window_days : int
        Length of the window: that asked for, or what the history supports.
    observation_end : date
        The window begins the day after.
    params : dict
        The settings.
    checks : tuple of Check
        What the reader must know before relying on it, beside the checks of the forecast.
    """

    customers: pd.DataFrame
    origins: pd.DataFrame
    deciles: pd.DataFrame
    reliability: pd.DataFrame
    profit: pd.DataFrame | None
    figures: dict[str, float]
    window_days: int
    observation_end: date
    params: dict[str, Any]
    checks: tuple[Check, ...]


def purchase_propensity(
    transactions: pd.DataFrame | HasEngine | Forecast,
    window_days: int = 90,
    observation_end: date | None = None,
    seed: int = 0,
    contact_cost: float | None = None,
    conversion_value: float | None = None,
) -> PurchasePropensity:
    """Chance that each known customer buys in the next `window_days` days.

    Assumes what `forecast_customers` assumes. Customers with one purchase are included. The
    window is cut to what the history supports.

    Parameters
    ----------
    transactions : DataFrame, loaded ledger or Forecast
        A DataFrame has one row per line: ``customer_id`` (null: unknown, left out),
        ``ordered_at`` (datetime), ``amount`` (currency units, refunds negative), optional
        ``order_id``, ``product``, ``quantity``. From a `Forecast`, its last day and seed hold.
    window_days : int, default 90
        Length of the window, in days.
    observation_end : date, optional
        Last day that counts; by default the last day in the data.
    seed : int, default 0
        Where the random numbers start.
    contact_cost : float, optional
        Cost of contacting one customer, currency units.
    conversion_value : float, optional
        Margin of one purchase, currency units.

    Returns
    -------
    PurchasePropensity
        Chance, expected revenue and rhythm per customer, with tests.

    Raises
    ------
    UnsupportedError
        The history is too short, or hardly anybody came back.
    UsageError
        `window_days` is not positive, or only one of cost and value is given.
    """
    if window_days < 1:
        raise UsageError(f"window_days must be at least 1, found {window_days}")
    if (contact_cost is None) != (conversion_value is None):
        raise UsageError("contact_cost and conversion_value belong together: give both or none")
    forecast = (
        transactions
        if isinstance(transactions, Forecast)
        else forecast_customers(
            transactions, max(window_days, YEAR_DAYS), observation_end, seed=seed
        )
    )
    window = min(window_days, forecast.horizon_days)
    told = _told(forecast, window)
    paced = _paced(forecast, told["propensity"])
    factors = late_factors(paced)
    customers = told.join(rhythm(paced, window, factors))
    customers["typical_order"] = paced["typical_order"]
    profit = None
    if contact_cost is not None and conversion_value is not None:
        z = float(norm.ppf((1 + forecast.level) / 2))
        p, low, high = (told[f"propensity{end}"].to_numpy() for end in ("", "_low", "_high"))
        swing = checks.swing(low, high, z)
        # most purchases come without the contact: what it adds is what it earns
        added = conversion_value * CAUTIOUS_LIFT
        profit = profit_curve(p, contact_cost, added, swing, forecast.level)
    origins = nearest_days(origin_rows(forecast, forecast.horizon_days), window)
    tested = tested_apart(forecast, window)
    y, chance = (tested["purchases"] > 0).to_numpy(), tested["p_purchase"].to_numpy()
    deciles = decile_table(y, chance) if len(y) else pd.DataFrame()
    return PurchasePropensity(
        customers=customers,
        origins=origins,
        deciles=deciles,
        reliability=reliability_table(y, chance) if len(y) else pd.DataFrame(),
        profit=profit,
        figures=_figures(forecast, window, customers, factors),
        window_days=window,
        observation_end=forecast.observation_end,
        params={
            "window_days": window,
            "asked_days": window_days,
            "level": forecast.level,
            "contact_cost": contact_cost,
            "conversion_value": conversion_value,
        },
        checks=(
            *([checks.calibrated(y, chance), checks.ranked(deciles)] if y.any() else []),
            *checks.buyers_foreseen(origins),
        ),
    )


def _told(forecast: Forecast, window: float) -> pd.DataFrame:
    """What the forecast says of each customer."""
    each = forecast.at(window)
    ends = ("", "_low", "_high")
    table = {"customer_id": each["customer_id"]}
    table |= {f"propensity{end}": each[f"p_purchase{end}"] for end in ends}
    money = {f"expected_revenue{end}": each[f"expected_revenue{end}"] for end in ends}
    p = each["p_purchase"].to_numpy()
    rank = np.empty(len(p), dtype=np.int64)
    rank[np.argsort(-p, kind="stable")] = np.arange(len(p))
    tenth = pd.Series(rank * TENTHS // max(len(p), 1) + 1)
    due = _next_order(forecast)
    return pd.DataFrame({**table, "propensity_decile": tenth, **money, "expected_next_order": due})


def _next_order(forecast: Forecast) -> "pd.Series[pd.Timestamp]":
    """The day by which a purchase of each customer is as likely as not."""
    spread = forecast.fitted.spread
    ends = np.minimum(forecast.bucket_ends[1:], forecast.horizon_days)
    purchases, _ = forecast.expected(ends)
    odds = np.minimum(0.5 / spread.staying, 1 - 1e-9)
    enough = spread.staying * np.expm1(-spread.dispersion * np.log1p(-odds)) / spread.dispersion
    within = purchases[:, -1] >= enough
    begin = np.column_stack([np.zeros(len(purchases)), purchases])
    bucket = np.minimum((purchases < enough[:, None]).sum(axis=1), len(ends) - 1)
    row = np.arange(len(purchases))
    before, after = begin[row, bucket], begin[row, bucket + 1]
    since = np.append(0.0, ends)[bucket]
    share = (enough - before) / np.maximum(after - before, 1e-12)
    days = np.where(within, np.ceil(since + share * (ends[bucket] - since)), np.nan)
    return pd.Timestamp(forecast.observation_end) + pd.to_timedelta(pd.Series(days), unit="D")


def _paced(forecast: Forecast, propensity: "pd.Series[float]") -> pd.DataFrame:
    """What a rhythm is read from: purchase days, the gaps between them, and the spend."""
    now = forecast.fitted.now
    last_gap = np.expm1(now.features[:, FEATURES.index("log_gap_last")])
    return pd.DataFrame(
        {
            "purchase_days": now.frequency + 1,
            "gap_total": now.recency,
            "gap_last": last_gap.round(),
            "days_since_last_purchase": (now.T - now.recency).astype(np.int64),
            "spent": now.spent,
            "typical_order": now.typical,
            "propensity": propensity,
        }
    )


def _figures(
    forecast: Forecast, window: float, customers: pd.DataFrame, factors: tuple[float, float]
) -> dict[str, float]:
    total = forecast.total(window).iloc[0]
    figures = {
        f"expected_{name}{end}": float(total[f"{name}{end}"])
        for name in ("buyers", "revenue")
        for end in ("", "_low", "_high")
    }
    return (
        {"customers": float(len(customers))}
        | figures
        | {
            "late_customers": float(customers["late"].sum()),
            "late_usual_spend": float(customers.loc[customers["late"], "usual_spend"].sum()),
            "revenue_at_risk": float(customers["revenue_at_risk"].sum()),
            "late_factor": factors[0],
            "gone_factor": factors[1],
        }
    )
