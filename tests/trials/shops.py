"""Shops with known buying probabilities."""

import numpy as np
import pandas as pd


def steady_shop(customers: int, days: int, seed: int = 0, season: float = 0.0) -> pd.DataFrame:
    """Poisson buyers with gamma rates who leave after an exponential time.

    `season` is the amplitude of a yearly wave in the log of the rate.
    """
    rng = np.random.default_rng(seed)
    wave = np.exp(season * np.sin(2 * np.pi * np.arange(days) / 365))
    wave /= wave.mean()
    rows = []
    for customer in range(customers):
        first = int(rng.integers(0, days - 1))
        rate, life = rng.gamma(1.0, 1 / 60), rng.exponential(400)
        bought = np.flatnonzero(rng.random(days) < rate * wave)
        later = bought[(bought > first) & (bought < first + life)]
        rows += [(customer, day) for day in [first, *later]]
    frame = pd.DataFrame(rows, columns=["customer_id", "day"])
    return pd.DataFrame(
        {
            "customer_id": frame["customer_id"],
            "ordered_at": pd.Timestamp("2022-01-01") + pd.to_timedelta(frame["day"], unit="D"),
            "amount": np.round(rng.lognormal(3, 0.5, len(frame)), 2),
        }
    )
