"""What each step costs, as ratios in one run: ``python -m tests.benchmarks [LINES ...]``.

    python -m tests.benchmarks                  100,000 and 1,000,000 lines
    python -m tests.benchmarks 10000000         further sizes, in any number
    python -m tests.benchmarks sales.csv.gz     a file that is there, with HTML and PDF

Each figure comes from a process of its own; one second of ours is set against one of reading only
the needed columns with a group-by by customer in DuckDB, on the same file, in the same run. Before
anything is timed, all sides are asked for the same totals, and must agree.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import date
from importlib import metadata
from pathlib import Path

import duckdb
import pandas as pd

# So many lines has a customer on average, and an order.
PER_CUSTOMER, PER_ORDER = 20, 2
END = date(2024, 12, 31)
LAST = Path(__file__).parent / "last.md"

Job = Callable[[Path], dict[str, float]]


def sales(path: Path, lines: int) -> None:
    """A shop's export: customers come back at rates of their own, for a time of their own."""
    with duckdb.connect() as connection:
        connection.execute("SELECT setseed(0.5)")
        connection.execute(
            f"""COPY (
                SELECT 'B' || order_no AS order_id, 'C' || customer AS customer_id,
                    strftime(day, '%Y-%m-%d') AS ordered_at, 'P' || (hash(line) % 500) AS product,
                    1 + hash(line * 7) % 3 AS quantity,
                    round(5 + (hash(line * 13) % 9000) / 100.0, 2) AS unit_price
                FROM (
                    SELECT line, line // {PER_ORDER} AS order_no,
                        CAST(floor(({lines} // {PER_CUSTOMER}) * pow(hash(line // {PER_ORDER}) /
                            18446744073709551616.0, 1.7)) AS BIGINT) AS customer,
                        DATE '2023-01-01' + CAST(hash((line // {PER_ORDER}) * 31) % 730 AS INTEGER)
                            AS day
                    FROM range({lines}) AS r(line)) ORDER BY day, order_no
            ) TO '{path}' (HEADER)"""
        )


def timed(steps: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Seconds of each step, one after the other."""
    took = {}
    for name, step in steps.items():
        begin = time.perf_counter()
        step()
        took[name] = time.perf_counter() - begin
    return took


def floor(path: Path) -> dict[str, float]:
    """Reading only the needed columns, grouped by customer."""

    def read() -> object:
        with duckdb.connect() as connection:
            return connection.execute(
                "SELECT customer_id, count(DISTINCT order_id), min(ordered_at), max(ordered_at), "
                f"sum(quantity * unit_price) FROM read_csv('{path}') GROUP BY customer_id"
            ).df()

    return timed({"group-by": read})


def ours(path: Path) -> dict[str, float]:
    """Each step of the library on the file."""
    import custanalytics as ca

    held: dict[str, object] = {}
    begin = time.perf_counter()
    held["ledger"] = ledger = ca.load(path, today=END)
    took = {"load": time.perf_counter() - begin}
    return took | timed(
        {
            "summary": lambda: ca.customer_summary(ledger),
            "RFM": lambda: ca.rfm_segmentation(ca.customer_summary(ledger)),
            "cohorts": lambda: ca.cohort_retention(ledger),
            "forecast": lambda: ca.forecast_customers(ledger, 365),
            "value": lambda: ca.customer_lifetime_value(ledger, margin=0.4),
            "propensity": lambda: ca.purchase_propensity(ledger),
        }
    )


def whole(path: Path) -> dict[str, float]:
    """Everything but the rendering: read, compute, decide, write results and lists."""
    import custanalytics as ca
    from custanalytics.results.lists import write_exports

    with tempfile.TemporaryDirectory() as folder:

        def everything() -> None:
            results = ca.analyse(ca.load(path, today=END), made_on=END)
            ca.write_results(results, Path(folder) / "results")
            write_exports(results, Path(folder))

        return timed({"whole, without rendering": everything})


def notebook(path: Path) -> dict[str, float]:
    """The same figures as a notebook makes them: pandas and stock lifetimes."""
    import lifetimes
    from lifetimes.utils import summary_data_from_transaction_data

    held: dict[str, pd.DataFrame] = {}

    def read() -> None:
        held["lines"] = pd.read_csv(path, parse_dates=["ordered_at"])
        held["lines"]["amount"] = held["lines"]["quantity"] * held["lines"]["unit_price"]

    def summary() -> None:
        held["summary"] = summary_data_from_transaction_data(
            held["lines"], "customer_id", "ordered_at", "amount"
        )

    def value() -> None:
        table = held["summary"]
        model = lifetimes.BetaGeoFitter(0.001).fit(table["frequency"], table["recency"], table["T"])
        again = table[(table["frequency"] > 0) & (table["monetary_value"] > 0)]
        spend = lifetimes.GammaGammaFitter(0.001).fit(again["frequency"], again["monetary_value"])
        spend.customer_lifetime_value(
            model, table["frequency"], table["recency"], table["T"], table["monetary_value"]
        )

    return timed({"pandas: read": read, "lifetimes: summary": summary, "lifetimes: value": value})


def polars(path: Path) -> dict[str, float]:
    """The summary in polars."""
    import polars as pl

    def summary() -> object:
        lines = pl.scan_csv(path, try_parse_dates=True)
        return lines.group_by("customer_id").agg(
            pl.col("order_id").n_unique(),
            pl.col("ordered_at").min().alias("first"),
            pl.col("ordered_at").max().alias("last"),
            (pl.col("quantity") * pl.col("unit_price")).sum().alias("amount"),
        ).collect()  # fmt: skip

    return timed({"polars: summary": summary})


def report(path: Path) -> dict[str, float]:
    """The command, with HTML and PDF."""
    from custanalytics.cli.main import main

    with tempfile.TemporaryDirectory() as folder:
        return timed(
            {"run, HTML and PDF": lambda: main(["run", str(path), "--out", folder + "/r"])}
        )


def profile(path: Path) -> dict[str, float]:
    """ydata-profiling's page of the same file, where it is installed."""
    from ydata_profiling import ProfileReport

    def page() -> None:
        with tempfile.TemporaryDirectory() as folder:
            ProfileReport(pd.read_csv(path)).to_file(f"{folder}/page.html")

    return timed({"ydata-profiling, HTML": page})


JOBS: dict[str, Job] = {
    job.__name__: job for job in (floor, ours, whole, notebook, polars, report, profile)
}


def assert_alike(path: Path) -> None:
    """All sides count the same customers, and the same days and money of them."""
    import polars as pl

    import custanalytics as ca

    lines = pd.read_csv(path, parse_dates=["ordered_at"])
    lines["amount"] = lines["quantity"] * lines["unit_price"]
    by = lines.groupby("customer_id")
    repeats = int((by["ordered_at"].nunique() - 1).sum())
    expected = (by.ngroups, repeats, round(float(lines["amount"].sum()), 2))
    summary = ca.customer_summary(ca.load(path, today=END))
    ours = (len(summary), int(summary["frequency"].sum()), round(summary["total_spend"].sum(), 2))
    there = pl.read_csv(path)
    polars = (
        there["customer_id"].n_unique(),
        there.select(pl.struct("customer_id", "ordered_at").n_unique()).item()
        - there["customer_id"].n_unique(),
        round((there["quantity"] * there["unit_price"]).sum(), 2),
    )
    assert ours == expected == polars, (ours, expected, polars)


def measured(job: str, path: Path) -> tuple[dict[str, float], float] | None:
    """Seconds of a job's steps and its peak memory in MB; None where it is not installed."""
    command = [sys.executable, "-m", "tests.benchmarks", "--job", job, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        if "ModuleNotFoundError" in done.stderr:
            return None
        raise SystemExit(f"{job}: {done.stderr[-2000:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    return told["steps"], told["megabytes"]


def table(path: Path, jobs: list[str], title: str, base: str = "floor") -> list[str]:
    """Lines of a table in Markdown, printed as they come; ratios to the first step of ``base``."""
    first = measured(base, path)
    unit = next(iter(first[0].values())) if first else float("nan")
    name = next(iter(first[0])) if first else base
    rows = [f"### {title}", "", f"| Step | Seconds | Times {name} | Peak MB |"]
    rows += ["|---|---:|---:|---:|"]
    print("\n".join(rows))
    for job in jobs:
        found = first if job == base else measured(job, path)
        if found is None:
            rows.append(f"| {job}: not installed | | | |")
            print(rows[-1])
            continue
        for step, seconds in found[0].items():
            rows.append(f"| {step} | {seconds:.2f} | {seconds / unit:.2f} | {found[1]:.0f} |")
            print(rows[-1], flush=True)
    return [*rows, ""]


def main() -> None:
    """Measure, print, and keep what was measured."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("lines", nargs="*", default=["100000", "1000000"])
    asked.add_argument("--job", nargs=2, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.job:
        warnings.simplefilter("ignore")
        steps = JOBS[given.job[0]](Path(given.job[1]))
        # Of this process alone: what getrusage tells starts with its parent's.
        status = Path("/proc/self/status").read_text("utf-8")
        megabytes = int(status.split("VmHWM:")[1].split()[0]) / 1024
        print(json.dumps({"steps": steps, "megabytes": megabytes}))
        return
    machine = f"{os.cpu_count()} threads, {platform.system()} {platform.machine()}"
    versions = ", ".join(
        f"{name} {metadata.version(name)}" for name in ("custanalytics", "duckdb", "pandas")
    )
    said = [f"{date.today()}: {machine}, Python {platform.python_version()}, {versions}", ""]
    print(said[0])
    with tempfile.TemporaryDirectory() as folder:
        for asked_for in given.lines:
            if not asked_for.isdecimal():
                file = Path(asked_for)
                said += table(file, ["profile", "report"], file.name, base="profile")
                continue
            lines = int(asked_for)
            path = Path(folder) / f"{lines}.csv"
            sales(path, lines)
            if lines <= 1_000_000:
                assert_alike(path)
            said += table(
                path, ["floor", "ours", "whole", "notebook", "polars"], f"{lines:,} lines"
            )
            path.unlink()
    LAST.write_text("\n".join(said), "utf-8")


if __name__ == "__main__":
    main()
