"""How the analyses are tied together."""

from datetime import date

import numpy as np
import pandas as pd

from custanalytics.bundled import sample_data_dir
from custanalytics.config import Settings
from custanalytics.customers.summary import customer_summary
from custanalytics.ledger import load
from custanalytics.propensity.purchase import purchase_propensity
from custanalytics.results.analyse import RIVAL, _purchase_model, _value


def shop(customers: int) -> pd.DataFrame:
    """A year of customers who buy at steady rates of their own, some with a late return."""
    rng = np.random.default_rng(2)
    rates = rng.gamma(1, 1 / 60, customers)
    rows = [
        (str(c), d) for c, rate in enumerate(rates) for d in np.flatnonzero(rng.random(365) < rate)
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "day"])
    ordered_at = pd.Timestamp("2024-01-01") + pd.to_timedelta(frame.pop("day"), unit="D")
    sales = frame.assign(ordered_at=ordered_at, amount=10.0, order_id=range(len(frame)))
    returned = sales.iloc[::9].assign(ordered_at=pd.Timestamp("2024-12-30"), amount=-10.0)
    return pd.concat([sales, returned], ignore_index=True).astype({"order_id": "str"})


def test_the_purchase_model_sees_nothing_after_the_cutoff():
    lines, cutoff = shop(200), date(2024, 8, 31)
    known = lines[lines["ordered_at"] <= pd.Timestamp(cutoff)]
    told = _purchase_model(lines, 60)(cutoff)
    pd.testing.assert_frame_equal(told, _purchase_model(known, 60)(cutoff))
    assert told["propensity"].between(0, 1).all()
    assert told["customer_id"].is_unique


def test_the_purchase_model_has_no_answer_where_hardly_anyone_came_back():
    assert _purchase_model(shop(200), 60)(date(2024, 1, 6)).empty
    assert _purchase_model(shop(200).iloc[5:], 60)(date(2023, 1, 6)).empty


def test_the_purchase_model_competes_with_the_others():
    lines = shop(400)
    found = purchase_propensity(lines, 60, rivals={RIVAL: _purchase_model(lines, 60)})
    assert found.evaluation["candidate"].tolist()[-1] == "BG/NBD"
    rated = found.evaluation.set_index("candidate")["log_loss"]
    assert rated["BG/NBD"] < rated["base rate"]


def test_the_course_of_the_year_is_tried_and_said_once():
    ledger, end = load([sample_data_dir() / "shop.csv"]), date(2026, 6, 30)
    summary = customer_summary(ledger, end)
    for days, passed in ((180, True), (365, None)):  # a year ahead, nothing can be tried on
        value, weeks = _value(ledger, summary, Settings(observation_end=end, horizon_days=days))
        told = [check.passed for check in value.checks if check.name == "clv.season"]
        assert told == [passed]
        assert weeks["holdout"].any()
