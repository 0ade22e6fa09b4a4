"""What a purchase and a conversion are worth where only the cost is given; a long silence is told."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pandas as pd
import pytest

from custanalytics.config import Settings
from custanalytics.errors import UsageError
from custanalytics.results.analyse import customer_worth, order_worth, silence
from custanalytics.results.lists import with_given_columns

SETTINGS = Settings(date(2026, 7, 3))
ONLY_COST = replace(SETTINGS, contact_cost=2.0)
BOTH = replace(ONLY_COST, conversion_value=90.0)
BUSINESS = SimpleNamespace(figures={"average_order_value": 50.0})


def test_a_purchase_is_worth_what_was_said_or_the_margin_of_an_average_order():
    assert order_worth(BOTH, BUSINESS) == 90.0
    assert order_worth(ONLY_COST, BUSINESS) == 50.0
    assert order_worth(replace(ONLY_COST, margin=0.4), BUSINESS) == pytest.approx(20.0)
    assert order_worth(ONLY_COST, None) is None
    assert order_worth(SETTINGS, BUSINESS) is None


def test_a_conversion_is_worth_what_was_said_or_a_new_customer():
    value = SimpleNamespace(new_customer={"supported_acquisition_cost": 33.0})
    assert customer_worth(BOTH, None) == 90.0
    assert customer_worth(SETTINGS, None) is None
    assert customer_worth(ONLY_COST, value) == 33.0
    for unknown in (None, SimpleNamespace(new_customer={})):
        with pytest.raises(UsageError, match="--conversion-value"):
            customer_worth(ONLY_COST, unknown)


def test_a_month_without_a_sale_is_no_silence_and_a_day_more_is():
    last = date(2026, 5, 1)
    assert silence(last, last + timedelta(days=31)) == ()
    (check,) = silence(last, last + timedelta(days=32))
    assert (check.value, check.passed) == (32, None)


def test_prospects_stand_by_their_chance_with_what_the_file_says_of_each():
    scores = pd.DataFrame({"row": [1, 2, 3], "propensity": [0.2, 0.9, 0.2], "group": "contact"})
    table = pd.DataFrame({"name": ["a", "b", None], "group": ["x", "y", "z"], "won": "no"})
    listed = with_given_columns(scores.iloc[::-1], table, "won")
    assert listed["row"].tolist() == [2, 1, 3]
    assert listed["name"].tolist() == ["b", "a", None]
    assert listed["group (file)"].tolist() == ["y", "x", "z"]
    assert "won" not in listed
