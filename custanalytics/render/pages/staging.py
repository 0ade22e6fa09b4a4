"""Writes a document's generated parts and what they need into a report folder."""

import re
import shutil
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from custanalytics.bundled import DOCUMENT, reports_dir
from custanalytics.errors import RenderError
from custanalytics.render import brand
from custanalytics.render.pages.document import Document
from custanalytics.render.pages.labels import interface, labels
from custanalytics.render.pages.selfcontained import PLOTLY
from custanalytics.render.pages.templates import in_language

ASSETS = "_assets"
SECTIONS = "sections"
_TRANSLATED = re.compile(r"report\.[a-z]{2,3}\.qmd")
_SECTION = re.compile(r"\{\{<\s*include\s+[\"']?/?sections/([\w-]+)\.qmd[\"']?\s*>\}\}")

# So that plain `quarto render` and `quarto preview` give the same report.
_QUARTO = """\
# Written by custanalytics each time: what you want to change goes into report.qmd's front matter.
project:
  type: default
  render: [report.qmd]
brand: false  # _assets/brand.css and brand.typ are made from _brand.yml
format:
  html:
    theme: none
    minimal: true
    template: _assets/template.html
    css: [_assets/brand.css, _assets/report.css]
    embed-resources: true
    html-math-method: mathml
    toc-depth: 3
  typst:
    template-partials: [_assets/typst-template.typ, _assets/typst-show.typ, _assets/page.typ]
    font-paths: [_assets/fonts]
    papersize: a4
toc: true
number-sections: true
fig-cap-location: top
tbl-cap-location: top
tbl-colwidths: false
syntax-highlighting: none
filters:
  - at: pre-ast
    path: _assets/report.lua
  - at: post-quarto
    path: _assets/quarto-pdf.lua
"""


def stage(document: Document, template: Path | None, folder: Path) -> None:
    """Write a document into a report folder, ready to be rendered.

    The template's own files, and the shared sections that it includes, are copied once and never
    overwritten: they are the consultant's. They are in the document's language, as far as the
    template has it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    language = document.lang.split("-")[0]
    if template:
        _copy_once(in_language(template / DOCUMENT, language), folder, DOCUMENT)
    for path in _confined(template) if template else []:
        if not _TRANSLATED.fullmatch(path.name):
            _copy_once(path, folder)
    _copy_once(reports_dir() / brand.FILE, folder)
    _sections(folder, DOCUMENT, language)
    _assets(folder)
    meta = {
        "title": escaped(document.title),
        "subtitle": escaped(document.subtitle),
        "client": escaped(document.client),
        "author": escaped(document.author),
        "report-date": escaped(document.date),
        "mark": escaped(document.mark),
        "finding": escaped(document.finding),
    }
    words = labels(document.lang)
    generated = {
        "_quarto.yml": _QUARTO,
        "_metadata.yml": _yaml(
            {key: value for key, value in meta.items() if value}
            | {"lang": document.lang, "toc-title": words["toc"], "charts-title": words["charts"]}
            | {"ui": interface(document.lang)}
            | {"has": {name: True for name, on in document.flags.items() if on}}
        ),
        "_variables.yml": _yaml(_escaped_all(document.variables)),
    }
    parts = {f"_parts/{name}.qmd": text for name, text in document.parts.items()}
    files = {name: text.encode() for name, text in (generated | parts).items()}
    for name, content in (files | document.files).items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise RenderError(f"{path} leads out of the report folder; take the link away")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def refresh(folder: Path) -> brand.Brand:
    """Bring what is made from ``_brand.yml`` up to date; return the brand."""
    read = brand.read_brand(folder)
    for name, text in (("brand.css", read.css), ("brand.typ", read.typst)):
        path = folder / ASSETS / name
        if not path.is_file() or path.read_text("utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
    return read


def escaped(text: str) -> str:
    """Plain text as markdown that means just that text, on one line."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text.replace("\n", " "))


def _escaped_all(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _escaped_all(value) if isinstance(value, Mapping) else escaped(str(value))
        for name, value in values.items()
    }


def _assets(folder: Path) -> None:
    target = folder / ASSETS
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(reports_dir() / "_shared", target)
    library = resources.files("plotly") / "package_data" / PLOTLY
    (target / PLOTLY).write_bytes(library.read_bytes())
    refresh(folder)


def _sections(folder: Path, name: str, language: str) -> None:
    """Copy the shared sections that a document includes and its folder lacks."""
    try:
        text = (folder / name).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return  # the renderer says what is wrong with it, and where
    for section in _SECTION.findall(text):
        shared = reports_dir() / "_sections" / f"{section}.qmd"
        target = folder / SECTIONS / shared.name
        if shared.is_file() and not target.exists():
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(in_language(shared, language), target)
        _sections(folder, f"{SECTIONS}/{shared.name}", language)


def _confined(template: Path) -> list[Path]:
    """What lies in a template's folder; a link that leads out of it is refused."""
    for path in template.rglob("*"):
        if not path.resolve().is_relative_to(template.resolve()):
            raise RenderError(f"{path} leads out of the template's folder; put the file itself in")
    return sorted(template.iterdir())


def _copy_once(path: Path, folder: Path, name: str = "") -> None:
    target = folder / (name or path.name)
    if target.exists():
        return
    if path.is_dir():
        shutil.copytree(path, target)
    elif path.is_file():
        shutil.copyfile(path, target)


def _yaml(data: Mapping[str, Any]) -> str:
    text: str = yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False, width=1_000_000)
    return text
