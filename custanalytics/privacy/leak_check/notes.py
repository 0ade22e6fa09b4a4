"""Secrets of texts that the consultant wrote: names, addresses, figures, and runs of words."""

import re

from custanalytics.privacy.leak_check import figures
from custanalytics.privacy.leak_check.gather import WINDOW, Gathering, public_word
from custanalytics.privacy.leak_check.wording import plain, windows, words

_CAPITAL = r"[^\W\d_a-z][\w'’-]+"
_NAMES = re.compile(
    rf"\b{_CAPITAL}(?: (?:&|and|und|et|y|von|van|de|der) | ){_CAPITAL}(?: {_CAPITAL}){{0,2}}"
)
_NAME = re.compile(r"(?<=[^\W\d_A-Z,;] )[^\W\d_a-z][\w'’-]{3,}")
# Commands; the files that they name are secrets by themselves.
_CODE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_SENTENCE = re.compile(r"[.!?|:;]\s|\n\s*\n|\n[-*#|>]")


def note_secrets(
    text: str, source: str, gathering: Gathering, *, reviewed: str = "", nouns: bool = False
) -> None:
    """Take what a note says, without what is said in the open anyway."""
    open_words = words(plain(reviewed))
    open_runs = set(windows(open_words, WINDOW))
    for sentence in _SENTENCE.split(_CODE.sub("\n\n", text)):
        gathering.text("\n".join(_emails(sentence)), "e-mail", source)
        for run in windows(words(plain(sentence)), WINDOW):
            if run not in open_runs:
                gathering.text(run, "note", source)
        names = _NAMES.findall(sentence) + ([] if nouns else _NAME.findall(sentence))
        for name in names:
            found = words(plain(name))
            if not all(public_word(word) or word in open_words for word in found):
                gathering.text(name, "note", source)
        for value, written in figures.written(plain(sentence)):
            if "." in value or len(value) > 4:
                gathering.number(value, written, "note", source)


def _emails(text: str) -> list[str]:
    return [word for word in text.split() if "@" in word]
