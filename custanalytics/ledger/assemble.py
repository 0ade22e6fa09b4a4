"""From the staged text and the decisions about it to the ledger and its report."""

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from custanalytics.errors import SourceError
from custanalytics.ledger.consent import add_consent_cells, tell_of_refusals
from custanalytics.ledger.customers import find_customers, tell_of_orders
from custanalytics.ledger.detect.currency import settle_currency
from custanalytics.ledger.detect.currency_codes import WITHOUT_DECIMALS
from custanalytics.ledger.detect.dates import DateColumn
from custanalytics.ledger.detect.numbers import NumberColumn
from custanalytics.ledger.findings import as_checks, as_findings, as_frame, find_oddities
from custanalytics.ledger.load_report import REASONS, Ledger
from custanalytics.ledger.mapping import Mapping
from custanalytics.ledger.order_states import add_state_cells, settle_unknown, state_table
from custanalytics.ledger.order_totals import share_totals
from custanalytics.ledger.platforms import Platform
from custanalytics.ledger.raw_lines import add_duplicates, add_kinds, add_raw_lines
from custanalytics.ledger.reconciliation import load_report, told_of_lines
from custanalytics.ledger.staging import Staging
from custanalytics.sentences import tell, tell_many
from custanalytics.transactions import keep_orders

# Tables that only the way to the ledger needs.
_SCAFFOLD = (
    "staged",
    "lines",
    "fates",
    "duplicates",
    "id_cells",
    "id_forms",
    "customer_keys",
    "line_customers",
    "order_runs",
    "state_cells",
    "kind_cells",
    "consent_cells",
    "number_cells",
    "number_forms",
    "number_values",
    "date_cells",
    "date_forms",
    "date_readings",
    "date_values",
)
# More rows than this without a readable date or amount, and the wrong column was read.
_MOST_BAD = 0.10
_MOST_BLANK = 0.30
_STRAY_SHARE = 0.01
# Whole amounts may be cents where there are so many, so large, and so many of them not round.
_ENOUGH_AMOUNTS, _CENTS_FROM, _MOST_ODD = 30, 500, 0.5
_WITHOUT_CENTS = WITHOUT_DECIMALS | {"HUF", "COP", "INR", "RUB"}  # or hardly any


@dataclass(frozen=True)
class Wanted:
    """Which rows count, as the user says.

    Attributes
    ----------
    since, as_of : date
        First and last day.
    today : date
        No sale is later.
    where : sequence of (column, value)
    drop_duplicates, in_cents : bool
    """

    since: date
    as_of: date
    today: date
    where: Sequence[tuple[str, str]]
    drop_duplicates: bool
    in_cents: bool


def assemble(
    staging: Staging,
    mapping: Mapping,
    wanted: Wanted,
    *,
    platform: Platform | None,
    numbers: Dict[str, NumberColumn],
    dates: DateColumn,
    days: tuple[datetime, datetime],
    discount_is_share: bool,
    warnings: Sequence[str],
) -> Ledger:
    """Make the tables ``ledger`` and ``orders`` and report on them."""
    engine = staging.engine
    warnings = [*staging.warnings, *warnings]
    add_raw_lines(staging, mapping, platform, wanted.where)
    warnings += find_customers(staging, mapping)
    if platform and platform.note:
        warnings.append(platform.note)
    add_state_cells(staging, mapping)
    add_kinds(staging, mapping)
    add_consent_cells(staging, mapping)
    currency = settle_currency(staging, mapping, numbers, warnings)
    columns = {role: staging.column(c.column) for role, c in mapping.roles.items()}
    money = _money_role(mapping)
    number_roles = ("amount", "order_total", "quantity", "unit_price", "discount", "refunded")
    number_columns: dict[str, Any] = {role: columns.get(role, "") for role in number_roles}
    engine.keep(
        "lines",
        "source/lines",
        money=money,
        discount_is_share=discount_is_share,
        in_cents=wanted.in_cents,
        latest=str(wanted.today + timedelta(days=2)),
        first_day=str(days[0]),
        last_day=str(days[1]),
        **number_columns,
    )
    add_duplicates(staging)
    engine.keep("order_runs", "source/order_runs", money=money)
    warnings += tell_of_orders(staging, mapping)
    mixed = currency.settle()
    if mapping.no_amount:
        warnings.append(
            tell(
                "No amounts were read (--no-amount): purchases are counted, and nothing is said "
                "of money."
            )
        )
        warnings += _warn_of_returns(staging)
    elif currency.code is None:
        warnings.append(
            tell(
                "The file does not say which currency the amounts are in, so they are written "
                "without one; name it with --currency, such as --currency EUR."
            )
        )
    engine.keep(
        "fates",
        "source/fates",
        money=money,
        mixed=mixed,
        drop_duplicates=wanted.drop_duplicates,
        since=wanted.since,
        as_of=wanted.as_of,
    )
    _refuse_misread(staging, mapping, numbers)
    if money == "order_total":
        _refuse_several_totals(staging, mapping)
    if money != "none":
        _warn_of_turned(staging, mapping, warnings)
        warnings += _warn_of_cents(staging, currency.code)
    states = state_table(staging, mapping)
    warnings += settle_unknown(staging, states, counted=mapping.no_amount)
    if money == "order_total":
        warnings += share_totals(staging, mapping)
    if money == "none":
        engine.keep("counted", "source/counted")
        engine.execute("DROP TABLE fates")
        engine.execute("ALTER TABLE counted RENAME TO fates")
    engine.keep("ledger", "source/ledger")
    keep_orders(engine)
    warnings += tell_of_refusals(staging, mapping)
    decimals = {numbers[c].decimal for c in mapping.columns.values() if c in numbers}
    decided = replace(
        mapping,
        currency=currency.code,
        date_order=mapping.date_order or _order(dates),
        decimal=mapping.decimal or (decimals.pop() if len(decimals) == 1 else None),
    )
    warnings += told_of_lines(staging)
    report = load_report(staging, states, warnings, counted=mapping.no_amount)
    oddities = find_oddities(engine, report, counted=mapping.no_amount)
    findings = [*oddities, *as_findings(warnings)]
    engine.execute("DROP VIEW raw_lines")
    for table in _SCAFFOLD:
        engine.execute(f"DROP TABLE {table}")
    return Ledger(engine, decided, report, currency.code, as_frame(findings), as_checks(findings))


def _money_role(mapping: Mapping) -> str:
    if mapping.no_amount:
        return "none"
    if "amount" in mapping.roles:
        return "amount"
    return "order_total" if "order_total" in mapping.roles else "product"


def _order(dates: DateColumn) -> str | None:
    orders = {dates.orders[f] for f in ("long", "short") if f in dates.orders}
    return orders.pop() if len(orders) == 1 else None


def _refuse_several_totals(staging: Staging, mapping: Mapping) -> None:
    """Different totals within one order: the column is no total of the order."""
    row = staging.engine.sql(
        "SELECT count(*) AS orders, "
        "COALESCE(sum(CASE WHEN totals > 1 THEN 1 ELSE 0 END), 0) AS bad "
        "FROM (SELECT count(DISTINCT amount) AS totals FROM fates "
        "WHERE amount IS NOT NULL AND order_id IS NOT NULL AND fate <> 'total_row' "
        "GROUP BY order_id, customer_id)"
    ).iloc[0]
    bad, orders = int(row["bad"]), int(row["orders"])
    if bad > _STRAY_SHARE * orders:
        column = mapping.roles["order_total"].column
        raise SourceError(
            f"column {column!r} was read as the total of the order, but {bad} of {orders} orders "
            f"hold several figures in it; say --map amount={column} if it is what was paid for "
            "the line"
        )


def _warn_of_turned(staging: Staging, mapping: Mapping, warnings: list[str]) -> None:
    found = staging.engine.sql("SELECT count(*) AS n FROM lines WHERE is_turned")
    turned = int(found["n"].iloc[0])
    if turned:
        warnings.append(
            tell_many(
                turned,
                "One row is a return by column {column}, with an amount above zero: it was taken "
                "as negative.",
                "{n:,} rows are returns by column {column}, with amounts above zero: they were "
                "taken as negative.",
                n=turned,
                column=repr(mapping.roles["kind"].column),
            )
        )


def _warn_of_returns(staging: Staging) -> list[str]:
    """Where purchases are counted, what is given back takes none of them away."""
    found = staging.engine.sql(
        "SELECT count(*) AS n FROM lines WHERE amount < 0 AND status_reason IS NULL"
    )
    n = int(found["n"].iloc[0])
    if not n:
        return []
    return [
        tell_many(
            n,
            "One row gives something back and was set aside: the order it belongs to stays a "
            "purchase.",
            "{n:,} rows give something back and were set aside: the orders they belong to stay "
            "purchases.",
            n=n,
        )
    ]


def _warn_of_cents(staging: Staging, currency: str | None) -> list[str]:
    """Whole amounts only, large ones that are not round: they may be in cents."""
    row = staging.engine.sql(
        "SELECT count(*) AS n, bool_and(amount = floor(amount)) AS whole, "
        "median(abs(CAST(amount AS DOUBLE))) AS middle, "
        "avg(CASE WHEN amount % 10 <> 0 THEN 1 ELSE 0 END) AS odd "
        "FROM fates WHERE fate IN ('used', 'no_customer')"
    ).iloc[0]
    if int(row["n"]) < _ENOUGH_AMOUNTS or not row["whole"] or currency in _WITHOUT_CENTS:
        return []
    least = _CENTS_FROM if currency else 2 * _CENTS_FROM
    if float(row["middle"]) < least or float(row["odd"]) < _MOST_ODD:
        return []
    return [
        tell(
            "All {n:,} amounts are whole numbers, half of them above {middle:,.0f}: if they are "
            "cents, say --in-cents.",
            n=int(row["n"]),
            middle=float(row["middle"]),
        )
    ]


def _refuse_misread(staging: Staging, mapping: Mapping, numbers: Dict[str, NumberColumn]) -> None:
    """A column of which much can't be read is the wrong column, or read the wrong way."""
    counts = staging.engine.sql("SELECT fate, count(*) AS n FROM fates GROUP BY fate")
    by_fate = {str(f): int(n) for f, n in zip(counts["fate"], counts["n"], strict=True)}
    for fates, role, what in (
        (("bad_date",), "ordered_at", "dates"),
        (("future_date",), "ordered_at", "dates up to today"),
        (("bad_amount",), "amount", "amounts"),
        (("no_date",), "ordered_at", "dates: they are blank"),
        (("no_amount",), "amount", "amounts: they are blank"),
    ):
        bad = sum(by_fate.get(fate, 0) for fate in fates)
        if bad <= (_MOST_BLANK if fates[0].startswith("no_") else _MOST_BAD) * staging.rows:
            continue
        if role == "ordered_at":
            column = mapping.roles[role].column
            option = "--date-order or --map ordered_at=COLUMN"
        else:
            money = ("amount", "order_total", "unit_price", "quantity")
            columns = [mapping.roles[r].column for r in money if r in mapping.roles]
            column = max(columns, key=lambda name: numbers[name].bad)
            option = "--decimal, --currency or --map amount=COLUMN"
        raise SourceError(
            f"{bad} of {staging.rows} cells of column {column!r} can't be read as {what} (shapes "
            f"such as {', '.join(staging.shapes(column))}); see {option}"
        )
    if not by_fate.get("used"):
        reasons = ", ".join(f"{REASONS[f]}: {n}" for f, n in sorted(by_fate.items()))
        raise SourceError(f"no row is left for the customer analyses ({reasons})")
