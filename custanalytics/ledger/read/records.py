"""Reads the records of a text file so that a broken line never shifts the next ones.

A record that can't be read, or holds a field too many or too few, is set aside by its first
line alone; reading goes on at the very next line of the file.
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from custanalytics.errors import SourceError
from custanalytics.ledger.read.dialect import Dialect
from custanalytics.sentences import noted, tell, tell_many

# A quoted field may hold line breaks, but one this long is an unbalanced quote.
_MOST_LINES = 60
_PATIENCE = 2000

Record = tuple[int, list[str]]


@dataclass(frozen=True)
class Unreadable:
    """A line that can't be read.

    Attributes
    ----------
    line : int
        Line number in the file, from 1.
    reason : str
        Why, in plain words.
    text : str
        The line as it stands.
    is_fragment : bool
        It has a single field: the rest of a line that was torn apart.
    may_be_mended : bool
        A sign too many or too few may be all that is wrong with it.
    """

    line: int
    reason: str
    text: str
    is_fragment: bool = False
    may_be_mended: bool = False


class _RunawayError(Exception):
    """A record takes more lines than any real one."""


class Feed:
    """Lines for the csv reader, which can be handed back.

    Parameters
    ----------
    lines : iterable of str
    dialect : Dialect
    further : iterable of str
        Lines behind them, of which only as many are taken as the last record needs.
    first_line : int
        Number of the first line in the file.
    """

    def __init__(
        self,
        lines: Iterable[str],
        dialect: Dialect,
        further: Iterable[str] = (),
        first_line: int = 1,
    ) -> None:
        if dialect.delimiter == " ":
            lines, further = (map(_single_blanks, part) for part in (lines, further))
        self._lines, self._further = iter(lines), iter(further)
        self._back: deque[str] = deque()
        self.dialect = dialect
        self.taken: list[str] = []
        self.next_line = first_line
        self.doubtful_until = 0

    def __iter__(self) -> "Feed":
        """Itself: each line is given once."""
        return self

    def __next__(self) -> str:
        """The next line, which is kept until its record is done."""
        line = self._back.popleft() if self._back else self._next()
        self.taken.append(line)
        if len(self.taken) > _MOST_LINES:
            raise _RunawayError
        return line

    def _next(self) -> str:
        line = next(self._lines, None)
        if line is not None:
            return line
        if self.taken or self.next_line <= self.doubtful_until:
            return next(self._further)
        raise StopIteration

    def done(self) -> None:
        """The lines taken made a record."""
        self.next_line += len(self.taken)
        self.taken.clear()

    def hand_back(self) -> str:
        """Keep the first line taken, hand the others back; gives that first line."""
        first, *others = self.taken
        if others:
            self.doubtful_until = max(self.doubtful_until, self.next_line + len(others))
        self._back.extendleft(reversed(others))
        self.next_line += 1
        self.taken.clear()
        return first


def _single_blanks(line: str) -> str:
    return " ".join(line.split()) + "\n"


def read_records(
    feed: Feed, width: int | None = None, *, header_line: int = 0
) -> Iterator[Record | Unreadable]:
    """Records below the header with the number of their first line, and unreadable lines."""
    reader = feed.dialect.reader(feed)
    good, bad = feed.next_line - 1, 0
    while True:
        at = feed.next_line
        try:
            fields = next(reader)
        except StopIteration:
            return
        except (csv.Error, _RunawayError) as error:
            reason, first = _plain_reason(error), feed.hand_back()
            if at <= header_line:
                continue
            bad += 1
            _refuse_nonsense(good, bad)
            yield Unreadable(at, reason, first, may_be_mended=True)
            continue
        if at <= header_line:
            feed.done()
            continue
        if len(feed.taken) == 1:
            line = feed.taken[0]
            if not fields or (len(fields) == 1 and not fields[0].strip()):
                feed.done()
                continue
            reason = _fault(line, fields, width, at <= feed.doubtful_until)
            if not fields:
                feed.done()
                continue
        else:
            reason = _fault_of_many(feed.taken, fields, width, feed.dialect)
        if reason:
            bad += 1
            _refuse_nonsense(good, bad)
            first = feed.hand_back()
            whole = len(fields) > 1 and "\0" not in first
            yield Unreadable(at, reason, first, not whole and len(fields) == 1, whole)
            continue
        good += 1
        feed.done()
        yield at, fields


def _refuse_nonsense(good: int, bad: int) -> None:
    if bad > _PATIENCE and bad > good:
        raise SourceError(f"{bad} of the first {bad + good} lines can't be read as a table")


def _fault(line: str, fields: list[str], width: int | None, doubtful: bool) -> str:
    if "\0" in line:
        if line.strip("\0 \r\n\t"):
            return noted("it holds NUL bytes")
        fields.clear()
        return ""
    if doubtful and '"' in "".join(fields):
        return noted("a quote is not balanced")
    return _wrong_width(fields, width)


def _wrong_width(fields: list[str], width: int | None) -> str:
    if width is None or len(fields) == width:
        return ""
    if len(fields) > width and not any(field.strip() for field in fields[width:]):
        del fields[width:]
        return ""
    return tell_many(
        len(fields),
        "it has one field, the table {width}",
        "it has {n} fields, the table {width}",
        n=len(fields),
        width=width,
    )


def _fault_of_many(taken: list[str], fields: list[str], width: int | None, dialect: Dialect) -> str:
    """Whether a record over several lines is one record, or lines run together by a quote."""
    if any("\0" in line for line in taken):
        return noted("it holds NUL bytes")
    reason = _wrong_width(fields, width)
    if reason:
        return tell("a quote is not balanced, or {reason}", reason=reason)
    columns = width or len(fields)
    for at, field in enumerate(fields):
        pieces = field.rstrip("\n").split("\n")
        if len(pieces) < 2:
            continue
        # A swallowed line end leaves exactly the delimiters of the two broken records behind.
        first, *middle, last = (piece.count(dialect.delimiter) for piece in pieces)
        whole = [count for count in middle if count == columns - 1]
        if whole or (first == columns - 1 - at and last == at):
            return noted("a quote is not balanced")
    return ""


def _plain_reason(error: Exception) -> str:
    text = str(error)
    if "field larger" in text:
        return noted("a field is longer than 131,072 characters")
    return noted("a quote is not balanced")
