"""Text for a terminal: what stands in a client's file must not steer it; colour where it is one."""

import os
import re
from typing import TextIO

# Control characters but line feed and tab; those that turn the direction of the text.
_STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Of our own lines, by how they begin: a heading, what to mind, what to open, what went wrong.
_STYLES = (
    (re.compile(r"^(?:Mind|Data quality):$", re.MULTILINE), "1;33"),
    (re.compile(r"^Open .+$", re.MULTILINE), "1;32"),
    (re.compile(r"^custanalytics:"), "1;31"),
    (re.compile(r"^[A-Z][\w ,-]*:$", re.MULTILINE), "1"),
)


def plain(text: str) -> str:
    """The text with its control characters written out."""
    return _STEERS.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)


def for_stream(text: str, stream: TextIO) -> str:
    """The text with its control characters written out, in colour where somebody sees it."""
    text = plain(text)
    # Agreed among tools: https://no-color.org
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return text
    for pattern, style in _STYLES:
        text = pattern.sub(rf"\033[{style}m\g<0>\033[0m", text)
    return text
