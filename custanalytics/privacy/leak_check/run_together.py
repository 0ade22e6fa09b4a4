"""Longer secrets without anything between their letters: "Jane Doe, Kiel" as "janedoekiel"."""

from collections.abc import Iterable, Iterator

import numpy as np

LEAST = 10
_BITS = 24
_FACTOR = np.uint64(1_000_003)


class Squeezed:
    """Finds phrases of ten letters and figures or more, whatever stands between these.

    Parameters
    ----------
    phrases : iterable of str
        As `custanalytics.privacy.leak_check.wording.phrase` gives them; those that are shorter, or
        of figures only, are left to other searches.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_start: dict[str, list[tuple[str, str]]] = {}
        for phrase in phrases:
            tight = phrase.replace(" ", "")
            if len(tight) >= LEAST and not tight.isdecimal():
                self._by_start.setdefault(tight[:LEAST], []).append((tight, phrase))
        # A table of hashes, so that nearly all places of a text are passed over at once.
        self._table = np.zeros(1 << _BITS, dtype=bool)
        if self._by_start:
            self._table[_hashes("".join(self._by_start))[::LEAST]] = True

    def found_in(self, words: Iterable[str]) -> Iterator[str]:
        """Phrases that a text holds."""
        text = "".join(words)
        if len(text) < LEAST or not self._by_start:
            return
        for at in np.flatnonzero(self._table[_hashes(text)]).tolist():
            for tight, phrase in self._by_start.get(text[at : at + LEAST], ()):
                if text.startswith(tight, at) and not _in_a_number(text, at, at + len(tight)):
                    yield phrase


def _hashes(text: str) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    """A hash of the ten signs from each place on."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    hashes = np.zeros(len(codes) - LEAST + 1, dtype=np.uint64)
    for at in range(LEAST):
        hashes = hashes * _FACTOR + codes[at : at + len(hashes)]
    return hashes * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(64 - _BITS)


def _in_a_number(text: str, start: int, end: int) -> bool:
    """Whether a figure at one end goes on: "box 12" is not in "box 125"."""
    before = text[start].isdecimal() and text[max(start - 1, 0) : start].isdecimal()
    return before or (text[end - 1].isdecimal() and text[end : end + 1].isdecimal())
