"""The workbook as a value: lists to act on, the table behind every chart, data and checks."""

from collections.abc import Mapping
from dataclasses import dataclass

from custanalytics.content.format import Formats
from custanalytics.content.language import speaking
from custanalytics.content.report_content import Cover, ReportContent
from custanalytics.content.result_columns import Shown
from custanalytics.content.words import say, word
from custanalytics.content.workbook_charts import chart_sheet
from custanalytics.content.workbook_lists import lists
from custanalytics.content.workbook_sheet import Sheet, fitted
from custanalytics.content.workbook_summary import Summary, summarised
from custanalytics.content.workbook_tables import data, tables
from custanalytics.sentences import noted

_GROUPS = {
    "act": noted("Lists to act on"),
    "charts": noted("Charts and their numbers"),
    "tables": noted("Further tables"),
    "data": noted("Data and checks"),
}


@dataclass(frozen=True)
class Workbook:
    """Everything that the workbook holds."""

    cover: Cover
    summary: Summary
    sheets: tuple[Sheet, ...]
    formats: Formats
    words: Mapping[str, str]  # what the renderer writes itself: headings and remarks


def workbook(content: ReportContent) -> Workbook:
    """Write everything that the workbook says."""
    with speaking(content.formats.locale):
        return _filled(content)


def _filled(content: ReportContent) -> Workbook:
    results, formats = content.results, content.formats
    shown = Shown(results, formats)
    sheets = [
        *lists(results, formats, shown),
        *(chart_sheet(chart) for chart in content.charts),
        *tables(results, formats, shown),
        *data(results, formats, shown),
    ]
    sheets = [fitted(sheet, formats) for sheet in sheets]
    return Workbook(
        cover=content.cover,
        summary=summarised(content, sheets),
        sheets=tuple(sheets),
        formats=formats,
        words={
            "contents": say("Contents"),
            "definitions": say("Definitions"),
            "defined": say("What every column of every sheet holds"),
            "sheet": say("Sheet"),
            "shows": say("What it shows"),
            "rows": say("Rows"),
            "column": say("Column"),
            "meaning": say("Meaning"),
            "unit": say("Unit"),
            "day": say("date"),
            "days": say("days"),
            "yes": say("yes"),
            "no": say("no"),
            "currency": results.settings.currency,
        }
        | {group: word(name) for group, name in _GROUPS.items()},
    )
