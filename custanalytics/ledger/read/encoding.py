"""Which encoding a file's bytes are in, decided from the whole file."""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from custanalytics import limits
from custanalytics.errors import SourceError

_BLOCK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Letters beside a to z of the languages that are written in each encoding, small ones only;
# other alphabets in the order of use.
_LETTERS = {
    "cp1252": (
        "äöüßéèàùçñêâîôûëïáíóúœ",
        "áéíóúñü",
        "ãõáâàéêíóôúç",
        "àèéìòù",
        "éëïóöü",
        "åäöé",
        "æøåé",
        "áðéíóúýþæö",
    ),
    "iso8859_15": ("äöüßéèàùçñêâîôûëïáíóúœ", "áéíóúñü", "ãõáâàéêíóôúç", "éëïóöü", "åäöéšž"),
    "cp850": ("äöüßéèàùçñêâîôûëïáíóúãõøåæ",),
    "mac_roman": ("äöüßéèàùçñêâîôûëïáíóúãõøåæœ",),
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýžäĺľŕô", "áéíóöőúüű", "ăâîşţ", "čćđšž", "äöüß"),
    "iso8859_2": ("ąćęłńóśźż", "áčďéěíňóřšťúůýžäĺľŕô", "áéíóöőúüű", "ăâîşţ", "čćđšž"),
    "cp1254": ("çğıöşüâ",),
    "cp1257": ("āčēģīķļņšūž", "ąčęėįšųūž", "äõöüšž"),
    "cp1251": ("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", "оаинвтіерсклумдпзяьбгчйхцжїюєфшщґ"),
    "koi8_r": ("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",),
    "cp1253": ("αοιετσνηρπκμςλυίόάγέδήωχθφβξύζψώ",),
    "cp1255": ("יוהלאבתרשמנםדחעקכפטסגצןזךףץ",),
    "cp1256": ("اليمنوترهبةعدسفكقحجأشطىصخإضذزئثءغآظؤ",),
}
# Encodings of two bytes a letter, and the ranges of their usual letters.
_WIDE = {
    "gb18030": ("gb2312", 0xB0, 0xD7),
    "big5": ("big5", 0xA4, 0xC6),
    "cp932": ("cp932", 0x81, 0x97),
    "cp949": ("euc_kr", 0xB0, 0xC8),
    "euc_jp": ("euc_jp", 0xA4, 0xCF),
}
_SIGNS = frozenset("€£°–—’‘“”«»•…®™©º№\u00a0\u3000、。・ー（）")
# The ten letters most used weigh more in other alphabets than the Latin one, which end here.
_MOST_USED, _USUAL, _GREEK = 10, 1.2, "\u0370"
_SAMPLE_LINES = 2000
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_HIGH_BYTES = bytes(range(128, 256))
# Above this share of undecodable lines the file is not UTF-8 with a few damaged lines, unless
# a good many others are UTF-8: then it was put together of two files.
_DAMAGED_SHARE = 0.1
_FEWEST_GOOD, _MIXED_SHARE = 3, 0.2


@dataclass(frozen=True)
class Encoding:
    """The encoding of one file.

    Attributes
    ----------
    name : str
        Python's name of it.
    damaged_lines : int
        Lines of a UTF-8 file that are not UTF-8; they are read as cp1252.
    is_guess : bool
        By evidence, and other than what western systems write.
    """

    name: str
    damaged_lines: int = 0
    is_guess: bool = False

    @property
    def errors(self) -> str:
        """Name of the error handler to open the file with."""
        return "custanalytics_cp1252" if self.damaged_lines else "strict"


def detect_encoding(path: Path, given: str | None = None) -> Encoding:
    """Encoding of the file: as given, from its mark, else from every byte that is not ASCII."""
    if given:
        return Encoding(given)
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
    mixed = good >= _FEWEST_GOOD and good >= _MIXED_SHARE * (good + bad)
    if bad <= _DAMAGED_SHARE * good or mixed:
        return Encoding("utf-8", damaged_lines=bad)
    raw = b"\n".join(samples)
    scores = {name: _plausibility(raw, name) for name in (*_LETTERS, *_WIDE)}
    best = max(scores, key=lambda name: scores[name])
    # Equal letters in two encodings of the West: the more usual one comes first.
    return Encoding(best, is_guess=best not in ("cp1252", "cp850", "mac_roman"))


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
    rest, done = b"", 0
    with path.open("rb") as file:
        while chunk := file.read(_BLOCK):
            block = rest + chunk
            cut = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
            if cut == 0 and len(block) > limits.LINE:
                raise SourceError(
                    f"{path.name}, line {done + 1:,}: no line end within {limits.LINE >> 20} MB; "
                    "expected a text file with one row a line"
                )
            done += block.count(b"\n", 0, cut)
            rest = block[cut:]
            yield block[:cut]
    yield rest


def _plausibility(raw: bytes, encoding: str) -> float:
    """How much the bytes above 127 look like words and prices in this encoding, a byte."""
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        if encoding in _WIDE or raw.decode(encoding, "ignore").count("\n") == 0:
            return -10.0
        text = raw.decode(encoding, errors="replace")
    many = max(1, len(raw) - len(raw.translate(None, _HIGH_BYTES)))
    if encoding in _WIDE:
        return sum(map(_wide_score(encoding), _NOT_ASCII.findall(text))) / many
    return max(_score(text, letters) for letters in _LETTERS[encoding]) / many


def _wide_score(encoding: str) -> Callable[[str], float]:
    known, low, high = _WIDE[encoding]

    def score(letter: str) -> float:
        if letter in _SIGNS or "\uff01" <= letter <= "\uff5e":
            return 1.0
        if "\uff61" <= letter <= "\uff9f":
            return -2.0
        try:
            first, _ = letter.encode(known)
        except (UnicodeEncodeError, ValueError):
            return -3.0
        # Kana and Hangul are of one encoding only.
        own = "\u3041" <= letter <= "\u30fe" or "\uac00" <= letter <= "\ud7a3"
        if own and encoding in ("gb18030", "big5"):
            return 0.0
        return 2.2 if own else 1.8 if low <= first <= high and encoding != "cp949" else -1.5

    return score


def _score(text: str, letters: str) -> float:
    usual = 1.0 if letters[0] < _GREEK else _USUAL
    weights = {letter: usual if at < _MOST_USED else 2 - usual for at, letter in enumerate(letters)}
    score = 0.0
    for found in _NOT_ASCII.finditer(text):
        at, letter = found.start(), found[0]
        before = text[at - 1] if at else " "
        after = text[at + 1] if at + 1 < len(text) else " "
        if letter.lower() in weights or letter == "İ":
            score += weights.get(letter.lower(), 1)
            # A capital after a small letter is the mark of a wrong reading, as are a lone
            # letter and two alphabets in one word.
            if (usual != 1 and any(c.isascii() and c.isalpha() for c in (before, after))) or (
                letter.isupper() and before.islower()
            ):
                score -= 2
            elif not (before.isalpha() or after.isalpha()):
                score -= 2 if (before + after).strip().isdigit() else 0.75
        elif letter in _SIGNS:
            # Signs stand beside figures and blanks, seldom between two letters.
            doubtful = before.isalpha() and after.isalpha() and letter not in "’‘\u00a0"
            score += -1 if doubtful else 0.5
        else:
            score -= 0.75 if letter.isalpha() else 1.5
    return score


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    raw = error.object[error.start : error.end]
    return raw.decode("cp1252", errors="replace"), error.end


codecs.register_error("custanalytics_cp1252", _as_cp1252)
