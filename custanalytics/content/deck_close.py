"""The slides that close the deck: who is late, decisions, how sure we are, doubts, next steps."""

from custanalytics.content.chapters import appendix, next_purchase, summary, what_to_do
from custanalytics.content.chapters.value_tests import origins_chart
from custanalytics.content.chart import Chart
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.slide import Item, Slide
from custanalytics.content.tables import Column, table
from custanalytics.content.words import plural, say, told, word
from custanalytics.privacy.mute import TOO_SMALL
from custanalytics.results.store import AnalysisResults

_LISTED = 8
_MOST_DOUBTS = 6


def late_slide(results: AnalysisResults, formats: Formats) -> Slide | None:
    """Customers late by their own rhythm, most revenue at risk first."""
    found = results.propensity
    if found is None or not len(found.customers) or not found.figures["late_customers"]:
        return None
    figures = found.figures
    late = found.customers.loc[found.customers["late"]].sort_values(
        ["revenue_at_risk", "customer_id"], ascending=[False, True], ignore_index=True
    )
    rows = late.iloc[:_LISTED]
    columns = [
        Column("customer_id", say("Customer")),
        Column("revenue_at_risk", say("Revenue at risk"), "money"),
        Column("days_since_last_purchase", say("Days since last"), "days"),
        Column("usual_gap_days", say("Usual gap, days"), "days"),
        Column("propensity", say("Probability"), "share"),
    ]
    if results.customers is not None and "segment" in results.customers:
        known = results.customers[["customer_id", "segment"]]
        rows = rows.merge(known, on="customer_id", how="left")
        columns.insert(1, Column("segment", say("Segment"), "word"))
    return Slide(
        plural(
            figures["late_customers"],
            "One customer is late: {money} of the usual spend is not expected to come",
            "{late} customers are late: {money} of their usual spend is not expected to come",
            late=formats.count(figures["late_customers"]),
            money=formats.money_short(figures["revenue_at_risk"]),
        ),
        say("Late by their own rhythm, most revenue at risk first"),
        table=table("late", rows, columns, formats),
        aside=(next_purchase.risk(found, formats),),
        small=say("All of them are in the workbook, sheet “{sheet}”.", sheet=say("Late customers")),
        notes=next_purchase.tested(found, formats),
    )


def decisions_slide(results: AnalysisResults, formats: Formats) -> Slide | None:
    """What to do with each segment."""
    actions = results.actions
    if actions is None:
        return None
    columns = what_to_do.columns()
    tested = bool(actions["control_size"].notna().any())
    small = [what_to_do.of_the_late(actions, results.settings, formats)]
    if tested:
        columns.append(Column("control_size", say("Leave alone"), "count"))
        small.append(
            say(
                "Leave alone: customers drawn by lot, so that a lift by a quarter can be told from "
                "chance."
            )
        )
    stake = what_to_do.of_segments(actions, results.settings, formats)
    return Slide(
        say("Each segment calls for its own action, and for a control group to see what works")
        if tested
        else say("Each segment calls for its own action"),
        say("Money at stake: {stake}", stake=stake),
        table=table("decisions", what_to_do.shown(actions), columns, formats),
        small=" ".join(filter(None, small)),
        notes=say(
            "The list of each segment is a file of the report; the workbook has the contact list "
            "with its control groups."
        )
        if results.customers is not None
        else "",
    )


def certainty(results: AnalysisResults, formats: Formats) -> Slide | None:
    """How sure we are: the forecast against the time held back."""
    if results.value is None and results.propensity is None:
        return None
    sentences = summary.confidence(results, formats)
    chart: Chart | None = None
    if results.value is not None and results.value.origins["revenue_error"].notna().any():
        chart = origins_chart(results.value, formats)
    spoken = [] if chart is None else [chart.note, chart.alt]
    spoken += [
        told(check.sentence, formats) for _, check in summary.all_checks(results) if check.passed
    ]
    if chart is None:
        first, *sentences = sentences[1:] + sentences[:1]
        return Slide(
            first.removesuffix("."),
            items=tuple(Item(sentence) for sentence in sentences),
            notes="\n".join(spoken),
        )
    return Slide(
        chart.title,
        chart.subtitle,
        chart=chart,
        aside=tuple(sentences[1:]),
        notes="\n".join(spoken),
    )


def unsupported(results: AnalysisResults, formats: Formats) -> Slide | None:
    """What the data does not support, and what to keep in mind."""
    checks = summary.all_checks(results)
    doubts = [told(check.sentence, formats) for _, check in checks if check.passed is False]
    left_out = [
        say(
            "{what}: {why}",
            what=word(appendix.SUBJECTS.get(name, name)),
            why=told(text, formats),
        )
        for name, text in results.skipped.items()
    ]
    notes = [told(check.sentence, formats) for _, check in checks if check.passed is None]
    against = [*left_out, *doubts]
    if not against and not notes:
        return None
    if TOO_SMALL in results.skipped.values():
        title = say("What this public copy leaves out, and what to keep in mind")
    elif left_out:
        title = plural(
            len(left_out),
            "One analysis is left out: the data does not support it",
            "{n} analyses are left out: the data does not support them",
            n=formats.count(len(left_out)),
        )
    elif doubts:
        title = plural(
            len(doubts),
            "One check found a doubt to keep in mind",
            "{n} checks found doubts to keep in mind",
            n=formats.count(len(doubts)),
        )
    else:
        title = say("No check found a doubt; this is to keep in mind")
    shown = [*against, *notes][:_MOST_DOUBTS]
    return Slide(
        title,
        items=tuple(Item(text) for text in shown),
        small=say("Every check, with its bound, is in the workbook and in the report's appendix.")
        if results.customers is not None
        else "",
        notes="\n".join([*against, *notes][_MOST_DOUBTS:]),
    )


def next_steps(results: AnalysisResults, formats: Formats) -> Slide | None:
    """What happens after the meeting."""
    if results.actions is None:
        return None
    first = what_to_do.shown(results.actions).iloc[0]
    title, items = say("No segment calls for contacting its customers.").removesuffix("."), []
    if first["contact"]:
        title = say("Act on one list, then measure")
        where = first["list"]
        items.append(
            Item(
                say("Begin with “{segment}”.", segment=first["who"]),
                "" if is_missing(where) else say("The list is {file}.", file=where),
            )
        )
    if results.actions["control_size"].notna().any():
        title = say("Act on one list, leave some alone, measure")
        items.append(
            Item(
                say("Leave the control groups alone."),
                say(
                    "What the others buy more than these is the effect; without such a group "
                    "nobody can tell."
                ),
            )
        )
    items.append(
        Item(
            say(
                "Send a new export in {days} days.",
                days=formats.days(results.window_days),
            ),
            say("It shows who came back, and holds this forecast against what happened.")
            if results.value is not None or results.propensity is not None
            else say("It shows who came back."),
        )
    )
    if results.settings.margin is None and results.value is not None:
        items.append(
            Item(
                say("Tell us your margin."),
                say("Then value is profit, and says what a new customer may cost."),
            )
        )
    return Slide(title, items=tuple(items))
