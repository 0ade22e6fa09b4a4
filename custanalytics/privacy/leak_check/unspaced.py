"""Longer secrets without anything between their letters: "Jane Doe, Kiel" as "janedoekiel"."""

from collections.abc import Iterable, Iterator

from ahocorasick_rs import AhoCorasick

_LEAST = 10


class UnspacedPhrases:
    """Finds phrases of ten letters and figures or more, whatever stands between these.

    Shorter phrases, and those of figures only, are left to other searches.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        by_letters: dict[str, list[str]] = {}
        for phrase in phrases:
            letters = phrase.replace(" ", "")
            if len(letters) >= _LEAST and not letters.isdecimal():
                by_letters.setdefault(letters, []).append(phrase)
        self._phrases = list(by_letters.values())
        self._automaton = AhoCorasick(by_letters, store_patterns=False)

    def found_in(self, words: Iterable[str]) -> Iterator[str]:
        """Phrases that a text holds."""
        text = "".join(words)
        for at, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if not _in_a_number(text, start, end):
                yield from self._phrases[at]


def _in_a_number(text: str, start: int, end: int) -> bool:
    """Whether a figure at one end goes on: "box 12" is not in "box 125"."""
    before = text[start].isdecimal() and text[max(start - 1, 0) : start].isdecimal()
    return before or (text[end - 1].isdecimal() and text[end : end + 1].isdecimal())
