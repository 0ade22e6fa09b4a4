"""Prospects by the command: a report, the list to contact, a later table, and what it says."""

import json

import pandas as pd
import pytest
from pypdf import PdfReader

from custanalytics.bundled import sample_data_dir
from custanalytics.errors import RenderError, UsageError
from custanalytics.pipeline import rerender
from custanalytics.results.lists import write_csv
from custanalytics.results.store import read_results
from tests.cli.test_cli import FIXED, call
from tests.sales import few_customers

LEADS = sample_data_dir() / "leads.csv"
MONEY = ("--contact-cost", "60", "--conversion-value", "2500", "--currency", "EUR")
PLANTED = {"Days to signature", "Invoice total"}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("leads") / "report"
    done = call("prospects", LEADS, "--out", folder, "--json", *MONEY, *FIXED)
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


def test_the_outcome_and_the_planted_leaks_are_found(report):
    found = report[1]["models"]["prospects"]
    truth = pd.read_csv(LEADS, sep=";")
    assert found["outcome"] == {"column": "Result", "positive": "won"}
    assert set(found["leaks"]) == PLANTED
    assert found["figures"]["open"] == (truth["Result"] == "open").sum()
    rate = (truth["Result"] == "won").sum() / (truth["Result"] != "open").sum()
    assert found["figures"]["base_rate"] == pytest.approx(rate)


def test_the_list_holds_every_open_prospect_with_its_own_columns(report):
    listed = pd.read_csv(report[0] / "exports" / "prospects.csv")
    truth = pd.read_csv(LEADS, sep=";")
    assert set(listed["Lead no"]) == set(truth.loc[truth["Result"] == "open", "Lead no"])
    assert listed["propensity"].is_monotonic_decreasing
    assert "Result" not in listed
    same = listed.merge(truth, on="Lead no")
    assert (same["Source_x"] == same["Source_y"]).all()
    assert (truth["Lead no"].iloc[listed["row"] - 1].to_numpy() == listed["Lead no"]).all()
    profit = (listed["propensity"] * 2500 - 60)[listed["group"].notna()]
    assert profit.min() > -1


def test_the_report_says_what_was_found(report):
    page = (report[0] / "report.html").read_text("utf-8")
    for words in ("Which prospects convert?", "Days to signature", "Out of time", "at-"):
        assert words.lower() in page.lower()
    text = " ".join(page.extract_text() for page in PdfReader(report[0] / "report.pdf").pages)
    chosen = next(
        row for row in report[1]["models"]["prospects"]["evaluation"]
        if row["chosen"] and row["test"] == "out of time"
    )  # fmt: skip
    assert f"{chosen['auc']:.3f}" in text.replace("\u2060", "")  # pypdf's own addition


def test_results_are_read_back_and_rendered_again(report):
    results = read_results(report[0] / "results")
    assert results.ledger is None
    assert results.prospects.chosen == report[1]["models"]["prospects"]["model"]
    before = (report[0] / "report.html").read_bytes()
    with pytest.raises(UsageError, match=r"'rfm' shows sales .* holds prospects: .*or prospects"):
        rerender(report[0], template="rfm", out=report[0] / "segments")
    own = report[0].parent / "own"
    own.mkdir()
    (own / "report.qmd").write_text("---\nlang: en\n---\n\n![Lift](_figures/lift.svg)\n", "utf-8")
    with pytest.raises(RenderError, match=r"line 5: .*lift\.svg.*holds prospects: .*or prospects"):
        rerender(report[0], template=str(own), out=own / "made", renderer="embedded")
    rerender(report[0], formats=("html",), renderer="embedded")
    assert (report[0] / "report.html").read_bytes() == before


def test_a_later_table_is_scored_alike(report, tmp_path):
    done = call("score", report[0], LEADS, "--out", tmp_path / "scored.csv")
    assert done.returncode == 0, done.stderr
    later = pd.read_csv(tmp_path / "scored.csv").set_index("Lead no")["propensity"]
    first = pd.read_csv(report[0] / "exports" / "prospects.csv").set_index("Lead no")["propensity"]
    pd.testing.assert_series_equal(later.sort_index(), first.sort_index())
    assert f"{3000 - len(first):,} prospects are decided by now" in done.stdout
    # A list that a report wrote is a table too, whatever its spreadsheet.
    open_ones = pd.read_csv(report[0] / "exports" / "prospects.csv")
    write_csv(open_ones, tmp_path / "german.csv", "prospect_list", "de_DE")
    done = call("score", report[0], tmp_path / "german.csv", "--out", tmp_path / "back.csv")
    assert done.returncode == 0, done.stderr
    back = pd.read_csv(tmp_path / "back.csv").set_index("Lead no")["propensity"]
    pd.testing.assert_series_equal(back.loc[first.index], first)
    renamed = pd.read_csv(LEADS, sep=";").drop(columns="Result")
    renamed["Source"] = renamed["Source"].str.upper() + " "
    renamed.rename(columns={"Source": "SOURCE"}).to_csv(tmp_path / "renamed.csv", index=False)
    done = call("score", report[0], tmp_path / "renamed.csv", "--out", tmp_path / "again.csv")
    assert "SOURCE is read as Source" in done.stdout
    assert "differ in capitals" in done.stdout
    again = pd.read_csv(tmp_path / "again.csv").set_index("Lead no")["propensity"]
    pd.testing.assert_series_equal(again.loc[first.index], first)
    lacking = tmp_path / "lacking.csv"
    pd.read_csv(LEADS, sep=";").drop(columns="Source").to_csv(lacking, index=False)
    refused = call("score", report[0], lacking, "--out", tmp_path / "none.csv")
    assert refused.returncode == 2
    assert "Source" in refused.stderr
    assert not (tmp_path / "none.csv").exists()


def test_prospects_beside_the_sales_take_their_value_from_them(tmp_path):
    folder = tmp_path / "report"
    asked = ("--prospects", LEADS, "--contact-cost", "2", "--margin", "0.4", "--json", *FIXED)
    done = call("run", few_customers(tmp_path), "--out", folder, "--format", "html", *asked)
    assert done.returncode == 0, done.stderr
    results = read_results(folder / "results")
    worth = results.value.new_customer["supported_acquisition_cost"]
    assert results.prospects.params["conversion_value"] == pytest.approx(worth)
    order = results.overview.figures["average_order_value"] * 0.4
    assert results.propensity.params["conversion_value"] == pytest.approx(order)
    assert "Which prospects convert?" in (folder / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        ((LEADS, "--outcome", "Nonsense"), 2, "--outcome"),
        ((LEADS, "--positive", "maybe"), 2, "--positive"),
        ((LEADS, "--contact-cost", "2"), 2, "--conversion-value"),
        ((LEADS, "--template", "nonsense"), 2, "prospects"),
        ((), 2, "--sample"),
        (("missing.csv",), 10, "missing.csv"),
    ],
)
def test_what_is_wrong_is_said_with_what_mends_it(tmp_path, arguments, code, named):
    done = call("prospects", *arguments, "--out", tmp_path / "out")
    assert done.returncode == code
    assert named in done.stderr
    assert not (tmp_path / "out").exists()


def test_too_few_decided_prospects_are_no_report_but_a_reason(tmp_path):
    few = tmp_path / "few.csv"
    pd.read_csv(LEADS, sep=";").head(60).to_csv(few, index=False)
    done = call("prospects", few, "--out", tmp_path / "out")
    assert done.returncode == 11
    assert "100" in done.stderr
    with_sales = call(
        "run", few_customers(tmp_path), "--prospects", few, "--out", tmp_path / "both", "--format",
        "html", "--json", *FIXED,
    )  # fmt: skip
    assert with_sales.returncode == 0, with_sales.stderr
    assert "100" in json.loads(with_sales.stdout)["skipped"]["prospects"]
