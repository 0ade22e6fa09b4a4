"""Results in a form that gives away nothing of the client."""

from custanalytics.muted.key import Key, draw_key
from custanalytics.muted.mute import TOO_SMALL, MutedResults, kept_back, mute, names_of, opened

__all__ = [
    "TOO_SMALL",
    "Key",
    "MutedResults",
    "draw_key",
    "kept_back",
    "mute",
    "names_of",
    "opened",
]
