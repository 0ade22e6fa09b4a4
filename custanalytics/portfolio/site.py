"""Builds a portfolio's site: static pages that ask for nothing from elsewhere."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from custanalytics.content.format import Formats
from custanalytics.content.language import speaking
from custanalytics.errors import SourceError
from custanalytics.portfolio.embedded_site import ASSETS, write_pages
from custanalytics.portfolio.entry import (
    CARD,
    ENTRIES,
    FACTS,
    PICTURE,
    REPORT_HTML,
    REPORT_PDF,
    RERUN_SCRIPT,
    SLIDES,
    Entry,
    read_entries,
)
from custanalytics.portfolio.feed import (
    FEED,
    SITE_MAP,
    feed,
    robots,
    search_index,
    search_script,
    site_map,
)
from custanalytics.portfolio.folder import create_portfolio, read_portfolio
from custanalytics.portfolio.pages import SITE_CARD, Site
from custanalytics.portfolio.quarto_site import write_with_quarto
from custanalytics.portfolio.site_words import words
from custanalytics.portfolio.templates import Templates
from custanalytics.render.brand import read_brand
from custanalytics.render.charts.theme import Theme
from custanalytics.render.pages.quarto import quarto_for
from custanalytics.render.put_in_place import replaced
from custanalytics.render.social_card import social_card

SITE = "site"
_MARK = ".nojekyll"
_FILES = (REPORT_HTML, REPORT_PDF, SLIDES, RERUN_SCRIPT, PICTURE, CARD)


def build_site(folder: Path | str, out: Path | str | None = None, renderer: str = "auto") -> Path:
    """Build the site of a portfolio."""
    folder = create_portfolio(folder)
    portfolio = read_portfolio(folder)
    entries = _entries(folder)
    brand = read_brand(folder)
    target = Path(out) if out is not None else folder / SITE
    quarto = quarto_for(renderer)
    with speaking(portfolio.lang), replaced(target, _MARK) as new:
        formats = Formats(portfolio.lang)
        site = Site(portfolio, entries, brand, formats, words(formats), Templates(folder), new)
        _copy_files(site)
        bodies = write_with_quarto(site, quarto) if quarto else write_pages(site)
        _for_programs(site, bodies)
    return target


def _entries(folder: Path) -> tuple[Entry, ...]:
    found = tuple(read_entries(folder))
    for path in sorted((folder / ENTRIES).glob(f"*/{FACTS}")):
        # Everything of an entry is found by its slug.
        if path.parent.name not in {entry.slug for entry in found}:
            raise SourceError(f"{path}: slug must be the folder's name, {path.parent.name!r}")
    return found


def _copy_files(site: Site) -> None:
    """Copy what the pages lead to; of an entry's folder nothing but what is meant to be seen."""
    theme = Theme(site.brand.colors, site.brand.font_family, site.brand.font_files)
    mine = site.portfolio
    for entry in site.entries:
        source, target = mine.folder / ENTRIES / entry.slug, site.folder / ENTRIES / entry.slug
        target.mkdir(parents=True)
        for name in _FILES:
            if (source / name).is_file():
                shutil.copyfile(source / name, target / name)
        if not (target / CARD).exists():
            line = f"{mine.name} · {mine.theme}"
            (target / CARD).write_bytes(social_card(entry.title, line, entry.finding, theme))
    (site.folder / ASSETS).mkdir()
    card = social_card(mine.tagline, mine.name, mine.theme, theme)
    (site.folder / SITE_CARD).write_bytes(card)


def _for_programs(site: Site, bodies: Mapping[str, str]) -> None:
    index = search_index(site.entries, bodies)
    texts = {
        _MARK: "",
        "robots.txt": robots(site.portfolio),
        "search.json": index,
        f"{ASSETS}/search.js": search_script(index),
    }
    if not (site.folder / FEED).is_file():  # Quarto may have written one
        texts[FEED] = feed(site)
    if site.portfolio.address:
        texts[SITE_MAP] = site_map(site)
    for name, text in texts.items():
        (site.folder / name).write_text(text, "utf-8")
