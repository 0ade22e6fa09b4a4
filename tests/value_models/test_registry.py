"""A model of purchases is one file and one name in the registry."""

from typing import ClassVar

import numpy as np
import pytest

from custanalytics.value_models import fit, from_json, registry
from custanalytics.value_models.purchase_models import PurchaseModel


class SteadyBuyers(PurchaseModel):
    """Everybody buys once in a mean gap for ever: what a consultant could add, in its smallest form."""

    name = "steady"
    reference = "none"
    symbols = ("gap",)
    units: ClassVar[dict[str, str]] = {"gap": "days"}
    start = (1.0,)
    leaving_words = "leave"
    lifetimes_fitter = lifetimes_simulation = ""
    leaving = 0.0

    @classmethod
    def likelihood(cls, frequency, recency, T, weights):
        total, x, age = weights.sum(), weights @ frequency, weights @ T

        def objective(log_params):
            expected = age * np.exp(-log_params[0])
            value = (expected + x * log_params[0]) / total
            return value, np.array([x - expected]) / total, np.array([[expected]]) / total

        return objective

    def p_alive(self, rows):
        return np.ones(len(rows))

    def expected_if_alive(self, rows, days):
        return np.tile(days / self.params["gap"], (len(rows), 1))

    def nothing_if_alive(self, rows, days):
        return np.exp(-self.expected_if_alive(rows, days))


def test_a_model_with_a_name_in_the_registry_can_be_fitted(cdnow_days, monkeypatch):
    monkeypatch.setattr(registry, "PURCHASE_MODELS", (*registry.PURCHASE_MODELS, SteadyBuyers))
    rate = cdnow_days["frequency"].sum() / cdnow_days["T"].sum()
    model = fit("steady", cdnow_days)
    expected = model.predict(cdnow_days, 365)["expected_purchases"].sum()
    assert expected / (rate * 365 * len(cdnow_days)) == pytest.approx(1)
    assert from_json(model.to_json()).params == {"gap": pytest.approx(1 / rate)}
