"""What a command that makes a report prints."""

from typing import Any

from custanalytics.cli.printed import (
    checks_json,
    files_text,
    listed,
    paths,
    plain_number,
    rows_json,
)
from custanalytics.cli.tables import table
from custanalytics.content.chapters import value
from custanalytics.content.definitions import COUNTED, DEFINITIONS
from custanalytics.content.format import Formats
from custanalytics.ledger.load_report import TOLD_BY_ROWS, records
from custanalytics.pipeline import Report
from custanalytics.prospects.lead_scoring import LeadScoring
from custanalytics.results.store import AnalysisResults


def run_json(report: Report) -> dict[str, Any]:
    """What a run found, for programs."""
    results, files = report.results, report.files
    figures: dict[str, Any] = {}
    if results.value is not None:
        totals = results.value.totals.iloc[0]
        figures["value"] = {
            "horizon_days": results.horizon_days,
            **{name: plain_number(totals[name]) for name in totals.index},
            "new_customer": {k: plain_number(v) for k, v in results.value.new_customer.items()},
            "parameters": rows_json(results.value.parameters),
            "weights": rows_json(results.value.weights),
            "origins": rows_json(results.value.origins),
            "checks": checks_json(results.value.checks),
        }
    if results.propensity is not None:
        figures["propensity"] = {
            "window_days": results.window_days,
            "figures": {k: plain_number(v) for k, v in results.propensity.figures.items()},
            "deciles": rows_json(results.propensity.deciles),
            "checks": checks_json(results.propensity.checks),
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


def prospects_json(found: LeadScoring) -> dict[str, Any]:
    """What was learned about prospects, for programs."""
    return {
        "outcome": {"column": found.outcome.column, "positive": found.outcome.positive},
        "model": found.chosen,
        "figures": {name: plain_number(figure) for name, figure in found.figures.items()},
        "stages": rows_json(found.stages),
        "leaks": found.leaks["column"].to_list(),
        "asked": found.leaks.loc[~found.leaks["sure"].astype(bool), "column"].to_list(),
        "evaluation": rows_json(found.evaluation),
        "checks": checks_json(found.checks),
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
