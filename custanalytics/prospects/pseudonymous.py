"""A table of prospects whose columns that name people hold pseudonyms."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from custanalytics.ledger.detect.person_columns import names_people
from custanalytics.privacy.pseudonyms import pseudonym_key
from custanalytics.prospects.column_use import named_column
from custanalytics.prospects.later_table import plain
from custanalytics.scoring.columns import Column, read_columns


def with_pseudonyms(
    table: pd.DataFrame,
    key: Path | str | None,
    outcome: str | None = None,
    decimal: str | None = None,
    date_order: str | None = None,
    learned: Collection[str] | None = None,
) -> pd.DataFrame:
    """The table with a pseudonym in each cell that may name somebody; as it is without a key.

    These are the cells of columns that name people by their headers, whose values differ from row
    to row, that hold free text, or that hold an e-mail address. Of a later table, too few rows may
    tell a column: there they are all but days and what was ``learned`` from.
    """
    if key is None:
        return table
    recognised = read_columns(table, decimal, date_order).columns
    spared = named_column(outcome, [column.name for column in recognised])
    chosen = [
        c.name
        for c in recognised
        if c.name != spared and (_tells(table[c.name], c) or _is_new(c, learned))
    ]
    cells = table[chosen].astype("object")
    originals = {str(cell) for name in chosen for cell in cells[name].dropna()}
    names = pseudonym_key(key).replace(sorted(originals))
    replaced = {
        name: cells[name].map(lambda cell: names[str(cell)], na_action="ignore") for name in chosen
    }
    made = table.assign(**replaced)
    made.attrs = table.attrs
    return made


def _is_new(column: Column, learned: Collection[str] | None) -> bool:
    if learned is None or column.kind == "date":
        return False
    return plain(column.name) not in map(plain, learned)


def _tells(cells: "pd.Series", column: Column) -> bool:
    if column.kind in ("identifier", "text"):
        return True
    known = cells.dropna()
    if names_people(column.name, column.distinct, len(known)):
        return True
    return bool(known.astype("str").str.contains("@", regex=False).any())
