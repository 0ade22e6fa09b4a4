"""``portfolio``: the site that shows finished work."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from custanalytics.cli import arguments


def add(commands: Any) -> None:
    """Add the command."""
    portfolio = commands.add_parser(
        "portfolio",
        help="build the site of a portfolio of finished projects",
        description="Build the static site of a portfolio; what its folder lacks is written.",
        epilog="example:\n  custanalytics portfolio mine --github-pages",
    )
    portfolio.add_argument(
        "folder", type=Path, metavar="PORTFOLIO", help="the portfolio's folder; made when absent"
    )
    portfolio.add_argument(
        "--github-pages",
        action="store_true",
        help="also write the workflow that publishes the site on GitHub Pages",
    )
    arguments.renderer_option(portfolio)
    arguments.json_option(portfolio)
    portfolio.set_defaults(action=_portfolio)


def _portfolio(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import listed, print_json, progress
    from custanalytics.portfolio.entry import read_entries
    from custanalytics.portfolio.folder import create_portfolio, read_portfolio
    from custanalytics.portfolio.hosting import write_github_pages
    from custanalytics.portfolio.publish import look_for_leaks
    from custanalytics.portfolio.site import build_site

    untested: tuple[str, ...] = ()
    if options.folder.exists():
        with progress("Looking for leaks"):
            untested = look_for_leaks(create_portfolio(options.folder), options.renderer)
    with progress("Building the site"):
        site = build_site(options.folder, renderer=options.renderer)
    files = {"site": site, "index": site / "index.html"}
    if options.github_pages:
        files["github_pages"] = write_github_pages(options.folder)
    portfolio, entries = read_portfolio(options.folder), read_entries(options.folder)
    if options.json:
        print_json(
            {
                "files": {name: str(path) for name, path in files.items()},
                "entries": [entry.slug for entry in entries],
                "untested": list(untested),
                "unfinished": portfolio.unfinished,
            }
        )
        return
    print(listed("Site", [str(path) for name, path in files.items() if name != "site"]))
    print(listed("Projects", [entry.title for entry in entries] or ["none yet"]))
    if untested:
        print(listed("Not tested for leaks, as their engagement is not on this machine", untested))
    if portfolio.unfinished:
        print(listed("Still to do", portfolio.unfinished))
