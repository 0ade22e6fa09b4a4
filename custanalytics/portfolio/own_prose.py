"""What remains of the consultant's own prose in an entry: listed, and confirmed by a code."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from custanalytics.errors import UsageError


@dataclass(frozen=True)
class Prose:
    """A text that a person wrote, as it will be published, which only a person can judge."""

    place: str  # such as "engagement.toml, question"
    text: str


class UnconfirmedError(UsageError):
    """Prose has not been confirmed; the message lists all of it."""

    def __init__(self, prose: Sequence[Prose]) -> None:
        self.prose = tuple(prose)
        self.code = code_of(prose)
        listed = "\n".join(f"  {piece.place}:\n    {piece.text}" for piece in prose)
        super().__init__(
            "these texts are your own, and would be published as they stand. Read them: nothing "
            "may tell who the client is, not even to somebody who knows the trade.\n"
            f"{listed}\n"
            f"Where all of it may be read by anybody, give the same command with "
            f"--confirm {self.code}; else change the texts first"
        )


def code_of(prose: Sequence[Prose]) -> str:
    """A code of the texts: another one as soon as a word changes.

    Examples
    --------
    >>> code_of([]) == code_of([Prose("here", "a text")])
    False
    """
    text = "\n".join(f"{piece.place}\t{piece.text}" for piece in prose)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
