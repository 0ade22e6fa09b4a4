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

from custanalytics.campaigns import EVERYONE, CampaignEffect, rate_alone
from custanalytics.check import Check
from custanalytics.cli.opening import to_open
from custanalytics.cli.plain import for_stream
from custanalytics.cli.tables import table
from custanalytics.content.chapters import value
from custanalytics.content.definitions import COUNTED, DEFINITIONS
from custanalytics.content.format import Formats
from custanalytics.ledger import Ledger
from custanalytics.ledger.load_report import TOLD_BY_ROWS, records
from custanalytics.pipeline import Report
from custanalytics.prospects.lead_scoring import LeadScoring
from custanalytics.results.compare import Comparison
from custanalytics.results.store import AnalysisResults

# Of a name in front of the figures of an effect.
_WIDEST = 22


def print_json(content: dict[str, Any]) -> None:
    """One JSON object on standard output."""
    print(json.dumps(content, ensure_ascii=False, allow_nan=False))


def show(options: argparse.Namespace, content: dict[str, Any], text: str) -> None:
    """What a command found: for programs where they asked, else for people."""
    if options.json:
        print_json(content)
    else:
        print(for_stream(text, sys.stdout))


def run_json(report: Report) -> dict[str, Any]:
    """What a run found, for programs."""
    results, files = report.results, report.files
    figures: dict[str, Any] = {}
    if results.value is not None:
        totals = results.value.totals.iloc[0]
        figures["value"] = {
            "horizon_days": results.horizon_days,
            **{name: _number(totals[name]) for name in totals.index},
            "new_customer": {k: _number(v) for k, v in results.value.new_customer.items()},
            "parameters": _rows(results.value.parameters),
            "weights": _rows(results.value.weights),
            "origins": _rows(results.value.origins),
            "checks": _checks(results.value.checks),
        }
    if results.propensity is not None:
        figures["propensity"] = {
            "window_days": results.window_days,
            "figures": {k: _number(v) for k, v in results.propensity.figures.items()},
            "deciles": _rows(results.propensity.deciles),
            "checks": _checks(results.propensity.checks),
        }
    if results.rfm is not None:
        sizes = results.rfm.segments.set_index("segment")["customers"]
        figures["segments"] = {str(name): int(size) for name, size in sizes.items()}
    if results.prospects is not None:
        figures["prospects"] = prospects_json(results.prospects)
    ledger = results.ledger
    loaded = (
        ledger.as_json(
            results.mapping, results.settings.currency or None, counted=results.settings.no_amount
        )
        if ledger
        else {}
    )
    return {
        **loaded,
        "findings": [] if results.findings is None else records(results.findings),
        "warnings": _warnings(results),
        "definitions": dict(COUNTED if results.settings.no_amount else DEFINITIONS),
        "files": paths(files),
        "models": figures,
        "skipped": results.skipped,
        "stale_prose": [
            {"file": stale.file, "line": stale.line, "sentence": stale.sentence}
            for stale in report.stale
        ],
    }


def _warnings(results: AnalysisResults) -> list[str]:
    """Everything that the report asks to keep in mind, each once."""
    said = list(results.ledger.warnings) if results.ledger else []
    said += [c.sentence for c in results.ledger_checks if c.name not in TOLD_BY_ROWS]
    said += _prospect_warnings(results.prospects)
    said += [check.sentence for check in results.doubts if check not in results.ledger_checks]
    return list(dict.fromkeys(said))


def run_text(report: Report) -> str:
    """What a run found, in a few lines."""
    results, files = report.results, report.files
    settings = results.settings
    formats = Formats(settings.locale, settings.currency or None, settings.no_amount)
    ledger = results.ledger
    lines = []
    if ledger is not None:
        net = "" if formats.counted else f", {formats.money(ledger.revenue)} net"
        lines.append(
            f"{formats.count(ledger.orders)} orders of {formats.count(ledger.buyers)} known "
            f"customers{net}, up to {formats.date(settings.observation_end)}"
        )
    if results.value is not None and formats.counted:
        lines.append(value.lead(results.value, formats))
    elif results.value is not None:
        totals = results.value.totals.iloc[0]
        lines.append(
            f"Customer value over {results.horizon_days} days, discounted: "
            f"{formats.money(totals['clv'])} "
            f"({formats.money(totals['clv_low'])} to {formats.money(totals['clv_high'])})"
        )
    if results.propensity is not None:
        expected = results.propensity.figures["expected_buyers"]
        lines.append(
            f"Expected to buy within {results.window_days} days: {formats.count(expected)} "
            "customers"
        )
    if results.prospects is not None:
        lines += _prospect_lines(results.prospects, formats)
    late = [check.sentence for check in results.ledger_checks if check.name == "ledger.as_of"]
    warnings = [
        *(ledger.warnings if ledger else ()),
        *late,
        *_prospect_warnings(results.prospects),
        *(f"Left out: {reason}" for reason in dict.fromkeys(results.skipped.values())),
        *(stale.sentence for stale in report.stale),
    ]
    parts = ["\n".join(lines)]
    if warnings:
        parts.append(listed("Mind", warnings))
    parts.append(files_text(files))
    return "\n\n".join(parts)


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


def prospects_json(found: LeadScoring) -> dict[str, Any]:
    """What was learned about prospects, for programs."""
    return {
        "outcome": {"column": found.outcome.column, "positive": found.outcome.positive},
        "model": found.chosen,
        "figures": {name: _number(figure) for name, figure in found.figures.items()},
        "stages": _rows(found.stages),
        "leaks": found.leaks["column"].to_list(),
        "asked": found.leaks.loc[~found.leaks["sure"].astype(bool), "column"].to_list(),
        "evaluation": _rows(found.evaluation),
        "checks": _checks(found.checks),
    }


def _prospect_lines(found: LeadScoring, formats: Formats) -> list[str]:
    figures = found.figures
    lines = [
        f"{formats.count(figures['labelled'])} decided prospects, "
        f"{formats.share(figures['base_rate'])} converted "
        f"({found.outcome.column} = {found.outcome.positive}); {formats.count(figures['open'])} "
        f"open, {formats.count(figures['expected_conversions'])} expected to convert, by "
        f"{found.chosen}"
    ]
    if len(found.stages) > 2:  # a pipeline
        lines += [f"{found.outcome.column}:", table(found.stages)]
    for row in found.evaluation.loc[found.evaluation["chosen"]].to_dict("records"):
        lines.append(
            f"AUC {row['test']}: {formats.number(row['auc'], 3)} "
            f"({formats.number(row['auc_low'], 3)} to {formats.number(row['auc_high'], 3)}), "
            f"calibration error {formats.share(row['ece'])}"
        )
    return lines


def _prospect_warnings(found: LeadScoring | None) -> list[str]:
    if found is None:
        return []
    told = tuple(f"prospects.{name}" for name in ("read", "outcome", "stages", "ripeness"))
    return [c.sentence for c in found.checks if c.passed is False or c.name in told]


def effect_json(effect: CampaignEffect) -> dict[str, Any]:
    """What a contact added, for programs."""
    return {
        "window_days": effect.window_days,
        "outcome": effect.outcome or "bought",
        "effects": _rows(effect.effects),
        "ranking": _rows(effect.ranking),
        "checks": _checks(effect.checks),
    }


def effect_text(effect: CampaignEffect) -> str:
    """What a contact added, in a few lines and a table."""
    rows = effect.effects
    tables = [_effect_rows(rows, effect.divided_by)]
    if rows["spend_effect"].notna().any():
        money = pd.DataFrame({effect.divided_by: _names(rows)})
        for title, end in {"a head": "", "from": "_low", "to": "_high", "cut": "_trimmed"}.items():
            money[title] = [
                "" if value != value else f"{value:+,.2f}" for value in rows[f"spend_effect{end}"]
            ]
        tables.append(table(money))
    if len(effect.ranking):
        fifths = effect.ranking.assign(segment=effect.ranking["segment"].map("fifth {}".format))
        tables.append(
            "By fifth of a ranking by effect, on rows held out:\n" + _effect_rows(fifths, "")
        )
    sentences = "\n".join(check.sentence for check in effect.checks)
    return "\n\n".join([sentences, *tables])


def _effect_rows(rows: pd.DataFrame, title: str) -> str:
    shown = pd.DataFrame({title: _names(rows)})
    for group, rates in (("contact", rows["rate_contact"]), ("control", rate_alone(rows))):
        shown[group] = [f"{n:,.0f}" for n in rows[f"n_{group}"]]
        shown[f"{group} %"] = [_percent(rate) for rate in rates]
    shown["effect"] = [_points(value) for value in rows["effect"]]
    shown["from"] = [_points(value) for value in rows["effect_low"]]
    shown["to"] = [_points(value) for value in rows["effect_high"]]
    return table(shown)


def _names(rows: pd.DataFrame) -> list[str]:
    if "treatment" not in rows:
        return [_cut(str(segment), _WIDEST) for segment in rows["segment"]]
    return [
        _cut(treatment, _WIDEST)
        if segment == EVERYONE
        else f"{_cut(treatment, _WIDEST - 2 - len(segment))}: {segment}"
        for treatment, segment in zip(rows["treatment"], rows["segment"].map(str), strict=True)
    ]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: max(width - 1, 3)]}…"


def _percent(rate: float) -> str:
    return "" if rate != rate else f"{100 * rate:.1f}"


def _points(value: float) -> str:
    return "" if value != value else f"{100 * value:+.1f}"


_CHANGES = {
    "definitions": "Definitions",
    "data": "Data",
    "figures": "Figures",
    "moves": "Customers who moved between segments",
    "verdicts": "Checks",
}


def comparison_json(changes: Comparison) -> dict[str, Any]:
    """What changed between two runs, for programs."""
    return {part: _rows(getattr(changes, part)) for part in _CHANGES}


def comparison_text(changes: Comparison) -> str:
    """What changed between two runs, as small tables."""
    if changes.same:
        return "Nothing differs."
    parts = []
    for part, title in _CHANGES.items():
        changed = getattr(changes, part)
        if len(changed):
            shown = changed.drop(columns="sentence", errors="ignore").map(_cell)
            parts.append(f"{title}:\n{table(shown)}")
    return "\n\n".join(parts)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}"
    return "" if value is None else str(value)


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


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): _number(cell) for name, cell in row.items()} for row in frame.to_dict("records")
    ]


def _checks(checks: Iterable[Check]) -> list[dict[str, Any]]:
    return [
        {"name": check.name, "passed": check.passed, "sentence": check.sentence} for check in checks
    ]


def _two_decimals(amount: Any) -> str:
    return f"{amount:.2f}"


def _iso(day: Any) -> str | None:
    return None if day is None else day.isoformat()[:10]


def _number(cell: Any) -> Any:
    plain = cell.item() if hasattr(cell, "item") else cell
    if hasattr(plain, "isoformat"):
        return plain.isoformat()
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain
