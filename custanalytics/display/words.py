"""Whole sentences with named places for figures, and how text from data is made harmless.

Every sentence of the report passes through `say` or `plural` as one template, so a message
catalogue can be put behind these two functions.
"""

import re
from typing import Any

_MARKDOWN = re.compile(r"([\\`*_\[\]<>~^$@|{}#])")
_LONG_WORD = re.compile(r"\S{29,}")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def say(template: str, **values: Any) -> str:
    """One sentence with its figures in place."""
    return template.format(**values)


def plural(number: float, one: str, many: str, **values: Any) -> str:
    """The sentence that fits the number: ``one`` for exactly one, else ``many``."""
    return say(one if number == 1 else many, **values)


def prose(sentence: str) -> str:
    """A sentence of ours as markdown: its figures and names can't start any markup."""
    return _MARKDOWN.sub(r"\\\1", " ".join(sentence.split("\n")))


def short(text: str) -> str:
    """Text whose words fit a column: of a long one, such as an id, only both ends are left."""
    return _LONG_WORD.sub(lambda word: f"{word[0][:14]}…{word[0][-13:]}", text)


def escape(text: str) -> str:
    """Text from the data as markdown that shows exactly this text, in one line."""
    flat = " ".join(str(text).split())
    return _PUNCTUATION.sub(r"\\\1", flat)
