"""The forecast beside what else would be done, at rolling origins on real and simulated shops.

    python -m tests.benchmarks.forecast [FOLDER] [--quick]

FOLDER holds cdnow_master.txt, online_retail.csv.gz, complete_journey.parquet, superstore.csv.gz;
what is missing is left out, and counted. At each origin everybody sees the sales up to that day
and no more. The rivals: Pareto/NBD, and BG/NBD by stock lifetimes, each with gamma-gamma; each
customer's own rate carried on; last year's same period; plain gradient boosting.
"""

import sys
import time
import warnings
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from custanalytics.errors import UnsupportedError
from custanalytics.forecast import forecast_customers
from custanalytics.forecast.sales import Sales, sales_of
from custanalytics.forecast.snapshot import Snapshot, outcomes, snapshot
from custanalytics.transactions import as_engine
from custanalytics.value_models.bg_nbd import BGNBD
from custanalytics.value_models.gamma_gamma import GammaGamma
from custanalytics.value_models.inputs import unique_rows
from custanalytics.value_models.pareto_nbd import ParetoNBD
from tests.benchmarks.real_sales import cdnow_master, online_retail
from tests.benchmarks.scores import log_loss, normalised_gini, spearman
from tests.trials.shops import KINDS, shop_of_kind

SHOPS, ORIGINS = 30, 3
HORIZONS = (91, 182, 365)
QUANTITIES = ("buyers", "purchases", "money")
# buyers, purchases and money expected of each customer
Answer = tuple[np.ndarray, np.ndarray, np.ndarray]


def complete_journey(folder: Path) -> pd.DataFrame:
    import duckdb

    text = """
        SELECT CAST(household_id AS VARCHAR) AS customer_id, CAST(basket_id AS VARCHAR) AS order_id,
            MIN(transaction_timestamp) AS ordered_at, SUM(sales_value) AS amount
        FROM read_parquet(?) GROUP BY ALL
    """
    path = folder / "complete_journey.parquet"
    return duckdb.execute(text, [str(path)]).df() if path.exists() else pd.read_parquet(path)


def superstore(folder: Path) -> pd.DataFrame:
    lines = pd.read_csv(folder / "superstore.csv.gz", encoding="latin-1")
    return pd.DataFrame(
        {
            "customer_id": lines["Customer ID"],
            "order_id": lines["Order ID"],
            "ordered_at": pd.to_datetime(lines["Order Date"]),
            "amount": lines["Sales"],
        }
    )


REAL = {
    "cdnow_master.txt": cdnow_master,
    "online_retail.csv.gz": online_retail,
    "complete_journey.parquet": complete_journey,
    "superstore.csv.gz": superstore,
}


def shops(folder: Path | None, quick: bool) -> Iterator[tuple[str, pd.DataFrame]]:
    """Names and sales; real ones first."""
    present = {name: read for name, read in REAL.items() if folder and (folder / name).exists()}
    print(f"{len(REAL) - len(present)} of {len(REAL)} real data sets are missing and left out")
    for name, read in present.items():
        yield name.split(".")[0], read(folder)
    for number in range(len(KINDS) if quick else SHOPS):
        kind = KINDS[number % len(KINDS)]
        yield f"{kind} {number // len(KINDS)}", shop_of_kind(kind, number // len(KINDS))


def origins(sales: Sales, days: int, most: int) -> list[int]:
    """Days from which so many days can be looked at, with twice as many or a year before."""
    begin, end = sales.first + min(2 * days, 365), sales.last - days
    if begin > end:
        return []
    count = min(most, 1 + (end - begin) // 30)
    return [int(day) for day in np.linspace(end, begin, count)]


def summary_of(at: Snapshot) -> pd.DataFrame:
    """The snapshot as a customer summary."""
    mean = at.spent / (at.frequency + 1)
    return pd.DataFrame(
        {
            "customer_id": at.customer,
            "frequency": at.frequency,
            "recency": at.recency,
            "T": at.T,
            "monetary_value": np.where(at.frequency > 0, mean, np.nan),
        }
    )


def pareto(sales: Sales, at: Snapshot, days: int) -> Answer:
    summary = summary_of(at)
    told = ParetoNBD.fitted(unique_rows(summary)).predict(summary, days)
    count = told["expected_purchases"].to_numpy()
    return told["p_purchase"].to_numpy(), count, count * gamma_gamma(summary)


def gamma_gamma(summary: pd.DataFrame) -> np.ndarray:
    spend = GammaGamma.fitted(summary)
    return spend.expected_spend(
        summary["frequency"].to_numpy(), summary["monetary_value"].to_numpy()
    )


def beta_geometric(sales: Sales, at: Snapshot, days: int) -> Answer:
    """BG/NBD by stock lifetimes' likelihood, whose fits ours equals to the digit."""
    summary = summary_of(at)
    told = BGNBD.fitted(unique_rows(summary)).predict(summary, days)
    count = told["expected_purchases"].to_numpy()
    return told["p_purchase"].to_numpy(), count, count * gamma_gamma(summary)


def carried(sales: Sales, at: Snapshot, days: int) -> Answer:
    count = at.frequency / np.maximum(at.T, 30) * days
    return -np.expm1(-count), count, count * at.spent / (at.frequency + 1)


def last_year(sales: Sales, at: Snapshot, days: int) -> Answer | None:
    """What the customers of a year before did next, in equal classes of how they stood."""
    if at.cutoff - 365 - sales.first < 60:
        return None
    before = snapshot(sales_until(sales, at.cutoff), at.cutoff - 365, 182)
    counts, money = outcomes(sales_until(sales, at.cutoff), before, np.array([0.0, min(days, 365)]))
    longer = days / min(days, 365)

    def classes(one: Snapshot) -> np.ndarray:
        silence = np.searchsorted([30, 91, 182, 365], one.T - one.recency)
        return np.minimum(one.frequency, 6).astype(np.int64) * 5 + silence

    code = classes(before)
    size = np.bincount(code, minlength=35) + 1.0
    answers = []
    for values in (counts[:, 0] > 0, counts[:, 0], money[:, 0]):
        rate = (np.bincount(code, values, 35) + float(np.mean(values))) / size
        answers.append(rate[classes(at)] * longer)
    return tuple(answers)


def sales_until(sales: Sales, day: int) -> Sales:
    kept = sales.moved_on <= day
    return Sales(
        sales.customer_id, sales.customer, sales.day, sales.order[kept], sales.moved_on[kept],
        sales.amount[kept], sales.first, day,
    )  # fmt: skip


def boosting(sales: Sales, at: Snapshot, days: int) -> Answer | None:
    """Learned at the latest cutoff whose time ahead is over."""
    if at.cutoff - days - sales.first < 42:
        return None
    past = sales_until(sales, at.cutoff)
    before = snapshot(past, at.cutoff - days, 182)
    counts, money = outcomes(past, before, np.array([0.0, days]))
    settings = {"max_iter": 100, "learning_rate": 0.05, "max_leaf_nodes": 8, "random_state": 0}
    bought = counts[:, 0] > 0
    if bought.sum() < 20 or (~bought).sum() < 20:
        return None
    X, now = np.round(before.features, 2), np.round(at.features, 2)
    p = HistGradientBoostingClassifier(**settings).fit(X, bought).predict_proba(now)[:, 1]
    poisson = {"loss": "poisson", **settings}
    count = HistGradientBoostingRegressor(**poisson).fit(X, counts[:, 0]).predict(now)
    spend = HistGradientBoostingRegressor(**poisson).fit(
        X, np.maximum(money[:, 0], 0) / before.unit
    )
    return p, count, spend.predict(now) * at.unit


RIVALS = {
    "Pareto/NBD": pareto,
    "BG/NBD": beta_geometric,
    "carried rate": carried,
    "last year": last_year,
    "boosting": boosting,
}


def ours(
    lines: pd.DataFrame, end: date, days: int
) -> tuple[Answer, dict[str, tuple], pd.DataFrame]:
    told = forecast_customers(lines, days, end)
    each, total = told.at(days), told.total(days).iloc[0]
    bounds = {
        name: (total[f"{name}_low"], total[f"{name}_high"])
        for name in ("buyers", "purchases", "revenue")
    }
    columns = ("p_purchase", "expected_purchases", "expected_revenue")
    return tuple(each[name].to_numpy() for name in columns), bounds, each


def judged(answer: Answer, counts: np.ndarray, money: np.ndarray) -> dict[str, float]:
    p, expected, worth = answer
    bought = (counts > 0).astype(np.float64)
    row = {}
    for name, told, came in zip(QUANTITIES, answer, (bought, counts, money), strict=True):
        row[f"{name}_log"] = float(np.log(max(told.sum(), 1e-9) / max(came.sum(), 1e-9)))
    for name, told, came in (("purchases", expected, counts), ("money", worth, money)):
        row[f"{name}_rmse"] = float(np.sqrt(np.mean((told - came) ** 2)))
        row[f"{name}_mae"] = float(np.mean(np.abs(told - came)))
        row[f"{name}_spearman"] = spearman(told, came)
        row[f"{name}_gini"] = normalised_gini(told, np.maximum(came, 0))
        top = np.argsort(-told, kind="stable")[: max(len(told) // 10, 1)]
        row[f"{name}_top"] = float(came[top].sum() / max(came.sum(), 1e-9))
    row["log_loss"] = log_loss(p, bought)
    order = np.argsort(p, kind="stable")
    tenth = np.array_split(order, 10)
    row["calibration"] = float(
        np.mean([abs(p[part].mean() - bought[part].mean()) for part in tenth if len(part)])
    )
    return row


def trial(name: str, lines: pd.DataFrame, most: int) -> Iterator[dict]:
    engine = as_engine(lines)
    last = pd.to_datetime(lines["ordered_at"]).max().date()
    whole = sales_of(engine, last)
    for days in HORIZONS:
        for day in origins(whole, days, most):
            end = (pd.Timestamp(0) + pd.Timedelta(days=day)).date()
            past = sales_of(engine, end)
            at = snapshot(past, day, 182)
            ids = pd.Index(whole.customer_id).get_indexer(past.customer_id[at.customer])
            full = Snapshot(
                day,
                ids,
                *(
                    getattr(at, n)
                    for n in (
                        "frequency",
                        "recency",
                        "T",
                        "spent",
                        "spent_square",
                        "unit",
                        "features",
                    )
                ),
            )
            counts, money = outcomes(whole, full, np.array([0.0, float(days)]))
            counts, money = counts[:, 0], money[:, 0]
            key = {"shop": name, "days": days, "origin": end, "customers": len(at)}
            began = time.perf_counter()
            try:
                answer, bounds, each = ours(engine, end, days)
            except UnsupportedError as reason:
                print(f"{name:<22} {days:>4} {end} not supported: {reason}")
                continue
            seconds = time.perf_counter() - began
            row = judged(answer, counts, money)
            came = dict(
                zip(
                    ("buyers", "purchases", "revenue"),
                    ((counts > 0).sum(), counts.sum(), money.sum()),
                    strict=True,
                )
            )
            for quantity, (low, high) in bounds.items():
                row[f"{quantity}_held"] = float(low <= came[quantity] <= high)
                row[f"{quantity}_width"] = float(np.log(high / low))
            for column, value in (("expected_purchases", counts), ("expected_revenue", money)):
                row[f"{column}_each"] = float(
                    np.mean(
                        (each[f"{column}_low"].to_numpy() <= value + 1e-9)
                        & (value <= each[f"{column}_high"].to_numpy() + 1e-9)
                    )
                )
            yield {**key, "who": "ours", "seconds": seconds, **row}
            for rival, predict in RIVALS.items():
                try:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        answer = predict(past, at, days)
                except Exception as error:
                    print(f"{name:<22} {days:>4} {end} {rival} failed: {type(error).__name__}")
                    continue
                if answer is not None:
                    yield {**key, "who": rival, **judged(answer, counts, money)}


def shown(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    def figures(part: pd.DataFrame) -> pd.Series:
        mean = part.mean(numeric_only=True)
        size = {f"{q}_size": float(np.sqrt(np.mean(part[f"{q}_log"] ** 2))) for q in QUANTITIES}
        keep = [
            "money_gini",
            "purchases_gini",
            "money_spearman",
            "money_top",
            "log_loss",
            "calibration",
            "buyers_held",
            "purchases_held",
            "revenue_held",
            "purchases_width",
            "revenue_width",
            "seconds",
        ]
        return pd.Series({"n": len(part), **size, **mean.reindex(keep).to_dict()})

    return table.groupby(by, sort=False).apply(figures, include_groups=False).round(3)


def main(folder: Path | None, quick: bool) -> None:
    rows = []
    for name, lines in shops(folder, quick):
        for row in trial(name, lines, 2 if quick else ORIGINS):
            rows.append(row)
            if row["who"] == "ours":
                print(
                    f"{row['shop']:<22} {row['days']:>4} {row['origin']} {row['seconds']:>5.1f} s  "
                    + "  ".join(
                        f"{q} {row[q + '_log']:+.3f}{'' if row[('revenue' if q == 'money' else q) + '_held'] else ' NOT HELD'}"
                        for q in QUANTITIES
                    ),
                    flush=True,
                )
    table = pd.DataFrame(rows)
    with pd.option_context(
        "display.width", 250, "display.max_columns", 40, "display.max_rows", 500
    ):
        print(shown(table, ["shop", "who"]))
        print(shown(table, ["days", "who"]))
        print(shown(table, ["who"]))


if __name__ == "__main__":
    plain = [word for word in sys.argv[1:] if not word.startswith("-")]
    main(Path(plain[0]) if plain else None, "--quick" in sys.argv)
