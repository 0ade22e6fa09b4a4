"""Columns of a table of customers or of products, put beside the sales that they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from custanalytics.errors import SourceError
from custanalytics.ledger.customers import keep_forms
from custanalytics.ledger.detect.column_names import meanings, plain
from custanalytics.ledger.read.cell_kinds import shape_of
from custanalytics.ledger.read.other_tables import read_table
from custanalytics.ledger.staging import Staging, sample_of
from custanalytics.sentences import tell

# A key leads most rows of the sales to a row of the table.
_LEAST_FOUND = 0.5
_KEYS = ("customer_id", "product", "order_id", "country", "channel", "category")
# SQL of the forms in which cells are compared, from narrow to wide: the first one by which each
# row of the table is another's goes before a wider one that finds no more.
_FORMS = (
    "lower(trim(cell))",
    "key",
    # Ids padded to several lengths, such as 007 here and 0007 there.
    "CASE WHEN regexp_full_match(key, '[0-9]+') THEN ltrim(key, '0') ELSE key END",
)
_SHAPES = 3


@dataclass(frozen=True)
class _Key:
    """A column of the sales and one of the table that hold the same."""

    sales: str
    table: str
    form: str
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
        f"{column} = NULLIF(trim(partner.t{names.index(name)}), '')"
        for column, name in zip(columns, others, strict=True)
    )
    if columns:
        _keep_forms(staging, names, key.sales, key.table)
        ours = staging.column(key.sales)
        engine.execute(
            f"UPDATE staged SET {taken} FROM (SELECT s.cell AS sales_cell, j.* FROM joined AS j "
            f"JOIN id_forms AS t ON t.cell = j.{_column(names, key.table)} "
            f"JOIN id_forms AS s ON {_form(key.form, 's')} = {_form(key.form, 't')}) AS partner "
            f"WHERE staged.{ours} = partner.sales_cell"
        )
    for scaffold in ("joined", "id_forms", "id_cells"):
        engine.execute(f"DROP TABLE {scaffold}")
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
        _keep_forms(staging, names, ours, theirs)
        for form in _FORMS:
            found, again = _met(staging, names, _Key(ours, theirs, form, 0))
            if found < _LEAST_FOUND * staging.rows:
                continue
            if again:
                repeated.append(theirs)
            else:
                keys.append(_Key(ours, theirs, form, found))
    if keys:
        return max(keys, key=lambda key: key.found)
    if repeated:
        raise SourceError(
            f"--join {label}: column {repeated[0]!r} holds values more than once, so a sale would "
            "belong to several of its rows; give a table with one row for each"
        )
    if pairs:
        compared = "; ".join(
            f"{ours!r} of the sales (such as {', '.join(staging.shapes(ours))}) and {theirs!r} "
            f"(such as {', '.join(_shapes(staging, names, theirs))})"
            for ours, theirs in pairs
        )
        raise SourceError(
            f"--join {label}: less than half of the sales find their row in it, compared by "
            f"{compared}; give the table in which these are written as in the sales"
        )
    raise SourceError(
        f"--join {label}: no column of it has the name or the meaning of a column of the sales; it "
        f"has {', '.join(map(repr, names))}, the sales {', '.join(map(repr, staging.names))}; give "
        "the column that both share one name"
    )


def _keep_forms(staging: Staging, names: Sequence[str], ours: str, theirs: str) -> None:
    keep_forms(
        staging.engine,
        f"SELECT {staging.column(ours)} AS cell FROM staged "
        f"UNION ALL SELECT {_column(names, theirs)} FROM joined",
    )


def _met(staging: Staging, names: Sequence[str], key: _Key) -> tuple[int, int]:
    """Rows of the sales that find theirs by this form, and rows of the table that say the same."""
    row = staging.engine.sql(
        f"WITH theirs AS (SELECT {_form(key.form, 'f')} AS form FROM joined AS j "
        f"JOIN id_forms AS f ON f.cell = j.{_column(names, key.table)}) "
        f"SELECT (SELECT count(*) FROM staged AS s JOIN id_forms AS f "
        f"ON f.cell = s.{staging.column(key.sales)} "
        f"WHERE {_form(key.form, 'f')} IN (SELECT form FROM theirs)) AS found, "
        "(SELECT count(*) - count(DISTINCT form) FROM theirs) AS again"
    ).iloc[0]
    return int(row["found"]), int(row["again"])


def _form(form: str, table: str) -> str:
    """SQL of a form, of the cells of one table."""
    return form.replace("cell", f"{table}.cell").replace("key", f"{table}.key")


def _column(names: Sequence[str], name: str) -> str:
    return f"t{names.index(name)}"


def _shapes(staging: Staging, names: Sequence[str], name: str) -> list[str]:
    """The first shapes of a column of the table: figures as 9, letters as a."""
    cells = staging.engine.sql(
        f"SELECT DISTINCT {_column(names, name)} AS cell FROM joined WHERE cell IS NOT NULL "
        "ORDER BY 1 LIMIT 100"
    )["cell"]
    return list(dict.fromkeys(shape_of(str(cell)) for cell in cells))[:_SHAPES]


def _alike(ours: str, theirs: str) -> bool:
    if plain(ours) == plain(theirs):
        return True
    one, two = meanings(ours), meanings(theirs)
    return any(role in one and role in two for role in _KEYS)
