"""The workbook's other tables: results behind the report's tables, data, checks."""

import pandas as pd

from custanalytics.content.chapters import (
    business,
    buying,
    campaign,
    change,
    segments,
    value_tests,
)
from custanalytics.content.chapters.appendix import subject
from custanalytics.content.format import Formats
from custanalytics.content.result_columns import Shown
from custanalytics.content.tables import VERDICTS
from custanalytics.content.words import say, told, word
from custanalytics.content.workbook_sheet import Field, Sheet
from custanalytics.ledger.order_states import TAKEN
from custanalytics.results.store import AnalysisResults
from custanalytics.revenue.change import PARTS
from custanalytics.sentences import noted

# Of the products and the like; all of them are in the results folder.
_OF_A_KIND = 1000
# What the column "role" of the candidates says.
_ROLES = (noted("model"), noted("baseline"))
_MONTHS = (
    "month", "revenue", "returning_revenue", "new_revenue", "unknown_revenue", "refunds", "orders",
    "customers", "average_order_value", "complete",
)  # fmt: skip
_SEGMENTS = (
    "segment", "customers", "customer_share", "revenue", "revenue_share", "mean_orders",
    "mean_spend", "mean_days_since_last_purchase", "rule", "action",
)  # fmt: skip
_ORIGINS = (
    "cutoff", "days", "longest", "expected_revenue", "revenue_low", "revenue_high",
    "actual_revenue", "revenue_error", "carried_revenue", "expected_purchases", "purchases_low",
    "purchases_high", "actual_purchases", "purchases_error", "carried_purchases",
    "expected_buyers", "buyers_low", "buyers_high", "actual_buyers", "buyers_error",
)  # fmt: skip


def tables(results: AnalysisResults, formats: Formats, shown: Shown) -> list[Sheet]:
    """Tables of results that no chart shows in full."""
    sheets: list[tuple[str, str, str, pd.DataFrame, tuple[str, ...]]] = []
    overview, groups, moves = results.overview, results.rfm, results.migration
    if overview is not None:
        title = business.lead(overview, formats)
        sheets.append((say("Months"), title, "overview.monthly", overview.monthly, _MONTHS))
    if groups is not None:
        title = segments.lead(groups, formats)
        sheets.append((say("Segment figures"), title, "rfm.segments", groups.segments, _SEGMENTS))
    if moves is not None and len(moves) and groups is not None:
        then = formats.date(results.migration_from)
        title = say("Where the customers of {day} are now", day=then)
        sheets.append((say("Segment moves"), title, "migration", moves, ()))
    sheets += _what_they_buy(results, formats)
    value = results.value
    if value is not None:
        title = value_tests.tested(value, formats)
        sheets.append((say("Forecast tests"), title, "value.origins", value.origins, _ORIGINS))
        title = say("What the forecast is averaged from, as earlier days have borne it out")
        rows = value_tests.weights(value)
        sheets.append((say("Forecast weights"), title, "value.weights", rows, ()))
    effect = results.campaign
    if effect is not None:
        title = say("Contacted and untouched, and what the contact changed")
        sheets.append((say("Effects"), title, "campaign.effects", effect.effects, ()))
        if len(effect.ranking):
            title = campaign.ranked(effect)
            sheets.append((say("Effect by rank"), title, "campaign.ranking", effect.ranking, ()))
    return [
        shown.sheet(name, title, table, rows, "tables", first=first, cents=False)
        for name, title, table, rows, first in sheets
    ]


def _what_they_buy(
    results: AnalysisResults, formats: Formats
) -> list[tuple[str, str, str, pd.DataFrame, tuple[str, ...]]]:
    """Products and the like, first orders, what is bought next, and what changed."""
    sheets: list[tuple[str, str, str, pd.DataFrame, tuple[str, ...]]] = []
    groups, first, following = results.revenue_groups, results.first_orders, results.next_products
    if groups is not None:
        title = (
            say(
                "What the {n} largest products, categories, countries and channels each brought",
                n=formats.count(_OF_A_KIND),
            )
            if len(groups) > _OF_A_KIND
            else say("What each product, category, country and channel brought")
        )
        rows = _in_words(groups.groupby("group_by", sort=False).head(_OF_A_KIND), "group_by")
        sheets.append((say("Revenue by group"), title, "revenue_groups", rows, ()))
    if first is not None and len(first.drivers):
        title = buying.first_orders(first, formats)
        rows = _in_words(first.drivers, "attribute")
        sheets.append((say("First orders compared"), title, "first_orders.drivers", rows, ()))
    if following is not None and len(following.rules):
        title = buying.bought_next(following, formats)
        sheets.append((say("Bought next"), title, "next_products.rules", following.rules, ()))
    changed = results.revenue_change
    if changed is not None:
        title = change.lead(changed, formats)
        rows = changed.customers.assign(
            part=[word(PARTS[part]) for part in changed.customers["part"]]
        )
        sheets.append((say("Customers compared"), title, "revenue_change.customers", rows, ()))
        rows = _in_words(changed.groups, "group_by")
        sheets.append((say("Groups compared"), title, "revenue_change.groups", rows, ()))
    return sheets


def _in_words(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return rows.assign(**{name: [word(buying.KINDS[kind]) for kind in rows[name]]})


def data(results: AnalysisResults, formats: Formats, shown: Shown) -> list[Sheet]:
    """Where the rows went, what was found in the data, and every check."""
    sheets = []
    if results.ledger:
        sheets.append(
            shown.sheet(
                say("Reconciliation"),
                say("From the rows of the export to the rows of this report"),
                "ledger.reconciliation",
                results.ledger.reconciliation,
                "data",
                say("Rows read in all: {read}.", read=formats.count(results.ledger.rows_read)),
                first=("meaning", "rows", "share", "amount"),
            )
        )
    if results.ledger and len(states := results.ledger.states):
        sheets.append(
            shown.sheet(
                say("States of orders"),
                say("States of orders, payments and parcels, and what each was taken for"),
                "ledger.states",
                states.assign(taken_for=states["taken_for"].map(TAKEN)),
                "data",
                first=("column", "value", "rows", "amount", "taken_for", "why"),
            )
        )
    if results.findings is not None and len(results.findings):
        sheets.append(
            shown.sheet(
                say("Data quality"),
                say("What was found in the data, and what was done about it"),
                "findings",
                results.findings,
                "data",
                first=("sentence", "rows", "amount", "effect"),
            )
        )
    sheets.append(_checks(results, formats))
    if results.skipped:
        rows = [
            (subject(name, formats), told(text, formats)) for name, text in results.skipped.items()
        ]
        sheets.append(
            Sheet(
                say("Left out"),
                say("Analyses that the data does not support"),
                pd.DataFrame(rows, columns=["about", "reason"]),
                (
                    Field("about", say("Left out"), "text", say("The analysis.")),
                    Field("reason", say("Why"), "text", say("What the data lacks.")),
                ),
                "data",
            )
        )
    return sheets


def _checks(results: AnalysisResults, formats: Formats) -> Sheet:
    rows = [
        (
            subject(name, formats),
            word(VERDICTS[check.passed]),
            told(check.sentence, formats),
            check.value,
            check.threshold,
            told(check.source, formats),
        )
        for name, check in results.checks
    ]
    names = ["about", "verdict", "sentence", "value", "threshold", "source"]
    frame = pd.DataFrame(rows, columns=names)
    for name in ("value", "threshold"):
        frame[name] = frame[name].astype(float)
    return Sheet(
        say("Checks"),
        say("What this data supports, and what to keep in mind"),
        frame,
        (
            Field("about", say("About"), "text", say("The analysis.")),
            Field("verdict", say("Verdict"), "text", say("Whether it holds.")),
            Field("sentence", say("What was found"), "text", say("In a sentence.")),
            Field("value", say("Figure"), "figure", say("The figure found.")),
            Field("threshold", say("Bound"), "figure", say("What it is held against.")),
            Field("source", say("Where the bound comes from"), "text", say("Paper or rule.")),
        ),
        "data",
    )
