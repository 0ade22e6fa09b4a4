"""Segments by rules of one's own, from the engagement's record to the public copy."""

import json
import re
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from pypdf import PdfReader

from custanalytics.privacy.leak_check import leaks_in, secrets_of
from custanalytics.results.compare import compare
from custanalytics.results.store import read_results
from tests.cli.test_cli import FIXED, call
from tests.engagement.test_engagement import DAY, OPTIONS, edit, settings, steps
from tests.sales import few_customers

HIGH, RULE = "Inner circle", "Spent 123.45 or more, whenever it was"
RULES = f"""
[[segment]]
name = "{HIGH}"
rule = "{RULE}"
when = "total_spend >= 123.45"
action = "Invite to the yearly tasting."

[[segment]]
name = "All others"
rule = "spent less"
action = "Leave to the newsletter."
contact = false
"""
BUILT_IN = {"Champions", "Loyal", "Dormant"}


@pytest.fixture(scope="module")
def sales(tmp_path_factory):
    return few_customers(tmp_path_factory.mktemp("sales"))


@pytest.fixture(scope="module")
def finished(tmp_path_factory, sales):
    """An engagement with rules of its own that was run once; tests copy it."""
    base = tmp_path_factory.mktemp("work")
    assert call("new", "acme", "--from", sales, *DAY, cwd=base).returncode == 0
    folder = base / "acme"
    edit(folder, question="Whom to call?", decision="Whom to call first.", success="More orders.")
    edit(folder, client="Söhne & Co", label="A shop for the kitchen")
    (folder / "segments.toml").write_text(RULES, "utf-8")
    settings(folder, 'segments = "segments.toml"')
    done = call("run", *OPTIONS, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def by_option(tmp_path_factory, sales):
    """A run of a condition that differs, although its words don't, and what it printed."""
    folder = tmp_path_factory.mktemp("option")
    rules = RULES.replace('when = "total_spend >= 123.45"', 'when = "r_score >= 4"')
    (folder / "rules.toml").write_text(rules, "utf-8")
    asked = ("run", sales, "--segments", folder / "rules.toml", "--out", folder / "report")
    done = call(*asked, "--format", "html", "--json", *FIXED)
    assert done.returncode == 0, done.stderr
    return folder / "report", json.loads(done.stdout)


@pytest.fixture
def work(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "acme")


def publish(work, *more):
    to = ("--to", work.parent / "portfolio")
    return call("publish", work, *to, *OPTIONS[2:], "--made-on", "2026-11-20", *more)


def test_the_report_is_by_the_rules_of_the_record(finished):
    results = read_results(finished / "report" / "results")
    assert results.rfm.segments["segment"].tolist() == [HIGH, "All others"]
    assert results.settings.conditions == {HIGH: "total_spend >= 123.45"}
    customers = pd.read_csv(finished / "report" / "exports" / "customers.csv")
    high = customers["total_spend"] >= 123.45
    assert 10 < high.sum() < len(customers)
    assert (customers["segment"] == high.map({True: HIGH, False: "All others"})).all()
    page = (finished / "report" / "report.html").read_text("utf-8")
    assert RULE in page
    assert "Invite to the yearly tasting." in page
    assert not [name for name in BUILT_IN if f"“{name}”" in page or f">{name}<" in page]
    assert steps(finished)["model"][0] == "done"


def test_the_option_gives_segments_to_results_lists_and_report(by_option):
    folder, printed = by_option
    sizes = printed["models"]["segments"]
    assert list(sizes) == [HIGH, "All others"]
    results = read_results(folder / "results")
    assert results.rfm.segments.set_index("segment")["customers"].to_dict() == sizes
    listed = pd.read_csv(folder / "exports" / "customers.csv")["segment"].value_counts()
    assert listed.to_dict() == sizes
    assert RULE in (folder / "report.html").read_text("utf-8")


def test_a_misspelt_column_is_refused_before_anything_is_read(tmp_path):
    rules, sales = tmp_path / "segments.toml", tmp_path / "sales.csv"
    rules.write_text(RULES.replace("total_spend", "total_spent"), "utf-8")
    sales.write_bytes(b"no sales at all")
    done = call("run", sales, "--segments", rules, "--out", tmp_path / "report")
    assert done.returncode == 2
    assert "--segments: " in done.stderr
    assert "'total_spent' is unknown: did you mean total_spend?" in done.stderr
    assert "sales.csv" not in done.stderr
    assert not (tmp_path / "report").exists()


def test_the_report_renders_again_without_the_file(work):
    (work / "segments.toml").unlink()
    done = call("render", work / "report", *OPTIONS)
    assert done.returncode == 0, done.stderr
    assert RULE in (work / "report" / "report.html").read_text("utf-8")


def test_changed_rules_make_the_report_stale(work):
    rules = work / "segments.toml"
    rules.write_text(RULES.replace("123.45", "200"), "utf-8")
    state, why = steps(work)["model"]
    assert state != "done"
    assert "segments.toml changed since the run" in why


def test_a_run_noted_by_an_earlier_version_says_to_run_again(work):
    path = work / "run.json"
    noted = json.loads(path.read_text("utf-8"))
    del noted["settings"]
    path.write_text(json.dumps(noted | {"options": ["--margin=0.4"]}), "utf-8")
    _, why = steps(work)["model"]
    assert "run.json was noted by an earlier version: run again" in why
    refused = publish(work)
    assert refused.returncode == 2
    assert "custanalytics run" in refused.stderr


def test_names_and_actions_are_published_once_confirmed_and_rules_never(work):
    asked = publish(work)
    assert asked.returncode == 2
    for text in (HIGH, "All others", "Invite to the yearly tasting.", "Leave to the newsletter."):
        assert text in asked.stderr
    assert RULE not in asked.stderr
    assert not (work.parent / "portfolio").exists()
    record = work / "publish" / "record.json"
    # In so small a shop many a secret shows some true figure by chance: one that shows none.
    key = {"factor": 44.33582348098262, "months": -57}
    record.write_text(json.dumps(json.loads(record.read_text("utf-8")) | {"key": key}), "utf-8")
    code = re.search(r"--confirm (\w+)", asked.stderr)[1]
    done = publish(work, "--confirm", code)
    assert done.returncode == 0, done.stderr
    entry = next((work.parent / "portfolio" / "entries").iterdir())
    page = (entry / "report.html").read_text("utf-8")
    said = [page, *(p.extract_text() for p in PdfReader(entry / "report.pdf").pages)]
    assert "Kept back: the rule was made for this client." in page
    assert HIGH in page
    for text in said:
        assert "123.45" not in text
        assert "whenever it was" not in text
        assert "spent less" not in text


def test_a_rule_in_what_is_published_is_a_leak(finished, tmp_path):
    secrets = secrets_of(finished, read_results(finished / "report" / "results"))
    published = tmp_path / "index.html"
    published.write_text(f"<p>{HIGH}: Invite to the yearly tasting. All others spent much.</p>")
    assert leaks_in(secrets, tmp_path) == []
    for text in (RULE, "total_spend >= 123.45", "from 123,45 on"):
        published.write_text(f"<p>{text}</p>", "utf-8")
        found = leaks_in(secrets, tmp_path)
        assert {leak.source for leak in found} == {"rule of a segment"}, text


def test_a_changed_rule_is_a_changed_definition(finished, by_option):
    changed, _ = by_option
    found = compare(*(read_results(f / "results") for f in (finished / "report", changed)))
    assert found.definitions.to_numpy().tolist() == [
        [f"rule of {HIGH}", f"{RULE} (total_spend >= 123.45)", f"{RULE} (r_score >= 4)"]
    ]
    assert set(found.figures["analysis"]) == {"segments"}
    assert set(found.figures["cause"]) == {"changed definitions"}
    assert f"rule of {HIGH}" in call("diff", finished / "report", changed).stdout


def test_rules_that_come_go_or_trade_places_are_changed_definitions(finished):
    old = read_results(finished / "report" / "results")

    def differs(segments):
        changed = replace(old, rfm=replace(old.rfm, segments=segments))
        return compare(old, changed).definitions.to_numpy().tolist()

    rows = old.rfm.segments
    assert differs(rows.iloc[::-1]) == [
        ["order of the rules", f"{HIGH}, All others", f"All others, {HIGH}"]
    ]
    assert differs(rows.assign(segment=[HIGH, "Rest"])) == [
        ["rule of All others", "spent less", "none"],
        ["rule of Rest", "none", "spent less"],
    ]
