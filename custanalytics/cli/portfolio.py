"""``portfolio``: the site that shows finished work."""

import argparse
from collections.abc import Sequence
from typing import Any

from custanalytics.cli import arguments
from custanalytics.cli.opening import open_option, show_page


def add(commands: Any) -> None:
    """Add the command."""
    portfolio = arguments.command(
        commands,
        _portfolio,
        "portfolio",
        "build the site of a portfolio of finished projects",
        "Build the static site of a portfolio; what its folder lacks is written.",
        "portfolio mine --github-pages",
    )
    made = "the portfolio's folder; made when absent"
    arguments.path(portfolio, "folder", made, metavar="PORTFOLIO")
    portfolio.add_argument(
        "--github-pages",
        action="store_true",
        help="also write the workflow that publishes the site on GitHub Pages",
    )
    arguments.renderer_option(portfolio)
    arguments.json_option(portfolio)
    open_option(portfolio)


def _portfolio(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import listed, paths, show
    from custanalytics.cli.progress import progress
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
    content = {
        "files": paths(files),
        "entries": [entry.slug for entry in entries],
        "untested": list(untested),
        "unfinished": portfolio.unfinished,
    }
    lists = {
        "Site": [str(path) for name, path in files.items() if name != "site"],
        "Projects": [entry.title for entry in entries] or ["none yet"],
        "Not tested for leaks, as their engagement is not on this machine": untested,
        "Still to do": portfolio.unfinished,
    }
    text = "\n".join(listed(title, items) for title, items in lists.items() if items)
    show(options, content, text)
    show_page(options, {"html": files["index"]})
