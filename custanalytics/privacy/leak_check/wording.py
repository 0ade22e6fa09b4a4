"""Texts in one form, so that the same words are found however they are written."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

# Figures and letters apart, so that "SO-100001", "so 100001" and "SO100001" are the same words.
_WORD = re.compile(r"[^\W\d_]+|\d+")
_ACCENTS = re.compile("[\u0300-\u036f]")
# Soft hyphens, joiners and marks of direction: not seen, but between the letters.
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")


def plain(text: str) -> str:
    """A text in small letters, without accents, unseen signs and special blanks.

    Examples
    --------
    >>> plain("Groß\u00adküche\u00a0№ 5")
    'grosskuche no 5'
    """
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", folded))


def words(text: str) -> list[str]:
    """Words of a text in its plain form; figures and letters are words apart.

    Examples
    --------
    >>> words("so-100001_a, jane.doe@example.com")
    ['so', '100001', 'a', 'jane', 'doe', 'example', 'com']
    """
    return _WORD.findall(text)


def phrase(text: str) -> str:
    """The words of a text, one blank between two."""
    return " ".join(words(plain(text)))


def windows(found: Sequence[str], length: int, step: int = 1) -> Iterator[str]:
    """Phrases of so many consecutive words, where most of them are no little words."""
    for at in range(0, len(found) - length + 1, step):
        window = found[at : at + length]
        # "it is up to the" says nothing.
        if sum(len(word) > 3 for word in window) * 2 > length:
            yield " ".join(window)


def masked(text: str) -> str:
    """A secret as it may be shown: its first and last sign, that of an address's parts.

    Examples
    --------
    >>> masked("jane.doe@example.com"), masked("Wool throw"), masked("1234.5"), masked("May")
    ('j…e@e…', 'W…w', '1…5', 'M…')
    """
    if EMAIL.fullmatch(text):
        name, _, home = text.partition("@")
        return f"{name[:1]}…{name[-1:]}@{home[:1]}…"
    return f"{text[:1]}…{text[-1]}" if len(text) > 4 else f"{text[:1]}…"
