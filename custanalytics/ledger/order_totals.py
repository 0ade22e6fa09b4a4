"""The total of an order is shared among its lines, so that each product keeps what it brought."""

from custanalytics.ledger.mapping import Mapping
from custanalytics.ledger.staging import Staging
from custanalytics.sentences import tell, tell_many


def share_totals(staging: Staging, mapping: Mapping) -> list[str]:
    """Share the totals in ``fates`` by quantity times price, and say what became of them.

    Where no price tells them apart, orders of several products name none.
    """
    engine = staging.engine
    several = engine.sql(
        "SELECT count(*) AS n FROM fates WHERE fate = 'further_line' AND product IS NOT NULL"
    )
    if not int(several["n"].iloc[0]):
        return []
    columns = {role: choice.column for role, choice in mapping.roles.items()}
    if not {"quantity", "unit_price"} <= columns.keys():
        engine.execute("UPDATE fates SET product = NULL, product_name = NULL, category = NULL")
        return [
            tell(
                "Only the total of an order is known, not the price of each line: what a product "
                "brought can't be told, so products and categories are left out (--map "
                "unit_price=COLUMN)."
            )
        ]
    engine.keep(
        "shared",
        "source/order_lines",
        quantity=staging.column(columns["quantity"]),
        unit_price=staging.column(columns["unit_price"]),
    )
    engine.execute("DROP TABLE fates")
    engine.execute("ALTER TABLE shared RENAME TO fates")
    found = engine.sql(
        "SELECT count(DISTINCT (order_id, owner)) AS n FROM fates "
        "WHERE line_of_order > 1 AND fate IN ('used', 'no_customer')"
    )
    n = int(found["n"].iloc[0])
    if not n:
        return []
    return [
        tell_many(
            n,
            "The total of one order was shared among its lines by quantity times price.",
            "The totals of {n:,} orders were shared among their lines by quantity times price.",
            n=n,
        )
    ]
