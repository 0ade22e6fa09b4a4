"""The workbook's lists to act on: customers, whom to contact, who is late, the decisions."""

from dataclasses import replace

from custanalytics.content.chapters import what_to_do
from custanalytics.content.format import Formats
from custanalytics.content.result_columns import Shown
from custanalytics.content.words import plural, say
from custanalytics.content.workbook_sheet import Field, Sheet
from custanalytics.results.lists import late_customers, most_likely_first
from custanalytics.results.store import AnalysisResults
from custanalytics.results.value_trust import trusted

# The columns that a reader needs; the others are folded.
_PLAN = (
    "step", "segment", "action", "contacted", "control_size", "gain_5", "gain_5_low",
    "gain_5_high", "list",
)  # fmt: skip
_MORE_OF_THE_PLAN = (
    "expected_revenue", "expected_revenue_low", "expected_revenue_high", "revenue_at_risk",
    "gain_2", "gain_10", "basis", "break_even_lift", "break_even_cost", "detectable_lift",
    "customers", "reachable", "control_list",
)  # fmt: skip
_LATE = (
    "customer_id", "segment", "group", "revenue_at_risk", "usual_spend", "propensity",
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
    "usual_spend", "revenue_at_risk",
)  # fmt: skip


def lists(results: AnalysisResults, formats: Formats, shown: Shown) -> list[Sheet]:
    """The lists that these results allow, in the order of use."""
    made = (
        _plan(results, formats, shown),
        _names(results, formats, shown),
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
    worth = "expected_purchases" if formats.counted else "clv"
    so_far = "n_orders" if formats.counted else "total_spend"
    order = worth if worth in customers and trusted(results.value_trust) else so_far
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


def _plan(results: AnalysisResults, formats: Formats, shown: Shown) -> Sheet | None:
    actions = results.actions
    if actions is None:
        return None
    rows = what_to_do.shown(actions)
    rows = rows.assign(segment=rows["who"])
    if not formats.counted:
        rows = rows.assign(basis=what_to_do.gain_is(actions))
    named = (*_PLAN, *_MORE_OF_THE_PLAN)
    rows = rows[[name for name in named if name in rows and rows[name].notna().any()]]
    texts = (
        what_to_do.terms(actions, results, formats),
        what_to_do.measure(results, formats),
        what_to_do.reach(results, formats),
    )
    sheet = shown.sheet(
        say("Action plan"),
        what_to_do.lead(actions, results.settings, formats),
        "actions",
        rows,
        "act",
        " ".join(filter(None, texts)),
        first=_PLAN,
        folded=True,
        cents=False,
    )
    at = 1 + [field.name for field in sheet.fields].index("action")
    blank = (
        Field("owner", say("Who does it"), "text", say("To be filled in.")),
        Field("due", say("By when"), "text", say("To be filled in.")),
    )
    return replace(
        sheet,
        frame=sheet.frame.assign(owner="", due=""),
        fields=(*sheet.fields[:at], *blank, *sheet.fields[at:]),
    )


def _names(results: AnalysisResults, formats: Formats, shown: Shown) -> Sheet | None:
    rows = results.plan_names
    if rows is None or not len(rows):
        return None
    return shown.sheet(
        say("Names to call"),
        say(
            "Whom to begin with: up to ten customers a step, as of {day}",
            day=formats.date(results.settings.observation_end),
        ),
        "plan_names",
        rows[[name for name in rows if rows[name].notna().any()]],
        "act",
    )


def _contacts(results: AnalysisResults, formats: Formats, shown: Shown) -> Sheet | None:
    customers = results.customers
    if customers is None or "propensity" not in customers or "group" not in customers:
        return None
    rows = most_likely_first(customers.loc[customers["group"].notna()])
    if not len(rows):
        return None
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
    customers, propensity = results.customers, results.propensity
    if customers is None or propensity is None or "late" not in customers:
        return None
    rows = late_customers(customers)
    if not len(rows):
        return None
    return shown.sheet(
        say("Late customers"),
        say("Late by their own rhythm, most likely to buy first")
        if formats.counted
        else plural(
            len(rows),
            "One customer is late by their own rhythm",
            "{n} customers are late by their own rhythm, most revenue at risk first",
            n=formats.count(len(rows)),
        ),
        "customers",
        rows,
        "act",
        ""
        if formats.counted
        else say(
            "Of what they usually spend in {days} days, {money} is not expected to come.",
            money=formats.money_short(propensity.figures["revenue_at_risk"]),
            days=formats.days(propensity.window_days),
        ),
        first=_LATE,
        folded=True,
    )
