"""What is read of a published file: texts, each with the place where it stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

Style = Literal["written", "exact", "words"]


@dataclass(frozen=True)
class Piece:
    """A text found in a file.

    Attributes
    ----------
    where : str
        The place in the file, such as ``"page 3"``.
    text : str
        The text.
    style : {"written", "exact", "words"}
        For people; for programs, with a decimal point; or with numbers that are no values, such as
        those of a drawing.
    """

    where: str
    text: str = field(repr=False)
    style: Style = "written"


@dataclass(frozen=True)
class Unread:
    """A part of a file that can't be looked into, which counts as a leak.

    Attributes
    ----------
    where : str
        The place in the file.
    reason : str
        Why.
    """

    where: str
    reason: str


@dataclass(frozen=True)
class Whole:
    """A file as such, by itself or in another one.

    Attributes
    ----------
    where : str
        The place.
    digest : str
        Its SHA-256.
    """

    where: str
    digest: str


Found = Iterator[Piece | Unread | Whole]
# Reads a file inside a file: place, name, content.
Inside = Callable[[str, str, bytes], Found]


def within(outer: str, inner: str) -> str:
    """A place inside a place."""
    return ", ".join(part for part in (outer, inner) if part)
