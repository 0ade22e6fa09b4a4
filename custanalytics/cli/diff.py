"""``diff``: what changed between two runs."""

import argparse
from collections.abc import Sequence
from typing import Any

from custanalytics.cli import arguments


def add(commands: Any) -> None:
    """Add the command."""
    diff = arguments.command(
        commands,
        _diff,
        "diff",
        "say what changed between two runs",
        "Hold two report folders against each other: what changed, and whether other data or "
        "other definitions did it.",
        "diff report-may report-june",
    )
    arguments.path(diff, "old", "the earlier report folder")
    arguments.path(diff, "new", "the later report folder")
    arguments.json_option(diff)


def _diff(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import show
    from custanalytics.cli.printed_comparison import comparison_json, comparison_text
    from custanalytics.results.compare import compare
    from custanalytics.results.store import read_results

    old, new = (read_results(folder / "results") for folder in (options.old, options.new))
    changes = compare(old, new)
    show(options, comparison_json(changes), comparison_text(changes))
