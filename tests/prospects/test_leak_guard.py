"""Leaks that hide behind each other, conditions, columns of the process; honest ones stay."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from custanalytics.prospects.checks import leaks_found
from custanalytics.prospects.leak_guard import find_leaks, seconds
from custanalytics.prospects.leak_signs import Ages, Leak, spelled
from tests.trials.lead_leaks import judge_guard, simulate_aged, simulate_groups

N = 3000


@pytest.fixture
def honest():
    rng = np.random.default_rng(4)
    size, visits = rng.normal(size=N), rng.exponential(1, N)
    converted = rng.random(N) < expit(-1.5 + 0.8 * size + 0.7 * visits)
    columns = {
        "size": size,
        "staff": size + rng.normal(0, 0.4, N),
        "visits": visits,
        "kind": rng.choice(["a", "b", "c"], N),
    }
    return pd.DataFrame(columns), converted


def leaks_of(table, converted):
    found = find_leaks(table, table.head(0), converted, pd.DataFrame(), 0)
    return {leak.column: (leak.rule, leak.sure) for leak in found}


def test_honest_columns_that_hang_together_are_kept(honest):
    assert leaks_of(*honest) == {}


def test_a_crowd_of_leaks_does_not_hide_them(honest):
    table, converted = honest
    rng = np.random.default_rng(5)
    process = rng.normal(size=N)
    for i in range(6):
        told = 2.0 * converted + process + rng.normal(0, 0.6, N)
        table[f"step_{i}"] = pd.cut(told, 5, labels=list("abcde")).astype(object)
    found = leaks_of(table, converted)
    assert set(found) == {f"step_{i}" for i in range(6)}
    assert set(found.values()) == {("out_of_line", True)}


def test_a_step_of_the_conversion_is_asked_about(honest):
    table, converted = honest
    rng = np.random.default_rng(6)
    table["looked in"] = np.where(converted | (rng.random(N) < 0.5), 1.0, 0.0)
    table["amount"] = np.where(converted, rng.gamma(2, 50, N), 0.0)
    found = leaks_of(table, converted)
    assert found == {"looked in": ("condition", False), "amount": ("condition", True)}


def test_values_that_name_the_outcome_are_sure(honest):
    table, converted = honest
    rng = np.random.default_rng(7)
    table["note"] = np.where(rng.random(N) < 0.1, np.where(converted, "deal won", "lost to x"), "-")
    assert leaks_of(table, converted)["note"] == ("names_outcome", True)
    table["note"] = rng.permutation(table["note"])
    assert leaks_of(table, converted) == {}


def test_columns_of_the_process_are_asked_about_where_they_add_something(honest):
    table, converted = honest
    rng = np.random.default_rng(8)
    table["Status"] = rng.choice(["x", "y"], N)
    assert leaks_of(table, converted) == {}
    # It goes with a cause, too, so that only its name speaks of a consequence.
    worked = rng.random(N) < expit(1.0 * converted - 0.7 * table["size"])
    table["lastActivity"] = np.where(worked, "mail", "call")
    assert leaks_of(table, converted) == {"lastActivity": ("of_the_process", False)}
    assert spelled("lastActivity_no") == "last Activity no"


@pytest.fixture
def came():
    """The day on which each prospect came in, ten a day."""
    return pd.Series(pd.Timestamp("2025-01-01") + pd.to_timedelta(np.arange(N) // 10, unit="D"))


def with_days(table, converted, came, waiting):
    ages = Ages(seconds(came[~waiting]), seconds(came[waiting]))
    known = converted[~waiting]
    found = find_leaks(table[~waiting], table[waiting], known, pd.DataFrame(), 0, ages)
    return {leak.column: (leak.rule, leak.sure) for leak in found}


def test_a_field_that_the_form_lost_lately_is_no_leak(honest, came):
    table, converted = honest
    table["field"] = np.where(np.arange(N) < 2600, np.where(table["kind"] == "a", "x", "y"), None)
    late = np.arange(N) >= 2600
    assert with_days(table, converted, came, late & (np.arange(N) % 2 == 0)) == {}
    # All that is known of the young is that they are open: it may be the outcome or the form.
    assert with_days(table, converted, came, late) == {"field": ("empty_while_open", False)}
    table["field"] = np.where(late & (np.arange(N) % 2 == 0), None, table["kind"])
    found = with_days(table, converted, came, late & (np.arange(N) % 2 == 0))
    assert found == {"field": ("empty_while_open", True)}


def test_what_grows_with_age_for_one_outcome_is_asked_about(honest, came):
    table, converted = honest
    rng = np.random.default_rng(9)
    age = N / 10 - np.arange(N) // 10
    table["mails"] = rng.poisson(3 + 0.008 * age * converted).astype(float)
    table["moves"] = rng.normal(size=N) + age / age.max()
    assert leaks_of(table, converted) == {}
    found = with_days(table, converted, came, np.arange(N) < 0)
    assert found == {"mails": ("grows_with_age", False)}


@pytest.mark.parametrize(("seed", "make"), [(3, simulate_groups), (25, simulate_groups),
                                            (17, simulate_aged)])  # fmt: skip
def test_simulated_groups(seed, make):
    found = judge_guard(seed, make)
    assert found["leaks"] > 0
    assert (found["missed"], found["left_out"], found["asked"]) == (0, 0, 0)


def test_columns_that_are_asked_about_for_one_reason_share_a_sentence():
    leaks = [
        Leak(name, "of_the_process", 0.08, f"about {name}", sure=False) for name in ("tag", "note")
    ]
    auc = pd.DataFrame({"leaks": ["left out", "left in"], "auc": [0.7, 0.78]})
    said = leaks_found(leaks, {"tag", "note"}, auc).sentence
    assert said.startswith("tag, note seem to be written while a prospect is worked on")
    assert "with them the AUC is 0.080 higher" in said
    assert "about tag" not in said
    assert "about tag" in leaks_found(leaks[:1], {"tag"}, auc).sentence
    grown = [dataclasses.replace(leak, rule="grows_with_age") for leak in leaks]
    said = leaks_found(grown, {"tag", "note"}, auc).sentence
    assert said.startswith("tag, note grow or fill the longer a prospect has been there")
