"""The schema against the real results of the four samples: no column without an entry."""

import dataclasses
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from custanalytics import schema
from custanalytics.bundled import sample_data_dir
from custanalytics.campaigns import CampaignEffect, past_campaign_effect
from custanalytics.config import Prospects, Settings
from custanalytics.content.result_columns import dictionary
from custanalytics.engine import read_tables
from custanalytics.results.analyse import add_prospects
from custanalytics.results.store import AnalysisResults, result_tables, write_results
from tests.samples import COSTS, analysed

# Of leads.csv: what the client's own table brings along.
GIVEN = {
    "Lead no", "Received", "Source", "Home", "Distance km", "Budget", "Pages viewed",
    "Earlier orders", "Newsletter", "Postcode area", "Comment", "Days to signature",
    "Invoice total",
}  # fmt: skip
KINDS = {
    "M": {"day", "month"},
    "b": {"flag"},
    "i": {"count", "rank", "days"},
    "f": {
        "count", "rank", "number", "score", "money", "share", "probability", "change", "ratio",
        "days",
    },
    "O": {"id", "name", "text", "sentence", "rank"},
}  # fmt: skip


def campaign() -> CampaignEffect:
    """Amounts after two ways of contacting, by segment, and a ranking by effect."""
    sent, spend = np.arange(900) % 3, pd.Series(np.arange(900) % 7 * 4.5)
    parts = pd.Series(np.where(np.arange(900) % 2, "new", "old"), name="since")
    rows = sent < 2
    effect = past_campaign_effect(
        sent[rows] == 0, (spend[rows] > 5).to_numpy(), parts[rows], spend[rows].to_numpy(), "spend"
    )
    return replace(
        effect,
        effects=effect.effects.assign(treatment="mail"),
        ranking=effect.effects.assign(treatment="mail", segment=["1", "2", "3"]),
    )


@pytest.fixture(scope="module")
def samples(tmp_path_factory) -> Mapping[str, AnalysisResults]:
    """The results of the four samples, with as many tables as there can be."""
    more_open = tmp_path_factory.mktemp("prospects") / "leads.csv"
    rows = pd.read_csv(sample_data_dir() / "leads.csv", sep=None, engine="python", dtype="str")
    # So many that a control group can show something.
    rows.loc[rows.index % 2 == 0, "Result"] = None
    rows.to_csv(more_open, index=False)
    leads = AnalysisResults(Settings(date(2026, 6, 1), **COSTS))
    sales = {name: analysed(tmp_path_factory, name) for name in ("shop", "box", "wholesaler")}
    return sales | {
        "leads": add_prospects(leads, [more_open], Prospects())[0],
        "campaign": AnalysisResults(Settings(date(2026, 6, 1)), campaign=campaign()),
    }


@pytest.fixture(scope="module")
def columns(samples, tmp_path_factory) -> Mapping[str, Mapping[str, list[pd.Series]]]:
    """Table -> column -> what each sample has in it."""
    found = defaultdict(lambda: defaultdict(list))
    for name, results in samples.items():
        folder = tmp_path_factory.mktemp(name)
        write_results(results, folder)
        tables = result_tables(results)
        assert set(read_tables(folder)) <= set(tables)
        for table, frame in tables.items():
            for column in map(str, frame.columns):
                found[table][column].append(frame[column])
    return found


def test_every_column_has_an_entry_and_every_entry_a_column(columns):
    there = {
        (table, column)
        for table, named in columns.items()
        for column in named
        if not (table == "prospect_list" and column in GIVEN)
    }
    entries = {(table, name) for table, named in schema.tables().items() for name in named}
    assert there == entries


def test_cells_are_of_the_kind_that_the_schema_says(columns):
    for table, named in columns.items():
        for name, samples in named.items():
            entry = schema.column(table, name)
            for cells in samples:
                code = cells.dtype.kind if cells.dtype != "str" else "O"
                if cells.notna().any():
                    assert entry.kind in KINDS[code], (table, name, cells.dtype)


def test_empty_cells_are_explained(columns):
    unexplained = [
        (table, name)
        for table, named in columns.items()
        for name, samples in named.items()
        if any(cells.isna().any() for cells in samples) and not schema.column(table, name).null
    ]
    assert unexplained == []


def test_shares_and_probabilities_lie_between_0_and_1(columns):
    for table, named in columns.items():
        for name, samples in named.items():
            if schema.column(table, name).kind in ("share", "probability"):
                for cells in samples:
                    assert cells.dropna().between(-1e-9, 1 + 1e-9).all(), (table, name)


def test_a_clients_own_columns_follow_one_rule():
    entry = schema.column("prospect_list", "Favourite colour")
    assert (entry.kind, entry.title, entry.seen_by) == ("id", "Favourite colour", "private")
    with pytest.raises(KeyError, match="favourite_colour"):
        schema.column("customers", "favourite_colour")


def test_rows_of_single_people_are_private():
    for table, named in schema.tables().items():
        if {"customer_id", "prospect_id", "line"} & set(named):
            assert {entry.seen_by for entry in named.values()} == {"private"}, table


@pytest.mark.parametrize("locale", ["en_GB", "de_DE"])
def test_the_dictionary_says_what_every_column_of_a_report_is(samples, locale):
    results = samples["shop"]
    settings = dataclasses.replace(results.settings, locale=locale)
    written = dictionary(dataclasses.replace(results, settings=settings))
    there = {(table, name) for table, frame in result_tables(results).items() for name in frame}
    assert set(zip(written["table"], written["column"], strict=True)) == there
    assert written["meaning"].str.len().gt(2).all()
    assert not written["meaning"].str.contains("[{}]").any()
    said = written.set_index(["table", "column"]).loc[("value.totals", "clv_low"), "meaning"]
    assert "90" in said
    assert ("Intervall" in said) == (locale == "de_DE")
