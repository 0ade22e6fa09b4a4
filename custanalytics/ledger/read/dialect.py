"""How the fields of a text file are told apart, decided from its first lines.

Every candidate delimiter is tried on the sample. The best one splits most lines into the same
number of fields, and leaves cells that look like one thing each.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from custanalytics.ledger.read.cell_kinds import kind_of

_DELIMITERS = (",", ";", "\t", "|")
# Tried where none of the usual ones tells fields apart.
_RARE = ("~", "^", ":")
_PLAIN_TEXT = re.compile(r"^[^;|\t,]*$")


@dataclass(frozen=True)
class Dialect:
    """Delimiter, quote and escape of a text file.

    Attributes
    ----------
    delimiter : str
        One character; a blank stands for any run of blanks.
    quote : str
        The quote character; empty where quotes are plain characters.
    escape : str
        Backslash where it escapes quotes; empty where quotes are doubled.
    """

    delimiter: str
    quote: str = '"'
    escape: str = ""

    def reader(self, lines: Iterator[str], *, strict: bool = True) -> "Iterator[list[str]]":
        """Fields of each record, by the standard library's reader."""
        return csv.reader(
            map(self._close, lines) if self.quote else lines,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            doublequote=not self.escape,
            escapechar=self.escape or None,
            strict=strict,
        )

    def _close(self, line: str) -> str:
        """The line without blanks between a closing quote and the delimiter behind it."""
        if f"{self.quote} " not in line:
            return line
        delimiter = re.escape(self.delimiter)
        return re.sub(
            rf"(?<=[^{delimiter}\s]){self.quote} +(?=[{delimiter}\r\n])", self.quote, line
        )

    def __str__(self) -> str:
        """For the report: "comma", "tab" ..."""
        names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blanks",
                 "~": "tilde", "^": "caret", ":": "colon"}  # fmt: skip
        return names[self.delimiter]


def detect_dialect(lines: Sequence[str]) -> Dialect | None:
    """The dialect of these lines, or None where no delimiter gives two columns."""
    filled = [line for line in lines if line.strip()]
    best, best_score = _best(filled, _DELIMITERS)
    if best_score < 0.3:
        rare, score = _best(filled, _RARE)
        if score > max(best_score, 0.3):
            return rare
        blanks = Dialect(" ", quote="")
        squeezed = [" ".join(line.split()) for line in filled]
        if _score(squeezed, blanks) > best_score:
            return blanks
    return best


def _best(lines: Sequence[str], delimiters: Sequence[str]) -> tuple[Dialect | None, float]:
    best, best_score = None, 0.0
    for delimiter in delimiters:
        if any(delimiter in line for line in lines):
            dialect = _quoting(lines, delimiter)
            score = _score(lines, dialect)
            if score > best_score:
                best, best_score = dialect, score
    return best, best_score


def _quoting(lines: Sequence[str], delimiter: str) -> Dialect:
    """Quote and escape that leave the fewest lines unreadable."""
    text = "\n".join(lines)
    options = [Dialect(delimiter)]
    if '\\"' in text:
        options.append(Dialect(delimiter, escape="\\"))
    around = re.escape(delimiter)
    if len(re.findall(rf"(?:^|{around})'[^'\n]*'(?={around}|$)", text, re.MULTILINE)) > len(lines):
        options.append(Dialect(delimiter, quote="'"))
    if '"' in text:
        options.append(Dialect(delimiter, quote=""))
    # On a tie the earlier, more usual one stays.
    return min(options, key=lambda option: _trouble(lines, option))


def _trouble(lines: Sequence[str], dialect: Dialect) -> float:
    widths, errors, wrapped = _read(lines, dialect)
    if not widths:
        return float("inf")
    width = max(widths, key=lambda w: (widths[w], w))
    return errors + sum(n for w, n in widths.items() if w != width) + wrapped / 1e6


def _read(lines: Sequence[str], dialect: Dialect) -> tuple[Counter[int], int, int]:
    """Count of records by width, of errors, and of fields still wrapped in quotes."""
    widths: Counter[int] = Counter()
    errors = wrapped = 0
    for record in _records(lines, dialect):
        if record is None:
            errors += 1
        else:
            widths[len(record)] += 1
            wrapped += sum(len(f) > 1 and f[0] == f[-1] and f[0] in "\"'" for f in record)
    return widths, errors, wrapped


def _records(lines: Sequence[str], dialect: Dialect) -> Iterator[list[str] | None]:
    reader = dialect.reader(iter(line + "\n" for line in lines))
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield None


def _score(lines: Sequence[str], dialect: Dialect) -> float:
    records = [record for record in _records(lines, dialect) if record is not None]
    widths = Counter(len(record) for record in records if len(record) > 1)
    if not widths:
        return 0.0
    width = max(widths, key=lambda w: (widths[w] * (1 - 1 / w), w))
    regular = [record for record in records if len(record) == width]
    consistency = len(regular) / max(len(lines), 1)
    cells = [cell for record in regular[:200] for cell in record]
    clean = sum(kind_of(cell) != "text" or bool(_PLAIN_TEXT.match(cell)) for cell in cells)
    return consistency * (clean / len(cells)) ** 2 * (1 - 1 / (2 * width))
