"""Secrets of one column of a source file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from custanalytics.ledger.detect.cell_words import currency_code
from custanalytics.ledger.detect.column_names import meanings
from custanalytics.ledger.detect.person_columns import names_people
from custanalytics.ledger.read.cell_kinds import kind_of
from custanalytics.privacy.leak_check import figures
from custanalytics.privacy.leak_check.days import day_is_first, days_in
from custanalytics.privacy.leak_check.gather import RARE_ROWS, Gathering, public_word
from custanalytics.privacy.leak_check.secrets import Origin
from custanalytics.privacy.leak_check.wording import plain, words

# Running numbers: so many of the range are taken that a value is no evidence.
_DENSE, _LEAST_DENSE, _CODE_DIGITS = 0.1, 100, 5
_DECIMALS = re.compile(r"\d([.,])(?:\d{1,2}|\d{4,})(?!\d|[.,])")
_CENTS = re.compile(r"\d[.,]\d\d(?!\d|[.,]\d)")
_PHONE_DIGITS = 9
_SURNAME = 5
_DISTINCTIVE_DIGITS = 6
_LARGE_DIGITS = 5
_FREE_TEXT = 4


@dataclass(frozen=True)
class Column:
    """A column by its header, what messages call it, and its distinct cells with their rows."""

    name: str
    source: str
    cells: Sequence[tuple[str, int]]

    @cached_property
    def is_person(self) -> bool:
        """Whether its cells name people or where they live, by its header."""
        rows = sum(count for _, count in self.cells)
        return names_people(self.name, len(self.cells), rows)

    @cached_property
    def is_order(self) -> bool:
        """Whether its cells are numbers of orders, by its header."""
        return "order_id" in meanings(self.name)

    @cached_property
    def is_code(self) -> bool:
        """Whether its numbers are names of customers, orders or products, by its header."""
        product = meanings(self.name).get("product", ("", 0))
        return self.is_person or self.is_order or product[0] == "code"

    @cached_property
    def decimal_sign(self) -> str:
        """Sign before its decimals; empty where it can't be told."""
        signs = {found[1] for cell, _ in self.cells if (found := _DECIMALS.search(cell))}
        return signs.pop() if len(signs) == 1 else ""

    @cached_property
    def has_cents(self) -> bool:
        """Whether some of its numbers have two decimals, as money has."""
        return any(_CENTS.search(cell) for cell, _ in self.cells)

    def text_kind(self, cell: str, rows: int) -> str:
        """What a text of it is called."""
        if self.is_order or self.is_person:
            return "identifier" if any(map(str.isdecimal, cell)) else "name"
        return "rare value" if rows < RARE_ROWS else "value"


def take_identifiers(column: Column, gathering: Gathering) -> None:
    """Take e-mail addresses, and texts that name a person or an order."""
    for cell, rows in column.cells:
        named = (column.is_person or column.is_order) and any(map(str.isalpha, cell))
        if "@" in cell or named:
            _take_text(cell, rows, column, gathering)


def take_cells(column: Column, gathering: Gathering) -> None:
    """Take every cell: texts, numbers and days."""
    whole: dict[str, int] = {}
    dated: list[tuple[str, int]] = []
    for cell, rows in column.cells:
        kind = kind_of(cell)
        if kind == "date":
            dated.append((plain(cell), rows))
        elif kind == "number" and _has_word(cell):
            _take_text(cell, rows, column, gathering)
            _take_digits(cell, rows, column, gathering)
        elif kind == "number":
            for value, count in _take_number(cell, rows, column, gathering):
                whole[value] = whole.get(value, 0) + count
        elif kind == "text":
            _take_text(cell, rows, column, gathering)
    _take_days(dated, column, gathering)
    _take_whole(whole, column, gathering)


def _take_text(cell: str, rows: int, column: Column, gathering: Gathering) -> None:
    gathering.text(cell, column.text_kind(cell, rows), column.source, rows)
    found = words(plain(cell))
    is_name = column.is_person and len(found) == 2 and all(map(str.isalpha, found))
    if is_name and len(found[1]) >= _SURNAME and not public_word(found[1]):
        # A family name tells who it is without the given one.
        gathering.text(found[1], "name", column.source, rows)
    if len(found) >= _FREE_TEXT:
        for value, written in figures.written(plain(cell)):
            if "." in value:
                gathering.number(value, written, "amount", column.source, rows)


def _take_digits(cell: str, rows: int, column: Column, gathering: Gathering) -> None:
    """Take the figures of a number such as "SO-100001", where there are many."""
    for digits in words(plain(cell)):
        long = digits.isdecimal() and len(digits) >= _DISTINCTIVE_DIGITS
        # "101000" is a rounded figure too; with its letters it is found all the same.
        if long and figures.is_distinctive(digits):
            gathering.codes.setdefault(digits, Origin("identifier", column.source, rows=rows))


def _take_number(
    cell: str, rows: int, column: Column, gathering: Gathering
) -> list[tuple[str, int]]:
    """Take an amount or a code; whole numbers are given back, to be judged together."""
    text = plain(cell)
    digits = "".join(filter(str.isdecimal, text))
    identifier = Origin("identifier", column.source, rows=rows)
    if digits == text and digits.startswith("0") and len(digits) > 3:
        gathering.codes.setdefault(digits, identifier)
    if len(digits) >= _PHONE_DIGITS and not {".", ","} & set(text):
        gathering.codes.setdefault(digits, identifier)
    whole = []
    for found, written in figures.written(text):
        value = found or figures.shortest(written)
        if _is_misread(value, written, column.decimal_sign):
            continue
        if "." not in value and not figures.is_price(written):
            whole.append((value, rows))
            continue
        # Where 12.5 is among money, 12.50 may be published.
        has_one = column.has_cents and written[-2:-1] in (".", ",")
        number = f"{written}0" if has_one else written
        for exact, text in ((value, number), *_rounded(value)):
            gathering.number(exact, text, "amount", column.source, rows)
    return whole


def _rounded(value: str) -> list[tuple[str, str]]:
    """An amount as a report writes it: with cents, and in whole units where it is large."""
    units, _, cents = value.partition(".")
    made = []
    if len(cents) > 2:
        made.append(f"{float(value):.2f}")
    if len(units) >= _LARGE_DIGITS:
        made.append(f"{float(value):.0f}")
    return [(figures.shortest(*text.split(".")), text) for text in made]


def _has_word(cell: str) -> bool:
    """Whether a number has letters that are no currency, as "SO-100001" has."""
    letters = "".join(filter(str.isalpha, cell))
    return bool(letters) and currency_code(letters) is None


def _is_misread(value: str, written: str, decimal_sign: str) -> bool:
    """Whether a decimal sign was taken for that of thousands, or the other way round."""
    has_fraction = "." in value or figures.is_price(written)
    if decimal_sign == ".":
        return "." in written and not has_fraction
    return decimal_sign == "," and "." in value and "," not in written


def _take_whole(whole: dict[str, int], column: Column, gathering: Gathering) -> None:
    numbers = sorted(map(int, whole))
    is_dense = len(numbers) >= _LEAST_DENSE and (
        len(numbers) > _DENSE * (numbers[-1] - numbers[0] + 1)
    )
    kind = "identifier" if column.is_code else "amount"
    for value, rows in whole.items():
        origin = Origin(kind, column.source, rows=rows)
        if not figures.is_distinctive(value):
            continue
        if not is_dense and not column.is_code:
            gathering.numbers.setdefault(value, origin)
        elif not is_dense or len(value) >= _CODE_DIGITS:
            gathering.codes.setdefault(value, origin)


def _take_days(dated: list[tuple[str, int]], column: Column, gathering: Gathering) -> None:
    first = day_is_first(text for text, _ in dated)
    for text, rows in dated:
        for days in days_in(text):
            told = days if first is None or len(days) == 1 else days[:1] if first else days[1:]
            for day in told:
                gathering.day(day, column.source, rows)
