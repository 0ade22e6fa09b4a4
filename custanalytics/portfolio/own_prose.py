"""What remains of the consultant's own prose in an entry: listed, and confirmed by a code."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from custanalytics.customers.rfm import of_own_rules
from custanalytics.errors import UsageError
from custanalytics.results.store import AnalysisResults


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


def segment_prose(results: AnalysisResults) -> tuple[Prose, ...]:
    """Names and actions of segments that are not the built-in ones."""
    if results.rfm is None:
        return ()
    rows = of_own_rules(results.rfm.segments)
    return tuple(
        Prose(f"segment {name!r}, {what}", text)
        for name, action in zip(rows["segment"], rows["action"], strict=True)
        for what, text in (("name", name), ("action", action))
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
