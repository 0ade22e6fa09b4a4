"""What the lines of an order share: a figure on the first one only, a number of their own."""

from custanalytics.errors import SourceError
from custanalytics.ledger.detect.column_names import plain
from custanalytics.ledger.detect.roles import Roles
from custanalytics.ledger.staging import Staging

# Orders of several lines that must agree, and their share.
_FEWEST, _SHARE = 3, 0.8
# Lines of orders that bear a number again, at most.
_MOST_REPEATED = 0.01
# Names of columns that number the lines within an order.
_LINE_NUMBERS = frozenset(
    plain(name)
    for name in (
        "order item id", "order item no", "order item number", "order line", "order line id",
        "order line no", "order line number", "line no", "line number", "line id", "line item no",
        "line item number", "line item id", "position", "positionsnummer", "positionsnr", "pos nr",
        "numéro de ligne", "n ligne", "número de línea", "línea", "numero riga", "riga",
        "regelnummer", "linha", "número da linha", "numer pozycji", "radnummer", "linjenummer",
        "明細番号", "行番号", "행번호",
    )
)  # fmt: skip


def is_first_only(staging: Staging, order: str, column: str) -> bool:
    """Whether a column is filled on the first line of each order of several, and blank below."""
    row = staging.engine.sql(
        "SELECT count(*) AS orders, COALESCE(sum(CASE WHEN cells = 1 AND first_cell IS NOT NULL "
        "THEN 1 ELSE 0 END), 0) AS first_only FROM ("
        f"SELECT count({column}) AS cells, NULLIF(arg_min(COALESCE({column}, ''), line_no), '') "
        "AS first_cell FROM staged "
        f"WHERE {order} IS NOT NULL GROUP BY part_no, {order} "
        f"HAVING count(*) > 1 AND count({column}) > 0)"
    ).iloc[0]
    return int(row["first_only"]) >= max(_FEWEST, _SHARE * int(row["orders"]))


def rows_are_orders(roles: Roles) -> bool:
    """Whether each row has an order number of its own."""
    order = roles.column("order_id")
    if order is None:
        return "quantity" not in roles.chosen
    column = roles.staging.column(order)
    row = roles.staging.engine.sql(
        f"SELECT count({column}) AS n, count(DISTINCT {column}) AS different FROM staged"
    ).iloc[0]
    return int(row["different"]) >= (1 - _MOST_REPEATED) * int(row["n"])


def refuse_repeated_lines(roles: Roles) -> None:
    """Refuse lines that stand several times, as a join with payments or parcels leaves them."""
    order = roles.column("order_id")
    numbers = [name for name in roles.staging.names if plain(name) in _LINE_NUMBERS]
    if order is None or not numbers or numbers[0] == order:
        return
    number = roles.staging.column(numbers[0])
    columns = ", ".join(roles.staging.column(name) for name in roles.staging.names)
    row = roles.staging.engine.sql(
        "SELECT count(*) AS n, COALESCE(sum(again), 0) AS again FROM (SELECT count(*) - 1 AS again "
        f"FROM (SELECT DISTINCT {columns} FROM staged) WHERE {number} IS NOT NULL "
        f"GROUP BY {roles.staging.column(order)}, {number})"
    ).iloc[0]
    n, again = int(row["n"]), int(row["again"])
    if again > _MOST_REPEATED * n:
        raise SourceError(
            f"{again} rows bear the number of another line of their order (column {numbers[0]!r}) "
            "and would count several times: the lines seem to be joined with another table, such "
            "as payments; export them without it, or say --map amount=COLUMN if each row is a "
            "sale of its own"
        )
