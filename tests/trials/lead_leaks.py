"""Prospects with known probabilities and planted leaks.

``python tests/trials/lead_leaks.py 200`` prints, over 200 simulated tables, how many
planted leaks were missed (of those that lift the AUC by more than .02), how many honest columns
left out and asked about, alone, in groups of 2 to 10 that hang together, and where a leak is
written as time goes by beside honest columns that drift; the calibration error
against the true probabilities beside its sampling noise, how often the profit of the best list lay within its
bounds; and how often uplift was offered on as many simulated campaigns with and without customers
whom the contact moves more than others.
"""

import sys
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from sklearn.metrics import roc_auc_score

from custanalytics.campaigns.uplift import rank_uplift
from custanalytics.prospects.leak_guard import guard
from custanalytics.prospects.learning import fit_lead_scoring
from custanalytics.scoring.calibration import predicted_apart
from custanalytics.scoring.columns import Column, inputs, read_columns
from custanalytics.scoring.evaluation import expected_calibration_error
from custanalytics.scoring.outcome import read_outcomes
from custanalytics.scoring.pipelines import boosting, folds

KINDS = ("copy", "filled", "talk", "after", "while_open")


def simulate(seed: int, kinds: Sequence[str] = KINDS) -> tuple[pd.DataFrame, np.ndarray, set[str]]:
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
    put_in = {kind for kind in KINDS if rng.random() < 0.3} & set(kinds)
    if "copy" in put_in:
        table["invoice_sent"] = np.where(rng.random(n) < 0.005, ~converted, converted).astype(int)
    if "filled" in put_in:
        table["coupon"] = np.where(converted & (rng.random(n) < 0.6), "SPRING", None)
    if "talk" in put_in:
        table["talk_seconds"] = rng.gamma(1.5, 150, n) * np.where(converted, 3.0, 1.0)
    if "after" in put_in:
        table["closed_on"] = created + pd.to_timedelta(rng.integers(1, 60, n), unit="D")
    if "while_open" in put_in:
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
    for kind in put_in & {"copy", "talk"}:
        table.loc[still_open, names[kind]] = rng.permutation(table[names[kind]])[still_open]
    if "filled" in put_in:
        table.loc[still_open, "coupon"] = None
    leaks = {names[kind] for kind in put_in}
    if kinds:
        leaks |= _more_leaks(table, converted, still_open, seed)
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


def simulate_groups(seed: int) -> tuple[pd.DataFrame, set[str], set[str]]:
    """A table with leaks that hang together, or a step of the conversion, beside honest groups."""
    table, truth, leaks = simulate(seed, kinds=())
    rng = np.random.default_rng([seed, 2])
    n = len(table)
    log_odds = logit(truth)
    related = rng.normal(size=n)
    for i in range(int(rng.integers(2, 7))):
        table[f"trait_{i}"] = related + rng.normal(0, rng.uniform(0.3, 1.0), n)
    converted = rng.random(n) < expit(log_odds + rng.uniform(0.4, 1.2) * related)
    still_open = table.pop("converted").isna().to_numpy()
    kind = rng.choice(["group", "condition", "none"], p=[0.6, 0.15, 0.25])
    made = {}
    if kind == "group":
        process = rng.normal(size=n)
        for i in range(int(rng.integers(2, 11))):
            told = rng.uniform(0.8, 2.5) * converted + rng.uniform(0, 1.2) * process
            told += rng.normal(size=n)
            words = pd.qcut(told, int(rng.integers(2, 8)), labels=False)
            made[f"step_{i}"] = told if rng.random() < 0.4 else np.array([f"s{c}" for c in words])
    if kind == "condition":
        made["looked_in"] = np.where(converted | (rng.random(n) < rng.uniform(0.1, 0.4)), "1", "0")
    leaks |= set(made)
    order = np.arange(n)
    order[still_open] = rng.permutation(n)[: still_open.sum()]
    for name, values in made.items():
        table[name] = np.asarray(values)[order]
    table["converted"] = np.where(still_open, None, np.where(converted, "yes", "no"))
    honest = {name for name in table.columns if name not in leaks} - {"lead_id", "converted"}
    return table, leaks, honest


def simulate_aged(seed: int) -> tuple[pd.DataFrame, set[str], set[str]]:
    """A table with a leak that is written as time goes by, beside honest columns that drift."""
    table, truth, _ = simulate(seed, kinds=())
    rng = np.random.default_rng([seed, 3])
    n = len(table)
    came = table["created"]
    age = (came.max() - came).dt.days.to_numpy() + 1
    old = age / age.max()
    log_odds = logit(truth)
    honest, leak = {}, {}
    if rng.random() < 0.5:
        fades = honest["tells_less"] = rng.normal(size=n)
        log_odds += rng.normal(0, 0.8) * fades * (old if rng.random() < 0.5 else 1 - old)
    if rng.random() < 0.5:
        moves = honest["moves"] = rng.normal(size=n) + rng.normal() * old
        log_odds += rng.normal(0, 0.6) * moves
    if rng.random() < 0.5:
        # a field that the form had until some day, or from some day on
        code = rng.integers(0, 5, n)
        log_odds += rng.normal(0, 0.7, 5)[code]
        asked = old > rng.uniform(0.02, 0.5)
        asked = asked if rng.random() < 0.5 else ~asked
        honest["field"] = np.where(asked, np.array([f"v{c}" for c in range(5)])[code], None)
    converted = rng.random(n) < expit(log_odds)
    takes = rng.gamma(1.5, rng.uniform(5, 25), n)
    takes *= np.where(converted, 1.0, rng.uniform(0.7, 2.0))
    since = np.maximum(age - takes, 0)
    kind = rng.choice(["counted", "filled", "day", "none"], p=[0.3, 0.3, 0.2, 0.2])
    if kind == "counted":
        more = np.minimum(since, rng.uniform(60, 250)) * rng.uniform(0.01, 0.08)
        more *= np.where(converted, 1, rng.uniform(0, 0.4))
        leak["mails"] = rng.poisson(rng.uniform(0.5, 4), n) + rng.poisson(more)
    if kind == "filled":
        share = np.where(converted, rng.uniform(0.3, 0.8), rng.uniform(0.02, 0.25))
        filled = rng.random(n) < share * (1 - np.exp(-since / rng.uniform(20, 150)))
        leak["field_7"] = np.where(filled, rng.choice(["x", "y", "z"], n), None)
    if kind == "day":
        after = np.where(converted, rng.uniform(0.2, 0.9), rng.uniform(0, 0.2)) * since
        days = (np.minimum(takes, age) + after) * rng.random(n)
        leak["touched"] = came + pd.to_timedelta(np.floor(days), unit="D")
    names = {*table.columns, *honest} - {"lead_id", "converted"}
    table = table.assign(**honest, **leak)
    table["converted"] = np.where(takes > age, None, np.where(converted, "yes", "no"))
    return table, set(leak), names


def judge_guard(
    seed: int, make: Callable[[int], tuple[pd.DataFrame, set[str], set[str]]]
) -> dict[str, float]:
    """What the guard says: leaks missed, honest columns left out, honest ones asked about."""
    table, leaks, honest = make(seed)
    clock = "created"
    read = read_columns(table)
    target = read_outcomes(read)
    usable = [c for c in read.columns if c.used and c.name != target.outcome.column]
    found = {leak.column: leak.sure for leak in guard(read.values, usable, target, clock, seed)}
    known = target.known
    y = target.converted[known]
    fold = folds(y, seed, 3)

    def auc(columns: list[Column]) -> float:
        X = inputs(read.values[known], columns, clock).reset_index(drop=True)
        return float(roc_auc_score(y, predicted_apart(partial(boosting, X, seed), X, y, fold)))

    missed = leaks - set(found)
    lifted = 0.0
    if missed:
        without = [c for c in usable if c.name not in leaks]
        left = [c for c in usable if c.name not in found or c.name not in leaks]
        lifted = auc(left) - auc(without)
    wrong = honest & set(found)
    return {
        "leaks": len(leaks),
        "missed": len(missed) * (lifted > 0.02),
        "honest": len(honest),
        "left_out": sum(found[name] for name in wrong),
        "asked": sum(not found[name] for name in wrong),
        "names": " ".join([f"{m}({lifted:.3f})" for m in sorted(missed)]
                          + [f"!{w}{'' if found[w] else '?'}" for w in sorted(wrong)]),
    }  # fmt: skip


def judge(seed: int) -> dict[str, float]:
    """Leaks missed, honest columns accused, and calibration on one simulated table."""
    table, truth, leaks = simulate(seed)
    cost, value = 1.0, 4.0
    result, _ = fit_lead_scoring(table, contact_cost=cost, conversion_value=value)
    accused = set(result.leaks["column"])
    waiting = table["converted"].isna().to_numpy()
    p, true = result.prospects["propensity"].to_numpy(), truth[waiting]
    rng = np.random.default_rng(seed)
    noise = [expected_calibration_error(rng.random(len(true)) < true, true) for _ in range(50)]
    happened = rng.random(len(true)) < true
    best = result.profit[result.profit["best"]].iloc[0]
    contacted = np.argsort(-p, kind="stable")[: int(best["contacted"])]
    profit = value * happened[contacted].sum() - cost * len(contacted)
    return {
        "leaks": len(leaks),
        "missed": len(leaks - accused),
        "honest": len(table.columns) - 2 - len(leaks),
        "accused": len(accused - leaks),
        "calibration_error": expected_calibration_error(happened, p),
        "noise": float(np.mean(noise)),
        "profit_held": float(best["profit_low"] <= profit <= best["profit_high"]),
        "names": " ".join(sorted(leaks - accused) + [f"!{c}" for c in sorted(accused - leaks)]),
    }


def campaign(seed: int, moves: float) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """A mailing like Hillstrom's: half contacted, a visit in a tenth, some moved more than others.

    The contact adds 4.5 percentage points to the rate on average; `moves` is the difference
    between recent buyers of the mailed kind and the others.
    """
    rng = np.random.default_rng(seed)
    n = 8000
    table = pd.DataFrame(
        {
            "recency": rng.integers(1, 13, n).astype(float),
            "history": rng.lognormal(5, 1, n),
            "mens": np.where(rng.random(n) < 0.55, "yes", "no"),
            "zip": rng.choice(["urban", "suburban", "rural"], n),
        }
    )
    treated = rng.random(n) < 0.5
    moved = (table["mens"] == "yes") & (table["recency"] < 7)
    rate = 0.16 - 0.009 * table["recency"]
    effect = 0.045 + moves * (moved - moved.mean())
    return table, treated, (rng.random(n) < rate + effect * treated).to_numpy()


def main() -> None:
    """Print the rates over as many simulations as asked for."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rows = pd.DataFrame([judge(seed) for seed in range(count)])
    total = rows.drop(columns="names").sum()
    by_kind = {
        "groups": pd.DataFrame([judge_guard(seed, simulate_groups) for seed in range(count)]),
        "by age": pd.DataFrame([judge_guard(seed, simulate_aged) for seed in range(count)]),
    }
    print(f"simulations            {count}")
    print(f"leaks missed           {total['missed']:.0f} of {total['leaks']:.0f}")
    print(f"honest columns accused {total['accused']:.0f} of {total['honest']:.0f}")
    for kind, judged in by_kind.items():
        found = judged.drop(columns="names").sum()
        print(f"{kind}: leaks missed   {found['missed']:.0f} of {found['leaks']:.0f}")
        print(f"  honest ones left out {found['left_out']:.0f} of {found['honest']:.0f}")
        print(f"  honest ones asked of {found['asked']:.0f}")
    print(f"calibration error      {rows['calibration_error'].mean():.4f}")
    print(f"  of the truth itself  {rows['noise'].mean():.4f} (sampling noise)")
    print(f"profit within bounds   {rows['profit_held'].mean():.1%} (90 % wanted)")
    for moves in (0.0, 0.08):
        offered = [rank_uplift(*campaign(seed, moves)).uplift is not None for seed in range(count)]
        print(f"uplift offered         {np.mean(offered):.1%} (effects differ by {moves:.0%})")
    for kind, judged in by_kind.items():
        for seed, names in judged.loc[judged["names"] != "", "names"].items():
            print(f"  {kind}, seed {seed}: {names}")
    for seed, names in rows.loc[rows["names"] != "", "names"].items():
        print(f"  seed {seed}: {names}")


if __name__ == "__main__":
    main()
