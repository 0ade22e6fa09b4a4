"""The workbook's lists to act on: customers, whom to contact, who is late, the decisions."""

from dataclasses import replace

import pandas as pd

from custanalytics.content.chapters import value, what_to_do
from custanalytics.content.format import Formats
from custanalytics.content.words import plural, say, words
from custanalytics.content.workbook_sheet import Field, Sheet
from custanalytics.results.store import AnalysisResults
from custanalytics.results.value_trust import trusted

_LATE = (
    "customer_id",
    "segment",
    "revenue_at_risk",
    "propensity",
    "days_since_last_purchase",
    "usual_gap_days",
    "last_order",
    "n_orders",
    "total_spend",
)
_CONTACT = (
    "customer_id",
    "segment",
    "group",
    "propensity",
    "expected_revenue",
    "clv",
    "last_order",
    "n_orders",
    "total_spend",
    "late",
)


def lists(results: AnalysisResults, formats: Formats) -> list[Sheet]:
    """The lists that these results allow, in the order of use."""
    if results.customers is None:
        return [] if results.prospect_list is None else [_prospects(results, formats)]
    fields = _customer_fields(results, formats)
    known = {field.name: field for field in fields}
    sheets = [
        part
        for part in (
            _decisions(results, formats),
            _contacts(results, known, formats),
            _late(results, known, formats),
        )
        if part is not None
    ]
    customers = _in_words(results.customers)
    order = "clv" if "clv" in customers and trusted(results.value_trust) else "total_spend"
    ranked = customers.sort_values([order, "customer_id"], ascending=[False, True])
    sheets.append(
        Sheet(
            say("Customers"),
            plural(
                len(customers),
                "The one customer, with all that this report knows",
                "All {n} customers with all that this report knows about them",
                n=formats.count(len(customers)),
            ),
            ranked,
            tuple(field for field in fields if field.name in customers),
            "act",
            say("Filter the column “{column}” for the list of one segment.", column=say("Segment")),
        )
    )
    if results.prospect_list is not None:
        sheets.append(_prospects(results, formats))
    return sheets


def _prospects(results: AnalysisResults, formats: Formats) -> Sheet:
    rows = results.prospect_list
    assert rows is not None  # noqa: S101 - the caller has looked
    known = {
        "row": Field("row", say("Row"), "count", say("Row of the file given, from 1.")),
        "group": Field(
            "group",
            say("Group"),
            "text",
            say(
                "{contact}, {control} (leave alone), or empty: a contact does not pay.",
                contact=say("contact"),
                control=say("control"),
            ),
        ),
        "propensity": Field(
            "propensity", say("Probability"), "probability", say("To convert, as predicted.")
        ),
        "prospect_id": Field("prospect_id", say("Prospect"), "text", say("As the file has it.")),
        "propensity_low": Field(
            "propensity_low", say("At least"), "probability", say("Lower bound of the probability.")
        ),
        "propensity_high": Field(
            "propensity_high", say("At most"), "probability", say("Upper bound of the probability.")
        ),
        "propensity_decile": Field(
            "propensity_decile", say("Tenth"), "count", say("1: the tenth most likely to convert.")
        ),
        "expected_profit": Field(
            "expected_profit", say("Profit expected"), "money_exact", say("Of contacting them.")
        ),
    }
    fields = []
    for name in map(str, rows.columns):
        kind = "figure" if rows[name].dtype.kind in "iuf" else "text"
        if rows[name].dtype.kind == "M":
            kind = "date"
        elif rows[name].dtype.kind == "b":
            kind = "flag"
        meaning = say("As the file has it, or a score of this report.")
        fields.append(known.get(name, Field(name, name, kind, meaning)))
    return Sheet(
        say("Prospects"),
        plural(
            len(rows),
            "One open prospect",
            "{n} open prospects, most likely to convert first",
            n=formats.count(len(rows)),
        ),
        words(rows, "group"),
        tuple(fields),
        "act",
    )


def _decisions(results: AnalysisResults, formats: Formats) -> Sheet | None:
    actions, decisions, settings = results.actions, results.decisions, results.settings
    if actions is None or decisions is None:
        return None
    of_segments = decisions[["segment", *decisions.columns.difference(actions.columns)]]
    rows = what_to_do.shown(actions).merge(of_segments, on="segment", how="left")
    rows["money_is"] = [what_to_do.basis(kind, settings, formats) for kind in rows["basis"]]
    rows = words(rows, "action")
    fields = (
        Field(
            "who",
            say("Segment"),
            "text",
            say("Group of customers, see sheet “{sheet}”.", sheet=say("Segments")),
        ),
        Field("action", say("Action"), "text", say("What the segment calls for.")),
        Field("customers", say("Customers"), "count", say("Customers in the segment.")),
        Field(
            "at_stake",
            say("Money at stake"),
            "money_whole",
            say("What can be won or lost; the basis says which money that is."),
        ),
        Field("money_is", say("Basis"), "text", say("Which money is at stake.")),
        Field("revenue", say("Revenue so far"), "money_whole", say("Net of returns.")),
        Field(
            "expected_buyers",
            say("Expected buyers"),
            "count",
            say("Sum of the probabilities to buy within the window."),
        ),
        Field("late_customers", say("Late"), "count", say("Customers late by their own rhythm.")),
        Field(
            "revenue_at_risk",
            say("Revenue at risk"),
            "money_whole",
            say("Revenue expected of the late customers within the window."),
        ),
        Field(
            "control_size",
            say("Leave alone"),
            "count",
            say("Customers to leave alone, drawn by lot, so that a lift by a quarter shows."),
        ),
        Field(
            "detectable_lift",
            say("Lift that shows"),
            "share",
            say("The smallest relative lift that a control group of this size can show."),
        ),
    )
    return Sheet(
        say("Decisions"),
        what_to_do.lead(actions, settings, formats),
        rows,
        tuple(field for field in fields if rows[field.name].notna().any()),
        "act",
        what_to_do.of_the_late(actions, settings, formats),
    )


def _contacts(results: AnalysisResults, known: dict[str, Field], formats: Formats) -> Sheet | None:
    customers = results.customers
    if customers is None or "propensity" not in customers or "group" not in customers:
        return None
    rows = customers.loc[customers["group"].notna()]
    if not len(rows):
        return None
    rows = rows.sort_values(["propensity", "customer_id"], ascending=[False, True])
    known = known | {
        "group": Field(
            "group",
            say("Group"),
            "text",
            say(
                "{contact}: to be written to. {control}: to be left alone, drawn by lot.",
                contact=say("contact"),
                control=say("control"),
            ),
        )
    }
    left = int((rows["group"] == "control").sum())
    return Sheet(
        say("Contact list"),
        plural(
            len(rows),
            "One customer is in a segment to be contacted",
            "{n} customers are in segments to be contacted, most likely buyers first",
            n=formats.count(len(rows)),
        ),
        _in_words(rows),
        tuple(known[name] for name in _CONTACT if name in known and name in rows),
        "act",
        plural(
            left,
            "One of them is the control group: leave that customer alone, to see what the "
            "contact does.",
            "{left} of them are control groups, drawn by lot within their segments: leave them "
            "alone, to see what the contact does.",
            left=formats.count(left),
        )
        if left
        else say("No segment is large enough to leave a control group alone."),
    )


def _late(results: AnalysisResults, known: dict[str, Field], formats: Formats) -> Sheet | None:
    customers, found = results.customers, results.propensity
    if customers is None or found is None or "late" not in customers:
        return None
    rows = customers.loc[customers["late"].astype("boolean").fillna(False).astype(bool)]
    if not len(rows):
        return None
    return Sheet(
        say("Late customers"),
        plural(
            len(rows),
            "One customer is late by their own rhythm",
            "{n} customers are late by their own rhythm, most revenue at risk first",
            n=formats.count(len(rows)),
        ),
        _in_words(rows).sort_values(["revenue_at_risk", "customer_id"], ascending=[False, True]),
        tuple(known[name] for name in _LATE if name in known and name in rows),
        "act",
        say(
            "{money} of the revenue expected in the next {days} days is theirs and can be lost.",
            money=formats.money_short(found.figures["revenue_at_risk"]),
            days=formats.days(found.window_days),
        ),
    )


def _in_words(customers: pd.DataFrame) -> pd.DataFrame:
    return words(customers, "segment", "group")


def _customer_fields(results: AnalysisResults, formats: Formats) -> tuple[Field, ...]:
    settings = results.settings
    span = value.horizon(settings.horizon_days, formats)
    window = say("the next {days} days", days=formats.days(settings.window_days))
    worth = value.worth(results.value, formats) if results.value is not None else ""
    level = formats.share(results.value.params["level"]) if results.value is not None else ""
    money, chance = "money_exact", "probability"
    fields = (
        Field("customer_id", say("Customer"), "text", say("The customer's id in the export.")),
        Field("segment", say("Segment"), "text", say("Group by recency, frequency and spend.")),
        Field(
            "abc_class",
            say("Class"),
            "text",
            say("A: the first 80% of revenue, B: the next 15%, C: the last 5%."),
        ),
        Field("first_order", say("First order"), "date", say("Day of the first purchase.")),
        Field("last_order", say("Last order"), "date", say("Day of the latest purchase.")),
        Field(
            "days_since_last_purchase",
            say("Days since last"),
            "days",
            say("Days from the latest purchase to the last day of the data."),
        ),
        Field("n_orders", say("Orders"), "count", say("Orders that came to more than zero.")),
        Field("total_spend", say("Spend so far"), money, say("Net of returns.")),
        Field("r_score", say("R"), "count", say("Recency, 1 to 5: 5 bought most recently.")),
        Field("f_score", say("F"), "count", say("Frequency, 1 to 5: 5 bought most often.")),
        Field("m_score", say("M"), "count", say("Spend, 1 to 5: 5 spent most.")),
        Field(
            "p_alive",
            say("Still a customer"),
            chance,
            say("Probability that the customer has not left for good, by the model."),
        ),
        Field(
            "expected_purchases",
            say("Purchases expected"),
            "number",
            say("Days with a purchase in {span}, as expected.", span=span),
        ),
        Field("clv", say("Value"), money, say("{worth}.", worth=worth)),
        Field(
            "clv_low",
            say("Value, low"),
            money,
            say("Lower end of the {level} interval of the value.", level=level),
        ),
        Field(
            "clv_high",
            say("Value, high"),
            money,
            say("Upper end of the {level} interval of the value.", level=level),
        ),
        Field(
            "propensity",
            say("Probability to buy"),
            chance,
            say("Probability of a purchase in {window}.", window=window),
        ),
        Field(
            "propensity_decile",
            say("Tenth"),
            "count",
            say("1: the tenth of the customers most likely to buy, 10: the least likely."),
        ),
        Field(
            "expected_revenue",
            say("Revenue expected"),
            money,
            say("Revenue in {window}: probability times spend.", window=window),
        ),
        Field(
            "expected_next_order",
            say("Next order due"),
            "date",
            say("Day of the next order by the customer's own rhythm; may lie in the past."),
        ),
        Field(
            "usual_gap_days",
            say("Usual gap, days"),
            "days",
            say("Days that usually lie between the customer's orders."),
        ),
        Field(
            "late",
            say("Late"),
            "flag",
            say("Waits longer than usual, and not yet so long that hardly anyone came back."),
        ),
        Field(
            "revenue_at_risk",
            say("Revenue at risk"),
            money,
            say("Revenue expected in {window} of a late customer, else zero.", window=window),
        ),
    )
    if not settings.currency:
        return fields
    unit = say("In {currency}.", currency=settings.currency)
    return tuple(
        replace(field, meaning=f"{field.meaning} {unit}") if field.kind == money else field
        for field in fields
    )
