"""What a single cell looks like: blank, a date, a number or text.

Only for deciding from a sample where the table starts and what a column may be; the values
themselves are read in SQL over the whole column.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Literal

Kind = Literal["blank", "date", "number", "text"]

MISSING = frozenset({"", "-", "--", "–", "—", "null", "none", "nan", "n/a", "#n/a", "na", "\\n"})
_TIME = r"(?:[t ,]+\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?.{0,12})?"
_MONTH = (
    r"(?:jan|feb|fev|fév|mar|mär|mrt|mrz|maa|apr|abr|avr|may|mai|mei|mag|maj|jun|jui|giu|jul|lug"
    r"|aug|aou|aoû|ago|sep|set|oct|okt|ott|out|nov|dec|déc|dez|dic|ene|gen"
    r"|sty|lut|kwi|lip|sie|wrz|paź|lis|gru|led|úno|bře|dub|kvě|čer|srp|zář|říj|pro|tam|hel|huh"
    r"|tou|kes|hei|elo|syy|lok|jou|oca|şub|nis|haz|tem|ağu|eyl|eki|kas|ara|янв|фев|мар|апр"
    r"|мая|май|июн|июл|авг|сен|окт|ноя|дек)[^\W\d]{0,9}"
)
_DATE = re.compile(
    r"^(?:"
    rf"\d{{3,4}}[-/.]\s?\d{{1,2}}[-/.]\s?\d{{1,2}}\.?{_TIME}"
    r"|(?:令和|平成|昭和)?\s?(?:元|\d{1,4})\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일号].{0,14}"
    rf"|(?:令和|平成|昭和|[rh])\.?\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}{_TIME}"
    rf"|\d{{1,2}}[-/. ]\s?\d{{1,2}}[-/. ]\s?(?:\d{{4}}|\d{{2}}){_TIME}"
    r"|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{6})?"
    rf"|(?:[^\W\d]{{2,10}}\.?,? )?\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?[-/ ]*(?:de )?{_MONTH}\.?"
    rf"[-/ ,]*(?:de )?\d{{2,4}}{_TIME}"
    rf"|(?:[^\W\d]{{2,10}}\.?,? )?{_MONTH}\.?[-/ ]*\d{{1,2}}(?:st|nd|rd|th)?[-/ ,]+\d{{2,4}}{_TIME}"
    rf"|\d{{4}}[-/ ]{_MONTH}\.?[-/ ]\d{{1,2}}{_TIME}"
    r")$",
    re.IGNORECASE,
)
_UNIT = r"(?:[^\W\d_]{1,4}\.?|[^\w\s.,'’()+\-−–]{1,2}|[a-zA-Z]{1,2}\$|&[#\w]{2,6};)"
_NUMBER = re.compile(
    rf"^[-+−–(]?\s*(?P<before>{_UNIT})?\s*[-+−–]?\s*(?:\d[\d.,'’ \u00a0\u2009\u202f]*|[.,]\d+)"
    rf"(?:[.,]?[-–—]+)?\s*(?P<after>{_UNIT})?\s*[-)+]?$"
)
_LONE_LETTERS = re.compile(r"^[^\W\d_]{1,4}\d+$")


@lru_cache(maxsize=10_000)  # cells recur, and are looked at for several questions
def kind_of(cell: str) -> Kind:
    """What the cell looks like."""
    cell = cell.strip()
    if cell.lower() in MISSING:
        return "blank"
    if _DATE.match(cell):
        return "date"
    # "A123" is a code and "Tax 1 Name" a name; "EUR 123" and "€123" are money.
    found = _NUMBER.match(cell)
    if found and not _LONE_LETTERS.match(cell) and not _two_words(found):
        return "number"
    return "text"


def _two_words(number: re.Match[str]) -> bool:
    """Words before and behind the figure: no currency has two of them."""
    before, after = (number[side] or "" for side in ("before", "after"))
    return before[:1].isalpha() and after[:1].isalpha() and before.lower() != after.lower()


def kinds_of(rows: Iterable[Sequence[str]], width: int) -> list[dict[Kind, int]]:
    """How many cells of each kind every column holds."""
    counts: list[dict[Kind, int]] = [
        {"blank": 0, "date": 0, "number": 0, "text": 0} for _ in range(width)
    ]
    for row in rows:
        for column, cell in zip(counts, row, strict=False):
            column[kind_of(cell)] += 1
    return counts


def leading_kind(counts: dict[Kind, int], share: float = 0.8) -> Kind:
    """The kind nearly all filled cells of a column have; text where they are mixed."""
    filled = counts["date"] + counts["number"] + counts["text"]
    if not filled:
        return "blank"
    for kind in ("date", "number"):
        if counts[kind] >= share * filled:
            return kind
    return "text"


def shape_of(cell: str) -> str:
    """The cell with figures as 9 and letters as a: fit for a message, gives no value away."""
    text = re.sub(r"\d", "9", cell.strip())
    text = re.sub(r"[^\W\d_]", "a", text)
    return text if len(text) <= 40 else text[:37] + "..."


def plain_number(number: float) -> str:
    """A number with a decimal point, never of a shape that thousands could have."""
    if number != number:
        return ""
    if float(number).is_integer():
        return str(int(number))
    text = format(Decimal(repr(float(number))), "f")
    return text + "0" if len(text.split(".")[-1]) == 3 else text
