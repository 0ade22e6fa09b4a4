"""All columns that say something of an order's fate, read together and told value by value."""

import pandas as pd

from custanalytics.errors import SourceError
from custanalytics.ledger.detect.states import STATE_ROLES, TAKEN_FOR, UNKNOWN, state_reasons
from custanalytics.ledger.mapping import Mapping
from custanalytics.ledger.staging import Staging
from custanalytics.sentences import noted, tell, tell_many

# A column of states with more different cells than this is free text.
_MOST_WORDS = 1000
# States that nobody knows may decide over this share of the money at most.
MOST_UNKNOWN = 0.05
_SHOWN = 12
# What a state is taken for, in words.
TAKEN = {
    "sale": noted("sale"),
    "not_yet": noted("not yet paid"),
    "not_sold": noted("not sold"),
    "given_back": noted("given back"),
    UNKNOWN: noted("not known"),
}
WHY = {
    "word": noted("a known word"),
    "told": noted("as you said"),
    UNKNOWN: noted("not known: counted as a sale"),
}


def add_state_cells(staging: Staging, mapping: Mapping) -> None:
    """Table ``state_cells(role, cell, reason, why)``: what each state says about its rows."""
    rows: list[tuple[str, str, str, str]] = []
    for role in STATE_ROLES:
        if role not in mapping.roles:
            continue
        column = staging.column(mapping.roles[role].column)
        cells = staging.engine.sql(
            f"SELECT DISTINCT {column} AS cell FROM staged WHERE {column} IS NOT NULL ORDER BY 1"
        )["cell"]
        if len(cells) > _MOST_WORDS and role not in ("returned", "cancelled"):
            continue
        reasons = state_reasons(role, [str(c) for c in cells], mapping.sale, mapping.not_a_sale)
        rows += [(role, cell, reason, why) for cell, (reason, why) in reasons.items()]
    table = pd.DataFrame(rows, columns=["role", "cell", "reason", "why"], dtype="str")
    staging.engine.write("state_cells", table)


def state_table(staging: Staging, mapping: Mapping) -> pd.DataFrame:
    """One row per state met: column, value, rows, amount, taken_for, why; the largest first.

    Days in a column such as "cancelled at" are one value, a day.
    """
    tables = []
    for role in STATE_ROLES:
        if role not in mapping.roles:
            continue
        name = mapping.roles[role].column
        column = staging.column(name)
        found = staging.engine.sql(
            "SELECT CASE WHEN regexp_matches(s.cell, '[0-9]{2,4}[-/.][0-9]{1,2}') THEN '(day)' "
            'ELSE s.cell END AS value, count(*) AS "rows", '
            "CAST(COALESCE(sum(CASE WHEN f.fate <> 'further_line' THEN abs(f.amount) END), 0) "
            "AS DOUBLE) AS amount, s.reason, s.why FROM staged AS t "
            f"JOIN state_cells AS s ON s.role = $role AND s.cell = t.{column} "
            "JOIN fates AS f ON f.line_no = t.line_no WHERE NOT f.is_total "
            "GROUP BY ALL ORDER BY amount DESC, value",
            role=role,
        )
        found.insert(0, "column", name)
        tables.append(found)
    if not tables:
        return pd.DataFrame(columns=["column", "value", "rows", "amount", "taken_for", "why"])
    table = pd.concat(tables, ignore_index=True)
    table["taken_for"] = table["reason"].map(TAKEN_FOR)
    table["why"] = [
        WHY.get(UNKNOWN if reason == UNKNOWN and why == "word" else why)
        or tell("as {system} has it", system=why)
        for reason, why in zip(table["reason"], table["why"], strict=True)
    ]
    return table.drop(columns="reason")


def settle_unknown(staging: Staging, states: pd.DataFrame, *, counted: bool) -> list[str]:
    """Stop where unknown states decide over much, in money or as rows counted, else warn."""
    row = staging.engine.sql(
        'SELECT count(*) AS "rows", CAST(COALESCE(sum(abs(amount)), 0) AS DOUBLE) AS amount, '
        "(SELECT CAST(COALESCE(sum(abs(amount)), 0) AS DOUBLE) FROM fates "
        "WHERE fate IN ('used', 'no_customer')) AS total "
        "FROM fates WHERE is_unknown AND fate IN ('used', 'no_customer')"
    ).iloc[0]
    rows, amount, total = int(row["rows"]), float(row["amount"]), float(row["total"])
    if not rows:
        return []
    unknown = states[states["taken_for"] == UNKNOWN]
    listed = "; ".join(
        f"{value!r} in column {column!r}: {n} rows{'' if counted else f', {money:,.2f}'}"
        for column, value, n, money in unknown[["column", "value", "rows", "amount"]]
        .head(_SHOWN)
        .itertuples(index=False)
    )
    if amount > MOST_UNKNOWN * total:
        both = (
            f"There are {total:,.0f} rows of sales with them and {total - amount:,.0f} without."
            if counted
            else f"All sales come to {total:,.2f} with them and to {total - amount:,.2f} without."
        )
        raise SourceError(
            f"it is not known whether orders in these states are sales: {listed}. {both} "
            "Say --sale VALUE or --not-a-sale VALUE for each; the other states were taken so: "
            f"{_known(states)}"
        )
    return [
        tell_many(
            rows,
            "One row is in a state that is not known and was counted as a sale ({listed}); say "
            "--not-a-sale VALUE if it is none.",
            "{n:,} rows are in states that are not known and were counted as sales ({listed}); "
            "say --not-a-sale VALUE for each that is none.",
            n=rows,
            listed=listed,
        )
    ]


def _known(states: pd.DataFrame) -> str:
    known = states[states["taken_for"] != UNKNOWN]
    return (
        "; ".join(
            f"{TAKEN[str(kind)]}: {', '.join(repr(v) for v in group['value'].head(_SHOWN))}"
            for kind, group in known.groupby("taken_for", sort=False)
        )
        or "none"
    )
