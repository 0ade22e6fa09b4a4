"""What a notebook shows: results as small tables, their charts, the report in a frame."""

import html
from dataclasses import fields

import pytest

import custanalytics as ca
from custanalytics.content.report_content import report_content
from custanalytics.errors import UsageError
from custanalytics.figures import charts
from custanalytics.pipeline import Report
from custanalytics.results.store import AnalysisResults
from custanalytics.shown import Shown
from tests import samples


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> AnalysisResults:
    return samples.analysed(tmp_path_factory, "shop")


def analyses(results: AnalysisResults) -> list[Shown]:
    held = [getattr(results, part.name) for part in fields(results)]
    return [one for one in held if isinstance(one, Shown)]


def test_every_result_is_told_in_a_line_and_shown_in_a_table(results):
    assert len(analyses(results)) >= 8
    for one in analyses(results):
        assert repr(one).startswith(type(one).__name__ + "(")
        assert len(repr(one)) < 700
        shown = one._repr_html_()
        assert "<table" in shown
        doubts = [check for check in getattr(one, "checks", ()) if check.passed is False]
        for check in doubts:
            assert html.escape(str(check.sentence)) in shown


def test_text_of_the_data_is_no_markup(results):
    odd = results.rfm.customers.assign(customer_id="<script>x</script>")
    changed = type(results.rfm)(**{**vars(results.rfm), "customers": odd})
    assert "<script>" not in changed._repr_html_()


def test_the_charts_of_a_result_are_those_of_the_report(results):
    drawn = charts(results)
    assert list(drawn) == [chart.name for chart in report_content(results).charts]
    for chart in report_content(results).charts:
        figure = drawn[chart.name]
        assert html.escape(chart.title) in figure.layout.title.text
        assert "var(--" not in figure.to_json()
        assert len(figure.data) > 0


def test_one_analysis_alone_gives_its_charts(results):
    alone = charts(results.rfm)
    assert list(alone) == ["segments"]
    of_all = charts(results)["segments"]
    assert [list(t.x) for t in alone["segments"].data] == [list(t.x) for t in of_all.data]
    assert list(charts(results.cohorts)) == ["retention", "retention-average", "second-purchase"]


def test_amounts_are_in_the_currency_asked_for(results):
    assert "£" in charts(results.overview, currency="GBP")["average-order"].layout.title.text


def test_what_is_no_result_is_said():
    with pytest.raises(UsageError, match="a int is no result"):
        charts(5)


def test_the_report_is_shown_in_a_frame(tmp_path, results):
    page = tmp_path / "report.html"
    page.write_text('<p class="x">One & two</p>', "utf-8")
    shown = Report(results, {"html": page})._repr_html_()
    assert "&lt;p class=&quot;x&quot;&gt;One &amp; two&lt;/p&gt;" in shown
    assert str(page) in Report(results, {"pdf": page})._repr_html_()


def test_they_are_public():
    assert ca.charts is charts
