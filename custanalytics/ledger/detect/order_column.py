"""Finds the order's number where no known name tells it: each value has one customer, one day."""

import re

from custanalytics.ledger.detect.column_names import meanings, plain
from custanalytics.ledger.detect.roles import FIT, HALF_FILLED, TIME, Roles, matching
from custanalytics.sentences import tell

# Values that may have several customers or days, as share of all.
_MOST_BAD = 0.005
# So much a number that is counted on rises or falls with the rows.
_RISES = 0.95
_WORDS = frozenset(
    plain(word)
    for word in (
        "order", "orders", "sale", "sales", "invoice", "transaction", "ticket", "receipt", "bill",
        "basket", "purchase", "bestellung", "bestell", "bestellnummer", "auftrag", "beleg",
        "rechnung", "vorgang", "commande", "facture", "vente", "pedido", "factura", "venta",
        "ordine", "fattura", "vendita", "encomenda", "fatura", "venda", "bestelling", "factuur",
        "zamówienie", "zamówienia", "faktura", "objednávka", "sipariş", "заказ", "заказа",
    )
)  # fmt: skip
_NUMBER_WORDS = frozenset(
    plain(word)
    for word in (
        "id", "no", "nr", "num", "number", "nummer", "numéro", "número", "numero", "numer", "ref",
        "reference", "référence", "referencia", "riferimento", "referentie", "referenz", "code",
    )
)  # fmt: skip
_REFERENCE = re.compile(r"^(?=.*\d)[^\s]{4,}$|^[A-Z]{6,}$")


def order_by_content(roles: Roles) -> None:
    """Choose the order's number by what a column holds, where none has a name that tells it."""
    staging = roles.staging
    if "order_id" in roles.chosen or not staging.has_header:
        return
    customer, day = roles.column("customer_id"), roles.column("ordered_at")
    if customer is None or day is None:
        return
    found = []
    for name in staging.names:
        rank = _likely(roles, name)
        if rank is not None and (values := _numbers_of_orders(roles, name, customer, day, rank)):
            found.append((rank, values, name))
    if not found:
        return
    column = min(found)[2]
    roles.take("order_id", column, "each value has one customer and one day", 0.7)
    roles.warnings.append(
        tell(
            "Column {column} was taken for the order's number: each of its values has one customer "
            "and one day (--map order_id=none leaves it out).",
            column=repr(column),
        )
    )


def _likely(roles: Roles, name: str) -> int | None:
    """0: the name speaks of orders; 1: of numbers; 2: the cells look like numbers of something."""
    if name in roles.used() or name in roles.staging.joined or roles.kinds[name] == "date":
        return None
    if meanings(name).keys() - {"order_id", "product", "product_name"}:
        return None
    cells = [cell for cell in roles.staging.values(name) if cell]
    if not cells or matching(TIME, cells) >= FIT:
        return None
    numbers = roles.kinds[name] == "number"
    if numbers and any("." in cell or "," in cell for cell in cells):
        return None
    words = set(plain(name).split())
    if words & _WORDS and (words & _NUMBER_WORDS or len(words) == 1):
        return 0
    if words & _NUMBER_WORDS and len(words) == 1:
        return 1
    return 2 if numbers or matching(_REFERENCE, cells) >= FIT else None


def _numbers_of_orders(roles: Roles, name: str, customer: str, day: str, rank: int) -> int:
    """How many orders the column tells apart; 0 where it can't be their number."""
    staging = roles.staging
    number, who = staging.column(name), staging.column(customer)
    # Lines of one order may differ in their time.
    on = f"regexp_replace({staging.column(day)}, '[ T]\\d{{1,2}}:.*$', '')"
    row = staging.engine.sql(
        "SELECT count(*) AS n, COALESCE(sum(rows), 0) AS rows, COALESCE(sum(CASE WHEN days > 1 OR "
        "people > 1 THEN 1 ELSE 0 END), 0) AS bad, COALESCE(sum(visits), 0) AS filled FROM "
        f"(SELECT {number}, count(DISTINCT {on}) AS days, count(DISTINCT {who}) AS people, "
        f"count(*) AS rows, count({on}) AS visits FROM staged WHERE {number} IS NOT NULL "
        f"GROUP BY {number})"
    ).iloc[0]
    seen = staging.engine.sql(
        f"SELECT count(DISTINCT ({who}, {on})) AS visits, count(DISTINCT {who}) AS people, "
        f"count({on}) AS rows, COALESCE(corr(TRY_CAST({number} AS DOUBLE), line_no), 0) AS rises "
        f"FROM staged WHERE {who} IS NOT NULL"
    ).iloc[0]
    orders, rows = int(row["n"]), int(row["rows"])
    if row["filled"] < HALF_FILLED * seen["rows"] or row["bad"] > _MOST_BAD * orders:
        return 0
    if not seen["people"] < orders >= seen["visits"]:
        return 0
    if roles.kinds[name] == "number" and rank and abs(seen["rises"]) < _RISES:
        return 0
    if orders == rows:
        # A number of its own in each row is the order's where rows are orders, not lines.
        goods = {c.column for role in ("product", "quantity") for c in roles.best(role)} - {name}
        return orders if rank == 0 or (rank == 1 and not goods) else 0
    return orders
