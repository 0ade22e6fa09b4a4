"""From transactions to a forecast."""

from datetime import date

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from custanalytics.check import Check
from custanalytics.customers.first_seen import first_seen
from custanalytics.customers.summary import observation_period
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.forecast.blending import CANDIDATES
from custanalytics.forecast.learning import Fitted, learn
from custanalytics.forecast.newcomers import newcomers
from custanalytics.forecast.plan import plan
from custanalytics.forecast.result import Forecast, origin_table
from custanalytics.forecast.sales import sales_of
from custanalytics.forecast.totals import LEVELS
from custanalytics.sentences import tell, tell_many
from custanalytics.transactions import HasEngine, as_engine
from custanalytics.value_models import newton
from custanalytics.value_models.pareto_nbd import ParetoNBD

FEWEST_REPEAT_BUYERS = 20
# who has left can be told where the share that leaves within a year is known to this factor
KNOWN_TO, LEAST_LEAVING, DRAWS = 2.0, 0.02, 200


def forecast_customers(
    transactions: pd.DataFrame | HasEngine,
    horizon_days: int = 365,
    observation_end: date | None = None,
    level: float = 0.90,
    seed: int = 0,
    new_from: date | None = None,
) -> Forecast:
    """Forecast every customer's purchases and money from the sales so far.

    Assumes that customers buy at rates of their own that fade, and that the shop's level moves
    as it did between earlier cutoffs: how much, in which season, and how surely is learned from
    the errors there. Only customers who have bought are forecast, not new ones to come.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        A DataFrame has one row per line: ``customer_id`` (null: unknown, left out),
        ``ordered_at`` (datetime), ``amount`` (currency units, refunds negative), optional
        ``order_id``, ``product``, ``quantity``.
    horizon_days : int, default 365
        The longest time ahead that will be asked for; cut to what the history supports.
    observation_end : date, optional
        Last day that counts; by default the last day in the data.
    level : float, default 0.90
        Nominal coverage of the intervals.
    seed : int, default 0
        Where the random numbers start.
    new_from : date, optional
        First day from which a first purchase is a new customer's; by default decided from the
        data: before it clearly more customers are seen for the first time than later.

    Returns
    -------
    Forecast
        Ask it ``at(days)``, ``total(days)`` or ``groups(frame, days)``.

    Raises
    ------
    UnsupportedError
        The history is too short, or hardly anybody came back.
    UsageError
        An option is out of range.

    Notes
    -----
    The cumulative intensity ``L(t)`` of a customer gives the expected purchases, the chance of
    one, ``1 - (1 + theta L(t)) ** (-1 / theta)``, and, bucket by bucket times the spend per
    purchase, the money.

    References
    ----------
    Schmittlein, Morrison, Colombo (1987), Counting Your Customers, Management Science 33, 1-24,
    for the purchase model that the candidates start from.
    """
    if not horizon_days >= 1:
        raise UsageError(f"the horizon must be at least 1 day, not {horizon_days}")
    if not 0.5 <= level < 1:
        raise UsageError(f"the interval level must be at least 0.5 and below 1, not {level}")
    engine = as_engine(transactions)
    end = observation_end or observation_period(engine)[1]
    sales = sales_of(engine, end)
    laid_out = plan(sales.first, sales.last, horizon_days)
    _require_repeat_buyers(sales.seen_on(sales.last).customer)
    with threadpool_limits(limits=1):
        fitted = learn(sales, laid_out, seed)
    known = _leaving_known(fitted.model, seed)
    now = fitted.now
    money = fitted.money.sum(axis=1) / np.maximum(fitted.purchases.sum(axis=1), 1e-12)
    customers = pd.DataFrame(
        {
            "customer_id": sales.customer_id[now.customer],
            "p_alive": fitted.alive if known.passed else np.nan,
            "days_since_last_purchase": now.T - now.recency,
            "spend_per_purchase": money,
        }
    )
    supported = int(laid_out.horizon)
    seen = first_seen(engine, end, new_from)
    left_out = seen.left_out_days if seen else 0
    usual = float(fitted.money.sum() / max(fitted.purchases.sum(), 1e-12))
    return Forecast(
        horizon_days=supported,
        asked_days=horizon_days,
        observation_end=end,
        level=level,
        customers=customers,
        origins=origin_table(fitted, level),
        weights=_weight_table(fitted),
        newcomers=newcomers(sales, fitted.model, supported, usual, left_out),
        checks=(_horizon(supported, horizon_days, sales.last - sales.first), known),
        fitted=fitted,
        bucket_ends=laid_out.ends,
    )


def _require_repeat_buyers(customer: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> None:
    again = int((np.bincount(customer) > 1).sum())
    if again < FEWEST_REPEAT_BUYERS:
        raise UnsupportedError(
            tell_many(
                again,
                "One customer bought on more than one day; a forecast needs at least {fewest} of "
                "them.",
                "{n:,} customers bought on more than one day; a forecast needs at least {fewest} "
                "of them.",
                n=again,
                fewest=FEWEST_REPEAT_BUYERS,
            )
        )


def _horizon(supported: int, asked: int, history: int) -> Check:
    cut = supported < asked
    sentence = (
        tell(
            "{history:,} days of sales support a forecast of {supported:,} days, not of {asked:,}: "
            "no further ahead could anything like it be tested.",
            history=history,
            supported=supported,
            asked=asked,
        )
        if cut
        else tell(
            "{history:,} days of sales support a forecast of {supported:,} days.",
            history=history,
            supported=supported,
        )
    )
    return Check("forecast.horizon", not cut, sentence, float(supported), float(asked))


def _leaving_known(model: ParetoNBD, seed: int) -> Check:
    """Whether the data tell who has left: else a probability of that is no figure."""
    drawn = newton.draws(model.point, model.hessian, model.customers, DRAWS, seed)
    shares = [model.with_params(np.exp(one)).leaving for one in drawn]
    low, high = (float(q) for q in np.quantile(shares, [0.05, 0.95]))
    known = model.converged and low >= LEAST_LEAVING and high <= KNOWN_TO * low
    figures = {"low": low, "high": high}
    if known:
        sentence = tell(
            "Between {low:.0%} and {high:.0%} of new customers leave for good within a year.",
            **figures,
        )
    elif high < LEAST_LEAVING:
        sentence = tell(
            "In these sales hardly anybody is seen to leave for good, so nobody's chance of still "
            "being a customer is given."
        )
    else:
        sentence = tell(
            "The sales do not tell who has left for good (between {low:.0%} and {high:.0%} of new "
            "customers within a year), so nobody's chance of still being a customer is given.",
            **figures,
        )
    return Check("forecast.leaving", known, sentence, low, LEAST_LEAVING)


def _weight_table(fitted: Fitted) -> pd.DataFrame:
    parts = [
        ("ranking", CANDIDATES, fitted.blend[0]),
        ("ranking, later", CANDIDATES, fitted.blend[1]),
        ("level of purchases", LEVELS, fitted.counts.weights),
        ("level of money", LEVELS, fitted.revenue.weights),
    ]
    rows = [
        {"part": part, "candidate": name, "weight": weight}
        for part, names, weights in parts
        for name, weight in zip(names, weights, strict=True)
        if np.isfinite(weight)
    ]
    return pd.DataFrame(rows)
