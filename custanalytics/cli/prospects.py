"""``prospects``, ``score``: which prospects convert."""

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
    learn = commands.add_parser(
        "prospects",
        help="learn which prospects convert, and score the open ones",
        description="Make a report folder from a table of prospects, some of them decided: "
        "which convert, how sure that is, whom to contact.",
    )
    learn.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="the files of one table of prospects"
    )
    learn.add_argument("--sample", action="store_true", help="take the bundled prospects instead")
    arguments.prospect_options(learn)
    arguments.folder_option(learn, "prospects-report")
    arguments.render_options(learn)
    learn.add_argument(
        "--template", metavar="NAME", help="report template, or a folder of your own (prospects)"
    )
    arguments.title_options(learn)
    arguments.money_options(learn)
    learn.add_argument("--currency", default="", metavar="CODE", help="currency of cost and value")
    learn.add_argument("--json", action="store_true", help="print one JSON object")
    learn.set_defaults(action=_prospects, parser=learn)

    score = commands.add_parser(
        "score",
        help="score a later table of prospects",
        description="Score a later table of prospects by the model that a report has learned.",
    )
    score.add_argument("folder", type=Path, metavar="FOLDER", help="the report that learned it")
    score.add_argument("files", nargs="+", type=Path, metavar="FILE", help="the later table")
    score.add_argument(
        "--out", type=Path, default=Path("scored.csv"), metavar="FILE", help="list (scored.csv)"
    )
    score.set_defaults(action=_score)


def _prospects(options: argparse.Namespace, given: Sequence[str]) -> None:
    from custanalytics.cli.printed import print_json, progress, run_json, run_text
    from custanalytics.pipeline import run_prospects

    inside = Inside(options, given, "files")
    options = inside.options
    if (options.contact_cost is None) != (options.conversion_value is None):
        raise UsageError("--contact-cost and --conversion-value belong together: give both")
    report = run_prospects(
        arguments.leads(options, _files(options)),
        options.out,
        formats=arguments.formats(options),
        renderer=options.renderer,
        pptx_template=options.pptx_template,
        template=options.template,
        step=progress,
        locale=options.locale,
        title=options.title,
        client=options.client,
        author=options.author,
        mark=options.mark,
        made_on=options.made_on or arguments.today(),
        seed=options.seed,
        currency=options.currency,
        contact_cost=options.contact_cost,
        conversion_value=options.conversion_value,
        command=shlex.join(["custanalytics", *given]),
    )
    inside.record()
    if options.json:
        print_json(run_json(report))
    else:
        print(run_text(report))


def _files(options: argparse.Namespace) -> Sequence[Path]:
    if options.sample and options.files:
        raise UsageError("give either the files of a table of prospects or --sample, not both")
    if options.sample:
        from custanalytics.bundled import sample_data_dir

        return [sample_data_dir() / "leads.csv"]
    if not options.files:
        raise UsageError("give a table of prospects, or --sample for the bundled one")
    files: list[Path] = options.files
    return files


def _score(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import progress
    from custanalytics.pipeline import score_prospects

    with progress("Scoring the prospects"):
        scored = score_prospects(options.folder, options.files, options.out)
    print(f"{len(scored):,} prospects scored, most likely first: {options.out}")
