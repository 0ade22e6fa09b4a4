"""What each customer, the whole base and a new customer are worth: a view of the forecast."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from custanalytics.check import Check
from custanalytics.clv import checks as value_checks
from custanalytics.clv.discounting import discount_factors, month_ends
from custanalytics.forecast import YEAR_DAYS, Forecast, forecast_customers
from custanalytics.forecast.evidence import origin_rows, tenths_of_money
from custanalytics.shown import Shown
from custanalytics.transactions import HasEngine


@dataclass(frozen=True, repr=False)
class CustomerLifetimeValue(Shown):
    """Customer lifetime value over a horizon, with how far to trust it.

    Attributes
    ----------
    customers : DataFrame
        One row per customer: ``customer_id``; ``p_alive`` (only where the data tell who has
        left); ``expected_purchases`` (purchase days) and ``p_purchase`` (at least one) within
        the horizon; ``expected_spend`` per purchase day (currency units); ``clv`` with
        ``clv_low`` and ``clv_high`` (discounted, times the margin if there is one).
    totals : DataFrame
        One row: ``customers``; ``buyers``, ``expected_purchases``, ``revenue`` (undiscounted,
        before margin) and ``clv``, with their lower and upper ends.
    new_customer : dict of str to float
        Empty where too few new customers could be tested. ``first_order_value`` (mean),
        ``expected_repeat_purchases`` and ``repeat_revenue`` (after the first order,
        undiscounted, before margin), ``clv`` (of these, discounted, times margin),
        ``supported_acquisition_cost`` (clv plus the first order's margin); what the last new
        customers really brought after their first order within the horizon:
        ``tested_customers``, ``tested_mean``, ``tested_median``; ``left_out_days``: how long
        from the first sale on customers may be old ones, who count in none of these.
    payback : DataFrame
        One row per month from 0: ``month``, ``cumulative_margin`` of a new customer
        (discounted): the acquisition cost earned back by then. Empty as above.
    origins : DataFrame
        Every earlier day on which the same forecast would have been made, one row per
        ``cutoff`` and ``days`` ahead: for buyers, purchases and revenue what came
        (``actual_buyers``), what was expected (``expected_buyers``) with its interval
        (``buyers_low``, ``buyers_high``), its error (``buyers_error``: expected over actual,
        less 1), and what each customer's own rate carried forward would have said
        (``carried_purchases``, ``carried_revenue``); ``longest``: the longest time that is
        over after that day.
    tenths : DataFrame
        Customers of earlier cutoffs by tenth of the money expected of them: ``tenth`` (1 =
        most), ``customers``, ``expected_share`` and ``actual_share`` of the money.
    weights : DataFrame
        How much each candidate counts: ``part``, ``candidate``, ``weight``.
    parameters : DataFrame
        Of the purchase model that the candidates start from: ``model``, ``parameter``,
        ``value`` and ``standard_error`` (null: not fixed by the data), ``unit``.
    params : dict
        The settings; ``horizon_days`` is what the history supports of ``asked_days``.
    checks : tuple of Check
        Doubts to print, those of the forecast first.
    observation_end : date
        Last day observed.
    """

    customers: pd.DataFrame
    totals: pd.DataFrame
    new_customer: dict[str, float]
    payback: pd.DataFrame
    origins: pd.DataFrame
    tenths: pd.DataFrame
    weights: pd.DataFrame
    parameters: pd.DataFrame
    params: dict[str, Any]
    checks: tuple[Check, ...]
    observation_end: date


def customer_lifetime_value(
    transactions: pd.DataFrame | HasEngine | Forecast,
    horizon_days: int = 365,
    annual_discount_rate: float = 0.10,
    margin: float | None = None,
    observation_end: date | None = None,
    level: float = 0.90,
    seed: int = 0,
) -> CustomerLifetimeValue:
    """Value every customer by the money that the forecast expects of them.

    Assumes what `forecast_customers` assumes; the money of each month of the horizon is worth
    less the later it comes. The horizon is cut to what the history supports.

    Parameters
    ----------
    transactions : DataFrame, loaded ledger or Forecast
        A DataFrame has one row per line: ``customer_id`` (null: unknown, left out),
        ``ordered_at`` (datetime), ``amount`` (currency units, refunds negative), optional
        ``order_id``, ``product``, ``quantity``. From a `Forecast`, its last day, level and seed
        hold.
    horizon_days : int, default 365
        How far ahead to look.
    annual_discount_rate : float, default 0.10
        0.10 makes money a year ahead worth 1 / 1.10; compounded over the horizon's months.
    margin : float, optional
        Share of revenue that is profit, above 0 and up to 1; without it, value is revenue.
    observation_end : date, optional
        Last day that counts; by default the last day in the data.
    level : float, default 0.90
        Nominal coverage of the intervals.
    seed : int, default 0
        Where the random numbers start.

    Returns
    -------
    CustomerLifetimeValue
        Value per customer, in total and of a new customer, with intervals and tests.

    Raises
    ------
    UsageError
        An option is out of range.
    UnsupportedError
        The history is too short, or hardly anybody came back.

    Examples
    --------
    >>> from custanalytics.bundled import sample_data_dir
    >>> import custanalytics as ca
    >>> value = ca.customer_lifetime_value(ca.load([sample_data_dir() / "shop.csv"]), margin=0.4)
    >>> value.params["horizon_days"], len(value.customers)
    (365, 2515)
    """
    forecast = (
        transactions
        if isinstance(transactions, Forecast)
        else forecast_customers(
            transactions, max(horizon_days, YEAR_DAYS), observation_end, level, seed
        )
    )
    horizon = min(horizon_days, forecast.horizon_days)
    each = forecast.at(horizon, annual_discount_rate, margin)
    total = forecast.total(horizon, annual_discount_rate, margin)
    origins = origin_rows(forecast, horizon)
    new, payback = _new_customer(forecast, horizon, annual_discount_rate, margin or 1.0)
    return CustomerLifetimeValue(
        customers=_customers(forecast, each),
        totals=total.drop(columns="days").rename(columns={"purchases": "expected_purchases"}),
        new_customer=new,
        payback=payback,
        origins=origins,
        tenths=tenths_of_money(forecast, horizon),
        weights=forecast.weights,
        parameters=value_checks.parameter_table(forecast),
        params={
            "horizon_days": horizon,
            "asked_days": horizon_days,
            "annual_discount_rate": annual_discount_rate,
            "margin": margin,
            "level": forecast.level,
        },
        checks=(
            *(c for c in forecast.checks if c.name != "forecast.horizon" or horizon < horizon_days),
            *value_checks.of_origins(origins, horizon, forecast.level),
            *value_checks.of_margin(margin),
        ),
        observation_end=forecast.observation_end,
    )


def _customers(forecast: Forecast, each: pd.DataFrame) -> pd.DataFrame:
    """Each customer's figures; without who is still one, where that is not known."""
    table = each[["customer_id", "expected_purchases", "p_purchase", "clv", "clv_low", "clv_high"]]
    known = forecast.customers
    table.insert(3, "expected_spend", known["spend_per_purchase"])
    if known["p_alive"].notna().any():
        table.insert(1, "p_alive", known["p_alive"])
    return table


def _new_customer(
    forecast: Forecast, horizon: int, annual_discount_rate: float, share: float
) -> tuple[dict[str, float], pd.DataFrame]:
    """What a new customer brings, beside what the last ones did; nothing where it is not known."""
    new = forecast.newcomers
    if new is None:
        return {}, pd.DataFrame({"month": [], "cumulative_margin": []})
    ends = month_ends(horizon)
    purchases, money = new.expected(ends)
    today = discount_factors(ends, annual_discount_rate) * share
    gained = np.cumsum(np.diff(money, prepend=0.0) * today)
    cumulative = new.first_order_value * share + np.append(0.0, gained)
    figures = {
        "first_order_value": new.first_order_value,
        "expected_repeat_purchases": float(purchases[-1]),
        "repeat_revenue": float(money[-1]),
        "clv": float(gained[-1]),
        "supported_acquisition_cost": float(cumulative[-1]),
        "tested_customers": float(new.customers),
        "tested_mean": new.actual_revenue,
        "tested_median": new.median_revenue,
        "left_out_days": float(new.left_out_days),
    }
    return figures, pd.DataFrame({"month": range(len(cumulative)), "cumulative_margin": cumulative})
