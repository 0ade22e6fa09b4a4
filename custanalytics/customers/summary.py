"""Transactions to one row per customer: the recency, frequency and value of purchases."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from custanalytics.engine import frame_of
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.sentences import tell
from custanalytics.transactions import HasEngine, as_engine


def customer_summary(
    transactions: pd.DataFrame | HasEngine, observation_end: date | None = None
) -> pd.DataFrame:
    """Summarise each customer's purchases up to a day.

    Only orders that came to more than zero are purchases; returns reduce spend. What happened
    after `observation_end` (returns too) is not seen.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        A DataFrame has one row per line: ``customer_id`` (null: unknown, left out),
        ``ordered_at`` (datetime), ``amount`` (currency units, refunds negative), optional
        ``order_id``, ``product``, ``quantity``.
    observation_end : date, optional
        Last day that counts; by default the last day in the data.

    Returns
    -------
    DataFrame
        One row per customer with at least one purchase: ``customer_id`` (str), ``frequency``
        (repeat purchase days), ``recency`` (days from first to last purchase), ``T`` (days from
        first purchase to `observation_end`), ``monetary_value`` (mean net spend per repeat
        purchase day; null when frequency is 0 or all was refunded), ``n_orders``,
        ``total_spend`` (net of returns), ``first_order``, ``last_order`` (days),
        ``days_since_last_purchase``.

    Raises
    ------
    UnsupportedError
        No customer has a purchase in the period.

    References
    ----------
    Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005), "Counting your customers" the easy
    way, Marketing Science 24(2), for the meaning of frequency, recency and T.

    Examples
    --------
    >>> lines = pd.DataFrame(
    ...     {
    ...         "customer_id": ["ann", "ann", "bob"],
    ...         "ordered_at": ["2024-01-01", "2024-01-31", "2024-01-11"],
    ...         "amount": [10.0, 20.0, 5.0],
    ...     }
    ... )
    >>> columns = ["customer_id", "frequency", "recency", "T", "monetary_value"]
    >>> customer_summary(lines)[columns]
      customer_id  frequency  recency   T  monetary_value
    0         ann          1       30  30            20.0
    1         bob          0        0  20             NaN
    """
    engine = as_engine(transactions)
    end = observation_end or observation_period(engine)[1]
    summary = engine.run("customer_summary", as_of=end)
    if summary.empty:
        raise UnsupportedError(
            tell(
                "no known customer has an order that came to more than zero by {end}; check the "
                "customer column (--map customer_id=...) and the amounts",
                end=end,
            )
        )
    return summary


def holdout_summary(
    transactions: pd.DataFrame | HasEngine, cutoff: date, observation_end: date
) -> pd.DataFrame:
    """Summarise customers as seen on an earlier day, with what they did afterwards.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        As for `customer_summary`.
    cutoff : date
        Last day of the calibration period.
    observation_end : date
        Last day of the holdout period; later than `cutoff`.

    Returns
    -------
    DataFrame
        The columns of `customer_summary` as of `cutoff`, and ``holdout_frequency`` (purchase
        days after the cutoff), ``holdout_spend`` (currency units, net of returns),
        ``holdout_days`` (length of the holdout).

    Raises
    ------
    UsageError
        `cutoff` is not before `observation_end`.
    UnsupportedError
        No customer has a purchase by `cutoff`.
    """
    if cutoff >= observation_end:
        raise UsageError(f"the cutoff {cutoff} must be before the end {observation_end}")
    engine = as_engine(transactions)
    summary = customer_summary(engine, observation_end=cutoff)
    after = engine.run("holdout", as_of=observation_end, cutoff=cutoff)
    joined = summary.merge(after, on="customer_id", how="left")
    joined["holdout_frequency"] = joined["holdout_frequency"].fillna(0).astype("int64")
    joined["holdout_spend"] = joined["holdout_spend"].fillna(0.0)
    joined["holdout_days"] = (observation_end - cutoff).days
    return joined


def observation_period(transactions: pd.DataFrame | HasEngine) -> tuple[date, date]:
    """First and last day with a line in the data."""
    row = as_engine(transactions).run("observation_period").iloc[0]
    if pd.isna(row["first_day"]):
        raise UnsupportedError(tell("the data has no usable line: no date with an amount"))
    return pd.Timestamp(row["first_day"]).date(), pd.Timestamp(row["last_day"]).date()


def checked_summary(given: pd.DataFrame | HasEngine, columns: Sequence[str]) -> pd.DataFrame:
    """A summary, made of a ledger or given, with one row per customer and these columns whole."""
    summary = customer_summary(given) if isinstance(given, HasEngine) else frame_of(given)
    missing = [column for column in columns if column not in summary.columns]
    if missing:
        raise UsageError(
            f"the summary lacks the columns {', '.join(missing)}; customer_summary makes them "
            "from transactions"
        )
    summary = summary.reset_index(drop=True)
    ids = summary["customer_id"]
    if ids.isna().any() or ids.duplicated().any():
        raise UsageError(
            f"the summary has {int(ids.isna().sum())} rows without a customer_id and "
            f"{int(ids.dropna().duplicated().sum())} that repeat one; it needs one row per customer"
        )
    for column in columns[1:]:
        numbers = pd.to_numeric(summary[column], errors="coerce")
        if numbers.isna().any():
            raise UsageError(
                f"{int(numbers.isna().sum())} of {len(summary)} rows have no number in {column}; "
                "fill them or leave these customers out"
            )
        summary[column] = numbers
    return summary
