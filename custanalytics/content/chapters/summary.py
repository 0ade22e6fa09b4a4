"""The first page: headline figures, three findings, three actions, how sure we are."""

from custanalytics.check import Check
from custanalytics.content.blocks import Bullets, Card, Cards, Point, Points
from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chapters import (
    business,
    cohorts,
    concentration,
    next_purchase,
    value,
    value_tests,
)
from custanalytics.content.chapters import (
    what_to_do as monday,
)
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.words import plural, say, told, word
from custanalytics.customers.cohorts import Cohorts
from custanalytics.customers.overview import Overview
from custanalytics.ledger import LoadReport
from custanalytics.privacy.mute import TOO_SMALL
from custanalytics.propensity.purchase import PurchasePropensity
from custanalytics.results.lists import LATE, segment_list
from custanalytics.results.store import AnalysisResults

CHAPTER = Declaration(
    "summary",
    parts=("kpis", "findings", "actions", "confidence", "doubts"),
    flags=("actions",),
    slides=("overview", "actions"),
)
_MOST = 3


def summary(results: AnalysisResults, formats: Formats) -> Chapter:
    """Section 1 of the report."""
    found, done = findings(results, formats), actions(results, formats)
    return Chapter(
        CHAPTER,
        parts={
            "kpis": Cards(tuple(cards(results, formats))),
            "findings": Points("findings", tuple(found)),
            "actions": Points("actions", tuple(done)) if done else None,
            "confidence": Bullets(tuple(confidence(results, formats))),
            "doubts": Bullets(tuple(told(check.sentence, formats) for _, check in doubts(results))),
        },
        flags={"actions": bool(done)},
    )


def cards(results: AnalysisResults, formats: Formats) -> list[Card]:
    """Headline figures, at most five."""
    items: list[Card] = []
    if results.overview is not None:
        items += _business_cards(results.overview, results.cohorts, formats)
    if results.value is not None and value_tests.trusted(results.value):
        totals = results.value.totals.iloc[0]
        items.append(
            Card(
                formats.money_short(totals["revenue"]),
                say(
                    "expected from them in {horizon}",
                    horizon=value.horizon(results.value.params["horizon_days"], formats),
                ),
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
                formats.money_short(figures["revenue_at_risk"]),
                say(
                    "expected from late customers in the next {days} days",
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


def _business_cards(found: Overview, back: Cohorts | None, formats: Formats) -> list[Card]:
    figures = found.figures
    last, previous = figures["revenue_last_12m"], figures["revenue_previous_12m"]
    if is_missing(last):
        revenue = Card(
            formats.money_short(figures["revenue_total"]),
            say("net revenue"),
            business.period(found, formats),
        )
    else:
        note, tone = say("the last twelve full months"), ""
        if not is_missing(previous) and previous > 0:
            change = last / previous - 1
            note = say("{change} on the year before", change=formats.change(change))
            tone = "good" if change > 0.005 else "bad" if change < -0.005 else ""
        revenue = Card(formats.money_short(last), say("net revenue, 12 months"), note, tone)
    items = [revenue]
    if figures["buyers"]:
        note = ""
        if back is not None:
            note = say(
                "{share} bought again", share=formats.share(back.figures["share_second_purchase"])
            )
        label = plural(figures["buyers"], "known customer", "known customers")
        items.append(Card(formats.count(figures["buyers"]), label, note))
    items.append(
        Card(
            formats.money(figures["average_order_value"]),
            say("average order above zero, whole period"),
            ""
            if figures["orders"] == 1
            else say(
                "the one in the middle: {median}",
                median=formats.money(figures["median_order_value"]),
            ),
        )
    )
    return items


def findings(results: AnalysisResults, formats: Formats) -> list[Point]:
    """Three findings, the most money first."""
    found = [
        point
        for point in (
            _trend(results, formats),
            _concentrated(results, formats),
            _once(results, formats),
            _future(results, formats),
            _unknown(results, formats),
        )
        if point is not None
    ]
    if not found and results.overview is not None:
        text = business.lead(results.overview, formats)
        head, _, tail = text.partition(". ")
        found = [Point(head.rstrip(".") + ".", tail, 0.0)]
    return sorted(found, key=lambda point: -point.money)[:_MOST]


def _trend(results: AnalysisResults, formats: Formats) -> Point | None:
    found = results.overview
    if found is None:
        return None
    headline = business.growth(found, formats)
    if not headline:
        return None
    last, previous = found.figures["revenue_last_12m"], found.figures["revenue_previous_12m"]
    detail = say(
        "{last} in the last twelve full months, {previous} in the twelve before.",
        last=formats.money_short(last),
        previous=formats.money_short(previous),
    )
    return Point(headline + ".", detail, abs(last - previous))


def _concentrated(results: AnalysisResults, formats: Formats) -> Point | None:
    found = results.concentration
    if found is None or found.figures["customers"] <= 10:
        return None
    fifth = found.shares.iloc[-1]
    headline = say(
        "The best fifth of the customers brings {share} of the revenue.",
        share=formats.share(fifth["revenue_share"]),
    )
    return Point(headline, concentration.top_ten(found, formats), float(fifth["revenue"]))


def _once(results: AnalysisResults, formats: Formats) -> Point | None:
    back, groups = results.cohorts, results.rfm
    if back is None or groups is None:
        return None
    once = groups.customers.loc[groups.customers["n_orders"] == 1]
    if not len(once):
        return None
    if len(once) == len(groups.customers):
        headline = plural(
            len(once),
            "The only customer has bought once.",
            "All {once} customers have bought only once.",
            once=formats.count(len(once)),
        )
    else:
        headline = plural(
            len(once),
            "One customer has bought only once.",
            "{once} customers, {share} of all, have bought only once.",
            once=formats.count(len(once)),
            share=formats.share(len(once) / len(groups.customers)),
        )
    spent = float(once["total_spend"].sum())
    detail = say("They spent {money}.", money=formats.money_short(spent))
    if back.figures["share_second_purchase"] > 0:
        detail = f"{detail} {cohorts.within(back, formats)}".strip()
    return Point(headline, detail, spent)


def _future(results: AnalysisResults, formats: Formats) -> Point | None:
    found = results.value
    if found is None or results.overview is None or not value_tests.trusted(found):
        return None
    totals = found.totals.iloc[0]
    headline = say(
        "The customers you have are expected to bring {money} in {horizon}.",
        money=formats.money_short(totals["revenue"]),
        horizon=value.horizon(found.params["horizon_days"], formats),
    )
    detail = say(
        "Between {low} and {high}, with {level} confidence; new customers still to be won are "
        "not in it. So far, in {period}, they brought {past}.",
        low=formats.money_short(totals["revenue_low"]),
        high=formats.money_short(totals["revenue_high"]),
        level=formats.share(found.params["level"]),
        period=business.period(results.overview, formats),
        past=formats.money_short(results.overview.figures["revenue_known"]),
    )
    return Point(headline, detail, float(totals["revenue"]))


def _unknown(results: AnalysisResults, formats: Formats) -> Point | None:
    found = results.overview
    if found is None or found.figures["revenue_unknown"] <= 0:
        return None
    figures = found.figures
    headline = say(
        "{share} of the revenue carries no customer.",
        share=formats.share(figures["revenue_unknown"] / figures["revenue_total"]),
    )
    detail = say(
        "For {money} nobody can say who bought; asking for a name at the till or at checkout "
        "would bring it into view.",
        money=formats.money_short(figures["revenue_unknown"]),
    )
    return Point(headline, detail, float(figures["revenue_unknown"]))


def actions(results: AnalysisResults, formats: Formats) -> list[Point]:
    """Three actions, the most money first."""
    decisions = results.decisions
    if decisions is None or not len(decisions) or _too_few(results):
        return []
    lists = results.customers is not None
    items: list[Point] = []
    if results.propensity is not None and next_purchase.late_customers(results.propensity):
        items.append(_win_back(results.propensity, formats, lists))
    what = monday.stake(results.value, formats)
    ranked = monday.ranked(decisions, results.value)
    for row in ranked.loc[ranked["segment"] != monday.LEAVE_ALONE].to_dict("records"):
        if len(items) == _MOST:
            break
        headline = say(
            "{segment}: {action}", segment=word(row["segment"]), action=word(row["action"])
        )
        detail = plural(
            row["customers"],
            "One customer, {money} ({what}).",
            "{customers} customers, {money} ({what}).",
            customers=formats.count(row["customers"]),
            money=formats.money_short(row["money"]),
            what=what,
        )
        if lists:
            detail = _listed(detail, segment_list(row["segment"]))
        items.append(Point(headline, detail, float(row["money"])))
    return sorted(items, key=lambda point: -point.money)


def _too_few(results: AnalysisResults) -> bool:
    # Segments of a handful of customers are an order to look at them in, nothing to act on.
    groups = results.rfm
    return groups is not None and any(
        check.name == "rfm.customers" and check.passed is False for check in groups.checks
    )


def _listed(detail: str, file: str) -> str:
    return f"{detail} {say('The list is {file}.', file=file)}"


def _win_back(found: PurchasePropensity, formats: Formats, lists: bool) -> Point:
    figures = found.figures
    headline = plural(
        figures["late_customers"],
        "Call the one customer who is late by their own rhythm.",
        "Write to the {late} customers who are late by their own rhythm.",
        late=formats.count(figures["late_customers"]),
    )
    detail = say(
        "They are still expected to spend {money} in the next {days} days, which can be lost.",
        money=formats.money_short(figures["revenue_at_risk"]),
        days=formats.days(found.window_days),
    )
    if lists:
        detail = _listed(detail, LATE)
    return Point(headline, detail, float(figures["revenue_at_risk"]))


def confidence(results: AnalysisResults, formats: Formats) -> list[str]:
    """How sure we are, in a few sentences: data, forecasts, and what failed."""
    sentences = [_used(results.ledger, formats)] if results.ledger else []
    if results.value is not None:
        sentences.append(value_tests.in_short(results.value, formats))
    if results.propensity is not None:
        sentences.append(next_purchase.in_short(results.propensity, formats))
    failed = doubts(results)
    if failed:
        sentences.append(
            plural(
                len(failed),
                "One check found a doubt, which is spelled out.",
                "{failed} checks found doubts, each of which is spelled out.",
                failed=formats.count(len(failed)),
            )
        )
    kept_back = sum(reason == TOO_SMALL for reason in results.skipped.values())
    left = len(results.skipped) - kept_back
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
            "{used} of {read} rows in the export could be used; every row set aside is accounted "
            "for.",
            used=formats.count(ledger.rows_used),
            read=formats.count(ledger.rows_read),
        )
    return plural(
        ledger.rows_read,
        "The one row in the export was used.",
        "All {read} rows in the export were used.",
        read=formats.count(ledger.rows_read),
    )


def doubts(results: AnalysisResults) -> list[tuple[str, Check]]:
    """The checks that failed, with the analysis each belongs to."""
    return [named for named in all_checks(results) if named[1].passed is False]


def all_checks(results: AnalysisResults) -> list[tuple[str, Check]]:
    """Every check of every analysis, with the analysis it belongs to."""
    named = [
        ("overview", results.overview),
        ("concentration", results.concentration),
        ("rfm", results.rfm),
        ("cohorts", results.cohorts),
        ("value", results.value),
        ("propensity", results.propensity),
        ("prospects", results.prospects),
    ]
    found = [("ledger", check) for check in results.ledger_checks]
    return found + [
        (name, check) for name, part in named if part is not None for check in part.checks
    ]
