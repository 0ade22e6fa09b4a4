"""The first page: headline figures, three findings, three actions, how sure we are."""

from collections.abc import Hashable, Mapping
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from custanalytics.clv import CustomerLifetimeValue
from custanalytics.config import Settings
from custanalytics.content.blocks import Bullets, Card, Cards, Point, Points
from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chapters import (
    business,
    cohorts,
    concentration,
    next_purchase,
    value,
    value_tests,
    what_to_do,
)
from custanalytics.content.definitions import COUNTED, defined
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.slide import Slide
from custanalytics.content.words import as_sentence, plural, say, told, word
from custanalytics.customers.cohorts import Cohorts
from custanalytics.customers.concentration import Concentration
from custanalytics.customers.overview import Overview
from custanalytics.ledger import LoadReport
from custanalytics.privacy.mute import TOO_SMALL
from custanalytics.results.counted import MONEY
from custanalytics.results.key_findings import Finding
from custanalytics.results.store import AnalysisResults
from custanalytics.results.value_trust import trusted

CHAPTER = Declaration(
    "summary",
    parts=("kpis", "findings", "actions", "confidence", "doubts"),
    flags=("actions",),
    slides=("overview", "actions"),
)
T = TypeVar("T")


def summary(results: AnalysisResults, formats: Formats) -> Chapter:
    """The chapter, or that it is left out."""
    headline_figures = Cards(tuple(_cards(results, formats)), _defined(results))
    points = Points("findings", tuple(findings(results, formats)))
    steps = Points("actions", tuple(_actions(results, formats)))
    confidence = Bullets(tuple(_confidence(results, formats)))
    slides = []
    if points.points:
        asked = _asked(results, formats) if steps.points else ()
        slides.append(_overview_slide(headline_figures, points, asked, confidence))
    if steps.points:
        slides.append(_actions_slide(steps, results, formats))
    return Chapter(
        CHAPTER,
        parts={
            "kpis": headline_figures,
            "findings": points,
            "actions": steps if steps.points else None,
            "confidence": confidence,
            "doubts": Bullets(tuple(told(check.sentence, formats) for check in results.doubts)),
        },
        flags={"actions": bool(steps.points)},
        slides=tuple(slides),
    )


def _asked(results: AnalysisResults, formats: Formats) -> tuple[Point, ...]:
    """The plan in one point, beside the findings."""
    title, condition = what_to_do.in_one_line(_there(_stated(results)), results.settings, formats)
    return (Point(f"{title.removesuffix('.')}.", condition and f"{condition}."),)


def _overview_slide(
    headline_figures: Cards, points: Points, asked: tuple[Point, ...], confidence: Bullets
) -> Slide:
    first, *others = points.points
    return Slide(
        "overview",
        first.headline,
        subtitle=first.detail,
        cards=headline_figures.cards,
        items=(*others, *asked),
        small=headline_figures.note,
        notes="\n".join(confidence.sentences),
    )


def _actions_slide(steps: Points, results: AnalysisResults, formats: Formats) -> Slide:
    actions = _there(_stated(results))
    title, condition = what_to_do.in_one_line(actions, results.settings, formats)
    return Slide(
        "actions",
        title,
        condition,
        items=steps.points,
        notes="\n".join(
            (
                what_to_do.lead(actions, results.settings, formats),
                *what_to_do.lift_notes(formats),
            )
        ),
    )


def _cards(results: AnalysisResults, formats: Formats) -> list[Card]:
    """Headline figures, at most five."""
    items: list[Card] = []
    if results.overview is not None:
        items += _business_cards(results.overview, results.cohorts, formats)
    if results.value is not None and trusted(results.value_trust):
        totals = results.value.totals.iloc[0]
        span = value.horizon(results.value.params["horizon_days"], formats)
        items.append(
            Card(
                formats.count(totals["expected_purchases"]),
                say("purchases expected from them in {horizon}", horizon=span),
                say(
                    "between {low} and {high}",
                    low=formats.count(totals["purchases_low"]),
                    high=formats.count(totals["purchases_high"]),
                ),
            )
            if formats.counted
            else Card(
                formats.money_short(totals["revenue"]),
                say("expected from them in {horizon}", horizon=span),
                say(
                    "between {low} and {high}",
                    low=formats.money_short(totals["revenue_low"]),
                    high=formats.money_short(totals["revenue_high"]),
                ),
            )
        )
    if results.propensity is not None and next_purchase.late_customers(results.propensity):
        figures = results.propensity.figures
        items.append(
            Card(
                formats.count(figures["late_customers"]),
                plural(
                    figures["late_customers"],
                    "customer later than usual",
                    "customers later than usual",
                ),
                say("and not yet so late that hardly anyone came back"),
                "bad",
            )
            if formats.counted
            else Card(
                formats.money_short(figures["revenue_at_risk"]),
                say(
                    "usual spend of late customers, not expected to come in the next {days} days",
                    days=formats.days(results.propensity.window_days),
                ),
                plural(
                    figures["late_customers"],
                    "one customer later than usual",
                    "{late} customers later than usual",
                    late=formats.count(figures["late_customers"]),
                ),
                "bad",
            )
        )
    return items


def _defined(results: AnalysisResults) -> str:
    """What the headline figures count."""
    if results.overview is None:
        return ""
    known = bool(results.overview.figures["buyers"])
    of_customers = ["customers"] if known else []
    again = ["bought_again"] if known and results.cohorts is not None else []
    if results.settings.no_amount:
        return defined("orders", *of_customers, *again, of=COUNTED)
    return defined("revenue", *of_customers, *again, "average_order")


def _business_cards(overview: Overview, back: Cohorts | None, formats: Formats) -> list[Card]:
    figures = overview.figures
    if formats.counted:
        return [_purchases_card(overview, formats), *_buyers_cards(overview, back, formats)]
    last, previous = figures["revenue_last_12m"], figures["revenue_previous_12m"]
    if is_missing(last):
        revenue = Card(
            formats.money_short(figures["revenue_total"]),
            say("net revenue"),
            business.period(overview, formats),
        )
    else:
        note, tone = say("the last twelve full months"), ""
        if not is_missing(previous) and previous > 0:
            change = last / previous - 1
            note = say("{change} on the year before", change=formats.change(change))
            tone = "good" if change > 0.005 else "bad" if change < -0.005 else ""
        revenue = Card(formats.money_short(last), say("net revenue, 12 months"), note, tone)
    items = [revenue, *_buyers_cards(overview, back, formats)]
    items.append(
        Card(
            formats.money(figures["average_order_value"]),
            say("average order"),
            ""
            if figures["orders"] == 1
            else say(
                "typical order: {median}",
                median=formats.money(figures["median_order_value"]),
            ),
        )
    )
    return items


def _purchases_card(overview: Overview, formats: Formats) -> Card:
    last, previous = business.purchases(overview)
    if last is None:
        orders = overview.figures["orders"]
        label = plural(orders, "purchase", "purchases")
        return Card(formats.count(orders), label, business.period(overview, formats))
    note, tone = say("the last twelve full months"), ""
    if previous:
        change = last / previous - 1
        note = say("{change} on the year before", change=formats.change(change))
        tone = "good" if change > 0.005 else "bad" if change < -0.005 else ""
    return Card(formats.count(last), say("purchases, 12 months"), note, tone)


def _buyers_cards(overview: Overview, back: Cohorts | None, formats: Formats) -> list[Card]:
    buyers = overview.figures["buyers"]
    if not buyers:
        return []
    note = ""
    if back is not None:
        note = say("{share} bought again", share=formats.share(1 - back.figures["one_time_share"]))
    return [Card(formats.count(buyers), plural(buyers, "known customer", "known customers"), note)]


def findings(results: AnalysisResults, formats: Formats) -> list[Point]:
    """The key findings in words."""
    return [_finding(finding, results, formats) for finding in results.key_findings]


def _finding(finding: Finding, results: AnalysisResults, formats: Formats) -> Point:
    match finding.kind:
        case "trend":
            return _trend(finding, _there(results.overview), formats)
        case "concentration":
            return _concentration(finding, _there(results.concentration), formats)
        case "one_time_buyers":
            return _one_time_buyers(finding, _there(results.cohorts), formats)
        case "forecast":
            return _forecast(finding, _there(results.value), _there(results.overview), formats)
        case "unknown_customers":
            return _unknown_customers(finding, formats)
        case _:
            return _business(_there(results.overview), formats)


def _there(analysis: T | None) -> T:
    """The analysis that something is said of: without it, nothing is said."""
    assert analysis is not None  # noqa: S101
    return analysis


def _trend(finding: Finding, overview: Overview, formats: Formats) -> Point:
    if formats.counted:
        detail = say(
            "{last} purchases in the last twelve full months, {previous} in the twelve before.",
            last=formats.count(finding.figures["last"]),
            previous=formats.count(finding.figures["previous"]),
        )
        return Point(business.growth(overview, formats) + ".", detail)
    detail = say(
        "{last} in the last twelve full months, {previous} in the twelve before.",
        last=formats.money_short(finding.figures["last"]),
        previous=formats.money_short(finding.figures["previous"]),
    )
    return Point(business.growth(overview, formats) + ".", detail)


def _concentration(finding: Finding, spread: Concentration, formats: Formats) -> Point:
    headline = say(
        "The best fifth of the customers brings {share} of the revenue.",
        share=formats.share(finding.figures["share"]),
    )
    return Point(headline, concentration.top_ten(spread, formats))


def _one_time_buyers(finding: Finding, back: Cohorts, formats: Formats) -> Point:
    once, share = finding.figures["customers"], finding.figures["share"]
    if share == 1:
        headline = plural(
            once,
            "The only customer has bought once.",
            "All {once} customers have bought only once.",
            once=formats.count(once),
        )
    else:
        headline = plural(
            once,
            "One customer has bought only once.",
            "{once} customers, {share} of all, have bought only once.",
            once=formats.count(once),
            share=formats.share(share),
        )
    detail = ""
    if not formats.counted:
        detail = say("They spent {money}.", money=formats.money_short(finding.money))
    if back.figures["share_second_purchase"] > 0:
        detail = f"{detail} {cohorts.within(back, formats)}".strip()
    return Point(headline, detail)


def _forecast(
    finding: Finding, worth: CustomerLifetimeValue, overview: Overview, formats: Formats
) -> Point:
    figures, params = finding.figures, worth.params
    if formats.counted:
        totals = worth.totals.iloc[0]
        headline = say(
            "The customers you have are expected to buy {purchases} times in {horizon}.",
            purchases=formats.count(totals["expected_purchases"]),
            horizon=value.horizon(params["horizon_days"], formats),
        )
        detail = say(
            "Between {low} and {high} times, with {level} confidence; new customers still to be "
            "won are not in it.",
            low=formats.count(totals["purchases_low"]),
            high=formats.count(totals["purchases_high"]),
            level=formats.share(params["level"]),
        )
        return Point(headline, detail)
    headline = say(
        "The customers you have are expected to bring {money} in {horizon}.",
        money=formats.money_short(figures["revenue"]),
        horizon=value.horizon(params["horizon_days"], formats),
    )
    detail = say(
        "Between {low} and {high}, with {level} confidence; new customers still to be won are "
        "not in it. So far, in {period}, they brought {past}.",
        low=formats.money_short(figures["low"]),
        high=formats.money_short(figures["high"]),
        level=formats.share(params["level"]),
        period=business.period(overview, formats),
        past=formats.money_short(figures["so_far"]),
    )
    return Point(headline, detail)


def _unknown_customers(finding: Finding, formats: Formats) -> Point:
    if formats.counted:
        return Point(
            say(
                "{share} of the purchases come from buyers nobody knows.",
                share=formats.share(finding.figures["share"]),
            ),
            say("Ask for a name or an e-mail address at the till or at checkout."),
        )
    headline = say(
        "{share} of the revenue comes from buyers nobody knows.",
        share=formats.share(finding.figures["share"]),
    )
    detail = say(
        "Sales of {money} have no customer to them; ask for a name or an e-mail address at the "
        "till or at checkout.",
        money=formats.money_short(finding.money),
    )
    return Point(headline, detail)


def _business(overview: Overview, formats: Formats) -> Point:
    head, _, tail = business.lead(overview, formats).partition(". ")
    return Point(head.rstrip(".") + ".", tail)


def _actions(results: AnalysisResults, formats: Formats) -> list[Point]:
    """The actions that the summary names, in words."""
    actions = _stated(results)
    if actions is None:
        return []
    steps = what_to_do.plan(actions)
    rows = steps.loc[steps["in_summary"].astype(bool)].to_dict("records")
    return [_action(row, results.settings, formats) for row in rows]


def _stated(results: AnalysisResults) -> pd.DataFrame | None:
    """The actions, without the money of a forecast that may not be stated as a finding."""
    actions = results.actions
    counted = results.settings.no_amount
    if actions is None or counted or results.value is None or trusted(results.value_trust):
        return actions
    return actions.assign(
        **{name: np.nan for name in map(str, actions) if name.startswith("gain_")}
    )


def _action(row: Mapping[Hashable, Any], settings: Settings, formats: Formats) -> Point:
    headline = say("{segment}: {action}", segment=row["who"], action=word(row["action"]))
    detail = plural(
        row["contacted"],
        "One customer to contact.",
        "{customers} customers to contact.",
        customers=formats.count(row["contacted"]),
    )
    if not formats.counted and not is_missing(row["gain_5"]):
        figures = {
            "gain": formats.money_short(row["gain_5"]),
            "expected": formats.money_short(row["expected_revenue"]),
            "days": formats.days(settings.window_days),
        }
        worth = (
            say(
                "They are expected to bring {expected} in {days} days anyway; moving 5% of that "
                "is worth {gain}.",
                **figures,
            )
            if is_missing(row["revenue_at_risk"])
            else say(
                "{risk} of their usual spend in {days} days is not expected to come; winning back "
                "5% of it is worth {gain}.",
                risk=formats.money_short(row["revenue_at_risk"]),
                **figures,
            )
        )
        detail = f"{detail} {worth}"
    if not is_missing(row["list"]):
        detail = f"{detail} {say('The list is {file}.', file=row['list'])}"
    return Point(headline, detail)


def _confidence(results: AnalysisResults, formats: Formats) -> list[str]:
    """How sure we are, in a few sentences: data, forecasts, and what failed."""
    sentences = [_used(results.ledger, formats)] if results.ledger else []
    if results.value is not None:
        sentences.append(value_tests.in_short(results.value, formats))
    if results.propensity is not None:
        sentences.append(next_purchase.in_short(results.propensity, formats))
    failed = results.doubts
    if failed:
        sentences.append(
            plural(
                len(failed),
                "One check raises a doubt; it is explained below.",
                "{failed} checks raise doubts; each is explained below.",
                failed=formats.count(len(failed)),
            )
        )
    kept_back = sum(reason == TOO_SMALL for reason in results.skipped.values())
    if MONEY in results.skipped:
        sentences.append(as_sentence(results.skipped[MONEY], formats))
    left = len(results.skipped) - kept_back - (MONEY in results.skipped)
    if left:
        sentences.append(
            plural(
                left,
                "One analysis is left out, because the data does not support it.",
                "{left} analyses are left out, because the data does not support them.",
                left=formats.count(left),
            )
        )
    if kept_back:
        sentences.append(
            plural(
                kept_back,
                "One analysis is kept back in this public copy, as its groups are small.",
                "{n} analyses are kept back in this public copy, as their groups are small.",
                n=formats.count(kept_back),
            )
        )
    return sentences


def _used(ledger: LoadReport, formats: Formats) -> str:
    if ledger.rows_used < ledger.rows_read:
        return say(
            "{used} of {read} rows in the export could be used; the appendix says why the others "
            "could not.",
            used=formats.count(ledger.rows_used),
            read=formats.count(ledger.rows_read),
        )
    return plural(
        ledger.rows_read,
        "The one row in the export was used.",
        "All {read} rows in the export were used.",
        read=formats.count(ledger.rows_read),
    )
