"""The options that commands share, and how their values are read."""

import argparse
import math
import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custanalytics.errors import UsageError

if TYPE_CHECKING:
    from custanalytics.results.analyse import ProspectsFile

FORMATS = ("html", "pdf", "docx", "pptx", "xlsx")
_USUAL = ("html", "pdf")
ROLES = (
    "customer_id, order_id, ordered_at, amount (or quantity and unit_price), product, "
    "currency, status"
)


def source_options(command: argparse.ArgumentParser) -> None:
    """Which files, and how they are to be read."""
    command.add_argument(
        "sales", nargs="*", type=Path, metavar="SALES", help="the files of one sales export"
    )
    command.add_argument(
        "--sample", action="store_true", help="take the bundled sample data instead"
    )
    command.add_argument(
        "--map",
        action="append",
        default=[],
        type=role,
        metavar="ROLE=COLUMN",
        help=f"column of a role, by name or 1-based number; repeatable. Roles: {ROLES}",
    )
    command.add_argument(
        "--mapping", type=Path, metavar="FILE", help="a mapping.toml that an earlier run wrote"
    )
    command.add_argument("--currency", metavar="CODE", help="currency of the amounts, such as EUR")
    command.add_argument(
        "--date-order", choices=("dmy", "mdy", "ymd"), help="order of day, month and year"
    )
    command.add_argument(
        "--decimal", choices=("point", "comma"), help="decimal sign of the amounts"
    )
    command.add_argument(
        "--rate",
        action="append",
        default=[],
        type=rate,
        metavar="CODE=RATE",
        help="units of --currency for one unit of another currency; repeatable",
    )
    command.add_argument(
        "--sale",
        action="append",
        default=[],
        metavar="VALUE",
        help="state of an order, as the file writes it, that is a sale; repeatable",
    )
    command.add_argument(
        "--not-a-sale",
        action="append",
        default=[],
        metavar="VALUE",
        help="state of an order that is no sale; repeatable",
    )
    command.add_argument(
        "--max-unreadable",
        type=share,
        default=0.02,
        metavar="SHARE",
        help="highest share of lines that may be unreadable (0.02)",
    )
    command.add_argument(
        "--drop-duplicates", action="store_true", help="leave out exact duplicate lines"
    )
    command.add_argument("--json", action="store_true", help="print one JSON object")


def render_options(command: argparse.ArgumentParser) -> None:
    """What is rendered, and by whom."""
    command.add_argument(
        "--format",
        action="append",
        choices=FORMATS,
        help="what to write: page, PDF, Word, slides, workbook; repeatable (html and pdf)",
    )
    command.add_argument(
        "--renderer",
        choices=("auto", "embedded", "quarto"),
        default="auto",
        help="auto: Quarto where its command is found, else the embedded renderer",
    )
    command.add_argument(
        "--pptx-template",
        type=Path,
        metavar="FILE",
        help="presentation whose layouts, colours and fonts the slides take",
    )


def folder_option(command: argparse.ArgumentParser, default: str) -> None:
    """Where the report goes."""
    command.add_argument(
        "--out",
        type=Path,
        default=Path(default),
        metavar="DIR",
        help=f"report folder ({default})",
    )


def title_options(command: argparse.ArgumentParser) -> None:
    """What stands on the title page, and how figures are written."""
    command.add_argument("--title", default="", help="title of the report")
    command.add_argument("--client", default="", help="whom the report is for")
    command.add_argument("--author", default="", help="who made it")
    command.add_argument(
        "--mark", default="", metavar="WORD", help="word on every page, such as Confidential"
    )
    command.add_argument(
        "--locale",
        type=locale,
        default="en_GB",
        help="how numbers and dates are written, such as de_DE (en_GB)",
    )
    command.add_argument(
        "--made-on", type=day, metavar="DATE", help="date of making the report states (today)"
    )
    command.add_argument("--seed", type=int, default=0, help="seed of everything random (0)")


def money_options(command: argparse.ArgumentParser) -> None:
    """What a contact costs and a conversion brings."""
    command.add_argument(
        "--contact-cost", type=money, metavar="MONEY", help="cost of contacting one of them"
    )
    command.add_argument(
        "--conversion-value", type=money, metavar="MONEY", help="what one conversion is worth"
    )


def need_cost(options: argparse.Namespace) -> None:
    """A value alone makes no curve."""
    if options.contact_cost is None and options.conversion_value is not None:
        raise UsageError("--conversion-value needs --contact-cost beside it")


def prospect_options(command: argparse.ArgumentParser) -> None:
    """How a table of prospects is to be read."""
    command.add_argument(
        "--outcome", metavar="COLUMN", help="column of the prospects that says who converted"
    )
    command.add_argument(
        "--positive", metavar="VALUE", help="its value that means converted, such as yes"
    )
    command.add_argument(
        "--prospect-date", metavar="COLUMN", help="column with the day a prospect came in"
    )
    command.add_argument(
        "--prospects-date-order",
        choices=("dmy", "mdy", "ymd"),
        help="order of day, month and year in the prospects, where they don't tell",
    )
    command.add_argument(
        "--prospects-decimal",
        choices=("point", "comma"),
        help="decimal sign in the prospects, where they don't tell",
    )
    command.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="COLUMN",
        help="use this column although it seems to give the outcome away; repeatable",
    )


def leads(options: argparse.Namespace, files: Sequence[Path]) -> "ProspectsFile":
    """The table of prospects, as asked for."""
    from custanalytics.results.analyse import ProspectsFile

    return ProspectsFile(
        tuple(files),
        options.outcome,
        options.positive,
        options.prospect_date,
        tuple(options.keep),
        options.prospects_decimal,
        options.prospects_date_order,
    )


def load_options(options: argparse.Namespace) -> dict[str, Any]:
    """Arguments of `custanalytics.load`."""
    return {
        "mapping": dict(options.map),
        "mapping_file": options.mapping,
        "currency": options.currency,
        "date_order": options.date_order,
        "decimal": options.decimal,
        "rates": dict(options.rate),
        "sale": options.sale,
        "not_a_sale": options.not_a_sale,
        "max_unreadable": options.max_unreadable,
        "drop_duplicates": options.drop_duplicates,
    }


def sources(options: argparse.Namespace) -> Sequence[Path]:
    """The files that were given, or the bundled ones."""
    if options.sample and options.sales:
        raise UsageError("give either the files of an export or --sample, not both")
    if options.sample:
        from custanalytics.bundled import sample_data_dir

        return [sample_data_dir() / "shop.csv"]
    if not options.sales:
        raise UsageError("give the files of a sales export, or --sample for the bundled data")
    files: list[Path] = options.sales
    return files


def formats(options: argparse.Namespace) -> tuple[str, ...]:
    """Each format once."""
    return tuple(dict.fromkeys(options.format or _USUAL))


def today() -> date:
    """The day it is, or the one that SOURCE_DATE_EPOCH says it is."""
    # The agreed way to ask any tool for the same output on another day.
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(epoch), UTC).date() if epoch else date.today()


def role(text: str) -> tuple[str, str]:
    """ROLE=COLUMN as a pair."""
    role, equals, column = text.partition("=")
    if not equals or not role or not column:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form ROLE=COLUMN")
    return role, column


def rate(text: str) -> tuple[str, str]:
    """CODE=RATE as a pair."""
    code, equals, rate = text.partition("=")
    if not equals or len(code) != 3:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form CODE=RATE, such as USD=0.92")
    return code, rate


def day(text: str) -> date:
    """A calendar date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-06-30") from None


def positive_days(text: str) -> int:
    """A number of days."""
    if not text.isdigit() or not 1 <= int(text) <= 3660:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days from 1 to 3660")
    return int(text)


def locale(text: str) -> str:
    """A locale that Babel knows."""
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(text.replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        raise argparse.ArgumentTypeError(f"{text!r} is no known locale such as en_GB") from None


def share(text: str) -> float:
    """A share from 0 to 1."""
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share from 0 to 1, such as 0.35")
    return share


def money(text: str) -> float:
    """An amount of money, not negative."""
    try:
        money = float(text)
    except ValueError:
        money = math.nan
    if not (math.isfinite(money) and money >= 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no amount of money, such as 1.50")
    return money
