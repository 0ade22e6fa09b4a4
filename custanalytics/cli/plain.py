"""Text for a terminal: what stands in a client's file must not steer it."""

import re

# Control characters but line feed and tab; those that turn the direction of the text.
_STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """The text with its control characters written out."""
    return _STEERS.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)
