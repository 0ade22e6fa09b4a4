"""Who buys again: on a shop with known truth, on real shops, and on shops that can't tell."""

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.propensity.purchase import purchase_propensity
from custanalytics.prospects.lead_scoring import fit_lead_scoring
from tests.trials.leads import leads
from tests.trials.shops import steady_shop


@pytest.fixture(scope="module")
def shop():
    return steady_shop(800, 420)


@pytest.fixture(scope="module")
def result(shop):
    return purchase_propensity(shop, window_days=60, contact_cost=1.0, conversion_value=4.0)


def test_every_customer_is_scored_once(shop, result):
    customers = result.customers
    assert customers["customer_id"].nunique() == len(customers) == shop["customer_id"].nunique()
    assert customers["propensity"].between(0, 1, inclusive="neither").all()
    assert (customers["propensity_low"] <= customers["propensity"]).all()
    assert (customers["propensity"] <= customers["propensity_high"]).all()
    assert set(customers["propensity_decile"]) == set(range(1, 11))
    means = customers.groupby("propensity_decile")["propensity"].mean()
    assert means.is_monotonic_decreasing
    once = customers["usual_gap_days"].isna()
    assert once.any()
    assert not customers.loc[once, "late"].any()


def test_no_more_is_at_risk_than_is_expected(result):
    customers = result.customers
    late = customers["late"]
    assert 0 < late.sum() < len(customers) / 2
    assert (customers["revenue_at_risk"] == customers["expected_revenue"].where(late, 0)).all()
    assert result.figures["revenue_at_risk"] < result.figures["expected_revenue"]
    waited = customers["days_since_last_purchase"] / customers["usual_gap_days"]
    assert waited[late].between(result.figures["late_factor"], result.figures["gone_factor"]).all()


def test_the_best_candidate_is_chosen_and_beats_the_naive_rule(result):
    evaluation = result.evaluation.set_index("candidate")
    assert evaluation["chosen"].sum() == 1
    assert evaluation.loc[evaluation["chosen"], "log_loss"].item() == evaluation["log_loss"].min()
    assert evaluation.loc["base rate", "auc"] == 0.5
    assert evaluation.loc["logistic", "log_loss"] < evaluation.loc["recency rule", "log_loss"]
    assert result.model in evaluation.index


def test_cutoffs_follow_each_other(result):
    assert result.cutoffs["role"].tolist()[-2:] == ["test", "score"]
    assert set(result.cutoffs["role"][:-2]) == {"learn"}
    gap = result.cutoffs["cutoff"].diff().dt.days.iloc[-2:].tolist()
    assert gap == [60, 60]
    assert result.cutoffs["base_rate"].isna().tolist()[-2:] == [False, True]


def test_profit_only_with_both_figures(shop, result):
    assert result.profit is not None
    assert result.profit["contacted"].iloc[-1] == len(result.customers)
    with pytest.raises(UsageError, match="both or none"):
        purchase_propensity(shop, contact_cost=1.0)


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
    assert result.evaluation.loc[result.evaluation["chosen"], "ece"].item() < 0.03


def test_another_model_may_win():
    shop, rates = known_rates()
    asked = []

    def oracle(cutoff):
        asked.append(cutoff)
        names = [str(i) for i in range(len(rates))]
        return pd.DataFrame({"customer_id": names, "propensity": 1 - (1 - rates) ** 30})

    end = date(2024, 2, 4)
    result = purchase_propensity(shop, 30, observation_end=end, rivals={"oracle": oracle})
    assert result.model == "oracle"
    assert result.evaluation["candidate"].tolist()[-1] == "oracle"
    assert sorted(asked) == sorted(set(asked)) == result.cutoffs["cutoff"].dt.date.tolist()
    truth = 1 - (1 - rates[result.customers["customer_id"].astype(int)]) ** 30
    assert np.corrcoef(result.customers["propensity"], truth)[0, 1] > 0.999


def test_a_season_seen_before_is_used_and_an_unseen_one_is_said():
    two_years = steady_shop(900, 760, season=1.2)
    seen = purchase_propensity(two_years, window_days=60)
    assert seen.figures["season_shift"] != 0
    unseen = purchase_propensity(two_years, window_days=60, observation_end=date(2022, 12, 20))
    assert unseen.figures["season_shift"] == 0
    check = {c.name: c for c in unseen.checks}["propensity.base_rate_swing"]
    assert check.passed is False
    assert "no earlier year" in check.sentence
    width = unseen.customers["propensity_high"] - unseen.customers["propensity_low"]
    assert width.mean() > 0.1


def test_neither_row_order_nor_unit_of_money_matters(shop, result):
    changed = shop.sample(frac=1, random_state=1).assign(amount=lambda f: f["amount"] * 8)
    again = purchase_propensity(changed, window_days=60)
    pd.testing.assert_series_equal(again.customers["propensity"], result.customers["propensity"])


def test_a_naive_rule_that_wins_is_used_and_said():
    rng = np.random.default_rng(5)
    rows = [(c, d) for c in range(400) for d in np.flatnonzero(rng.random(300) < 0.01)]
    frame = pd.DataFrame(rows, columns=["customer_id", "day"])
    coin = pd.DataFrame(
        {
            "customer_id": frame["customer_id"],
            "ordered_at": pd.Timestamp("2023-01-01") + pd.to_timedelta(frame["day"], unit="D"),
            "amount": 10.0,
        }
    )
    result = purchase_propensity(coin, window_days=60)
    chosen = result.evaluation.loc[result.evaluation["chosen"]].iloc[0]
    check = {c.name: c for c in result.checks}["propensity.beats_recency_rule"]
    assert chosen["role"] == "baseline"
    assert check.passed is False
    assert "naive rule" in check.sentence


@pytest.mark.parametrize(
    ("shop", "said"),
    [
        (steady_shop(1, 400), "days of sales"),
        (steady_shop(20, 400), "100 customers"),
        (steady_shop(300, 400).drop_duplicates("customer_id"), "0"),
        (steady_shop(300, 20), "days of sales"),
    ],
    ids=["one customer", "twenty customers", "all bought once", "three weeks"],
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
    frames = [shop.customers, shop.evaluation, table.prospects, table.evaluation, table.importance]
    return hashlib.sha256("".join(f.to_csv() for f in frames).encode()).hexdigest()


def test_same_scores_to_the_last_digit_on_one_core_and_on_several():
    threads = "1" if (os.cpu_count() or 1) > 1 else "4"
    env = os.environ | {f"{n}_NUM_THREADS": threads for n in ("OMP", "OPENBLAS", "MKL")}
    command = [sys.executable, "-c", SCORES]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, env=env, cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == fingerprint()


def test_cdnow_quarter(shared_data):
    lines = pd.read_csv(shared_data / "cdnow_master.txt", sep=r"\s+", dtype=str)
    lines.columns = ["customer_id", "ordered_at", "discs", "amount"]
    shop = lines.assign(
        ordered_at=pd.to_datetime(lines["ordered_at"]), amount=lines["amount"].astype(float)
    )
    shop = shop[shop["amount"] != 0]
    result = purchase_propensity(shop, window_days=90, observation_end=date(1998, 6, 29))
    test = result.cutoffs[result.cutoffs["role"] == "test"].iloc[0]
    assert test["cutoff"] == pd.Timestamp(1998, 3, 31)
    assert round(test["base_rate"], 3) == 0.140
    chosen = result.evaluation[result.evaluation["chosen"]].iloc[0]
    assert chosen["auc"] >= 0.84
    assert chosen["log_loss"] <= 0.296
    assert chosen["ece"] <= 0.012
