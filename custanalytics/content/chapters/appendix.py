"""The back of the report: data and reconciliation, checks, how to run it again."""

import re
import shlex

import pandas as pd

from custanalytics.check import Check
from custanalytics.content.blocks import Bullets, Command, Notice
from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.format import Formats
from custanalytics.content.tables import Column, Table, table, verdict
from custanalytics.content.words import as_sentence, plural, say, told, told_all, word
from custanalytics.ledger import LoadReport
from custanalytics.ledger.order_states import TAKEN
from custanalytics.privacy.mute import TOO_SMALL
from custanalytics.results.counted import MONEY
from custanalytics.results.store import AnalysisResults
from custanalytics.sentences import noted

CHAPTER = Declaration(
    "data",
    tables=("reconciliation", "states", "data-quality", "mapping", "checks", "left-out"),
    texts=("rows", "version", "seed", "end"),
    parts=("warnings", "command"),
    flags=("command",),
)
SUBJECTS = {
    "ledger": noted("Data"),
    "overview": noted("Business"),
    "customers": noted("Customers"),
    "concentration": noted("Concentration"),
    "rfm": noted("Segments"),
    "migration": noted("Moves between segments"),
    "cohorts": noted("Coming back"),
    "revenue_groups": noted("What they buy"),
    "first_orders": noted("First orders"),
    "next_products": noted("What is bought next"),
    "revenue_change": noted("Why revenue changed"),
    MONEY: noted("Money"),
    "value": noted("Value"),
    "propensity": noted("Next purchase"),
    "prospects": noted("Prospects"),
    "campaign": noted("Campaign"),
}
_SWITCHES = ("--json", "--sample", "--drop-duplicates")


def appendix(results: AnalysisResults, formats: Formats) -> Chapter:
    """The appendix, and the reasons of what was left out."""
    ledger = results.ledger
    made = {
        "version": results.settings.version,
        "seed": str(results.settings.seed),
        "end": formats.date(results.settings.observation_end),
    }
    command = _again(results.settings.command) if results.settings.command else None
    flags = {"command": command is not None}
    verdicts = [_checks(results, formats), _left_out(results, formats)]
    if ledger is None:
        tables = tuple(part for part in verdicts if part.rows)
        return Chapter(CHAPTER, texts=made, tables=tables, parts={"command": command}, flags=flags)
    # The findings say the same, with what was done about it.
    known = results.findings is not None and len(results.findings) > 0
    warnings = [] if known else told_all(ledger.warnings, formats)
    return Chapter(
        CHAPTER,
        texts={
            "rows": _rows(ledger, formats),
            **made,
        },
        tables=tuple(
            part
            for part in (
                _reconciliation(ledger, formats),
                _states(ledger, formats),
                _quality(results, formats),
                _mapping(results, formats),
                *verdicts,
            )
            if part.rows
        ),
        parts={
            "warnings": Bullets(tuple(warnings)) if warnings else None,
            "command": command,
        },
        flags=flags,
    )


def _again(command: str) -> Command:
    # Files by their names: where they lay is nobody else's business, nor where the report went.
    kept: list[str] = []
    option = ""
    for part in shlex.split(command):
        if option == "--out" or part == "--json" or part.startswith("--out="):
            option = ""
            continue
        if option in ("", "--mapping") and not part.startswith("-"):
            part = re.split(r"[/\\\\]", part)[-1]
        option = part if part.startswith("--") and part not in _SWITCHES and "=" not in part else ""
        if option != "--out":
            kept.append(part)
    return Command(shlex.join(kept))


def reason(results: AnalysisResults, analysis: str, formats: Formats) -> Notice | None:
    """Why an analysis is left out."""
    text = results.skipped.get(analysis) or results.skipped.get("customers") or ""
    if not text:
        return None
    return Notice("note", say("Not part of this report"), as_sentence(text, formats))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _rows(ledger: LoadReport, formats: Formats) -> str:
    figures = {
        "read": formats.count(ledger.rows_read),
        "used": formats.count(ledger.rows_used),
        "aside": formats.count(sum(ledger.rows_set_aside.values())),
        "unreadable": formats.count(ledger.rows_unreadable),
    }
    if formats.counted:
        return plural(
            ledger.rows_read,
            "The export holds one row: {used} used, {aside} set aside and {unreadable} unreadable.",
            "The export holds {read} rows: {used} used, {aside} set aside and {unreadable} "
            "unreadable. Nothing is lost on the way.",
            **figures,
        )
    return plural(
        ledger.rows_read,
        "The export holds one row: {used} used, {aside} set aside, {unreadable} unreadable.",
        "The export holds {read} rows: {used} used, {aside} set aside and {unreadable} "
        "unreadable. Nothing is lost on the way, in rows or in money.",
        **figures,
    )


def _reconciliation(ledger: LoadReport, formats: Formats) -> Table:
    rows = ledger.reconciliation
    total = pd.DataFrame(
        {"label": [say("All rows read")], "rows": [ledger.rows_read], "share": [1.0]}
    )
    if not formats.counted:
        total["amount"] = float(rows["amount"].sum())
    shown = rows.assign(label=[_capital(told(text, formats)) for text in rows["meaning"]])
    return table(
        "reconciliation",
        pd.concat([shown[list(total.columns)], total], ignore_index=True),
        [
            Column("label", say("Rows")),
            "rows",
            "share",
            # To the cent, for this must close.
            Column("amount", format="money_exact"),
        ],
        formats,
        say("From the rows of the export to the rows of this report"),
        result="ledger.reconciliation",
        total=True,
    )


def _states(ledger: LoadReport, formats: Formats) -> Table:
    rows = ledger.states
    return table(
        "states",
        rows.assign(taken_for=rows["taken_for"].map(TAKEN)),
        ["column", "value", "rows", "amount", "taken_for", "why"],
        formats,
        say("States of orders, payments and parcels, and what each was taken for"),
        result="ledger.states",
    )


def _quality(results: AnalysisResults, formats: Formats) -> Table:
    rows = results.findings
    if rows is None:
        rows = pd.DataFrame(columns=["sentence", "rows", "amount", "effect"])
    return table(
        "data-quality",
        rows,
        [
            Column("sentence", say("What was found in the data")),
            "rows",
            "amount",
            Column("effect", say("What was done")),
        ],
        formats,
        say("Data quality"),
        result="findings",
    )


def _mapping(results: AnalysisResults, formats: Formats) -> Table:
    rows = pd.DataFrame(
        [{"role": role, "column": column} for role, column in results.mapping.items()]
    )
    return table(
        "mapping",
        rows if len(rows) else pd.DataFrame(columns=["role", "column"]),
        [Column("role", say("Role")), Column("column", say("Column in the export"))],
        formats,
        say("How the columns were read"),
    )


def subject(name: str, formats: Formats) -> str:
    """What an analysis is about, in words; where purchases are counted, none is of value."""
    if formats.counted and name == "value":
        return say("Forecast")
    return word(SUBJECTS.get(name, name))


def _checks(results: AnalysisResults, formats: Formats) -> Table:
    rows = tuple(
        (subject(name, formats), verdict(check), _with_source(check, formats))
        for name, check in results.checks
    )
    return Table(
        "checks",
        (say("About"), say("Verdict"), say("What was found")),
        rows,
        (False, False, False),
        say("What this data supports, and what to keep in mind"),
    )


def _with_source(check: Check, formats: Formats) -> str:
    sentence = told(check.sentence, formats)
    if not check.source:
        return sentence
    return say("{sentence} Bound: {source}.", sentence=sentence, source=told(check.source, formats))


def _left_out(results: AnalysisResults, formats: Formats) -> Table:
    rows = tuple(
        (subject(name, formats), as_sentence(text, formats))
        for name, text in results.skipped.items()
    )
    return Table(
        "left-out",
        (say("Left out"), say("Why")),
        rows,
        (False, False),
        say("Analyses left out or kept back")
        if TOO_SMALL in results.skipped.values()
        else say("Analyses that the data does not support"),
    )
