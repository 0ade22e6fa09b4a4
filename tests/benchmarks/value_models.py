"""Time and peak memory against stock lifetimes, printed as ratios.

    python -m tests.benchmarks.value_models [CUSTOMERS ...]        (default: 10000 100000 1000000)

Every figure comes from a process of its own. The two columns of a step do the same work on
the same customers; how far their answers differ is printed beside it.
"""

import json
import resource
import subprocess
import sys
import time
import warnings

import numpy as np
import pandas as pd

STEPS = ("summary", "fit", "spend fit", "prediction")
PARAMS = {"r": 0.25, "alpha": 30.0, "a": 0.8, "b": 2.4}
SPEND = {"p": 6.25, "q": 3.74, "v": 15.44}


def customers(size: int, seed: int = 0, days: int = 730) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Transactions of customers who behave as the models say, and their summary."""
    rng = np.random.default_rng(seed)
    start = rng.integers(0, days, size)
    age = days - start
    rate = rng.gamma(PARAMS["r"], 1 / PARAMS["alpha"], size)
    most = rng.geometric(np.clip(rng.beta(PARAMS["a"], PARAMS["b"], size), 1e-12, 1))
    mean = SPEND["p"] / rng.gamma(SPEND["q"], 1 / SPEND["v"], size)
    who, when, count = [np.arange(size)], [start], np.zeros(size, np.int64)
    clock, active = np.zeros(size), np.arange(size)
    while len(active):
        clock[active] += rng.exponential(1 / np.maximum(rate[active], 1e-300))
        active = active[clock[active] <= age[active]]
        count[active] += 1
        who.append(active)
        when.append(start[active] + np.floor(clock[active]).astype(np.int64))
        active = active[count[active] < most[active]]
    lines = pd.DataFrame({"customer_id": np.concatenate(who), "day": np.concatenate(when)})
    lines["amount"] = rng.gamma(SPEND["p"], mean[lines["customer_id"]] / SPEND["p"]).round(2) + 0.01
    lines["ordered_at"] = pd.Timestamp("2023-01-01") + pd.to_timedelta(lines.pop("day"), unit="D")
    daily = lines.groupby(["customer_id", "ordered_at"], as_index=False)["amount"].sum()
    by = daily.groupby("customer_id")
    first, last, bought = by["ordered_at"].min(), by["ordered_at"].max(), by.size()
    end = pd.Timestamp("2023-01-01") + pd.Timedelta(days=days)
    repeat = by["amount"].sum() - by["amount"].first()
    summary = pd.DataFrame(
        {
            "frequency": bought - 1,
            "recency": (last - first).dt.days,
            "T": (end - first).dt.days,
            "monetary_value": repeat / (bought - 1).where(bought > 1),
        }
    )
    return lines, summary.reset_index()


def ours(step: str, lines: pd.DataFrame, summary: pd.DataFrame) -> tuple[float, np.ndarray]:
    from custanalytics.customers.summary import customer_summary
    from custanalytics.value_models import GammaGamma, fit

    model = fit("BG/NBD", summary) if step == "prediction" else None
    begin = time.perf_counter()
    if step == "summary":
        table = customer_summary(
            lines, (pd.Timestamp("2023-01-01") + pd.Timedelta(days=730)).date()
        )
        answer = table[["frequency", "recency", "T"]].sum().to_numpy(np.float64)
    elif step == "fit":
        answer = np.array(list(fit("BG/NBD", summary).params.values()))
    elif step == "spend fit":
        answer = np.array(list(GammaGamma.fitted(summary).params.values()))
    else:
        answer = model.predict(summary, 365)["expected_purchases"].to_numpy()
    return time.perf_counter() - begin, answer


def theirs(step: str, lines: pd.DataFrame, summary: pd.DataFrame) -> tuple[float, np.ndarray]:
    import lifetimes
    from lifetimes.utils import summary_data_from_transaction_data

    x, last, age = summary["frequency"], summary["recency"], summary["T"]
    again = summary[x > 0]

    def fitted():
        return lifetimes.BetaGeoFitter().fit(x, last, age)

    def spend_fitted():
        return lifetimes.GammaGammaFitter().fit(again["frequency"], again["monetary_value"])

    model = fitted() if step == "prediction" else None
    begin = time.perf_counter()
    if step == "summary":
        end = lines["ordered_at"].min() + pd.Timedelta(days=730)
        table = summary_data_from_transaction_data(
            lines, "customer_id", "ordered_at", "amount", observation_period_end=end
        )
        answer = table[["frequency", "recency", "T"]].sum().to_numpy(np.float64)
    elif step == "fit":
        answer = fitted().params_.to_numpy()
    elif step == "spend fit":
        answer = spend_fitted().params_.to_numpy()
    else:
        answer = model.conditional_expected_number_of_purchases_up_to_time(365, x, last, age)
        model.conditional_probability_alive(x, last, age)
    return time.perf_counter() - begin, np.asarray(answer, np.float64)


def measured(side: str, step: str, size: int) -> None:
    """Run one step in this process and tell its figures."""
    warnings.simplefilter("ignore")
    lines, summary = customers(size)
    if step != "summary":
        lines = lines.iloc[:0]
    seconds, answer = (ours if side == "ours" else theirs)(step, lines, summary)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    np.save(sys.argv[-1], np.asarray(answer))
    print(json.dumps({"seconds": seconds, "megabytes": peak}))


def main(sizes: list[int]) -> None:
    """Compare every step at every size."""
    import tempfile

    print(f"{'customers':>10} {'step':<15} {'ours':>9} {'lifetimes':>10} {'ratio':>7}"
          f" {'peak MB':>16} {'largest difference':>19}")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            for step in STEPS:
                told, answers = {}, {}
                for side in ("ours", "theirs"):
                    path = f"{folder}/{side}.npy"
                    command = [
                        sys.executable,
                        "-m",
                        "tests.benchmarks.value_models",
                        "--one",
                        side,
                        step,
                        str(size),
                        path,
                    ]
                    output = subprocess.run(command, capture_output=True, text=True, check=True)
                    told[side] = json.loads(output.stdout.splitlines()[-1])
                    answers[side] = np.load(path)
                mine, stock = told["ours"], told["theirs"]
                scale = np.maximum(np.abs(answers["theirs"]), 1e-9)
                apart = float((np.abs(answers["ours"] - answers["theirs"]) / scale).max())
                print(
                    f"{size:>10,} {step:<15} {mine['seconds']:>8.2f}s {stock['seconds']:>9.2f}s"
                    f" {stock['seconds'] / mine['seconds']:>6.1f}x"
                    f" {mine['megabytes']:>7.0f} {stock['megabytes']:>8.0f} {apart:>19.1e}",
                    flush=True,
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measured(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main([int(size) for size in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
