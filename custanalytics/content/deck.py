"""The slide deck as a value: the report's story, one message a slide."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from custanalytics.content.chapter import Section
from custanalytics.content.chapters import summary, what_to_do
from custanalytics.content.chapters.business import period
from custanalytics.content.chart import Chart
from custanalytics.content.deck_close import (
    certainty,
    decisions_slide,
    late_slide,
    next_steps,
    unsupported,
)
from custanalytics.content.document import PARTS, sections_of, title_of
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.language import speaking
from custanalytics.content.number_codes import number_code
from custanalytics.content.slide import Item, Slide
from custanalytics.content.tables import Table
from custanalytics.content.words import say, told
from custanalytics.content.workbook_charts import wide
from custanalytics.errors import UsageError
from custanalytics.results.store import AnalysisResults

# As `reports/slides/slides.yml` has it.
ORDER = (
    "overview",
    "actions",
    "monthly-revenue",
    "average-order",
    "concentration",
    "segments",
    "retention",
    "second-purchase",
    "value-segments",
    "payback",
    "lift",
    "profit",
    "late",
    "prospects-lift",
    "prospects-drivers",
    "prospects-profit",
    "decisions",
    "certainty",
    "doubts",
    "next-steps",
)
_ANALYSIS = {"business": "overview", "segments": "rfm"}
_MOST_NOTED = 6
_MOST_ROWS = 14
_KINDS = (
    "count",
    "days",
    "number",
    "share",
    "money_exact",
    "money_whole",
    "money_short",
    "month_short",
    "date_short",
    "text",
)


@dataclass(frozen=True)
class Deck:
    """Everything that the slides say.

    Attributes
    ----------
    title, subtitle, client, author, made : str
        For the title slide; `made` is the date of making in words.
    mark : str
        Empty, or what stands on every page, such as ``Confidential``.
    made_on : date
        The same for the file's properties.
    slides : tuple of Slide
        After the title slide, in order.
    codes : mapping of str to str
        Kind of figure -> number format of native charts.
    """

    title: str
    subtitle: str
    client: str
    author: str
    made: str
    mark: str
    made_on: date
    slides: tuple[Slide, ...]
    codes: Mapping[str, str]


def deck(results: AnalysisResults, order: Sequence[str] = ORDER) -> Deck:
    """Tell the report's story in slides."""
    known = [*OWN, *(part[4:] for part in PARTS if part.startswith("fig-"))]
    unknown = [name for name in order if name not in known]
    if unknown:
        raise UsageError(
            f"no slide is called {', '.join(map(repr, unknown))}; slides.yml may name "
            f"{', '.join(known)}"
        )
    with speaking(results.settings.locale):
        return _told(results, order)


def _told(results: AnalysisResults, order: Sequence[str]) -> Deck:
    settings = results.settings
    formats = Formats(settings.locale, settings.currency or None)
    made = {name: make(results, formats) for name, make in OWN.items() if name in order}
    for section in sections_of(results, formats):
        for chart in section.charts:
            if chart.name in order:
                made[chart.name] = _chart_slide(chart, section, results, formats)
    slides = [replace(slide, name=name) for name in order if (slide := made.get(name))]
    covered = period(results.overview, formats) if results.overview else ""
    return Deck(
        title=title_of(settings),
        subtitle=say("Sales from {period}", period=covered) if covered else "",
        client=settings.client,
        author=settings.author,
        made=formats.date(settings.made_on) if settings.made_on > date.min else "",
        mark=settings.mark,
        made_on=settings.made_on,
        slides=tuple(slides),
        codes={kind: number_code(kind, formats) for kind in _KINDS},
    )


def _overview(results: AnalysisResults, formats: Formats) -> Slide | None:
    found = summary.findings(results, formats)
    if not found:
        return None
    first, *others = found
    return Slide(
        _message(first.headline),
        subtitle=first.detail,
        cards=tuple(summary.cards(results, formats)),
        items=tuple(Item(point.headline, point.detail) for point in others),
        notes="\n".join(summary.confidence(results, formats)),
    )


def _actions(results: AnalysisResults, formats: Formats) -> Slide | None:
    found = summary.actions(results, formats)
    if not found or results.actions is None:
        return None
    return Slide(
        _message(what_to_do.lead(results.actions, results.settings, formats)),
        items=tuple(Item(point.headline, point.detail) for point in found),
        notes=say(
            "The actions stand by the money they are about. Money of customers is {stake}.",
            stake=what_to_do.of_segments(results.actions, results.settings, formats),
        ),
    )


def _chart_slide(
    chart: Chart, section: Section, results: AnalysisResults, formats: Formats
) -> Slide:
    doubts = [
        told(check.sentence, formats)
        for name, check in summary.all_checks(results)
        if name == _ANALYSIS.get(section.name, section.name) and check.passed is not True
    ]
    beside = [section.variables.get(name, "") for name in chart.placed.beside]
    spoken = [section.variables.get(name, "") for name in chart.placed.notes]
    spoken += [f"{chart.subtitle}.", chart.note, *doubts[:_MOST_NOTED]]
    small, texts = chart.note, None
    if chart.kind == "heatmap":
        chart, texts, cut = _latest_rows(chart, formats)
        small = cut or say("Across: {what}.", what=chart.x_title)
    if chart.kind == "bars" and chart.high:
        written = [formats.apply(chart.x_format, value) for value in chart.data[chart.x]]
        chart = replace(chart, data=chart.data.assign(label=written), labels="label")
    return Slide(
        chart.title,
        chart.subtitle,
        chart=chart,
        table=texts,
        aside=tuple(text for text in beside if text),
        small=small,
        notes="\n".join(text for text in spoken if text),
    )


def _latest_rows(chart: Chart, formats: Formats) -> tuple[Chart, Table, str]:
    """A heat map with as many rows as a slide holds, its texts, and what was cut."""
    grid = wide(chart)
    labels = list(grid.iloc[:, 0])
    latest = chart.data.loc[chart.data[chart.y].isin(labels[-_MOST_ROWS:])]
    shown = replace(chart, data=latest)
    grid = wide(shown)
    rows = tuple(
        (
            str(row[0]),
            *("" if is_missing(v) else formats.number(100 * v, 0) for v in row[1:]),
        )
        for row in grid.itertuples(index=False)
    )
    numeric = (False, *(True for _ in grid.columns[1:]))
    texts = Table(chart.name, ("", *map(str, grid.columns[1:])), rows, numeric)
    if len(labels) <= _MOST_ROWS:
        return shown, texts, ""
    return (
        shown,
        texts,
        say(
            "Across: {what}. The latest {n} of {all} rows; all of them are in the workbook.",
            what=chart.x_title,
            n=formats.count(_MOST_ROWS),
            all=formats.count(len(labels)),
        ),
    )


def _message(sentence: str) -> str:
    return sentence.removesuffix(".")


# The slides that are no chart of the report; each is None where the data does not support it.
OWN: Mapping[str, Callable[[AnalysisResults, Formats], Slide | None]] = {
    "overview": _overview,
    "actions": _actions,
    "late": late_slide,
    "decisions": decisions_slide,
    "certainty": certainty,
    "doubts": unsupported,
    "next-steps": next_steps,
}
