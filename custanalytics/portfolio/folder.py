"""A portfolio's folder: its own texts and settings, written once, and read."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError

from custanalytics.bundled import reports_dir
from custanalytics.engagement.record import FILE as ENGAGEMENT
from custanalytics.errors import UsageError
from custanalytics.portfolio.entry import ENTRIES
from custanalytics.render.brand import FILE as BRAND
from custanalytics.toml_file import read_toml

FILE, ABOUT = "portfolio.toml", "about.qmd"
_TEXTS = ("name", "tagline", "theme", "intro", "email", "address", "lang")
_NEEDED = ("name", "tagline", "theme")
_NAME = "Your Name"


@dataclass(frozen=True)
class Portfolio:
    """What ``portfolio.toml`` says; texts that are not needed may be empty."""

    folder: Path
    name: str  # who offers this work
    tagline: str  # what for, in one sentence
    theme: str  # what holds the projects together
    intro: str = ""  # two or three sentences for the first screen
    email: str = ""
    links: tuple[tuple[str, str], ...] = ()  # name and address of further pages
    address: str = ""  # of the site, with a slash at its end
    lang: str = "en"  # of the site's own words

    @property
    def unfinished(self) -> list[str]:
        """What of its texts is still as it was delivered, or missing; in words."""
        found = []
        if self.name == _NAME:
            found.append(f"{FILE}: name is still {_NAME!r}")
        if not self.email:
            found.append(f"{FILE}: without email there is no contact button")
        if not self.address:
            found.append(f"{FILE}: without address there is no sitemap and no picture for links")
        about = reports_dir() / "_portfolio" / ABOUT
        if (self.folder / ABOUT).read_bytes() == about.read_bytes():
            found.append(f"{ABOUT} is still the text that it came with")
        return found


def create_portfolio(folder: Path | str) -> Path:
    """Write what a portfolio's folder lacks; nothing that is there is touched."""
    folder = Path(folder)
    if folder.is_file():
        raise UsageError(f"{folder} is a file; give the portfolio's folder")
    here = folder.resolve()
    inside = next((f for f in (here, *here.parents) if (f / ENGAGEMENT).is_file()), None)
    if inside is not None:
        raise UsageError(
            f"{inside} is an engagement, with a client's data; a portfolio is for anybody to see: "
            "give it a folder elsewhere"
        )
    (folder / ENTRIES).mkdir(parents=True, exist_ok=True)
    shipped = reports_dir() / "_portfolio"
    for source in (shipped / FILE, shipped / ABOUT, reports_dir() / BRAND):
        if not (folder / source.name).exists():
            shutil.copyfile(source, folder / source.name)
    return folder


def read_portfolio(folder: Path | str) -> Portfolio:
    """Read a portfolio's settings."""
    folder = Path(folder)
    path = folder / FILE
    if not path.is_file():
        raise UsageError(f"{folder} is no portfolio: it has no {FILE}")
    content = read_toml(path)
    names = {*_TEXTS, "links"}
    unknown = sorted(content.keys() - names)
    if unknown:
        raise UsageError(
            f"{path} has the unknown entries {', '.join(unknown)}; "
            f"known are {', '.join(sorted(names))}"
        )
    texts = {name: _text(content, name, path) for name in _TEXTS if name in content}
    for name in _NEEDED:
        if not texts.get(name):
            raise UsageError(f"{path}: {name} is missing or empty; write a text in quotes")
    if texts.get("email"):
        texts["email"] = _email(texts["email"], path)
    if texts.get("address"):
        texts["address"] = _web(texts["address"], f"{path}: address").rstrip("/") + "/"
    texts["lang"] = _lang(texts.get("lang") or "en", path)
    return Portfolio(folder, links=_links(content.get("links", {}), path), **texts)


def _text(content: dict[str, Any], name: str, path: Path) -> str:
    value = content[name]
    if not isinstance(value, str):
        raise UsageError(f"{path}: {name} must be a text in quotes, not {value!r}")
    return " ".join(value.split())


def _email(value: str, path: Path) -> str:
    user, at, host = value.partition("@")
    if not (user and at and "." in host) or any(c in value for c in " <>\"'?&,;:"):
        raise UsageError(f"{path}: email must be an address such as you@example.com, not {value!r}")
    return value


def _web(value: str, place: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    plain = value.isascii() and not any(c in value for c in " <>\"'`{}|\\^")
    if parts.scheme not in ("http", "https") or not parts.netloc or not plain:
        raise UsageError(f"{place} must be an address such as https://example.com/, not {value!r}")
    if place.endswith(": address") and (parts.query or parts.fragment):
        raise UsageError(f"{place} must end before any ? or #, not {value!r}")
    return value


def _lang(value: str, path: Path) -> str:
    try:
        return str(Locale.parse(value.replace("-", "_"))).replace("_", "-")
    except (ValueError, UnknownLocaleError):
        raise UsageError(f"{path}: lang must be a language such as en, not {value!r}") from None


def _links(value: Any, path: Path) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise UsageError(f"{path}: links must be a section, [links], of names and addresses")
    found = []
    for name, address in value.items():
        if not isinstance(address, str):
            raise UsageError(f"{path}: links: {name} must be a text in quotes, not {address!r}")
        found.append((name, _web(address, f"{path}: links: {name}")))
    return tuple(found)
