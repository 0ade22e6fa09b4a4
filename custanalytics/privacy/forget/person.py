"""Who is to be forgotten: the customer's number in all its spellings, and what else names them."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from custanalytics.engine import DuckDBEngine
from custanalytics.ledger.customers import keep_forms
from custanalytics.ledger.detect.column_names import meanings, plain
from custanalytics.privacy.forget.tables import Row, Table

# What belongs to one person alone; a name may be several people's.
_OWN = {"email", "phone"}
_PARTED = re.compile(r"""["']?\s*[,;|\t\r\n]\s*["']?""")


@dataclass(frozen=True)
class Person:
    """Somebody to forget.

    Attributes
    ----------
    cells : frozenset of str
        How the columns that name customers write them.
    texts : frozenset of str
        What names them wherever it stands.
    """

    cells: frozenset[str] = field(repr=False)
    texts: frozenset[str] = field(repr=False)

    def is_named_in(self, text: str) -> bool:
        """Whether a text has one of the texts, not as a part of a longer word or number."""
        return bool(self._pattern.search(text)) if self.texts else False

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        listed = "|".join(sorted(map(re.escape, self.texts), key=len, reverse=True))
        return re.compile(rf"(?<!\w)(?:{listed})(?!\w)", re.IGNORECASE)


def person(customer: str, also: Collection[str], cells: Iterable[str]) -> Person:
    """The customer in all spellings among these cells, as the ledger takes them for one."""
    wanted = customer.strip()
    engine = DuckDBEngine()
    try:
        table = pd.DataFrame({"cell": sorted({wanted, *cells})}, dtype="str")
        engine.write("named", table)
        keep_forms(engine, "SELECT cell FROM named")
        found = engine.sql(
            "SELECT cell FROM id_forms WHERE key = (SELECT key FROM id_forms WHERE cell = $wanted)",
            wanted=wanted,
        )["cell"]
    finally:
        engine.close()
    # A number can be anything where no column says what it is; an address is somebody's anywhere.
    texts = {text.strip() for text in (*also, wanted) if text in also or "@" in text}
    return Person(frozenset({*map(str, found), *also}), frozenset(texts - {""}))


def customer_columns(table: Table, named: Collection[str]) -> list[int]:
    """Places of the columns that name the customer: those given, and those known by name."""
    wanted = {plain(name) for name in named}
    return [
        at
        for at, name in enumerate(table.names)
        if plain(name) in wanted or str(at + 1) in named or "customer_id" in meanings(name)
    ]


def rows_of(person: Person, table: Table, named: Collection[str]) -> list[Row]:
    """The person's rows: those that name them, and the nameless lines beside of their orders."""
    columns = customer_columns(table, named)
    theirs = [_is_theirs(row, person, columns) for row in table.rows]
    orders = [at for at, name in enumerate(table.names) if "order_id" in meanings(name)][:1]
    if any(theirs) and orders and columns:
        # Some systems name the customer on the first line of an order only.
        for places in (range(1, len(theirs)), range(len(theirs) - 2, -1, -1)):
            for at in places:
                beside = at - places.step
                row, other = table.rows[at], table.rows[beside]
                number = _at(row, orders[0])
                same = number and number == _at(other, orders[0])
                if same and theirs[beside] and not any(_at(row, place) for place in columns):
                    theirs[at] = True
    return [row for row, is_theirs in zip(table.rows, theirs, strict=True) if is_theirs]


def names_beside(person: Person, table: Table, named: Collection[str]) -> set[str]:
    """Addresses and telephone numbers of the person's rows that stand in nobody else's."""
    columns = customer_columns(table, named)
    own = [at for at in columns if _kind(table.names[at]) in _OWN]
    theirs: set[str] = set()
    others: set[str] = set()
    for row in table.rows if own else ():
        is_theirs = _is_theirs(row, person, columns)
        # A row that has nothing but the address may be anybody's with it.
        if is_theirs or any(_at(row, at) for at in columns if at not in own):
            (theirs if is_theirs else others).update(_at(row, at) for at in own)
    return theirs - others - {""} - person.cells


def _kind(name: str) -> str:
    return meanings(name).get("customer_id", ("", 0))[0]


def _is_theirs(row: Row, person: Person, columns: Sequence[int]) -> bool:
    if any(_at(row, at) in person.cells for at in columns):
        return True
    if len(row.cells) == 1 and person.cells & set(_PARTED.split(row.cells[0])):
        return True  # a line that is no record
    return person.is_named_in("\n".join(row.cells))


def _at(row: Row, at: int) -> str:
    return row.cells[at].strip() if at < len(row.cells) else ""
