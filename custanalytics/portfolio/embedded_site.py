"""Writes the site's pages with the embedded renderer, from the templates of the portfolio."""

import dataclasses
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from custanalytics.bundled import reports_dir
from custanalytics.portfolio import pages
from custanalytics.portfolio.entry import ENTRIES, WRITE_UP
from custanalytics.portfolio.folder import ABOUT
from custanalytics.portfolio.pages import Site
from custanalytics.portfolio.pictures import bring, with_drawings
from custanalytics.render.pages.site_pages import Text, text

ASSETS = "assets"


def write_pages(site: Site) -> Mapping[str, str]:
    """Write every page, and what they share; give the text of each project's."""
    write_assets(site)
    source = site.portfolio.folder
    documents = [source / ENTRIES / entry.slug / WRITE_UP for entry in site.entries]
    with ThreadPoolExecutor(2) as pool:  # pandoc works outside Python
        own, *write_ups = pool.map(text, [source / ABOUT, *documents])
    own = _with_files(own, source, site.folder, site)
    made = {
        pages.HOME: site.templates.filled("index.html", pages.home(site)),
        pages.ABOUT_PAGE: site.templates.filled(
            "about.html", pages.about(site, own.title, own.body)
        ),
        pages.LOST_PAGE: lost_page(site),
    }
    bodies = {}
    for entry, document, found in zip(site.entries, documents, write_ups, strict=True):
        target = site.folder / ENTRIES / entry.slug
        shown = _with_files(found, document.parent, target, site)
        made[pages.page_of(entry)] = site.templates.filled(
            "entry.html", pages.project(site, entry, shown)
        )
        bodies[entry.slug] = shown.body
    for name, content in made.items():
        (site.folder / name).write_text(content, "utf-8")
    return bodies


def _with_files(found: Text, source: Path, target: Path, site: Site) -> Text:
    """The text, with the files it shows or leads to brought along."""
    bring(found.body, source, target, pages.made_here(site))
    return dataclasses.replace(found, body=with_drawings(found.body, target, site.brand))


def write_assets(site: Site) -> None:
    """Write style sheet, fonts, scripts and sign of the site."""
    shared, target = reports_dir() / "_shared", site.folder / ASSETS
    (target / "fonts").mkdir()
    files = {file for _, file, _, _ in site.brand.faces}
    for file in sorted((files | {site.brand.logo, site.brand.logo_dark}) - {""}):
        _bring_brand(site, file)
    sheets = (shared / "report.css", site.templates.path("site.css"))
    style = "\n".join((site.brand.css, *(sheet.read_text("utf-8") for sheet in sheets)))
    (target / "site.css").write_text(style, "utf-8")
    for script in (site.templates.path("site.js"), shared / "report.js"):
        shutil.copyfile(script, target / script.name)
    accents = {"accent": site.brand.colors["accent"], "dark": site.brand.dark_colors["accent"]}
    sign = site.templates.filled("favicon.svg", accents)
    (target / "favicon.svg").write_text(sign, "utf-8")


def lost_page(site: Site) -> str:
    """The page for an address that does not exist, with its style sheet inside."""
    left_out = ("@font-face", "math")
    lines = (site.folder / ASSETS / "site.css").read_text("utf-8").splitlines()
    return pages.lost(site, "\n".join(line for line in lines if not line.startswith(left_out)))


def _bring_brand(site: Site, file: str) -> None:
    """Copy a font or logo to where the style sheet looks for it."""
    if file.startswith("_assets/"):
        source = reports_dir() / "_shared" / file.removeprefix("_assets/")
        target = site.folder / ASSETS / file.removeprefix("_assets/")
    else:
        source, target = site.portfolio.folder / file, site.folder / file
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
