"""Sales in a client's own table to a ledger in the same engine: lines are read where they are."""

import re
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd

from custanalytics.engine import quote
from custanalytics.errors import SourceError
from custanalytics.ledger.detect.cell_words import nobody_words
from custanalytics.ledger.detect.column_names import meanings
from custanalytics.ledger.detect.states import STATE_ROLES, TAKEN_FOR, UNKNOWN, state_reasons
from custanalytics.ledger.findings import as_checks, as_findings, as_frame, unknown_customers
from custanalytics.ledger.load_report import REASONS, Ledger, LoadReport
from custanalytics.ledger.mapping import Choice, Mapping
from custanalytics.ledger.order_states import MOST_UNKNOWN, WHY
from custanalytics.ledger.pseudonymous import with_pseudonyms
from custanalytics.sentences import noted, tell, tell_many
from custanalytics.transactions import keep_orders
from custanalytics.warehouse.columns import roles_of
from custanalytics.warehouse.engines import Warehouse, warehouse
from custanalytics.warehouse.statement import (
    GIVEN,
    IN_ORDER,
    amount_of,
    counted,
    lines_of,
    literal,
    text_of,
)
from custanalytics.warehouse.translate import spoken

STATES = ["column", "value", "rows", "amount", "why", "taken_for"]
_TABLE = re.compile(r"[^\s;()]+")
_MOST_STATES = 200
# Numbers that stand for nobody where they hold far more rows than any customer.
_STANDING = ("0", "00", "000", "-1", "9999", "99999", "999999", "-9999")
_MANY_ROWS, _FAR_MORE = 10, 5


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
    pseudonymise: Path | str | None = None,
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
    pseudonymise : path, optional
        File with a key, made where there is none, or ``"env:NAME"`` for a variable that holds it:
        customers stand in the ledger under pseudonyms, as `load` has them.
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
    nobody, told_of_nobody = _nobody(engine, text_of(roles, columns, "customer_id"))
    states = _states(engine, roles, sale, not_a_sale)
    bounds = (since or date.min, as_of or date.max, today or date.today())
    lines = lines_of(roles, columns, states, nobody, where, bounds)
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
    told += [*told_of_nobody, *_settled(states), *_told_of(engine, roles, currency)]
    counts = dict(zip(rows["fate"], rows["rows"], strict=True))
    if not counts.get("used"):
        reasons = ", ".join(f"{REASONS[fate]}: {n:,}" for fate, n in counts.items())
        raise SourceError(f"no row is left for the customer analyses ({reasons or 'no rows'})")
    engine.number(
        "sales of the source",
        "given_lines",
        spoken(counted(lines), engine.dialect),
        "line_no",
        IN_ORDER,
    )
    engine.keep("ledger", "ledger_of_table")
    keep_orders(engine)
    report = _report(engine, rows, states, _shown(source), told)
    findings = [*unknown_customers(report, counted=False), *as_findings(report.warnings)]
    decided = Mapping(roles, currency, sale=tuple(sale), not_a_sale=tuple(not_a_sale))
    ledger = Ledger(engine, decided, report, currency, as_frame(findings), as_checks(findings))
    return with_pseudonyms(ledger, pseudonymise)


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


def _nobody(engine: Warehouse, customer: str) -> tuple[list[str], list[str]]:
    """Ids that name nobody, and what there is to say of them."""
    words = [*nobody_words(), *_STANDING]
    listed = ", ".join(map(literal, words))
    text = (
        f"SELECT id, rows FROM (SELECT {customer} AS id, COUNT(*) AS rows FROM {GIVEN} "
        "GROUP BY 1) AS ids WHERE id IS NOT NULL AND "
    )
    found = engine.rows(
        "ids that name nobody",
        spoken(f"{text} LOWER(id) IN ({listed}) ORDER BY id", engine.dialect),
    )
    other = engine.rows(
        "the most rows of a customer",
        spoken(
            f"{text} LOWER(id) NOT IN ({listed}) ORDER BY rows DESC, id LIMIT 1", engine.dialect
        ),
    )
    most = int(other["rows"].iloc[0]) if len(other) else 0
    standing = found["id"].isin(_STANDING)
    many = found["rows"] >= max(_MANY_ROWS, _FAR_MORE * most)
    told: list[str] = [
        tell_many(
            int(rows),
            "The customer {key} stands for nobody: one row.",
            "The customer {key} stands for nobody: {n:,} rows, far more than any customer has, or "
            "of several people.",
            key=str(key),
            n=int(rows),
        )
        for key, rows in found.loc[standing & many, ["id", "rows"]].itertuples(index=False)
    ]
    return list(found.loc[~standing | many, "id"]), told


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
                f"CAST(COALESCE(SUM(ABS({amount_of(roles)})), 0) AS DOUBLE) AS amount FROM {GIVEN} "
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


def _told_of(engine: Warehouse, roles: Dict[str, Choice], currency: str | None) -> list[str]:
    found: list[str] = []
    price = roles["unit_price"].column if "unit_price" in roles else ""
    if "amount" in meanings(price) and "amount" not in roles:
        text = (
            f"SELECT CAST(SUM({amount_of(roles)}) AS DOUBLE) AS times, "
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
