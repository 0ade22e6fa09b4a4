"""The whole report as a value: variables, conditions, generated parts and pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from custanalytics.config import TEMPLATE, Settings
from custanalytics.content.chapter import Section
from custanalytics.content.chapters import appendix, summary
from custanalytics.content.chapters import what_to_do as monday
from custanalytics.content.chapters.business import business, period
from custanalytics.content.chapters.cohorts import cohorts
from custanalytics.content.chapters.concentration import concentration
from custanalytics.content.chapters.next_purchase import next_purchase
from custanalytics.content.chapters.prospects import prospects
from custanalytics.content.chapters.segments import segments
from custanalytics.content.chapters.value import horizon, value
from custanalytics.content.chart import Chart
from custanalytics.content.format import MISSING, Formats
from custanalytics.content.language import speaking
from custanalytics.content.static_chart import svg
from custanalytics.content.theme import Theme
from custanalytics.content.words import say, word
from custanalytics.results.store import AnalysisResults
from custanalytics.sentences import noted

# What report.qmd may include; a part that this report has nothing for is empty.
PARTS = (
    "summary-kpis",
    "summary-findings",
    "summary-actions",
    "summary-confidence",
    "summary-doubts",
    "fig-monthly-revenue",
    "fig-monthly-activity",
    "fig-average-order",
    "tbl-months",
    "fig-concentration",
    "tbl-best-customers",
    "tbl-top-customers",
    "tbl-abc",
    "fig-segments",
    "tbl-segments",
    "tbl-segment-rules",
    "tbl-score-bounds",
    "tbl-migration",
    "fig-retention",
    "fig-retention-average",
    "fig-second-purchase",
    "tbl-second-purchase",
    "value-doubts",
    "fig-value-segments",
    "fig-payback",
    "fig-value-calibration",
    "fig-value-deciles",
    "fig-tracking-weekly",
    "fig-tracking-cumulative",
    "tbl-value-totals",
    "tbl-value-segments",
    "tbl-payback",
    "tbl-parameters",
    "tbl-value-validation",
    "tbl-value-calibration",
    "propensity-doubts",
    "fig-lift",
    "fig-reliability",
    "fig-profit",
    "tbl-contacts",
    "tbl-late",
    "tbl-deciles",
    "tbl-propensity-validation",
    "tbl-cutoffs",
    "prospects-kpis",
    "prospects-doubts",
    "prospects-checks",
    "prospects-files",
    "fig-prospects-lift",
    "fig-prospects-reliability",
    "fig-prospects-drivers",
    "fig-prospects-drift",
    "fig-prospects-profit",
    "tbl-prospects-open",
    "tbl-prospects-effects",
    "tbl-prospects-deciles",
    "tbl-prospects-validation",
    "tbl-prospects-columns",
    "tbl-prospects-leaks",
    "tbl-decisions",
    "tbl-control-groups",
    "decisions-files",
    "tbl-reconciliation",
    "tbl-data-quality",
    "tbl-mapping",
    "tbl-checks",
    "tbl-left-out",
    "data-warnings",
    "data-command",
    "reason-business",
    "reason-concentration",
    "reason-segments",
    "reason-cohorts",
    "reason-value",
    "reason-propensity",
    "reason-prospects",
    "reason-decisions",
)
# What report.qmd may quote; a text that this report has nothing for is a dash.
VARIABLES: Mapping[str, tuple[str, ...]] = {
    "report": ("horizon", "window", "rate"),
    "business": ("lead", "orders", "unknown", "refunds"),
    "concentration": ("lead", "top_ten"),
    "segments": ("lead", "moves"),
    "cohorts": ("lead", "waiting"),
    "value": ("lead", "tested", "new_customer", "basis", "model", "coverage", "leaving"),
    "propensity": ("lead", "risk", "tested", "profit"),
    "prospects": (
        "lead",
        "tested",
        "measures",
        "drivers",
        "leaks",
        "time",
        "more",
        "outcome",
        "profit",
        "control",
    ),
    "decisions": ("lead",),
    "data": ("rows", "version", "seed", "end"),
}
# What report.qmd may ask for with when-meta="has.NAME".
FLAGS = (
    "actions",
    "business",
    "months",
    "concentration",
    "spread",
    "segments",
    "migration",
    "cohorts",
    "second",
    "value",
    "value_tested",
    "tracking",
    "propensity",
    "profit",
    "prospects",
    "prospects_asked",
    "prospects_open",
    "prospects_drivers",
    "prospects_leaks",
    "prospects_drift",
    "prospects_profit",
    "decisions",
    "control",
    "command",
)
# Where no title is given; a template of one's own has that of the full report.
TITLES = {
    TEMPLATE: noted("What your customers are worth"),
    "owner-brief": noted("Your customers in brief"),
    "rfm": noted("What kinds of customers you have"),
    "prospects": noted("Which prospects will convert"),
}
_REASONS = {
    "business": "overview",
    "concentration": "concentration",
    "segments": "rfm",
    "cohorts": "cohorts",
    "value": "value",
    "propensity": "propensity",
    "prospects": "prospects",
    "decisions": "rfm",
}


@dataclass(frozen=True)
class Document:
    """Everything that the report's own document needs.

    Attributes
    ----------
    variables : dict
        Group -> name -> plain text, for ``{{< var group.name >}}``.
    flags : dict
        For ``when-meta="has.NAME"``.
    parts : dict
        Name -> Quarto markdown, for ``{{< include _parts/NAME.qmd >}}``.
    files : dict
        Path inside the report's folder -> bytes.
    title, subtitle, client, author, date, mark, lang : str
        For the title page; ``date`` is in words, ``mark`` stands on every page, ``lang`` is a
        language tag.
    """

    variables: dict[str, dict[str, str]]
    flags: dict[str, bool]
    parts: dict[str, str]
    files: dict[str, bytes]
    title: str
    subtitle: str
    client: str
    author: str
    date: str
    mark: str
    lang: str


def build(results: AnalysisResults, theme: Theme | None = None) -> Document:
    """Write everything that a report says."""
    with speaking(results.settings.locale):
        return _built(results, theme or Theme({}))


def _built(results: AnalysisResults, theme: Theme) -> Document:
    settings = results.settings
    formats = Formats(settings.locale, settings.currency or None)
    sections = sections_of(results, formats)
    asked = results.prospects is not None or "prospects" in results.skipped
    flags: dict[str, bool] = {"prospects_asked": asked}
    for section in sections:
        flags |= {section.name: section.present} | dict(section.flags)
    covered = period(results.overview, formats) if results.overview else ""
    return Document(
        variables=_variables(results, sections, formats),
        flags={name: flags.get(name, False) for name in FLAGS},
        parts=_parts(results, sections, formats),
        files={
            chart.file: svg(chart, formats, theme)
            for section in sections
            for chart in section.charts
        },
        title=title_of(settings),
        subtitle=say("Sales from {period}", period=covered) if covered else "",
        client=settings.client,
        author=settings.author,
        date=formats.date(settings.made_on) if settings.made_on > date.min else "",
        mark=settings.mark,
        lang=formats.language,
    )


def title_of(settings: Settings) -> str:
    """The title given, or that of the template."""
    return settings.title or word(TITLES.get(settings.template, TITLES[TEMPLATE]))


def charts_of(results: AnalysisResults, formats: Formats) -> tuple[Chart, ...]:
    """All charts of a report, in order."""
    return tuple(chart for section in sections_of(results, formats) for chart in section.charts)


def sections_of(results: AnalysisResults, formats: Formats) -> tuple[Section, ...]:
    """All sections of a report, in order."""
    return (
        summary.summary(results, formats),
        business(results.overview, formats),
        concentration(results.concentration, results.customers, formats),
        segments(results.rfm, results.migration, results.migration_from, formats),
        cohorts(results.cohorts, formats),
        value(results.value, results.tracking, results.decisions, formats),
        next_purchase(results.propensity, results.customers, formats),
        prospects(results.prospects, formats),
        monday.monday(results.decisions, results.customers, results.value, formats),
        appendix.appendix(results, formats),
    )


def _parts(
    results: AnalysisResults, sections: tuple[Section, ...], formats: Formats
) -> dict[str, str]:
    written: dict[str, str] = {}
    for section in sections:
        written |= section.written(formats)
    for name, analysis in _REASONS.items():
        written[f"reason-{name}"] = appendix.reason(results, analysis, formats)
    return {name: written.get(name, "") for name in PARTS}


def _variables(
    results: AnalysisResults, sections: tuple[Section, ...], formats: Formats
) -> dict[str, dict[str, str]]:
    settings = results.settings
    texts: dict[str, Mapping[str, str]] = {section.name: section.variables for section in sections}
    texts["report"] = {
        "horizon": horizon(settings.horizon_days, formats),
        "window": formats.days(settings.window_days),
        "rate": formats.share(settings.annual_discount_rate),
    }
    return {
        group: {name: texts.get(group, {}).get(name) or MISSING for name in names}
        for group, names in VARIABLES.items()
    }
