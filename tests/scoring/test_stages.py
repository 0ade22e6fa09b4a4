"""Stages of pipelines, and outcomes as days or as yes and nothing."""

import numpy as np
import pandas as pd
import pytest

from custanalytics.errors import UsageError
from custanalytics.prospects.ripeness import set_apart_unripe, time_to_decide
from custanalytics.scoring.columns import read_columns
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
    apart, (check,) = set_apart_unripe(target, typed.values, typed.columns, None)
    # the 95th per cent of an exponential of 40 days is at 120
    assert 105 <= check.value <= 140
    assert abs(target.converted.mean() - 1 / 3) > 0.03
    assert apart.converted[apart.known].mean() == pytest.approx(1 / 3, abs=0.03)
    assert not (apart.waiting & target.converted).any()
    without = typed.values.drop(columns="created")
    same, (said,) = set_apart_unripe(
        target, without, [c for c in typed.columns if c.name != "created"], None
    )
    assert same is target
    assert "can't be told" in said.sentence


def test_time_to_decide_allows_for_those_whose_time_is_not_over():
    rng = np.random.default_rng(1)
    age, took = rng.uniform(0, 200, 20_000), rng.uniform(0, 100, 20_000)
    seen = took <= age
    naive = np.quantile(took[seen], 0.5)
    assert naive < 44
    assert time_to_decide(took[seen], age[seen], 0.5) == pytest.approx(50, abs=2)
    assert time_to_decide(took[seen], age[seen]) == pytest.approx(95, abs=2)


@pytest.mark.parametrize("name", ["Phase", "Etapa", "whatever"])
def test_a_pipeline_is_found_by_its_stages_and_goes_before_a_flag_that_says_the_same(name):
    stages = ["Auftrag erhalten", "Abgelehnt", "Kein Interesse", "Angebot erstellt", "Neu"] * 40
    table = pd.DataFrame({"x": range(200), name: stages, "y": range(200)})
    assert read_outcomes(read_columns(table)).outcome.column == name
    flag = ["true" if stage == "Auftrag erhalten" else "false" for stage in stages]
    target = read_outcomes(read_columns(table.assign(**{"Is Closed Won": flag})))
    assert (target.outcome.column, int(target.waiting.sum())) == (name, 80)
