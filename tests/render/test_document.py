"""The document as a whole, and what it says about very different shops."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from custanalytics.bundled import reports_dir
from custanalytics.content.format import Formats
from custanalytics.render.charts.theme import Theme
from custanalytics.render.pages.markdown import prose
from tests.content.conftest import HOSTILE
from tests.render.written import written

REPORT = "\n".join(
    path.read_text("utf-8")
    for path in sorted(reports_dir().rglob("*.qmd"))
    if "_engagement" not in path.parts  # the documents of an engagement, not of a report
)


@pytest.fixture(scope="session")
def document(any_results):
    return written(any_results)


@pytest.fixture(scope="session")
def good(rich):
    return written(rich)


@pytest.fixture(scope="session")
def bad(doubtful):
    return written(doubtful)


def said(document) -> str:
    """All prose of a document, without charts."""
    parts = [
        re.sub(r"```\{=html\}.*?```", "", part, flags=re.S) for part in document.parts.values()
    ]
    texts = [text for group in document.variables.values() for text in group.values()]
    return "\n".join([*parts, *texts])


def test_the_report_asks_for_what_there_is_and_uses_all_of_it(good) -> None:
    assert set(re.findall(r"include _parts/([\w-]+)\.qmd", REPORT)) == set(good.parts)
    # What begins with "case" is the engagement's, and comes with publishing it.
    assert set(re.findall(r'-meta="has\.(?!case_)(\w+)"', REPORT)) == set(good.flags)
    wanted = set(re.findall(r"\{\{< var (?!case\.)([\w.]+) >\}\}", REPORT))
    assert wanted == {
        f"{group}.{name}" for group, names in good.variables.items() for name in names
    }


def test_every_document_has_the_same_names(document, good) -> None:
    assert list(document.parts) == list(good.parts)
    assert list(document.flags) == list(good.flags)
    names = {group: list(texts) for group, texts in document.variables.items()}
    assert names == {group: list(texts) for group, texts in good.variables.items()}
    pictures = {
        path for part in document.parts.values() for path in re.findall(r"!\[\]\(([^)]+)\)", part)
    }
    flat = {path.replace(".svg", "-flat.svg") for path in pictures}
    assert pictures | flat == set(document.files)


def test_no_machine_words_reach_the_reader(document) -> None:
    text = said(document)
    assert not re.search(r"\b(nan|NaN|NaT|inf)\b", text)
    text = text.replace(HOSTILE, "")  # a product's name
    assert "{" not in re.sub(r"\{[.#][^}]*\}|\{fig-alt=[^}]*\}|\\\{", "", text)


def test_one_is_never_many(document) -> None:
    wrong = r"\b1 (customers|orders|rows|months|days|purchases|checks|analyses)\b"
    generated = [
        p for name, p in document.parts.items() if name not in ("tbl-checks", "tbl-left-out")
    ]
    reasons = re.compile(r"::: \{\.callout.*?\n:::", re.S)
    assert not re.search(wrong, "\n".join(reasons.sub("", part) for part in generated))


def test_the_same_results_give_the_same_document(rich, good) -> None:
    assert written(rich) == good


def test_brand_colours_reach_the_pictures(rich) -> None:
    picture = written(rich, Theme({"series-1": "#123456"})).files["_figures/payback.svg"]
    assert b"#123456" in picture


def test_what_was_left_out_says_why(any_results, document) -> None:
    for part, analysis in {
        "value": "value",
        "propensity": "propensity",
        "cohorts": "cohorts",
    }.items():
        if getattr(any_results, analysis) is None:
            reason = any_results.skipped.get(analysis) or any_results.skipped["customers"]
            assert prose(reason)[1:] in document.parts[f"reason-{part}"]
            assert not document.flags[part]
        else:
            assert document.parts[f"reason-{part}"] == ""


def test_text_from_the_data_is_escaped(good) -> None:
    parts = good.parts
    assert "<b>" not in parts["tbl-contacts"].replace("\\<b\\>", "")
    assert "{{<" not in parts["tbl-mapping"]


def test_headline_figures_are_the_results_figures(good) -> None:
    document = good
    kpis = document.parts["summary-kpis"]
    assert "£23k" in kpis
    assert "between £20k and £27k" in kpis
    assert "£495" in kpis
    assert "£74.00" in document.variables["value"]["new_customer"]
    assert (
        "The worst, of 10 January 2025, expected 8% more than came."
        in (document.variables["value"]["tested"])
    )


def test_findings_come_by_money(good) -> None:
    findings = good.parts["summary-findings"]
    assert re.findall(r"(?m)^\d", findings) == ["1", "2", "3"]
    assert "expected to bring £23k in the next 12 months" in findings


def test_a_forecast_that_failed_is_not_claimed(bad) -> None:
    document = bad
    summary = "".join(document.parts[name] for name in document.parts if name.startswith("summary"))
    assert "23.456" not in summary
    assert "expected to bring" not in summary
    assert "moving 5% of that" not in document.parts["summary-actions"]
    # the plan itself tells it, with the doubt beside it
    assert "Mind: " in document.variables["decisions"]["terms"]
    assert "rough guide" in document.parts["value-doubts"]
    assert "45\xa0% less than came" in document.parts["value-doubts"]
    assert "45\xa0% less than came" in document.variables["value"]["tested"]
    assert "rank, not to count" in document.parts["propensity-doubts"]


def test_without_a_margin_no_acquisition_cost_is_named(bad) -> None:
    document = bad
    assert "74" not in document.variables["value"]["new_customer"]
    assert "Revenue, not profit" in document.parts["fig-payback"]


def test_the_validation_page_shows_every_earlier_day(good) -> None:
    chart = good.parts["fig-value-origins"]
    assert "the forecast of revenue was 7% off on average, 8% at worst" in chart
    rows = good.parts["tbl-value-validation"]
    for day in ("10 Oct 2024", "10 Nov 2024", "10 Jan 2025"):
        assert day in rows
    assert "most brought 16% of the money" in good.parts["fig-value-deciles"]
    assert "10 January 2025" in good.variables["value"]["tested"]


def test_parameters_are_said_in_words(good) -> None:
    assert "a few buy far more often" in good.parts["tbl-parameters"]
    (loose,) = (line for line in good.parts["tbl-parameters"].splitlines() if "| s |" in line)
    assert loose.count("–") == 2
    assert "Between 20% and 30% of new customers" in good.variables["value"]["leaving"]


def test_a_warning_is_not_said_twice(rich) -> None:
    finding = pd.DataFrame(
        {"sentence": ["2 rows are zero."], "rows": [2], "amount": [0.0], "effect": ["Left out."]}
    )
    told = written(replace(rich, findings=finding)).parts
    assert told["data-warnings"] == ""
    assert "Left out" in told["tbl-data-quality"]
    assert "2 rows come to zero" in written(rich).parts["data-warnings"]


def test_english_words_with_german_figures(bad) -> None:
    document = bad
    assert document.lang == "en-DE"
    assert document.subtitle == "Sales from January 2024 to April 2025"
    assert Formats("en_DE", "EUR").count(14752) == "14.752"
    assert "90\xa0%" in document.variables["value"]["lead"]  # as a German writes it
