"""The workbook as a value: lists to act on, the table behind every chart, data and checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from custanalytics.content.chapters.business import period
from custanalytics.content.document import charts_of, title_of
from custanalytics.content.format import Formats
from custanalytics.content.language import speaking
from custanalytics.content.number_codes import number_code
from custanalytics.content.result_columns import Shown
from custanalytics.content.words import say, word
from custanalytics.content.workbook_charts import chart_sheet
from custanalytics.content.workbook_lists import lists
from custanalytics.content.workbook_sheet import Sheet, fitted
from custanalytics.content.workbook_tables import data, tables
from custanalytics.results.store import AnalysisResults
from custanalytics.sentences import noted

_GROUPS = {
    "act": noted("Lists to act on"),
    "charts": noted("Charts and their numbers"),
    "tables": noted("Further tables"),
    "data": noted("Data and checks"),
}


@dataclass(frozen=True)
class Workbook:
    """Everything that the workbook holds.

    Attributes
    ----------
    title, subtitle, client, author, made : str
        For the contents sheet; `made` is the date of making in words.
    mark : str
        Empty, or what stands on every page, such as ``Confidential``.
    made_on : date
        The same for the file's properties.
    sheets : tuple of Sheet
        In order.
    codes : mapping of str to str
        Kind of figure -> number format, see `number_codes`.
    words : mapping of str to str
        What the renderer writes itself: headings and remarks.
    """

    title: str
    subtitle: str
    client: str
    author: str
    made: str
    mark: str
    made_on: date
    sheets: tuple[Sheet, ...]
    codes: Mapping[str, str]
    words: Mapping[str, str]


def workbook(results: AnalysisResults) -> Workbook:
    """Write everything that the workbook says."""
    with speaking(results.settings.locale):
        return _filled(results)


def _filled(results: AnalysisResults) -> Workbook:
    settings = results.settings
    formats = Formats(settings.locale, settings.currency or None)
    shown = Shown(results, formats)
    sheets = [
        *lists(results, formats, shown),
        *(chart_sheet(chart) for chart in charts_of(results, formats)),
        *tables(results, formats, shown),
        *data(results, formats, shown),
    ]
    kinds = {field.kind for sheet in sheets for field in sheet.fields} | {"money_short"}
    covered = period(results.overview, formats) if results.overview else ""
    return Workbook(
        title=title_of(settings),
        subtitle=say("Sales from {period}", period=covered) if covered else "",
        client=settings.client,
        author=settings.author,
        made=formats.date(settings.made_on) if settings.made_on > date.min else "",
        mark=settings.mark,
        made_on=settings.made_on,
        sheets=tuple(fitted(sheet, formats) for sheet in sheets),
        codes={kind: number_code(kind, formats) for kind in sorted(kinds)},
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
            "currency": settings.currency,
        }
        | {group: word(name) for group, name in _GROUPS.items()},
    )
