"""Nothing of the report stays in English: a made-up language of Greek letters shows what does."""

import json
import re
import string
from dataclasses import replace
from datetime import date
from html import unescape

import pandas as pd
import pytest
from babel.messages.catalog import Catalog

from custanalytics.content import catalogue, language
from custanalytics.content.chart import Callout, Chart
from custanalytics.content.deck import deck
from custanalytics.content.format import Formats
from custanalytics.content.language import speaking
from custanalytics.content.report_content import report_content
from custanalytics.content.words import plural, say, told
from custanalytics.content.workbook import workbook
from custanalytics.sentences import noted, tell, tell_many, together
from tests.render.written import written

LETTERS = str.maketrans(string.ascii_letters, "αβψδεφγηιξκλμνοπϙρστθωςχυζ" * 2)
# What no language changes: names of models and measures, figures' signs, files, ids.
SAME = re.compile(
    r"exports/[\w./-]+|https?://\S+|\bc\d+\b|[A-Za-z]+/NBD|custanalytics run shop\.csv|Total|"
    r"customer_id|amount|\b0\.1\.0\b|gamma-gamma|EUR|\balpha\b|\bbeta\b"
)
# Sentences that the made-up results of the tests bring along.
MADE_UP = re.compile(
    r"The intervals held 91% of them\.|The model finds that 8% leave\.|"
    r"Predicted 50%, happened 57%\.|[Uu]nreadable|2 rows come to zero\.|Ok\.|The total was missed by 40%\."
)


def in_greek(template: str) -> str:
    """The template with its own letters changed, its places kept."""
    return "".join(
        text.translate(LETTERS).replace("{", "{{").replace("}", "}}")
        + ("" if name is None else "{" + name + (f":{spec}" if spec else "") + "}")
        for text, name, spec, _ in string.Formatter().parse(template)
    )


@pytest.fixture(scope="module")
def greek(tmp_path_factory):
    """A complete catalogue of a language that no one speaks."""
    made = Catalog(locale="el", fuzzy=False)
    for message in catalogue.messages():
        if message.id:
            ids = (message.id,) if isinstance(message.id, str) else message.id
            said = tuple(map(in_greek, ids))
            made.add(message.id, said[0] if len(ids) == 1 else said)
    folder = tmp_path_factory.mktemp("locale")
    (folder / "el.po").write_text(catalogue.written(made), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "LOCALES", folder)
        yield folder


@pytest.fixture(scope="module")
def spoken_results(rich, greek):
    return replace(rich, settings=replace(rich.settings, locale="el_GR", currency="EUR"))


def english(texts: list[str], data: set[str]) -> list[str]:
    """The texts with letters that the catalogue did not change."""
    found = []
    for text in texts:
        rest = text.replace("\\", "")
        for value in sorted(data, key=len, reverse=True):
            rest = rest.replace(value.replace("\\", ""), " ")
        rest = SAME.sub(" ", MADE_UP.sub(" ", rest))
        if re.search("[A-Za-z]{2}", rest):
            found.append(rest.strip())
    return found


def data_of(results) -> set[str]:
    """Texts of the data themselves."""
    products = set(results.revenue_groups["value"].dropna())
    products |= {re.sub(r"\]\([^)]*\)", " ", name) for name in products}  # as texts_of_parts
    shortened = {text[:n] + "…" for text in products for n in range(8, len(text))}
    ids = set(results.customers["customer_id"])
    return {str(v) for v in results.mapping.values()} | ids | products | shortened


def texts_of_chart(chart: Chart) -> list[str]:
    said = [chart.title, chart.subtitle, chart.alt, chart.note, chart.x_title, chart.y_title]
    said += [mark.label for mark in chart.marks]
    for column in {
        chart.series,
        chart.y if chart.kind in ("bars", "heatmap") else None,
        chart.labels,
    }:
        if column:
            said += list(map(str, chart.data[column]))
    assert all(isinstance(mark, Callout) or mark.axis for mark in chart.marks)
    return said


def texts_of_parts(parts: dict[str, str]) -> list[str]:
    said = []
    for part in parts.values():
        for drawn in re.findall(r'<script type="application/json">(.*?)</script>', part):
            said += list(strings(json.loads(drawn)))
        prose = re.sub(r"```.*?```", "", part, flags=re.S)
        prose = re.sub(r"fig-alt=|share=\"[\d.]+\"|title=", "", prose)
        prose = re.sub(r"\{[.#][^}]*\}|^:::.*$|\]\([^)]*\)", " ", prose, flags=re.M)
        said += prose.split("\n")
    return said


def strings(drawn) -> list[str]:
    """Texts that a reader sees in a Plotly figure."""
    shown = ("text", "hovertext", "ticktext", "name", "title")
    if isinstance(drawn, dict):
        for key, value in drawn.items():
            if key in shown and isinstance(value, str):
                yield unescape(re.sub("<[^>]+>", " ", value))
            elif key in shown and isinstance(value, list):
                yield from (unescape(re.sub("<[^>]+>", " ", str(v))) for v in value)
            else:
                yield from strings(value)
    elif isinstance(drawn, list):
        for value in drawn:
            yield from strings(value)


def test_no_english_is_left_in_the_document(spoken_results) -> None:
    made = written(spoken_results)
    said = [*texts_of_parts(made.parts), made.title, made.subtitle, made.date]
    said += [text for group in made.variables.values() for text in group.values()]
    assert made.lang == "el-GR"
    assert english(said, data_of(spoken_results)) == []


def test_no_english_is_left_in_the_charts(spoken_results) -> None:
    charts = report_content(spoken_results).charts
    assert english([t for c in charts for t in texts_of_chart(c)], data_of(spoken_results)) == []


def test_no_english_is_left_in_the_workbook(spoken_results) -> None:
    made = workbook(report_content(spoken_results))
    said = [made.cover.title, made.cover.subtitle, made.cover.made, *made.words.values()]
    for sheet in made.sheets:
        said += [sheet.name, sheet.title, sheet.note]
        said += [text for field in sheet.fields for text in (field.title, field.meaning)]
        for field in sheet.fields:
            if field.kind == "text" and field.name not in ("customer_id", "abc_class", "group"):
                said += [str(v) for v in sheet.frame[field.name] if not pd.isna(v)]
    assert english(said, data_of(spoken_results)) == []


def test_no_english_is_left_on_the_slides(spoken_results) -> None:
    made = deck(report_content(spoken_results))
    said = [made.cover.title, made.cover.subtitle, made.cover.made]
    for slide in made.slides:
        said += [slide.title, slide.subtitle, slide.small, *slide.notes.split("\n"), *slide.aside]
        said += [text for c in slide.cards for text in (c.value, c.label, c.note)]
        said += [text for item in slide.items for text in (item.headline, item.detail)]
        said += texts_of_chart(slide.chart) if slide.chart else []
        if slide.table:
            cells = [cell for row in slide.table.rows for cell in row]
            said += [*slide.table.header, *map(str, cells)]
    assert english(said, data_of(spoken_results)) == []


def test_figures_of_sentences_follow_the_locale(greek) -> None:
    sentence = tell(
        "{n:,} of {all} rows, {share:.1%}, {change:+.0%}, {q:.2f}, {day}, {month:%Y-%m}, {name}",
        n=1234, all=20, share=0.256, change=0.5, q=1.5, day=date(2025, 3, 1),
        month=date(2025, 3, 1), name="Total",
    )  # fmt: skip
    english = "1,234 of 20 rows, 25.6%, +50%, 1.50, 2025-03-01, 2025-03, Total"
    assert sentence == english
    assert told(sentence, Formats("en_GB")) == (
        "1,234 of 20 rows, 25.6%, +50%, 1.50, 1 March 2025, March 2025, Total"
    )
    german = told(sentence, Formats("de_DE")).replace("\xa0", " ")
    assert german.startswith("1.234 of 20 rows, 25,6 %, +50 %, 1,50")
    counted = together(tell_many(1, "one row", "{n} rows", n=1), noted("dormant"))
    assert (counted, told(counted, Formats("en_GB"))) == ("one row dormant", "one row dormant")
    with speaking("el_GR"):
        assert plural(1, "One row", "{n} rows", n=1) == "One row"  # no message of ours
        assert say("Dormant") == "Dormant".translate(LETTERS)


def test_an_incomplete_catalogue_is_not_used(greek) -> None:
    path = greek / "it.po"
    path.write_text(catalogue.written(catalogue.renewed("it")), "utf-8")
    with speaking("it_IT") as now:
        assert now.code == "en"
        assert Formats("it_IT").month(date(2025, 3, 1)) == "March 2025"
    with speaking("el_GR"):
        assert Formats("el_GR").month(date(2025, 3, 1)) == "Μάρτιος 2025"
