import importlib.resources
import io

import numpy as np
import pandas as pd
import pytest

from custanalytics.value_models.lifetimes_library import lifetimes

COLUMNS = ["customer_id", "frequency", "recency", "T", "monetary_value"]


def packaged(name: str) -> str:
    return (importlib.resources.files(lifetimes()) / "datasets" / name).read_text("utf-8")


@pytest.fixture(scope="session")
def cdnow() -> pd.DataFrame:
    """The published summary of the 2,357-customer sample, in weeks."""
    frame = pd.read_csv(io.StringIO(packaged("cdnow_customers_summary_with_transactions.csv")))
    return frame.set_axis(COLUMNS, axis="columns")


@pytest.fixture(scope="session")
def cdnow_days() -> pd.DataFrame:
    """The same customers from their transactions, in days, with the 273 days that followed."""
    lines = pd.read_csv(
        io.StringIO(packaged("CDNOW_sample.txt")),
        sep=r"\s+",
        header=None,
        names=["master", "customer_id", "day", "units", "amount"],
        dtype={"customer_id": "str", "day": "str"},
    )
    lines["day"] = pd.to_datetime(lines["day"], format="%Y%m%d")
    days = lines.groupby(["customer_id", "day"], as_index=False)["amount"].sum()
    return summarised(days, pd.Timestamp("1997-09-30"), pd.Timestamp("1998-06-30"))


def summarised(days: pd.DataFrame, cutoff: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Holdout frame from one row per customer and purchase day, by pandas alone."""
    seen = days[days["day"] <= cutoff].sort_values(["customer_id", "day"])
    by = seen.groupby("customer_id")
    first, last, count, spend = by["day"].min(), by["day"].max(), by.size(), by["amount"].sum()
    repeat = (spend - by["amount"].first()) / (count - 1).where(count > 1)
    after = days[(days["day"] > cutoff) & (days["day"] <= end)].groupby("customer_id")["amount"]
    frame = pd.DataFrame(
        {
            "frequency": count - 1,
            "recency": (last - first).dt.days,
            "T": (cutoff - first).dt.days,
            "monetary_value": repeat,
            "total_spend": spend,
            "first_order": first,
            "holdout_frequency": after.size().reindex(count.index).fillna(0).astype("int64"),
            "holdout_spend": after.sum().reindex(count.index).fillna(0.0),
        }
    ).reset_index()
    frame["holdout_days"] = (end - cutoff).days
    return frame


def simulated(
    customers: int,
    seed: int,
    params: dict[str, float],
    holdout_days: int = 0,
    model: str = "BG/NBD",
) -> pd.DataFrame:
    """Customers who buy and leave as a model says, and spend as the gamma-gamma model says."""
    rng = np.random.default_rng(seed)
    age = rng.integers(30, 700, customers)
    rate = rng.gamma(params["r"], 1 / params["alpha"], customers)
    if model == "Pareto/NBD":
        stay = rng.exponential(1 / rng.gamma(params["s"], 1 / params["beta"], customers))
        most = np.full(customers, np.inf)
    else:
        stay = np.full(customers, np.inf)
        most = rng.geometric(rng.beta(params["a"], params["b"], customers)) - (model == "MBG/NBD")
    mean = 6 * 20 / rng.gamma(4, 1, customers)
    rows = []
    for i in range(customers):
        last = min(age[i] + holdout_days, stay[i])
        number = rng.poisson(rate[i] * last)
        times = np.sort(rng.uniform(0, last, number))[: int(min(most[i], number))]
        before = int((times <= age[i]).sum())
        spend = rng.gamma(6, mean[i] / 6, len(times))
        rows.append(
            {
                "frequency": before,
                "recency": times[before - 1] if before else 0.0,
                "T": float(age[i]),
                "monetary_value": spend[:before].mean() if before else np.nan,
                "holdout_frequency": len(times) - before,
                "holdout_spend": spend[before:].sum(),
                "holdout_days": holdout_days,
            }
        )
    frame = pd.DataFrame(rows)
    frame.insert(0, "customer_id", [f"c{i}" for i in range(customers)])
    return frame
