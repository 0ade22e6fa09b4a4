"""A document's text as HTML, for a page that others make."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from custanalytics.render.pages.embedded import pandoc, scoped
from custanalytics.render.pages.labels import labels
from custanalytics.render.pages.qmd import read_qmd

_SEAM = "<!-- body -->"
_PARTS = f"$if(toc)$\n$table-of-contents$\n$endif$\n{_SEAM}\n$body$\n"


@dataclass(frozen=True)
class Text:
    """A document for a page, with addresses as the document has them."""

    title: str  # may be empty
    body: str
    contents: str  # empty where the document asks for no table of contents
    contents_title: str


def text(document: Path) -> Text:
    """Render a document's text."""
    qmd = read_qmd(document)
    with tempfile.TemporaryDirectory(prefix="custanalytics-") as scratch:
        template = Path(scratch) / "parts.html"
        template.write_text(_PARTS, "utf-8")
        made = pandoc(qmd, document.parent, "html", ["--template", str(template), "--mathml"])
    contents, body = map(str.strip, scoped(made).split(_SEAM, 1))
    over = str(qmd.meta.get("toc-title") or labels(str(qmd.meta.get("lang", "en")))["toc"])
    return Text(str(qmd.meta.get("title", "")), body, contents, over)
