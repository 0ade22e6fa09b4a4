"""The statement that turns a client's table into lines of the ledger, each with its fate."""

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from datetime import date

import pandas as pd

from custanalytics.engine import quote
from custanalytics.ledger.detect.states import SALE, UNKNOWN
from custanalytics.ledger.mapping import Choice

GIVEN = "given_source"
UNKNOWN_KIND = "unknown"
# Lines of a table have no order of their own.
IN_ORDER = ("ordered_at", "order_id", "customer_id", "product", "amount", "quantity")
_OPTIONAL_TEXT = ("product", "product_name", "category", "country", "channel")
_EARLIEST = date(1970, 1, 1)
# A state that stands for the whole sale only where no row takes it off.
_GIVEN_BACK = ("refunded", "returned")
_NETS_ITSELF = (
    f"reason IN ({', '.join(repr(state) for state in _GIVEN_BACK)}) AND "
    "CASE WHEN amount <= 0 OR least < 0 THEN 1 ELSE 0 END = 1"
)
# Days that systems write for none.
_ZERO_DAYS = ("1970-01-01", "1900-01-01", "1899-12-30", "1753-01-01", "0001-01-01", "2099-12-31",
              "2999-12-31", "9999-12-31")  # fmt: skip


def lines_of(
    roles: Dict[str, Choice],
    columns: Dict[str, str],
    states: pd.DataFrame,
    nobody: Sequence[str],
    where: Sequence[tuple[str, str]],
    bounds: tuple[date, date, date],
) -> str:
    """Statement with one row per row of the source, in the ledger's columns, and its fate."""
    since, as_of, today, earliest = (
        f"CAST('{day.isoformat()}' AS DATE)" for day in (*bounds, _EARLIEST)
    )
    zeros = ", ".join(map(literal, _ZERO_DAYS))
    wanted = " AND ".join(
        f"COALESCE(CAST({quote(column)} AS VARCHAR) IN "
        f"({', '.join(literal(v) for c, v in where if c == column)}), FALSE)"
        for column in dict.fromkeys(column for column, _ in where)
    )
    customer = text_of(roles, columns, "customer_id")
    if nobody:
        listed = ", ".join(map(literal, nobody))
        customer = f"CASE WHEN {customer} IN ({listed}) THEN NULL ELSE {customer} END"
    parts = {
        "customer_id": customer,
        "given_order": text_of(roles, columns, "order_id"),
        "ordered_at": f"CAST({quote(roles['ordered_at'].column)} AS TIMESTAMP)",
        "amount": f"CAST({amount_of(roles)} AS DECIMAL(18, 4))",
        "quantity": _cast(roles, "quantity", "DECIMAL(18, 4)"),
        **{role: text_of(roles, columns, role) for role in _OPTIONAL_TEXT},
        "discounted": _discounted(roles, columns),
        "consent": _consent(roles),
        "reason": _reason(states),
        "wanted": wanted or "TRUE",
    }
    given = ", ".join(f"{text} AS {name}" for name, text in parts.items())
    rows = f"SELECT {given} FROM {GIVEN}"
    stands = "reason IS NOT NULL"
    if states["reason"].isin(_GIVEN_BACK).any():
        rows, stands = _netted(rows), f"reason IS NOT NULL AND NOT ({_NETS_ITSELF})"
    return (
        "SELECT customer_id, COALESCE(given_order, COALESCE(customer_id, '') || '/' || "
        "CAST(CAST(ordered_at AS DATE) AS VARCHAR)) AS order_id, ordered_at, amount, quantity, "
        f"{', '.join(_OPTIONAL_TEXT)}, discounted, consent, CASE "
        "WHEN NOT wanted THEN 'not_asked_for' "
        f"WHEN {stands} THEN reason "
        "WHEN ordered_at IS NULL THEN 'no_date' "
        f"WHEN CAST(CAST(ordered_at AS DATE) AS VARCHAR) IN ({zeros}) THEN 'zero_date' "
        f"WHEN CAST(ordered_at AS DATE) < {earliest} THEN 'bad_date' "
        f"WHEN CAST(ordered_at AS DATE) > {today} THEN 'future_date' "
        f"WHEN CAST(ordered_at AS DATE) < {since} THEN 'before_from' "
        f"WHEN CAST(ordered_at AS DATE) > {as_of} THEN 'after_as_of' "
        "WHEN amount IS NULL THEN 'no_amount' "
        "WHEN customer_id IS NULL THEN 'no_customer' "
        "WHEN amount = 0 THEN 'zero_amount' ELSE 'used' END AS fate "
        f"FROM ({rows}) AS given"
    )


def _netted(rows: str) -> str:
    """Rows, each with the least amount of its order."""
    return (
        "SELECT r.*, CASE WHEN given_order IS NOT NULL THEN MIN(amount) OVER "
        f"(PARTITION BY given_order, customer_id) END AS least FROM ({rows}) AS r"
    )


def counted(lines: str) -> str:
    """The rows of `lines_of` that the ledger holds."""
    return f"SELECT l.* FROM ({lines}) AS l WHERE fate IN ('used', 'no_customer') AND amount <> 0"


def text_of(roles: Dict[str, Choice], columns: Dict[str, str], role: str) -> str:
    """A column as text; null where it is blank, or where no column plays the role."""
    if role not in roles:
        return "CAST(NULL AS VARCHAR)"
    column = quote(roles[role].column)
    if columns[roles[role].column] == "number":
        return f"CAST(CAST({column} AS DECIMAL(38, 0)) AS VARCHAR)"
    text = f"NULLIF(TRIM(CAST({column} AS VARCHAR)), '')"
    if columns[roles[role].column] == UNKNOWN_KIND and role in ("customer_id", "order_id"):
        # Where it is a number with a fraction, that says nothing.
        return (
            f"CASE WHEN {text} LIKE '%.0' THEN SUBSTRING({text}, 1, LENGTH({text}) - 2) "
            f"ELSE {text} END"
        )
    return text


def _cast(roles: Dict[str, Choice], role: str, kind: str) -> str:
    return f"CAST({quote(roles[role].column) if role in roles else 'NULL'} AS {kind})"


def amount_of(roles: Dict[str, Choice]) -> str:
    """What was paid for a line."""
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
            f"WHEN {literal(value)} THEN '{reason}'"
            for value, reason in zip(rows["value"], rows["reason"], strict=True)
        )
        return f"CASE {column} {cases} END"

    sold = states[(states["role"] == "payment_status") & (states["reason"] == SALE)]
    unpaid = by("status", waiting=True)
    if not sold.empty:
        listed = ", ".join(map(literal, sold["value"]))
        column = quote(sold["column"].iloc[0])
        unpaid = f"CASE WHEN CAST({column} AS VARCHAR) IN ({listed}) THEN NULL ELSE {unpaid} END"
    order = (by("cancelled"), by("status", waiting=False), by("payment_status"), unpaid)
    return f"COALESCE({', '.join(order)}, {by('returned')}, {by('fulfilment_status')})"


def literal(value: object) -> str:
    """A value as a text of SQL."""
    return "'" + str(value).replace("'", "''") + "'"
