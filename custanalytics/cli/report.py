"""``run``, ``render``, ``templates``: making reports."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from custanalytics.cli import arguments
from custanalytics.cli.engagement import Inside
from custanalytics.config import Configuration, RenderOptions, RunOptions


def add(commands: Any) -> None:
    """Add the commands."""
    run = commands.add_parser(
        "run",
        help="make a report from a sales export",
        description="Make a report folder (HTML, PDF, lists, results) from a sales export. "
        "In an engagement's folder, files and options come from engagement.toml.",
        epilog="example:\n  custanalytics run sales.csv --client 'Hearth & Home' --margin 0.4",
    )
    arguments.sales_options(run, "SALES", "one sales export")
    arguments.config_options(run, RunOptions)
    run.set_defaults(action=_run)

    again = commands.add_parser(
        "render",
        help="render a report folder again",
        description="Render a report folder again without refitting; edits in it are kept.",
        epilog="example:\n  custanalytics render report --format pptx",
    )
    again.add_argument("folder", type=Path, metavar="FOLDER", help="what 'run' made")
    arguments.json_option(again)
    arguments.config_options(again, RenderOptions)
    again.set_defaults(action=_render)

    known = commands.add_parser(
        "templates",
        help="list the report templates",
        description="List the report templates that come with custanalytics.",
        epilog="example:\n  custanalytics templates",
    )
    arguments.json_option(known)
    known.set_defaults(action=_templates)


def _run(options: argparse.Namespace, given: Sequence[str]) -> None:
    from custanalytics.cli.printed import print_json, run_json, run_text
    from custanalytics.pipeline import run

    inside = Inside(options, given, "a sales export", "shop.csv")
    report = run(**vars(inside.options))
    inside.record()
    if options.json:
        print_json(run_json(report))
    else:
        print(run_text(report))


def _render(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import listed, paths, print_json, progress
    from custanalytics.engagement import is_document, render_document
    from custanalytics.pipeline import rerender

    configuration = Configuration(RenderOptions)
    arguments.collected(options, configuration)
    how = configuration.build(folder=options.folder)
    with progress("Writing the report"):
        if is_document(options.folder) and how.template is None:
            files = render_document(options.folder, how.formats, how.renderer)
        else:
            files = rerender(**vars(how))
    if options.json:
        print_json({"files": paths(files)})
    else:
        print(listed("Files", [str(path) for path in files.values()]))


def _templates(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import print_json
    from custanalytics.render import templates

    found = dict(templates())
    if options.json:
        print_json(found)
    else:
        width = max(map(len, found))
        print("\n".join(f"{name:{width}}  {about}" for name, about in found.items()))
