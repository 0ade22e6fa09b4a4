"""``run``, ``render``, ``templates``: making reports."""

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from custanalytics.cli import arguments
from custanalytics.cli.engagement import Inside
from custanalytics.errors import UsageError


def add(commands: Any) -> None:
    """Add the commands."""
    run = commands.add_parser(
        "run",
        help="make a report from a sales export",
        description="Make a report folder (HTML, PDF, lists, results) from a sales export.",
    )
    arguments.source_options(run)
    arguments.folder_option(run, "report")
    arguments.render_options(run)
    run.add_argument(
        "--template",
        metavar="NAME",
        help="report template, or a folder of your own (customer-value)",
    )
    arguments.title_options(run)
    run.add_argument(
        "--as-of",
        type=arguments.day,
        metavar="DATE",
        help="last day that counts (the last in the data)",
    )
    run.add_argument(
        "--horizon-days",
        type=arguments.positive_days,
        default=365,
        metavar="N",
        help="how far customer value looks ahead (365)",
    )
    run.add_argument(
        "--window-days",
        type=arguments.positive_days,
        default=90,
        metavar="N",
        help="how far the chance of a next purchase looks ahead (90)",
    )
    run.add_argument(
        "--margin",
        type=arguments.share,
        metavar="SHARE",
        help="contribution margin, 0.35 for 35 %%",
    )
    run.add_argument(
        "--annual-discount-rate",
        type=arguments.share,
        default=0.10,
        metavar="SHARE",
        help="yearly discount rate for future money (0.10)",
    )
    arguments.money_options(run)
    run.add_argument(
        "--prospects",
        action="append",
        type=Path,
        metavar="FILE",
        help="table of prospects to score as well; repeatable",
    )
    arguments.prospect_options(run)
    run.set_defaults(action=_run, parser=run)

    again = commands.add_parser(
        "render",
        help="render a report folder again",
        description="Render a report folder again without refitting; edits in it are kept.",
    )
    again.add_argument("folder", type=Path, metavar="FOLDER", help="what 'run' made")
    arguments.render_options(again)
    again.add_argument(
        "--template", metavar="NAME", help="make a further report by another template, in --out"
    )
    again.add_argument("--out", type=Path, metavar="DIR", help="folder of the further report")
    again.add_argument("--json", action="store_true", help="print one JSON object")
    again.set_defaults(action=_render)

    known = commands.add_parser(
        "templates",
        help="list the report templates",
        description="List the report templates that come with custanalytics.",
    )
    known.add_argument("--json", action="store_true", help="print one JSON object")
    known.set_defaults(action=_templates)


def _run(options: argparse.Namespace, given: Sequence[str]) -> None:
    from custanalytics.cli.printed import print_json, progress, run_json, run_text
    from custanalytics.pipeline import run

    inside = Inside(options, given, "sales")
    options = inside.options
    arguments.need_cost(options)
    named = options.outcome or options.positive or options.prospect_date or options.keep
    if named and not options.prospects:
        raise UsageError("--outcome, --positive, --prospect-date and --keep need --prospects FILE")
    load_options = arguments.load_options(options)
    if options.made_on is not None:
        load_options["today"] = options.made_on
    report = run(
        arguments.sources(options),
        options.out,
        as_of=options.as_of,
        formats=arguments.formats(options),
        renderer=options.renderer,
        pptx_template=options.pptx_template,
        template=options.template,
        load_options=load_options,
        prospects=arguments.leads(options, options.prospects) if options.prospects else None,
        step=progress,
        horizon_days=options.horizon_days,
        window_days=options.window_days,
        annual_discount_rate=options.annual_discount_rate,
        margin=options.margin,
        locale=options.locale,
        title=options.title,
        client=options.client,
        author=options.author,
        mark=options.mark,
        made_on=options.made_on or arguments.today(),
        seed=options.seed,
        contact_cost=options.contact_cost,
        conversion_value=options.conversion_value,
        command=shlex.join(["custanalytics", *given]),
    )
    inside.record()
    if options.json:
        print_json(run_json(report))
    else:
        print(run_text(report))


def _render(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import listed, paths, print_json, progress
    from custanalytics.engagement import is_document, render_document
    from custanalytics.pipeline import rerender

    how = (arguments.formats(options), options.renderer)
    with progress("Writing the report"):
        if is_document(options.folder) and options.template is None:
            files = render_document(options.folder, *how)
        else:
            files = rerender(
                options.folder, *how, options.template, options.out, options.pptx_template
            )
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
