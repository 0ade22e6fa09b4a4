"""Stages of pipelines, and outcomes as days or as yes and nothing."""

import numpy as np
import pandas as pd
import pytest

from custanalytics.errors import UsageError
from custanalytics.prospects.checks import outcome_found
from custanalytics.prospects.ripeness import set_apart_unripe, share_within
from custanalytics.scoring.columns import read_columns
from custanalytics.scoring.level_swing import still_to_come
from custanalytics.scoring.outcome import read_outcomes
from custanalytics.scoring.stages import meaning_of


@pytest.mark.parametrize(
    ("taken_for", "values"),
    [
        ("won", "Closed Won|won|5 - Closed_Won|Closed - Converted|Contract signed|Gewonnen|verkauft"
                "|Gagné|4. Vendu|Affaire conclue|Ganado|Vendida|Vinto|Gewonnen|Ganho|Negócio ganho"),
        ("lost", "Closed lost|Closed Lost to Competition|Closed - Not Converted|Unqualified|Junk Lead"
                 "|not interested|Verloren|Kein Interesse|nicht gewonnen|Perdu|Non intéressé"
                 "|Perdido|No interesado|Perso|Geen interesse|Perdida|Não convertido"),
        ("open", "Appointment scheduled|Qualified to buy|Decision maker bought-in|Contract sent"
                 "|Open - Not Contacted|Working - Contacted|Negotiation/Review|Proposal/Price Quote"
                 "|Angebot erstellt|In Bearbeitung|Devis envoyé|En cours|Propuesta enviada"
                 "|In trattativa|Offerte verstuurd|Em andamento|2. Negociação|Pre-Qualified"),
    ],
)  # fmt: skip
def test_words_of_pipelines_in_seven_languages(taken_for, values):
    read = {value: meaning_of(value) for value in values.split("|")}
    assert {value: meaning for value, meaning in read.items() if meaning != taken_for} == {}


def test_words_that_do_not_tell_are_not_guessed():
    assert [meaning_of(value) for value in ("blue", "Web", "17", "Tübingen")] == [None] * 4


def read(values, **said):
    return read_outcomes(
        read_columns(pd.DataFrame({"x": range(len(values)), "Stage": values})), **said
    )


def test_a_pipeline_is_read_stage_by_stage_and_each_can_be_changed():
    values = ["Closed won", "closed_lost", "Demo", "Limbo", ""] * 20
    found = read(values)
    assert found.stages.to_dict("list") == {
        "value": ["closed won", "closed lost", "blank", "demo", "limbo"],
        "n": [20] * 5,
        "taken_for": ["won", "lost", "open", "open", "open"],
    }
    assert found.unclear == ("limbo",)
    assert not found.may_come
    assert found.known.tolist()[:5] == [True, True, False, False, False]
    asked = read(values, asked={"won": ["DEMO"], "lost": ["blank", "limbo"], "open": []})
    assert asked.stages["taken_for"].tolist() == ["won", "won", "lost", "lost", "lost"]
    assert asked.unclear == ()
    with pytest.raises(UsageError, match="--lost names 'nope'"):
        read(values, asked={"lost": ["nope"]})
    with pytest.raises(UsageError, match="said to be won and lost"):
        read(values, asked={"won": ["demo"], "lost": ["Demo"]})
    with pytest.raises(UsageError, match="--still-open names 'parked'"):
        read(values, asked={"open": ["parked"]})
    with pytest.raises(UsageError, match="--won, --lost and --still-open"):
        read(["won", "price", "timing"] * 20, outcome="Stage")


def test_yes_and_nothing():
    found = read(["yes", "", ""] * 20, outcome="Stage")
    assert (int(found.known.sum()), int(found.converted.sum())) == (60, 20)
    assert found.may_come
    left = read(["yes", "", "no"] * 20, outcome="Stage")
    assert int(left.waiting.sum()) == 20


def leads_with_days(n=3000, seed=5):
    """A third convert, within 40 days on average; the export is made on a Monday."""
    rng = np.random.default_rng(seed)
    came = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 365, n)), unit="D")
    day = came + pd.to_timedelta(np.ceil(rng.exponential(40, n)), unit="D")
    seen = (rng.random(n) < 1 / 3) & (day <= pd.Timestamp("2024-12-30"))
    return pd.DataFrame(
        {
            "created": came.strftime("%Y-%m-%d"),
            "visits": rng.poisson(3, n).astype(str),
            "converted date": np.where(seen, day.strftime("%Y-%m-%d"), ""),
        }
    )


def test_a_day_of_conversion_is_an_outcome_and_the_young_are_open():
    table = leads_with_days()
    typed = read_columns(table)
    target = read_outcomes(typed)
    assert target.outcome.column == "converted date"
    assert target.converted.sum() == (table["converted date"] != "").sum()
    ripeness = set_apart_unripe(target, typed.values, typed.columns, None)
    apart, (check,) = ripeness.target, ripeness.checks
    # the 95th per cent of an exponential of 40 days is at 120
    assert 105 <= check.value <= 140
    assert abs(target.converted.mean() - 1 / 3) > 0.03
    assert apart.converted[apart.known].mean() == pytest.approx(1 / 3, abs=0.03)
    assert not (apart.waiting & target.converted).any()
    assert apart.stages.groupby("taken_for")["n"].sum().to_dict() == {
        "won": apart.converted[apart.known].sum(),
        "lost": (apart.known & ~apart.converted).sum(),
        "open, too young": apart.waiting.sum(),
        "won, left out": (target.converted & ~apart.known).sum(),
    }
    assert apart.stages["value"].tolist() == ["a day"] * 2 + ["blank"] * 2
    # an exponential of 40 days: what is left of a third after its age
    age = (typed.values["created"].max() - typed.values["created"]).dt.days.to_numpy()
    young = apart.waiting & (age < 80)
    assert ripeness.waited.left[young] == pytest.approx(np.exp(-age[young] / 40), abs=0.08)
    assert (ripeness.waited.left[~apart.waiting] == 1).all()
    assert np.isnan(ripeness.waited.age[~apart.waiting]).all()
    without = typed.values.drop(columns="created")
    rest = [c for c in typed.columns if c.name != "created"]
    same = set_apart_unripe(target, without, rest, None)
    assert same.target is target
    assert "can't be told" in same.checks[0].sentence


def test_time_to_decide_allows_for_those_whose_time_is_not_over():
    rng = np.random.default_rng(1)
    age, took = rng.uniform(0, 200, 20_000), rng.uniform(0, 100, 20_000)
    seen = took <= age
    naive = np.quantile(took[seen], 0.5)
    assert naive < 44
    times, within = share_within(took[seen], age[seen])
    assert times[np.argmax(within >= 0.5)] == pytest.approx(50, abs=2)
    assert times[np.argmax(within >= 0.95)] == pytest.approx(95, abs=2)


@pytest.mark.parametrize("name", ["Phase", "Etapa", "whatever"])
def test_a_pipeline_is_found_by_its_stages_and_goes_before_a_flag_that_says_the_same(name):
    stages = ["Auftrag erhalten", "Abgelehnt", "Kein Interesse", "Angebot erstellt", "Neu"] * 40
    table = pd.DataFrame({"x": range(200), name: stages, "y": range(200)})
    assert read_outcomes(read_columns(table)).outcome.column == name
    flag = ["true" if stage == "Auftrag erhalten" else "false" for stage in stages]
    target = read_outcomes(read_columns(table.assign(**{"Is Closed Won": flag})))
    assert (target.outcome.column, int(target.waiting.sum())) == (name, 80)


def test_a_file_that_says_who_is_open_is_told_nothing_of_the_youngest():
    table = pd.DataFrame({"visits": list("123") * 40, "won": ["yes", "no", ""] * 40})
    typed = read_columns(table)
    assert set_apart_unripe(read_outcomes(typed), typed.values, typed.columns, None).checks == []
    (check,) = set_apart_unripe(
        read_outcomes(typed, asked={"lost": ["blank"]}), typed.values, typed.columns, None
    ).checks
    assert "the youngest count as not converted" in check.sentence


def test_a_chance_falls_with_the_time_that_has_passed_in_vain():
    rng = np.random.default_rng(2)
    p = rng.uniform(0, 1, 200_000)
    takes = np.where(rng.random(len(p)) < p, rng.exponential(1, len(p)), np.inf)
    waited = takes > 1
    found = still_to_come(p[waited], np.full(waited.sum(), np.exp(-1)))
    for low in (0.2, 0.5, 0.8):
        near = np.abs(p[waited] - low) < 0.05
        assert found[near].mean() == pytest.approx(
            np.isfinite(takes[waited][near]).mean(), abs=0.02
        )


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        (
            "column 3",
            ["yes", "no", "no", ""],
            "Column 3 says who converted (“yes” counts; found by its place and values; please "
            "confirm). 33.3% of 3 decided prospects converted; one is open.",
        ),
        (
            "won",
            ["yes", "no"],
            "The column won says who converted (“yes” counts; found by its name and values; please "
            "confirm). 50.0% of 2 prospects converted; all of them are decided.",
        ),
    ],
    ids=["no header", "none open"],
)
def test_who_converted_is_said_in_words_that_fit_the_file(name, values, said):
    read = read_columns(pd.DataFrame({"n": range(len(values)), name: values}))
    assert outcome_found(read_outcomes(read)).sentence == said
