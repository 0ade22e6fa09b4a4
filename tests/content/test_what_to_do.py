"""The advice in words: one order in report, slides and workbook, and each money with its basis."""

from dataclasses import replace

import pandas as pd
import pytest

from custanalytics.content.deck import deck
from custanalytics.content.report_content import report_content
from custanalytics.content.words import told
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
    known = results.decisions.set_index("segment")["clv"]
    assert known[ALONE] > known["Regulars"]
    said = sentences(results)
    begins = [text for text in said if "Begin with" in text]
    assert len(begins) >= 4
    assert not [text for text in begins if ALONE in text]
    page = build(report_content(results)).parts
    for part in ("summary-actions", "tbl-plan", "tbl-names"):
        assert ALONE not in page[part]
    assert "Regulars" in page["summary-actions"]
    # what those left alone bring is told, a gain is not
    (row,) = (line for line in page["tbl-decisions"].splitlines() if line.startswith(f"| {ALONE}"))
    assert row.count("–") >= 3


def test_where_nobody_is_to_be_contacted_nothing_says_begin():
    quiet = tuple(Segment(s.name, s.rule, s.condition, s.action, contact=False) for s in OWN)
    results = results_of(shop(), with_={"value": forecast}, segments=quiet)
    said = sentences(results)
    assert not [text for text in said if "Begin with" in text]
    assert "No segment calls for contacting its customers." in said
    titles = {slide.name: slide.title for slide in deck(report_content(results)).slides}
    assert titles["next-steps"] == "No segment calls for contacting its customers"


def test_a_step_says_the_same_on_page_slide_and_sheet(rich):
    content = report_content(rich)
    page, slides = build(content), {slide.name: slide for slide in deck(content).slides}
    (sheet,) = (s for s in workbook(content).sheets if s.name == "Action plan")
    late = rich.actions.loc[rich.actions["kind"] == "win_back"].iloc[0]
    gain = content.formats.money_short(late["gain_5"])
    number = content.formats.count(late["step"])
    (on_page,) = (row for row in page.parts["tbl-plan"].splitlines() if "| Late customers" in row)
    assert on_page.startswith(f"| {number} |")
    on_page = on_page.replace("\\", "")
    assert f"| {gain} (" in on_page
    assert "exports/late.csv" in on_page
    (on_slide,) = (row for row in slides["decisions"].table.rows if row[1] == "Late customers")
    assert on_slide[0] == number
    assert str(on_slide[4]).startswith(f"{gain} (")
    in_book = sheet.frame.set_index("segment").loc["Late customers"]
    assert in_book["gain_5"] == late["gain_5"]
    assert (in_book["owner"], in_book["due"]) == ("", "")
    assert [field.title for field in sheet.fields][3:5] == ["Who does it", "By when"]


def test_the_names_are_those_of_the_step_and_their_facts_those_of_the_customer(rich):
    names = rich.plan_names
    assert names.groupby("step").size().max() <= 10
    assert names["customer_id"].is_unique
    known = rich.customers.set_index("customer_id")
    for one in names.to_dict("records"):
        customer = known.loc[one["customer_id"]]
        assert customer["plan_step"] == one["step"]
        assert customer["group"] == "contact"
        for fact in ("last_order", "days_since_last_purchase", "usual_gap_days", "typical_order"):
            assert one[fact] == customer[fact]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"margin": None}, "Tell us your margin (--margin)"),
        ({"margin": 0.3}, "Tell us what a contact costs (--contact-cost)"),
        ({"margin": 0.3, "contact_cost": 0.01}, "at a margin of 30% and £0.01 a contact"),
        ({"margin": 0.3, "contact_cost": 900.0}, "At this cost no contact pays"),
    ],
)
def test_the_figure_that_is_missing_is_asked_for(settings, said):
    parts = {"value": lambda ids: forecast(ids, margin=settings["margin"]), "propensity": likely}
    results = results_of(
        shop(),
        with_=parts,
        contact_cost=settings.get("contact_cost"),
        settings={"currency": "GBP", **settings},
    )
    texts = report_content(results).texts["decisions"]
    assert said in texts["lead"] + texts["terms"]


def test_the_doubt_about_the_forecast_stands_beside_the_plan(doubtful):
    content = report_content(doubtful)
    terms = content.texts["decisions"]["terms"]
    failed = [check for check in doubtful.value_trust if check.passed is False]
    assert failed
    assert all(told(check.sentence, content.formats) in terms for check in failed)


def test_who_may_be_contacted_is_counted_or_asked_for(rich):
    ask = report_content(rich).texts["decisions"]["reach"]
    assert ask.startswith("The export does not say who agreed")
    n = len(rich.customers)
    consent = pd.array([False, False, None, *[True] * (n - 3)], dtype="boolean")
    answered = replace(rich, customers=rich.customers.assign(consent=consent))
    said = report_content(answered).texts["decisions"]["reach"]
    assert said.startswith(f"2 customers of {n} said no to being contacted")
    assert said.endswith("One was never asked: check before you write.")


def test_a_forecast_that_can_not_be_relied_on_makes_no_title(doubtful):
    slides = {slide.name: slide for slide in deck(report_content(doubtful)).slides}
    for name in ("actions", "decisions"):
        assert "worth" not in slides[name].title
    assert "No forecast of these sales can be relied on" in slides["actions"].subtitle
    assert len(slides["actions"].title) < 90


def test_a_forecast_that_can_be_relied_on_says_what_the_plan_is_worth(rich):
    slides = {slide.name: slide for slide in deck(report_content(rich)).slides}
    assert "worth" in slides["actions"].title
    assert "worth" in slides["decisions"].title
