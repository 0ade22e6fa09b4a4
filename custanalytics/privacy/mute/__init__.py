"""Results in a form that gives away nothing of the client."""

from custanalytics.privacy.mute.key import Key, draw_key
from custanalytics.privacy.mute.mute_results import (
    TOO_SMALL,
    MutedResults,
    kept_back,
    mute,
    names_of,
    opened,
)

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
