"""How the business is doing: revenue, orders and customers by month."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from custanalytics.check import Check
from custanalytics.customers.summary import observation_period
from custanalytics.errors import UnsupportedError
from custanalytics.sentences import tell
from custanalytics.shown import Shown
from custanalytics.transactions import HasEngine, as_engine


@dataclass(frozen=True, repr=False)
class Overview(Shown):
    """The business by month and in figures, sales without a customer included.

    Attributes
    ----------
    monthly : DataFrame
        One row per calendar month from first to last, months without sales too: ``month``
        (first day), ``revenue``, ``orders``, ``customers`` (known, active), ``new_revenue``
        (known customers in the month of their first purchase), ``returning_revenue``,
        ``unknown_revenue`` (no customer), ``refunds`` (negative), ``average_order_value``
        (null without orders), ``complete`` (False: the data covers only part of the month).
    figures : dict
        ``revenue_total``, ``revenue_known``, ``revenue_unknown``, ``refunds``, ``orders``,
        ``buyers``, ``average_order_value``, ``median_order_value``,
        ``median_days_between_orders``, ``revenue_last_12m``, ``revenue_previous_12m``; nan
        where the data can't tell.
    observation_end : date
        Last day that counts.
    checks : tuple of Check
        What to keep in mind when reading.
    """

    monthly: pd.DataFrame
    figures: dict[str, float]
    observation_end: date
    checks: tuple[Check, ...]


def business_overview(
    transactions: pd.DataFrame | HasEngine, observation_end: date | None = None
) -> Overview:
    """Measure revenue, orders and active customers by month.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        A DataFrame has one row per line: ``customer_id`` (null: unknown), ``ordered_at``
        (datetime), ``amount`` (currency units, refunds negative), optional ``order_id``,
        ``product``, ``quantity``.
    observation_end : date, optional
        Last day that counts; by default the last day in the data.

    Returns
    -------
    Overview
        Tables and figures.

    Raises
    ------
    UnsupportedError
        There is no line up to `observation_end`.
    """
    engine = as_engine(transactions)
    first_day, last_day = observation_period(engine)
    end = observation_end or last_day
    if end < first_day:
        raise UnsupportedError(
            tell(
                "the first sale is on {first}, after {end}; use a later --as-of",
                first=first_day,
                end=end,
            )
        )
    sale_days = engine.run("sale_days", as_of=end)["sale_day"]
    monthly = _every_month(engine.run("monthly", as_of=end))
    monthly["complete"] = _complete(monthly["month"], sale_days, end)
    figures = {
        str(name): float(value) for name, value in engine.run("overview", as_of=end).iloc[0].items()
    }
    gaps = engine.run("order_gaps", as_of=end)
    figures["median_days_between_orders"] = (
        float(np.median(np.repeat(gaps["gap_days"].to_numpy(), gaps["n"].to_numpy())))
        if len(gaps)
        else np.nan
    )
    figures |= _last_twelve(monthly)
    checks = []
    if not monthly["complete"].iloc[-1]:
        checks.append(
            Check(
                "overview.last_month",
                None,
                tell(
                    "The last month is incomplete: the data ends on {end}. It is marked in the "
                    "charts and left out of comparisons.",
                    end=end,
                ),
            )
        )
    joined = engine.run("orders_joined", as_of=end).iloc[0]
    if joined.any():
        checks.append(
            Check(
                "overview.credit_notes",
                None,
                tell(
                    "Credit notes that take back an order without naming it: {notes:,}; bills "
                    "issued again within days for much the same: {again:,}. Each counts as one "
                    "order with the one that it belongs to.",
                    notes=int(joined["credit_notes"]),
                    again=int(joined["issued_again"]),
                ),
            )
        )
    return Overview(monthly, figures, end, tuple(checks))


def _every_month(found: pd.DataFrame) -> pd.DataFrame:
    months = pd.date_range(found["month"].iloc[0], found["month"].iloc[-1], freq="MS")
    full = pd.DataFrame({"month": months}).astype({"month": found["month"].dtype})
    monthly = full.merge(found, on="month", how="left")
    counted = [c for c in found.columns if c not in ("month", "average_order_value")]
    monthly[counted] = monthly[counted].fillna(0)
    return monthly.astype({"orders": "int64", "customers": "int64"})


def _complete(months: pd.Series, sale_days: pd.Series, end: date) -> pd.Series:
    # A shop that is closed on some days still has complete months: what counts as a missing
    # stretch is longer than nearly all of its usual pauses, or than a week.
    pauses = sale_days.diff().dt.days.dropna()
    usual = min(max(1.0, float(pauses.quantile(0.95))), 7.0) if len(pauses) else 1.0
    complete = pd.Series(True, index=months.index)
    lead = (sale_days.iloc[0] - months.iloc[0]).days
    tail = (months.iloc[-1] + pd.offsets.MonthEnd(0) - pd.Timestamp(end)).days
    complete.iloc[0] = lead <= usual
    complete.iloc[-1] = bool(complete.iloc[-1]) and tail <= usual
    return complete


def _last_twelve(monthly: pd.DataFrame) -> dict[str, float]:
    # Only whole months, so that two years are compared like with like.
    whole = monthly.loc[monthly["complete"], "revenue"]
    last = float(whole.iloc[-12:].sum()) if len(whole) >= 12 else np.nan
    previous = float(whole.iloc[-24:-12].sum()) if len(whole) >= 24 else np.nan
    return {"revenue_last_12m": last, "revenue_previous_12m": previous}
