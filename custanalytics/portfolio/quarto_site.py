"""Writes the site's pages with Quarto: a website project made from the portfolio."""

import html
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from custanalytics.bundled import reports_dir
from custanalytics.portfolio import pages
from custanalytics.portfolio.embedded_site import ASSETS, lost_page, write_assets
from custanalytics.portfolio.entry import CARD, ENTRIES, WRITE_UP, Entry
from custanalytics.portfolio.feed import FEED
from custanalytics.portfolio.folder import ABOUT
from custanalytics.portfolio.pages import SITE_CARD, Site
from custanalytics.portfolio.pictures import bring, with_drawings
from custanalytics.render.pages.labels import labels
from custanalytics.render.pages.qmd import front_matter, without_plots
from custanalytics.render.pages.quarto import render_website
from custanalytics.render.pages.staging import escaped

_OUT = "_site"
_TITLE = "title-block.html"
_BLOCK = 'id="title-block-header" class="quarto-title-block"'  # what Quarto looks for
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
_TEXT = re.compile(r'<main[^>]*>.*?</header>(.*?)(?:<div class="ending"|</main>)', re.DOTALL)
# Quarto's own scripts are modules, which a page opened from disk may not load; none is needed.
_MODULE = re.compile(r'<script src="[^"]*site_libs[^"]*" type="module"></script>\n?')
_ODD = re.compile(r' (?:append-hash="[^"]*"|role="menu"(?= aria-expanded))')
_ALT = re.compile(r'(<div id="fig-[^>]*?) alt="[^"]*"')
# As in the embedded renderer's pages: one template for each card, whoever draws the page.
_LISTING = """\
```{=html}
<ul class="cards" id="cards">
<% for (const item of items) { %>
<%= item["card-html"] %>
<% } %>
</ul>
```
"""


def write_with_quarto(site: Site, quarto: str) -> Mapping[str, str]:
    """Write every page, and what they share."""
    with tempfile.TemporaryDirectory(prefix="custanalytics-") as scratch:
        write_assets(site)
        style = site.templates.path("quarto.css")
        shutil.copyfile(style, site.folder / ASSETS / style.name)
        project = Path(scratch) / "project"
        _stage(site, project)
        made = render_website(quarto, project, _OUT, site.portfolio.folder)
        shutil.copytree(made, site.folder, dirs_exist_ok=True)
        (site.folder / pages.LOST_PAGE).write_text(lost_page(site), "utf-8")
    home = site.folder / "index.html"
    home.write_text(_valid(home.read_text("utf-8")), "utf-8")
    _finished(site.folder / "about.html", site.portfolio.folder, site)
    return {
        entry.slug: _finished(
            site.folder / ENTRIES / entry.slug / "index.html",
            site.portfolio.folder / ENTRIES / entry.slug,
            site,
        )
        for entry in site.entries
    }


def _finished(path: Path, source: Path, site: Site) -> str:
    """Bring the files that a page shows, and give it the drawings for dark pages."""
    whole = path.read_text("utf-8")
    found = _TEXT.search(whole)
    body = found[1] if found else ""
    bring(body, source, path.parent, pages.made_here(site))
    top, main, text = _valid(whole).partition("<main")  # the logo above is none of the drawings
    path.write_text(top + main + with_drawings(text, path.parent, site.brand), "utf-8")
    return body


def _valid(whole: str) -> str:
    """The page without what Quarto adds against the standard, or for a web server only."""
    return _ODD.sub("", _ALT.sub(r"\1", _MODULE.sub("", whole)))


def _stage(site: Site, project: Path) -> None:
    shutil.copytree(site.folder / ASSETS, project / ASSETS)
    shutil.copyfile(reports_dir() / "_shared" / "report.lua", project / "report.lua")
    home = pages.home(site)
    hero = site.templates.filled("hero.html", home)
    about = pages.about(site, _about_title(site), "")
    texts = {
        "_quarto.yml": _yaml(_settings(site)),
        "theme.scss": _scss(site),
        "listing.ejs.md": _LISTING,
        "index.qmd": _home(site, home),
        "home/" + _TITLE: _template(f'<main id="content">\n<header {_BLOCK}>\n{hero}</header>'),
        ABOUT: _about(site, home),
        "about/" + _TITLE: _template(site.templates.filled("about-title.html", about)),
    }
    for entry, shown in zip(site.entries, home["cards"], strict=True):
        place = f"{ENTRIES}/{entry.slug}/"
        values = pages.project(site, entry, None)
        texts[place + _TITLE] = _template(site.templates.filled("project.html", values))
        card = site.templates.filled("card.html", home | {"card": shown})
        texts[place + WRITE_UP] = _project(site, entry, values, card)
    for name, text in texts.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, "utf-8")
    if site.brand.logo:
        (project / site.brand.logo).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(site.folder / site.brand.logo, project / site.brand.logo)
    for entry in site.entries:
        card = f"{ENTRIES}/{entry.slug}/{CARD}"
        shutil.copyfile(site.folder / card, project / card)


def _settings(site: Site) -> dict[str, Any]:
    mine, said = site.portfolio, site.words
    right = [
        {"text": said.work, "href": "index.qmd"},
        {"text": said.about, "href": ABOUT},
    ]
    if mine.email:
        right.append({"text": said.contact, "href": f"mailto:{mine.email}"})
    links = [{"text": escaped(name), "href": url} for name, url in mine.links]
    links.append({"text": escaped(said.feed), "href": FEED})
    logo = site.brand.logo or f"{ASSETS}/favicon.svg"
    # Quarto writes the alternative text into the page as it is, the other texts are markdown.
    navbar = {"title": escaped(mine.name), "logo": logo, "logo-alt": html.escape(mine.name)}
    website: dict[str, Any] = {
        "title": mine.name,
        "description": mine.tagline,
        "favicon": f"{ASSETS}/favicon.svg",
        "image": SITE_CARD,
        "open-graph": True,
        "twitter-card": True,
        # The search box on the first page finds the same with either renderer.
        "search": False,
        "navbar": navbar | {"right": right},
        "page-footer": {"left": escaped(mine.name), "center": links, "right": said.quiet},
    }
    if mine.address:
        website["site-url"] = mine.address.rstrip("/")
    return {
        "project": {
            "type": "website",
            "output-dir": _OUT,
            "render": ["index.qmd", ABOUT, f"{ENTRIES}/"],
        },
        "lang": site.formats.language,
        "website": website,
        "format": {
            "html": {
                "theme": "theme.scss",
                "css": [f"{ASSETS}/site.css", f"{ASSETS}/quarto.css"],
                "html-math-method": "mathml",
                "canonical-url": bool(mine.address),
                "title-block-style": "none",
                "fig-cap-location": "top",
                "tbl-cap-location": "top",
                "tbl-colwidths": False,
                "syntax-highlighting": "none",
                "link-external-newwindow": False,
                "code-copy": False,
                "anchor-sections": False,
                "appendix-style": "none",
            }
        },
        "filters": [{"at": "pre-ast", "path": "report.lua"}],
    }


def _scss(site: Site) -> str:
    """The brand as Bootstrap's own settings; what follows light and dark is in quarto.css."""
    colors, brand = site.brand.colors, site.brand
    return (
        "/*-- scss:defaults --*/\n"
        f"$primary: {colors['accent-ink']};\n"
        f"$body-bg: {colors['bg']};\n"
        f"$body-color: {colors['ink']};\n"
        f"$link-color: {colors['accent-ink']};\n"
        f"$navbar-bg: {colors['bg']};\n"
        f"$navbar-fg: {colors['ink']};\n"
        f'$font-family-sans-serif: "{brand.font_family}", system-ui, sans-serif;\n'
        f'$headings-font-family: "{brand.heading_family}", Georgia, serif;\n'
    )


def _home(site: Site, values: Mapping[str, Any]) -> str:
    settings: dict[str, Any] = {
        "title": escaped(values["head"]["title"]),
        "pagetitle": escaped(site.portfolio.theme),  # Quarto adds the name
        "description": escaped(values["head"]["description"]),
        "image": SITE_CARD,
        "page-layout": "custom",
        "toc": False,
        "template-partials": ["home/" + _TITLE],
        "include-after-body": {"text": f'<script src="{ASSETS}/site.js" defer></script>'},
    }
    body = [f"## {escaped(site.words.projects)} {{#work-title .unnumbered}}"]
    if site.entries:
        listing: dict[str, Any] = {
            "id": "projects",
            "contents": ENTRIES,
            "template": "listing.ejs.md",
            "sort": ["date desc", "title"],
            "page-size": 10_000,
        }
        if site.portfolio.address:
            listing["feed"] = {"type": "metadata", "description": site.portfolio.tagline}
        settings["listing"] = listing
        body += [_raw(site.templates.filled("tools.html", values)), "::: {#projects}\n:::"]
    else:
        body.append(escaped(site.words.soon))
    text = "\n\n".join(body)
    foot = _raw("</main>\n" + site.templates.filled("ask.html", values))
    return _document(settings, f"::::: {{#work .work .wrap}}\n{text}\n:::::\n\n{foot}")


def _about(site: Site, values: Mapping[str, Any]) -> str:
    front, body = _parted(site.portfolio.folder / ABOUT)
    settings = {"toc": False} | front | {"title": escaped(_about_title(site))}
    settings |= {"page-layout": "article", "image": SITE_CARD}
    settings["template-partials"] = ["about/" + _TITLE]
    return _document(settings, f"{body}\n\n{_raw(site.templates.filled('ask.html', values))}")


def _about_title(site: Site) -> str:
    front = front_matter(site.portfolio.folder / ABOUT)
    return str(front.get("title") or site.words.about)


def _project(site: Site, entry: Entry, values: Mapping[str, Any], card: str) -> str:
    front, body = _parted(site.portfolio.folder / ENTRIES / entry.slug / WRITE_UP)
    last = ("ending.html", "beside.html", "ask.html")
    ending = "".join(site.templates.filled(name, values) for name in last)
    scripts = "".join(
        f'<script src="../../{ASSETS}/{name}" defer></script>' for name in ("report.js", "site.js")
    )
    # Notes stand where they belong: at the end they would come after what follows the text.
    usual = {"toc": True, "number-sections": True, "reference-location": "block"}
    settings = usual | {"lang": entry.lang} | front
    settings |= {
        "title": escaped(entry.title),
        "description": escaped(entry.finding),
        "date": entry.published.isoformat(),
        "date-format": "iso",
        "categories": [entry.theme, *entry.techniques],
        "image": CARD,
        "toc-title": labels(entry.lang)["toc"],
        "page-layout": "full",
        "template-partials": [_TITLE],
        "card-html": card,
        "include-after-body": {"text": scripts},
    }
    return _document(settings, f"{body}\n\n{_raw(ending)}")


def _parted(path: Path) -> tuple[dict[str, Any], str]:
    """Front matter of a document, and its text without the interactive charts."""
    text = path.read_text("utf-8-sig")
    return front_matter(path), without_plots(_FRONT.sub("", text))


def _document(settings: Mapping[str, Any], body: str) -> str:
    return f"---\n{_yaml(settings)}---\n\n{body}\n"


def _raw(markup: str) -> str:
    return f"``````{{=html}}\n{markup.strip()}\n``````"


def _template(markup: str) -> str:
    """HTML as a title block: a template of pandoc that says just that."""
    named = markup.replace('<header class="project"', f'<header {_BLOCK[:-1]} project"')
    return named.replace("$", "$$")


def _yaml(content: Mapping[str, Any]) -> str:
    text: str = yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False, width=1_000_000)
    return text
