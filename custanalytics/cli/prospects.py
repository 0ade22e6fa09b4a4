"""``prospects``, ``score``: which prospects convert."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from custanalytics.cli import arguments
from custanalytics.cli.engagement import make_report, report_options
from custanalytics.config import ProspectsOptions
from custanalytics.config.kinds import KEY


def add(commands: Any) -> None:
    """Add the commands."""
    learn = arguments.command(
        commands,
        _prospects,
        "prospects",
        "learn which prospects convert, and score the open ones",
        "Make a report folder from a table of prospects, some of them decided: which convert, "
        "how sure that is, whom to contact. In an engagement's folder, files and options come "
        "from engagement.toml.",
        "prospects leads.csv --outcome Result --positive won",
    )
    arguments.sales_options(learn, "FILE", "one table of prospects")
    report_options(learn)
    arguments.config_options(learn, ProspectsOptions)

    score = arguments.command(
        commands,
        _score,
        "score",
        "score a later table of prospects",
        "Score a later table of prospects by the model that a report has learned.",
        "score prospects-report july.csv --out july-scored.csv",
    )
    arguments.path(score, "folder", "the report that learned it")
    arguments.path(score, "files", "the later table", nargs="+", metavar="FILE")
    arguments.path(score, "--out", "list to write", default=Path("scored.csv"), metavar="FILE")
    score.add_argument(
        "--pseudonymise",
        type=KEY.accept,
        metavar=KEY.metavar,
        help="pseudonyms in the place of all that may name somebody, by this key, as in 'run'",
    )


def _prospects(options: argparse.Namespace, given: Sequence[str]) -> None:
    from custanalytics.pipeline import run_prospects

    make_report(options, given, run_prospects, "a table of prospects", "leads.csv")


def _score(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import listed
    from custanalytics.cli.progress import progress
    from custanalytics.pipeline import score_prospects

    with progress("Scoring the prospects"):
        scored = score_prospects(options.folder, options.files, options.out, options.pseudonymise)
    print(f"{len(scored):,} prospects scored, most likely first: {options.out}")
    if scored.attrs["warnings"]:
        print(listed("Mind", scored.attrs["warnings"]))
