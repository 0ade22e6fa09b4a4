"""Fields that stand on the first line of an order only are filled down within the order."""

from collections.abc import Mapping as Dict

from custanalytics.ledger.detect.order_lines import is_first_only
from custanalytics.ledger.mapping import Choice
from custanalytics.ledger.staging import Staging
from custanalytics.sentences import tell_many

# What an order has one of, wherever it stands.
_OF_ORDERS = (
    "customer_id", "customer_id_2", "customer_id_3", "customer_id_4", "ordered_at", "ordered_time",
    "currency", "status", "payment_status", "country", "channel", "discount_code", "consent",
    "opt_out",
)  # fmt: skip
# Lines without an order number, of all lines.
_HEADLESS = 0.1


def fill_down(staging: Staging, roles: Dict[str, Choice]) -> list[str]:
    """Fill the columns of the roles in ``staged``, and say how many cells were filled."""
    if "order_id" not in roles:
        return []
    order = staging.column(roles["order_id"].column)
    columns = {r: staging.column(roles[r].column) for r in _OF_ORDERS if r in roles}
    within = f"part_no, {order}"
    if _is_headless(staging, order, columns):
        # The order's own number stands on its first line too.
        within = "part_no, block"
        filled = [order, *dict.fromkeys(columns.values())]
    else:
        filled = [c for c in dict.fromkeys(columns.values()) if is_first_only(staging, order, c)]
    filled = [column for column in filled if _blanks(staging, [column])]
    if not filled:
        return []
    known = order if within.endswith(order) else "block"
    cells = ", ".join(
        f"CASE WHEN {column} IS NULL AND {known} IS NOT NULL "
        f"THEN last_value({column} IGNORE NULLS) OVER w ELSE {column} END AS {column}"
        for column in filled
    )
    before = _blanks(staging, filled)
    staging.engine.execute(
        "CREATE TABLE filled AS SELECT * EXCLUDE (block) FROM ("
        f"SELECT * REPLACE ({cells}) FROM (SELECT *, NULLIF(count({order}) OVER ("
        "PARTITION BY part_no ORDER BY line_no ROWS UNBOUNDED PRECEDING), 0) AS block FROM staged) "
        f"WINDOW w AS (PARTITION BY {within} ORDER BY line_no ROWS UNBOUNDED PRECEDING))"
    )
    staging.engine.execute("DROP TABLE staged")
    staging.engine.execute("ALTER TABLE filled RENAME TO staged")
    n = before - _blanks(staging, filled)
    names = ", ".join(repr(staging.names[int(column[1:]) - 1]) for column in filled)
    return [
        tell_many(
            n,
            "What stands on the first line of an order only was filled down to one further line: "
            "{columns}.",
            "What stands on the first line of an order only was filled down to {n:,} further "
            "lines: {columns}.",
            n=n,
            columns=names,
        )
    ]


def _is_headless(staging: Staging, order: str, columns: Dict[str, str]) -> bool:
    """Lines without order number, customer and date follow lines that have them."""
    customer, day = columns["customer_id"], columns["ordered_at"]
    row = staging.engine.sql(
        f"SELECT count(*) AS n, count(*) - count({order}) AS blank, "
        f"sum(CASE WHEN {order} IS NULL AND {customer} IS NULL AND {day} IS NULL THEN 1 "
        f"ELSE 0 END) AS headless, arg_min(COALESCE({order}, ''), line_no) <> '' AS starts "
        "FROM staged"
    ).iloc[0]
    blank = int(row["blank"])
    return (
        bool(row["starts"])
        and blank >= _HEADLESS * int(row["n"])
        and int(row["headless"]) >= (1 - _HEADLESS / 2) * blank
    )


def _blanks(staging: Staging, columns: list[str]) -> int:
    blank = " OR ".join(f"{column} IS NULL" for column in columns)
    found = staging.engine.sql(f"SELECT count(*) AS n FROM staged WHERE {blank}")
    return int(found["n"].iloc[0])
