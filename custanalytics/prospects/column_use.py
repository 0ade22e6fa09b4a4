"""Which columns somebody asked for, and what became of each."""

from collections.abc import Mapping, Sequence

import pandas as pd

from custanalytics.config.names import unknown
from custanalytics.errors import UsageError
from custanalytics.prospects.leak_signs import Leak
from custanalytics.scoring.columns import Column
from custanalytics.scoring.outcome import Outcome
from custanalytics.sentences import noted, tell


def named_column(name: str | None, names: list[str]) -> str | None:
    """A column's name, where its number from 1 was given."""
    if name is None or name in names or not name.strip().isdecimal():
        return name
    at = int(name)
    return names[at - 1] if 1 <= at <= len(names) else name


def asked_columns(option: str, items: Sequence[str], names: list[str]) -> dict[str, str]:
    """Column -> reason, of items such as 'tag' or 'tag=set after the call'."""
    found = {}
    for item in items:
        given, _, reason = (item, "", "") if item in names else item.partition("=")
        name = named_column(given.strip(), names) or ""
        if name not in names:
            raise UsageError(f"--{option}: " + unknown("column", name, names))
        found[name] = reason.strip()
    return found


def leak_table(leaks: list[Leak]) -> pd.DataFrame:
    """Each column that gives the outcome away, or may; see `LeadScoring`."""
    table = pd.DataFrame(leaks, columns=["column", "rule", "value", "sentence", "sure"])
    # Objects, not plain texts: they keep their templates for other languages.
    return table.assign(sentence=pd.Series([k.sentence for k in leaks], dtype="object"))


def column_table(
    recognised: list[Column], outcome: Outcome, left_out: set[str], dropped: Mapping[str, str]
) -> pd.DataFrame:
    """What each column was taken for and whether it is used; see `LeadScoring`."""

    def why(column: Column) -> str:
        if column.name in dropped:
            reason = dropped[column.name]
            return tell("on request: {reason}", reason=reason) if reason else noted("on request")
        if column.name == outcome.column:
            return noted("the outcome")
        if column.name in left_out:
            return noted("gives the outcome away, or may: see below")
        return "" if column.used else tell("can't be used: {kind}", kind=noted(column.kind))

    table = pd.DataFrame(
        [
            {
                "column": c.name,
                "kind": c.kind,
                "filled": c.filled,
                "distinct": c.distinct,
                "used": c.used and c.name not in left_out | {outcome.column, *dropped},
            }
            for c in recognised
        ]
    )
    return table.assign(why=pd.Series([why(c) for c in recognised], dtype="object"))
