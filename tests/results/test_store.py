"""What is read back equals what was written."""

import dataclasses
import json

import pytest

import custanalytics as ca
from custanalytics.errors import SourceError
from custanalytics.results.store import FORMAT, read_settings
from custanalytics.sentences import Sentence
from tests import samples
from tests.tables import assert_same

# Named alike in every language.
BOOKS = ["Fleiss, Levin and Paik (2003)"]


@pytest.fixture(scope="module")
def analysed(tmp_path_factory):
    return samples.analysed(tmp_path_factory, "shop")


def test_every_analysis_is_supported_by_the_sample(analysed):
    assert analysed.skipped == {}
    for part in dataclasses.fields(analysed):
        if part.name == "campaign":
            continue  # which a command of its own answers
        assert getattr(analysed, part.name) is not None, part.name


def test_round_trip(analysed, tmp_path):
    ca.write_results(analysed, tmp_path)
    assert_same(ca.read_results(tmp_path), analysed)


def test_sentences_can_still_be_said_in_another_language(analysed, tmp_path):
    ca.write_results(analysed, tmp_path)
    read = ca.read_results(tmp_path)
    for results in (analysed, read):
        checks = [check for _, check in results.checks]
        told = [c.sentence for c in checks] + [c.source for c in checks if c.source]
        told += [*results.findings["sentence"], *results.findings["effect"]]
        told += [*results.prospects.leaks["sentence"], *results.ledger.warnings]
        assert {text for text in told if not isinstance(text, Sentence)} <= set(BOOKS)
    for before, after in zip(analysed.findings["sentence"], read.findings["sentence"], strict=True):
        assert (after.template, after.values, after.many) == (
            before.template,
            before.values,
            before.many,
        )


def test_the_same_results_give_the_same_bytes(analysed, tmp_path):
    for name in ("one", "two"):
        ca.write_results(analysed, tmp_path / name)
    ones = sorted((tmp_path / "one").iterdir())
    assert len(ones) > 20
    for path in ones:
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_the_scored_list_has_every_customer_once(analysed):
    scored = analysed.customers
    assert scored["customer_id"].is_unique
    assert len(scored) == analysed.ledger.buyers
    for column in ("segment", "rfm_score", "clv", "clv_low", "clv_high", "propensity", "abc_class"):
        assert scored[column].notna().all(), column


def test_segments_and_decisions_add_up_to_the_whole(analysed):
    decisions = analysed.decisions
    assert decisions["customers"].sum() == len(analysed.customers)
    assert decisions["clv"].sum() == pytest.approx(analysed.customers["clv"].sum())
    assert decisions["expected_buyers"].sum() == pytest.approx(
        analysed.customers["propensity"].sum()
    )


def test_missing_or_foreign_results_are_told(tmp_path):
    with pytest.raises(SourceError, match=r"no results\.json"):
        ca.read_results(tmp_path)
    (tmp_path / "results.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(SourceError, match="format 99"):
        ca.read_results(tmp_path)
    (tmp_path / "results.json").write_text(json.dumps({"format": 1, "results": {}}))
    with pytest.raises(SourceError, match="run the analysis again"):
        ca.read_results(tmp_path)
    (tmp_path / "results.json").write_text("{")
    with pytest.raises(SourceError, match="no JSON"):
        ca.read_results(tmp_path)
    for damaged in (
        "[1, 2]",
        '"text"',
        f'{{"format": {FORMAT}}}',
        f'{{"format": {FORMAT}, "results": [1]}}',
    ):
        (tmp_path / "results.json").write_text(damaged)
        with pytest.raises(SourceError, match="does not hold results"):
            ca.read_results(tmp_path)
    (tmp_path / "results.json").write_text(f'{{"format": {FORMAT}, "results": {{}}}}')
    with pytest.raises(SourceError, match="run the analysis again"):
        read_settings(tmp_path)
