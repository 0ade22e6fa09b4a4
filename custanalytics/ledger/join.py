"""Columns of a table of customers or of products, put beside the sales that they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from custanalytics.errors import SourceError
from custanalytics.ledger.detect.column_names import meanings, plain
from custanalytics.ledger.read.other_tables import read_table
from custanalytics.ledger.staging import Staging, sample_of
from custanalytics.sentences import tell

# A key leads most rows of the sales to a row of the table.
_LEAST_FOUND = 0.5
_KEYS = ("customer_id", "product", "order_id", "country", "channel", "category")


@dataclass(frozen=True)
class _Key:
    """A column of the sales and one of the table that hold the same."""

    sales: str
    table: str
    form: str  # SQL of the form in which the cells are compared
    found: int


def join_tables(staging: Staging, tables: Sequence[Any]) -> tuple[Staging, list[str]]:
    """Put the columns of each table beside the sales; each sale keeps its one row.

    Returns the sales with the further columns, and a sentence on each table.
    """
    told = []
    for table in tables:
        label = Path(table).name if isinstance(table, str | Path) else "the table"
        staging, sentence = _join(staging, read_table(table), label)
        told.append(sentence)
    return staging, told


def _join(staging: Staging, table: pd.DataFrame, label: str) -> tuple[Staging, str]:
    engine = staging.engine
    names = list(map(str, table.columns))
    table.columns = pd.Index([f"t{at}" for at in range(len(names))])
    engine.write("joined", table)
    key = _key(staging, names, label)
    first = len(staging.names) + 1
    others = [name for name in names if name != key.table]
    columns = [f"c{at}" for at in range(first, first + len(others))]
    for column in columns:
        engine.execute(f"ALTER TABLE staged ADD COLUMN {column} VARCHAR")
    taken = ", ".join(
        f"{column} = NULLIF(trim(joined.t{names.index(name)}), '')"
        for column, name in zip(columns, others, strict=True)
    )
    sales, theirs = _forms(staging, names, key)
    if columns:
        engine.execute(f"UPDATE staged SET {taken} FROM joined WHERE {sales} = {theirs}")
    engine.execute("DROP TABLE joined")
    new = [name if name not in staging.names else f"{name} ({label})" for name in others]
    widened = replace(
        staging, names=(*staging.names, *new), joined=(*staging.joined, *new), sample=()
    )
    sentence = tell(
        "{file} was joined by its column {theirs} to {ours}: {n:,} of {all:,} rows found theirs.",
        file=label,
        theirs=repr(key.table),
        ours=repr(key.sales),
        n=key.found,
        all=staging.rows,
    )
    return replace(widened, sample=sample_of(engine, len(widened.names), staging.rows)), sentence


def _key(staging: Staging, names: Sequence[str], label: str) -> _Key:
    """The pair of columns by which the table belongs to the sales: of a name, or of a meaning."""
    pairs = [(ours, theirs) for ours in staging.names for theirs in names if _alike(ours, theirs)]
    repeated, keys = [], []
    for ours, theirs in pairs:
        for form in (
            "lower(trim({}))",
            "ltrim(regexp_replace(lower(trim({})), '[.]0+$', ''), '0')",
        ):
            key = _Key(ours, theirs, form, 0)
            sales, other = _forms(staging, names, key)
            row = staging.engine.sql(
                f"SELECT (SELECT count(*) FROM staged "
                f"WHERE {sales} IN (SELECT {other} FROM joined)) AS found, "
                f"(SELECT count(*) - count(DISTINCT {other}) FROM joined "
                f"WHERE {other} IS NOT NULL) AS again"
            ).iloc[0]
            if int(row["found"]) < _LEAST_FOUND * staging.rows:
                continue
            if int(row["again"]):
                repeated.append(theirs)
            else:
                keys.append(replace(key, found=int(row["found"])))
            break
    if keys:
        return max(keys, key=lambda key: key.found)
    if repeated:
        raise SourceError(
            f"--join {label}: column {repeated[0]!r} holds values more than once, so a sale would "
            "belong to several of its rows; give a table with one row for each"
        )
    raise SourceError(
        f"--join {label}: no column of it holds what a column of the sales of that name or meaning "
        f"holds; it has {', '.join(map(repr, names))}; give the column that both share one name"
    )


def _forms(staging: Staging, names: Sequence[str], key: _Key) -> tuple[str, str]:
    """SQL of both columns in the form in which they are compared."""
    column = f"joined.t{names.index(key.table)}"
    return key.form.format(f"staged.{staging.column(key.sales)}"), key.form.format(column)


def _alike(ours: str, theirs: str) -> bool:
    if plain(ours) == plain(theirs):
        return True
    one, two = meanings(ours), meanings(theirs)
    return any(role in one and role in two for role in _KEYS)
