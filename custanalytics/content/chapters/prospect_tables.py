"""The tables of the prospects: who is open, how the candidates did, what each column was."""

import pandas as pd

from custanalytics.content.chapters import ranking
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.tables import Badge, Column, Table, table, verdict
from custanalytics.content.words import say, told, word
from custanalytics.prospects.lead_scoring import LeadScoring
from custanalytics.scoring.columns import column_name, input_name
from custanalytics.sentences import noted

_LISTED = 10
_EXPLAINED = 3
_TESTS = {
    "cross-validated": noted("Cross-validated"),
    "out of time": noted("The last fifth, out of time"),
}
_TAKEN = {
    "won": noted("won"),
    "lost": noted("lost"),
    "open": noted("open"),
    "open, too young": noted("open: too young to have decided"),
    "won, left out": noted("won, but too young to learn from"),
}
# What a column of the file is taken for.
_KINDS = (
    noted("number"),
    noted("category"),
    noted("date"),
    noted("text"),
    noted("identifier"),
    noted("constant"),
    noted("empty"),
)


def tests_of(scoring: LeadScoring) -> list[str]:
    """The tests that were held, the strictest last."""
    return list(scoring.deciles["test"].drop_duplicates())


def last_test(scoring: LeadScoring, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the strictest test."""
    return rows.loc[rows["test"] == tests_of(scoring)[-1]].reset_index(drop=True)


def open_table(scoring: LeadScoring, formats: Formats) -> Table:
    """The open prospects, most likely first."""
    first = scoring.prospects.sort_values(
        ["propensity", "row"], ascending=[False, True], ignore_index=True
    ).head(_LISTED)
    named = first["prospect_id"].notna().any()
    shown = first.assign(line=[str(row) for row in first["row"]])
    columns: list[Column | str] = [
        *(["prospect_id"] if named else []),
        Column("line", say("Row in the file"), right=True),
        Column("propensity", bar=True),
        Column("propensity_low", say("At least")),
        Column("propensity_high", say("At most")),
    ]
    return table(
        "prospects-open",
        shown,
        columns,
        formats,
        say("The open prospects most likely to convert"),
        result="prospects.prospects",
        note=say("Bounds hold with 90% confidence if rates move as they did before.")
        if scoring.order.basis
        else say("Bounds allow for chance alone, not for rates that move in time."),
    )


def effects_table(scoring: LeadScoring, drives: pd.DataFrame, formats: Formats) -> Table:
    """How the columns that tell most go with conversion."""
    shown = scoring.effects.loc[scoring.effects["input"].isin(drives["input"].head(_EXPLAINED))]
    texts = [
        _level(text, position, formats)
        for text, position in zip(shown["value"], shown["position"], strict=True)
    ]
    shown = shown.assign(
        name=[
            "" if again else told(input_name(name), formats)
            for name, again in zip(shown["input"], shown["input"].duplicated(), strict=True)
        ],
        level=texts,
    )
    return table(
        "prospects-effects",
        shown.reset_index(drop=True),
        [
            Column("name", say("Column")),
            Column("level", say("Value")),
            "n",
            "rate",
            Column("mean_propensity", say("Predicted, all else as it is")),
        ],
        formats,
        say("How the columns that tell most go with conversion, on prospects held back"),
        result="prospects.effects",
    )


def _level(text: str, position: float, formats: Formats) -> str:
    if is_missing(position):
        return say("none")
    if text != f"{position:.6g}" or "e" in text:
        return text
    return formats.number(position, len(text.partition(".")[2]))


def deciles_table(scoring: LeadScoring, formats: Formats) -> Table:
    """What each tenth of the list did."""
    return ranking.deciles(
        "prospects-deciles",
        "prospects.deciles",
        last_test(scoring, scoring.deciles),
        formats,
        say("The list, tested: what each tenth of the prospects held back did"),
        people=say("Prospects"),
        did=say("Converted"),
        gain=say("Of all conversions so far"),
    )


def evaluation_table(scoring: LeadScoring, formats: Formats) -> Table:
    """Candidates side by side, by test."""
    rows = scoring.evaluation
    shown = rows.assign(
        name=ranking.candidates(rows), how=[word(_TESTS[test]) for test in rows["test"]]
    )
    shown["how"] = shown["how"].where(~shown["how"].duplicated(), "")
    shown["between"] = [
        say(
            "{value} ({low}–{high})",
            value=formats.exact(value),
            low=formats.exact(low),
            high=formats.exact(high),
        )
        for value, low, high in zip(rows["auc"], rows["auc_low"], rows["auc_high"], strict=True)
    ]
    return table(
        "prospects-validation",
        shown,
        [
            Column("how", say("Test")),
            Column("name", say("Candidate")),
            "log_loss",
            "brier_score",
            Column("between", say("AUC (95% interval)"), right=True),
            "average_precision",
            "ece",
        ],
        formats,
        say("Models beside the overall rate; the lowest log-loss is used"),
        result="prospects.evaluation",
        wide=True,
    )


def stages_table(scoring: LeadScoring, formats: Formats) -> Table:
    """What each value of the outcome was taken for."""
    shown = scoring.stages.assign(taken=[word(_TAKEN[to]) for to in scoring.stages["taken_for"]])
    return table(
        "prospects-stages",
        shown,
        ["value", "n", Column("taken", say("Taken for"))],
        formats,
        say(
            "Every value of {column}, and what it was taken for",
            column=told(column_name(scoring.outcome.column), formats),
        ),
        result="prospects.stages",
    )


def columns_table(scoring: LeadScoring, formats: Formats) -> Table:
    """What each column was taken for."""
    rows = scoring.columns
    verdicts = [
        Badge(say("used"), "good") if used else Badge(say("left out"), "neutral")
        for used in rows["used"]
    ]
    shown = rows.assign(
        column=[told(column_name(name), formats) for name in rows["column"]],
        verdict=pd.Series(verdicts, index=rows.index, dtype="object"),
    )
    return table(
        "prospects-columns",
        shown,
        ["column", "kind", "filled", Column("verdict", say("Use")), "why"],
        formats,
        say("What each column of the prospects' file was taken for"),
        result="prospects.columns",
    )


def leaks_table(scoring: LeadScoring, formats: Formats) -> Table:
    """What was left out, and why."""
    auc = scoring.with_leaks.set_index("leaks")["auc"]
    seeming = auc.get("left in")
    caption = (
        say("Columns left out, because they give the outcome away or may do so")
        if is_missing(seeming)
        else say(
            "Columns left out, because they give the outcome away or may do so: with them the AUC "
            "would seem {seeming}, without them it is {honest}",
            seeming=formats.exact(seeming),
            honest=formats.exact(auc["left out"]),
        )
    )
    verdicts = [
        Badge(say("left out"), "neutral") if sure else Badge(say("to be decided"), "bad")
        for sure in scoring.leaks["sure"]
    ]
    shown = scoring.leaks.assign(
        column=[told(column_name(name), formats) for name in scoring.leaks["column"]],
        verdict=pd.Series(verdicts, index=scoring.leaks.index, dtype="object"),
    )
    return table(
        "prospects-leaks",
        shown,
        ["column", Column("verdict", say("Use")), "sentence"],
        formats,
        caption,
        result="prospects.leaks",
    )


def checks_table(scoring: LeadScoring, formats: Formats) -> Table:
    """Every check with its verdict."""
    return Table(
        "prospects-checks",
        (say("Verdict"), say("What was found")),
        tuple((verdict(check), told(check.sentence, formats)) for check in scoring.checks),
        (False, False),
        say("What this data supports, and what to keep in mind"),
    )
