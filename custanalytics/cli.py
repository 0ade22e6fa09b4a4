"""The command line: arguments, progress, messages, exit codes."""

import argparse
import json
import math
import os
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from custanalytics import __version__
from custanalytics.errors import CustAnalyticsError, RenderError, UsageError

if TYPE_CHECKING:
    from custanalytics.results import AnalysisResults
    from custanalytics.source import Ledger

FORMATS = ("html", "pdf")
ROLES = (
    "customer_id, order_id, ordered_at, amount (or quantity and unit_price), product, "
    "currency, status"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the ``custanalytics`` command.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        Exit code: 0 done, 2 usage, 10 source, 11 not supported by the data, 12 model,
        13 rendering.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = parser().parse_args(given)
    try:
        options.action(options, given)
    except CustAnalyticsError as error:
        print(f"custanalytics: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            # Whoever read our output has gone: leave without a word, as other commands do.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 141
        print(f"custanalytics: {error}", file=sys.stderr)
        return RenderError.exit_code
    except KeyboardInterrupt:
        print("custanalytics: stopped; the report folder is as it was", file=sys.stderr)
        return 130
    return 0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and where the rest can be read."""

    def error(self, message: str) -> NoReturn:
        self.exit(UsageError.exit_code, f"custanalytics: {message}; see {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """All commands and options; a test holds the README against them."""
    root = _Parser(
        prog="custanalytics",
        description="From a shop's sales export to a client-ready customer report.",
    )
    root.add_argument("--version", action="version", version=f"custanalytics {__version__}")
    commands = root.add_subparsers(title="commands", required=True, metavar="COMMAND")

    run = commands.add_parser(
        "run",
        help="make a report from a sales export",
        description="Make a report folder (HTML, PDF, lists, results) from a sales export.",
    )
    _source_options(run)
    run.add_argument(
        "--out", type=Path, default=Path("report"), metavar="DIR", help="report folder (report)"
    )
    _render_options(run)
    run.add_argument("--title", default="", help="title of the report")
    run.add_argument("--client", default="", help="whom the report is for")
    run.add_argument("--author", default="", help="who made it")
    run.add_argument(
        "--locale",
        type=_locale,
        default="en_GB",
        help="how numbers and dates are written, such as de_DE (en_GB)",
    )
    run.add_argument(
        "--as-of", type=_day, metavar="DATE", help="last day that counts (the last in the data)"
    )
    run.add_argument(
        "--horizon-days",
        type=_positive_days,
        default=365,
        metavar="N",
        help="how far customer value looks ahead (365)",
    )
    run.add_argument(
        "--window-days",
        type=_positive_days,
        default=90,
        metavar="N",
        help="how far the chance of a next purchase looks ahead (90)",
    )
    run.add_argument(
        "--margin", type=_share, metavar="SHARE", help="contribution margin, 0.35 for 35 %%"
    )
    run.add_argument(
        "--annual-discount-rate",
        type=_share,
        default=0.10,
        metavar="SHARE",
        help="yearly discount rate for future money (0.10)",
    )
    run.add_argument(
        "--contact-cost", type=_money, metavar="MONEY", help="cost of contacting one customer"
    )
    run.add_argument(
        "--conversion-value", type=_money, metavar="MONEY", help="what one purchase is worth"
    )
    run.add_argument(
        "--made-on", type=_day, metavar="DATE", help="date of making the report states (today)"
    )
    run.add_argument("--seed", type=int, default=0, help="seed of everything random (0)")
    run.set_defaults(action=_run)

    check = commands.add_parser(
        "check",
        help="load a sales export and report on the data",
        description="Load a sales export and say what was read, used and set aside.",
    )
    _source_options(check)
    check.set_defaults(action=_check)

    again = commands.add_parser(
        "render",
        help="render a report folder again",
        description="Render a report folder again without refitting; edits in it are kept.",
    )
    again.add_argument("folder", type=Path, metavar="FOLDER", help="what 'run' made")
    _render_options(again)
    again.add_argument("--json", action="store_true", help="print one JSON object")
    again.set_defaults(action=_render)
    return root


def _source_options(command: argparse.ArgumentParser) -> None:
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
        type=_role,
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
        type=_rate,
        metavar="CODE=RATE",
        help="units of --currency for one unit of another currency; repeatable",
    )
    command.add_argument(
        "--max-unreadable",
        type=_share,
        default=0.02,
        metavar="SHARE",
        help="highest share of lines that may be unreadable (0.02)",
    )
    command.add_argument(
        "--drop-duplicates", action="store_true", help="leave out exact duplicate lines"
    )
    command.add_argument("--json", action="store_true", help="print one JSON object")


def _render_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--format",
        action="append",
        choices=FORMATS,
        help="what to render; repeatable (html and pdf)",
    )
    command.add_argument(
        "--renderer",
        choices=("auto", "embedded", "quarto"),
        default="auto",
        help="auto: Quarto where its command is found, else the embedded renderer",
    )


def _run(options: argparse.Namespace, given: Sequence[str]) -> None:
    from custanalytics.pipeline import run

    if (options.contact_cost is None) != (options.conversion_value is None):
        raise UsageError("--contact-cost and --conversion-value belong together: give both")
    load_options = _load_options(options)
    if options.made_on is not None:
        load_options["today"] = options.made_on
    report = run(
        _sources(options),
        options.out,
        as_of=options.as_of,
        formats=tuple(dict.fromkeys(options.format or FORMATS)),
        renderer=options.renderer,
        load_options=load_options,
        step=_progress,
        horizon_days=options.horizon_days,
        window_days=options.window_days,
        annual_discount_rate=options.annual_discount_rate,
        margin=options.margin,
        locale=options.locale,
        title=options.title,
        client=options.client,
        author=options.author,
        made_on=options.made_on or _today(),
        seed=options.seed,
        contact_cost=options.contact_cost,
        conversion_value=options.conversion_value,
        command=shlex.join(["custanalytics", *given]),
    )
    results, files = report.results, report.files
    if options.json:
        print(json.dumps(_run_json(results, files), ensure_ascii=False, allow_nan=False))
    else:
        print(_run_text(results, files))


def _check(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.source import load

    with _progress("Reading the sales"):
        ledger = load(_sources(options), **_load_options(options))
    if options.json:
        print(json.dumps(ledger.as_json(), ensure_ascii=False, allow_nan=False))
    else:
        print(_ledger_text(ledger))


def _render(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.pipeline import rerender

    with _progress("Writing the report"):
        files = rerender(options.folder, tuple(options.format or FORMATS), options.renderer)
    if options.json:
        print(json.dumps({"files": _paths(files)}, ensure_ascii=False))
    else:
        print(_listed("Files", [str(path) for path in files.values()]))


def _load_options(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "mapping": dict(options.map),
        "mapping_file": options.mapping,
        "currency": options.currency,
        "date_order": options.date_order,
        "decimal": options.decimal,
        "rates": dict(options.rate),
        "max_unreadable": options.max_unreadable,
        "drop_duplicates": options.drop_duplicates,
    }


def _run_json(results: "AnalysisResults", files: dict[str, Path]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    if results.value is not None:
        totals = results.value.totals.iloc[0]
        figures["value"] = {
            "model": results.value.model,
            "horizon_days": results.settings.horizon_days,
            **{name: _number(totals[name]) for name in totals.index},
            "parameters": [
                {name: _number(cell) for name, cell in row.items()}
                for row in results.value.parameters.to_dict("records")
            ],
            "validation": [
                {str(name): _number(cell) for name, cell in row.items()}
                for row in results.value.validation.to_dict("records")
            ],
        }
    if results.propensity is not None:
        figures["propensity"] = {
            "model": results.propensity.model,
            "window_days": results.settings.window_days,
            "evaluation": [
                {str(name): _number(cell) for name, cell in row.items()}
                for row in results.propensity.evaluation.to_dict("records")
            ],
        }
    if results.rfm is not None:
        sizes = results.rfm.segments.set_index("segment")["customers"]
        figures["segments"] = {str(name): int(size) for name, size in sizes.items()}
    return {
        **results.ledger.as_json(results.mapping, results.settings.currency or None),
        "files": _paths(files),
        "models": figures,
        "skipped": results.skipped,
    }


def _run_text(results: "AnalysisResults", files: dict[str, Path]) -> str:
    from custanalytics.display.format import Formats

    settings = results.settings
    formats = Formats(settings.locale, settings.currency or None)
    ledger = results.ledger
    lines = [
        f"{formats.count(ledger.orders)} orders of {formats.count(ledger.customers)} customers, "
        f"{formats.money(ledger.revenue)} net, up to {formats.date(settings.observation_end)}"
    ]
    if results.value is not None:
        totals = results.value.totals.iloc[0]
        lines.append(
            f"Customer value over {settings.horizon_days} days, discounted: "
            f"{formats.money(totals['clv'])} "
            f"({formats.money(totals['clv_low'])} to {formats.money(totals['clv_high'])}), "
            f"by {results.value.model}"
        )
    if results.propensity is not None:
        expected = results.propensity.figures["expected_buyers"]
        lines.append(
            f"Expected to buy within {settings.window_days} days: {formats.count(expected)} "
            f"customers, by {results.propensity.model}"
        )
    late = [check.sentence for check in results.ledger_checks if check.name == "ledger.as_of"]
    warnings = [
        *ledger.warnings,
        *late,
        *(f"Left out: {reason}" for reason in results.skipped.values()),
    ]
    parts = ["\n".join(lines)]
    if warnings:
        parts.append(_listed("Mind", warnings))
    parts.append(_listed("Files", [str(path) for path in files.values()]))
    return "\n\n".join(parts)


def _ledger_text(ledger: "Ledger") -> str:
    report = ledger.report
    mapping = [f"{role}: {column}" for role, column in ledger.mapping.columns.items()]
    aside = [f"{reason}: {rows:,}" for reason, rows in report.rows_set_aside.items()]
    parts = [
        f"{report.rows_read:,} rows read = {report.rows_used:,} used"
        f" + {sum(report.rows_set_aside.values()):,} set aside"
        f" + {report.rows_unreadable:,} unreadable",
        f"{report.orders:,} orders of {report.customers:,} customers, net "
        f"{_two_decimals(report.revenue)} {ledger.currency or ''}".rstrip()
        + f", {_iso(report.first_order)} to {_iso(report.last_order)}",
        _listed("Columns", mapping),
    ]
    if aside:
        parts.append(_listed("Set aside", aside))
    if report.warnings:
        parts.append(_listed("Mind", list(report.warnings)))
    warned = ledger.findings["finding"].isin(["no_customer", "duplicates"])
    found = ledger.findings.loc[~warned, "sentence"].to_list()
    if found:
        parts.append(_listed("Data quality", found))
    return "\n\n".join(parts)


def _listed(title: str, items: Sequence[str]) -> str:
    return "\n".join([f"{title}:", *(f"  {item}" for item in items)])


def _sources(options: argparse.Namespace) -> list[Path]:
    if options.sample and options.sales:
        raise UsageError("give either the files of an export or --sample, not both")
    if options.sample:
        from custanalytics.bundled import sample_data_dir

        return [sample_data_dir() / "shop.csv"]
    if not options.sales:
        raise UsageError("give the files of a sales export, or --sample for the bundled data")
    files: list[Path] = options.sales
    return files


@contextmanager
def _progress(step: str) -> Iterator[None]:
    """One line a step on standard error: live in a terminal, plain elsewhere."""
    live = sys.stderr.isatty()
    if live:
        print(f"{step} ...", end="", file=sys.stderr, flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        if live:
            print(file=sys.stderr)
        raise
    took = f"{step}: {time.monotonic() - began:.1f} s"
    print(f"\r\033[K{took}" if live else took, file=sys.stderr, flush=True)


def _paths(files: dict[str, Path]) -> dict[str, str]:
    return {kind: str(path) for kind, path in files.items()}


def _two_decimals(amount: Any) -> str:
    return f"{amount:.2f}"


def _iso(day: Any) -> str | None:
    return None if day is None else day.isoformat()[:10]


def _number(cell: Any) -> Any:
    plain = cell.item() if hasattr(cell, "item") else cell
    if hasattr(plain, "isoformat"):
        return plain.isoformat()
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain


def _today() -> date:
    # The agreed way to ask any tool for the same output on another day.
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(epoch), UTC).date() if epoch else date.today()


def _role(text: str) -> tuple[str, str]:
    role, equals, column = text.partition("=")
    if not equals or not role or not column:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form ROLE=COLUMN")
    return role, column


def _rate(text: str) -> tuple[str, str]:
    code, equals, rate = text.partition("=")
    if not equals or len(code) != 3:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form CODE=RATE, such as USD=0.92")
    return code, rate


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-06-30") from None


def _positive_days(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 3660:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days from 1 to 3660")
    return int(text)


def _locale(text: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(text.replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        raise argparse.ArgumentTypeError(f"{text!r} is no known locale such as en_GB") from None


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share from 0 to 1, such as 0.35")
    return share


def _money(text: str) -> float:
    try:
        money = float(text)
    except ValueError:
        money = math.nan
    if not (math.isfinite(money) and money >= 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no amount of money, such as 1.50")
    return money
