"""Every chart of very different reports: valid, readable, the same each time."""

import json
import re
from xml.dom import minidom

import plotly.graph_objects as go
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from custanalytics.content.format import Formats
from custanalytics.content.report_content import report_content
from custanalytics.render.brand import contrast
from custanalytics.render.charts.plotly_chart import plotly_json
from custanalytics.render.charts.static_chart import picture, svg
from custanalytics.render.charts.theme import LIGHT, Theme
from custanalytics.render.pages.document import document

THEME = Theme({})


@pytest.fixture(scope="session")
def charts(any_results):
    content = report_content(any_results)
    return content.formats, content.charts


def test_figures_are_valid_plotly_and_safe_in_a_page(charts) -> None:
    formats, found = charts
    for chart in found:
        text = plotly_json(chart, formats)
        assert "\n" not in text
        assert "<" not in text
        figure = json.loads(text)
        go.Figure(figure)  # raises on anything that Plotly does not know
        used = set(re.findall(r"var\(--([\w-]+)\)", text))
        assert used <= set(LIGHT), used - set(LIGHT)
        assert not re.search(r"#[0-9a-fA-F]{6}", text), "colours belong to the page"


def test_pictures_are_the_same_each_time_and_well_formed(charts) -> None:
    formats, found = charts
    for chart in found:
        first = svg(chart, formats, THEME)
        assert first == svg(chart, formats, THEME)
        assert minidom.parseString(first).documentElement.tagName == "svg"  # noqa: S318


def test_no_text_is_cut_off_or_written_over_another(charts) -> None:
    formats, found = charts
    for chart in found:
        figure = picture(chart, formats, THEME)
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
        frame = figure.bbox.padded(1)
        boxes = [
            (text.get_text(), text.get_window_extent(renderer))
            for text in figure.findobj(Text)
            if text.get_visible() and text.get_text().strip()
        ]
        for words, box in boxes:
            inside = frame.containsx(box.x0) and frame.containsx(box.x1)
            assert inside, (chart.name, words)
            inside = frame.containsy(box.y0) and frame.containsy(box.y1)
            assert inside, (chart.name, words)
        for i, (words, box) in enumerate(boxes):
            for other, rival in boxes[i + 1 :]:
                # Callouts have a ground of their own and may lie on a reference's label.
                across = min(box.x1, rival.x1) - max(box.x0, rival.x0)
                up = min(box.y1, rival.y1) - max(box.y0, rival.y0)
                assert across < 2 or up < 3, (chart.name, words, other)


def test_every_chart_says_what_it_shows(charts) -> None:
    _, found = charts
    names = [chart.name for chart in found]
    assert len(names) == len(set(names))
    for chart in found:
        assert chart.title
        assert not chart.title.endswith(".")
        assert chart.subtitle
        assert chart.alt.endswith(".")
        assert chart.title in chart.alt
        assert len(chart.title) <= 90, chart.title


def test_an_incomplete_month_is_marked(rich) -> None:
    formats = Formats("en_GB", "GBP")
    by_name = {chart.name: chart for chart in report_content(rich).charts}
    revenue = by_name["monthly-revenue"]
    assert revenue.data.groupby("month")["open"].all().iloc[-1]
    assert "ends on 10 April 2025" in revenue.note
    assert "don't compare it with full months" in revenue.note
    figure = json.loads(plotly_json(revenue, formats))
    assert figure["data"][0]["marker"]["opacity"][-1] < 1
    line = json.loads(plotly_json(by_name["monthly-activity"], formats))["data"][0]
    assert line["y"][-1] is None, "the line ends with the last whole month"


def test_bars_go_by_size_and_those_of_a_waterfall_are_alike_thick(charts) -> None:
    formats, found = charts
    for chart in found:
        if chart.name == "segments":
            revenue = chart.part(chart.names()[1])["value"]
            assert revenue.is_monotonic_decreasing
        if chart.base:
            bars = json.loads(plotly_json(chart, formats))["data"]
            assert {bar["width"] for bar in bars} == {0.66}


def test_stacks_can_be_told_apart_in_grey() -> None:
    first, second = (contrast(LIGHT[f"series-{i}"], "#000000") for i in (1, 2))
    assert second / first >= 2


def test_the_name_of_a_level_stands_beside_the_plot(charts) -> None:
    formats, found = charts
    for chart in found:
        for level in chart.levels():
            notes = json.loads(plotly_json(chart, formats))["layout"]["annotations"]
            named = next(n for n in notes if n["text"] == level.label)
            assert (named["xref"], named["x"], named["xanchor"]) == ("paper", 1, "left")


def test_the_best_month_is_named_above_its_column(rich) -> None:
    content = report_content(rich)
    chart = next(c for c in content.charts if c.name == "monthly-revenue")
    (mark,) = chart.marks
    monthly = rich.overview.monthly
    best = monthly.loc[monthly.loc[monthly["complete"], "revenue"].idxmax()]
    assert mark.x == best["month"]
    assert mark.label == (
        f"{content.formats.month_short(mark.x)}: {content.formats.money_short(best['revenue'])}"
    )
    shown = chart.data.loc[chart.data["month"] == mark.x, "value"]
    assert mark.y == pytest.approx(shown.clip(lower=0).sum())


def test_charts_of_sales_say_their_source(any_results) -> None:
    content = report_content(any_results)
    parts = document(content, THEME).parts
    for chart in content.charts:
        told = "Source: sales from" in parts[f"fig-{chart.name}"]
        assert told is bool(content.source(chart))
    sales = [chart for chart in content.charts if chart.name == "monthly-revenue"]
    assert all("to" in content.source(chart) for chart in sales)
