"""The deck, read back: figures equal the report's, nothing overflows, templates keep their look."""

import io
import re
import zipfile
from collections import Counter
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from custanalytics.content.deck import ORDER, deck
from custanalytics.content.format import Formats
from custanalytics.content.report_content import report_content
from custanalytics.content.workbook_charts import wide
from custanalytics.errors import RenderError, UsageError
from custanalytics.render.slides.order import slide_order
from custanalytics.render.slides.write_slides import slides_bytes
from custanalytics.render.text_room import height, shortened, width
from tests.content.conftest import HOSTILE, results_of, shop
from tests.render.written import written

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
NAMES = [
    "株式会社山田太郎商事国際貿易ホールディングス東京都港区本社営業部",
    "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle",
]


def opened(content: bytes):
    return Presentation(io.BytesIO(content))


def texts_of(slide) -> list[str]:
    found = []
    for shape in slide.shapes:
        number = (
            shape.is_placeholder and shape.placeholder_format.type == PP_PLACEHOLDER.SLIDE_NUMBER
        )
        if shape.has_text_frame and not number:
            found.append(shape.text_frame.text)
        if shape.has_table:
            found += [cell.text for row in shape.table.rows for cell in row.cells]
    if slide.has_notes_slide:
        found.append(slide.notes_slide.notes_text_frame.text)
    return found


@pytest.fixture(scope="module")
def made(any_results, brand):
    content = deck(report_content(any_results))
    return content, opened(slides_bytes(content, brand, Path()))


def test_every_figure_on_a_slide_is_the_reports(any_results, made) -> None:
    content, book = made
    document = written(any_results)
    formats = Formats(any_results.settings.locale, any_results.settings.currency or None)
    told = [*document.parts.values(), document.subtitle, document.title, document.date]
    told += [text for group in document.variables.values() for text in group.values()]
    told.append(formats.days(any_results.settings.window_days))
    for slide in content.slides:
        if slide.chart is not None and slide.chart.kind == "heatmap":
            told += [formats.number(v * 100, 0) for v in slide.chart.data[slide.chart.z]]
            told += [str(v) for v in [*slide.chart.data[slide.chart.x], 14]]
            told += [formats.count(n) for n in range(200)]  # rows in all
    # markdown puts backslashes before punctuation, of figures too
    known = set(NUMBER.findall("\n".join(told).replace("\\", "")))
    counts = {str(n) for n in range(1, 20)}  # checks and analyses counted in a title
    for slide in book.slides:
        for text in texts_of(slide):
            unknown = set(NUMBER.findall(text)) - known - counts
            assert not unknown, (unknown, text)


def test_native_charts_hold_the_charts_values(made) -> None:
    content, book = made
    drawn = 0
    for slide, page in zip(content.slides, list(book.slides)[1:], strict=True):
        frames = [shape for shape in page.shapes if shape.has_chart]
        if slide.chart is None or slide.chart.kind == "heatmap":
            assert not frames
            continue
        drawn += 1
        table = wide(slide.chart)
        plot = frames[0].chart.plots[0]
        expected = {}
        for name in [c for c in table.columns[1:] if c not in ("low", "high", "open")]:
            values = table[name].dropna() if frames[0].chart.chart_type < 0 else table[name]
            expected[slide.chart.subtitle if name == "value" else name] = values
        for series in plot.series:
            if series.name in expected:
                values = [v for v in series.values if v is not None]
                assert values == pytest.approx(
                    list(expected.pop(series.name).dropna().astype(float))
                )
        assert not expected
    assert drawn == sum(s.chart is not None and s.chart.kind != "heatmap" for s in content.slides)


def test_each_slide_has_one_message_as_title(made) -> None:
    content, book = made
    for slide, page in zip(content.slides, list(book.slides)[1:], strict=True):
        assert page.shapes.title.text == slide.title
        assert not any(p.has_text_frame and not p.text_frame.text for p in page.placeholders)
    assert len({s.title for s in content.slides}) == len(content.slides)


def test_pictures_and_charts_are_described_and_noted(rich, brand) -> None:
    book = opened(slides_bytes(deck(report_content(rich)), brand, Path()))
    for page in book.slides:
        for shape in page.shapes:
            if shape.has_chart or shape.has_table:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")
                assert page.notes_slide.notes_text_frame.text


def overflows(book, slack: float = 1.0) -> list[str]:
    """Texts that by estimate run out of their box, and shapes that leave the slide."""
    found = []
    for number, page in enumerate(book.slides, start=1):
        for shape in page.shapes:
            right, low = shape.left + shape.width, shape.top + shape.height
            if shape.left < 0 or right > book.slide_width or low > book.slide_height + Pt(1):
                found.append(f"{number}: {shape.name} leaves the slide")
            if not shape.has_text_frame or not shape.text_frame.text:
                continue
            tall = 0.0
            for paragraph in shape.text_frame.paragraphs:
                sizes = [run.font.size.pt for run in paragraph.runs if run.font.size]
                size = max(sizes, default=26 if shape == page.shapes.title else 10)
                indent = int(paragraph._p.pPr.get("marL", 0)) if paragraph._p.pPr is not None else 0
                tall += height([paragraph.text], size, (shape.width - indent) * slack, gap=0)
            if tall > shape.height * 1.02 + Pt(2):
                found.append(f"{number}: {shape.text_frame.text[:60]!r}")
    return found


def test_nothing_runs_over_its_box(made) -> None:
    assert overflows(made[1]) == []


def test_nothing_lies_on_anything_else_and_all_can_be_read_from_afar(made) -> None:
    for number, page in enumerate(made[1].slides, start=1):
        shown = [s for s in page.shapes if s._element.find(".//{*}decorative") is None]
        furniture = [s for s in page.placeholders if s != page.shapes.title]
        boxes = [(s.left, s.top, s.left + s.width, s.top + s.height, s.name) for s in shown]
        for a, b in combinations(boxes, 2):
            across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            assert across <= Pt(1) or down <= Pt(1), f"{number}: {a[4]} on {b[4]}"
        for shape in shown:
            if shape.has_text_frame and shape.shape_id not in {s.shape_id for s in furniture}:
                runs = [run for p in shape.text_frame.paragraphs for run in p.runs]
                assert all(run.font.size is None or run.font.size >= Pt(12) for run in runs)


def test_as_many_doubts_as_the_title_counts(made) -> None:
    content, _ = made
    for slide in content.slides:
        counted = re.match(r"(\d+) doubts to keep", slide.title)
        if slide.name == "doubts" and counted:
            assert min(int(counted[1]), 6) == len(slide.items)


def test_levels_and_intervals_of_a_page_are_on_the_slide_too(made) -> None:
    content, book = made
    for slide, page in zip(content.slides, list(book.slides)[1:], strict=True):
        levels = (
            [m for m in slide.chart.marks if getattr(m, "axis", "") == "y"] if slide.chart else []
        )
        for mark in levels:
            drawn = next(shape for shape in page.shapes if shape.has_chart).chart._chartSpace
            texts = [v.text for v in drawn.iter("{*}v")]
            assert mark.label in texts
            assert str(float(mark.value)) in texts or f"{mark.value:g}" in texts
        if slide.chart and slide.chart.kind == "line" and slide.chart.low:
            drawn = next(shape for shape in page.shapes if shape.has_chart).chart
            assert {"low", "high"} <= {s.name for s in drawn.plots[0].series}


@pytest.mark.parametrize("name", NAMES)
def test_long_names_fit(brand, name) -> None:
    lines = shop().assign(customer_id=lambda d: d["customer_id"].map(lambda c: c and f"{name} {c}"))
    settings = {"currency": "EUR", "locale": "de_DE", "client": name, "author": f"{name} & {name}"}
    results = results_of(lines, settings=settings | {"title": f"{name} {name} {name}"})
    content = slides_bytes(deck(report_content(results)), brand, Path())
    assert overflows(opened(content)) == []
    tables = [s.table for page in opened(content).slides for s in page.shapes if s.has_table]
    for table in tables:
        assert sum(row.height for row in table.rows) < Inches(5.3)


def test_text_from_the_data_is_shown_as_it_is(rich, brand) -> None:
    book = opened(slides_bytes(deck(report_content(rich)), brand, Path()))
    cells = [text for page in book.slides for text in texts_of(page)]
    assert any(HOSTILE in cell for cell in cells)


def test_the_same_results_give_the_same_bytes(rich, brand) -> None:
    first, second = (slides_bytes(deck(report_content(rich)), brand, Path()) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert not [n for n, c in Counter(archive.namelist()).items() if c > 1]
        assert b"2025-05-01" in archive.read("docProps/core.xml")


def test_what_was_left_out_has_no_slides(brand) -> None:
    once = results_of(
        pd.DataFrame(
            {
                "customer_id": [f"c{i}" for i in range(40)],
                "ordered_at": pd.date_range("2024-01-01", periods=40, freq="2D"),
                "amount": range(10, 50),
            }
        )
    )
    content = deck(report_content(once))
    assert not {"payback", "lift", "retention"} & {s.chart.name for s in content.slides if s.chart}
    assert any("left out" in s.title.lower() for s in content.slides)


def client_template(path: Path, *, wide_slide: bool, drop: tuple[str, ...] = ()) -> Path:
    """A client's file: renamed layouts in another order, own colours and font, old slides."""
    book = Presentation()
    if wide_slide:
        book.slide_width, book.slide_height = Inches(13.333), Inches(7.5)
    for layout in list(book.slide_layouts):
        if layout.name in drop:
            book.slide_layouts.remove(layout)
    page = book.slides.add_slide(book.slide_layouts[0])
    page.shapes.title.text = "An old slide"
    listed = book.slide_master._element.find(qn("p:sldLayoutIdLst"))
    for entry in reversed(list(listed)):
        listed.append(entry)
    for number, layout in enumerate(book.slide_layouts):
        layout.name = f"Folie {number}"
    theme = book.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = theme.blob.replace(b"4F81BD", b"D4006A").replace(b"Calibri", b"Verdana")
    book.save(path)
    return path


@pytest.mark.parametrize("wide_slide", [True, False])
@pytest.mark.parametrize(
    "drop", [(), ("Title Only", "Blank"), ("Title Slide", "Title and Content")]
)
def test_a_clients_template_is_used_by_the_role_of_its_layouts(
    rich, brand, tmp_path, wide_slide, drop
) -> None:
    template = client_template(tmp_path / "client.pptx", wide_slide=wide_slide, drop=drop)
    content = slides_bytes(deck(report_content(rich)), brand, Path(), template)
    book = opened(content)
    texts = [text for page in book.slides for text in texts_of(page)]
    assert "An old slide" not in texts
    first = book.slides[0]
    assert first.shapes.title.text == "What your customers are worth"
    assert any("2025" in shape.text_frame.text for shape in first.shapes if shape.has_text_frame)
    assert overflows(book) == []
    assert overflows(book, 0.9) == []  # Verdana is wide
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        slides = [n for n in archive.namelist() if n.startswith("ppt/slides/slide")]
        assert len(slides) == len(book.slides)
        theme = archive.read("ppt/theme/theme1.xml")
        assert b"D4006A" in theme
        assert b"Verdana" in theme
        charts = [archive.read(n) for n in archive.namelist() if "charts/chart" in n]
        assert charts
        assert not any(b"srgbClr" in chart for chart in charts)


def test_the_brands_colours_and_fonts_become_the_theme(rich, brand) -> None:
    with zipfile.ZipFile(
        io.BytesIO(slides_bytes(deck(report_content(rich)), brand, Path()))
    ) as archive:
        theme = archive.read("ppt/theme/theme1.xml").decode()
    assert brand.colors["series-1"].removeprefix("#").upper() in theme
    assert 'typeface="Georgia"' in theme


@pytest.mark.parametrize("content", [b"no file of this kind", None])
def test_a_template_that_is_none_is_refused(rich, brand, tmp_path, content) -> None:
    path = tmp_path / "client.pptx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="--pptx-template"):
        slides_bytes(deck(report_content(rich)), brand, Path(), path)


def test_a_logo_is_shown_and_described(rich, brand, tmp_path) -> None:
    from dataclasses import replace

    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"><rect width="80" height="20"/></svg>'
    (tmp_path / "logo.svg").write_text(drawing)
    branded = replace(brand, logo="logo.svg", logo_alt="The shop")
    page = opened(slides_bytes(deck(report_content(rich)), branded, tmp_path)).slides[0]
    pictures = [s for s in page.shapes if s.shape_type == 13]
    assert [p._element.nvPicPr.cNvPr.get("descr") for p in pictures] == ["The shop"]
    assert pictures[0].width == pytest.approx(4 * pictures[0].height, rel=0.02)


def test_measured_text() -> None:
    assert width("日本語", 10) == pytest.approx(3 * 10 * 12700)
    assert width("mmm", 10) > width("iii", 10)
    cut = shortened("one two three four five six seven", 12, Inches(1), 2)
    assert cut.endswith("…")
    assert len(cut) < 33
    assert shortened("short", 12, Inches(1), 1) == "short"


def test_a_report_folder_begins_with_the_usual_order(tmp_path) -> None:
    assert slide_order(tmp_path, ("overview", "lift")) == ("overview", "lift")
    assert (
        (tmp_path / "slides.yml").read_text("utf-8").endswith("slides:\n  - overview\n  - lift\n")
    )


def test_the_usual_order_tells_the_story() -> None:
    assert ORDER[:3] == ("overview", "actions", "monthly-revenue")
    at = ORDER.index("appendix")
    assert ORDER[at - 3 : at] == ("decisions", "doubts", "next-steps")
    assert {"late", "products", "prospects-lift"} < set(ORDER[:at])
    assert {"certainty", "profit", "next-products"} < set(ORDER[at:])


def test_what_stands_behind_the_story_is_listed_and_marked(rich) -> None:
    content = report_content(rich)
    made = deck(content, ("overview", "appendix", "lift", "late")).slides
    assert [slide.name for slide in made] == ["overview", "appendix", "lift", "late"]
    assert [point.headline for point in made[1].items] == [slide.title for slide in made[2:]]
    assert all(slide.subtitle.startswith("Appendix · ") for slide in made[2:])
    assert not made[0].subtitle.startswith("Appendix")
    assert [slide.name for slide in deck(content, ("overview", "appendix")).slides] == ["overview"]


def test_the_story_of_all_that_a_report_can_hold_is_no_longer_than_sixteen_slides(rich) -> None:
    names = [slide.name for slide in deck(report_content(rich)).slides]
    assert 10 <= names.index("appendix") <= 16


def test_a_report_folder_orders_its_own_slides(rich, tmp_path) -> None:
    (tmp_path / "slides.yml").write_text("slides: [next-steps, reliability, overview]\n", "utf-8")
    made = deck(report_content(rich), slide_order(tmp_path, ORDER))
    assert [slide.name for slide in made.slides] == ["next-steps", "reliability", "overview"]


@pytest.mark.parametrize("text", ["slides: 3\n", "- a\n", "slides: [\n"])
def test_an_order_that_is_none_is_said(tmp_path, text) -> None:
    (tmp_path / "slides.yml").write_text(text, "utf-8")
    with pytest.raises(RenderError, match=r"slides\.yml"):
        slide_order(tmp_path, ORDER)


def test_a_slide_that_does_not_exist_is_named(rich) -> None:
    with pytest.raises(UsageError, match=r"'nonsense'.*overview"):
        deck(report_content(rich), ("overview", "nonsense"))
