"""Results in a form that gives away nothing of the client."""

from custanalytics.muted.key import Key, draw_key
from custanalytics.muted.mute import MutedResults, mute, opened

__all__ = ["Key", "MutedResults", "draw_key", "mute", "opened"]
