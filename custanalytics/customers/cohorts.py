"""Do customers come back: retention by cohort, and the way to the second purchase."""

import warnings
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.stats import CensoredData, ecdf

from custanalytics.check import Check
from custanalytics.customers.first_seen import FirstSeen, first_seen
from custanalytics.customers.summary import observation_period
from custanalytics.errors import UnsupportedError
from custanalytics.sentences import noted, tell, tell_many
from custanalytics.shown import Shown
from custanalytics.transactions import HasEngine, as_engine

_MOST_COHORTS = 24
_PERIODS = {"month": 1, "quarter": 3, "year": 12}
FEWEST_CUSTOMERS = 20


@dataclass(frozen=True, repr=False)
class Cohorts(Shown):
    """Retention of customers grouped by the period of their first purchase.

    Attributes
    ----------
    period : str
        Length of a period: ``"month"``, ``"quarter"`` or ``"year"``.
    retention : DataFrame
        One row per cohort and period since: ``cohort`` (first day), ``period`` (0 is that of
        the first purchase), ``customers`` (size of the cohort), ``active`` (how many bought),
        ``retention`` (active / customers), ``revenue`` (currency units), ``complete`` (False:
        the data covers only part of that period), ``old_customers`` (True: the cohort begins
        before `new_from`, so old customers are among it).
    average : DataFrame
        One row per period since the first purchase, complete ones of cohorts without old
        customers: ``period``, ``customers`` (of the cohorts seen that long), ``active``,
        ``retention``.
    second_purchase : DataFrame
        One row per number of days since the first purchase: ``days``, ``share`` of new customers
        who have bought a second time by then, with customers still under observation
        allowed for (Kaplan-Meier), ``share_low``, ``share_high`` (95 % interval).
    figures : dict
        Of all customers: ``customers``, ``one_time_customers``, ``one_time_share``. Of new ones:
        ``new_customers``, ``share_second_purchase`` (observed so far),
        ``share_second_30d``, ``share_second_90d``, ``share_second_180d``,
        ``share_second_365d`` (Kaplan-Meier; nan beyond the data),
        ``median_days_to_second`` (among those who came back; nan if none did). And
        ``left_out_days``: from the first purchase, how long customers may be old ones.
    checks : tuple of Check
        What to keep in mind when reading.
    """

    period: str
    retention: pd.DataFrame
    average: pd.DataFrame
    second_purchase: pd.DataFrame
    figures: dict[str, float]
    checks: tuple[Check, ...]


def cohort_retention(
    transactions: pd.DataFrame | HasEngine,
    observation_end: date | None = None,
    period: str | None = None,
    new_from: date | None = None,
) -> Cohorts:
    """Follow customers from the period of their first purchase.

    Assumes that whoever is first seen on `new_from` or later is a new customer; others may have
    bought before the data begins, and count in no figure about new customers.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        A DataFrame has one row per line: ``customer_id`` (null: unknown), ``ordered_at``
        (datetime), ``amount`` (currency units, refunds negative), optional ``order_id``,
        ``product``, ``quantity``.
    observation_end : date, optional
        Last day that counts; by default the last day in the data.
    period : {"month", "quarter", "year"}, optional
        Length of a period; by default the shortest that gives at most 24 cohorts.
    new_from : date, optional
        First day from which a first purchase is a new customer's; by default decided from the
        data: before it clearly more customers are seen for the first time than later.

    Returns
    -------
    Cohorts
        Retention table and the curve to the second purchase.

    Raises
    ------
    UnsupportedError
        No known customer has a purchase, or all data lies in one calendar month.

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958), Nonparametric estimation from incomplete observations,
    Journal of the American Statistical Association 53(282), for the second purchase.
    """
    engine = as_engine(transactions)
    first_day, last_day = observation_period(engine)
    end = observation_end or last_day
    months = (end.year - first_day.year) * 12 + end.month - first_day.month + 1
    if months < 2:
        raise UnsupportedError(
            tell(
                "the data covers one calendar month ({first} to {end}); whether customers come "
                "back shows from the second month on",
                first=first_day,
                end=end,
            )
        )
    if period is None:
        fitting = [name for name, size in _PERIODS.items() if months <= size * _MOST_COHORTS]
        period = fitting[0] if fitting else "year"
    size = _PERIODS[period]
    found = engine.run("cohorts", as_of=end, months_per_period=size)
    seen = first_seen(engine, end, new_from)
    if seen is None:
        raise UnsupportedError(tell("no known customer has an order that came to more than zero"))
    last_index = (end.year * 12 + end.month - 1) // size
    last_complete = end == (pd.Timestamp(end) + pd.offsets.MonthEnd(0)).date() and (
        (end.year * 12 + end.month) % size == 0
    )
    retention = _triangle(found, last_index, last_complete, size)
    retention["old_customers"] = (retention["cohort"] < pd.Timestamp(seen.new_from)) & (
        seen.left_out_days > 0
    )
    everybody = engine.run("second_purchase", as_of=end, new_from=seen.new_from)
    waits = everybody.loc[everybody["is_new"]]
    if waits.empty:
        raise UnsupportedError(tell("no customer is first seen on {day} or later", day=new_from))
    curve = _kaplan_meier(waits)
    return Cohorts(
        period=period,
        retention=retention,
        average=_average(retention),
        second_purchase=curve,
        figures={
            **_of_all(everybody),
            **_of_new(waits, curve),
            "left_out_days": float(seen.left_out_days),
        },
        checks=_checks(seen),
    )


def _triangle(found: pd.DataFrame, last_index: int, last_complete: bool, size: int) -> pd.DataFrame:
    sizes = found.loc[found["cohort"] == found["period_index"]].set_index("cohort")["active"]
    grid = pd.DataFrame(
        [(c, p) for c in sizes.index for p in range(c, last_index + 1)],
        columns=["cohort", "period_index"],
    )
    grid = grid.merge(found, on=["cohort", "period_index"], how="left")
    month = grid["cohort"] * size
    cohort = pd.to_datetime(pd.DataFrame({"year": month // 12, "month": month % 12 + 1, "day": 1}))
    active = grid["active"].fillna(0).astype("int64")
    customers = grid["cohort"].map(sizes).astype("int64")
    return pd.DataFrame(
        {
            "cohort": cohort,
            "period": grid["period_index"] - grid["cohort"],
            "customers": customers,
            "active": active,
            "retention": active / customers,
            "revenue": grid["revenue"].fillna(0.0),
            "complete": (grid["period_index"] < last_index) | last_complete,
        }
    )


def _average(retention: pd.DataFrame) -> pd.DataFrame:
    # Cohorts weigh by their customers, and only those seen that long count.
    whole = retention.loc[retention["complete"] & ~retention["old_customers"]]
    average = whole.groupby("period")[["customers", "active"]].sum().reset_index()
    average["retention"] = average["active"] / average["customers"]
    return average


def _kaplan_meier(waits: pd.DataFrame) -> pd.DataFrame:
    again = waits.loc[waits["bought_again"]]
    if again.empty:
        last = int(waits["days"].max())
        return pd.DataFrame(
            {"days": [0, last], "share": 0.0, "share_low": np.nan, "share_high": np.nan}
        )
    still = waits.loc[~waits["bought_again"]]
    sample = CensoredData(
        uncensored=_spread(again),
        right=_spread(still),
    )
    survival = ecdf(sample).sf
    with warnings.catch_warnings():
        # Where nobody or everybody is left the interval is undefined: null in the table.
        warnings.simplefilter("ignore", RuntimeWarning)
        interval = survival.confidence_interval(confidence_level=0.95, method="log-log")
    curve = pd.DataFrame(
        {
            "days": survival.quantiles.astype("int64"),
            "share": 1 - survival.probabilities,
            "share_low": 1 - interval.high.probabilities,
            "share_high": 1 - interval.low.probabilities,
        }
    )
    start = pd.DataFrame({"days": [0], "share": 0.0, "share_low": 0.0, "share_high": 0.0})
    return pd.concat([start, curve.loc[curve["days"] > 0]], ignore_index=True)


def _spread(waits: pd.DataFrame) -> np.ndarray:
    """One value per customer from counts per value."""
    return np.repeat(waits["days"].to_numpy(dtype=float), waits["n"].to_numpy())


def _of_all(waits: pd.DataFrame) -> dict[str, float]:
    customers, once = (int(rows["n"].sum()) for rows in (waits, waits.loc[~waits["bought_again"]]))
    return {
        "customers": float(customers),
        "one_time_customers": float(once),
        "one_time_share": once / customers,
    }


def _of_new(waits: pd.DataFrame, curve: pd.DataFrame) -> dict[str, float]:
    again = waits.loc[waits["bought_again"]]
    figures = {
        "new_customers": float(waits["n"].sum()),
        "share_second_purchase": float(again["n"].sum() / waits["n"].sum()),
        "median_days_to_second": (float(np.median(_spread(again))) if len(again) else np.nan),
    }
    for days in (30, 90, 180, 365):
        seen = curve["days"] <= days
        inside = days <= int(curve["days"].max())
        figures[f"share_second_{days}d"] = (
            float(curve.loc[seen, "share"].iloc[-1]) if inside else np.nan
        )
    return figures


def _checks(seen: FirstSeen) -> tuple[Check, ...]:
    new = seen.customers - seen.left_out
    return (
        Check(
            "cohorts.customers",
            new >= FEWEST_CUSTOMERS,
            tell_many(
                new,
                "One customer is followed.",
                "{n:,} customers are followed.",
                n=new,
            )
            if new >= FEWEST_CUSTOMERS
            else tell_many(
                new,
                "One customer is followed; with fewer than {fewest} a single one moves the curves.",
                "{n:,} customers are followed; with fewer than {fewest} a single one moves the "
                "curves.",
                n=new,
                fewest=FEWEST_CUSTOMERS,
            ),
            value=new,
            threshold=FEWEST_CUSTOMERS,
            source=noted("rule of thumb: one customer in twenty is 5%"),
        ),
        seen.check("cohorts.first_cohort"),
    )
