"""Each column of each result table, once: its kind, what it means, who may see it.

The entries stand in ``schema.toml``. Formats, the workbook, the lists, muting, the leak check and
the data dictionary go by them. Titles and meanings are messages with translations.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from custanalytics.sentences import noted, tell

Kind = Literal[
    "id", "name", "text", "sentence", "flag", "rank", "count", "number", "score", "money",
    "share", "probability", "change", "ratio", "days", "day", "month",
]  # fmt: skip
SeenBy = Literal["public", "client", "private"]
Columns = Mapping[str, "ResultColumn"]
# What the numbers of a kind are in; the rest have no unit.
_SHARE = noted("share of 1")
UNITS: Mapping[Kind, str] = {
    "money": noted("currency"),
    "share": _SHARE,
    "probability": _SHARE,
    "change": _SHARE,
    "ratio": _SHARE,
    "days": noted("days"),
    "day": noted("date"),
    "month": noted("date"),
}
# The table that holds, beside its own columns, those of the file that a client gave.
_WITH_GIVEN = "prospect_list"
_PATH = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True)
class ResultColumn:
    """One column of a result table, or one of an analysis's figures.

    Attributes
    ----------
    name : str
        As in the table, the lists and ``results.json``.
    kind : str
        ``id``, ``name`` (a client's word), ``text`` (a word of ours), ``sentence``, ``flag``,
        ``rank`` (a place in an order), ``count``, ``number``, ``score`` (of a model), ``money``,
        ``share``, ``probability``, ``change`` and ``ratio`` (relative, with and without a sign),
        ``days``, ``day`` or ``month``.
    title, meaning : str
        For readers, to be translated; a meaning may have places for what a run was asked.
    null : str
        What an empty cell means; nothing where no cell is empty.
    seen_by : str
        ``public`` (anybody, once it is muted), ``client``, or ``private`` (the client, as the
        row of a single customer or prospect).
    """

    name: str
    kind: Kind
    title: str
    meaning: str
    null: str = ""
    seen_by: SeenBy = "public"


def tables() -> Mapping[str, Columns]:
    """Every table's columns by name."""
    return {name: columns for name, columns in _read().items() if not name.startswith("_")}


def customer_facts() -> Columns:
    """What the sales say of a customer: nothing that a model expects."""
    return _read()["_summary"]


def column(table: str, name: str) -> ResultColumn:
    """A column's entry; a column that a client gave has one by rule.

    Raises
    ------
    KeyError
        The column has no entry: it must not be shown or published.
    """
    entry = _read().get(table, {}).get(name)
    if entry is None and table == _WITH_GIVEN:
        return ResultColumn(
            name, "id", name, noted("As the file has it."), noted("The file has none."), "private"
        )
    if entry is None:
        raise KeyError(f"the column {name!r} of {table!r} has no entry in schema.toml")
    return entry


def messages() -> Iterator[str]:
    """Every title and meaning, for the catalogues."""
    for columns in tables().values():
        for entry in columns.values():
            if type(entry.title) is str:
                yield from filter(None, (entry.title, entry.meaning, entry.null))


@cache
def _read() -> Mapping[str, Columns]:
    read: dict[str, Columns] = {}
    for table, written in tomllib.loads(_PATH.read_text("utf-8")).items():
        columns = {
            name: entry
            for other in reversed(written.pop("like", []))
            for name, entry in read[other].items()
        }
        seen_by = written.pop("seen_by", "public")
        for name, said in written.items():
            columns[name] = _entry(name, said, columns, seen_by)
        read[table] = columns
    return read


def _entry(name: str, said: list[Any], columns: Columns, seen_by: SeenBy) -> ResultColumn:
    kind, *rest = said
    if kind not in ("low", "high"):
        if kind not in get_args(Kind):
            raise ValueError(f"{name} is of no known kind: {kind}")
        title, meaning, null, who = rest + ["", seen_by][len(rest) - 2 :]
        return ResultColumn(name, kind, title, meaning, null, who)
    measure, level, null = columns[rest[0]], rest[1], [*rest, ""][2]
    of = noted(measure.title)
    if kind == "low":
        title = tell("{measure}, low", measure=of)
        meaning = tell("Lower end of the {level:.0%} interval.", level=level)
    else:
        title = tell("{measure}, high", measure=of)
        meaning = tell("Upper end of the {level:.0%} interval.", level=level)
    return ResultColumn(name, measure.kind, title, meaning, null, measure.seen_by)
