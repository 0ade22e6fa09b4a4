"""Effects of attributes are recovered where they are."""

import numpy as np
import pandas as pd
import pytest

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
