"""Results in a form that gives away nothing of the client."""

from custanalytics.muted.key import Key, draw_key
from custanalytics.muted.mute import MutedResults, kept_back, mute, names_of, opened

__all__ = ["Key", "MutedResults", "draw_key", "kept_back", "mute", "names_of", "opened"]
