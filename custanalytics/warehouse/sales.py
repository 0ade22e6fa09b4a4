"""Sales in a client's own table to a ledger in the same engine: lines are read where they are."""

import re
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pandas as pd

from custanalytics.engine import quote
from custanalytics.errors import SourceError
from custanalytics.ledger.detect.column_names import meanings
from custanalytics.ledger.detect.states import (
    SALE,
    STATE_ROLES,
    TAKEN_FOR,
    UNKNOWN,
    state_reasons,
)
from custanalytics.ledger.findings import as_checks, as_findings, as_frame, unknown_customers
from custanalytics.ledger.load_report import REASONS, Ledger, LoadReport
from custanalytics.ledger.mapping import Choice, Mapping
from custanalytics.ledger.order_states import MOST_UNKNOWN, WHY
from custanalytics.sentences import noted, tell
from custanalytics.transactions import keep_orders
from custanalytics.warehouse.columns import roles_of
from custanalytics.warehouse.engines import Warehouse, warehouse
from custanalytics.warehouse.translate import spoken

GIVEN = "given_source"
STATES = ["column", "value", "rows", "amount", "why", "taken_for"]
_TABLE = re.compile(r"[^\s;()]+")
_OPTIONAL_TEXT = ("product", "product_name", "category", "country", "channel")
_MOST_STATES = 200


def load_table(
    address: str,
    source: str,
    *,
    mapping: Dict[str, str | int] | None = None,
    currency: str | None = None,
    sale: Sequence[str] = (),
    not_a_sale: Sequence[str] = (),
    where: Sequence[tuple[str, str]] = (),
    since: date | None = None,
    as_of: date | None = None,
    today: date | None = None,
) -> Ledger:
    """Read the sales of a table, or of a query, where the client keeps them.

    Parameters
    ----------
    address : str
        Of the server, such as ``postgresql://USER@HOST/DATABASE``.
    source : str
        Name of a table, with its schema where it has one, or a SELECT statement.
    mapping : dict, optional
        Role to column: its name, or its number from 1; ``"none"`` leaves the role out.
    currency : str, optional
        ISO code of the amounts.
    sale, not_a_sale : sequence of str
        States of orders, as the table has them, that are sales, and that are none.
    where : sequence of (str, str)
        Columns, each with a value: only these rows count; several of one column are alternatives.
    since : date, optional
        First day that counts; earlier rows are set aside.
    as_of : date, optional
        Last day that counts; later rows are set aside.
    today : date, optional
        No sale is later; the day of the run where not given.

    Returns
    -------
    Ledger
        Its engine is the server's; no line has left it.

    Raises
    ------
    SourceError
        The server or the table can't be read, or a column that every sale needs is missing.
    UsageError
        The address makes no sense, or holds a password.

    Notes
    -----
    Columns play their roles by name and by the type that the table gives them; what has another
    type is cast in a query. The session stores temporary tables only. Repeated lines are not
    looked for: a table has its keys for that.

    Examples
    --------
    >>> import custanalytics as ca
    >>> ledger = ca.load_table("postgresql://ann@db/shop", "sales.lines")  # doctest: +SKIP
    >>> ca.customer_summary(ledger)  # doctest: +SKIP
    """
    engine = warehouse(address)
    engine.view(GIVEN, source)
    columns = engine.columns(GIVEN)
    roles = roles_of(columns, mapping or {}, lambda column: _values(engine, column))
    _refuse_unknown_columns(where, columns)
    states = _states(engine, roles, sale, not_a_sale)
    bounds = (since or date.min, as_of or date.max, today or date.today())
    lines = _lines(roles, columns, states, where, bounds)
    rows = engine.rows(
        "rows of the source",
        spoken(
            'SELECT fate, COUNT(*) AS "rows", CAST(COALESCE(SUM(amount), 0) AS DOUBLE) AS amount '
            f"FROM ({lines}) AS l GROUP BY fate ORDER BY fate",
            engine.dialect,
        ),
    )
    told: list[str] = [
        tell("The sales were read from {source}, and stayed there.", source=_shown(source))
    ]
    told += [*_settled(states), *_told_of(engine, roles, currency)]
    counts = dict(zip(rows["fate"], rows["rows"], strict=True))
    if not counts.get("used"):
        reasons = ", ".join(f"{REASONS[fate]}: {n:,}" for fate, n in counts.items())
        raise SourceError(f"no row is left for the customer analyses ({reasons or 'no rows'})")
    engine.store(
        "sales of the source",
        "given_lines",
        spoken(
            "SELECT ROW_NUMBER() OVER (ORDER BY ordered_at, order_id, customer_id, product, amount,"
            f" quantity) AS line_no, l.* FROM ({lines}) AS l WHERE fate IN ('used', 'no_customer') "
            "AND amount <> 0",
            engine.dialect,
        ),
    )
    engine.keep("ledger", "ledger_of_table")
    keep_orders(engine)
    report = _report(engine, rows, states, _shown(source), told)
    findings = [*unknown_customers(report, counted=False), *as_findings(report.warnings)]
    decided = Mapping(roles, currency, sale=tuple(sale), not_a_sale=tuple(not_a_sale))
    return Ledger(engine, decided, report, currency, as_frame(findings), as_checks(findings))


def _shown(source: str) -> str:
    """A table by its name; a query is the consultant's, and may be long."""
    return source.strip() if _TABLE.fullmatch(source.strip()) else noted("a query")


def _refuse_unknown_columns(where: Sequence[tuple[str, str]], columns: Dict[str, str]) -> None:
    for column, _ in where:
        if column not in columns:
            raise SourceError(
                f"--where {column}=...: there is no column {column!r}; there are "
                f"{', '.join(columns)}"
            )


def _values(engine: Warehouse, column: str) -> list[str]:
    """Some of the different values of a column."""
    text = (
        f"SELECT CAST({quote(column)} AS VARCHAR) AS value FROM {GIVEN} WHERE {quote(column)} IS "
        f"NOT NULL GROUP BY {quote(column)} ORDER BY COUNT(*) DESC, value LIMIT {_MOST_STATES}"
    )
    found = engine.rows(f"values of {column}", spoken(text, engine.dialect))["value"]
    return [str(value) for value in found]


def _states(
    engine: Warehouse, roles: Dict[str, Choice], sale: Sequence[str], not_a_sale: Sequence[str]
) -> pd.DataFrame:
    """One row per state met: role, column, value, rows, amount, reason, taken_for, why."""
    tables = []
    for role in STATE_ROLES:
        if role not in roles:
            continue
        column = roles[role].column
        found = engine.rows(
            f"states of {column}",
            spoken(
                f'SELECT CAST({quote(column)} AS VARCHAR) AS value, COUNT(*) AS "rows", '
                f"CAST(COALESCE(SUM(ABS({_amount(roles)})), 0) AS DOUBLE) AS amount FROM {GIVEN} "
                f"WHERE {quote(column)} IS NOT NULL GROUP BY {quote(column)} "
                f"ORDER BY amount DESC, value LIMIT {_MOST_STATES + 1}",
                engine.dialect,
            ),
        )
        if len(found) > _MOST_STATES:
            continue
        reasons = state_reasons(role, list(found["value"]), sale, not_a_sale)
        found["role"], found["column"] = role, column
        found["reason"] = [reasons[value][0] for value in found["value"]]
        found["why"] = [WHY.get(reasons[value][1], reasons[value][1]) for value in found["value"]]
        tables.append(found)
    if not tables:
        return pd.DataFrame(columns=["role", *STATES, "reason"])
    table = pd.concat(tables, ignore_index=True)
    table["taken_for"] = table["reason"].map(TAKEN_FOR)
    table.loc[table["reason"] == UNKNOWN, "why"] = WHY[UNKNOWN]
    return table


def _settled(states: pd.DataFrame) -> list[str]:
    """Stop where states that nobody knows decide over much of the money, else warn."""
    found: list[str] = []
    for column, group in states.groupby("column", sort=False):
        unknown = group[group["reason"] == UNKNOWN]
        if unknown.empty:
            continue
        listed = ", ".join(f"{value!r}" for value in unknown["value"])
        if unknown["amount"].sum() > MOST_UNKNOWN * group["amount"].sum():
            raise SourceError(
                f"it is not known whether rows in these states are sales: {listed} in column "
                f"{column!r}, {unknown['rows'].sum():,} rows; say --sale VALUE or "
                "--not-a-sale VALUE for each"
            )
        found.append(
            tell(
                "{n:,} rows are in states that are not known and were counted as sales ({listed}); "
                "say --not-a-sale VALUE for each that is none.",
                n=int(unknown["rows"].sum()),
                listed=listed,
            )
        )
    return found


def _lines(
    roles: Dict[str, Choice],
    columns: Dict[str, str],
    states: pd.DataFrame,
    where: Sequence[tuple[str, str]],
    bounds: tuple[date, date, date],
) -> str:
    """Statement with one row per row of the source, in the ledger's columns, and its fate."""
    since, as_of, today = (f"CAST('{day.isoformat()}' AS DATE)" for day in bounds)
    wanted = " AND ".join(
        f"COALESCE(CAST({quote(column)} AS VARCHAR) IN "
        f"({', '.join(_literal(v) for c, v in where if c == column)}), FALSE)"
        for column in dict.fromkeys(column for column, _ in where)
    )
    parts = {
        "customer_id": _text(roles, columns, "customer_id"),
        "given_order": _text(roles, columns, "order_id"),
        "ordered_at": f"CAST({quote(roles['ordered_at'].column)} AS TIMESTAMP)",
        "amount": f"CAST({_amount(roles)} AS DECIMAL(18, 4))",
        "quantity": _cast(roles, "quantity", "DECIMAL(18, 4)"),
        **{role: _text(roles, columns, role) for role in _OPTIONAL_TEXT},
        "discounted": _discounted(roles, columns),
        "consent": _consent(roles),
        "reason": _reason(states),
        "wanted": wanted or "TRUE",
    }
    listed = ", ".join(f"{text} AS {name}" for name, text in parts.items())
    return (
        "SELECT customer_id, COALESCE(given_order, COALESCE(customer_id, '') || '/' || "
        "CAST(CAST(ordered_at AS DATE) AS VARCHAR)) AS order_id, ordered_at, amount, quantity, "
        f"{', '.join(_OPTIONAL_TEXT)}, discounted, consent, CASE "
        "WHEN NOT wanted THEN 'not_asked_for' "
        "WHEN reason IS NOT NULL THEN reason "
        "WHEN ordered_at IS NULL THEN 'no_date' "
        f"WHEN CAST(ordered_at AS DATE) > {today} THEN 'future_date' "
        f"WHEN CAST(ordered_at AS DATE) < {since} THEN 'before_from' "
        f"WHEN CAST(ordered_at AS DATE) > {as_of} THEN 'after_as_of' "
        "WHEN amount IS NULL THEN 'no_amount' "
        "WHEN customer_id IS NULL THEN 'no_customer' "
        "WHEN amount = 0 THEN 'zero_amount' ELSE 'used' END AS fate "
        f"FROM (SELECT {listed} FROM {GIVEN}) AS given"
    )


def _text(roles: Dict[str, Choice], columns: Dict[str, str], role: str) -> str:
    """A column as text; null where it is blank, or where no column plays the role."""
    if role not in roles:
        return "CAST(NULL AS VARCHAR)"
    column = quote(roles[role].column)
    if columns[roles[role].column] == "number":
        return f"CAST(CAST({column} AS DECIMAL(38, 0)) AS VARCHAR)"
    return f"NULLIF(TRIM(CAST({column} AS VARCHAR)), '')"


def _cast(roles: Dict[str, Choice], role: str, kind: str) -> str:
    return f"CAST({quote(roles[role].column) if role in roles else 'NULL'} AS {kind})"


def _amount(roles: Dict[str, Choice]) -> str:
    if "amount" in roles:
        return quote(roles["amount"].column)
    return f"{quote(roles['quantity'].column)} * {quote(roles['unit_price'].column)}"


def _discounted(roles: Dict[str, Choice], columns: Dict[str, str]) -> str:
    if "discount_code" not in roles:
        return "CAST(NULL AS BOOLEAN)"
    column = quote(roles["discount_code"].column)
    if columns[roles["discount_code"].column] == "number":
        return f"COALESCE({column}, 0) <> 0"
    return f"COALESCE(TRIM({column}), '') <> ''"


def _consent(roles: Dict[str, Choice]) -> str:
    if "opt_out" in roles:
        return f"NOT {quote(roles['opt_out'].column)}"
    return _cast(roles, "consent", "BOOLEAN")


def _reason(states: pd.DataFrame) -> str:
    """Why a row is no sale by its states; null where it is one.

    The state of the payment says whether it was paid; else that of the order does.
    """

    def by(role: str, *, waiting: bool | None = None) -> str:
        rows = states[(states["role"] == role) & ~states["reason"].isin([SALE, UNKNOWN])]
        if waiting is not None:
            rows = rows[(rows["reason"] == "not_paid") == waiting]
        if rows.empty:
            return "CAST(NULL AS VARCHAR)"
        column = f"CAST({quote(rows['column'].iloc[0])} AS VARCHAR)"
        cases = " ".join(
            f"WHEN {_literal(value)} THEN '{reason}'"
            for value, reason in zip(rows["value"], rows["reason"], strict=True)
        )
        return f"CASE {column} {cases} END"

    sold = states[(states["role"] == "payment_status") & (states["reason"] == SALE)]
    unpaid = by("status", waiting=True)
    if not sold.empty:
        listed = ", ".join(map(_literal, sold["value"]))
        column = quote(sold["column"].iloc[0])
        unpaid = f"CASE WHEN CAST({column} AS VARCHAR) IN ({listed}) THEN NULL ELSE {unpaid} END"
    order = (by("cancelled"), by("status", waiting=False), by("payment_status"), unpaid)
    return f"COALESCE({', '.join(order)}, {by('returned')}, {by('fulfilment_status')})"


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _told_of(engine: Warehouse, roles: Dict[str, Choice], currency: str | None) -> list[str]:
    found: list[str] = []
    price = roles["unit_price"].column if "unit_price" in roles else ""
    if "amount" in meanings(price) and "amount" not in roles:
        text = (
            f"SELECT CAST(SUM({_amount(roles)}) AS DOUBLE) AS times, "
            f"CAST(SUM({quote(price)}) AS DOUBLE) AS once FROM {GIVEN}"
        )
        row = engine.rows(f"sums of {price}", spoken(text, engine.dialect)).iloc[0]
        found.append(
            tell(
                "Column {column} was taken for the price of one piece, and the rows come to "
                "{times:,.2f}; if it is the price of the line (--map amount={name}), they come to "
                "{once:,.2f}.",
                column=repr(price),
                name=price,
                times=float(row["times"]),
                once=float(row["once"]),
            )
        )
    if "order_id" not in roles:
        found.append(
            tell(
                "No column holds the order's number: what a customer bought on one day counts as "
                "one order (--map order_id=COLUMN)."
            )
        )
    if currency is None:
        found.append(
            tell(
                "The file does not say which currency the amounts are in, so they are written "
                "without one; name it with --currency, such as --currency EUR."
            )
        )
    return found


def _report(
    engine: Warehouse, rows: pd.DataFrame, states: pd.DataFrame, source: str, told: Sequence[str]
) -> LoadReport:
    """Counts and sums, as of an export."""
    counts = {fate: int(n) for fate, n in zip(rows["fate"], rows["rows"], strict=True)}
    sums = dict(zip(rows["fate"], rows["amount"], strict=True))
    counts = {reason: counts[reason] for reason in REASONS if counts.get(reason)}
    read = sum(counts.values())
    figures = engine.run("ledger_figures").iloc[0]
    revenue, unknown = (
        Decimal(f"{figures[name]:.4f}") for name in ("revenue", "revenue_without_customer")
    )
    return LoadReport(
        rows_read=read,
        rows_used=counts["used"],
        rows_set_aside={reason: n for reason, n in counts.items() if reason != "used"},
        rows_unreadable=0,
        rows_mended=0,
        reconciliation=pd.DataFrame(
            {
                "reason": list(counts),
                "meaning": [REASONS[reason] for reason in counts],
                "rows": list(counts.values()),
                "amount": [float(sums[reason]) for reason in counts],
                "share": [n / read for n in counts.values()],
            }
        ),
        mended=pd.DataFrame(columns=["file", "line", "before", "after"]),
        unreadable=pd.DataFrame(columns=["file", "line", "reason", "text"]),
        set_aside=pd.DataFrame(columns=["file", "line", "reason"]),
        states=states[STATES],
        files=pd.DataFrame(
            {
                "file": [source],
                "rows": [read],
                "encoding": [None],
                "delimiter": [None],
                "header_line": pd.array([None], dtype="Int64"),
            }
        ),
        customers=int(figures["buyers"]),
        buyers=int(figures["buyers"]),
        orders=int(figures["orders"]),
        revenue=revenue,
        revenue_without_customer=unknown,
        revenue_total=revenue + unknown,
        first_order=figures["first_order"].date(),
        last_order=figures["last_order"].date(),
        duplicate_rows=0,
        duplicate_amount=Decimal(0),
        warnings=tuple(told),
    )
