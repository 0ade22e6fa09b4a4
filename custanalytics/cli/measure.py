"""``measure``: whether a contact worked."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custanalytics.cli import arguments
from custanalytics.errors import UsageError

if TYPE_CHECKING:
    from custanalytics.campaigns.effect import CampaignEffect


def add(commands: Any) -> None:
    """Add the command."""
    measure = commands.add_parser(
        "measure",
        help="measure whether contacting customers worked",
        description="Hold the contacted against those left alone, from a list that 'run' wrote "
        "and the sales since; or from the table of a past campaign (--treatment, --converted).",
    )
    measure.add_argument(
        "list", type=Path, metavar="LIST", help="the list that was worked off, or a past campaign"
    )
    arguments.source_options(measure)
    measure.add_argument(
        "--contacted-on", type=arguments.day, metavar="DATE", help="day of the contact"
    )
    measure.add_argument(
        "--window-days",
        type=arguments.positive_days,
        default=90,
        metavar="N",
        help="days after the contact that count (90)",
    )
    measure.add_argument(
        "--segment", metavar="COLUMN", help="column of the list to break the effect down by"
    )
    measure.add_argument(
        "--treatment", metavar="COLUMN", help="past campaign: column that says who was contacted"
    )
    measure.add_argument(
        "--converted", metavar="COLUMN", help="past campaign: column that says who converted"
    )
    measure.add_argument(
        "--control", metavar="VALUE", help="past campaign: value that means left alone"
    )
    measure.add_argument(
        "--by",
        action="append",
        default=[],
        metavar="COLUMN",
        help="past campaign: rank by the effect expected from this column; repeatable",
    )
    measure.set_defaults(action=_measure)


def _measure(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import effect_json, effect_text, print_json, progress

    past = (options.treatment, options.converted)
    if any(past) and not all(past):
        raise UsageError("--treatment and --converted belong together: give both")
    with progress("Measuring the effect"):
        effect = _past(options) if all(past) else _since(options)
    if options.json:
        print_json(effect_json(effect))
    else:
        print(effect_text(effect))


def _since(options: argparse.Namespace) -> "CampaignEffect":
    from custanalytics.campaigns.from_files import measure_list
    from custanalytics.ledger import load

    if options.contacted_on is None or not (options.sales or options.sample):
        raise UsageError(
            "give the sales since and --contacted-on DATE, or --treatment and --converted for "
            "the table of a past campaign"
        )
    sales = load(arguments.sources(options), **arguments.load_options(options))
    return measure_list(
        options.list, sales, options.contacted_on, options.window_days, options.segment
    )


def _past(options: argparse.Namespace) -> "CampaignEffect":
    from custanalytics.campaigns.from_files import measure_past

    if options.sales or options.sample:
        raise UsageError("a past campaign (--treatment) needs no sales: leave them out")
    return measure_past(
        options.list,
        options.treatment,
        options.converted,
        options.segment,
        options.control,
        options.by,
    )
