"""Reads a file of any columns, such as prospects, with the care that a sales file gets."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from custanalytics.errors import SourceError
from custanalytics.ledger.detect.cell_words import total_words
from custanalytics.ledger.read.any_header import find_any_layout
from custanalytics.ledger.staging import Staging, stage
from custanalytics.sentences import tell, tell_many

_MOST_UNREADABLE = 0.02


def read_table(
    sources: Any,
    *,
    connection: Any = None,
    names: Collection[str] = (),
    memory_limit: str = "700MB",
) -> pd.DataFrame:
    """Read a table of any columns as text.

    Assumes that several files are of one export: the same columns, in any order.

    Parameters
    ----------
    sources : path, table, or sequence of them
        CSV (any delimiter and encoding), Excel or Parquet files, or gzip and zip archives of
        them; recognised by content, whatever the name says; or tables as `load` takes them.
    connection : connection or engine, optional
        Where the sources are queries: as `load` takes it.
    names : collection of str
        Columns by name where the caller knows some; they settle which line is the header.
    memory_limit : str
        Bound of the engine's memory.

    Returns
    -------
    DataFrame
        One row per row of the file, in its order: all text, null where blank, index from 0.
        Columns are named as in the header, a second one of a name gets a number; ``column 1``
        and so on where there is no header. ``attrs["warnings"]`` holds one sentence on each
        kind of line that was left out.

    Raises
    ------
    SourceError
        A file can't be read or holds no table, or more than 2 % of its lines can't be read.
    """
    staging = stage(sources, memory_limit, names, find_any_layout, connection=connection)
    warnings = [*staging.warnings, *_unreadable(staging)]
    columns = ", ".join(f"c{at}" for at in range(1, len(staging.names) + 1))
    table = staging.engine.sql(f"SELECT {columns} FROM staged ORDER BY line_no")
    staging.engine.close()
    table.columns = pd.Index(_distinct(staging.names))
    totals = _totals(table)
    if totals.any():
        n = int(totals.sum())
        warnings.append(
            tell_many(
                n,
                "One row that adds up others was left out.",
                "{n} rows that add up others were left out.",
                n=n,
            )
        )
        table = table[~totals].reset_index(drop=True)
    table.attrs["warnings"] = tuple(warnings)
    return table


def _unreadable(staging: Staging) -> list[str]:
    bad = sum(len(part.unreadable) for part in staging.parts)
    if not bad:
        return []
    part = max(staging.parts, key=lambda p: len(p.unreadable))
    first = part.unreadable[0]
    told = tell(
        "{n} of {all} lines can't be read; the first is line {line} of {file}: {reason}",
        n=bad,
        all=bad + staging.rows,
        line=str(first.line),
        file=part.label,
        reason=first.reason,
    )
    if bad > max(1, _MOST_UNREADABLE * (bad + staging.rows)):
        raise SourceError(f"{told}; mend the file")
    return [tell("{sentence}.", sentence=told)]


def _totals(table: pd.DataFrame) -> "pd.Series[bool]":
    """Rows that add up others: a word for it, and at least half of the cells blank."""
    words = "|".join(re.escape(word).replace("\\ ", "[ -]?") for word in sorted(set(total_words())))
    sparse = table.notna().sum(axis=1) <= len(table.columns) / 2
    cells = table[sparse].astype("object").fillna("").astype("str")
    told = cells.apply(lambda c: c.str.fullmatch(rf"(?:{words})[ :=.]*", case=False)).any(axis=1)
    return pd.Series(table.index.isin(told.index[told]), index=table.index)


def _distinct(names: Sequence[str]) -> list[str]:
    """Each name once; a number behind it may have made it that of another column."""
    taken = Counter(names)
    made: list[str] = []
    for name in names:
        new, number = name, 2
        while new in made or (new != name and new in taken):
            new, number = f"{name} ({number})", number + 1
        made.append(new)
    return made
