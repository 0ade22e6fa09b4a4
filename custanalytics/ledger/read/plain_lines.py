"""Proves of a block of lines that every reader finds the same fields in it.

Such a block goes to the database as it stands; any other is read line by line. Assumes UTF-8,
line feeds as line ends, and one at the very end.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from custanalytics import limits
from custanalytics.ledger.read.dialect import Dialect

_LINE_FEED, _BLANK, _ASCII = 10, 32, 127


def is_plain(block: bytes, dialect: Dialect, width: int, header: Sequence[str] | None) -> bool:
    """Whether each line is one row of ``width`` fields, not blank, and none is the header again."""
    if dialect.escape or not dialect.delimiter.isascii() or dialect.delimiter == " ":
        return False
    if b"\0" in block or b"\r" in block or _repeats(block, dialect, header):
        return False
    signs = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(signs == _LINE_FEED)
    starts = np.concatenate(([0], ends[:-1] + 1))
    if int((ends - starts).max()) >= limits.FIELD:
        return False
    delimiters = np.flatnonzero(signs == ord(dialect.delimiter))
    said = (signs > _BLANK) & (signs < _ASCII) & (signs != ord(dialect.delimiter))
    if dialect.quote and dialect.quote.encode() in block:
        quotes = np.flatnonzero(signs == ord(dialect.quote))
        if not _well_quoted(signs, ends, quotes, dialect):
            return False
        delimiters = delimiters[np.searchsorted(quotes, delimiters) % 2 == 0]
        said[quotes] = False
    counts = np.diff(np.searchsorted(delimiters, ends), prepend=0)
    return bool((counts == width - 1).all() and np.logical_or.reduceat(said, starts).all())


def _well_quoted(
    signs: NDArray[np.uint8], ends: NDArray[np.intp], quotes: NDArray[np.intp], dialect: Dialect
) -> bool:
    """Whether quotes open and close whole fields, and none holds a line end."""
    in_line = np.bincount(np.searchsorted(ends, quotes), minlength=len(ends))
    if (in_line % 2).any():
        return False
    beside = [ord(dialect.delimiter), _LINE_FEED, ord(dialect.quote)]
    opening, closing = quotes[::2], quotes[1::2]
    before = np.where(opening == 0, np.uint8(_LINE_FEED), signs[opening - 1])
    return bool(np.isin(before, beside).all() and np.isin(signs[closing + 1], beside).all())


def _repeats(block: bytes, dialect: Dialect, header: Sequence[str] | None) -> bool:
    """Whether a line may be the header once more."""
    if header is None:
        return False
    name = max(header, key=len, default="").encode()
    if not name or (dialect.quote and dialect.quote.encode() in name):
        return True  # it can't be looked for
    at = block.find(name)
    while at >= 0:
        end = block.index(b"\n", at)
        line = block[block.rfind(b"\n", 0, at) + 1 : end].decode("utf-8", "replace")
        if next(dialect.reader(iter([line]), strict=False), []) == list(header):
            return True
        at = block.find(name, end)
    return False
