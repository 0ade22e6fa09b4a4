"""Which template a report is made from, and whether it shows what the report holds."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from custanalytics.bundled import DOCUMENT, template_names
from custanalytics.config import TEMPLATE, RunOptions
from custanalytics.errors import RenderError, SourceError, UsageError
from custanalytics.ledger import Ledger, Mapping

if TYPE_CHECKING:
    from custanalytics.results.store import AnalysisResults

SALES, PURCHASES, PROSPECTS, CAMPAIGN = "sales", "purchases", "prospects", "campaign"
# What a report can hold, in words. A template of ours speaks of what it is named for, else of
# sales; these two show whatever there is.
_HOLDINGS = {
    SALES: "sales with amounts",
    PURCHASES: "purchases without amounts (--no-amount)",
    PROSPECTS: "prospects",
    CAMPAIGN: "the effect of a campaign",
}
_OF_ANYTHING = ("gallery", "published")
# A figure, part, label or text that a document asks for and the report does not have.
_ABSENT = re.compile(r"no picture _figures/|no file '_parts/|to a label that is not there|has no '")


def template_of_run(options: RunOptions) -> str:
    """The template of a run; where purchases are counted without money, one that can do without."""
    held = asked_for(options)
    default = PURCHASES if PURCHASES in held else TEMPLATE
    chosen = template_for(Path(options.out), options.template, default)
    check_fits(chosen, held)
    return chosen


def asked_for(options: RunOptions) -> list[str]:
    """What the report of a run will hold."""
    if isinstance(options.sources, Ledger):
        counted = options.sources.mapping.no_amount
    else:
        file = options.mapping_file
        counted = options.no_amount or (file is not None and Mapping.load(file).no_amount)
    sales = PURCHASES if counted else SALES
    return [sales, PROSPECTS] if options.prospects else [sales]


def held_by(results: "AnalysisResults") -> list[str]:
    """What a report's results are about."""
    sales = PURCHASES if results.settings.no_amount else SALES
    there = {
        sales: results.overview,
        PROSPECTS: results.prospects,
        CAMPAIGN: results.campaign,
    }
    return [name for name, result in there.items() if result is not None]


def check_fits(chosen: str, held: Sequence[str]) -> None:
    """Refuse a template of ours that speaks of what the report does not hold."""
    if chosen in template_names() and chosen not in _fitting(held):
        raise UsageError(
            f"the template {chosen!r} shows {_HOLDINGS[_subject(chosen)]}, and {_offer(held)}"
        )


@contextmanager
def fitting_named(chosen: str, held: Sequence[str]) -> Iterator[None]:
    """Where a template of somebody's own asks for what is not there, say which ones fit."""
    try:
        yield
    except RenderError as error:
        if chosen in template_names() or not _ABSENT.search(str(error)):
            raise
        raise RenderError(
            f"{error}. Perhaps the template is made for other results: {_offer(held)}"
        ) from error


def _offer(held: Sequence[str]) -> str:
    return (
        f"this report holds {' and '.join(_HOLDINGS[name] for name in held)}: give --template "
        f"{' or '.join(_fitting(held))}"
    )


def _fitting(held: Sequence[str]) -> list[str]:
    return [name for name in template_names() if name in _OF_ANYTHING or _subject(name) in held]


def _subject(name: str) -> str:
    return name if name in _HOLDINGS else SALES


def template_for(out: Path, named: str | None, default: str = TEMPLATE) -> str:
    """The template asked for, or that of the report that is there."""
    there = None
    if (out / DOCUMENT).exists():
        from custanalytics.results.store import read_settings

        with suppress(SourceError):
            there = read_settings(out / "results").template
    if there and named and there != named:
        raise UsageError(
            f"{out} holds a report made from the template {there!r}, with its own text; "
            f"give another folder for {named!r} (--out)"
        )
    return named or there or default
