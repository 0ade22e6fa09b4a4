"""What earlier cutoffs say of a forecast, as tables: every cutoff, tenths, chances."""

import numpy as np
import pandas as pd

from custanalytics.errors import UnsupportedError
from custanalytics.forecast.result import Forecast

TENTHS = 10
# a tested time so little longer than that asked for is one of it
LITTLE_MORE = 1.05
# Quantity of `Forecast.origins` -> its name in tables.
_NAMES = {"buyers": "buyers", "purchases": "purchases", "money": "revenue"}


def origin_rows(forecast: Forecast, most_days: float) -> pd.DataFrame:
    """Every earlier cutoff and time ahead up to so many days, the quantities side by side."""
    long = forecast.origins
    long = long.loc[long["days"] <= most_days * LITTLE_MORE]
    wide = long[["cutoff", "days"]].drop_duplicates(ignore_index=True)
    wide["longest"] = wide["days"] == wide.groupby("cutoff")["days"].transform("max")
    for quantity, name in _NAMES.items():
        columns = {
            "actual": f"actual_{name}",
            "expected": f"expected_{name}",
            "low": f"{name}_low",
            "high": f"{name}_high",
            "error": f"{name}_error",
            "carried": f"carried_{name}",
        }
        part = long.loc[long["quantity"] == quantity, ["cutoff", "days", *columns]]
        wide = wide.merge(part.rename(columns=columns), on=["cutoff", "days"], how="left")
    return wide.drop(columns="carried_buyers")


def nearest_days(rows: pd.DataFrame, days: float) -> pd.DataFrame:
    """The rows of the tested time ahead that is nearest to so many days."""
    off = np.abs(np.log(rows["days"].to_numpy(np.float64) / days))
    nearest: pd.DataFrame = rows.loc[off == off.min(initial=np.inf)]
    return nearest.reset_index(drop=True)


def tested_apart(forecast: Forecast, days: float) -> pd.DataFrame:
    """Customers at the latest earlier cutoffs whose times ahead do not overlap; empty if none."""
    try:
        tested = forecast.tested(days)
    except UnsupportedError:
        return pd.DataFrame({"cutoff": [], "purchases": [], "p_purchase": []})
    kept: list[pd.Timestamp] = []
    for cutoff in sorted(tested["cutoff"].unique(), reverse=True):
        days = float(tested.loc[tested["cutoff"] == cutoff, "days"].iloc[0])
        if not kept or (kept[-1] - cutoff).days >= int(days):
            kept.append(cutoff)
    return tested.loc[tested["cutoff"].isin(kept)].reset_index(drop=True)


def tenths_of_money(forecast: Forecast, days: float) -> pd.DataFrame:
    """How much of the money each tenth of the customers brought, most expected first.

    Customers are ranked within each cutoff; cutoffs overlap in nothing.
    """
    tested = tested_apart(forecast, days)
    if tested.empty:
        return pd.DataFrame()
    place = tested.groupby("cutoff")["expected_revenue"].rank(method="first", ascending=False)
    size = tested.groupby("cutoff")["expected_revenue"].transform("size")
    tenth = ((place - 1) * TENTHS // size + 1).astype(np.int64)
    sums = tested.groupby(tenth.rename("tenth")).agg(
        customers=("revenue", "size"),
        expected_share=("expected_revenue", "sum"),
        actual_share=("revenue", "sum"),
    )
    for name in ("expected_share", "actual_share"):
        total = float(sums[name].sum())
        sums[name] = sums[name] / total if total > 0 else np.nan
    return sums.reset_index()
