"""Everything that a report says, built once; page, slides, workbook and lists select from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from custanalytics.config import TEMPLATE, Settings
from custanalytics.content.blocks import Block, Points
from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chapters import (
    appendix,
    business,
    buying,
    campaign,
    change,
    closing,
    cohorts,
    concentration,
    next_purchase,
    prospects,
    segments,
    summary,
    value,
    what_to_do,
)
from custanalytics.content.chart import Chart
from custanalytics.content.format import MISSING, Formats
from custanalytics.content.language import speaking
from custanalytics.content.words import say, word
from custanalytics.results.store import AnalysisResults
from custanalytics.sentences import noted

_REPORT = Declaration("report", texts=("horizon", "window", "rate"))
# In the order of the report.
CHAPTERS = (
    _REPORT,
    summary.CHAPTER,
    business.CHAPTER,
    concentration.CHAPTER,
    segments.CHAPTER,
    cohorts.CHAPTER,
    value.CHAPTER,
    next_purchase.CHAPTER,
    buying.CHAPTER,
    change.CHAPTER,
    prospects.CHAPTER,
    campaign.CHAPTER,
    what_to_do.CHAPTER,
    appendix.CHAPTER,
    closing.CHAPTER,
)
# Where no title is given; a template of one's own has that of the full report.
TITLES = {
    TEMPLATE: noted("What your customers are worth"),
    "owner-brief": noted("Your customers in brief"),
    "rfm": noted("What kinds of customers you have"),
    "purchases": noted("How often your customers buy"),
    "prospects": noted("Which prospects will convert"),
    "campaign": noted("Whether the contact worked"),
}


@dataclass(frozen=True)
class Cover:
    """What stands on the first page of every output."""

    title: str
    subtitle: str
    client: str
    author: str
    made: str  # the day in words
    made_on: date
    mark: str  # empty, or on every page, such as Confidential
    finding: str  # the first of the summary, in one sentence


@dataclass(frozen=True)
class ReportContent:
    """A report as values."""

    results: AnalysisResults
    formats: Formats
    cover: Cover
    chapters: tuple[Chapter, ...]

    @property
    def charts(self) -> tuple[Chart, ...]:
        """All charts, in order."""
        return tuple(chart for chapter in self.chapters for chart in chapter.charts)

    def source(self, chart: Chart) -> str:
        """What a chart was made from, for its small print."""
        overview = self.results.overview
        beside = (*prospects.CHAPTER.charts, *campaign.CHAPTER.charts)
        if overview is None or chart.placed in beside:
            return ""
        return say("Source: sales from {period}.", period=business.period(overview, self.formats))

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """Chapter -> name -> text; a dash where a report has nothing for it."""
        return {
            chapter.declared.name: {
                name: chapter.texts.get(name) or MISSING for name in chapter.declared.texts
            }
            for chapter in self.chapters
            if chapter.declared.texts
        }

    @property
    def flags(self) -> dict[str, bool]:
        """Every condition that a template may ask for."""
        flags: dict[str, bool] = {}
        for chapter in self.chapters:
            declared = chapter.declared
            if declared.analysis:
                flags[declared.name] = chapter.present
            flags |= {name: chapter.flags.get(name, False) for name in declared.flags}
        return flags

    @property
    def parts(self) -> dict[str, Block | None]:
        """Every part that a template may include; None where a report has nothing for it."""
        parts: dict[str, Block | None] = {}
        for chapter in self.chapters:
            parts |= chapter.named_parts
        return parts | {
            f"reason-{declared.name}": appendix.reason(
                self.results, declared.analysis, self.formats
            )
            for declared in CHAPTERS
            if declared.analysis
        }


def report_content(results: AnalysisResults) -> ReportContent:
    """Build everything that a report says."""
    settings = results.settings
    # every sentence speaks of the days that the history supports
    results = replace(
        results,
        settings=replace(
            settings, horizon_days=results.horizon_days, window_days=results.window_days
        ),
    )
    with speaking(settings.locale):
        formats = Formats(settings.locale, settings.currency or None, settings.no_amount)
        chapters = _chapters(results, formats)
        return ReportContent(results, formats, _cover(results, chapters, formats), chapters)


def _cover(results: AnalysisResults, chapters: Sequence[Chapter], formats: Formats) -> Cover:
    settings = results.settings
    points = [p for chapter in chapters for p in chapter.parts.values() if isinstance(p, Points)]
    charts = [chart for chapter in chapters for chart in chapter.charts]
    found = points[0].points[0].headline if points and points[0].points else ""
    covered = business.period(results.overview, formats) if results.overview else ""
    return Cover(
        title=_title(settings),
        subtitle=say("Sales from {period}", period=covered) if covered else "",
        client=settings.client,
        author=settings.author,
        made=formats.date(settings.made_on) if settings.made_on > date.min else "",
        made_on=settings.made_on,
        mark=settings.mark,
        # A report on prospects alone has no findings of a summary: its first chart says it.
        finding=found or (f"{charts[0].title}." if charts else ""),
    )


def _title(settings: Settings) -> str:
    return settings.title or word(TITLES.get(settings.template, TITLES[TEMPLATE]))


def _chapters(results: AnalysisResults, formats: Formats) -> tuple[Chapter, ...]:
    asked = results.prospects is not None or "prospects" in results.skipped
    first_page = summary.summary(results, formats)
    worth = value.value(results.value, results.value_trust, results.decisions, formats)
    return (
        _report(results.settings, formats),
        first_page,
        business.business(results.overview, formats),
        concentration.concentration(results.concentration, results.customers, formats),
        segments.segments(results.rfm, results.migration, results.migration_from, formats),
        cohorts.cohorts(results.cohorts, formats),
        worth,
        next_purchase.next_purchase(results.propensity, results.customers, formats),
        buying.buying(results, formats),
        change.change(results.revenue_change, formats),
        prospects.prospects(results.prospects, asked, formats),
        campaign.campaign(results.campaign, formats),
        what_to_do.what_to_do(results, formats),
        appendix.appendix(results, formats),
        closing.closing(results, first_page, worth, formats),
    )


def _report(settings: Settings, formats: Formats) -> Chapter:
    texts = {
        "horizon": value.horizon(settings.horizon_days, formats),
        "window": formats.days(settings.window_days),
        "rate": formats.share(settings.annual_discount_rate),
    }
    return Chapter(_REPORT, texts=texts)
