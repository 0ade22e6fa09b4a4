"""``publish``: a public entry of a finished engagement."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from custanalytics.cli import arguments
from custanalytics.config import today


def add(commands: Any) -> None:
    """Add the command."""
    publish = commands.add_parser(
        "publish",
        help="show a finished engagement in a portfolio, without giving the client away",
        description=(
            "Make an entry of a portfolio from a finished engagement: muted, unless the data are "
            "open, and tested for leaks before anything is put in place."
        ),
        epilog="example:\n  custanalytics publish acme --to mine",
    )
    publish.add_argument("engagement", type=Path, metavar="ENGAGEMENT", help="its folder")
    publish.add_argument(
        "--to", type=Path, required=True, metavar="PORTFOLIO", help="the portfolio's folder"
    )
    publish.add_argument(
        "--confirm",
        default="",
        metavar="CODE",
        help="the texts of your own that were listed may be read by anybody",
    )
    arguments.renderer_option(publish)
    arguments.day_option(publish, "the day of publication; once published, it stays")
    arguments.json_option(publish)
    publish.set_defaults(action=_publish)


def _publish(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import print_json, progress
    from custanalytics.portfolio.publish import publish_engagement

    done = publish_engagement(
        options.engagement,
        options.to,
        options.made_on or today(),
        confirm=options.confirm,
        renderer=options.renderer,
        step=progress,
    )
    page = done.site / "entries" / done.entry.slug / "index.html"
    if options.json:
        print_json(
            {
                "slug": done.entry.slug,
                "muted": done.entry.muted,
                "entry": str(done.folder),
                "page": str(page),
                "record": str(done.record),
                "write_up": str(done.write_up),
            }
        )
        return
    how = "muted, tested for leaks" if done.entry.muted else "open data, shown as they are"
    print(f"Published “{done.entry.title}” ({how})")
    print(f"  look at it:    {page}")
    print(f"  its text:      {done.write_up / 'report.qmd'} is yours to edit; publish again then")
    if done.entry.muted:
        print(f"  keep private:  {done.record}")
