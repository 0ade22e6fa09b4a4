"""``docs``: the documentation as a site."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from custanalytics.cli import arguments
from custanalytics.cli.opening import open_option, show_page


def add(commands: Any) -> None:
    """Add the command."""
    docs = arguments.command(
        commands,
        _docs,
        "docs",
        "write the documentation as a site that works offline",
        "Write the documentation as a site that works offline: guides, gallery, commands, "
        "reference, glossary.",
        "docs --open",
    )
    where = "where to; an earlier one is renewed"
    arguments.path(docs, "folder", where, nargs="?", default=Path("custanalytics-docs"))
    open_option(docs)


def _docs(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.main import parser
    from custanalytics.cli.progress import progress
    from custanalytics.documentation import write_documentation

    commands = arguments.commands_of(parser())
    helps = {name: command.format_help() for name, command in commands.items()}
    with progress("Writing the documentation"):
        page = write_documentation(options.folder, helps)
    print(f"Open {page}")
    show_page(options, {"html": page})
