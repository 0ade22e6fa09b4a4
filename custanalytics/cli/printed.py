"""What the command prints: a summary for people, and the same as JSON."""

import argparse
import json
import math
import sys
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from custanalytics.check import Check
from custanalytics.cli.opening import to_open
from custanalytics.cli.plain import for_stream
from custanalytics.cli.tables import table
from custanalytics.ledger import Ledger


def print_json(content: dict[str, Any]) -> None:
    """One JSON object on standard output."""
    print(json.dumps(content, ensure_ascii=False, allow_nan=False))


def show(options: argparse.Namespace, content: dict[str, Any], text: str) -> None:
    """What a command found: for programs where they asked, else for people."""
    if options.json:
        print_json(content)
    else:
        print(for_stream(text, sys.stdout))


def files_text(files: Mapping[str, Path]) -> str:
    """The files by folder, each on few lines, and at the end what to open."""
    names: dict[Path, list[str]] = {}
    for path in files.values():
        names.setdefault(path.parent, []).append(path.name)
    lines = ["Files:"]
    for folder, own in sorted(names.items(), key=lambda item: len(item[0].parts)):
        text = textwrap.fill(", ".join(own), 74, break_on_hyphens=False, break_long_words=False)
        lines += [f"  {folder}/", textwrap.indent(text, "    ")]
    first = to_open(files)
    return "\n".join(lines) + (f"\n\nOpen {first}" if first else "")


def ledger_text(ledger: Ledger) -> str:
    """What was read, used and set aside."""
    report = ledger.report
    mapping = [f"{role}: {column}" for role, column in ledger.mapping.columns.items()]
    aside = [f"{reason}: {rows:,}" for reason, rows in report.rows_set_aside.items()]
    parts = [
        f"{report.rows_read:,} rows read = {report.rows_used:,} used"
        f" + {sum(report.rows_set_aside.values()):,} set aside"
        f" + {report.rows_unreadable:,} unreadable",
        f"{report.orders:,} orders of {report.buyers:,} known customers"
        + (
            ""
            if ledger.mapping.no_amount
            else f", net {_two_decimals(report.revenue)} {ledger.currency or ''}".rstrip()
        )
        + f", {_iso(report.first_order)} to {_iso(report.last_order)}",
        listed("Columns", mapping),
    ]
    if aside:
        parts.append(listed("Set aside", aside))
    if len(report.states):
        states = report.states.assign(amount=report.states["amount"].map("{:,.2f}".format))
        if ledger.mapping.no_amount:
            states = states.drop(columns="amount")
        states["taken_for"] = states["taken_for"].str.replace("_", " ")
        parts.append(f"States of orders:\n{table(states)}")
    if report.warnings:
        parts.append(listed("Mind", list(report.warnings)))
    warned = ledger.findings["finding"].isin(["no_customer", "duplicates", "reading"])
    findings = ledger.findings.loc[~warned, "sentence"].to_list()
    if findings:
        parts.append(listed("Data quality", findings))
    return "\n\n".join(parts)


def listed(title: str, items: Iterable[str]) -> str:
    """A titled list."""
    return "\n".join([f"{title}:", *(f"  {item}" for item in items)])


def aligned(rows: Mapping[str, str], width: int = 0) -> str:
    """Names and what belongs to each, in two columns."""
    width = width or max(map(len, rows))
    return "\n".join(f"{name:{width}}  {text}" for name, text in rows.items())


def paths(files: Mapping[str, Path]) -> dict[str, str]:
    """Files by role, as text."""
    return {kind: str(path) for kind, path in files.items()}


def rows_json(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A table for programs."""
    return [
        {str(name): plain_number(cell) for name, cell in row.items()}
        for row in frame.to_dict("records")
    ]


def checks_json(checks: Iterable[Check]) -> list[dict[str, Any]]:
    """Checks for programs."""
    return [
        {"name": check.name, "passed": check.passed, "sentence": check.sentence} for check in checks
    ]


def _two_decimals(amount: Any) -> str:
    return f"{amount:.2f}"


def _iso(day: Any) -> str | None:
    return None if day is None else day.isoformat()[:10]


def plain_number(cell: Any) -> Any:
    """A figure as JSON knows it: null where there is none."""
    plain = cell.item() if hasattr(cell, "item") else cell
    if hasattr(plain, "isoformat"):
        return plain.isoformat()
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain
