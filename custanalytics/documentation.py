"""The documentation as a site: from the guides, the docstrings and the command line itself."""

import inspect
import re
import shutil
from collections.abc import Mapping
from datetime import date
from html import escape
from pathlib import Path
from string import Template

import custanalytics
from custanalytics.bundled import reports_dir, sample_data_dir
from custanalytics.config import Settings
from custanalytics.content.definitions import DEFINITIONS
from custanalytics.content.report_content import report_content
from custanalytics.customers.cohorts import cohort_retention
from custanalytics.customers.concentration import revenue_concentration
from custanalytics.customers.overview import business_overview
from custanalytics.customers.rfm import rfm_segmentation
from custanalytics.customers.summary import customer_summary
from custanalytics.ledger import Ledger, load
from custanalytics.render.brand import read_brand
from custanalytics.render.charts.static_chart import svg
from custanalytics.render.charts.theme import Theme
from custanalytics.render.pages.plain_markdown import markdown_html
from custanalytics.render.put_in_place import replaced
from custanalytics.results.store import AnalysisResults

HOME = "index.html"
_SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)(#[^)]*)?\)")
# Page -> its title in the list of pages, and the text that it is made of.
_TEXTS: Mapping[str, tuple[str, str]] = {
    HOME: ("Start", "_docs/start.md"),
    "rows.html": ("What a row means", "_guide/rows.md"),
    "warehouse.html": ("Sales on a server", "_guide/warehouse.md"),
    "library.html": ("One function at a time", "_guide/library.md"),
    "templates.html": ("Templates, brand, languages", "README.md"),
    "leads.html": ("Leads", "_guide/leads.md"),
    "campaigns.html": ("Campaigns", "_guide/campaigns.md"),
    "engagement.html": ("Engagements", "_guide/engagement.md"),
    "personal-data.html": ("Personal data", "_guide/personal-data.md"),
    "portfolio.html": ("Portfolio", "_guide/portfolio.md"),
    "glossary.html": ("Glossary", "_docs/glossary.md"),
    "beside-others.html": ("Beside other packages", "_docs/beside-others.md"),
    "packaging.html": ("Installing", "_docs/packaging.md"),
}
_MADE = {"gallery": "Gallery", "commands": "Command line", "reference": "Reference"}


def write_documentation(target: Path, helps: Mapping[str, str]) -> Path:
    """Write the site; `helps` are the commands with what they say of themselves."""
    reports = reports_dir()
    with replaced(target, HOME) as folder:
        _write_look(folder)
        texts = {page: (reports / name).read_text("utf-8") for page, (_, name) in _TEXTS.items()}
        sentences = "\n".join(f"- {sentence}" for sentence in DEFINITIONS.values())
        texts["glossary.html"] += f"\n{sentences}\n"
        texts = {page: _linked(page, text, folder) for page, text in texts.items()}
        texts["commands.html"] = _commands(helps)
        texts["reference.html"] = _reference()
        texts["gallery.html"] = _gallery(folder)
        titles = {page: title for page, (title, _) in _TEXTS.items()}
        titles |= {f"{name}.html": title for name, title in _MADE.items()}
        page_of = Template((reports / "_docs" / "page.html").read_text("utf-8"))
        for page, text in texts.items():
            # Long lines scroll; the keyboard has to get there.
            body = markdown_html(text).replace("<pre", '<pre tabindex="0"')
            filled = page_of.substitute(
                title=escape(titles[page]), nav=_nav(titles, page), body=body
            )
            (folder / page).write_text(filled, "utf-8")
    return target / HOME


def _write_look(folder: Path) -> None:
    reports = reports_dir()
    shutil.copytree(reports / "_shared" / "fonts", folder / "assets" / "fonts")
    sheets = (reports / "_shared" / "report.css", reports / "_docs" / "docs.css")
    style = [read_brand(reports).css, *(sheet.read_text("utf-8") for sheet in sheets)]
    (folder / "assets" / "docs.css").write_text("\n".join(style), "utf-8")


def _nav(titles: Mapping[str, str], here: str) -> str:
    items = [
        f'<li><a href="{page}"{" aria-current=page" if page == here else ""}>{title}</a></li>'
        for page, title in titles.items()
    ]
    return "\n".join(["<ul>", *items, "</ul>"])


def _linked(page: str, text: str, folder: Path) -> str:
    """The text with its links to what the site has; files come along, other links are words."""
    reports = reports_dir()
    source = reports / _TEXTS[page][1]
    pages = {(reports / name).resolve(): one for one, (_, name) in _TEXTS.items()}
    pages |= {source.parent.resolve() / f"{name}.md": f"{name}.html" for name in _MADE}

    def lead(link: re.Match[str]) -> str:
        named = (source.parent / link[1]).resolve()
        if named in pages:
            return f"]({pages[named]}{link[2] or ''})"
        if named.is_file() and named.is_relative_to(reports.resolve()):
            (folder / "files").mkdir(exist_ok=True)
            shutil.copyfile(named, folder / "files" / named.name)
            return f"](files/{named.name})"
        return "](#)"

    return re.sub(r"\[([^\]]*)\]\(#\)", r"\1", _LINK.sub(lead, text))


def _commands(helps: Mapping[str, str]) -> str:
    parts = [f"## {name}\n\n```text\n{text.rstrip()}\n```" for name, text in helps.items()]
    return "\n\n".join(["# Command line", *parts])


def _reference() -> str:
    parts = ["# Reference", "Everything that `import custanalytics` names."]
    for name in sorted(custanalytics.__all__, key=str.lower):
        thing = getattr(custanalytics, name)
        parts += [f"## {name}", _described(thing, name)]
        if inspect.isclass(thing):
            for method, value in vars(thing).items():
                if inspect.isfunction(value) and not method.startswith("_") and value.__doc__:
                    parts += [f"### {name}.{method}", _described(value, method)]
    return "\n\n".join(parts)


def _described(thing: object, name: str) -> str:
    """A docstring of numpydoc as Markdown, under the way to call it."""
    doc = inspect.cleandoc(thing.__doc__ or "").replace("``", "`")
    head, *rest = _SECTION.split(doc)
    parts = [head.strip()]
    if inspect.isfunction(thing):
        names = ", ".join(inspect.signature(thing).parameters)
        parts.insert(0, f"`{name}({names})`")
    for title, text in zip(rest[::2], rest[1::2], strict=True):
        parts.append(f"**{title}**")
        if title == "Examples":
            parts.append(f"```python\n{text.strip()}\n```")
        elif re.search(r"^    ", text, re.MULTILINE):
            parts.append(_entries(text))
        else:
            parts.append(text.strip())
    return "\n\n".join(parts)


def _entries(text: str) -> str:
    """Names with what is said of each."""
    lines = []
    for line in text.strip().splitlines():
        if line.startswith("    "):
            lines.append(f"  {line.strip()}")
        elif line.strip():
            name, _, kind = line.partition(" : ")
            lines.append(f"- **{name}**" + (f" ({kind})" if kind else "") + ":")
    return "\n".join(lines)


def _gallery(folder: Path) -> str:
    """Charts of the bundled shop, drawn as a report draws them."""
    ledger = load([sample_data_dir() / "shop.csv"])
    content = report_content(_of_the_shop(ledger))
    brand = read_brand(reports_dir())
    theme = Theme(brand.colors, brand.font_family, brand.font_files)
    (folder / "charts").mkdir()
    shutil.copyfile(reports_dir() / "_guide" / "report.png", folder / "charts" / "report.png")
    parts = ["# Gallery", "![The first page of a report](charts/report.png)"]
    for chart in content.charts:
        (folder / "charts" / f"{chart.name}.svg").write_bytes(svg(chart, content.formats, theme))
        drawn = f'{chart.subtitle}: `ca.charts(result)["{chart.name}"]`'
        parts += [f"## {chart.title}", drawn, f"![{chart.title}](charts/{chart.name}.svg)"]
    return "\n\n".join(parts)


def _of_the_shop(ledger: Ledger) -> AnalysisResults:
    return AnalysisResults(
        Settings(ledger.last_order or date.min, currency=ledger.currency or ""),
        overview=business_overview(ledger),
        concentration=revenue_concentration(ledger),
        rfm=rfm_segmentation(customer_summary(ledger)),
        cohorts=cohort_retention(ledger),
    )
