"""Makes a page one file: style sheets, fonts, scripts and pictures go into it."""

import base64
import gzip
import html
import mimetypes
import re
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote

from custanalytics.errors import RenderError
from custanalytics.render.confined import inside
from custanalytics.render.pages.policy import with_policy

_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]*)">')
_SCRIPT = re.compile(r'<script src="([^"]*)" defer></script>')
_IMAGE = re.compile(r'(<img [^>]*?src=")([^"]*)(")')
_URL = re.compile(r'url\(\s*["\']?([^"\')]*)["\']?\s*\)')
_OUTSIDE = re.compile(
    r"<(?!a\b)[a-z][^>]*\s(?:src|srcset|href|data|poster|action)\s*=\s*[\"']?(?:https?:)?//[^>]*>"
    r"|@import\s+[\"']?(?:https?:)?//[^;]*",
    re.IGNORECASE,
)
_TYPES = {".woff2": "font/woff2", ".svg": "image/svg+xml", ".ttf": "font/ttf", ".otf": "font/otf"}
# Characters of a drawing that can stay as they are in an address between double quotes.
_PLAIN = " !$'()*+,-./:;=?@[]^_`{|}~"
PLOTLY = "plotly.min.js"
_LOADS_HREF = {"link", "image", "use", "base"}


def self_contained(page: str, folder: Path) -> str:
    """The page with all that it needs inside it."""
    outside = _OUTSIDE.search(page)
    if outside:
        raise RenderError(
            f"the page would ask for something from outside: {outside.group(0)[:200]}"
        )
    draws = 'class="plot"' in page
    added: list[bytes] = []

    def style(match: re.Match[str]) -> str:
        path = _inside(folder, match.group(1))
        sheet = _URL.sub(
            lambda url: f'url("{_data(path.parent, url.group(1), folder)}")',
            path.read_text("utf-8"),
        )
        return f"<style>\n{sheet}</style>"

    def script(match: re.Match[str]) -> str:
        path = _inside(folder, match.group(1))
        if path.name == PLOTLY and not draws:
            return ""
        if path.name == PLOTLY:
            added.append(path.read_bytes())
            return packed(added[0])
        text = path.read_text("utf-8").replace("</script", "<\\/script")
        return f"<script>\n{text}</script>"

    def image(match: re.Match[str]) -> str:
        return (
            match.group(1) + _data(folder, html.unescape(match.group(2)), folder) + match.group(3)
        )

    # Pictures first: the library's own text is not searched for them.
    whole = _SCRIPT.sub(script, _STYLE.sub(style, _IMAGE.sub(image, page)))
    return with_policy(whole, added)


@lru_cache(maxsize=1)  # it is the same for every page
def packed(library: bytes) -> str:
    """The charts' library as a page holds it, unpacked when the first chart comes near.

    That halves the page.
    """
    content = base64.b64encode(gzip.compress(library, 6, mtime=0)).decode("ascii")
    return f'<script type="text/plain" id="plotly">{content}</script>'


def must_be_inside(page: str, folder: Path) -> None:
    """Refuse a page that would load anything but files of its folder."""
    parser = _Loaded()
    parser.feed(page)
    for address in parser.addresses:
        if not address.lower().startswith("data:"):
            _inside(folder, unquote(address))


class _Loaded(HTMLParser):
    """Addresses that a page loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        loads = {"src", "srcset", "poster", "data"} | ({"href"} if tag in _LOADS_HREF else set())
        addresses = (value.strip() for name, value in attrs if name in loads and value)
        self.addresses += [address for address in addresses if not address.startswith("#")]


def _data(base: Path, address: str, folder: Path) -> str:
    if address.startswith("data:"):
        return address
    path = _inside(folder, (base / address).resolve().as_posix())
    kind = _TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0]
    if kind == _TYPES[".svg"]:
        return f"data:{kind},{quote(path.read_text('utf-8'), safe=_PLAIN)}"
    content = base64.b64encode(path.read_bytes()).decode("ascii")
    return f"data:{kind or 'application/octet-stream'};base64,{content}"


def _inside(folder: Path, address: str) -> Path:
    path = inside(folder, address)
    if path is None:
        raise RenderError(f"{address!r} is not a file in the report folder {folder}")
    return path
