"""``forget``: takes a person out of an engagement."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custanalytics.cli import arguments
from custanalytics.errors import SourceError

if TYPE_CHECKING:
    from custanalytics.privacy.forget import Plan

_OUT_OF_REACH = (
    "backups, copies elsewhere, and the history of a version control system",
    "what was sent: files as they came by mail or link, reports and lists handed over",
    "figures that add them up, in reports that stay and in what is published",
    "this command in your shell's history, and what the disk keeps of deleted files",
)


def add(commands: Any) -> None:
    """Add the command."""
    forget = arguments.command(
        commands,
        _forget,
        "forget",
        "take a person out of an engagement: data, lists and reports",
        "Find a customer in the data, lists and reports of an engagement, and take them out of all "
        "at once; say what was found where, and what can't be reached.",
        "forget C10023 --also ann@example.com --dry-run",
    )
    forget.add_argument(
        "customer", metavar="CUSTOMER", help="the customer's id, as the data has it"
    )
    forget.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="TEXT",
        help="what else names them wherever it stands, such as an e-mail address or a full name; "
        "repeatable",
    )
    forget.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="COLUMN",
        help="column that names customers, by name or number from 1, where no run and no usual "
        "name tells it; repeatable",
    )
    forget.add_argument(
        "--engagement", type=Path, default=Path(), metavar="DIR", help="the engagement's folder"
    )
    forget.add_argument("--dry-run", action="store_true", help="say what would go; change nothing")
    arguments.day_option(forget)
    arguments.json_option(forget)


def _forget(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import show
    from custanalytics.cli.progress import progress
    from custanalytics.config import today
    from custanalytics.engagement.record import read_engagement
    from custanalytics.privacy.forget import carry_out, plan

    engagement = read_engagement(options.engagement)
    with progress("Looking for them"):
        found = plan(
            engagement, options.customer, options.also, options.column, options.made_on or today()
        )
    if not found.finds and not found.mentions:
        raise SourceError(
            f"nobody of that id was found in {engagement.folder.resolve()}: give it as the data "
            "has it, what else names them with --also, and the column with --column where its "
            "name does not tell"
        )
    if not options.dry_run:
        with progress("Taking them out"):
            carry_out(found)
    command = f"custanalytics {engagement.command}"
    show(options, _as_json(found, options.dry_run), _as_text(found, options.dry_run, command))


def _as_json(found: "Plan", is_dry: bool) -> dict[str, Any]:
    return {
        "changed": not is_dry and found.finds,
        "rows": dict(found.rows),
        "reports": dict(found.reports),
        "known_by": found.known_by,
        "pseudonyms": str(found.register) if found.register else None,
        "mentions": dict(found.mentions),
        "unread": list(found.unread),
        "out_of_reach": list(_OUT_OF_REACH),
    }


def _as_text(found: "Plan", is_dry: bool, command: str) -> str:
    from custanalytics.cli.printed import aligned, listed

    would = "Would be" if is_dry else "Were"
    parts = []
    if found.rows:
        rows = {name: f"{n:,} rows" if n > 1 else "1 row" for name, n in found.rows.items()}
        parts.append(listed(f"{would} taken out", aligned(rows).splitlines()))
    if found.known_by:
        n = found.known_by
        what = "1 address or number" if n == 1 else f"{n} addresses and numbers"
        parts.append(f"They were also looked for by {what} found beside the id.")
    if found.register:
        parts.append(f"{would} taken off the list of pseudonyms: {found.register}")
    if found.reports:
        places = {f"{name}/": f"found {n:,} times" for name, n in found.reports.items()}
        parts.append(
            listed(f"{would} removed from, all that runs have made", aligned(places).splitlines())
            + f"\n  Make them again, without them: {command}"
        )
    elif found.rows:
        parts.append(f"Figures of earlier runs still count them; make them again: {command}")
    if found.mentions:
        places = {name: f"{n:,} passages" if n > 1 else "1 passage" for name, n in
                  found.mentions.items()}  # fmt: skip
        parts.append(listed("Left for you to read and edit", aligned(places).splitlines()))
    if found.unread:
        parts.append(listed("Could not be looked into", list(found.unread)))
    parts.append(listed("Out of reach, and left to you", list(_OUT_OF_REACH)))
    if is_dry:
        parts.append("Nothing was changed.")
    return "\n\n".join(parts)
