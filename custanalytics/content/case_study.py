"""What a portfolio says of a project by itself: its data, its methods and its finding."""

from dataclasses import dataclass

from custanalytics.content.chapters import prospects, summary
from custanalytics.content.chapters.business import period
from custanalytics.content.format import Formats
from custanalytics.content.language import speaking
from custanalytics.content.words import say, word
from custanalytics.customers.rfm import RULE_KEPT_BACK
from custanalytics.results.store import AnalysisResults
from custanalytics.sentences import noted

# Analysis -> how a portfolio names its technique.
_TECHNIQUES = {
    "rfm": noted("RFM segments"),
    "cohorts": noted("Cohort retention"),
    "value": noted("Customer lifetime value"),
    "propensity": noted("Next purchase"),
    "prospects": noted("Conversion of prospects"),
}


@dataclass(frozen=True)
class Case:
    """Texts about a project, from its results."""

    data: str
    method: str
    finding: str
    techniques: tuple[str, ...]
    note: str  # that names and figures are changed; or empty
    mark: str  # the same in short, for every page


def case(results: AnalysisResults, muted: bool) -> Case:
    """Say what a portfolio shows of a project where the consultant says nothing else."""
    with speaking(results.settings.locale):
        formats = Formats(results.settings.locale, results.settings.currency or None)
        note = say(
            "Names, dates and amounts are changed, and groups of fewer than ten are kept back, so "
            "that nobody can tell who it is; shares, models and conclusions are as found."
        )
        return Case(
            data=_data(results, formats),
            method=_method(results),
            finding=_finding(results, formats),
            techniques=tuple(
                word(name) for part, name in _TECHNIQUES.items() if getattr(results, part)
            ),
            note=note if muted else "",
            mark=say("Public copy: names, dates and amounts are changed") if muted else "",
        )


def _data(results: AnalysisResults, formats: Formats) -> str:
    told = []
    if results.overview is not None:
        figures = results.overview.figures
        told.append(
            say(
                "Sales of {customers} customers in {orders} orders, {period}.",
                customers=formats.count(figures["buyers"]),
                orders=formats.count(figures["orders"]),
                period=period(results.overview, formats),
            )
        )
    if results.prospects is not None:
        told.append(
            say(
                "{labelled} decided prospects.",
                labelled=formats.count(results.prospects.figures["labelled"]),
            )
        )
    return " ".join(told)


def _method(results: AnalysisResults) -> str:
    told = []
    if results.value is not None:
        told.append(
            say("One forecast for every customer, tested as of every earlier day that allows it.")
        )
    if results.propensity is not None:
        told.append(say("Who buys next, and who is slipping away, from the same forecast."))
    if results.rfm is not None:
        told.append(
            say("Segments by recency, frequency and money, by rules made for the client.")
            if (results.rfm.segments["rule"] == RULE_KEPT_BACK).any()
            else say("Segments by recency, frequency and money, with printed rules.")
        )
    if results.prospects is not None:
        told.append(
            say(
                "Who converts, learned from decided prospects without columns that give the "
                "outcome away, beside the plain rate."
            )
        )
    return " ".join(told)


def _finding(results: AnalysisResults, formats: Formats) -> str:
    findings = summary.findings(results, formats)
    if results.prospects is not None and (results.overview is None or not findings):
        return prospects.tested(results.prospects, formats)
    if not findings:
        return ""
    return findings[0].headline
