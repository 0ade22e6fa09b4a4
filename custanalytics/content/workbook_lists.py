"""The workbook's lists to act on: customers, whom to contact, who is late, the decisions."""

from custanalytics.content.chapters import what_to_do as monday
from custanalytics.content.chapters.value_tests import trusted
from custanalytics.content.format import Formats
from custanalytics.content.result_columns import Shown
from custanalytics.content.words import plural, say, words
from custanalytics.content.workbook_sheet import Field, Sheet
from custanalytics.results.store import AnalysisResults

# The columns that a reader of the list needs; the others, the same as in the file, are folded.
_LATE = (
    "customer_id", "segment", "group", "revenue_at_risk", "propensity",
    "days_since_last_purchase", "usual_gap_days", "last_order", "n_orders", "total_spend",
)  # fmt: skip
_CONTACT = (
    "customer_id", "segment", "group", "propensity", "expected_revenue", "clv", "last_order",
    "n_orders", "total_spend", "late",
)  # fmt: skip
_CUSTOMERS = (
    "customer_id", "segment", "abc_class", "first_order", "last_order",
    "days_since_last_purchase", "n_orders", "total_spend", "r_score", "f_score", "m_score",
    "p_alive", "expected_purchases", "clv", "clv_low", "clv_high", "propensity",
    "propensity_decile", "expected_revenue", "expected_next_order", "usual_gap_days", "late",
    "revenue_at_risk",
)  # fmt: skip


def lists(results: AnalysisResults, formats: Formats, shown: Shown) -> list[Sheet]:
    """The lists that these results allow, in the order of use."""
    made = (
        _decisions(results, formats),
        _contacts(results, formats, shown),
        _late(results, formats, shown),
        _customers(results, formats, shown),
        _prospects(results, formats, shown),
    )
    return [sheet for sheet in made if sheet is not None]


def _customers(results: AnalysisResults, formats: Formats, shown: Shown) -> Sheet | None:
    customers = results.customers
    if customers is None:
        return None
    order = "clv" if "clv" in customers and trusted(results.value) else "total_spend"
    return shown.sheet(
        say("Customers"),
        plural(
            len(customers),
            "The one customer, with all that this report knows",
            "All {n} customers with all that this report knows about them",
            n=formats.count(len(customers)),
        ),
        "customers",
        customers.sort_values([order, "customer_id"], ascending=[False, True]),
        "act",
        say("Filter the column “{column}” for the list of one segment.", column=say("Segment")),
        first=_CUSTOMERS,
        folded=True,
    )


def _prospects(results: AnalysisResults, formats: Formats, shown: Shown) -> Sheet | None:
    rows = results.prospect_list
    if rows is None:
        return None
    return shown.sheet(
        say("Prospects"),
        plural(
            len(rows),
            "One open prospect",
            "{n} open prospects, most likely to convert first",
            n=formats.count(len(rows)),
        ),
        "prospect_list",
        rows,
        "act",
    )


def _decisions(results: AnalysisResults, formats: Formats) -> Sheet | None:
    if results.decisions is None or not len(results.decisions):
        return None
    rows = words(monday.ranked(results.decisions, results.value), "segment", "action")
    stake = monday.stake(results.value, formats)
    fields = (
        Field(
            "segment",
            say("Segment"),
            "text",
            say("Group of customers, see sheet “{sheet}”.", sheet=say("Segments")),
        ),
        Field("action", say("Action"), "text", say("What the segment calls for.")),
        Field("customers", say("Customers"), "count", say("Customers in the segment.")),
        Field(
            "money",
            say("Money at stake"),
            "money_whole",
            say("What the customers are worth here: {stake}.", stake=stake),
        ),
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
        monday.lead(results.decisions, results.value, formats),
        rows,
        tuple(field for field in fields if rows[field.name].notna().any()),
        "act",
        say("Money at stake: {stake}.", stake=stake),
    )


def _contacts(results: AnalysisResults, formats: Formats, shown: Shown) -> Sheet | None:
    customers = results.customers
    if customers is None or "propensity" not in customers or "group" not in customers:
        return None
    rows = customers.loc[customers["group"].notna()]
    if not len(rows):
        return None
    rows = rows.sort_values(["propensity", "customer_id"], ascending=[False, True])
    left = int((rows["group"] == "control").sum())
    return shown.sheet(
        say("Contact list"),
        plural(
            len(rows),
            "One customer is in a segment to be contacted",
            "{n} customers are in segments to be contacted, most likely buyers first",
            n=formats.count(len(rows)),
        ),
        "customers",
        rows,
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
        first=_CONTACT,
        folded=True,
    )


def _late(results: AnalysisResults, formats: Formats, shown: Shown) -> Sheet | None:
    customers, found = results.customers, results.propensity
    if customers is None or found is None or "late" not in customers:
        return None
    rows = customers.loc[customers["late"].astype("boolean").fillna(False).astype(bool)]
    if not len(rows):
        return None
    return shown.sheet(
        say("Late customers"),
        plural(
            len(rows),
            "One customer is late by their own rhythm",
            "{n} customers are late by their own rhythm, most revenue at risk first",
            n=formats.count(len(rows)),
        ),
        "customers",
        rows.sort_values(["revenue_at_risk", "customer_id"], ascending=[False, True]),
        "act",
        say(
            "{money} of the revenue expected in the next {days} days is theirs and can be lost.",
            money=formats.money_short(found.figures["revenue_at_risk"]),
            days=formats.days(found.window_days),
        ),
        first=_LATE,
        folded=True,
    )
