"""Who buys next: the forecast's chances, and who is late against their own rhythm."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.special import expit, logit

from custanalytics import forecast_customers
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.propensity import checks
from custanalytics.propensity.purchase import purchase_propensity
from custanalytics.prospects.learning import fit_lead_scoring
from custanalytics.scoring.evaluation import decile_table
from custanalytics.scoring.profit import profit_curve
from tests.trials.leads import leads
from tests.trials.shops import steady_shop


@pytest.fixture(scope="module")
def shop():
    return steady_shop(800, 420)


@pytest.fixture(scope="module")
def told(shop):
    return forecast_customers(shop, 365)


@pytest.fixture(scope="module")
def result(told):
    return purchase_propensity(told, window_days=60, contact_cost=0.05, conversion_value=4.0)


def test_every_customer_has_the_forecasts_chance_once(shop, told, result):
    customers, each = result.customers, told.at(60)
    assert customers["customer_id"].nunique() == len(customers) == shop["customer_id"].nunique()
    for end in ("", "_low", "_high"):
        assert (customers[f"propensity{end}"] == each[f"p_purchase{end}"]).all()
        assert (customers[f"expected_revenue{end}"] == each[f"expected_revenue{end}"]).all()
    assert set(customers["propensity_decile"]) == set(range(1, 11))
    means = customers.groupby("propensity_decile")["propensity"].mean()
    assert means.is_monotonic_decreasing
    figures, total = result.figures, told.total(60).iloc[0]
    assert figures["customers"] == len(customers)
    assert_allclose(figures["expected_buyers"], customers["propensity"].sum())
    assert_allclose(figures["expected_revenue"], customers["expected_revenue"].sum())
    assert figures["expected_buyers_low"] == total["buyers_low"]
    assert figures["expected_revenue_high"] == total["revenue_high"]


def test_at_risk_is_the_usual_spend_that_is_not_expected_to_come(shop, result):
    customers = result.customers
    late = customers["late"]
    assert 0 < late.sum() < len(customers) / 2
    assert not customers.loc[customers["usual_gap_days"].isna(), "late"].any()
    waited = customers["days_since_last_purchase"] / customers["usual_gap_days"]
    assert waited[late].between(result.figures["late_factor"], result.figures["gone_factor"]).all()
    at_risk = customers["usual_spend"] * (1 - customers["propensity"])
    assert_allclose(customers["revenue_at_risk"], at_risk.where(late, 0.0))
    assert result.figures["revenue_at_risk"] == customers["revenue_at_risk"].sum()
    assert result.figures["late_usual_spend"] == customers.loc[late, "usual_spend"].sum()
    spent = shop.assign(customer_id=shop["customer_id"].astype(str))
    days = spent.groupby(["customer_id", "ordered_at"])["amount"].sum()
    by_customer = days.groupby("customer_id").agg(["sum", "median"])
    known = customers.set_index("customer_id").loc[customers.loc[late, "customer_id"]]
    paced = by_customer.loc[known.index, "median"] * 60 / known["usual_gap_days"]
    assert_allclose(
        known["usual_spend"], np.minimum(paced, by_customer.loc[known.index, "sum"]), rtol=1e-9
    )


def test_those_surest_to_buy_do_not_lead_the_list_of_the_late(result):
    late = result.customers[result.customers["late"]]
    first = late.nlargest(10, "revenue_at_risk")
    assert first["propensity"].mean() < 0.5
    assert first["usual_spend"].mean() > late["usual_spend"].mean()


def test_the_next_order_is_due_on_the_day_with_an_even_chance(told, result):
    due = result.customers["expected_next_order"]
    ahead = (due - pd.Timestamp(told.observation_end)).dt.days
    assert ahead.isna().any()
    assert ahead.dropna().between(1, told.horizon_days).all()
    assert (told.at(told.horizon_days)["p_purchase"][due.isna()] < 0.5).all()
    for at in ahead.dropna().sample(20, random_state=1).index:
        day = int(ahead[at])
        assert told.at(day)["p_purchase"][at] >= 0.5 - 1e-9
        assert day == 1 or told.at(day - 1)["p_purchase"][at] < 0.5


def test_chances_are_held_against_what_came_after_earlier_days(told, result):
    tested = told.tested(60)
    assert set(result.origins["days"]) == {tested["days"].iloc[0]}
    kept = []
    for cutoff in sorted(tested["cutoff"].unique(), reverse=True):
        if not kept or (kept[-1] - cutoff).days >= int(tested["days"].iloc[0]):
            kept.append(cutoff)
    assert len(kept) < tested["cutoff"].nunique()
    tested = tested[tested["cutoff"].isin(kept)]
    by_hand = decile_table((tested["purchases"] > 0).to_numpy(), tested["p_purchase"].to_numpy())
    pd.testing.assert_frame_equal(result.deciles, by_hand)
    assert result.reliability["n"].sum() == len(tested)


def test_a_forecast_that_nothing_could_be_tested_of_has_no_tenths(told):
    untested = replace(told, fitted=replace(told.fitted, tested=[]))
    result = purchase_propensity(untested, window_days=60)
    assert result.deciles.empty
    assert result.reliability.empty
    assert {check.name for check in result.checks} == {"propensity.buyers"}


def test_checks_name_what_was_off():
    y = np.repeat([True, False], [30, 70])
    off = checks.calibrated(y, np.where(y, 0.6, 0.4))
    assert off.passed is False
    assert off.value == pytest.approx(0.4)
    assert checks.calibrated(y, np.full(100, 0.3)).passed is False  # who buys is told by no group
    order = np.linspace(0.9, 0.1, 100)
    assert checks.ranked(decile_table(y, order)).passed
    level = checks.ranked(decile_table(np.tile([True, False], 50), order))
    assert (level.passed, level.value) == (False, pytest.approx(1.0))
    rows = pd.DataFrame({"buyers_error": [0.1, -0.5, np.nan], "days": 91.0})
    (buyers,) = checks.buyers_foreseen(rows)
    assert buyers.value == pytest.approx(0.3)
    assert buyers.passed is False
    assert checks.buyers_foreseen(rows.iloc[2:]) == []


def test_the_swing_is_that_of_the_chances_in_log_odds():
    middle = np.array([-2.0, 0.0, 1.5])
    assert checks.swing(expit(middle - 0.6), expit(middle + 0.6), 2.0) == pytest.approx(0.3)
    assert np.isfinite(checks.swing(np.array([0.0]), np.array([1.0]), 2.0))


def test_profit_only_with_both_figures(shop, told, result):
    assert result.profit is not None
    assert result.profit["contacted"].iloc[-1] == len(result.customers)
    best = result.profit.loc[result.profit["best"], "contacted"].item()
    # a contact earns what it adds: 5 % of a purchase
    assert best == (result.customers["propensity"] * 4.0 * 0.05 > 0.05).sum()
    assert 0 < best < len(result.customers)
    # how far all chances may be off together, told by their bounds of 90 %
    ends = (result.customers[f"propensity{end}"] for end in ("_low", "_high"))
    low, high = (logit(chances) for chances in ends)
    by_hand = profit_curve(
        result.customers["propensity"].to_numpy(),
        0.05,
        0.2,
        (high - low).median() / 2 / 1.6448536,
        0.9,
    )
    pd.testing.assert_frame_equal(result.profit, by_hand, rtol=1e-4)
    with pytest.raises(UsageError, match="both or none"):
        purchase_propensity(told, contact_cost=1.0)
    with pytest.raises(UsageError, match="at least 1"):
        purchase_propensity(told, window_days=0)


def test_a_window_that_the_history_does_not_support_is_cut(shop):
    early = shop["ordered_at"].min().date() + pd.Timedelta(days=100)
    result = purchase_propensity(shop, window_days=90, observation_end=early)
    assert (result.window_days, result.params["asked_days"]) == (50, 90)


def known_rates():
    """A shop where nobody leaves, and the daily rate of each customer."""
    # so P(buys in 30 days) = 1 - (1 - rate) ** 30
    rng = np.random.default_rng(7)
    rates = rng.choice([0.004, 0.04], size=1500)
    buys = rng.random((1500, 400)) < rates[:, None]
    buys[:, 0] |= ~buys[:, :200].any(axis=1)
    customer, day = np.nonzero(buys)
    shop = pd.DataFrame(
        {
            "customer_id": customer,
            "ordered_at": pd.Timestamp("2023-01-01") + pd.to_timedelta(day, unit="D"),
            "amount": 10.0,
        }
    )
    return shop, rates


def test_true_probabilities_are_found():
    shop, rates = known_rates()
    result = purchase_propensity(shop, window_days=30, observation_end=date(2024, 2, 4))
    truth = 1 - (1 - rates[result.customers["customer_id"].astype(int)]) ** 30
    error = result.customers["propensity"] - truth
    assert abs(error.mean()) < 0.02
    assert error.abs().mean() < 0.08
    by_rate = result.customers["propensity"].groupby(truth).mean()
    assert (by_rate - by_rate.index).abs().max() < 0.06


@pytest.mark.parametrize(
    ("shop", "said"),
    [
        (steady_shop(1, 400), "more than one day|days of sales"),
        (steady_shop(300, 400).drop_duplicates("customer_id"), "^0 customers bought on more"),
        (steady_shop(300, 20), "days of sales"),
    ],
    ids=["one customer", "all bought once", "three weeks"],
)
def test_a_shop_that_cannot_tell_says_why(shop, said):
    with pytest.raises(UnsupportedError, match=said):
        purchase_propensity(shop, window_days=60)


SCORES = """
from tests.propensity.test_purchase import fingerprint
print(fingerprint())
"""


def fingerprint() -> str:
    """Everything scored and judged on a small shop and a small table of prospects, hashed."""
    shop = purchase_propensity(steady_shop(300, 400), window_days=60)
    table, _ = fit_lead_scoring(leads(300))
    frames = [shop.customers, shop.deciles, table.prospects, table.evaluation, table.importance]
    return hashlib.sha256("".join(f.to_csv() for f in frames).encode()).hexdigest()


def test_same_scores_to_the_last_digit_on_one_core_and_on_several():
    threads = "1" if (os.cpu_count() or 1) > 1 else "4"
    env = os.environ | {f"{n}_NUM_THREADS": threads for n in ("OMP", "OPENBLAS", "MKL")}
    command = [sys.executable, "-c", SCORES]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, env=env, cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == fingerprint()
