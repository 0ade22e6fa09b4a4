"""``prospects``, ``score``: which prospects convert."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from custanalytics.cli import arguments
from custanalytics.cli.engagement import Inside
from custanalytics.config import ProspectsOptions


def add(commands: Any) -> None:
    """Add the commands."""
    learn = commands.add_parser(
        "prospects",
        help="learn which prospects convert, and score the open ones",
        description="Make a report folder from a table of prospects, some of them decided: "
        "which convert, how sure that is, whom to contact. In an engagement's folder, files and "
        "options come from engagement.toml.",
        epilog="example:\n  custanalytics prospects leads.csv --outcome Result --positive won",
    )
    arguments.sales_options(learn, "FILE", "one table of prospects")
    arguments.config_options(learn, ProspectsOptions)
    learn.set_defaults(action=_prospects)

    score = commands.add_parser(
        "score",
        help="score a later table of prospects",
        description="Score a later table of prospects by the model that a report has learned.",
        epilog="example:\n  custanalytics score prospects-report july.csv --out july-scored.csv",
    )
    score.add_argument("folder", type=Path, metavar="FOLDER", help="the report that learned it")
    score.add_argument("files", nargs="+", type=Path, metavar="FILE", help="the later table")
    score.add_argument(
        "--out", type=Path, default=Path("scored.csv"), metavar="FILE", help="list to write"
    )
    score.set_defaults(action=_score)


def _prospects(options: argparse.Namespace, given: Sequence[str]) -> None:
    from custanalytics.cli.printed import print_json, run_json, run_text
    from custanalytics.pipeline import run_prospects

    inside = Inside(options, given, "a table of prospects", "leads.csv")
    report = run_prospects(**vars(inside.options))
    inside.record()
    if options.json:
        print_json(run_json(report))
    else:
        print(run_text(report))


def _score(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import progress
    from custanalytics.pipeline import score_prospects

    with progress("Scoring the prospects"):
        scored = score_prospects(options.folder, options.files, options.out)
    print(f"{len(scored):,} prospects scored, most likely first: {options.out}")
