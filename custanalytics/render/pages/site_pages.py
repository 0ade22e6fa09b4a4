"""Pages of a web site: documents as HTML, and pandoc templates filled with values."""

import html
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custanalytics.render.pages.embedded import pandoc, scoped
from custanalytics.render.pages.labels import labels
from custanalytics.render.pages.qmd import Qmd, read_qmd

_SEAM = "<!-- body -->"
_PARTS = f"$if(toc)$\n$table-of-contents$\n$endif$\n{_SEAM}\n$body$\n"


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


@dataclass(frozen=True)
class Text:
    """A document for a page.

    Attributes
    ----------
    title : str
        As its front matter has it; may be empty.
    body, contents : Html
        The text, with addresses as the document has them; and its table of contents, empty
        where it asks for none.
    contents_title : str
        What stands over the contents.
    """

    title: str
    body: Html
    contents: Html
    contents_title: str


def text(document: Path) -> Text:
    """Render a document's text."""
    qmd = read_qmd(document)
    with tempfile.TemporaryDirectory(prefix="custanalytics-") as scratch:
        template = Path(scratch) / "parts.html"
        template.write_text(_PARTS, "utf-8")
        made = pandoc(qmd, document.parent, "html", ["--template", str(template), "--mathml"])
    contents, _, body = scoped(made).partition(_SEAM)
    over = str(qmd.meta.get("toc-title") or labels(str(qmd.meta.get("lang", "en")))["toc"])
    return Text(str(qmd.meta.get("title", "")), Html(body.strip()), Html(contents.strip()), over)


def page(template: Path, values: Mapping[str, Any]) -> str:
    """Fill a page's template."""
    with tempfile.TemporaryDirectory(prefix="custanalytics-") as scratch:
        # Metadata would be read as markdown; variables stand in the page as they are.
        defaults = Path(scratch) / "values.yaml"
        defaults.write_text(json.dumps({"variables": _escaped(values)}), "utf-8")
        options = ["--defaults", str(defaults), "--template", str(template.resolve())]
        return pandoc(Qmd({"toc": False}, []), template.parent, "html", options)


def _escaped(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _escaped(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(inner) for inner in value]
    if isinstance(value, bool | Html):
        return value
    return html.escape(str(value))
