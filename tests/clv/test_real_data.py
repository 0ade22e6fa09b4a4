"""The published holdouts, and ten rolling origins for the interval of the total."""

import numpy as np
import pandas as pd
import pytest

from custanalytics.clv import customer_value, fit
from custanalytics.clv.bake_off import hold_against, past_errors
from custanalytics.clv.inputs import unique_rows
from custanalytics.clv.totals import model_error, sum_interval
from custanalytics.clv.validation import candidates, expected_by_month

from .conftest import summarised

MODELS = ("BG/NBD", "MBG/NBD", "Pareto/NBD")
RULE = "own rate carried forward"


@pytest.fixture(scope="module")
def cdnow_master(shared_data) -> pd.DataFrame:
    columns = ["customer_id", "day", "units", "amount"]
    lines = pd.read_csv(
        shared_data / "cdnow_master.txt", sep=r"\s+", header=0, names=columns, dtype="str"
    )
    lines["day"] = pd.to_datetime(lines["day"], format="%Y%m%d")
    lines["amount"] = lines["amount"].astype("float64")
    return lines.groupby(["customer_id", "day"], as_index=False)["amount"].sum()


@pytest.fixture(scope="module")
def online_retail(shared_data) -> pd.DataFrame:
    lines = pd.read_csv(
        shared_data / "online_retail.csv.gz", dtype={"InvoiceNo": "str", "CustomerID": "str"}
    )
    lines["amount"] = lines["Quantity"] * lines["UnitPrice"]
    bought = lines["CustomerID"].notna() & (lines["amount"] > 0)
    lines = lines[bought & ~lines["InvoiceNo"].str.startswith("C")]
    lines["day"] = pd.to_datetime(lines["InvoiceDate"]).dt.normalize()
    lines = lines.rename(columns={"CustomerID": "customer_id"})
    return lines.groupby(["customer_id", "day"], as_index=False)["amount"].sum()


def test_all_of_cdnow_is_predicted_as_well_as_published(cdnow_master):
    frame = summarised(cdnow_master, pd.Timestamp("1997-09-30"), pd.Timestamp("1998-06-30"))
    value = customer_value(frame, 273, holdout=frame, models=MODELS)
    used = value.validation[value.validation["chosen"]].iloc[0]
    assert abs(used["total_error"]) <= 0.143
    assert used["rmse"] <= 1.733
    assert 0.87 <= used["interval_coverage_pit"] <= 0.93
    predicted = fit(value.model, frame).predict(frame, 273)["expected_purchases"]
    assert np.corrcoef(predicted, frame["holdout_frequency"])[0, 1] >= 0.669


def past_holdouts(days: pd.DataFrame, cutoff: pd.Timestamp, length: int) -> list[pd.DataFrame]:
    known = days[days["day"] <= cutoff]
    first = known["day"].min()
    length = min(length, (cutoff - first).days // 3)
    starts = [cutoff - pd.Timedelta(days=length + back * (length // 2)) for back in range(6)]
    return [
        summarised(known, start, start + pd.Timedelta(days=length))
        for start in reversed(starts)
        if (start - first).days >= length // 2
    ]


def test_the_interval_of_the_total_holds_the_actual(cdnow_master, online_retail):
    origins = [
        (cdnow_master, ["1997-06-30", "1997-09-30", "1997-11-15", "1997-12-31", "1998-03-31"]),
        (online_retail, ["2011-04-30", "2011-05-31", "2011-06-30", "2011-07-31", "2011-08-31"]),
    ]
    held = []
    for days, cutoffs in origins:
        for text in cutoffs:
            cutoff = pd.Timestamp(text)
            tested = hold_against(past_holdouts(days, cutoff, 91), ("BG/NBD",), 0.9, 0)
            past = past_errors(tested.table, tested.best, "purchases")
            width = model_error(past, 0.9)
            assert width <= 2 * model_error(past_errors(tested.table, RULE, "purchases"), 0.9)
            now = summarised(days, cutoff, cutoff + pd.Timedelta(days=91))
            rows = unique_rows(now)
            chosen = next(c for c in candidates(rows, ("BG/NBD",)) if c.name == tested.best)
            months = expected_by_month(chosen, rows, np.array([91.0]))
            # without the width that randomness and parameters would add
            low, high = sum_interval(float(rows.weights @ months[:, 0]), 0.0, width, 0.9)
            held.append(low <= now["holdout_frequency"].sum() <= high)
    assert len(held) == 10
    assert sum(held) >= 8
