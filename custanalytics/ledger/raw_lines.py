"""The rows of the files with the cells of their roles under our names; SQL is static from here."""

from collections.abc import Sequence

import pandas as pd

from custanalytics.errors import SourceError
from custanalytics.ledger.detect.cell_words import kind_reason, total_words
from custanalytics.ledger.detect.column_names import plain
from custanalytics.ledger.detect.dates import date_cell
from custanalytics.ledger.mapping import Mapping
from custanalytics.ledger.platforms import Platform, rule_sql
from custanalytics.ledger.staging import Staging

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
    "product_name": "product_name",
    "refund_of": "refund_of",
    "category": "category",
    "country": "country",
    "channel": "channel",
    "consent": "consent_cell",
    "opt_out": "opt_out_cell",
}
# Cells that say that no discount was used: noughts, or a word for none.
_NO_DISCOUNT = r"[-+0.,%\s€$£]*|no|none|nein|non|keine?r?|ninguno|nessuno|geen|n/?a|null|false"
# A column of words with more different cells than this is free text.
_MOST_WORDS = 1000


def add_raw_lines(
    staging: Staging,
    mapping: Mapping,
    platform: Platform | None,
    where: Sequence[tuple[str, str]],
) -> None:
    """View ``raw_lines``: one row per row of the files, with the roles' cells."""
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
        f"{_is_total(staging, columns)} AS is_total, {_is_wanted(staging, where)} AS is_wanted "
        "FROM staged"
    )


def _is_wanted(staging: Staging, where: Sequence[tuple[str, str]]) -> str:
    """SQL for the rows that are asked for: one of the values in each of the columns."""
    by_name = {plain(name): name for name in staging.names} | {n: n for n in staging.names}
    values: dict[str, list[str]] = {}
    for name, value in where:
        found = by_name.get(name) or by_name.get(plain(name))
        if found is None:
            raise SourceError(
                f"--where {name}=...: the file has no column {name!r}; it has "
                f"{', '.join(map(repr, staging.names))}"
            )
        text = value.strip().lower().replace("'", "''")
        values.setdefault(staging.column(found), []).append(f"'{text}'")
    held = (f"COALESCE(lower({c}) IN ({', '.join(v)}), false)" for c, v in values.items())
    return " AND ".join(held) or "true"


def _is_total(staging: Staging, columns: dict[str, str]) -> str:
    """SQL for rows that add up others: by a word for it where customer or date should be."""
    words = "|".join(word.replace(" ", "[ -]?") for word in sorted(set(total_words())))
    keys = [columns[r] for r in ("customer_id", "order_id", "product") if r in columns]
    texts = [f"c{at}" for at in range(1, min(len(staging.names), 12) + 1)]
    alone = f"'({words})[ :=.]*'"
    behind = f"'({words})\\b.{{0,40}}'"
    customer, date_ = columns["customer_id"], columns["ordered_at"]
    # The words begin with letters, as codes and numbers do not; a CASE asks no further.
    in_key = " OR ".join(
        f"CASE WHEN {key} >= ':' THEN regexp_full_match(lower({key}), {alone}) ELSE false END"
        for key in keys
    )
    anywhere = " OR ".join(f"regexp_full_match(lower({text}), {behind})" for text in texts)
    alone_anywhere = " OR ".join(f"regexp_full_match(lower({text}), {alone})" for text in texts)
    return (
        f"{in_key} OR CASE WHEN {customer} IS NULL THEN COALESCE({alone_anywhere}, false) "
        f"ELSE false END OR CASE WHEN {date_} IS NULL THEN COALESCE({anywhere}, false) "
        "ELSE false END"
    )


def add_kinds(staging: Staging, mapping: Mapping) -> None:
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


def add_duplicates(staging: Staging) -> None:
    """Table ``duplicates``: rows that repeat an earlier one in every column."""
    columns = ", ".join(f"c{at}" for at in range(1, len(staging.names) + 1))
    # Most rows are told apart by a short sign of all their cells.
    staging.engine.execute(
        "CREATE OR REPLACE TABLE duplicates AS "
        f"WITH signs AS (SELECT line_no, hash({columns}) AS sign FROM staged), "
        "twins AS (SELECT line_no FROM signs WHERE sign IN "
        "(SELECT sign FROM signs GROUP BY sign HAVING count(*) > 1)) "
        "SELECT line_no, part_no <> first_part AS is_overlap FROM (SELECT line_no, part_no, "
        "row_number() OVER w AS turn, min(part_no) OVER w AS first_part "
        f"FROM staged SEMI JOIN twins USING (line_no) "
        f"WINDOW w AS (PARTITION BY {columns} ORDER BY line_no)) WHERE turn > 1"
    )
