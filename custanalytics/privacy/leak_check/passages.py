"""What is read of a published file: texts, each with the place where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True)
class Inner:
    """A file inside a file, which is still to be read."""

    where: str
    name: str
    data: bytes = field(repr=False)


Passages = Iterator[Passage | Unread | WholeFile | Inner]


def within(place: str, passages: Passages) -> Passages:
    """What is read at a place inside a file."""
    for passage in passages:
        yield replace(passage, where=", ".join(filter(None, (place, passage.where))))
