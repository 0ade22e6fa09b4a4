"""Customer value summed over groups of customers, such as segments, with intervals."""

import numpy as np
import pandas as pd

from custanalytics.clv.total_intervals import sum_interval
from custanalytics.clv.value import CustomerLifetimeValue
from custanalytics.errors import UsageError


def group_value(
    value: CustomerLifetimeValue, groups: pd.DataFrame, by: str = "segment"
) -> pd.DataFrame:
    """Sum customer value over groups.

    The intervals hold the randomness of the group's customers and the error that the model
    made on the whole base in earlier holdouts; a group may err more.

    Parameters
    ----------
    value : CustomerLifetimeValue
        What customers are worth.
    groups : DataFrame
        One row per customer: ``customer_id`` and the column named by `by`.
    by : str
        Column that names the group.

    Returns
    -------
    DataFrame
        One row per group, in the order of its name: the column `by`, ``customers``,
        ``expected_purchases``, ``clv``, ``clv_low``, ``clv_high``.

    Raises
    ------
    UsageError
        A column is missing, or customers are named twice.
    """
    missing = [column for column in ("customer_id", by) if column not in groups.columns]
    if missing:
        raise UsageError(f"groups need the columns customer_id and {by}; missing: {missing}")
    if groups["customer_id"].duplicated().any():
        raise UsageError("groups must name each customer once")
    joined = value.customers.merge(groups[["customer_id", by]], on="customer_id")
    joined["variance"] = joined["clv_sd"] ** 2
    table = (
        joined.groupby(by)
        .agg(
            customers=("clv", "size"),
            expected_purchases=("expected_purchases", "sum"),
            clv=("clv", "sum"),
            variance=("variance", "sum"),
        )
        .reset_index()
    )
    width = float(value.totals["error_width"].iloc[0])
    spread = np.sqrt(table.pop("variance").to_numpy())
    bounds = [
        sum_interval(total, sd, width, value.params["level"])
        for total, sd in zip(table["clv"], spread, strict=True)
    ]
    table["clv_low"] = [low for low, _ in bounds]
    table["clv_high"] = [high for _, high in bounds]
    return table
