"""Renders a staged report folder, whichever renderer there is."""

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from custanalytics.bundled import DOCUMENT
from custanalytics.config import RENDERERS
from custanalytics.errors import RenderError, UsageError
from custanalytics.render.outside_tool import outside_tool
from custanalytics.render.pages.embedded import render_embedded
from custanalytics.render.pages.policy import with_policy
from custanalytics.render.pages.staging import refresh

_QUARTO_FORMATS = {"html": "html", "pdf": "typst"}
PAGES = (*_QUARTO_FORMATS, "docx")


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
        made = {name: _by_quarto(quarto, document, name) for name in names if name != "docx"}
        if "docx" in names:  # in the brand's look by our own means only
            made |= render_embedded(document, ("docx",), date)
    else:
        made = render_embedded(document, names, date)
    return {
        name: replace_file(folder / f"report.{name}", content) for name, content in made.items()
    }


def quarto_for(renderer: str) -> str | None:
    """The quarto command, where this choice of a renderer takes it."""
    if renderer not in RENDERERS:
        raise UsageError(f"no renderer {renderer!r}: expected one of {', '.join(RENDERERS)}")
    quarto = shutil.which("quarto") if renderer != "embedded" else None
    if renderer == "quarto" and not quarto:
        raise RenderError(
            "the quarto command was not found on PATH; install Quarto, "
            "or leave --renderer quarto out"
        )
    return quarto


def render_website(quarto: str, project: Path, out: str) -> Path:
    """Render a Quarto website."""
    done = outside_tool([quarto, "render"], b"", project)
    if done.returncode != 0 or not (project / out / "index.html").is_file():
        said = done.stderr.decode("utf-8", "replace").strip()
        raise RenderError(f"quarto could not render the site: {said[-2000:]}")
    return project / out


def _by_quarto(quarto: str, document: Path, name: str) -> bytes:
    scratch = f".rendering.{name}"
    output = document.parent / scratch
    cache = document.parent / ".quarto"
    had_cache = cache.exists()
    command = [quarto, "render", document.name, "--to", _QUARTO_FORMATS[name], "--output", scratch]
    try:
        done = outside_tool(command, b"", document.parent)
        if done.returncode != 0 or not output.is_file():
            said = done.stderr.decode("utf-8", "replace").strip()
            raise RenderError(f"quarto could not render {document}: {said[-2000:]}")
        content = output.read_bytes()
        return with_policy(content.decode()).encode() if name == "html" else content
    finally:
        output.unlink(missing_ok=True)
        if not had_cache:
            shutil.rmtree(cache, ignore_errors=True)


def replace_file(path: Path, content: bytes) -> Path:
    """Write a file whole, or leave it as it was."""
    scratch = path.with_name(f".{path.name}.new")
    scratch.write_bytes(content)
    return scratch.replace(path)
