"""``check``: what is in an export, before anything is computed."""

import argparse
from collections.abc import Sequence
from typing import Any

from custanalytics.cli import arguments


def add(commands: Any) -> None:
    """Add the command."""
    check = commands.add_parser(
        "check",
        help="load a sales export and report on the data",
        description="Load a sales export and say what was read, used and set aside.",
    )
    arguments.source_options(check)
    check.set_defaults(action=_check)


def _check(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import ledger_text, print_json, progress
    from custanalytics.ledger import load

    with progress("Reading the sales"):
        ledger = load(arguments.sources(options), **arguments.load_options(options))
    if options.json:
        print_json(ledger.as_json())
    else:
        print(ledger_text(ledger))
