"""``check``: what is in an export, before anything is computed."""

import argparse
from collections.abc import Sequence
from typing import Any

from custanalytics.cli import arguments
from custanalytics.config import CheckOptions, Configuration, Reading, shared


def add(commands: Any) -> None:
    """Add the command."""
    check = commands.add_parser(
        "check",
        help="load a sales export and report on the data",
        description="Load a sales export and say what was read, used and set aside.",
        epilog="example:\n  custanalytics check sales.csv --date-order dmy",
    )
    arguments.sales_options(check, "SALES", "one sales export")
    arguments.config_options(check, CheckOptions)
    check.set_defaults(action=_check)


def _check(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import ledger_text, print_json, progress
    from custanalytics.ledger import load

    configuration = Configuration(CheckOptions)
    arguments.collected(options, configuration)
    how = shared(configuration.build(), Reading)
    with progress("Reading the sales"):
        ledger = load(arguments.sources(options, "a sales export", "shop.csv"), **how)
    if options.json:
        print_json(ledger.as_json())
    else:
        print(ledger_text(ledger))
