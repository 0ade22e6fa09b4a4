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
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from custanalytics.errors import UnsupportedError
from custanalytics.forecast import Forecast, forecast_customers
from custanalytics.forecast.sales import Sales, sales_of
from custanalytics.forecast.snapshot import Snapshot, outcomes, snapshot
from custanalytics.transactions import as_engine
from custanalytics.value_models.bg_nbd import BGNBD
from custanalytics.value_models.gamma_gamma import GammaGamma
from custanalytics.value_models.inputs import unique_rows
from custanalytics.value_models.pareto_nbd import ParetoNBD
from custanalytics.value_models.purchase_models import PurchaseModel
from tests.benchmarks.real_sales import cdnow_master, online_retail
from tests.benchmarks.scores import log_loss, normalised_gini, spearman
from tests.trials.shops import KINDS, shop_of_kind

# the first seed is one that no choice of a setting has seen
SHOPS, SEED = 30, 300
# origins lie so many days before the end
BACK = (91, 365, 547)
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
        seed = SEED + number // len(KINDS)
        yield f"{kind} {seed}", shop_of_kind(kind, seed)


def origins(sales: Sales, most: int) -> list[int]:
    """Days, from late to early, that leave time to look at, with half a year before them."""
    days = [sales.last - back for back in BACK[:most]]
    told = [day for day in days if day - sales.first >= 182]
    return told or [day for day in days[:1] if day - sales.first >= HORIZONS[0]]


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


@dataclass
class Origin:
    """The sales up to a day, and what the rivals fit to them once for all horizons."""

    past: Sales
    at: Snapshot

    @cached_property
    def summary(self) -> pd.DataFrame:
        return summary_of(self.at)

    @cached_property
    def pareto(self) -> ParetoNBD:
        return ParetoNBD.fitted(unique_rows(self.summary))

    @cached_property
    def beta_geometric(self) -> BGNBD:
        return BGNBD.fitted(unique_rows(self.summary))

    @cached_property
    def spend(self) -> np.ndarray:
        frequency, mean = (self.summary[n].to_numpy() for n in ("frequency", "monetary_value"))
        return GammaGamma.fitted(self.summary).expected_spend(frequency, mean)


def pareto(origin: Origin, days: int) -> Answer:
    return modelled(origin.pareto, origin, days)


def beta_geometric(origin: Origin, days: int) -> Answer:
    """BG/NBD by our fit, which equals that of stock lifetimes to the digit."""
    return modelled(origin.beta_geometric, origin, days)


def modelled(model: PurchaseModel, origin: Origin, days: int) -> Answer:
    told = model.predict(origin.summary, days)
    count = told["expected_purchases"].to_numpy()
    return told["p_purchase"].to_numpy(), count, count * origin.spend


def carried(origin: Origin, days: int) -> Answer:
    at = origin.at
    count = at.frequency / np.maximum(at.T, 30) * days
    return -np.expm1(-count), count, count * at.spent / (at.frequency + 1)


def last_year(origin: Origin, days: int) -> Answer | None:
    """What the customers of a year before did next, in equal classes of how they stood."""
    sales, at = origin.past, origin.at
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


def boosting(origin: Origin, days: int) -> Answer | None:
    """Learned at the latest cutoff whose time ahead is over."""
    sales, at = origin.past, origin.at
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


def held(table: pd.DataFrame, came: dict[str, np.ndarray], prefix: str) -> dict[str, float]:
    """How many intervals of a table's rows held what came, and how wide they are in logs."""
    row = {}
    for name, values in came.items():
        low, high = table[f"{name}_low"].to_numpy(), table[f"{name}_high"].to_numpy()
        inside = (low <= values + 1e-9) & (values <= high + 1e-9)
        row[f"{prefix}{name}_held"] = float(np.mean(inside))
        if not prefix:
            row[f"{name}_width"] = float(np.log(high / low)[0])
    return row


def intervals(told: Forecast, at: Snapshot, days: int, came: np.ndarray) -> dict[str, float]:
    """Whether intervals of the total, of four groups by recency, and of customers held."""
    names = ("buyers", "purchases", "revenue")
    row = held(told.total(days), dict(zip(names, came.sum(axis=0)[:, None], strict=True)), "")
    ids = told.customers["customer_id"]
    group = np.searchsorted(np.quantile(at.T - at.recency, [0.25, 0.5, 0.75]), at.T - at.recency)
    table = told.groups(pd.DataFrame({"customer_id": ids, "group": group}), days)
    sums = [np.bincount(group, column)[table["group"]] for column in came.T]
    row |= held(table, dict(zip(names, sums, strict=True)), "group_")
    each = {"expected_purchases": came[:, 1], "expected_revenue": came[:, 2]}
    return row | held(told.at(days), each, "customer_")


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
    """One forecast for each origin, judged over every horizon that is over, beside the rivals."""
    engine = as_engine(lines)
    last = pd.to_datetime(lines["ordered_at"]).max().date()
    whole = sales_of(engine, last)
    for day in origins(whole, most):
        end = (pd.Timestamp(0) + pd.Timedelta(days=day)).date()
        past = sales_of(engine, end)
        at = snapshot(past, day, 182)
        ids = pd.Index(whole.customer_id).get_indexer(past.customer_id[at.customer])
        began = time.process_time()
        try:
            told = forecast_customers(engine, 365, end)
        except UnsupportedError as reason:
            print(f"{name:<20} {end} not supported: {reason}")
            continue
        seconds = time.process_time() - began
        origin = Origin(past, at)
        for days in HORIZONS:
            if day + days > whole.last:
                continue
            if days > told.horizon_days:
                print(f"{name:<20} {end} supports {told.horizon_days} days, not {days}")
                continue
            edges = np.array([0.0, float(days)])
            counts, money = (
                column[:, 0] for column in outcomes(whole, replace(at, customer=ids), edges)
            )
            came = np.column_stack([counts > 0, counts, money]).astype(np.float64)
            key = {"shop": name, "days": days, "origin": end, "customers": len(at)}
            key["kind"] = name.rsplit(" ", 1)[0]
            each = told.at(days)
            columns = ("p_purchase", "expected_purchases", "expected_revenue")
            answer = tuple(each[column].to_numpy() for column in columns)
            row = judged(answer, counts, money) | intervals(told, at, days, came)
            yield {**key, "who": "ours", "seconds": seconds, **row}
            for rival, predict in RIVALS.items():
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    answer = predict(origin, days)
                if answer is not None:
                    yield {**key, "who": rival, **judged(answer, counts, money)}


ERRORS = [f"{quantity}_size" for quantity in QUANTITIES]
RANKED = [
    f"{quantity}_{name}"
    for quantity in ("purchases", "money")
    for name in ("rmse", "mae", "spearman", "gini", "top")
]
HELD = [
    f"{of}{name}_held"
    for of in ("", "group_", "customer_")
    for name in (
        ("expected_purchases", "expected_revenue")
        if of == "customer_"
        else ("buyers", "purchases", "revenue")
    )
]
WIDTHS = ["buyers_width", "purchases_width", "revenue_width", "seconds"]


def shown(table: pd.DataFrame, by: list[str], columns: list[str]) -> str:
    """The chosen means by group; a size is the root of the mean square of the log error."""

    def figures(part: pd.DataFrame) -> pd.Series:
        mean = part.mean(numeric_only=True)
        size = {f"{q}_size": float(np.sqrt(np.mean(part[f"{q}_log"] ** 2))) for q in QUANTITIES}
        return pd.Series({"n": len(part), **size, **mean.to_dict()}).reindex(["n", *columns])

    told = table.groupby(by, sort=False).apply(figures, include_groups=False)
    return told.round(3).to_string()


def main(folder: Path | None, quick: bool) -> None:
    """Run all, and print the origins and the tables."""
    rows = []
    for name, lines in shops(folder, quick):
        for row in trial(name, lines, 1 if quick else len(BACK)):
            rows.append(row)
            if row["who"] == "ours":
                missed = {
                    q: "" if row[f"{'revenue' if q == 'money' else q}_held"] else " NOT HELD"
                    for q in QUANTITIES
                }
                print(
                    f"{row['shop']:<20} {row['days']:>4} {row['origin']} {row['seconds']:>5.1f} s  "
                    + "  ".join(f"{q} {row[q + '_log']:+.3f}{missed[q]}" for q in QUANTITIES),
                    flush=True,
                )
    table = pd.DataFrame(rows)
    table["data"] = np.where(table["shop"].isin([name.split(".")[0] for name in REAL]), "real", "")
    table["data"] = table["data"].where(table["data"] == "real", "simulated")
    ours = table[table["who"] == "ours"]
    for title, by in (("All", ["data"]), ("By horizon", ["data", "days"]), ("By kind", ["kind"])):
        print(f"\n{title}: size of the total's error, calibration of buyers")
        print(shown(table, [*by, "who"], [*ERRORS, "log_loss", "calibration"]))
        print(f"\n{title}: customers")
        print(shown(table, [*by, "who"], RANKED))
        print(f"\n{title}: how often our 90 % intervals held, and their widths in logs")
        print(shown(ours, by, [*HELD, *WIDTHS]))


if __name__ == "__main__":
    plain = [word for word in sys.argv[1:] if not word.startswith("-")]
    main(Path(plain[0]) if plain else None, "--quick" in sys.argv)
