"""What the site's pages say, as values for their templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from custanalytics.content.format import Formats
from custanalytics.portfolio.entry import (
    CARD,
    ENTRIES,
    PICTURE,
    REPORT_HTML,
    REPORT_PDF,
    RERUN_SCRIPT,
    SLIDES,
    Entry,
)
from custanalytics.portfolio.folder import Portfolio
from custanalytics.portfolio.pictures import drawing
from custanalytics.portfolio.site_words import facts
from custanalytics.portfolio.templates import Templates
from custanalytics.render.brand import Brand
from custanalytics.render.pages.site_pages import Text

SITE_CARD = "assets/card.png"
HOME, ABOUT_PAGE, LOST_PAGE = "index.html", "about.html", "404.html"


@dataclass(frozen=True)
class Site:
    """What every page needs."""

    portfolio: Portfolio
    entries: tuple[Entry, ...]  # the newest first
    brand: Brand
    formats: Formats  # of dates and numbers, in the language that is spoken
    words: SimpleNamespace
    templates: Templates
    folder: Path  # of the site; the entries' files are there already


def page_of(entry: Entry) -> str:
    """The address of a project's page in the site."""
    return f"{ENTRIES}/{entry.slug}/index.html"


def made_here(site: Site) -> set[Path]:
    """Pages that a write-up may lead to although no such file lies beside it."""
    names = [HOME, ABOUT_PAGE, "index.xml", *map(page_of, site.entries)]
    return {(site.folder / name).resolve() for name in names}


def home(site: Site) -> dict[str, Any]:
    """The first page."""
    portfolio, said = site.portfolio, site.words
    themes = _counted([entry.theme for entry in site.entries])
    techniques = _counted([name for entry in site.entries for name in entry.techniques])
    groups = (("theme", said.theme, themes), ("technique", said.techniques, techniques))
    title = f"{portfolio.name} – {portfolio.theme}"
    return _common(site, HOME, title, portfolio.intro or portfolio.tagline, title=title) | {
        "facts": facts(site.entries, site.formats),
        "filters": [group for group in groups if len(group[2]) > 1],
        "cards": [_card(site, entry, list(themes), list(techniques)) for entry in site.entries],
    }


def about(site: Site, title: str, body: str) -> dict[str, Any]:
    """The page about the consultant."""
    description = site.portfolio.intro or site.portfolio.tagline
    common = _common(site, ABOUT_PAGE, title or site.words.about, description, kind="profile")
    return common | {"text": {"body": body}}


def lost(site: Site, style: str) -> str:
    """The page that a host shows for an address that does not exist, whole: at any depth."""
    said = site.words.lost
    # Only the whole address leads back.
    values = _common(site, LOST_PAGE, said, said, title=said) | {"root": site.portfolio.address}
    return site.templates.filled(LOST_PAGE, values | {"style": style})


def project(site: Site, entry: Entry, text: Text | None) -> dict[str, Any]:
    """One project's page."""
    card, script = f"{ENTRIES}/{entry.slug}/{CARD}", _file(site, entry, RERUN_SCRIPT)
    common = _common(site, page_of(entry), entry.title, entry.finding, kind="article", card=card)
    return (
        common
        | _spoken(site, entry)
        | _beside(site.entries, entry)
        | {
            "entry": entry,
            "source": _source(entry),
            "script": script.read_text("utf-8").strip() if script.is_file() else "",
            "text": text,
            "files": _files(site, entry),
        }
    )


def _files(site: Site, entry: Entry) -> list[tuple[str, str, str]]:
    """The forms that a project comes in: address, name, size."""
    said = site.words
    names = {REPORT_HTML: said.report, REPORT_PDF: said.pdf, SLIDES: said.slides}
    there = {name: _file(site, entry, name) for name in names}
    found = [
        (name, names[name], _size(path.stat().st_size, site.formats))
        for name, path in there.items()
        if path.is_file()
    ]
    has_script = _file(site, entry, RERUN_SCRIPT).is_file()
    return [*found, ("#again", said.rerun, "")] if has_script else found


def _file(site: Site, entry: Entry, name: str) -> Path:
    return site.folder / ENTRIES / entry.slug / name


def _common(
    site: Site,
    page: str,
    heading: str,
    description: str,
    *,
    title: str = "",
    kind: str = "website",
    card: str = SITE_CARD,
) -> dict[str, Any]:
    portfolio = site.portfolio
    return {
        "root": "../" * page.count("/"),
        "words": site.words,
        "site": portfolio,
        "language": site.formats.language,
        "logo": site.brand.logo_alt if site.brand.logo else "",
        "head": {
            "page": page,
            "title": title or f"{heading} – {portfolio.name}",
            "heading": heading,
            "description": description,
            "kind": kind,
            "address": portfolio.address and portfolio.address + ("" if page == HOME else page),
            "card": portfolio.address + card,
        },
    }


def _spoken(site: Site, entry: Entry) -> dict[str, str]:
    """When a project was published, and its language where it is not the site's."""
    same = entry.lang.split("-")[0] == site.formats.language.split("-")[0]
    return {"month": site.formats.month(entry.published), "lang": "" if same else entry.lang}


def _source(entry: Entry) -> dict[str, str]:
    source = {name: entry.source.get(name, "") for name in ("name", "home", "licence", "citation")}
    is_web = source["home"].startswith(("https://", "http://"))
    return source if is_web else source | {"home": ""}


def _card(
    site: Site, entry: Entry, themes: Sequence[str], techniques: Sequence[str]
) -> dict[str, Any]:
    path = _file(site, entry, PICTURE)
    return _spoken(site, entry) | {
        "entry": entry,
        "drawing": drawing(path, site.brand) if path.is_file() else None,
        "theme_key": themes.index(entry.theme),
        "technique_keys": " ".join(str(techniques.index(name)) for name in entry.techniques),
    }


def _beside(entries: Sequence[Entry], entry: Entry) -> dict[str, Entry | None]:
    at = entries.index(entry)
    older = entries[at + 1] if at + 1 < len(entries) else None
    return {"newer": entries[at - 1] if at else None, "older": older}


def _counted(values: Sequence[str]) -> Mapping[str, int]:
    """Each value with its number, the most frequent first."""
    counts = {value: values.count(value) for value in values}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0].casefold())))


def _size(size: int, formats: Formats) -> str:
    if size < 100_000:
        return f"{formats.count(max(1, size // 1000))} kB"
    return f"{formats.number(size / 1e6)} MB"
