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


KINDS = (
    "steady",
    "season",
    "growth",
    "shrinking",
    "attrition",
    "left truncated",
    "wholesale",
    "subscription",
    "mostly one-time",
    "Christmas",
)


def shop_of_kind(kind: str, seed: int) -> pd.DataFrame:
    """A shop of 500 to 3,000 customers over one and a half to four years, of one of `KINDS`."""
    rng = np.random.default_rng([KINDS.index(kind), seed])
    customers, days = int(rng.integers(500, 3000)), int(rng.integers(550, 1460))
    gap, life, shape = rng.uniform(40, 150), rng.uniform(300, 900), rng.uniform(0.5, 1.5)
    spread, noise = rng.uniform(0.3, 0.8), rng.uniform(0.2, 0.6)
    truncated = kind in ("left truncated", "wholesale", "subscription") or rng.random() < 0.3
    back = 400 if truncated else 0
    first = np.sort(rng.integers(-back, days - 5, customers))
    if kind == "growth":
        first = (days * (np.linspace(0, 1, customers) ** 0.5)).astype(np.int64) - 1
    if kind == "attrition":
        life /= 4
    if kind == "wholesale":
        gap, spread, noise, shape = rng.uniform(15, 40), 1.2, 0.9, 0.7
    rate, stay = rng.gamma(shape, 1 / (gap * shape), customers), rng.exponential(life, customers)
    if kind == "mostly one-time":
        rate = np.where(rng.random(customers) < 0.75, 0.0, rate)
    day = np.arange(-back, days)
    year = rng.uniform(0, 2 * np.pi)
    wave = {"season": 0.6, "wholesale": 0.3}.get(kind, rng.choice([0.0, 0.15]))
    pace = np.exp(wave * np.sin(2 * np.pi * day / 365 + year))
    if kind == "Christmas":
        pace = pace * np.where((day % 365 > 310) & (day % 365 < 355), 2.5, 1.0)
    slope = {"growth": 0.25, "shrinking": -0.35}.get(kind, 0.0)
    pace = pace * np.exp(slope * day / 365)
    pace /= pace.mean()
    if kind == "subscription":
        every = rng.choice([28, 30, 61], customers)
        steps = int(days + back) // 28 + 1
        who = np.repeat(np.arange(customers), steps)
        at = first[who] + every[who] * np.tile(np.arange(1, steps + 1), customers)
        at = at + rng.integers(-2, 3, len(at))
        kept = (at < first[who] + stay[who]) & (rng.random(len(at)) < 0.9)
        who, at = who[kept], at[kept]
    else:
        counts = rng.poisson(rate[:, None] * pace)
        who, place = np.nonzero(counts)
        at = day[place]
        kept = (at > first[who]) & (at < first[who] + stay[who])
        who, at = who[kept], at[kept]
    who, at = np.r_[who, np.arange(customers)], np.r_[at, first]
    shown = (at >= 0) & (at < days)
    who, at = who[shown], at[shown]
    mean = rng.lognormal(3.5, spread, customers)
    frame = pd.DataFrame(
        {
            "customer_id": who,
            "ordered_at": pd.Timestamp("2020-03-01") + pd.to_timedelta(at, unit="D"),
            "amount": np.round(mean[who] * rng.lognormal(-(noise**2) / 2, noise, len(who)), 2),
        }
    )
    return frame.sort_values("ordered_at", kind="stable").reset_index(drop=True)
