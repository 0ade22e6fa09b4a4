"""Customer value summed over groups of customers, such as segments, with intervals."""

import pandas as pd

from custanalytics.clv.value import CustomerLifetimeValue
from custanalytics.forecast import Forecast


def group_value(
    forecast: Forecast, value: CustomerLifetimeValue, groups: pd.DataFrame
) -> pd.DataFrame:
    """Sum customer value over groups; what they add up to is the value of all.

    Parameters
    ----------
    forecast : Forecast
        What `value` is a view of.
    value : CustomerLifetimeValue
        What customers are worth.
    groups : DataFrame
        One row per customer: ``customer_id`` and the column to group by.

    Returns
    -------
    DataFrame
        One row per group, in the order of its name: the column, ``customers``, ``clv``,
        ``clv_low``, ``clv_high``.
    """
    table = forecast.groups(groups, value.params["horizon_days"])
    by = next(name for name in groups.columns if name != "customer_id")
    known = groups.assign(customer_id=groups["customer_id"].astype(str))
    worth = value.customers[["customer_id", "clv"]].merge(known, on="customer_id")
    table["clv"] = table[by].map(worth.groupby(by)["clv"].sum())
    # discounting and margin change a group's interval as they change its money
    share = table["clv"] / table["revenue"].where(table["revenue"] > 0)
    for end in ("low", "high"):
        table[f"clv_{end}"] = (table[f"revenue_{end}"] * share).fillna(0.0)
    return table[[by, "customers", "clv", "clv_low", "clv_high"]]
