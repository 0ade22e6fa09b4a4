"""``diff``: what changed between two runs."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from custanalytics.cli import arguments


def add(commands: Any) -> None:
    """Add the command."""
    diff = commands.add_parser(
        "diff",
        help="say what changed between two runs",
        description="Hold two report folders against each other: what changed, and whether "
        "other data or other definitions did it.",
        epilog="example:\n  custanalytics diff report-may report-june",
    )
    diff.add_argument("old", type=Path, metavar="OLD", help="the earlier report folder")
    diff.add_argument("new", type=Path, metavar="NEW", help="the later report folder")
    arguments.json_option(diff)
    diff.set_defaults(action=_diff)


def _diff(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import comparison_json, comparison_text, print_json
    from custanalytics.results.compare import compare
    from custanalytics.results.store import read_results

    found = compare(read_results(options.old / "results"), read_results(options.new / "results"))
    if options.json:
        print_json(comparison_json(found))
    else:
        print(comparison_text(found))
