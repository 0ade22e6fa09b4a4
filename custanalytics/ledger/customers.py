"""Who the customer of each row is: one id for all its spellings, the next column where blank."""

import pandas as pd

from custanalytics.engine import DuckDBEngine
from custanalytics.ledger.detect.cell_words import nobody_words
from custanalytics.ledger.mapping import Mapping
from custanalytics.ledger.staging import Staging
from custanalytics.sentences import tell, tell_many


def find_customers(staging: Staging, mapping: Mapping) -> list[str]:
    """Make ``line_customers``, and say what was joined and what stands for nobody."""
    engine = staging.engine
    words = pd.Series(sorted(set(nobody_words())), dtype="str")
    engine.write("nobody", pd.DataFrame({"word": words}))
    keep_forms(
        engine,
        "SELECT unnest([customer_cell, customer_2, customer_3, customer_4, refund_customer_cell]) "
        "AS cell FROM raw_lines",
    )
    engine.keep("customer_keys", "source/customer_keys")
    engine.keep("line_customers", "source/customers")
    return [*_joined(staging), *_stand_ins(staging), *_from_other_columns(staging, mapping)]


def keep_forms(engine: DuckDBEngine, cells: str) -> None:
    """Make ``id_forms``: the form in which each cell that ``cells`` selects is compared."""
    engine.execute(
        f"CREATE OR REPLACE TABLE id_cells AS SELECT cell, count(*) AS n FROM ({cells}) "
        "WHERE cell IS NOT NULL GROUP BY cell"
    )
    engine.keep("id_forms", "source/id_forms")


def _joined(staging: Staging) -> list[str]:
    row = staging.engine.sql(
        "SELECT count(DISTINCT key) AS ids, CAST(COALESCE(sum(n), 0) AS BIGINT) AS n "
        "FROM customer_keys WHERE is_other AND customer_id IS NOT NULL"
    ).iloc[0]
    ids, n = int(row["ids"]), int(row["n"])
    if not ids:
        return []
    return [
        tell_many(
            ids,
            "One customer is written in several ways that differ in zeros, capitals, blanks or "
            "invisible signs only; its {n:,} rows in the rarer ways were joined to the usual one.",
            "{ids:,} customers are written in several ways that differ in zeros, capitals, blanks "
            "or invisible signs only; their {n:,} rows in the rarer ways were joined to the usual "
            "one.",
            ids=ids,
            n=n,
        )
    ]


def _stand_ins(staging: Staging) -> list[str]:
    found = staging.engine.sql(
        "SELECT k.key, count(*) AS n FROM raw_lines AS r JOIN customer_keys AS k "
        "ON k.cell = r.customer_cell AND k.standing AND k.customer_id IS NOT NULL "
        "JOIN line_customers AS c ON c.line_no = r.line_no "
        "WHERE c.customer_id IS DISTINCT FROM k.customer_id GROUP BY 1 ORDER BY 1"
    )
    return [
        tell_many(
            int(n),
            "The customer {key} stands for nobody: one row.",
            "The customer {key} stands for nobody: {n:,} rows, far more than any customer has, or "
            "of several people.",
            key=str(key),
            n=int(n),
        )
        for key, n in zip(found["key"], found["n"], strict=True)
    ]


def _from_other_columns(staging: Staging, mapping: Mapping) -> list[str]:
    found = staging.engine.sql(
        "SELECT named_by, count(*) AS n FROM line_customers WHERE named_by > 1 "
        "GROUP BY 1 ORDER BY 1"
    )
    return [
        tell_many(
            int(n),
            "In one row the customer's column is blank, and column {column} names the customer.",
            "In {n:,} rows the customer's column is blank, and column {column} names the customer.",
            n=int(n),
            column=repr(mapping.roles[f"customer_id_{by}"].column),
        )
        for by, n in zip(found["named_by"], found["n"], strict=True)
    ]


def tell_of_orders(staging: Staging, mapping: Mapping) -> list[str]:
    """Say where one number stands for several orders, and where there is none."""
    if "order_id" not in mapping.roles:
        return [
            tell(
                "No column holds the order's number: what a customer bought on one day counts as "
                "one order (--map order_id=COLUMN)."
            )
        ]
    row = staging.engine.sql(
        "SELECT (SELECT count(DISTINCT l.order_cell) FROM order_runs AS u JOIN lines AS l "
        "ON l.line_no = u.line_no WHERE u.run > 0) AS again, "
        "(SELECT count(*) FROM (SELECT order_cell FROM line_customers "
        "WHERE order_cell IS NOT NULL AND customer_id IS NOT NULL GROUP BY order_cell "
        "HAVING count(DISTINCT customer_id) > 1)) AS shared"
    ).iloc[0]
    numbers = int(row["again"]) + int(row["shared"])
    if not numbers:
        return []
    return [
        tell_many(
            numbers,
            "One order number stands for several orders, of other customers or much later days; "
            "they were kept apart.",
            "{n:,} order numbers stand for several orders, of other customers or much later days; "
            "they were kept apart.",
            n=numbers,
        )
    ]
