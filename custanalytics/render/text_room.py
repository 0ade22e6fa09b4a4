"""How much room text takes on a slide or in a table of Word, so that nothing runs over.

Both are drawn by another program with its own fonts; widths are estimated with ours and a
margin, and a wide character of Chinese, Japanese or Korean counts as one em.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from PIL import ImageFont

from custanalytics.bundled import reports_dir

POINT = 12700
LINE = 1.22
# The widest of the usual office fonts against ours.
_MARGIN = 1.16
_SCALE = 100


def width(text: str, size: float, bold: bool = False) -> float:
    """Width of a line of text."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    narrow = "".join(c for c in text if unicodedata.east_asian_width(c) not in "WF")
    em = _font(bold).getlength(narrow) / _SCALE * _MARGIN + wide
    return float(em * size * POINT)


def lines(text: str, size: float, room: float, bold: bool = False) -> int:
    """Number of lines that a text takes."""
    return sum(_wrapped(part, size, room, bold) for part in text.split("\n"))


def height(texts: Sequence[str], size: float, room: float, gap: float = 0.4) -> float:
    """Height of paragraphs."""
    count = sum(lines(text, size, room) + gap for text in texts)
    return count * size * LINE * POINT


def fitting(
    texts: Sequence[str],
    room: float,
    tall: float,
    largest: float,
    smallest: float,
    gap: float = 0.4,
) -> float:
    """The largest size at which paragraphs fit a box."""
    size = largest
    while size > smallest and height(texts, size, room, gap) > tall:
        size -= 1
    return size


def shortened(text: str, size: float, room: float, most: int) -> str:
    """The text cut at a word so that it takes no more than some lines."""
    if lines(text, size, room) <= most:
        return text
    low, high = 0, len(text)
    while low < high - 1:
        middle = (low + high) // 2
        if lines(text[:middle] + "…", size, room) <= most:
            low = middle
        else:
            high = middle
    cut = text[:low]
    return (cut.rsplit(" ", 1)[0] if " " in cut[low // 2 :] else cut).rstrip(" ,;:") + "…"


def _wrapped(text: str, size: float, room: float, bold: bool) -> int:
    count, used, space = 1, 0.0, width(" ", size, bold)
    for word in text.split(" "):
        need = width(word, size, bold)
        if used and used + space + need <= room:
            used += space + need
            continue
        if used:
            count += 1
        # A word longer than a line, and text without spaces, break anywhere.
        more = int(need // room) if need > room else 0
        count += more
        used = need - more * room
    return count


@lru_cache(maxsize=2)
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    name = "ReportSans-Bold.ttf" if bold else "ReportSans-Regular.ttf"
    return ImageFont.truetype(str(reports_dir() / "_shared/fonts" / name), _SCALE)
