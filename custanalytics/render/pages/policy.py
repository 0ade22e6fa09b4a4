"""The content security policy of a finished page: no connection to anywhere, only its scripts."""

import base64
import hashlib
import re
from collections.abc import Iterable

_SCRIPT = re.compile(r"<script(?P<how>[^>]*)>(?P<text>.*?)</script", re.DOTALL | re.IGNORECASE)
_DATA = re.compile(r"""type=["']?(?:text/plain|application/(?:ld\+)?json)""", re.IGNORECASE)
_AFTER = re.compile(r"<head\b[^>]*>\s*<meta charset=[^>]*>", re.IGNORECASE)
_EMBEDDED = re.compile(r"<script[^>]*\ssrc=[\"']data:", re.IGNORECASE)
# Charts set styles of their own, and hand a picture of themselves over as a blob.
_ALLOWED = (
    "default-src 'none'; img-src data: blob:; font-src data:; media-src data:; "
    "style-src 'unsafe-inline' data:; base-uri 'none'; form-action 'none'; script-src {scripts}"
)


def with_policy(page: str, scripts: Iterable[bytes] = ()) -> str:
    """The page with a policy that lets only its own scripts run, and those it adds later.

    A script counts by its hash (Content Security Policy Level 3, 8.3), so that none that came
    into the page with data can run; handlers in attributes do not run either.
    """
    inside = (
        script["text"].encode()
        for script in _SCRIPT.finditer(page)
        if not _runs_nothing(script["how"])
    )
    hashes = dict.fromkeys(_hash(text) for text in (*inside, *scripts))
    # Quarto embeds its scripts as addresses, for which a page can't give hashes.
    allowed = [*hashes, *(["data:"] if _EMBEDDED.search(page) else [])] or ["'none'"]
    policy = _ALLOWED.format(scripts=" ".join(allowed))
    meta = f'\n<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return _AFTER.sub(lambda head: head.group(0) + meta, page, count=1)


def _runs_nothing(how: str) -> bool:
    """Whether a script element is only a place for data, or comes from an address."""
    return _DATA.search(how) is not None or " src=" in how


def _hash(text: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode('ascii')}'"
