"""Tells a table of customers, one row each, from one of sales."""

from custanalytics.errors import SourceError
from custanalytics.ledger.detect.column_names import plain
from custanalytics.ledger.detect.roles import Roles

# What the field calls the columns of a customer summary (Fader, Hardie and Lee 2005).
_SUMMARY = frozenset({"frequency", "recency"})
# Counts of a customer's orders, as shop systems and people name them.
_COUNTS = frozenset(
    plain(name)
    for name in (
        "orders", "orders count", "order count", "total orders", "number of orders", "num orders",
        "n orders", "no of orders", "orders total", "lifetime orders", "purchases",
        "purchase count", "total purchases", "number of purchases", "bestellungen",
        "anzahl bestellungen", "anzahl der bestellungen", "auftraege", "anzahl auftraege",
        "commandes", "nombre de commandes", "nb commandes", "pedidos", "numero de pedidos",
        "total de pedidos", "cantidad de pedidos", "ordini", "numero ordini", "numero di ordini",
        "aantal bestellingen", "aantal orders", "quantidade de pedidos", "liczba zamowien",
        "antal ordrar", "antal ordrer",
    )
)  # fmt: skip
_LEAST_ROWS = 10


def refuse_customer_table(roles: Roles) -> None:
    """Refuse a table that tells of customers what they bought in all, and of no sale.

    Raises
    ------
    SourceError
        The columns are a summary's, or the customers differ in every row beside a count of
        their orders.
    """
    names = {plain(name): name for name in roles.staging.names if name not in roles.staging.joined}
    if names.keys() >= _SUMMARY:
        raise SourceError(_told(f"{names['frequency']!r} and {names['recency']!r} sum them up"))
    counts = [name for key, name in names.items() if key in _COUNTS and _counts(roles, name)]
    if not counts or "customer_id" in roles.chosen:
        return
    for candidate in roles.best("customer_id"):
        if candidate.kind != "name" and _is_distinct(roles, candidate.column):
            raise SourceError(
                _told(
                    f"{candidate.column!r} differs in every row, and {counts[0]!r} counts orders",
                    "; if each row is a sale after all, say so with --map "
                    f"customer_id={candidate.column}",
                )
            )


def _told(why: str, otherwise: str = "") -> str:
    return (
        f"the table has one row for each customer ({why}), and a report needs one row for each "
        "sale: export the orders or their lines; what a summary of customers allows, "
        "custanalytics.customer_lifetime_value and rfm_segmentation compute from Python"
        f"{otherwise}"
    )


def _counts(roles: Roles, name: str) -> bool:
    """Whether the cells are whole numbers, some of them above one."""
    cells = [cell for cell in roles.staging.values(name) if cell]
    return all(cell.isdecimal() for cell in cells) and any(int(cell) > 1 for cell in cells)


def _is_distinct(roles: Roles, name: str) -> bool:
    column = roles.staging.column(name)
    row = roles.staging.engine.sql(
        f"SELECT count({column}) AS n, count(DISTINCT {column}) AS different FROM staged"
    ).iloc[0]
    return int(row["n"]) >= _LEAST_ROWS and row["n"] == row["different"]
