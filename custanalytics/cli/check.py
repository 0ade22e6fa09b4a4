"""``check``: what is in an export, before anything is computed."""

import argparse
from collections.abc import Sequence
from typing import Any

from custanalytics.cli import arguments
from custanalytics.config import CheckOptions


def add(commands: Any) -> None:
    """Add the command."""
    check = arguments.command(
        commands,
        _check,
        "check",
        "load a sales export and report on the data",
        "Load a sales export and say what was read, used and set aside.",
        "check sales.csv --date-order dmy",
    )
    arguments.sales_options(check, "SALES", "one sales export")
    arguments.config_options(check, CheckOptions)


def _check(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import ledger_text, show
    from custanalytics.cli.progress import progress
    from custanalytics.reading import read_sales

    how = arguments.checked(options)
    with progress("Reading the sales"):
        ledger = read_sales(arguments.sources(options, "a sales export", "shop.csv"), how)
    show(options, ledger.as_json(), ledger_text(ledger))
