"""``publish``: a public entry of a finished engagement."""

import argparse
from collections.abc import Sequence
from typing import Any

from custanalytics.cli import arguments
from custanalytics.config import today


def add(commands: Any) -> None:
    """Add the command."""
    publish = arguments.command(
        commands,
        _publish,
        "publish",
        "show a finished engagement in a portfolio, without giving the client away",
        "Make an entry of a portfolio from a finished engagement: muted, unless the data are "
        "open, and tested for leaks before anything is put in place.",
        "publish acme --to mine",
    )
    arguments.path(publish, "engagement", "its folder")
    arguments.path(publish, "--to", "the portfolio's folder", required=True, metavar="PORTFOLIO")
    publish.add_argument(
        "--confirm",
        default="",
        metavar="CODE",
        help="the texts of your own that were listed may be read by anybody",
    )
    arguments.renderer_option(publish)
    arguments.day_option(publish, "the day of publication; once published, it stays")
    arguments.json_option(publish)


def _publish(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import paths, show
    from custanalytics.cli.progress import progress
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
    made = {"entry": done.folder, "page": page, "record": done.record, "write_up": done.write_up}
    how = "muted, tested for leaks" if done.entry.muted else "open data, shown as they are"
    lines = [
        f"Published “{done.entry.title}” ({how})",
        f"  look at it:    {page}",
        f"  its text:      {done.write_up / 'report.qmd'} is yours to edit; publish again then",
    ]
    if done.entry.muted:
        lines.append(f"  keep private:  {done.record}")
    content = {"slug": done.entry.slug, "muted": done.entry.muted, **paths(made)}
    show(options, content, "\n".join(lines))
