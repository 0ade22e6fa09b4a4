"""Renders a staged report folder, whichever renderer there is."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from custanalytics.bundled import DOCUMENT
from custanalytics.errors import UsageError
from custanalytics.render.pages.embedded import render_embedded
from custanalytics.render.pages.quarto import QUARTO_FORMATS, quarto_for, render_quarto
from custanalytics.render.pages.staging import refresh

PAGES = (*QUARTO_FORMATS, "docx")


def render(
    folder: Path,
    formats: Sequence[str] = ("html", "pdf"),
    renderer: str = "auto",
    date: date | None = None,
) -> dict[str, Path]:
    """Render the document in a report folder; nothing is computed again."""
    unknown = [name for name in formats if name not in PAGES]
    if unknown or not formats:
        raise UsageError(f"no report format {unknown}: expected of {', '.join(PAGES)}")
    quarto = quarto_for(renderer)
    document = folder / DOCUMENT
    if not document.is_file():
        raise UsageError(f"{folder} is not a report folder: it has no {DOCUMENT}")
    refresh(folder)
    names = tuple(dict.fromkeys(formats))
    if quarto:
        made = {name: render_quarto(quarto, document, name) for name in names if name != "docx"}
        if "docx" in names:  # in the brand's look by our own means only
            made |= render_embedded(document, ("docx",), date)
    else:
        made = render_embedded(document, names, date)
    return {
        name: replace_file(folder / f"report.{name}", content) for name, content in made.items()
    }


def replace_file(path: Path, content: bytes) -> Path:
    """Write a file whole, or leave it as it was."""
    scratch = path.with_name(f".{path.name}.new")
    scratch.write_bytes(content)
    return scratch.replace(path)
