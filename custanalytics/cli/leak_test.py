"""``leak-test``: whether what is to be published holds a client's data."""

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from custanalytics.cli import arguments
from custanalytics.errors import DisclosureError


def add(commands: Any) -> None:
    """Add the command."""
    test = arguments.command(
        commands,
        _test,
        "leak-test",
        "look for a client's data in what is to be published",
        "Read every file of a folder, and look for anything that the engagement's data, "
        "results, notes and pictures say; fail where something is found.",
        "leak-test acme mine/site --allow Germany",
    )
    arguments.path(test, "engagement", "the engagement's folder")
    arguments.path(test, "folder", "what is to be published")
    test.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="VALUE",
        help="a value that may appear, such as a country; at least 10 rows must have it; or the "
        "SHA-256 of a file that is not to be looked into",
    )
    test.add_argument(
        "--open-data",
        action="store_true",
        help="the data are public: look only for what names a person, an order or this machine",
    )
    arguments.json_option(test)


def _test(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import print_json
    from custanalytics.engagement.record import REPORT
    from custanalytics.privacy.leak_check import leaks_in, message_of, secrets_of
    from custanalytics.results.store import read_results

    results = options.engagement / REPORT / "results"
    secrets = secrets_of(
        options.engagement,
        read_results(results) if results.is_dir() else None,
        allowed=options.allow,
        identifiers_only=options.open_data,
        published=_published(options.folder),
    )
    leaks = leaks_in(secrets, options.folder)
    if options.json:
        print_json({"secrets": secrets.count, "leaks": [leak.told for leak in leaks]})
    if leaks:
        raise DisclosureError(message_of(leaks))
    if not options.json:
        print(f"{options.folder}: none of {secrets.count:,} secrets is in it")


def _published(folder: Path) -> list[date]:
    """Days of publication that the entries in a folder state."""
    from custanalytics.portfolio.entry import FACTS

    days = []
    for path in sorted(folder.rglob(FACTS)):
        try:
            days.append(date.fromisoformat(json.loads(path.read_text("utf-8"))["published"]))
        except (ValueError, LookupError, TypeError, RecursionError):
            # Not an entry of ours; the test reads it as any other file.
            continue
    return days
