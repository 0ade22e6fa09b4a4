"""A name that is unknown, with the nearest one that is known."""

import difflib
from collections.abc import Collection
from typing import Any


def unknown(what: str, name: str, known: Collection[str]) -> str:
    """That a name is unknown, with the nearest one that is known."""
    near = nearest(name, known)
    hint = f"did you mean {near}? " if near else ""
    return f"no {what} {name!r}: {hint}known are {', '.join(known)}"


def nearest(name: Any, known: Collection[str]) -> str:
    """The known name that a mistyped one is most like; empty where none is."""
    return next(iter(difflib.get_close_matches(str(name), known, 1)), "")
