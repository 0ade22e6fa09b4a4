"""Texts and what is wrapped up in them: escapes, data URIs, base64."""

import base64
import binascii
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote, unquote_to_bytes

from custanalytics.privacy.leak_check.passages import Inner, Passage, Passages, Style

_DATA_URI = re.compile(
    r"""data:(?:[\w.+-]+/[\w.+-]+)?(?:;[\w.+=-]+)*,[^"'\s)<>\\]*""",
    re.IGNORECASE,
)
_QUOTED_URI = re.compile(
    r"""url\(\s*(?P<sign>["'])(?P<uri>data:.*?)(?P=sign)\s*\)""", re.IGNORECASE | re.DOTALL
)
_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\w])//[^\n]*", re.DOTALL)
_BASE64 = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{24,}={0,2}(?![\w+/=-])")
_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]{1,6})\}|\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_BREAK = re.compile(r"\\[nrtvf0]")
_CSS_ESCAPE = re.compile(r"\\([0-9a-fA-F]{2,6})\s?")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_MAGIC = (
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"%PDF",
    b"GIF8",
    b"RIFF",
    b"wOF",
)
_BYTE_ORDER = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_RUN = re.compile(rb"[\t\n\r\x20-\x7e\x80-\xff]{12,}")
_MOST_ROUNDS = 3


def decoded(data: bytes) -> str | None:
    """The text that bytes hold; None where they are no text."""
    try:
        text = data.decode("utf-16" if data.startswith(_BYTE_ORDER) else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
        if sum(map(str.isprintable, text[:4096])) < 0.9 * len(text[:4096]):
            return None
    return None if _CONTROLS.search(text) else text


def readable_runs(data: bytes) -> str:
    """Longer runs of readable signs in bytes of any kind, as a last look."""
    found = []
    for run in _RUN.findall(data):
        # Compressed bytes are no UTF-8, so that what is left of them is short.
        text = run.decode("utf-8", "replace")
        found += [part for part in text.split("\ufffd") if len(part) >= 12]
    return "\n".join(found)


def text_passages(text: str, style: Style = "written") -> Passages:
    """A text, the texts that its escapes stand for, and what it holds in base64."""
    bare = text
    if "data:" in text or "DATA:" in text:
        for uri in _DATA_URI.findall(text):
            yield from uri_passages(uri)
        bare = _DATA_URI.sub(" ", text)
    for blob, content in packed(bare):
        yield Inner("base64", "", content)
        bare = bare.replace(blob, " ")
    for text_bytes in map(_from_base64, _BASE64.findall(bare)):
        if text_bytes and _is_text(text_bytes):
            yield Inner("base64", "", text_bytes)
    yield Passage("", bare, style)
    for at, plainer in enumerate(_unwrapped(bare)):
        yield Passage("", plainer, style if not at else "words")


def style_passages(text: str) -> Passages:
    """A style sheet: its comments and quoted drawings, and its words; its numbers are sizes."""
    for quoted in _QUOTED_URI.finditer(text):
        yield from uri_passages(quoted["uri"])
    # In what is packed there, signs of a comment are chance.
    bare = _DATA_URI.sub(" ", text)
    yield from text_passages(comments(bare))
    yield from text_passages(text, "words")


def uri_passages(uri: str) -> Passages:
    """What one data URI holds."""
    head, _, body = uri.partition(",")
    kind, *how = head[len("data:") :].lower().split(";")
    name = (kind.strip() or "text/plain").replace("/", ".")
    if "base64" in (part.strip() for part in how):
        content = _from_base64("".join(unquote(body).split()))
        if content is None:  # told as a file of no kind
            content = b"\0"
    else:
        content = unquote_to_bytes(body)
    yield Inner("data URI", name, content)


def comments(program: str) -> str:
    """Comments of a program or a style sheet."""
    return "\n".join(_COMMENT.findall(program))


def _unwrapped(text: str) -> Iterator[str]:
    """The text without escapes, as long as there are any."""
    for _ in range(_MOST_ROUNDS):
        made = text
        if "\\" in made:
            made = _BREAK.sub("\n", _CSS_ESCAPE.sub(_sign, _ESCAPE.sub(_sign, made)))
            made = made.replace("\\", "")
        if "&" in made:
            made = html.unescape(made)
        if _PERCENT.search(made):
            made = unquote(made)
        if made == text:
            return
        yield made
        text = made


def _sign(escape: re.Match[str]) -> str:
    number = int(next(group for group in escape.groups() if group), 16)
    return chr(number) if number <= 0x10FFFF else escape[0]


def packed(text: str) -> Iterator[tuple[str, bytes]]:
    """Files in base64: to be read as what they are, for their letters and figures say nothing."""
    for found in _BASE64.findall(text):
        content = _from_base64(found)
        if content and content.startswith(_MAGIC):
            yield found, content


def _is_text(content: bytes) -> bool:
    try:
        return not _CONTROLS.search(content.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _from_base64(text: str) -> bytes | None:
    usual = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(usual + "=" * (-len(usual) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
