"""Quarto: its command, and what it renders, read as strictly as the embedded renderer reads.

Quarto goes through with a document whose references, variables, pictures or blocks are wrong, and
says so in a warning. Here each warning that is not known to be harmless stops, with the file and
the line where the construct stands.
"""

import json
import logging
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from custanalytics.config import RENDERERS
from custanalytics.errors import RenderError, UsageError
from custanalytics.render.outside_tool import outside_tool, run_pandoc
from custanalytics.render.pages.embedded import closed_blocks, lacking_glyphs, warn_of_boxes
from custanalytics.render.pages.policy import with_policy
from custanalytics.render.pages.qmd import Qmd, read_qmd
from custanalytics.render.pages.selfcontained import packed

QUARTO_FORMATS = {"html": "html", "pdf": "typst"}
_LEAST = (1, 7)
_ACCESSIBLE = ("-M", "pdf-standard:ua-1")
_LOG = logging.getLogger(__name__)
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_VERSION = re.compile(r"(\d+)\.(\d+)")
_WARNING = re.compile(r"(?:\[WARNING\]|WARN(?:ING)?(?: \([^()]*\))?:?)(?:\s+|$)")
_PAGE = re.compile(r"\[\s*\d+/\d+\]\s+(\S+)")
_HARMLESS = re.compile(
    # We ask for the standard; a second program that would test it is Quarto's own extra.
    r"PDF standard validation requested but verapdf is not installed"
    r"|This document format requires a nonempty <title>"
    r"|Deprecated: "
)
# What Quarto says, what it means, and the construct to look for.
_MEANINGS = tuple(
    (re.compile(said), means, trace)
    for said, means, trace in (
        (r"resolve crossref @(\S+)", "@{0} refers to a label that is not there", "@{0}"),
        (r"Unknown var (\S+) specified", "_variables.yml has no '{0}'", "{0}"),
        (r"Unknown meta key (\S+) specified", "the metadata has no '{0}'", "{0}"),
        (r"Shortcode '(.+?)' not found", "Quarto knows no shortcode {{{{< {0} >}}}}", "{{{{< {0}"),
        (r"Could not fetch resource (\S+?)(?::?\s|:?$)", "there is no picture {0}", "]({0}"),
        (r"file not found \(searched at (\S+?)\)", "there is no picture {0}", "]({0}"),
        (r"(:{3,})$", "this {0} neither opens nor closes a block", ":::"),
    )
)
_NOISE = re.compile(r"\s+at |Stack [Tt]race|Stack backtrace|\s*$")
_MOST_LINES = 12
_LIBRARY = re.compile(r"<script[^>]*>(/\*\*\s*\* plotly\.js .*?)</script>", re.DOTALL)


def quarto_for(renderer: str) -> str | None:
    """The quarto command, where this choice of a renderer takes it."""
    if renderer not in RENDERERS:
        raise UsageError(f"no renderer {renderer!r}: expected one of {', '.join(RENDERERS)}")
    quarto = shutil.which("quarto") if renderer != "embedded" else None
    if quarto is None:
        if renderer == "quarto":
            raise RenderError(
                "the quarto command was not found on PATH; install Quarto, "
                "or leave --renderer quarto out"
            )
        return None
    said = outside_tool([quarto, "--version"], b"", Path.cwd()).stdout.decode("utf-8", "replace")
    version = _VERSION.match(said.strip())
    if version and (int(version[1]), int(version[2])) >= _LEAST:
        return quarto
    least = ".".join(map(str, _LEAST))
    problem = f"{quarto} is version {said.strip() or 'unknown'}, reports need {least} or newer"
    if renderer == "quarto":
        raise RenderError(f"{problem}; bring Quarto up to date, or leave --renderer quarto out")
    _LOG.warning("%s: the embedded renderer is used", problem)
    return None


def render_quarto(quarto: str, document: Path, name: str) -> bytes:
    """Render a document in one format."""
    qmd = _read(document)
    if name == "html":
        page = _rendered(quarto, document, qmd, name, ()).decode()
        return _finished(page).encode()
    try:
        content = _rendered(quarto, document, qmd, name, _ACCESSIBLE)
    except _LackingGlyphs as error:
        # A customer's name must not stop the report.
        warn_of_boxes(error.texts)
        return _rendered(quarto, document, qmd, name, ())
    if b"pdfuaid:part" not in content:
        _LOG.warning("this Quarto makes no PDF/UA: Quarto 1.9 and the embedded renderer do")
    return content


def render_website(quarto: str, project: Path, out: str, sources: Path) -> Path:
    """Render a Quarto website; what is wrong with its pages is named by their sources."""
    done = outside_tool([quarto, "render"], b"", project)
    said = _plain(done.stderr)

    def source(page: str) -> Qmd | None:
        path = sources / page
        return read_qmd(path, for_quarto=True) if path.is_file() else None

    _stop_at_warnings(said, source)
    if done.returncode != 0 or not (project / out / "index.html").is_file():
        raise RenderError(f"quarto could not render the site:\n{_last_lines(said)}")
    return project / out


class _LackingGlyphs(Exception):  # noqa: N818 - no fault, but a reason to go on without PDF/UA
    """The accessible PDF would need a font for some characters."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__()
        self.texts = texts


def _read(document: Path) -> Qmd:
    """The document, once all is sound that needs no rendering to be judged."""
    qmd = read_qmd(document, for_quarto=True)
    done = run_pandoc(["--from", "markdown", "--to", "json"], qmd.text.encode(), document.parent)
    closed_blocks(qmd, done.stderr.decode("utf-8", "replace"))
    for address in _pictures_without_words(json.loads(done.stdout or "null")):
        place = qmd.place(f"]({address}")
        raise RenderError(
            f"{place}: the picture {address} has no alternative text; give it fig-alt"
        )
    return qmd


def _pictures_without_words(node: Any) -> Iterator[str]:
    """Addresses of pictures that nobody could read aloud, in pandoc's own form of a document."""
    if isinstance(node, dict) and node.get("t") == "Image":
        (_, _, attributes), caption, (address, _) = node["c"]
        if not caption and not any(key in ("fig-alt", "alt") and text for key, text in attributes):
            yield address
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for part in parts:
        yield from _pictures_without_words(part)


def _rendered(quarto: str, document: Path, qmd: Qmd, name: str, options: Sequence[str]) -> bytes:
    folder = document.parent
    output = folder / f".rendering.{name}"
    before = set(folder.iterdir())
    to = ("--to", QUARTO_FORMATS[name], "--output", output.name)
    try:
        done = outside_tool([quarto, "render", document.name, *to, *options], b"", folder)
        said = _plain(done.stderr)
        if done.returncode != 0 and options and lacking_glyphs(said):
            raise _LackingGlyphs(lacking_glyphs(said))
        _stop_at_warnings(said, lambda _: qmd)
        if done.returncode != 0 or not output.is_file():
            meant = next(_meanings(said.splitlines(), folder), None)
            failed = f"quarto could not render {document}:\n{_last_lines(said)}"
            raise RenderError(_fault(meant, qmd, "") if meant else failed)
        return output.read_bytes()
    except BaseException:
        for path in set(folder.iterdir()) - before:
            _remove(path)
        raise
    finally:
        _remove(output)
        if folder / ".quarto" not in before:
            _remove(folder / ".quarto")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _finished(page: str) -> str:
    """The page with its charts' library packed, and a policy."""
    added: list[bytes] = []

    def library(match: re.Match[str]) -> str:
        if 'class="plot"' not in page:
            return ""
        added.append(match[1].encode())
        return packed(added[-1])

    return with_policy(_LIBRARY.sub(library, page), added)


def _stop_at_warnings(said: str, document: Callable[[str], Qmd | None]) -> None:
    """Stop with every warning that counts; `document` is asked for by the page's name."""
    lines = [line.strip() for line in said.splitlines()]
    page, faults = "", list[str]()
    for number, line in enumerate(lines):
        begun = _PAGE.match(line)
        page = begun[1] if begun else page
        found = _WARNING.match(line)
        if not found:
            continue
        # The words may come on the next lines.
        text = line[found.end() :] or next(filter(None, lines[number + 1 :]), "")
        if not _HARMLESS.search(text):
            qmd = document(page)
            meant = next(_meanings([text], None), (f"Quarto warns: {text}", ""))
            faults.append(_fault(meant, qmd, page))
    if faults:
        raise RenderError("\n".join(dict.fromkeys(faults)))


def _fault(meant: tuple[str, str], qmd: Qmd | None, page: str) -> str:
    message, trace = meant
    place = PurePosixPath(page).parent / qmd.place(trace) if qmd else page or "the site"
    return f"{place}: {message}"


def _meanings(texts: Sequence[str], folder: Path | None) -> Iterator[tuple[str, str]]:
    """What lines of Quarto mean in our words, and what to look for; nothing for the others."""
    for text in texts:
        for said, means, trace in _MEANINGS:
            found = said.search(text)
            if found:
                what = found[1].removeprefix(f"{folder}/") if folder else found[1]
                yield means.format(what), trace.format(what)


def _last_lines(said: str) -> str:
    """What Quarto says of an error, without its settings, progress and stack."""
    lines = said.splitlines()
    first = next((i for i, line in enumerate(lines) if line.startswith("ERROR")), 0)
    useful = dict.fromkeys(line.rstrip() for line in lines[first:] if not _NOISE.match(line))
    return "\n".join(list(useful)[-_MOST_LINES:])


def _plain(said: bytes) -> str:
    return _COLOUR.sub("", said.decode("utf-8", "replace"))
