"""What the site's pages say, as values for their templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custanalytics.content.format import Formats
from custanalytics.portfolio.entry import (
    AGAIN,
    CARD,
    PICTURE,
    REPORT_HTML,
    REPORT_PDF,
    SLIDES,
    Entry,
)
from custanalytics.portfolio.folder import Portfolio
from custanalytics.portfolio.pictures import drawing
from custanalytics.portfolio.site_words import facts, words
from custanalytics.render import Brand
from custanalytics.render.pages.site_pages import Text

SITE_CARD = "assets/card.png"
_STEPS = 6


@dataclass(frozen=True)
class Site:
    """What every page needs.

    Attributes
    ----------
    portfolio : Portfolio
        Its settings.
    entries : tuple of Entry
        The newest first.
    brand : Brand
        Its colours, fonts and logo.
    formats : Formats
        How the site writes dates and numbers; its language is spoken.
    folder : Path
        The site's folder, where the entries' files are already.
    """

    portfolio: Portfolio
    entries: tuple[Entry, ...]
    brand: Brand
    formats: Formats
    folder: Path


def made_here(site: Site) -> set[Path]:
    """Pages that a write-up may lead to although no such file lies beside it."""
    names = ["index.html", "about.html", "index.xml"]
    names += [f"entries/{entry.slug}/index.html" for entry in site.entries]
    return {(site.folder / name).resolve() for name in names}


def home(site: Site) -> dict[str, Any]:
    """The first page."""
    portfolio = site.portfolio
    themes = _counted([entry.theme for entry in site.entries])
    techniques = _counted([name for entry in site.entries for name in entry.techniques])
    said = words(site.formats)
    groups = (("theme", said["theme"], themes), ("technique", said["techniques"], techniques))
    title = f"{portfolio.name} – {portfolio.theme}"
    description = portfolio.intro or portfolio.tagline
    return _common(site, "", "", title, title, description, "website", SITE_CARD) | {
        "here": {"home": True},
        "facts": facts(site.entries, site.formats),
        "motif": _motif(),
        "filters": [
            {
                "title": legend,
                "chips": [
                    {"group": group, "key": i, "value": value, "count": count}
                    for i, (value, count) in enumerate(counts.items())
                ],
            }
            for group, legend, counts in groups
            if len(counts) > 1
        ],
        "cards": [_card(site, entry, list(themes), list(techniques)) for entry in site.entries],
    }


def about(site: Site, text: Text) -> dict[str, Any]:
    """The page about the consultant."""
    portfolio = site.portfolio
    heading = text.title or words(site.formats)["about"]
    title = f"{heading} – {portfolio.name}"
    said = portfolio.intro or portfolio.tagline
    common = _common(site, "", "about.html", title, heading, said, "profile", SITE_CARD)
    return common | {"here": {"about": True}, "title": heading, "text": {"body": text.body}}


def lost(site: Site) -> dict[str, Any]:
    """The page that a host shows for an address that does not exist."""
    title = words(site.formats)["lost"]
    common = _common(site, "", "404.html", title, title, title, "website", SITE_CARD)
    # It is shown at any depth, so only the whole address leads back.
    return common | {"root": site.portfolio.address}


def project(site: Site, entry: Entry, text: Text | None) -> dict[str, Any]:
    """One project's page."""
    folder = site.folder / "entries" / entry.slug
    page = f"entries/{entry.slug}/index.html"
    title = f"{entry.title} – {site.portfolio.name}"
    card = f"entries/{entry.slug}/{CARD}"
    common = _common(site, "../../", page, title, entry.title, entry.finding, "article", card)
    again = folder / AGAIN
    return common | {
        "entry": _facts(site, entry)
        | {
            "source": _source(entry),
            "muted": entry.muted,
            "again": again.read_text("utf-8").strip() if again.is_file() else "",
        },
        "text": {
            "body": text.body,
            "contents": text.contents,
            "title": text.contents_title,
        }
        if text
        else {},
        "files": files(site, entry),
        "beside": _beside(site.entries, entry),
    }


def files(site: Site, entry: Entry) -> list[dict[str, Any]]:
    """The forms that a project comes in, with links from its page."""
    said = words(site.formats)
    folder = site.folder / "entries" / entry.slug
    known = {REPORT_HTML: said["report"], REPORT_PDF: said["pdf"], SLIDES: said["slides"]}
    found = [
        {"href": name, "text": text, "size": _size((folder / name).stat().st_size, site.formats)}
        for name, text in known.items()
        if (folder / name).is_file()
    ]
    if (folder / AGAIN).is_file():
        found.append({"href": "#again", "text": said["rerun"], "size": ""})
    return [row | {"first": i == 0} for i, row in enumerate(found)]


def _common(
    site: Site,
    root: str,
    page: str,
    title: str,
    heading: str,
    description: str,
    kind: str,
    card: str,
) -> dict[str, Any]:
    portfolio = site.portfolio
    return {
        "root": root,
        "words": words(site.formats),
        "site": {
            "name": portfolio.name,
            "tagline": portfolio.tagline,
            "theme": portfolio.theme,
            "intro": portfolio.intro,
            "email": portfolio.email,
            "links": [{"name": name, "url": url} for name, url in portfolio.links],
            "lang": site.formats.language,
            "logo": site.brand.logo_alt if site.brand.logo else "",
        },
        "head": {
            "title": title,
            "heading": heading,
            "description": description,
            "kind": kind,
            "address": portfolio.address and portfolio.address + page,
            "card": portfolio.address + card,
        },
    }


def _facts(site: Site, entry: Entry) -> dict[str, Any]:
    language = site.formats.language.split("-")[0]
    return entry.texts | {
        "day": entry.published.isoformat(),
        "date": site.formats.month(entry.published),
        "lang": "" if entry.lang.split("-")[0] == language else entry.lang,
    }


def _source(entry: Entry) -> Mapping[str, str] | bool:
    found = {key: value for key, value in entry.source.items() if value}
    if not found.get("home", "").startswith(("https://", "http://")):
        found.pop("home", None)
    return found or False


def _card(
    site: Site, entry: Entry, themes: Sequence[str], techniques: Sequence[str]
) -> dict[str, Any]:
    place = f"entries/{entry.slug}/"
    path = site.folder / place / PICTURE
    picture: dict[str, Any] = {}
    if path.is_file():
        seen = drawing(path, site.brand)
        picture = {
            "picture": place + PICTURE,
            "dark": seen.dark and place + seen.dark,
            "alt": entry.picture_alt,
            "width": seen.width,
            "height": seen.height,
        }
    keys = [str(techniques.index(name)) for name in entry.techniques]
    return (
        _facts(site, entry)
        | picture
        | {
            "theme_key": themes.index(entry.theme),
            "technique_keys": " ".join(keys),
        }
    )


def _beside(entries: Sequence[Entry], entry: Entry) -> dict[str, Any]:
    at = entries.index(entry)
    others = {
        "newer": entries[at - 1] if at else None,
        "older": entries[at + 1] if at + 1 < len(entries) else None,
    }
    return {
        name: {"href": f"../{other.slug}/index.html", "title": other.title}
        for name, other in others.items()
        if other
    }


def _counted(values: Sequence[str]) -> Mapping[str, int]:
    """Each value with its number, the most frequent first."""
    counts = {value: values.count(value) for value in values}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0].casefold())))


def _size(size: int, formats: Formats) -> str:
    if size < 100_000:
        return f"{formats.count(max(1, size // 1000))} kB"
    return f"{formats.number(size / 1e6)} MB"


def _motif() -> list[dict[str, Any]]:
    """A cohort triangle: each row has bought for one quarter less, each column fades."""
    return [
        {"x": 44 * column, "y": 44 * row, "opacity": f"{_shade(row, column):.2f}"}
        for row in range(_STEPS)
        for column in range(_STEPS + 1 - row)
    ]


def _shade(row: int, column: int) -> float:
    if column == 0:
        return 1.0
    return float(0.62 * 0.72 ** (column - 1) + 0.07 * ((row * 5 + column * 3) % 4) / 3)
