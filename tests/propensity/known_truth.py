"""Prospects with known probabilities and planted leaks.

``python tests/propensity/known_truth.py 200`` prints, over 200 simulated tables, how many
planted leaks were missed, how many honest columns accused, and the calibration error against
the true probabilities beside its sampling noise.
"""

import sys

import numpy as np
import pandas as pd
from scipy.special import expit

from custanalytics.propensity import learn_prospects
from custanalytics.propensity.evaluation import expected_calibration_error

KINDS = ("copy", "filled", "talk", "after", "while_open")


def simulate(seed: int) -> tuple[pd.DataFrame, np.ndarray, set[str]]:
    """A table of prospects, the true probability of each, and the names of its leaks."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1500, 5000))
    table = pd.DataFrame({"lead_id": [f"L{i:06d}" for i in range(n)]})
    created = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(n) // 10, unit="D")
    table["created"] = created
    log_odds = np.full(n, rng.uniform(-2.5, 0.0))
    for i in range(int(rng.integers(3, 9))):
        x = rng.normal(size=n) if rng.random() < 0.6 else rng.exponential(size=n)
        log_odds += rng.normal(0, 0.6) * x
        table[f"number_{i}"] = np.where(rng.random(n) < rng.choice([0, 0.2]), np.nan, x)
    for i in range(int(rng.integers(1, 5))):
        levels = int(rng.integers(2, 30))
        code = rng.integers(0, levels, n)
        log_odds += rng.normal(0, 0.5, levels)[code]
        table[f"kind_{i}"] = np.array([f"k{c}" for c in range(levels)])[code]
    truth = expit(log_odds)
    converted = rng.random(n) < truth
    still_open = rng.random(n) < 0.15
    # an honest blank: those who gave a phone number convert a bit more often
    table["phone_type"] = np.where(rng.random(n) < 0.3 + 0.3 * truth, "mobile", None)
    kinds = {kind for kind in KINDS if rng.random() < 0.3}
    if "copy" in kinds:
        table["invoice_sent"] = np.where(rng.random(n) < 0.005, ~converted, converted).astype(int)
    if "filled" in kinds:
        table["coupon"] = np.where(converted & (rng.random(n) < 0.6), "SPRING", None)
    if "talk" in kinds:
        table["talk_seconds"] = rng.gamma(1.5, 150, n) * np.where(converted, 3.0, 1.0)
    if "after" in kinds:
        table["closed_on"] = created + pd.to_timedelta(rng.integers(1, 60, n), unit="D")
    if "while_open" in kinds:
        table["satisfaction"] = np.where(still_open, np.nan, rng.integers(1, 6, n))
    talk = "talk_seconds" if rng.random() < 0.5 else "measure_3"
    table = table.rename(columns={"talk_seconds": talk})
    names = {
        "copy": "invoice_sent",
        "filled": "coupon",
        "talk": talk,
        "after": "closed_on",
        "while_open": "satisfaction",
    }
    for kind in kinds & {"copy", "talk"}:
        table.loc[still_open, names[kind]] = rng.permutation(table[names[kind]])[still_open]
    if "filled" in kinds:
        table.loc[still_open, "coupon"] = None
    leaks = {names[kind] for kind in kinds} | _more_leaks(table, converted, still_open, seed)
    table["converted"] = np.where(still_open, None, np.where(converted, "yes", "no"))
    return table, truth, leaks


def _more_leaks(
    table: pd.DataFrame, converted: np.ndarray, still_open: np.ndarray, seed: int
) -> set[str]:
    """Put in leaks with an error in every tenth row, under names that say nothing."""
    rng = np.random.default_rng([seed, 1])
    n = len(table)
    leaks = set()
    if rng.random() < 0.2:
        wrong = rng.random(n) < 0.1
        table["flag_7"] = np.where(converted ^ wrong, "a", "b")
        table.loc[still_open, "flag_7"] = rng.choice(["a", "b"], int(still_open.sum()))
        leaks.add("flag_7")
    if rng.random() < 0.2:
        filled = rng.random(n) < np.where(converted, 0.6, 0.03)
        table["remark_code"] = np.where(filled & ~still_open, rng.integers(1, 9, n), np.nan)
        leaks.add("remark_code")
    return leaks


def judge(seed: int) -> dict[str, float]:
    """Leaks missed, honest columns accused, and calibration on one simulated table."""
    table, truth, leaks = simulate(seed)
    result, _ = learn_prospects(table)
    accused = set(result.leaks["column"])
    waiting = table["converted"].isna().to_numpy()
    p, true = result.prospects["propensity"].to_numpy(), truth[waiting]
    rng = np.random.default_rng(seed)
    noise = [expected_calibration_error(rng.random(len(true)) < true, true) for _ in range(50)]
    happened = rng.random(len(true)) < true
    return {
        "leaks": len(leaks),
        "missed": len(leaks - accused),
        "honest": len(table.columns) - 2 - len(leaks),
        "accused": len(accused - leaks),
        "calibration_error": expected_calibration_error(happened, p),
        "noise": float(np.mean(noise)),
        "names": " ".join(sorted(leaks - accused) + [f"!{c}" for c in sorted(accused - leaks)]),
    }


def main() -> None:
    """Print the rates over as many simulations as asked for."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rows = pd.DataFrame([judge(seed) for seed in range(count)])
    total = rows.drop(columns="names").sum()
    print(f"simulations            {count}")
    print(f"leaks missed           {total['missed']:.0f} of {total['leaks']:.0f}")
    print(f"honest columns accused {total['accused']:.0f} of {total['honest']:.0f}")
    print(f"calibration error      {rows['calibration_error'].mean():.4f}")
    print(f"  of the truth itself  {rows['noise'].mean():.4f} (sampling noise)")
    for seed, names in rows.loc[rows["names"] != "", "names"].items():
        print(f"  seed {seed}: {names}")


if __name__ == "__main__":
    main()
