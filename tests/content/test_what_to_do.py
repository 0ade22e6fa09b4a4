"""The advice in words: one order in report, slides and workbook, and each money with its basis."""

import re

import pytest

from custanalytics.content.deck import deck
from custanalytics.content.report_content import report_content
from custanalytics.content.workbook import workbook
from custanalytics.customers.rfm import Segment
from custanalytics.render.charts.theme import Theme
from custanalytics.render.pages.document import Document, document
from tests.content.conftest import forecast, likely, results_of, shop

ALONE = "Do not contact"
OWN = (
    Segment(
        ALONE, "many orders", lambda s: s["f_score"] >= 2, "Leave them in peace.", contact=False
    ),
    Segment("Regulars", "the rest", lambda s: s["f_score"] >= 1, "Write to them."),
)


def build(content) -> Document:
    return document(content, Theme({}))


def own(segments):
    parts = {"value": forecast, "propensity": likely}
    return results_of(shop(), with_=parts, segments=segments)


def sentences(results) -> list[str]:
    """All that report, slides and workbook say."""
    content = report_content(results)
    page, slides, book = build(content), deck(content), workbook(content)
    said = [*page.parts.values()]
    said += [text for group in page.variables.values() for text in group.values()]
    for slide in slides.slides:
        said += [slide.title, slide.subtitle, slide.small, slide.notes, *slide.aside]
        said += [text for item in slide.items for text in (item.headline, item.detail)]
    said += [text for sheet in book.sheets for text in (sheet.title, sheet.note)]
    return said


def test_nothing_tells_to_begin_with_those_who_are_not_to_be_contacted():
    results = own(OWN)
    alone = results.decisions.set_index("segment")["at_stake"]
    assert alone[ALONE] > alone["Regulars"]
    said = sentences(results)
    begins = [text for text in said if text.startswith("Begin with")]
    assert len(begins) >= 4
    assert not [text for text in begins if ALONE in text]
    named = build(report_content(results)).parts["summary-actions"]
    assert "Regulars" in named
    assert ALONE not in named


def test_where_nobody_is_to_be_contacted_nothing_says_begin():
    quiet = tuple(Segment(s.name, s.rule, s.condition, s.action, contact=False) for s in OWN)
    results = results_of(shop(), with_={"value": forecast}, segments=quiet)
    said = sentences(results)
    assert not [text for text in said if "Begin with" in text]
    assert "No segment calls for contacting its customers." in said
    assert (
        deck(report_content(results)).slides[-1].title
        == "No segment calls for contacting its customers"
    )


def test_the_late_stand_in_the_table_as_in_the_summary(rich):
    content = report_content(rich)
    page, slides = build(content), {slide.name: slide for slide in deck(content).slides}
    (sheet,) = (s for s in workbook(content).sheets if s.name == "Decisions")
    late = rich.actions.loc[rich.actions["kind"] == "win_back"].iloc[0]
    assert "Write to the 9 customers who are late" in page.parts["summary-actions"]
    rows = page.parts["tbl-decisions"].splitlines()
    (row,) = (line for line in rows if line.startswith("| Late customers"))
    assert re.search(r"\| 9 \| £495 \| \[exports", row)
    (on_slide,) = (r for r in slides["decisions"].table.rows if r[0] == "Late customers")
    assert on_slide[2:4] == ("9", "£495")
    in_book = sheet.frame.set_index("segment").loc["Late customers"]
    assert in_book["at_stake"] == late["at_stake"] == 495.0
    assert in_book["basis"] == "usual spend in 90 days that is not expected to come"
    for note in (page.parts["tbl-decisions"], slides["decisions"].small, sheet.note):
        assert "what they usually spend in 90 days and are not expected to" in note


@pytest.mark.parametrize(
    ("made", "basis"),
    [
        ("rich", "expected margin in the next 12 months, discounted"),
        ("doubtful", "revenue so far"),
    ],
)
def test_money_at_stake_says_which_money_it_is(request, made, basis):
    results = request.getfixturevalue(made)
    content = report_content(results)
    page, slides = build(content), {slide.name: slide for slide in deck(content).slides}
    assert f"money at stake: {basis}" in page.parts["tbl-decisions"]
    assert slides["decisions"].subtitle == f"Money at stake: {basis}"
    (sheet,) = (s for s in workbook(content).sheets if s.name == "Decisions")
    money = sheet.frame.loc[sheet.frame["segment"] != "Late customers", "basis"]
    assert set(money) == {basis}
