"""The back of the report: data and reconciliation, checks, how to run it again."""

import re
import shlex

import pandas as pd

from custanalytics.checks import Check
from custanalytics.display import blocks
from custanalytics.display.format import Formats
from custanalytics.display.section import Section
from custanalytics.display.sections.summary import all_checks
from custanalytics.display.tables import Column, Table, badge, table
from custanalytics.display.words import plural, say
from custanalytics.results import AnalysisResults
from custanalytics.source import LoadReport

SUBJECTS = {
    "ledger": "Data",
    "overview": "Business",
    "customers": "Customers",
    "concentration": "Concentration",
    "rfm": "Segments",
    "migration": "Moves between segments",
    "cohorts": "Coming back",
    "value": "Value",
    "propensity": "Next purchase",
    "prospects": "Prospects",
}
_SWITCHES = ("--json", "--sample", "--drop-duplicates")
_SHORTCODE = re.compile(r"\{\{<.*?>\}\}")
_VERDICTS = {True: ("holds", "good"), False: ("doubt", "bad"), None: ("note", "neutral")}


def appendix(results: AnalysisResults, formats: Formats) -> Section:
    """Section 10 of the report, and the reasons of what was left out."""
    ledger = results.ledger
    made = {
        "version": results.settings.version,
        "seed": str(results.settings.seed),
        "end": formats.date(results.settings.observation_end),
    }
    command = _again(results.settings.command) if results.settings.command else ""
    flags = {"command": bool(command)}
    if ledger is None:
        return Section("data", variables=made, parts={"command": command}, flags=flags)
    # The findings say the same, with what was done about it.
    told = results.findings is not None and len(results.findings) > 0
    warnings = [] if told else list(ledger.warnings)
    return Section(
        "data",
        variables={
            "rows": _rows(ledger, formats),
            **made,
        },
        tables=tuple(
            part
            for part in (
                _reconciliation(ledger, formats),
                _quality(results, formats),
                _mapping(results, formats),
                _checks(results),
                _left_out(results),
            )
            if part.rows
        ),
        parts={
            "warnings": blocks.bullets(warnings) if warnings else "",
            "command": command,
        },
        flags=flags,
    )


def _again(command: str) -> str:
    # Files by their names: where they lay is nobody else's business, nor where the report went.
    words: list[str] = []
    option = ""
    for word in shlex.split(command):
        if option == "--out" or word == "--json" or word.startswith("--out="):
            option = ""
            continue
        if option in ("", "--mapping") and not word.startswith("-"):
            word = re.split(r"[/\\\\]", word)[-1]
        option = word if word.startswith("--") and word not in _SWITCHES and "=" not in word else ""
        if option != "--out":
            words.append(word)
    # Three braces show a shortcode instead of running it.
    text = _SHORTCODE.sub(r"{\g<0>}", shlex.join(words))
    fence = "`" * max(3, 1 + max((len(ticks) for ticks in re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}\n"


def reason(results: AnalysisResults, analysis: str) -> str:
    """Why an analysis is left out, as markdown."""
    text = results.skipped.get(analysis) or results.skipped.get("customers") or ""
    if not text:
        return ""
    return blocks.callout("note", say("Not part of this report"), _sentence(text))


def _sentence(text: str) -> str:
    ending = "" if text.endswith((".", "!", "?")) else "."
    return text[:1].upper() + text[1:] + ending


def _rows(ledger: LoadReport, formats: Formats) -> str:
    aside = sum(ledger.rows_set_aside.values())
    return plural(
        ledger.rows_read,
        "The export holds one row: {used} used, {aside} set aside, {unreadable} unreadable.",
        "The export holds {read} rows: {used} used, {aside} set aside and {unreadable} "
        "unreadable. Nothing is lost on the way, in rows or in money.",
        read=formats.count(ledger.rows_read),
        used=formats.count(ledger.rows_used),
        aside=formats.count(aside),
        unreadable=formats.count(ledger.rows_unreadable),
    )


def _reconciliation(ledger: LoadReport, formats: Formats) -> Table:
    rows = ledger.reconciliation
    total = pd.DataFrame(
        {
            "meaning": [say("All rows read")],
            "rows": [ledger.rows_read],
            "amount": [float(rows["amount"].sum())],
            "share": [1.0],
        }
    )
    shown = rows[list(total.columns)].copy()
    shown["meaning"] = [text[:1].upper() + text[1:] for text in shown["meaning"]]
    return table(
        "reconciliation",
        pd.concat([shown, total], ignore_index=True),
        [
            Column("meaning", "Rows"),
            Column("rows", "How many", "count"),
            Column("share", "Share", "share"),
            Column("amount", "Amount", "money_exact"),
        ],
        formats,
        "From the rows of the export to the rows of this report",
        total=True,
    )


def _quality(results: AnalysisResults, formats: Formats) -> Table:
    rows = results.findings
    if rows is None:
        rows = pd.DataFrame(columns=["sentence", "rows", "amount", "effect"])
    return table(
        "data-quality",
        rows,
        [
            Column("sentence", "What was found in the data"),
            Column("rows", "Rows", "count"),
            Column("amount", "Amount", "money"),
            Column("effect", "What was done"),
        ],
        formats,
        "Data quality",
    )


def _mapping(results: AnalysisResults, formats: Formats) -> Table:
    rows = pd.DataFrame(
        [{"role": role, "column": column} for role, column in results.mapping.items()]
    )
    return table(
        "mapping",
        rows if len(rows) else pd.DataFrame(columns=["role", "column"]),
        [Column("role", "Role"), Column("column", "Column in the export")],
        formats,
        "How the columns were read",
    )


def _checks(results: AnalysisResults) -> Table:
    rows = tuple(
        (SUBJECTS[name], badge(*_VERDICTS[check.passed]), _with_source(check))
        for name, check in all_checks(results)
    )
    return Table(
        "checks",
        ("About", "Verdict", "What was found"),
        rows,
        (False, False, False),
        "What this data supports, and what to keep in mind",
    )


def _with_source(check: Check) -> str:
    if not check.source:
        return check.sentence
    return say("{sentence} Bound: {source}.", sentence=check.sentence, source=check.source)


def _left_out(results: AnalysisResults) -> Table:
    rows = tuple(
        (SUBJECTS.get(name, name), _sentence(text)) for name, text in results.skipped.items()
    )
    return Table(
        "left-out",
        ("Left out", "Why"),
        rows,
        (False, False),
        "Analyses that the data does not support",
    )
