"""What was known about every customer on a given day, and what happened after it."""

from datetime import date

import numpy as np
import pandas as pd

from custanalytics.engine import Engine

FEATURES = (
    "days_since_last_purchase",
    "log_recency",
    "log_tenure",
    "recency_share",
    "log_purchase_days",
    "log_orders",
    "log_days_30",
    "log_days_90",
    "log_days_180",
    "log_days_365",
    "log_days_window",
    "trend",
    "same_season",
    "purchase_rate",
    "active_month_rate",
    "weekend_share",
    "log_spend",
    "log_spend_90",
    "log_spend_365",
    "log_first_spend",
    "log_last_spend",
    "log_products",
    "log_first_products",
    "log_usual_gap",
    "gap_variation",
    "log_last_gap",
    "overdue",
    "overdue_longest",
    "refunded_order_share",
    "refunded_share",
)
"""Names of the model's inputs, one column each in the frame `features_at` returns."""


def prepare(engine: Engine) -> None:
    """Reduce the ledger to the table of money movements that features are read from."""
    engine.keep("propensity_movements", "propensity_movements")


def features_at(
    engine: Engine, cutoffs: list[date], window_days: int, one_in: int = 1
) -> pd.DataFrame:
    """Features of every customer at each cutoff, from nothing later than the cutoff."""
    _set_cutoffs(engine, cutoffs, labelled=False)
    raw = engine.run("features", window_days=window_days, one_in=one_in)
    return raw.assign(**_derive(raw))


def outcomes_after(engine: Engine, cutoffs: list[date], window_days: int) -> pd.DataFrame:
    """Who bought in the window after each cutoff, and for how much."""
    _set_cutoffs(engine, cutoffs, labelled=True)
    return engine.run("propensity_outcomes", window_days=window_days)


def with_outcome(features: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Features with ``bought`` (bool) and ``spend`` (currency units, 0 where none) added."""
    joined = features.merge(outcomes, on=["cutoff", "customer_id"], how="left")
    return joined.assign(bought=joined["spend"].notna(), spend=joined["spend"].fillna(0.0))


def _set_cutoffs(engine: Engine, cutoffs: list[date], labelled: bool) -> None:
    days = pd.DataFrame({"cutoff": pd.to_datetime(pd.Series(cutoffs)), "labelled": labelled})
    engine.write("propensity_days", days)
    engine.keep("propensity_cutoffs", "propensity_cutoffs")


def _derive(raw: pd.DataFrame) -> dict[str, pd.Series]:
    """Model inputs: logs of counts and days, ratios, and money relative to the usual order.

    Money is divided by the mean purchase day of all customers at that cutoff, so that neither
    the currency nor inflation changes a score.
    """
    recency = raw["days_since_last_purchase"].astype("float64")
    tenure = raw["tenure_days"].astype("float64")
    days = raw["purchase_days"].astype("float64")
    gaps = (days - 1).where(days > 1)
    usual_gap = raw["gap_total"].astype("float64") / gaps
    variance = raw["gap_squares"].astype("float64") / gaps - usual_gap**2
    at_cutoff = raw.groupby("cutoff")
    unit = at_cutoff["gross_spend"].transform("sum") / at_cutoff["purchase_days"].transform("sum")
    months = tenure / 30.4 + 1
    columns = {
        "log_recency": np.log1p(recency),
        "log_tenure": np.log1p(tenure),
        "recency_share": recency / (tenure + 1),
        "log_purchase_days": np.log(days),
        "log_orders": np.log(raw["n_orders"]),
        "trend": np.log1p(raw["days_window"]) - np.log1p(raw["days_window_before"]),
        "same_season": np.log1p(raw["days_same_season"]),
        "purchase_rate": np.log(days / months),
        "active_month_rate": raw["active_months"] / (months + 1),
        "weekend_share": raw["days_weekend"] / days,
        "log_spend": np.log1p(raw["gross_spend"] / unit),
        "log_first_spend": np.log1p(raw["first_spend"] / unit),
        "log_last_spend": np.log1p(raw["last_spend"] / unit),
        "log_products": np.log1p(raw["products"] / days),
        "log_first_products": np.log1p(raw["first_products"]),
        "log_usual_gap": np.log1p(usual_gap),
        "gap_variation": np.sqrt(variance.clip(lower=0)) / usual_gap,
        "log_last_gap": np.log1p(raw["gap_last"].astype("float64")),
        "overdue": np.log1p(recency / usual_gap),
        "overdue_longest": np.log1p(recency / raw["gap_longest"].astype("float64")),
        "refunded_order_share": raw["orders_refunded"] / raw["n_orders"],
        "refunded_share": raw["spend_refunded"] / (raw["gross_spend"] + raw["spend_refunded"]),
    }
    for window in ("30", "90", "180", "365", "window"):
        columns[f"log_days_{window}"] = np.log1p(raw[f"days_{window}"])
    for window in ("90", "365"):
        columns[f"log_spend_{window}"] = np.log1p(raw[f"spend_{window}"] / unit)
    return {name: column.astype("float64") for name, column in columns.items()}
