"""The published holdouts, and ten rolling origins for the interval of the total."""

from datetime import date

import numpy as np
import pandas as pd

from custanalytics.clv import customer_lifetime_value
from custanalytics.transactions import as_engine
from custanalytics.value_models import fit
from tests.trials.rolling_origins import cdnow_master, online_retail, origin
from tests.value_models.conftest import summarised


def test_all_of_cdnow_is_predicted_as_well_as_published(shared_data):
    lines = cdnow_master(shared_data).rename(columns={"ordered_at": "day"})
    days = lines.groupby(["customer_id", "day"], as_index=False)["amount"].sum()
    frame = summarised(days, pd.Timestamp("1997-09-30"), pd.Timestamp("1998-06-30"))
    value = customer_lifetime_value(frame, 273, holdout=frame)
    used = value.validation[value.validation["chosen"]].iloc[0]
    assert abs(used["total_error"]) <= 0.143
    assert used["rmse"] <= 1.733
    assert 0.87 <= used["interval_coverage_pit"] <= 0.93
    predicted = fit(value.model, frame).predict(frame, 273)["expected_purchases"]
    assert np.corrcoef(predicted, frame["holdout_frequency"])[0, 1] >= 0.669


def test_the_interval_of_the_total_holds_the_actual(shared_data):
    """A quick version of the command in rolling_origins.py, which tries every model."""
    cutoffs = {
        cdnow_master: ["1997-06-30", "1997-09-30", "1997-11-15", "1997-12-31", "1998-03-31"],
        online_retail: ["2011-04-30", "2011-05-31", "2011-06-30", "2011-07-31", "2011-08-31"],
    }
    found = []
    for read, days in cutoffs.items():
        sales = as_engine(read(shared_data))
        found += [origin(sales, date.fromisoformat(day), 91, ("BG/NBD",)) for day in days]
    assert len(found) == 10
    assert sum(row["held"] for row in found) >= 8
    assert max(row["to_own_rate"] for row in found) <= 2
