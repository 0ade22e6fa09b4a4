"""What each customer, the whole base and a new customer are worth over a stated horizon."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from custanalytics.check import Check
from custanalytics.clv import checks as value_checks
from custanalytics.clv.attributes_trial import trial_checks, try_attributes
from custanalytics.clv.comparison import MODELS, compare_on_holdouts, past_errors
from custanalytics.clv.discounting import discount_factors, month_ends
from custanalytics.clv.holdouts import a_year_before, cutoff_of, usable_holdouts
from custanalytics.clv.prediction import Future, customer_table, totals_table
from custanalytics.clv.season import Season
from custanalytics.clv.spend import spend_model
from custanalytics.clv.validation import candidates
from custanalytics.errors import UsageError
from custanalytics.value_models.inputs import checked, require_repeat_buyers, unique_rows
from custanalytics.value_models.purchase_models import PurchaseModel


@dataclass(frozen=True)
class CustomerLifetimeValue:
    """Customer lifetime value over a horizon, with how far to trust it.

    Attributes
    ----------
    customers : DataFrame
        One row per customer: ``customer_id``; ``p_alive`` (null when a rule of thumb is used:
        it knows no leaving); ``expected_purchases``, ``p_purchase`` (at least one) within the
        horizon; ``expected_spend`` per purchase day (currency units); ``clv`` with ``clv_low``
        and ``clv_high`` (discounted, times the margin if there is one) and its standard
        deviation ``clv_sd``; ``expected_next_order`` (the day by which a purchase is as
        likely as not; null when that is beyond the horizon).
    totals : DataFrame
        One row: ``customers``, ``expected_purchases`` with ``purchases_low`` and
        ``purchases_high``, ``revenue`` (undiscounted, before margin), ``revenue_low``,
        ``revenue_high``, ``clv``, ``clv_low``, ``clv_high``, and ``error_width``: the
        model's own error in the interval, in logs.
    new_customer : dict of str to float
        ``first_order_value``, ``expected_repeat_purchases``, ``repeat_revenue``
        (undiscounted, before margin), ``clv`` (discounted repeat purchases times margin),
        ``supported_acquisition_cost`` (clv plus the first order's margin).
    payback : DataFrame
        One row per month from 0: ``month``, ``cumulative_margin`` of a new customer
        (discounted): the acquisition cost earned back by then.
    parameters : DataFrame
        ``model``, ``parameter``, ``value``, ``standard_error`` (null: not fixed by the data),
        ``unit``. An attribute's effects are factors on the buying rate, a or b of customers
        with one level, against those with the most frequent.
    validation : DataFrame
        One row per origin and candidate, see `validate`, with ``origin`` (1 = earliest) and
        ``chosen``. Empty without a holdout.
    calibration, deciles : DataFrame
        On the latest holdout, per candidate with ``chosen``: actual and predicted mean
        purchases per frequency class, and per decile of the prediction (1 = highest).
    model, spend_model : str
        What the predictions come from.
    params : dict
        The settings.
    checks : tuple of Check
        Doubts to print.
    observation_end : date or None
        Last day observed; None where the summary has no ``first_order``.
    """

    customers: pd.DataFrame
    totals: pd.DataFrame
    new_customer: dict[str, float]
    payback: pd.DataFrame
    parameters: pd.DataFrame
    validation: pd.DataFrame
    calibration: pd.DataFrame
    deciles: pd.DataFrame
    model: str
    spend_model: str
    params: dict[str, Any]
    checks: tuple[Check, ...]
    observation_end: date | None


def customer_lifetime_value(
    summary: pd.DataFrame,
    horizon_days: int = 365,
    annual_discount_rate: float = 0.10,
    margin: float | None = None,
    level: float = 0.90,
    seed: int = 0,
    holdout: pd.DataFrame | Sequence[pd.DataFrame] | None = None,
    models: Sequence[str] = MODELS,
    season: Season | None = None,
    season_check: Check | None = None,
    last_years: Sequence[pd.DataFrame] = (),
    attributes: pd.DataFrame | None = None,
) -> CustomerLifetimeValue:
    """Predict purchases, spend and lifetime value of every customer.

    Assumes that a customer who is alive buys at a steady rate, may leave for good, and
    spends around a mean of his own whatever his rate. Holdouts show how far that is so;
    the candidate that did best on them, a model or a rule of thumb, makes the predictions.

    Parameters
    ----------
    summary : DataFrame
        One row per customer: ``customer_id``, ``frequency`` (repeat purchase days),
        ``recency`` and ``T`` (days), ``monetary_value`` (mean spend per repeat purchase day
        in currency units; null when frequency is 0); optional ``total_spend`` (for the first
        order's value) and ``first_order`` (day, for dates).
    horizon_days : int
        How far ahead to look.
    annual_discount_rate : float
        0.10 makes money a year ahead worth 1 / 1.10; compounded over the horizon's months.
    margin : float, optional
        Share of revenue that is profit, above 0 and up to 1; without it, value is revenue.
    level : float
        Nominal coverage of the intervals.
    seed : int
        Where the random numbers start.
    holdout : DataFrame or sequence of DataFrame, optional
        One or several earlier cutoffs: the summary up to it plus ``holdout_frequency``
        (purchase days after it), ``holdout_spend`` (currency units), ``holdout_days``.
    models : sequence of str
        Models to choose from; the first is used where there is no holdout.
    season : Season, optional
        The course of the year (see `yearly_season`); needs ``first_order`` in summary and
        holdouts. Holdouts that are on its clock already stay as they are.
    season_check : Check, optional
        What trying the season has shown (see `try_season`); by default, whether the history
        is long enough for one.
    last_years : sequence of DataFrame
        The same periods a year earlier, as `last_year_holdouts` gives them: a rule of thumb
        learns from them.
    attributes : DataFrame, optional
        One row per customer: ``customer_id`` and what was known of him at his first purchase
        (channel, region, value of the first order; null: unknown). What came to be known later
        would give the holdouts' outcome away. A BG/NBD model with their effects becomes a
        candidate, in the plain one's place, where they help on the holdouts (see
        `try_attributes`); else nothing changes.

    Returns
    -------
    CustomerLifetimeValue
        Value per customer, in total and of a new customer, with intervals and tests.

    Raises
    ------
    UsageError
        An option is out of range, or the summary can't be right.
    UnsupportedError
        Fewer than 20 customers came back.
    """
    _check_options(horizon_days, annual_discount_rate, margin, level)
    frame = checked(summary)
    history = float(frame["T"].max()) if len(frame) else 0.0
    frame = season.applied(frame) if season else frame
    repeat_buyers = require_repeat_buyers(frame)
    spend, checks = spend_model(frame)
    checks = [value_checks.repeat_buyers(repeat_buyers, len(frame)), *checks]

    origins = usable_holdouts(_listed(holdout))
    if season:
        # one that `try_season` put on the clock keeps the season known at its cutoff
        origins = [o if "calendar_days" in o.columns else season.applied(o) for o in origins]
        last_years = [season.applied(frame) for frame in last_years]
    known, attributed = None, []
    if attributes is not None:
        trial = try_attributes(frame, attributes, origins)
        if trial.model:
            frame, known = trial.model.for_customers(frame, attributes)
            origins = [holdout for holdout, _ in trial.holdouts]
            attributed = [candidate for _, candidate in trial.holdouts]
    rows = unique_rows(frame)
    tested = compare_on_holdouts(origins, models, level, seed, last_years, attributed)
    before = a_year_before(last_years, frame)
    fitted = candidates(rows, models, origins[-1] if origins else None, before, known)
    chosen = next(one for one in fitted if one.name == (tested.best or models[0]))
    first = next(one for one in fitted if isinstance(one, PurchaseModel))
    checks += value_checks.of_model(chosen if isinstance(chosen, PurchaseModel) else first)
    checks += value_checks.of_validation(tested.table, chosen.name, level)
    checks += value_checks.of_last_year(tested.table)
    told = season_check or value_checks.season_known(history, season)
    checks += [told] if told else []
    checks += trial_checks(trial, chosen.name) if attributes is not None else []
    checks += value_checks.of_options(margin, horizon_days, history)

    ends = month_ends(horizon_days)
    factors = discount_factors(ends, annual_discount_rate)
    share = 1.0 if margin is None else margin
    observed_to = cutoff_of(frame) if "first_order" in frame.columns else None
    if season and observed_to is not None:
        ends = season.ahead(observed_to, ends)
    if isinstance(chosen, PurchaseModel):
        chosen = chosen.resampled(rows, seed)
    future = Future.of(chosen, spend, frame, rows, ends, factors * share, seed)
    if season and observed_to is not None:
        days = season.calendar_days(observed_to, future.next_days, horizon_days)
        future = replace(future, next_days=days)
    first_order = _first_order_value(frame)
    per_month = np.diff(chosen.new_customer(ends), prepend=0.0)
    typical = float(spend.expected_spend(np.zeros(1), np.zeros(1))[0])
    gained = np.cumsum(per_month * factors) * typical * share
    cumulative = first_order * share + np.append(0.0, gained)
    return CustomerLifetimeValue(
        customers=customer_table(future, level, observed_to),
        totals=totals_table(
            future,
            past_errors(tested.table, chosen.name, "purchases"),
            past_errors(tested.table, chosen.name, "revenue"),
            level,
        ),
        new_customer={
            "first_order_value": first_order,
            "expected_repeat_purchases": float(per_month.sum()),
            "repeat_revenue": float(per_month.sum()) * typical,
            "clv": float(gained[-1]),
            "supported_acquisition_cost": float(cumulative[-1]),
        },
        payback=pd.DataFrame({"month": range(len(ends) + 1), "cumulative_margin": cumulative}),
        parameters=value_checks.parameter_table(fitted, spend),
        validation=tested.table,
        calibration=tested.calibration,
        deciles=tested.deciles,
        model=chosen.name,
        spend_model=spend.name,
        params={
            "horizon_days": horizon_days,
            "annual_discount_rate": annual_discount_rate,
            "margin": margin,
            "level": level,
            "seed": seed,
            "holdouts": len(origins),
        },
        checks=tuple(checks),
        observation_end=observed_to.date() if observed_to is not None else None,
    )


def _listed(holdout: pd.DataFrame | Sequence[pd.DataFrame] | None) -> Sequence[pd.DataFrame]:
    if holdout is None:
        return []
    return [holdout] if isinstance(holdout, pd.DataFrame) else holdout


def _check_options(
    horizon_days: int, annual_discount_rate: float, margin: float | None, level: float
) -> None:
    if not horizon_days >= 1:
        raise UsageError(f"the horizon must be at least 1 day, not {horizon_days}")
    if not 0 <= annual_discount_rate <= 10:
        raise UsageError(
            f"the annual discount rate must be between 0 and 10, such as 0.10 for 10 %, "
            f"not {annual_discount_rate}"
        )
    if margin is not None and not 0 < margin <= 1:
        raise UsageError(f"the margin must be above 0 and at most 1, not {margin}")
    if not 0.5 <= level < 1:
        raise UsageError(f"the interval level must be at least 0.5 and below 1, not {level}")


def _first_order_value(frame: pd.DataFrame) -> float:
    """Mean net spend on the first purchase day; 0 where the summary does not say."""
    if "total_spend" not in frame.columns:
        return 0.0
    later = frame["frequency"] * frame["monetary_value"].fillna(0.0)
    return max(float((frame["total_spend"] - later).mean()), 0.0)
