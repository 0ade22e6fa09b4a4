"""The slide deck as a value: the report's story, one message a slide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from custanalytics.content.blocks import Point
from custanalytics.content.chapter import Chapter
from custanalytics.content.chart import Chart
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.language import speaking
from custanalytics.content.report_content import CHAPTERS, Cover, ReportContent
from custanalytics.content.slide import Slide
from custanalytics.content.tables import Table
from custanalytics.content.words import say, told
from custanalytics.content.workbook_charts import wide
from custanalytics.errors import UsageError
from custanalytics.results.store import AnalysisResults

# The slide that parts the story from what stands behind it.
APPENDIX = "appendix"
_STORY = tuple(name for declared in CHAPTERS for name in declared.story)
_BEHIND = {
    "average-order", "retention", "payback", "profit", "first-orders", "next-products",
    "revenue-customers", "prospects-reliability", "prospects-drivers", "prospects-drift",
    "certainty",
}  # fmt: skip
# Of a deck that nobody has put into another order.
ORDER = (
    *(name for name in _STORY if name not in _BEHIND),
    APPENDIX,
    *(name for name in _STORY if name in _BEHIND),
)
_MOST_NOTED = 6
_MOST_ROWS = 14
_FEWEST_BEHIND = 2  # one slide is no appendix


@dataclass(frozen=True)
class Deck:
    """Everything that the slides say."""

    cover: Cover
    slides: tuple[Slide, ...]  # after the title slide
    formats: Formats


def deck(content: ReportContent, order: Sequence[str] = ORDER) -> Deck:
    """Tell the report's story in slides."""
    own = [name for declared in CHAPTERS for name in declared.own_slides]
    charts = [placed.name for declared in CHAPTERS for placed in declared.charts]
    unknown = [name for name in order if name not in own and name not in (*charts, APPENDIX)]
    if unknown:
        raise UsageError(
            f"no slide is called {', '.join(map(repr, unknown))}; slides.yml may name "
            f"{', '.join([*own, *charts, APPENDIX])}"
        )
    results, formats = content.results, content.formats
    made = {}
    with speaking(formats.locale):
        for chapter in content.chapters:
            for slide in chapter.slides:
                made[slide.name] = replace(slide, title=slide.title.removesuffix("."))
            for chart in chapter.charts:
                # A slide of the chapter's own may show its chart with more beside it.
                made.setdefault(chart.name, _chart_slide(chart, chapter, results, formats))
        slides = _with_appendix([name for name in order if name in made or name == APPENDIX], made)
    return Deck(cover=content.cover, slides=slides, formats=formats)


def _with_appendix(order: Sequence[str], made: Mapping[str, Slide]) -> tuple[Slide, ...]:
    """The slides in order; those behind the appendix's own are marked, where there are some."""
    at = order.index(APPENDIX) if APPENDIX in order else len(order)
    story, behind = ([made[name] for name in names] for names in (order[:at], order[at + 1 :]))
    if len(behind) < _FEWEST_BEHIND:
        return (*story, *behind)
    title = say("Appendix")
    listed = tuple(Point(slide.title) for slide in behind)
    opening = Slide(
        APPENDIX, title, say("What stands behind the story, for questions"), items=listed
    )
    marked = [
        replace(slide, subtitle=" · ".join(filter(None, (title, slide.subtitle))))
        for slide in behind
    ]
    return (*story, opening, *marked)


def _chart_slide(
    chart: Chart, chapter: Chapter, results: AnalysisResults, formats: Formats
) -> Slide:
    doubts = [
        told(check.sentence, formats)
        for name, check in results.checks
        if name == chapter.declared.analysis and check.passed is not True
    ]
    beside = [chapter.texts.get(name, "") for name in chart.placed.beside]
    spoken = [chapter.texts.get(name, "") for name in chart.placed.notes]
    spoken += [f"{chart.subtitle}.", chart.note, *doubts[:_MOST_NOTED]]
    small, texts = chart.note, None
    if chart.kind == "heatmap":
        chart, texts, cut = _latest_rows(chart, formats)
        small = cut or say("Across: {what}.", what=chart.x_title)
    if chart.kind == "bars" and chart.high and not chart.labels:
        written = [chart.bar_text(row, formats) for row in chart.data.to_dict("records")]
        chart = replace(chart, data=chart.data.assign(label=written), labels="label")
    return Slide(
        chart.name,
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
