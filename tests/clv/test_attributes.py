"""Effects of attributes: recovered where they are, left out where they are not."""

import numpy as np
import pandas as pd
import pytest

from custanalytics.clv import customer_lifetime_value, group_value, try_attributes
from custanalytics.errors import UsageError
from custanalytics.value_models import fit, fit_attributes
from tests.value_models.conftest import simulated

BASE = {"r": 0.8, "alpha": 60.0, "a": 0.8, "b": 2.4}
EFFECTS = {"alpha": 0.7, "a": 0.6, "b": -0.3}
SHOP = {
    "r": 0.8,
    "alpha": 60 * np.exp(-EFFECTS["alpha"]),
    "a": 0.8 * np.exp(EFFECTS["a"]),
    "b": 2.4 * np.exp(EFFECTS["b"]),
}


@pytest.fixture(scope="module")
def customers() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Half of them from the web, half from a shop; and an attribute that means nothing."""
    web, shop = (simulated(2500, seed, params, 120) for seed, params in ((1, BASE), (2, SHOP)))
    frame = pd.concat([web.iloc[:-1], shop.assign(customer_id="s" + shop["customer_id"])])
    frame = frame.reset_index(drop=True)
    attributes = pd.DataFrame(
        {
            "customer_id": frame["customer_id"],
            "channel": np.where(frame["customer_id"].str.startswith("s"), "shop", "web"),
            "shoe_size": np.random.default_rng(0).normal(42, 2, len(frame)),
        }
    )
    return frame, attributes


def test_true_effects_are_found_within_their_errors(customers):
    frame, attributes = customers
    model = fit_attributes(frame, attributes[["customer_id", "channel"]])
    assert model.levels == {"channel": ["shop", "web"]}
    found = model.effects.set_index("parameter")
    # the shop is the base, so the web's effects are the opposite
    off = (found["effect"] + pd.Series(EFFECTS)) / found["standard_error"]
    assert off.abs().max() < 3
    assert (found["standard_error"] < 0.5).all()
    assert model.candidate.log_likelihood > model.plain.log_likelihood + 20


def test_models_of_the_levels_are_as_if_fitted_alone(customers):
    """With nothing shared but r, each level's model is close to its own fit."""
    frame, attributes = customers
    channel = attributes[["customer_id", "channel"]]
    told = fit_attributes(frame, channel).predict(frame, channel, 120)
    assert told["customer_id"].tolist() == frame["customer_id"].tolist()
    for level in ("web", "shop"):
        mine = (channel["channel"] == level).to_numpy()
        alone = fit("BG/NBD", frame[mine]).predict(frame[mine], 120)["expected_purchases"]
        together = told.loc[mine, "expected_purchases"].to_numpy()
        np.testing.assert_allclose(together, alone, rtol=0.1, atol=0.01)


def test_attributes_that_help_are_kept_and_others_not(customers):
    frame, attributes = customers
    helpful = try_attributes(frame, attributes[["customer_id", "channel"]], [frame])
    assert helpful.model is not None
    assert helpful.check.passed
    short = try_attributes(frame, attributes, [])
    assert short.model is None
    assert "too short" in short.check.sentence
    coins = np.random.default_rng(1).integers(0, 2, len(frame))
    useless = attributes[["customer_id"]].assign(coin=coins)
    trial = try_attributes(frame, useless, [frame])
    assert trial.model is None
    assert "did not clearly help" in trial.check.sentence


def test_unknown_and_rare_levels_and_numbers_are_taken(customers):
    frame, attributes = customers
    odd = attributes.assign(channel=attributes["channel"].where(attributes.index % 5 > 0))
    odd.loc[:20, "channel"] = "fair"
    model = fit_attributes(frame, odd)
    assert set(model.levels["channel"]) == {"shop", "web", "unknown"}
    assert len(model.levels["shoe_size"]) == 4
    told = model.predict(frame, odd, 120)
    assert np.isfinite(told["expected_purchases"]).all()
    size = model.effects[model.effects["attribute"] == "shoe_size"]
    assert (size["effect"] / size["standard_error"]).abs().max() < 3.5
    with pytest.raises(UsageError, match="once"):
        fit_attributes(frame, pd.concat([odd, odd]))
    with pytest.raises(UsageError, match="beside customer_id"):
        fit_attributes(frame, odd[["customer_id"]])


def test_values_know_attributes_that_help(customers):
    """Shop customers buy twice as fast and leave sooner; the values of both come out right."""
    frame, attributes = customers
    channel = attributes[["customer_id", "channel"]]
    plain = customer_lifetime_value(frame, 120, holdout=frame)
    told = customer_lifetime_value(frame, 120, holdout=frame, attributes=channel)
    assert told.model == "BG/NBD with attributes"
    checks = [check for check in told.checks if check.name.startswith("clv.attribute")]
    assert [check.passed for check in checks] == [True, None]
    assert "channel = web buy 0.48 times as often" in checks[1].sentence
    assert "25% instead of 45% leave" in checks[1].sentence
    by = frame.merge(channel, on="customer_id").groupby("channel")
    actual = by["holdout_frequency"].sum()
    errors = {
        name: group_value(one, channel, "channel").set_index("channel")["expected_purchases"]
        / actual
        - 1
        for name, one in (("plain", plain), ("told", told))
    }
    assert errors["told"].abs().max() < 0.05 < errors["plain"].abs().max()
    customers_told = told.customers
    assert (customers_told["clv_low"] <= customers_told["clv_high"]).all()
    totals = told.totals.iloc[0]
    assert totals["clv"] == pytest.approx(customers_told["clv"].sum())
    assert totals["purchases_low"] < actual.sum() < totals["purchases_high"]
    used = told.validation[told.validation["chosen"]].iloc[0]
    assert used["candidate"] == told.model
    assert 0.87 <= used["interval_coverage_pit"] <= 0.93
    factor = told.parameters.query("parameter.str.startswith('buying rate')").iloc[0]
    assert factor["parameter"] == "buying rate: channel = web, against shop"
    assert abs(factor["value"] - np.exp(-EFFECTS["alpha"])) < 3 * factor["standard_error"]


def test_values_are_as_without_attributes_that_do_not_help(customers):
    frame, attributes = customers
    coins = np.random.default_rng(1).integers(0, 2, len(frame))
    useless = attributes[["customer_id"]].assign(coin=coins)
    plain = customer_lifetime_value(frame, 120, holdout=frame)
    told = customer_lifetime_value(frame, 120, holdout=frame, attributes=useless)
    assert [c.sentence for c in told.checks if c not in plain.checks] == [
        c.sentence for c in told.checks if c.name == "clv.attributes"
    ]
    assert told.model == plain.model
    for name in ("customers", "totals", "payback", "parameters", "validation", "deciles"):
        pd.testing.assert_frame_equal(getattr(told, name), getattr(plain, name))
