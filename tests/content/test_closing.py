"""The slides that open and close a deck: their titles count what the results hold."""

from dataclasses import replace

from custanalytics.check import Check
from custanalytics.content.deck import deck
from custanalytics.content.report_content import report_content


def slides_of(results):
    return {slide.name: slide for slide in deck(report_content(results)).slides}


def test_the_deck_of_prospects_says_how_many_convert_who_is_first_and_what_is_asked(with_prospects):
    slides, scoring = slides_of(with_prospects), with_prospects.prospects
    expected = round(scoring.figures["expected_conversions"])
    waiting = len(scoring.prospects)
    title = slides["prospects-overview"].title
    assert title == f"About {expected} of {waiting} open prospects are expected to convert"
    assert len(slides["prospects-overview"].cards) == 4
    points = [item.headline for item in slides["prospects-overview"].items]
    charts = [slides[f"prospects-{name}"].title for name in ("lift", "profit", "drivers")]
    assert points == [f"{title}." for title in charts]
    first = scoring.prospects.nlargest(10, "propensity")
    shown = slides["prospects-first"]
    assert [row[0] for row in shown.table.rows] == first["prospect_id"].tolist()
    assert f"about {round(first['propensity'].sum())} are" in shown.title
    groups = with_prospects.prospect_list["group"].value_counts()
    asked = slides["next-steps"]
    assert asked.title == (
        f"Contact {groups['contact']} prospects, leave {groups['control']} alone, see who converts"
    )
    assert "Leave the control group alone." in [item.headline for item in asked.items]


def test_three_notes_stand_beside_the_next_steps_and_four_on_a_slide_of_their_own(rich):
    few = replace(rich, ledger_checks=())
    notes = [check.name for _, check in few.checks if check.passed is None]
    assert len(notes) == 3
    slides = slides_of(few)
    assert "doubts" not in slides
    assert len(slides["next-steps"].aside) == 1 + len(notes)
    more = slides_of(replace(rich, ledger_checks=(Check("source.zero", None, "One more."),)))
    assert next(item.detail for item in more["doubts"].items) == "One more."
    assert len(more["doubts"].items) == 4
    assert more["next-steps"].aside == ()
