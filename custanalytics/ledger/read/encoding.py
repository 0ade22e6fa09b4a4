"""Which encoding a file's bytes are in, decided from the whole file."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from custanalytics.errors import SourceError

_BLOCK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SINGLE_BYTE = ("cp1252", "cp850", "mac_roman")
# Letters and signs that sales files of western Europe hold often; anything else is doubtful.
_COMMON = frozenset("äöüßéèàùçñêâîôûëïáíóúãõøåæœÄÖÜÉÈÀÇÑÁÍÓÚØÅÆŒ")
_SIGNS = frozenset("€£°–—’‘“”«»•…®™©º\u00a0")
_SAMPLE_LINES = 2000
# Above this share of undecodable lines the file is not UTF-8 with a few damaged lines.
_DAMAGED_SHARE = 0.1


@dataclass(frozen=True)
class Encoding:
    """The encoding of one file.

    Attributes
    ----------
    name : str
        Python's name of it.
    damaged_lines : int
        Lines of a UTF-8 file that are not UTF-8; they are read as cp1252.
    """

    name: str
    damaged_lines: int = 0

    @property
    def errors(self) -> str:
        """Name of the error handler to open the file with."""
        return "custanalytics_cp1252" if self.damaged_lines else "strict"


def detect_encoding(path: Path) -> Encoding:
    """Encoding of the file, from its mark, else from every byte that is not ASCII."""
    with path.open("rb") as file:
        head = file.read(_BLOCK)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name)
    wide = _utf16_without_mark(head)
    if wide:
        return Encoding(wide)
    good, bad, samples = _count_lines(path)
    if not bad:
        return Encoding("utf-8")
    if bad <= _DAMAGED_SHARE * good:
        return Encoding("utf-8", damaged_lines=bad)
    return Encoding(max(_SINGLE_BYTE, key=lambda name: _plausibility(samples, name)))


def _utf16_without_mark(head: bytes) -> str | None:
    """UTF-16 holds a zero in every other byte of western text."""
    if len(head) < 4:
        return None
    even, odd = head[0:4000:2].count(0), head[1:4000:2].count(0)
    half = min(len(head), 4000) / 2
    if odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.7 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _count_lines(path: Path) -> tuple[int, int, list[bytes]]:
    """Lines with other bytes than ASCII: how many are UTF-8, how many not, and some of those."""
    good = bad = 0
    samples: list[bytes] = []
    for block in _blocks_of_lines(path):
        if block.isascii():
            continue
        try:
            block.decode("utf-8")
            good += sum(not line.isascii() for line in block.splitlines())
            continue
        except UnicodeDecodeError:
            pass
        for line in block.splitlines():
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                good += 1
            except UnicodeDecodeError:
                bad += 1
                if len(samples) < _SAMPLE_LINES:
                    samples.append(line)
    return good, bad, samples


def _blocks_of_lines(path: Path) -> Iterator[bytes]:
    rest = b""
    with path.open("rb") as file:
        while chunk := file.read(_BLOCK):
            block = rest + chunk
            cut = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
            if cut == 0 and len(block) > 32 * _BLOCK:
                raise SourceError(
                    f"{path.name}: no line end in the first {len(block) >> 20} MB; "
                    "expected a text file with one row a line"
                )
            rest = block[cut:]
            yield block[:cut]
    yield rest


def _plausibility(samples: list[bytes], encoding: str) -> float:
    """How much the bytes above 127 look like words and prices in this encoding."""
    score = 0.0
    for raw in samples:
        text = raw.decode(encoding, errors="replace")
        for at, letter in enumerate(text):
            if letter < "\x80":
                continue
            before = text[at - 1] if at else " "
            after = text[at + 1] if at + 1 < len(text) else " "
            inside = before.isalpha() or after.isalpha()
            if letter in _COMMON:
                # A capital after a small letter is the mark of a wrong reading.
                score += -2 if letter.isupper() and before.islower() else 2
                score += 0.5 if inside else -4 if (before + after).strip().isdigit() else -1
            elif letter in _SIGNS:
                # Signs stand beside figures and blanks, seldom between two letters.
                doubtful = before.isalpha() and after.isalpha() and letter not in "’‘\u00a0"
                score += -2 if doubtful else 1
            else:
                score -= 1 if letter.isalpha() else 3
    return score


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    raw = error.object[error.start : error.end]
    return raw.decode("cp1252", errors="replace"), error.end


codecs.register_error("custanalytics_cp1252", _as_cp1252)
