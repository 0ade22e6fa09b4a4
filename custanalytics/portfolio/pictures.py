"""Pictures of the pages: their size, a dark one of each drawing, and what a write-up shows."""

import html
import re
import shutil
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from custanalytics.bundled import reports_dir
from custanalytics.errors import RenderError
from custanalytics.render.brand import Brand, mix, read_brand
from custanalytics.render.charts.theme import LIGHT
from custanalytics.render.confined import inside

_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")
_VIEW = re.compile(
    r'<svg[^>]*?\sviewBox="[\d.-]+[ ,]+[\d.-]+[ ,]+([\d.]+)[ ,]+([\d.]+)"', re.DOTALL
)
_IMAGE = re.compile(r'<img src="([^"]*\.svg)"((?:[^">]|"[^"]*")*)>')
_PLOT = re.compile(r'<div class="plot".*?</script>\s*</div>', re.DOTALL)

_PHONE = 400
# The scale of heat maps has ten colours, and a chart any between two of them.
_STEPS, _BETWEEN, _NEAR = 10, 24, 3


@dataclass(frozen=True)
class Drawing:
    """An SVG file as a page shows it: width and height, and the dark one where there is one."""

    width: int
    height: int
    dark: str = ""


def drawing(path: Path, brand: Brand) -> Drawing:
    """Look at a drawing, and write the dark one beside it where all its colours have one."""
    text = path.read_text("utf-8")
    found = _VIEW.search(text)
    # Our drawings are measured in points; a pixel is three quarters of one.
    width, height = (round(float(size) * 4 / 3) for size in found.groups()) if found else (0, 0)
    dark = {color: dark_color(color, brand) for color in set(map(str.lower, _HEX.findall(text)))}
    if not dark or not all(dark.values()):
        return Drawing(width, height)
    other = path.with_name(f"{path.stem}.dark.svg")
    other.write_text(_HEX.sub(lambda color: str(dark[color[0].lower()]), text), "utf-8")
    return Drawing(width, height, other.name)


@cache
def _shipped() -> Brand:
    return read_brand(reports_dir())


def dark_color(color: str, brand: Brand) -> str | None:
    """The colour of a chart on a dark page."""
    for light, dark in ((brand.colors, brand.dark_colors), (LIGHT, _shipped().dark_colors)):
        for name, given in light.items():
            if given == color:
                return dark[name]
        for i in range(_STEPS - 1):
            first, second = light[f"seq-{i}"], light[f"seq-{i + 1}"]
            for share in (step / _BETWEEN for step in range(1, _BETWEEN)):
                if _distance(mix(second, first, share), color) <= _NEAR:
                    return mix(dark[f"seq-{i + 1}"], dark[f"seq-{i}"], share)
    return None


def _distance(first: str, second: str) -> int:
    return max(abs(int(first[i : i + 2], 16) - int(second[i : i + 2], 16)) for i in (1, 3, 5))


def with_drawings(body: str, folder: Path, brand: Brand) -> str:
    """The text of a write-up with still charts that follow light and dark."""

    def image(found: re.Match[str]) -> str:
        address, rest = found.groups()
        path = folder / unquote(html.unescape(address))
        if not path.is_file():
            return found[0]
        seen = drawing(path, brand)
        size = f' width="{seen.width}" height="{seen.height}"' if seen.width else ""
        plain = f'<img src="{address}"{rest}{size} loading="lazy">'
        if seen.dark:
            dark = address[: -len(".svg")] + ".dark.svg"
            media = "(prefers-color-scheme: dark)"
            plain = f'<picture><source srcset="{dark}" media="{media}">{plain}</picture>'
        return f'<span class="drawing{" broad" if seen.width > _PHONE else ""}">{plain}</span>'

    return _IMAGE.sub(image, still(body))


def still(body: str) -> str:
    """The text without the interactive charts, whose library is heavier than all the rest."""
    return _PLOT.sub("", body)


def bring(body: str, source: Path, target: Path, made: set[Path]) -> None:
    """Copy the files that a write-up shows or leads to, and no others."""
    for address in local_addresses(body):
        copy = target / address
        if copy.resolve() in made or copy.is_file():
            continue
        path = inside(source, address)
        if path is None:
            raise RenderError(f"{source}: the write-up leads to {address!r}, which is not there")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def local_addresses(body: str) -> list[str]:
    """Files beside the page that it shows or leads to, without what stands behind ``#``."""
    parser = _Addresses()
    parser.feed(body)
    return list(dict.fromkeys(parser.found))


class _Addresses(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        for name, value in attrs:
            if name not in ("src", "href", "srcset", "poster"):
                continue
            parts = urlsplit(value or "")
            if not parts.scheme and not parts.netloc and parts.path:
                self.found.append(unquote(parts.path))
