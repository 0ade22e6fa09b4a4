"""The options of each command, and what the results keep of them."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from custanalytics.config import kinds
from custanalytics.config.option import CAMPAIGN, COMPUTING, PROSPECTS, REPORT, about, option
from custanalytics.config.options import (
    Contact,
    Estimates,
    Prospects,
    Pseudonyms,
    Reading,
    Rendering,
    Report,
    Scope,
)
from custanalytics.progress import Step

TEMPLATE = "customer-value"


def _template_option(default: str) -> Any:
    return option(
        None,
        "report template, or a folder of your own; 'custanalytics templates' lists them",
        kinds.REPORT_TEMPLATE,
        default=default,
        group=REPORT,
    )


def _out(default: str) -> Any:
    return option(default, "report folder", kinds.FOLDER, group=REPORT, in_record=False)


STEP = about("Called with each step's name; returns a context manager that is held meanwhile.")
PROGRESS = about(
    "Whether one line says how far it is: by default in the cell of a notebook alone, if True on "
    "standard error elsewhere, too."
)
CONNECTION = about(
    "Where `sources` are queries: an engine or a connection of SQLAlchemy, or one of ADBC, DuckDB, "
    "Ibis or any driver with a cursor."
)
COMMAND = about("The command that makes the report again, as the report states it.")


@dataclass(frozen=True)
class CheckOptions(Reading):
    """Options of ``check``."""


@dataclass(frozen=True)
class RunOptions(Rendering, Report, Prospects, Contact, Estimates, Scope, Reading):
    """Options of ``run``."""

    sources: Any = field(
        metadata=about(
            "The files of one sales export, tables or queries, as `load` takes them; or a ledger "
            "that it returned."
        )
    )
    out: Path | str = _out("report")
    _: dataclasses.KW_ONLY
    connection: Any = field(default=None, metadata=CONNECTION)
    prospects: Sequence[Any] = option(
        (),
        "table of prospects to score as well",
        kinds.TABLE,
        many=True,
        reads=True,
        group=PROSPECTS,
    )
    template: str | None = _template_option(TEMPLATE)
    progress: bool | None = field(default=None, metadata=PROGRESS)
    step: Step | None = field(default=None, metadata=STEP)
    command: str = field(default="", metadata=COMMAND)


@dataclass(frozen=True)
class ProspectsOptions(Rendering, Report, Contact, Prospects, Pseudonyms):
    """Options of ``prospects``."""

    # Without sales nothing says what a conversion is worth.
    needs: ClassVar[Mapping[str, str]] = {"contact_cost": "conversion_value"}

    sources: Any = field(
        metadata=about("The files of one table of prospects, or the table; some are decided.")
    )
    out: Path | str = _out("prospects-report")
    _: dataclasses.KW_ONLY
    connection: Any = field(default=None, metadata=CONNECTION)
    currency: str | None = option(
        None, "currency of cost and value, such as EUR", kinds.CURRENCY, group=COMPUTING
    )
    template: str | None = _template_option("prospects")
    progress: bool | None = field(default=None, metadata=PROGRESS)
    step: Step | None = field(default=None, metadata=STEP)
    command: str = field(default="", metadata=COMMAND)


@dataclass(frozen=True)
class RenderOptions(Rendering):
    """Options of ``render``."""

    folder: Path | str = field(metadata=about("A folder that `run` made."))
    _: dataclasses.KW_ONLY
    template: str | None = option(
        None,
        "make a further report by another template, in --out",
        kinds.REPORT_TEMPLATE,
        needs="out",
        group=REPORT,
    )
    out: Path | str | None = option(
        None, "folder of the further report", kinds.FOLDER, needs="template", group=REPORT
    )


@dataclass(frozen=True, kw_only=True)
class MeasureOptions(Rendering, Report, Reading):
    """Options of ``measure``."""

    out: Path | str | None = option(
        None,
        "make a report of the effect in this folder, with its results as JSON",
        kinds.FOLDER,
        group=REPORT,
        in_record=False,
    )
    contacted_on: date | None = option(None, "day of the contact", kinds.DAY, group=COMPUTING)
    window_days: int = option(90, "days after the contact that count", kinds.DAYS, group=COMPUTING)
    segment: str | None = option(
        None, "column of the list to break the effect down by", kinds.COLUMN, group=COMPUTING
    )
    treatment: str | None = option(
        None, "column that says who was contacted", kinds.COLUMN, group=CAMPAIGN, needs="converted"
    )
    converted: str | None = option(
        None, "column that says who converted", kinds.COLUMN, group=CAMPAIGN, needs="treatment"
    )
    control: str | None = option(
        None,
        "value of --treatment that means left alone, where it is not clear",
        kinds.VALUE,
        group=CAMPAIGN,
        needs="treatment",
    )
    by: Sequence[str] = option(
        (),
        "rank by the effect expected from this column, known before the contact",
        kinds.COLUMN,
        many=True,
        group=CAMPAIGN,
        needs="treatment",
    )
    template: str | None = _template_option("campaign")
    command: str = field(default="", metadata=COMMAND)


# The commands that answer an engagement.
COMMANDS: Mapping[str, type[Any]] = {
    "run": RunOptions,
    "prospects": ProspectsOptions,
    "measure": MeasureOptions,
}


@dataclass(frozen=True)
class Settings(Report, Contact, Estimates):
    """What a run was asked to do, and what it took for granted, as the results keep it.

    Attributes
    ----------
    observation_end : date
        Last day that counts (``--as-of``, else the last day in the data).
    currency : str
        ISO 4217 code; empty where the data names none.
    command : str
        The command that makes the report again.
    version : str
        The version of custanalytics that computed the results.
    template : str
        The report template: a name, or the path of a folder.
    made_on : date
        The date of making that the report states; ``date.min``: none.
    conditions : dict
        Segment of one's own -> its condition, where it was given as a text.
    no_amount : bool
        Purchases are counted, without money: a purchase comes to 1.
    """

    observation_end: date
    currency: str = ""
    command: str = ""
    version: str = ""
    template: str = TEMPLATE
    made_on: date = field(default=date.min, kw_only=True)
    conditions: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    no_amount: bool = field(default=False, kw_only=True)
