"""Every option, declared once: type, default, bounds and words; in groups that commands share."""

import functools
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from custanalytics.config import kinds
from custanalytics.config.option import COMPUTING, PROSPECTS, READING, RENDERING, REPORT, option

if TYPE_CHECKING:
    from custanalytics.customers.rfm import Segment

FORMATS = ("html", "pdf", "docx", "pptx", "xlsx")
RENDERERS = ("auto", "embedded", "quarto")


@dataclass(frozen=True, kw_only=True)
class Pseudonyms:
    """Whether customers are named."""

    group: ClassVar[str] = REPORT

    pseudonymise: Path | str | None = option(
        None,
        "pseudonyms in place of customers' ids, by a key of yours: a file outside the report, made "
        "where there is none, beside which FILE.csv says who is who; or env:NAME, a variable that "
        "holds the key",
        kinds.KEY,
    )


@dataclass(frozen=True, kw_only=True)
class Reading(Pseudonyms):
    """How a sales export is read: what `custanalytics.load` takes."""

    group: ClassVar[str] = READING

    mapping: Mapping[str, str | int] | None = option(
        None,
        "column of a role, by name or number from 1; 'none' leaves the role out. Roles: "
        "customer_id, order_id, ordered_at, amount (or quantity and unit_price), product, "
        "currency, status",
        kinds.ROLE,
        flag="map",
        many=True,
    )
    mapping_file: Path | str | None = option(
        None, "a mapping.toml that an earlier run wrote", kinds.FILE, flag="mapping", reads=True
    )
    currency: str | None = option(None, "currency of the amounts, such as EUR", kinds.CURRENCY)
    date_order: str | None = option(
        None, "order of day, month and year, for dates that don't tell", kinds.DATE_ORDER
    )
    decimal: str | None = option(None, "decimal sign, for amounts that don't tell", kinds.DECIMAL)
    rates: Mapping[str, Decimal | float | str] | None = option(
        None, "units of the currency for one unit of another", kinds.RATE, flag="rate", many=True
    )
    sale: Sequence[str] = option(
        (), "state of an order, as the file writes it, that is a sale", kinds.VALUE, many=True
    )
    not_a_sale: Sequence[str] = option(
        (), "state of an order that is no sale", kinds.VALUE, many=True
    )
    encoding: str | None = option(
        None, "encoding of the text files, such as cp1250, where it is not found right", kinds.VALUE
    )
    no_mend: bool = option(
        False, "set aside torn lines, also where only one mending fits all columns", kinds.FLAG
    )
    customer_key: Sequence[str | int] = option(
        (),
        "column that names the customer, in order of trust: where one is blank, the next one does",
        kinds.COLUMN,
        many=True,
    )
    since: date | None = option(
        None, "first day that counts", kinds.DAY, flag="from", default="the first in the data"
    )
    where: Sequence[str] = option(
        (),
        "only rows with this value; several of one column are alternatives",
        kinds.CONDITION,
        many=True,
    )
    join: Sequence[Any] = option(
        (),
        "table of customers or of products, one row for each, whose columns are put beside the "
        "sales",
        kinds.TABLE,
        many=True,
        reads=True,
    )
    in_cents: bool = option(False, "the amounts are cents", kinds.FLAG)
    no_amount: bool = option(
        False, "count purchases, without money: for files that have no amounts", kinds.FLAG
    )
    max_unreadable: float = option(
        0.02, "highest share of lines that may be unreadable", kinds.SHARE
    )
    drop_duplicates: bool = option(
        False, "leave out lines that repeat another one in every column", kinds.FLAG
    )
    engine: str | None = option(
        None,
        "server that holds the sales, which stay there, such as postgresql://USER@HOST/DATABASE "
        "(password in PGPASSWORD); SALES is then a table, or a file.sql with a SELECT",
        kinds.ADDRESS,
    )


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which sales count, and who belongs together."""

    group: ClassVar[str] = COMPUTING

    as_of: date | None = option(
        None, "last day that counts", kinds.DAY, default="the last in the data"
    )
    segments: "Sequence[Segment] | Path | str | None" = option(
        None,
        "rules of your own for the segments, as [[segment]] sections with name, rule, when (such "
        "as total_spend >= 500 and r_score >= 3), action and contact",
        kinds.SEGMENTS,
        reads=True,
    )

    @property
    def rules(self) -> "Sequence[Segment]":
        """The segments, read where they are in a file."""
        from custanalytics.customers.rfm import SEGMENTS
        from custanalytics.customers.segment_rules import read_segments

        if isinstance(self.segments, str | Path):
            return read_segments(self.segments)
        return SEGMENTS if self.segments is None else self.segments


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """How far the estimates look ahead, and what money counts."""

    group: ClassVar[str] = COMPUTING

    horizon_days: int = option(365, "how far customer value looks ahead", kinds.DAYS)
    window_days: int = option(90, "how far the chance of a next purchase looks ahead", kinds.DAYS)
    annual_discount_rate: float = option(0.10, "yearly discount rate for future money", kinds.SHARE)
    margin: float | None = option(
        None, "contribution margin, 0.35 for 35 %; without it, values are revenue", kinds.MARGIN
    )


@dataclass(frozen=True, kw_only=True)
class Contact:
    """What a contact costs, and a conversion brings."""

    group: ClassVar[str] = COMPUTING

    contact_cost: float | None = option(
        None, "cost of contacting one of them: gives the profit curve of a campaign", kinds.MONEY
    )
    conversion_value: float | None = option(
        None, "what one conversion is worth", kinds.MONEY, needs="contact_cost"
    )


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the report says of itself, and how it writes figures."""

    group: ClassVar[str] = REPORT

    title: str = option("", "title of the report", kinds.text("TEXT"))
    client: str = option("", "whom the report is for", kinds.text("NAME"))
    author: str = option("", "who made it", kinds.text("NAME"))
    mark: str = option("", "word on every page, such as Confidential or Draft", kinds.text("WORD"))
    locale: str = option(
        "en_GB",
        "language, and how numbers and dates are written: English, German (de_DE), French "
        "(fr_FR), Spanish (es_ES); en_DE is English with German numbers. Where it has decimal "
        "commas, the CSV lists have them too, and semicolons, as its spreadsheets expect",
        kinds.LOCALE,
    )
    made_on: date | None = option(
        None, "date of making that the report states", kinds.DAY, default="today"
    )
    seed: int = option(0, "seed of everything random", kinds.SEED)


_of_prospects = functools.partial(option, needs="prospects")


@dataclass(frozen=True, kw_only=True)
class Prospects:
    """How a table of prospects is read."""

    group: ClassVar[str] = PROSPECTS

    outcome: str | None = _of_prospects(
        None, "column that says who converted, where it is not clear", kinds.COLUMN
    )
    positive: str | None = _of_prospects(
        None, "its value that means converted, such as yes", kinds.VALUE
    )
    won: Sequence[str] = _of_prospects(
        (), "another value of it that means converted", kinds.VALUE, many=True
    )
    lost: Sequence[str] = _of_prospects(
        (), "value of it that means not converted; 'blank' is none", kinds.VALUE, many=True
    )
    still_open: Sequence[str] = _of_prospects(
        (), "value of it that means not decided yet", kinds.VALUE, many=True
    )
    prospect_date: str | None = _of_prospects(
        None, "column with the day a prospect came in", kinds.COLUMN
    )
    prospects_date_order: str | None = _of_prospects(
        None,
        "order of day, month and year in the prospects, where they don't tell",
        kinds.DATE_ORDER,
    )
    prospects_decimal: str | None = _of_prospects(
        None, "decimal sign in the prospects, where they don't tell", kinds.DECIMAL
    )
    keep: Sequence[str] = _of_prospects(
        (), "use this column although it seems to give the outcome away", kinds.REASONED, many=True
    )
    drop: Sequence[str] = _of_prospects(
        (),
        "leave this column out, such as 'tag=set after the call'; the report gives the reason",
        kinds.REASONED,
        many=True,
    )


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """What is rendered, and by whom: nothing that changes a result."""

    group: ClassVar[str] = RENDERING

    formats: Sequence[str] = option(
        ("html", "pdf"),
        "what to write: page, PDF, Word, slides, workbook, or all",
        kinds.some_of(*FORMATS),
        flag="format",
        many=True,
        adds_up=False,
    )
    renderer: str = option(
        "auto",
        "auto: Quarto where its command is found, else the embedded renderer",
        kinds.one_of(*RENDERERS),
    )
    pptx_template: Path | str | None = option(
        None, "presentation whose layouts, colours and fonts the slides take", kinds.PRESENTATION
    )

    @property
    def presentation(self) -> Path | None:
        """The client's presentation."""
        return None if self.pptx_template is None else Path(self.pptx_template)


def today() -> date:
    """The day it is, or the one that SOURCE_DATE_EPOCH says it is."""
    # The agreed way to ask any tool for the same output on another day.
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(epoch), UTC).date() if epoch else date.today()
