"""``run``, ``render``, ``templates``: making reports."""

import argparse
from collections.abc import Sequence
from typing import Any

from custanalytics.cli import arguments
from custanalytics.cli.engagement import make_report, report_options
from custanalytics.cli.opening import open_option, show_page
from custanalytics.config import RenderOptions, RunOptions


def add(commands: Any) -> None:
    """Add the commands."""
    run = arguments.command(
        commands,
        _run,
        "run",
        "make a report from a sales export",
        "Make a report folder (HTML, PDF, lists, results) from a sales export. In an "
        "engagement's folder, files and options come from engagement.toml.",
        "run sales.csv --client 'Hearth & Home' --margin 0.4",
    )
    arguments.sales_options(run, "SALES", "one sales export")
    report_options(run)
    arguments.config_options(run, RunOptions)

    again = arguments.command(
        commands,
        _render,
        "render",
        "render a report folder again",
        "Render a report folder again without refitting; edits in it are kept.",
        "render report --format pptx",
    )
    arguments.path(again, "folder", "what 'run' made")
    arguments.json_option(again)
    open_option(again)
    arguments.config_options(again, RenderOptions)

    known = arguments.command(
        commands,
        _templates,
        "templates",
        "list the report templates",
        "List the report templates that come with custanalytics.",
        "templates",
    )
    arguments.json_option(known)


def _run(options: argparse.Namespace, given: Sequence[str]) -> None:
    from custanalytics.pipeline import run

    make_report(options, given, run, "a sales export", "shop.csv")


def _render(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import files_text, paths, show
    from custanalytics.cli.progress import progress
    from custanalytics.engagement.documents import is_document, render_document
    from custanalytics.pipeline import rerender

    how = arguments.checked(options, folder=options.folder)
    with progress("Writing the report"):
        if is_document(options.folder) and how.template is None:
            files = render_document(options.folder, how.formats, how.renderer)
        else:
            files = rerender(**vars(how))
    show(options, {"files": paths(files)}, files_text(files))
    show_page(options, files)


def _templates(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import aligned, show
    from custanalytics.render.pages.templates import templates

    known = dict(templates())
    show(options, known, aligned(known))
