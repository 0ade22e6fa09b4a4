"""From the staged text and the decisions about it to the ledger and its report."""

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd

from custanalytics.errors import SourceError
from custanalytics.ledger.customers import find_customers, tell_of_orders
from custanalytics.ledger.detect.cell_words import kind_reason, total_words
from custanalytics.ledger.detect.currency import settle_currency
from custanalytics.ledger.detect.dates import DateColumn, date_cell
from custanalytics.ledger.detect.numbers import NumberColumn
from custanalytics.ledger.detect.states import consent_cells
from custanalytics.ledger.findings import as_checks, as_frame, find_oddities
from custanalytics.ledger.load_report import REASONS, Ledger, LoadReport
from custanalytics.ledger.mapping import Mapping
from custanalytics.ledger.order_states import add_state_cells, settle_unknown, state_table
from custanalytics.ledger.platforms import Platform, rule_sql
from custanalytics.ledger.staging import Staging
from custanalytics.sentences import tell, tell_many
from custanalytics.transactions import keep_orders

_CELLS = {
    "customer_id": "customer_cell",
    "customer_id_2": "customer_2",
    "customer_id_3": "customer_3",
    "customer_id_4": "customer_4",
    "refund_customer_id": "refund_customer_cell",
    "order_id": "order_cell",
    "amount": "amount_cell",
    "order_total": "total_cell",
    "quantity": "quantity_cell",
    "unit_price": "price_cell",
    "discount": "discount_cell",
    "refunded": "refunded_cell",
    "currency": "currency_cell",
    "status": "status_cell",
    "payment_status": "payment_cell",
    "fulfilment_status": "fulfilment_cell",
    "returned": "returned_cell",
    "cancelled": "cancelled_cell",
    "kind": "kind_cell",
    "product": "product",
    "refund_of": "refund_of",
    "category": "category",
    "country": "country",
    "channel": "channel",
    "consent": "consent_cell",
    "opt_out": "opt_out_cell",
}
# Cells that say that no discount was used: noughts, or a word for none.
_NO_DISCOUNT = r"[-+0.,%\s€$£]*|no|none|nein|non|keine?r?|ninguno|nessuno|geen|n/?a|null|false"
# Tables that only the way to the ledger needs.
_SCAFFOLD = (
    "staged",
    "lines",
    "fates",
    "duplicates",
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
_SHOWN_LINES = 1000
# More rows than this without a readable date or amount, and the wrong column was read.
_MOST_BAD = 0.10
_MOST_BLANK = 0.30
_STRAY_SHARE = 0.01
# A column of words with more different cells than this is free text.
_MOST_WORDS = 1000
# Whole amounts may be cents where there are so many, so large, and so many of them not round.
_ENOUGH_AMOUNTS, _CENTS_FROM, _MOST_ODD = 30, 500, 0.5
_WITHOUT_CENTS = frozenset("JPY KRW VND CLP ISK IDR HUF PYG UGX XAF XOF XPF COP INR RUB".split())  # noqa: SIM905
# Reasons that a reader should know of even for a single row.
_TOLD = (
    "bad_amount",
    "bad_date",
    "zero_date",
    "odd_date",
    "future_date",
    "no_date",
    "no_amount",
    "total_row",
)


def assemble(
    staging: Staging,
    mapping: Mapping,
    *,
    platform: Platform | None,
    numbers: Dict[str, NumberColumn],
    dates: DateColumn,
    days: tuple[datetime, datetime],
    discount_is_share: bool,
    in_cents: bool,
    drop_duplicates: bool,
    as_of: date | None,
    today: date,
    warnings: Sequence[str],
) -> Ledger:
    """Make the tables ``ledger`` and ``orders`` and report on them."""
    engine = staging.engine
    warnings = [*staging.warnings, *warnings]
    _raw_lines(staging, mapping, platform)
    warnings += find_customers(staging, mapping)
    if platform and platform.note:
        warnings.append(platform.note)
    add_state_cells(staging, mapping)
    _kinds(staging, mapping)
    _consents(staging, mapping)
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
        in_cents=in_cents,
        latest=str(today + timedelta(days=2)),
        first_day=str(days[0]),
        last_day=str(days[1]),
        **number_columns,
    )
    _duplicates(staging)
    engine.keep("order_runs", "source/order_runs", money=money)
    warnings += tell_of_orders(staging)
    mixed = currency.settle()
    engine.keep(
        "fates",
        "source/fates",
        money=money,
        mixed=mixed,
        nets_refunds="refunded" in mapping.roles,
        drop_duplicates=drop_duplicates,
        as_of=as_of or date.max,
    )
    _refuse_misread(staging, mapping, numbers)
    if money == "order_total":
        _refuse_several_totals(staging, mapping)
    _warn_of_turned(staging, mapping, warnings)
    warnings += _warn_of_cents(staging, currency.code)
    engine.keep("ledger", "source/ledger")
    keep_orders(engine)
    warnings += _refused(staging, mapping)
    decimals = {numbers[c].decimal for c in mapping.columns.values() if c in numbers}
    decided = replace(
        mapping,
        currency=currency.code,
        date_order=mapping.date_order or _order(dates),
        decimal=mapping.decimal or (decimals.pop() if len(decimals) == 1 else None),
    )
    states = state_table(staging, mapping)
    warnings += settle_unknown(staging, states)
    report = _report(staging, states, warnings)
    findings = find_oddities(engine, report)
    engine.execute("DROP VIEW raw_lines")
    for table in _SCAFFOLD:
        engine.execute(f"DROP TABLE {table}")
    return Ledger(engine, decided, report, currency.code, as_frame(findings), as_checks(findings))


def _money_role(mapping: Mapping) -> str:
    if "amount" in mapping.roles:
        return "amount"
    return "order_total" if "order_total" in mapping.roles else "product"


def _order(dates: DateColumn) -> str | None:
    orders = {dates.orders[f] for f in ("long", "short") if f in dates.orders}
    return orders.pop() if len(orders) == 1 else None


def _raw_lines(staging: Staging, mapping: Mapping, platform: Platform | None) -> None:
    """View with the roles' cells under our names; from here on SQL is static."""
    columns = {role: staging.column(c.column) for role, c in mapping.roles.items()}
    cells = [f"{columns.get(role, 'NULL::VARCHAR')} AS {name}" for role, name in _CELLS.items()]
    used = columns.get("discount_code") or columns.get("discount")
    without = f"regexp_full_match(lower(COALESCE({used}, '')), '{_NO_DISCOUNT}')"
    cells.append(f"{f'NOT {without}' if used else 'NULL::BOOLEAN'} AS discounted")
    when = date_cell(
        staging,
        mapping.roles["ordered_at"].column,
        mapping.roles["ordered_time"].column if "ordered_time" in mapping.roles else None,
    )
    staging.engine.execute(
        f"CREATE VIEW raw_lines AS SELECT line_no, part_no, file_line, {', '.join(cells)}, "
        f"{when} AS date_cell, {rule_sql(staging, platform)} AS rule_reason, "
        f"{_is_total(staging, columns)} AS is_total FROM staged"
    )


def _is_total(staging: Staging, columns: dict[str, str]) -> str:
    """SQL for rows that add up others: by a word for it where customer or date should be."""
    words = "|".join(word.replace(" ", "[ -]?") for word in sorted(set(total_words())))
    keys = [columns[r] for r in ("customer_id", "order_id", "product") if r in columns]
    texts = [f"c{at}" for at in range(1, min(len(staging.names), 12) + 1)]
    alone = f"'({words})[ :=.]*'"
    behind = f"'({words})\\b.{{0,40}}'"
    customer, date_ = columns["customer_id"], columns["ordered_at"]
    in_key = " OR ".join(f"regexp_full_match(lower({key}), {alone})" for key in keys)
    anywhere = " OR ".join(f"regexp_full_match(lower({text}), {behind})" for text in texts)
    alone_anywhere = " OR ".join(f"regexp_full_match(lower({text}), {alone})" for text in texts)
    return (
        f"COALESCE({in_key}, false) OR ({customer} IS NULL AND COALESCE({alone_anywhere}, false)) "
        f"OR ({date_} IS NULL AND COALESCE({anywhere}, false))"
    )


def _kinds(staging: Staging, mapping: Mapping) -> None:
    """Table ``kind_cells``: what the cells of a column of kinds of rows say about their rows."""
    pairs: list[tuple[str, str]] = []
    if "kind" in mapping.roles:
        column = staging.column(mapping.roles["kind"].column)
        found = staging.engine.sql(
            f"SELECT DISTINCT {column} AS cell FROM staged WHERE {column} IS NOT NULL ORDER BY 1"
        )["cell"]
        if len(found) <= _MOST_WORDS:
            pairs = [(cell, reason) for cell in found if (reason := kind_reason(str(cell)))]
    table = pd.DataFrame(pairs, columns=["cell", "reason"], dtype="str")
    staging.engine.write("kind_cells", table)


def _consents(staging: Staging, mapping: Mapping) -> None:
    """Table ``consent_cells``: whether the cells of a column of consents say yes."""
    rows: list[tuple[str, str, bool]] = []
    for role in ("consent", "opt_out"):
        if role in mapping.roles:
            column = staging.column(mapping.roles[role].column)
            found = staging.engine.sql(
                f"SELECT DISTINCT {column} AS cell FROM staged WHERE {column} IS NOT NULL"
            )["cell"]
            rows += [(role, *entry) for entry in consent_cells(map(str, found)).items()]
    table = pd.DataFrame(rows, columns=["role", "cell", "agrees"])
    table = table.astype({"role": "str", "cell": "str", "agrees": "bool"})
    staging.engine.write("consent_cells", table)


def _refused(staging: Staging, mapping: Mapping) -> list[str]:
    """How many customers said no to being contacted."""
    row = staging.engine.sql(
        "SELECT count(DISTINCT customer_id) AS n, "
        "count(DISTINCT CASE WHEN NOT consent THEN customer_id END) AS refused FROM ledger"
    ).iloc[0]
    if not int(row["refused"]):
        return []
    columns = [mapping.roles[r].column for r in ("consent", "opt_out") if r in mapping.roles]
    return [
        tell_many(
            int(row["refused"]),
            "One of {all:,} customers does not want to be contacted (column {columns}) and stands "
            "in no list to contact.",
            "{n:,} of {all:,} customers do not want to be contacted (column {columns}) and stand "
            "in no list to contact.",
            n=int(row["refused"]),
            all=int(row["n"]),
            columns=", ".join(map(repr, columns)),
        )
    ]


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


def _duplicates(staging: Staging) -> None:
    columns = ", ".join(f"c{at}" for at in range(1, len(staging.names) + 1))
    staging.engine.execute(
        "CREATE OR REPLACE TABLE duplicates AS SELECT line_no, part_no <> first_part AS is_overlap "
        "FROM (SELECT line_no, part_no, "
        f"row_number() OVER w AS turn, min(part_no) OVER w AS first_part FROM staged "
        f"WINDOW w AS (PARTITION BY {columns} ORDER BY line_no)) WHERE turn > 1"
    )


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


def _report(staging: Staging, states: pd.DataFrame, warnings: list[str]) -> LoadReport:
    engine = staging.engine
    table = engine.run("source/reconciliation")
    rows = {str(r): int(n) for r, n in zip(table["reason"], table["rows"], strict=True)}
    sums = {str(r): float(a) for r, a in zip(table["reason"], table["amount"], strict=True)}
    rows["repeated_header"] = sum(part.repeated_headers for part in staging.parts)
    rows["note"] = sum(part.notes for part in staging.parts)
    unreadable = sum(len(part.unreadable) for part in staging.parts)
    rows["unreadable"] = unreadable
    rows = {reason: rows[reason] for reason in REASONS if rows.get(reason)}
    read = sum(rows.values())
    used = rows.get("used", 0)
    reconciliation = pd.DataFrame(
        {
            "reason": list(rows),
            "meaning": [REASONS[reason] for reason in rows],
            "rows": list(rows.values()),
            "amount": [sums.get(reason, float("nan")) for reason in rows],
            "share": [n / read for n in rows.values()],
        }
    )
    figures = engine.run("source/figures").iloc[0]
    revenue = Decimal(str(figures["revenue"]))
    unknown = Decimal(str(figures["revenue_without_customer"]))
    duplicates, duplicated = (
        int(figures["duplicate_rows"]),
        Decimal(str(figures["duplicate_amount"])),
    )
    warnings.extend(_warnings(staging, rows, read, duplicates, duplicated))
    aside = {r: n for r, n in rows.items() if r not in ("used", "unreadable")}
    return LoadReport(
        rows_read=read,
        rows_used=used,
        rows_set_aside=aside,
        rows_unreadable=unreadable,
        reconciliation=reconciliation,
        unreadable=_unreadable(staging),
        set_aside=_set_aside(staging),
        states=states,
        files=_files(staging),
        customers=int(figures["customers"]),
        buyers=int(figures["buyers"]),
        orders=int(figures["orders"]),
        revenue=revenue,
        revenue_without_customer=unknown,
        revenue_total=revenue + unknown,
        first_order=_day(figures["first_order"]),
        last_order=_day(figures["last_order"]),
        duplicate_rows=duplicates,
        duplicate_amount=duplicated,
        warnings=tuple(warnings),
    )


def _warnings(
    staging: Staging, rows: dict[str, int], read: int, duplicates: int, duplicated: Decimal
) -> list[str]:
    """One sentence for every reason that a reader should know of."""
    found: list[str] = []
    for reason, n in rows.items():
        if reason in _TOLD:
            found.append(
                tell(
                    "{n:,} of {all:,} rows were set aside: {reason}.",
                    n=n,
                    all=read,
                    reason=REASONS[reason],
                )
            )
    if rows.get("unreadable"):
        share = rows["unreadable"] / read
        found.append(
            tell(
                "{n:,} of {all:,} lines can't be read; were they like the others, {share:.2%} of "
                "the money would be missing.",
                n=rows["unreadable"],
                all=read,
                share=share,
            )
        )
    if rows.get("no_customer"):
        share = rows["no_customer"] / read
        found.append(
            tell_many(
                rows["no_customer"],
                "One row ({share:.0%}) has no customer: it counts in the overview of the business, "
                "not in the customer analyses.",
                "{n:,} rows ({share:.0%}) have no customer: they count in the overview of the "
                "business, not in the customer analyses.",
                n=rows["no_customer"],
                share=share,
            )
        )
    if duplicates:
        figures = {"n": duplicates, "amount": duplicated}
        found.append(
            tell_many(
                duplicates,
                "One row repeats another one in every column ({amount:,.2f}); it was set aside.",
                "{n:,} rows repeat another one in every column ({amount:,.2f} in all); they were "
                "set aside.",
                **figures,
            )
            if rows.get("exact_duplicate")
            else tell_many(
                duplicates,
                "One row repeats another one in every column ({amount:,.2f}); it was kept.",
                "{n:,} rows repeat another one in every column ({amount:,.2f} in all); they were "
                "kept.",
                **figures,
            )
        )
    overlap = staging.engine.sql("SELECT count(*) AS n FROM duplicates WHERE is_overlap")
    twice = int(overlap["n"].iloc[0])
    if twice:
        found.append(
            tell_many(
                twice,
                "One of these repeats a row of another file: the files may overlap in time and "
                "count this sale twice; --drop-duplicates sets it aside.",
                "{n:,} of these repeat a row of another file: the files may overlap in time and "
                "count these sales twice; --drop-duplicates sets them aside.",
                n=twice,
            )
        )
    damaged = sum(part.damaged_lines for part in staging.parts)
    if damaged:
        found.append(
            tell_many(
                damaged,
                "One line holds bytes that are no UTF-8; it was read as cp1252.",
                "{n:,} lines hold bytes that are no UTF-8; they were read as cp1252.",
                n=damaged,
            )
        )
    return found


def _unreadable(staging: Staging) -> pd.DataFrame:
    rows = [
        (part.label, item.line, item.reason, item.text.rstrip("\r\n"))
        for part in staging.parts
        for item in part.unreadable
    ]
    return pd.DataFrame(rows, columns=["file", "line", "reason", "text"])


def _set_aside(staging: Staging) -> pd.DataFrame:
    rows = staging.engine.sql(
        "SELECT part_no, file_line AS line, fate AS reason FROM ("
        "SELECT *, row_number() OVER (PARTITION BY fate ORDER BY line_no) AS turn FROM fates "
        f"WHERE fate NOT IN ('used', 'no_customer')) WHERE turn <= {_SHOWN_LINES} "
        "ORDER BY part_no, line"
    )
    labels = [staging.parts[int(at)].label for at in rows["part_no"]]
    return pd.DataFrame({"file": labels, "line": rows["line"], "reason": rows["reason"]})


def _files(staging: Staging) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "file": [part.label for part in staging.parts],
            "rows": [part.rows for part in staging.parts],
            "encoding": [part.encoding for part in staging.parts],
            "delimiter": [part.delimiter for part in staging.parts],
            "header_line": pd.array([part.header_line for part in staging.parts], dtype="Int64"),
        }
    )


def _day(moment: object) -> date | None:
    return moment.date() if isinstance(moment, datetime) and not pd.isna(moment) else None
