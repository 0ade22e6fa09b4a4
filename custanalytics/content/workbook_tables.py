"""The workbook's other tables: results behind the report's tables, data, checks."""

import pandas as pd

from custanalytics.content.chapters import business, segments, value_tests
from custanalytics.content.chapters.appendix import SUBJECTS
from custanalytics.content.chapters.summary import all_checks
from custanalytics.content.format import Formats
from custanalytics.content.tables import VERDICTS
from custanalytics.content.words import say, told, told_all, word, words
from custanalytics.content.workbook_sheet import Field, Sheet
from custanalytics.ledger import LoadReport
from custanalytics.results.store import AnalysisResults
from custanalytics.sentences import noted

# What the column "role" of the candidates says.
_ROLES = (noted("model"), noted("baseline"))


def tables(results: AnalysisResults, formats: Formats) -> list[Sheet]:
    """Tables of results that no chart shows in full."""
    made = (
        _months(results, formats),
        _segments(results, formats),
        _moves(results, formats),
        _validation(results, formats),
        _candidates(results),
    )
    return [sheet for sheet in made if sheet is not None]


def data(results: AnalysisResults, formats: Formats) -> list[Sheet]:
    """Where the rows went, what was found in the data, and every check."""
    sheets = [_reconciliation(results.ledger, formats)] if results.ledger else []
    if results.findings is not None and len(results.findings):
        sheets.append(
            Sheet(
                say("Data quality"),
                say("What was found in the data, and what was done about it"),
                _told(results.findings, ("sentence", "effect"), formats),
                (
                    Field("sentence", say("Found"), "text", say("What was found.")),
                    Field("rows", say("Rows"), "count", say("Rows it touches.")),
                    Field("amount", say("Amount"), "money_exact", say("Their amounts.")),
                    Field("effect", say("Done"), "text", say("What was done about it.")),
                ),
                "data",
            )
        )
    sheets.append(_checks(results, formats))
    if results.skipped:
        rows = [
            (word(SUBJECTS.get(name, name)), told(text, formats))
            for name, text in results.skipped.items()
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


def _reconciliation(ledger: LoadReport, formats: Formats) -> Sheet:
    return Sheet(
        say("Reconciliation"),
        say("From the rows of the export to the rows of this report"),
        _told(ledger.reconciliation, ("meaning",), formats),
        (
            Field("meaning", say("Rows"), "text", say("What the rows are.")),
            Field("rows", say("How many"), "count", say("Rows of the export.")),
            Field("share", say("Share"), "probability", say("Of all rows read.")),
            Field("amount", say("Amount"), "money_exact", say("Sum of their amounts.")),
        ),
        "data",
        say("Rows read in all: {read}.", read=formats.count(ledger.rows_read)),
    )


def _months(results: AnalysisResults, formats: Formats) -> Sheet | None:
    found = results.overview
    if found is None:
        return None
    money = "money_whole"
    return Sheet(
        say("Months"),
        business.lead(found, formats),
        found.monthly,
        (
            Field("month", say("Month"), "month", say("Calendar month.")),
            Field("revenue", say("Revenue"), money, say("Net of returns.")),
            Field("returning_revenue", say("Returning"), money, say("From customers seen before.")),
            Field("new_revenue", say("New"), money, say("From customers in their first month.")),
            Field("unknown_revenue", say("Not known"), money, say("Sales without a customer.")),
            Field("refunds", say("Returns"), money, say("Taken off the revenue.")),
            Field("orders", say("Orders"), "count", say("Orders above zero.")),
            Field("customers", say("Customers"), "count", say("Known customers who bought.")),
            Field(
                "average_order_value",
                say("Average order"),
                "money_exact",
                say("Revenue of orders above zero by their number."),
            ),
            Field("complete", say("Complete"), "flag", say("No: the data covers only a part.")),
        ),
        "tables",
    )


def _segments(results: AnalysisResults, formats: Formats) -> Sheet | None:
    found = results.rfm
    if found is None:
        return None
    return Sheet(
        say("Segment figures"),
        segments.lead(found, formats),
        words(found.segments, "segment", "rule", "action"),
        (
            Field("segment", say("Segment"), "text", say("Group of customers.")),
            Field("customers", say("Customers"), "count", say("In the segment.")),
            Field("customer_share", say("Of customers"), "share", say("Share of all customers.")),
            Field("revenue", say("Revenue"), "money_whole", say("Net, whole period.")),
            Field("revenue_share", say("Of revenue"), "share", say("Share of the revenue.")),
            Field("mean_orders", say("Orders each"), "number", say("Mean orders a customer.")),
            Field("mean_spend", say("Spend each"), "money_exact", say("Mean spend a customer.")),
            Field(
                "mean_days_since_last_purchase",
                say("Days since last"),
                "days",
                say("Mean days since the latest purchase."),
            ),
            Field("rule", say("Who is in it"), "text", say("The first rule that holds counts.")),
            Field("action", say("What it calls for"), "text", say("The action.")),
        ),
        "tables",
    )


def _moves(results: AnalysisResults, formats: Formats) -> Sheet | None:
    rows = results.migration
    if rows is None or not len(rows) or results.rfm is None:
        return None
    then = formats.date(results.migration_from)
    return Sheet(
        say("Segment moves"),
        say("Where the customers of {day} are now", day=then),
        words(rows, "from_segment", "to_segment"),
        (
            Field(
                "from_segment",
                say("Segment then"),
                "text",
                say("Empty: not yet a customer on {day}.", day=then),
            ),
            Field("to_segment", say("Segment now"), "text", say("At the end of the data.")),
            Field("customers", say("Customers"), "count", say("Who made this move.")),
        ),
        "tables",
    )


def _validation(results: AnalysisResults, formats: Formats) -> Sheet | None:
    found = results.value
    if found is None or not len(found.validation):
        return None
    money = "money_whole"
    return Sheet(
        say("Forecast tests"),
        value_tests.tested(found, formats),
        _candidates_named(found.validation),
        (
            Field("origin", say("Test"), "count", say("1 is the earliest time held back.")),
            Field("candidate", say("Candidate"), "text", say("Model or rule of thumb.")),
            Field("role", say("Role"), "text", say("A model, or a rule of thumb as the baseline.")),
            Field("holdout_days", say("Days"), "days", say("Length of the time held back.")),
            Field("predicted_purchases", say("Purchases expected"), "count", say("In that time.")),
            Field("actual_purchases", say("Happened"), "count", say("In that time.")),
            Field("total_error", say("Error"), "change", say("Expected over happened, less one.")),
            Field("predicted_revenue", say("Revenue expected"), money, say("In that time.")),
            Field("actual_revenue", say("Came in"), money, say("In that time.")),
            Field("revenue_error", say("Error, revenue"), "change", say("As for purchases.")),
            Field("mae", say("Error each"), "exact", say("Mean absolute error a customer.")),
            Field("spearman", say("Rank correlation"), "exact", say("Expected with happened.")),
            Field(
                "interval_coverage",
                say("In the interval"),
                "share",
                say("Customers whose purchases lay in their interval."),
            ),
            Field("chosen", say("Used"), "flag", say("Yes: the report rests on it.")),
        ),
        "tables",
    )


def _candidates(results: AnalysisResults) -> Sheet | None:
    found = results.propensity
    if found is None:
        return None
    return Sheet(
        say("Probability tests"),
        say("Models and rules of thumb on the window held back; the lowest log-loss is used"),
        _candidates_named(found.evaluation),
        (
            Field("candidate", say("Candidate"), "text", say("Model or rule of thumb.")),
            Field("role", say("Role"), "text", say("A model, or a rule of thumb as the baseline.")),
            Field("log_loss", say("Log-loss"), "exact", say("Lower is better.")),
            Field("brier_score", say("Brier score"), "exact", say("Lower is better.")),
            Field("auc", say("AUC"), "exact", say("1 ranks perfectly, 0.5 by chance.")),
            Field(
                "ece", say("Calibration error"), "probability", say("Mean miss of the probability.")
            ),
            Field("chosen", say("Used"), "flag", say("Yes: the report rests on it.")),
        ),
        "tables",
    )


def _candidates_named(rows: pd.DataFrame) -> pd.DataFrame:
    return words(rows, "candidate", "role")


def _told(rows: pd.DataFrame, columns: tuple[str, ...], formats: Formats) -> pd.DataFrame:
    return rows.assign(**{name: told_all(list(rows[name]), formats) for name in columns})


def _checks(results: AnalysisResults, formats: Formats) -> Sheet:
    rows = [
        (
            word(SUBJECTS[name]),
            word(VERDICTS[check.passed]),
            told(check.sentence, formats),
            check.value,
            check.threshold,
            told(check.source, formats),
        )
        for name, check in all_checks(results)
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
