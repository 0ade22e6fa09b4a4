"""``measure``: whether a contact worked."""

import argparse
import dataclasses
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from custanalytics.cli import arguments
from custanalytics.cli.opening import open_option, show_page
from custanalytics.config import MeasureOptions
from custanalytics.errors import UsageError

if TYPE_CHECKING:
    from custanalytics.campaigns.effect import CampaignEffect


def add(commands: Any) -> None:
    """Add the command."""
    measure = arguments.command(
        commands,
        _measure,
        "measure",
        "measure whether contacting customers worked",
        "Hold the contacted against those left alone, from a list that 'run' wrote (its control "
        "group lies beside it) and the sales since; or from the table of a past campaign "
        "(--treatment, --converted). --out FOLDER makes a report of it.",
        "measure contact.csv sales.csv --contacted-on 2026-07-01",
    )
    arguments.path(measure, "list", "the list that was worked off, or a past campaign")
    arguments.sales_options(measure, "SALES", "the sales since")
    open_option(measure)
    arguments.config_options(measure, MeasureOptions)


def _measure(options: argparse.Namespace, given: Sequence[str]) -> None:
    from custanalytics.cli.printed import files_text, paths, show
    from custanalytics.cli.printed_effect import effect_json, effect_text
    from custanalytics.cli.progress import progress

    how: MeasureOptions = arguments.checked(options)
    with progress("Measuring the effect"):
        effect = _past(options, how) if how.treatment else _since(options, how)
    folder = how.out
    if folder is None:
        show(options, effect_json(effect), effect_text(effect))
        return
    from custanalytics.pipeline import report_effect

    how = dataclasses.replace(how, command=shlex.join(["custanalytics", *given]))
    with progress("Writing the report"):
        report = report_effect(effect, how, folder)
    show(
        options,
        effect_json(effect) | {"files": paths(report.files)},
        f"{effect_text(effect)}\n\n{files_text(report.files)}",
    )
    show_page(options, report.files)


def _since(options: argparse.Namespace, how: MeasureOptions) -> "CampaignEffect":
    from custanalytics.campaigns.from_files import measure_list
    from custanalytics.reading import read_sales

    if how.contacted_on is None or not (options.sources or options.sample):
        raise UsageError(
            "give the sales since and --contacted-on DATE, or --treatment and --converted for "
            "the table of a past campaign"
        )
    files = arguments.sources(options, "a sales export", "shop.csv")
    sales = read_sales(files, how)
    return measure_list(options.list, sales, how.contacted_on, how.window_days, how.segment)


def _past(options: argparse.Namespace, how: MeasureOptions) -> "CampaignEffect":
    from custanalytics.campaigns.from_files import measure_past

    if options.sources or options.sample:
        raise UsageError("a past campaign (--treatment) needs no sales: leave them out")
    columns = (how.treatment or "", how.converted or "")
    return measure_past(
        options.list, *columns, how.segment, how.control, how.by, how.currency or ""
    )
