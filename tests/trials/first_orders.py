"""Whether first-order drivers are found that are there, and none where there are none.

``python -m tests.trials.first_orders [SIMULATIONS]`` prints the rates over simulated shops.
"""

import sys

import numpy as np
import pandas as pd

from custanalytics import first_order_drivers

PRODUCTS = 200
START = pd.Timestamp("2022-01-01")


def shop(seed: int, *, starter: float = 1.0, customers: int = 6000) -> pd.DataFrame:
    """Sales of two and a half years whose customers come back at a rate of their month.

    The product "starter" multiplies the chance; 200 other products and three channels do
    nothing. Larger baskets and the months before Christmas bring more who come back, and the
    Christmas products with them: a comparison that overlooks month or basket finds those.
    """
    rng = np.random.default_rng(seed)
    day = rng.integers(0, 900, customers)
    month = (START + pd.to_timedelta(day, unit="D")).month.to_numpy()
    winter = month >= 11
    size = 1 + rng.poisson(1.0, customers)
    popular = 1 / np.arange(1, PRODUCTS + 1)
    seasonal = popular * np.where(np.arange(PRODUCTS) % 5 == 0, 6, 1)
    begins = rng.random(customers) < 0.08
    chance = 0.15 * np.where(winter, 1.5, 1.0) * np.where(size > 2, 1.3, 1.0)
    chance = chance * np.where(begins, starter, 1.0)
    more = np.where(rng.random(customers) < chance, 1 + rng.geometric(0.6, customers), 0)
    channels = rng.choice(["web", "shop", "fair"], customers, p=[0.6, 0.3, 0.1])
    visits = pd.DataFrame({"customer_id": np.repeat(np.arange(customers), 1 + more)})
    visits["visit"] = visits.groupby("customer_id").cumcount()
    gap = np.where(visits["visit"] == 0, 0, rng.integers(1, 200, len(visits)))
    own = visits["customer_id"].to_numpy()
    visits["day"] = day[own] + pd.Series(gap).groupby(own).cumsum()
    lines = visits.loc[visits.index.repeat(size[own])].reset_index(drop=True)
    own = lines["customer_id"].to_numpy()
    goods = np.empty(len(lines), dtype=np.int64)
    for season, weights in ((False, popular), (True, seasonal)):
        at = winter[own] == season
        goods[at] = rng.choice(PRODUCTS, at.sum(), p=weights / weights.sum())
    lines["product"] = np.char.add("product ", np.char.zfill(goods.astype(str), 3))
    first = ~lines.duplicated(["customer_id", "visit"]) & (lines["visit"] == 0)
    lines.loc[first & begins[own], "product"] = "starter"
    lines["amount"], lines["channel"] = rng.lognormal(3, 1.2, len(lines)), channels[own]
    lines["ordered_at"] = START + pd.to_timedelta(lines.pop("day"), unit="D")
    return lines.loc[lines["ordered_at"] < START + pd.Timedelta(days=900)]


def named(lines: pd.DataFrame) -> tuple[set[str], set[str]]:
    """Values that the analysis names by rate, and by revenue."""
    drivers = first_order_drivers(lines).drivers
    return (
        set(drivers.loc[drivers["is_driver"], "value"]),
        set(drivers.loc[drivers["is_revenue_driver"], "value"]),
    )


def main(simulations: int) -> None:
    """Print the rates."""
    found, others, channel, by_luck = [], [], [], []
    channels = {"web", "shop", "fair"}
    sizes = {"1", "2", "2-3", "3+", "4+"}
    for seed in range(simulations):
        rate, revenue = named(shop(seed, starter=2.0))
        found.append(("starter" in rate, "starter" in revenue))
        others.append(len((rate | revenue) - sizes - channels - {"starter"}))
        channel.append(bool((rate | revenue) & channels))
        rate, revenue = named(shop(10_000 + seed))
        by_luck.append(len((rate | revenue) - sizes))
        if (seed + 1) % 10 == 0 or seed + 1 == simulations:
            print(
                f"{seed + 1} pairs of shops: a first product that doubles the rate is found in "
                f"{np.mean([r for r, _ in found]):.0%} by rate, "
                f"{np.mean([m for _, m in found]):.0%} by revenue; the channel is named in "
                f"{np.mean(channel):.1%}; other products {np.mean(others):.3f} a shop; in shops "
                f"where no product and no channel matters, any is named in "
                f"{np.mean([n > 0 for n in by_luck]):.1%}",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
