"""What is read of a published file: texts, each with the place where it stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

# For people; for programs, with a decimal point; with numbers that are no values, as of a drawing.
Style = Literal["written", "exact", "words"]


@dataclass(frozen=True)
class Passage:
    """A text found in a file, and its place, such as ``page 3``."""

    where: str
    text: str = field(repr=False)
    style: Style = "written"


@dataclass(frozen=True)
class Unread:
    """A part of a file that can't be looked into, which counts as a leak."""

    where: str
    reason: str


@dataclass(frozen=True)
class WholeFile:
    """The SHA-256 of a file as such, by itself or in another one."""

    where: str
    digest: str


Passages = Iterator[Passage | Unread | WholeFile]
# Reads a file inside a file: place, name, content.
ReadInner = Callable[[str, str, bytes], Passages]


def within(outer: str, inner: str) -> str:
    """A place inside a place."""
    return ", ".join(part for part in (outer, inner) if part)
