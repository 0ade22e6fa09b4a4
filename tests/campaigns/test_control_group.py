"""The plan to know whether it worked, and the measurement."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custanalytics.campaigns.differences import difference_interval
from custanalytics.campaigns.effect import campaign_effect, past_campaign_effect
from custanalytics.campaigns.uplift import rank_uplift
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.scoring.control_group import (
    assign_groups,
    contact_list,
    plan_control,
    power,
)


@pytest.mark.parametrize(
    ("n", "p", "q", "expected"),
    # the examples of R's power.prop.test
    [(50, 0.50, 0.75, 0.740), (76.65, 0.50, 0.75, 0.9)],
)
def test_power_as_r_gives_it(n, p, q, expected):
    assert power(n, n, p, q - p) == pytest.approx(expected, abs=0.005)


def test_the_smallest_group_that_is_enough():
    plan = plan_control(5000, 0.2, relative_effect=0.2)
    assert plan.power >= 0.8
    assert power(5000 - plan.control + 1, plan.control - 1, 0.2, 0.04) < 0.8
    assert plan.check.passed
    assert plan.detectable_effect == pytest.approx(0.04, abs=0.001)


def test_a_list_too_short_says_so():
    plan = plan_control(200, 0.05)
    assert plan.control == 100
    assert plan.check.passed is False
    assert "longer list" in plan.check.sentence
    with pytest.raises(UsageError, match="at least 2"):
        plan_control(1, 0.5)


ids = st.lists(st.text("abc123", min_size=1), min_size=1, max_size=40, unique=True)


@settings(max_examples=50)
@given(ids, st.integers(0, 5), st.randoms())
def test_groups_do_not_depend_on_the_order(names, seed, shuffler):
    control = len(names) // 3
    listed = pd.Series(names, dtype="str")
    groups = dict(zip(names, assign_groups(listed, control, seed), strict=True))
    assert sum(group == "control" for group in groups.values()) == control
    shuffled = list(names)
    shuffler.shuffle(shuffled)
    again = assign_groups(pd.Series(shuffled, dtype="str"), control, seed)
    assert dict(zip(shuffled, again, strict=True)) == groups


def test_list_holds_the_most_likely():
    scores = pd.DataFrame({"customer_id": list("abcdef"), "propensity": [1, 6, 3, 5, 2, 4]})
    chosen = contact_list(scores, contacts=4, control=1, seed=0)
    assert chosen["customer_id"].tolist() == ["b", "d", "f", "c"]
    assert sorted(chosen["group"]) == ["contact", "contact", "contact", "control"]
    with pytest.raises(UsageError, match="repeated"):
        assign_groups(pd.Series(["a", "a"], dtype="str"), 1, 0)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    # Newcombe (1998), table II, method 10
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
    ],
)
def test_difference_as_published(counts, low, high):
    assert difference_interval(*counts) == pytest.approx((low, high), abs=5e-5)


def campaign(n, lift, seed=0):
    """A list, and the sales after it, where contact adds `lift` to a rate of 0.2."""
    rng = np.random.default_rng(seed)
    contacts = pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(n)],
            "group": np.where(np.arange(n) % 4 == 0, "control", "contact"),
            "propensity": rng.uniform(0.1, 0.3, n),
            "segment": np.where(np.arange(n) % 3 == 0, "old", "new"),
        }
    )
    rate = 0.2 + lift * (contacts["group"] == "contact")
    buys = rng.random(n) < rate
    first = pd.DataFrame(
        {
            "customer_id": contacts["customer_id"],
            "ordered_at": pd.Timestamp(2024, 1, 1),
            "amount": 5.0,
        }
    )
    later = first[buys].assign(ordered_at=pd.Timestamp(2024, 3, 10), amount=40.0)
    outside = first.assign(ordered_at=pd.Timestamp(2024, 5, 1))
    return contacts, pd.concat([first, later, outside]), buys


def test_an_effect_is_found_with_its_interval():
    contacts, sales, buys = campaign(4000, 0.1)
    found = campaign_effect(contacts, sales, date(2024, 3, 1), 30, segment="segment")
    row = found.effects.iloc[0]
    treated = contacts["group"] == "contact"
    assert row["converted_contact"] == buys[treated].sum()
    assert row["effect_low"] < 0.1 < row["effect_high"]
    assert row["effect_low"] > 0
    assert row["spend_effect"] == pytest.approx(40 * row["effect"])
    assert found.effects["segment"].tolist() == ["all", "new", "old"]
    assert found.effects["n_contact"].iloc[1:].sum() == row["n_contact"]
    assert found.checks[0].sentence.startswith("The contact worked")
    assert all(check.passed for check in found.checks)


def test_no_effect_and_an_unfinished_window_are_said():
    contacts, sales, _ = campaign(400, 0.0)
    found = campaign_effect(
        contacts, sales[sales["ordered_at"] < "2024-04-01"], date(2024, 3, 1), 30
    )
    said = {check.name: check for check in found.checks}
    assert said["measure.effect"].passed is False
    assert "Only 9 of the 30 days" in said["measure.window"].sentence


def test_a_list_that_was_changed_is_noticed():
    contacts, sales, _ = campaign(1000, 0.0)
    picked = contacts["propensity"].where(contacts["group"] == "control", 0.9)
    found = campaign_effect(contacts.assign(propensity=picked), sales, date(2024, 3, 1), 30)
    assert {c.name: c.passed for c in found.checks}["measure.balance"] is False


def test_what_cannot_be_measured():
    contacts, sales, _ = campaign(400, 0.0)
    with pytest.raises(UsageError, match="needs the columns customer_id, group"):
        campaign_effect(contacts.drop(columns="group"), sales, date(2024, 3, 1), 30)
    with pytest.raises(UsageError, match="1 other value"):
        campaign_effect(contacts.replace("control", "rest"), sales, date(2024, 3, 1), 30)
    with pytest.raises(UnsupportedError, match="after the contact"):
        campaign_effect(contacts, sales, date(2025, 1, 1), 30)
    with pytest.raises(UnsupportedError, match="at least 20"):
        campaign_effect(contacts.head(40), sales, date(2024, 3, 1), 30)


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        treated = rng.random(300) < 0.7
        converted = rng.random(300) < np.where(treated, 0.3, 0.2)
        row = past_campaign_effect(treated, converted).effects.iloc[0]
        held += row["effect_low"] < 0.1 < row["effect_high"]
    assert 0.92 < held / 400 < 0.98


def past_campaign(moves, seed=0, n=6000):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame({"age": rng.normal(size=n), "kind": rng.choice(["a", "b"], n)})
    treated = rng.random(n) < 0.5
    lift = 0.2 * (X["kind"] == "a") if moves else 0.1
    return X, treated, rng.random(n) < 0.2 + treated * lift


def test_uplift_is_offered_where_it_ranks():
    found = rank_uplift(*past_campaign(moves=True))
    assert found.check.passed
    kind = past_campaign(moves=True)[0]["kind"]
    by_kind = pd.Series(found.uplift).groupby(kind.to_numpy()).mean()
    assert by_kind["a"] - by_kind["b"] == pytest.approx(0.2, abs=0.05)
    assert found.groups["effect"].iloc[1] > found.groups["effect"].iloc[-1] + 0.1


def test_uplift_is_not_offered_where_all_gain_alike():
    refused = sum(
        rank_uplift(*past_campaign(False, seed, n=1500)).uplift is None for seed in range(10)
    )
    assert refused >= 8
    with pytest.raises(UnsupportedError, match="at least 200"):
        rank_uplift(*(part[:300] for part in past_campaign(False)))
