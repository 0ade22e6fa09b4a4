"""Writes the site's pages with the embedded renderer, from the templates of the portfolio."""

import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

from custanalytics.bundled import reports_dir
from custanalytics.portfolio import pages
from custanalytics.portfolio.entry import ENTRIES, WRITE_UP, Entry
from custanalytics.portfolio.folder import ABOUT, TEMPLATES
from custanalytics.portfolio.pages import Site
from custanalytics.portfolio.pictures import bring, with_drawings
from custanalytics.render.pages.site_pages import Html, Text, page, text

ASSETS = "assets"


def write_pages(site: Site) -> Mapping[str, str]:
    """Write every page, and what they share."""
    with tempfile.TemporaryDirectory(prefix="custanalytics-") as scratch:
        templates = templates_of(site, Path(scratch) / "templates")
        write_assets(site, templates)
        # Pandoc works outside Python; each thread speaks the site's language.
        with ThreadPoolExecutor(2) as pool:
            jobs = [
                (entry.slug, pool.submit(copy_context().run, _project, site, entry, templates))
                for entry in site.entries
            ]
            bodies = {slug: job.result() for slug, job in jobs}
        own = _text(site.portfolio.folder / ABOUT, site.folder, site)
        made = {
            "index.html": page(templates / "index.html", pages.home(site)),
            "about.html": page(templates / "about.html", pages.about(site, own)),
            "404.html": lost_page(site, templates),
        }
    for name, content in made.items():
        (site.folder / name).write_text(content, "utf-8")
    return bodies


def _project(site: Site, entry: Entry, templates: Path) -> str:
    target = site.folder / ENTRIES / entry.slug
    found = _text(site.portfolio.folder / ENTRIES / entry.slug / WRITE_UP, target, site)
    made = page(templates / "entry.html", pages.project(site, entry, found))
    (target / "index.html").write_text(made, "utf-8")
    return found.body


def _text(document: Path, target: Path, site: Site) -> Text:
    """A document's text, with the files it shows or leads to brought along."""
    found = text(document)
    bring(found.body, document.parent, target, pages.made_here(site))
    body = Html(with_drawings(found.body, target, site.brand))
    return Text(found.title, body, found.contents, found.contents_title)


def templates_of(site: Site, folder: Path) -> Path:
    """The templates as delivered, each replaced by the portfolio's own where it has one."""
    shutil.copytree(reports_dir() / "_portfolio", folder)
    own = site.portfolio.folder / TEMPLATES
    if own.is_dir():
        shutil.copytree(own, folder, dirs_exist_ok=True)
    return folder


def write_assets(site: Site, templates: Path) -> None:
    """Write style sheet, fonts, scripts and sign of the site."""
    shared, target = reports_dir() / "_shared", site.folder / ASSETS
    (target / "fonts").mkdir()
    for _, file, _, _ in site.brand.faces:
        _bring_brand(site, file)
    for file in {site.brand.logo, site.brand.logo_dark} - {""}:
        _bring_brand(site, file)
    sheets = (site.brand.css, (shared / "report.css").read_text("utf-8"))
    style = "\n".join((*sheets, (templates / "site.css").read_text("utf-8")))
    (target / "site.css").write_text(style, "utf-8")
    shutil.copyfile(templates / "site.js", target / "site.js")
    shutil.copyfile(shared / "report.js", target / "report.js")
    colors = {
        "accent": site.brand.colors["accent"],
        "accent_dark": site.brand.dark_colors["accent"],
    }
    (target / "favicon.svg").write_text(page(templates / "favicon.svg", colors), "utf-8")


def lost_page(site: Site, templates: Path) -> str:
    """The page for an address that does not exist: whole, for it is shown at any depth."""
    left_out = ("@font-face", "math")
    lines = (site.folder / ASSETS / "site.css").read_text("utf-8").splitlines()
    style = Html("\n".join(line for line in lines if not line.startswith(left_out)))
    return page(templates / "404.html", pages.lost(site) | {"style": style})


def _bring_brand(site: Site, file: str) -> None:
    """Copy a font or logo to where the style sheet looks for it."""
    if file.startswith("_assets/"):
        source = reports_dir() / "_shared" / file.removeprefix("_assets/")
        target = site.folder / ASSETS / file.removeprefix("_assets/")
    else:
        source, target = site.portfolio.folder / file, site.folder / file
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
