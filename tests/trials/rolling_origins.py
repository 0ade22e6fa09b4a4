"""Do the intervals for the total hold what happened? Rolling origins over real sales.

    python -m tests.trials.rolling_origins FOLDER        (with cdnow_master.txt, online_retail.csv.gz)

At each origin the library sees the sales up to that day and no more: it rolls its holdouts
over them, takes the best candidate, and gives an interval for all purchases of the days ahead.

Beside it, how wide it is against the intervals of two rules of thumb around their own
predictions, as wide as a Student's t of their own errors on the same holdouts, and no prior
guess, makes them: each customer's own rate carried forward, and the rule that did best.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from custanalytics.clv import customer_lifetime_value, rolling_holdouts
from custanalytics.clv.comparison import MODELS, past_errors
from custanalytics.clv.rivals import OWN_RATE, rules_of_thumb
from custanalytics.clv.validation import best_candidate
from custanalytics.customers.summary import customer_summary, holdout_summary, observation_period
from custanalytics.engine import Engine
from custanalytics.transactions import as_engine
from custanalytics.value_models.inputs import unique_rows

LEVEL = 0.90
HORIZONS = (91, 182)


def cdnow_master(folder: Path) -> pd.DataFrame:
    columns = ["customer_id", "ordered_at", "units", "amount"]
    lines = pd.read_csv(folder / "cdnow_master.txt", sep=r"\s+", header=0, names=columns, dtype=str)
    return lines.assign(
        ordered_at=pd.to_datetime(lines["ordered_at"], format="%Y%m%d"),
        amount=lines["amount"].astype("float64"),
    )


def online_retail(folder: Path) -> pd.DataFrame:
    lines = pd.read_csv(
        folder / "online_retail.csv.gz", dtype={"InvoiceNo": "str", "CustomerID": "str"}
    )
    return pd.DataFrame(
        {
            "customer_id": lines["CustomerID"],
            "order_id": lines["InvoiceNo"],
            "ordered_at": pd.to_datetime(lines["InvoiceDate"]),
            "amount": (lines["Quantity"] * lines["UnitPrice"]).round(4),
        }
    ).dropna(subset="customer_id")


def origins(lines: pd.DataFrame, days: int) -> Iterator[dict[str, Any]]:
    """One row per month's end that leaves so many days to look at, and holdouts before it."""
    engine = as_engine(lines)
    first, last = observation_period(engine)
    for end in pd.date_range(first, last - timedelta(days=days), freq="ME"):
        if rolling_holdouts(engine, end.date(), days):
            yield origin(engine, end.date(), days)


def origin(
    sales: Engine, cutoff: date, days: int, models: Sequence[str] = MODELS
) -> dict[str, Any]:
    """The interval as of a day, what happened, and the rules' widths."""
    holdouts = rolling_holdouts(sales, cutoff, days)
    summary = customer_summary(sales, cutoff)
    value = customer_lifetime_value(summary, days, level=LEVEL, holdout=holdouts, models=models)
    totals = value.totals.iloc[0]
    actual = holdout_summary(sales, cutoff, cutoff + timedelta(days=days))[
        "holdout_frequency"
    ].sum()
    wide = totals["purchases_high"] - totals["purchases_low"]
    rules = value.validation[value.validation["role"] == "baseline"]
    names = OWN_RATE, best_candidate(rules)
    spans = [rule_width(name, summary, days, value.validation, holdouts[-1]) for name in names]
    return {
        "cutoff": cutoff,
        "days": days,
        "holdouts": len(holdouts),
        "used": value.model,
        "expected": totals["expected_purchases"],
        "low": totals["purchases_low"],
        "high": totals["purchases_high"],
        "actual": actual,
        "held": totals["purchases_low"] <= actual <= totals["purchases_high"],
        "to_own_rate": wide / spans[0],
        "to_best_rule": wide / spans[1],
    }


def rule_width(
    name: str, summary: pd.DataFrame, days: int, table: pd.DataFrame, latest: pd.DataFrame
) -> float:
    """Width of the interval that a rule's past errors alone would give."""
    rows = unique_rows(summary)
    rule = next(one for one in rules_of_thumb(rows, latest) if one.name == name)
    each = rule.p_alive(rows) * rule.expected_if_alive(rows, np.array([float(days)]))[:, 0]
    errors = np.array(past_errors(table, name, "purchases"))
    half = student.ppf((1 + LEVEL) / 2, len(errors)) * np.sqrt(np.mean(errors**2))
    return float(rows.weights @ each * (np.exp(half) - np.exp(-half)))


def main(folder: Path) -> None:
    print(
        f"{'sales':<13} {'cutoff':<10} {'days':>4} {'expected':>8} {'low':>8} {'high':>8} "
        f"{'actual':>8} {'held':<5} {'to own rate':>11} {'to best rule':>12}  used"
    )
    found = []
    for name, read in (("cdnow_master", cdnow_master), ("online_retail", online_retail)):
        for days in HORIZONS:
            for row in origins(read(folder), days):
                found.append(row)
                print(
                    f"{name:<13} {row['cutoff']} {days:>4} {row['expected']:>8,.0f} "
                    f"{row['low']:>8,.0f} {row['high']:>8,.0f} {row['actual']:>8,.0f} "
                    f"{'yes' if row['held'] else 'NO':<5} {row['to_own_rate']:>11.2f} "
                    f"{row['to_best_rule']:>12.2f}  {row['used']}",
                    flush=True,
                )
    table = pd.DataFrame(found)
    print(
        f"{table['held'].sum()} of {len(table)} intervals of {LEVEL:.0%} held the actual total; "
        f"at most {table['to_own_rate'].max():.2f} times as wide as the own rate's past errors "
        f"would give, {table['to_best_rule'].max():.2f} times the best rule's"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
