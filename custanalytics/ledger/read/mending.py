"""Mends lines torn by one delimiter or quote too many or too few, where there is one way only.

What each column usually holds is learned from the rows that were read. A torn line is mended in
every way that takes one sign out or puts one in; it counts only where exactly one result fits all
columns and the arithmetic between them.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import permutations

from custanalytics.ledger.read.cell_kinds import MISSING, kind_of, kinds_of, leading_kind
from custanalytics.ledger.read.dialect import Dialect

_LONGEST = 2000
_ENOUGH_ROWS = 30
# A column may be blank where it is in this share of the rows.
_BLANK_SHARE = 0.01
# Codes have few shapes for their many values; words come back in this share of the rows.
_MOST_SHAPES, _COMES_BACK = 12, 0.5
_HOLDS, _CENT = 0.98, 0.011
_ROWS_OF_PRODUCTS = 300
_FIGURES = re.compile(r"[^0-9.,-]")

Row = tuple[str, ...]
# Fields, and whether they may be taken, or only make others doubtful.
Tried = tuple[Sequence[str], bool]


class Column:
    """What the cells of one column look like."""

    def __init__(self, cells: Sequence[str]) -> None:
        filled = [cell for cell in cells if cell.lower() not in MISSING]
        self._known = Counter(filled)
        self._may_be_blank = len(cells) - len(filled) >= _BLANK_SHARE * len(cells)
        kind = leading_kind(kinds_of([[cell] for cell in self._known], 1)[0], share=1.0)
        self.is_number, self.is_date = kind == "number", kind == "date"
        self._forms = {_form(cell) for cell in self._known}
        self._shapes = {_shape(cell) for cell in self._known}
        figures = [figure(cell) for cell in self._known] if self.is_number else []
        known = [number for number in figures if number is not None]
        self._range = (min(known, default=0.0), max(known, default=0.0))
        is_code = len(self._shapes) <= _MOST_SHAPES and len(self._known) > len(self._shapes)
        self._is_text = not (self.is_number or self.is_date or is_code)
        again = sum(n for n in self._known.values() if n > 1)
        self._comes_back = again >= _COMES_BACK * len(filled)

    @property
    def is_free(self) -> bool:
        """Whether any text may stand there: then nothing tells whether a mended one is right."""
        return self._is_text and not self._comes_back

    @property
    def is_of_one_length(self) -> bool:
        """Whether all cells have one shape."""
        return len(self._shapes) == 1

    @property
    def has_decimals(self) -> bool:
        """Whether all cells are numbers with decimals."""
        return self.is_number and all("." in form or "," in form for form in self._forms)

    def fits(self, cell: str) -> bool:
        """Whether the cell is one that this column may hold."""
        if cell.lower() in MISSING:
            return self._may_be_blank
        if cell in self._known:
            return True
        if self._is_text:
            return self.is_free and kind_of(cell) == "text"
        if self.is_number:
            number = figure(cell)
            if number is None or _form(cell) not in self._forms:
                return False
            # Numbers of one length are keys: a new one may be above all others.
            is_key = self.is_of_one_length and _shape(cell) in self._shapes
            return is_key or self._range[0] <= number <= self._range[1]
        return _shape(cell) in self._shapes


class Table:
    """The columns of one file, and the products between them.

    Parameters
    ----------
    rows : sequence of tuple of str
        Rows that were read, cells trimmed.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.columns = [Column(cells) for cells in zip(*rows, strict=True)]
        self._products = self._find_products(rows[:: max(1, len(rows) // _ROWS_OF_PRODUCTS)])
        self._proven = {at for product in self._products for at in product}

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.columns)

    def mended(self, line: str, dialect: Dialect) -> Row | None:
        """The line's fields, if exactly one mending makes all of them fit."""
        line = line.rstrip("\r\n")
        if len(line) > _LONGEST or dialect.delimiter == " ":
            return None
        is_odd = bool(dialect.quote) and line.count(dialect.quote) % 2 == 1
        tried = _by_quotes(line, dialect) if is_odd else self._by_delimiters(line, dialect)
        fitting: dict[Row, bool] = {}
        for fields, is_sure in tried:
            row = tuple(field.strip() for field in fields)
            if self._fits(row):
                fitting[row] = is_sure and fitting.get(row, True)
        return next(iter(fitting)) if list(fitting.values()) == [True] else None

    def _by_delimiters(self, line: str, dialect: Dialect) -> Iterator[Tried]:
        fields = _parsed(line, dialect)
        if fields is None:
            return
        if len(fields) == self.width:
            yield fields, True
        elif len(fields) == self.width + 1:
            yield from _joined(fields, dialect.delimiter)
        elif len(fields) == self.width - 1:
            # A blank may stand for what is lost: where that fits, nothing is sure.
            yield from (([*fields[:at], "", *fields[at:]], False) for at in range(self.width))
            yield from self._parted(fields)

    def _parted(self, fields: Sequence[str]) -> Iterator[Tried]:
        for at, cell in enumerate(fields):
            left, right = self.columns[at], self.columns[at + 1]
            if left.is_free or right.is_free:
                continue
            # Figures against figures may be one number, of a line that has lost another.
            told = (
                (left.is_date and left.is_of_one_length)
                or (right.is_date and right.is_of_one_length)
                or (left.is_of_one_length and right.is_of_one_length)
                or ({at, at + 1} & self._proven and (left.has_decimals or right.has_decimals))
            )
            for cut in range(1, len(cell)):
                is_sure = bool(told) or not (cell[cut - 1].isdigit() and cell[cut].isdigit())
                yield [*fields[:at], cell[:cut], cell[cut:], *fields[at + 1 :]], is_sure

    def _fits(self, row: Row) -> bool:
        return (
            len(row) == self.width
            and all(c.fits(cell) for c, cell in zip(self.columns, row, strict=True))
            and all(_is_product(row, *product) for product in self._products)
        )

    def _find_products(self, rows: Sequence[Row]) -> list[tuple[int, int, int]]:
        numbers = [at for at, column in enumerate(self.columns) if column.is_number]
        return [
            (one, two, total)
            for one, two, total in permutations(numbers, 3)
            if one < two
            and sum(_is_product(row, one, two, total) for row in rows) >= _HOLDS * len(rows)
        ]


def learned(rows: Sequence[Row]) -> Table | None:
    """The table that these rows are of; None where they are too few to learn from."""
    return Table(rows) if len(rows) >= _ENOUGH_ROWS else None


def figure(cell: str) -> float | None:
    """The number in a cell; its last sign is the decimal one if one or two figures follow."""
    text = _FIGURES.sub("", cell)
    if not any(sign.isdigit() for sign in text):
        return None
    sign = max(text.rfind("."), text.rfind(","))
    is_decimal = sign >= 0 and (len(text) - sign - 1) != 3
    whole, behind = (text[:sign], text[sign + 1 :]) if is_decimal else (text, "")
    try:
        return float(f"{re.sub('[.,]', '', whole) or '0'}.{behind or '0'}")
    except ValueError:
        return None


def _by_quotes(line: str, dialect: Dialect) -> Iterator[Tried]:
    """One quote taken out, or put beside a delimiter or at an end."""
    quote = dialect.quote
    lines = [line[:at] + line[at + 1 :] for at, sign in enumerate(line) if sign == quote]
    edges = {0, len(line)}
    for at, sign in enumerate(line):
        if sign == dialect.delimiter:
            edges |= {at, at + 1}
    lines += [line[:at] + quote + line[at:] for at in sorted(edges)]
    for mended in lines:
        fields = _parsed(mended, dialect)
        if fields is not None and not any(quote in field for field in fields):
            yield fields, True


def _joined(fields: Sequence[str], delimiter: str) -> Iterator[Tried]:
    """Two neighbours as one: the delimiter is part of it, or should not be there."""
    for at in range(len(fields) - 1):
        one, two = fields[at], fields[at + 1]
        for sign in (delimiter, "") if one.strip() and two.strip() else ("",):
            yield [*fields[:at], one + sign + two, *fields[at + 2 :]], True


def _parsed(line: str, dialect: Dialect) -> list[str] | None:
    try:
        records = list(dialect.reader(iter([line])))
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None


def _shape(cell: str) -> str:
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", cell))


def _form(cell: str) -> str:
    """The cell with figures before the decimals as one: 1249.50 and 9.00 are alike."""
    return re.sub(r"\d+(?=\D.*\d)|^\d+$", "9", re.sub(r"\d", "9", cell))


def _is_product(row: Row, one: int, two: int, total: int) -> bool:
    a, b, c = figure(row[one]), figure(row[two]), figure(row[total])
    return a is not None and b is not None and c is not None and abs(a * b - c) <= _CENT
