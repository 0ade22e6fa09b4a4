"""The embedded renderer: Quarto markdown to HTML and PDF with pandoc and typst from PyPI.

What it knows of Quarto, each tested (``tests/render/test_constructs.py``):

- front matter; ``_quarto.yml``, ``_metadata.yml``, ``_variables.yml``, ``_brand.yml``;
- shortcodes ``var``, ``meta``, ``include`` (nested, relative to the document), ``pagebreak``;
- ``.content-visible`` and ``.content-hidden`` with ``when-format``, ``unless-format``,
  ``when-meta``, ``unless-meta``;
- raw blocks and passages ``{=html}`` and ``{=typst}``;
- callouts (note, tip, important, warning, caution), with title, collapsed or not;
- figures and tables labelled ``#fig-`` and ``#tbl-``, ``@fig-``, ``@tbl-`` and ``@sec-``;
- ``layout-ncol``, ``.columns``, footnotes, definition lists, math;
- the reports' own blocks (``reports/_shared/report.lua``).

Anything else stops with a `RenderError` that names the construct, the file and the line, and so
does a block that is never closed.
"""

import json
import logging
import re
import tempfile
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

import typst

from custanalytics.bundled import reports_dir
from custanalytics.errors import RenderError
from custanalytics.render.brand import read_brand
from custanalytics.render.installed_fonts import font_folders
from custanalytics.render.outside_tool import run_pandoc
from custanalytics.render.pages.labels import interface, labels
from custanalytics.render.pages.qmd import Qmd, read_qmd
from custanalytics.render.pages.selfcontained import self_contained
from custanalytics.render.word.write_word import word_bytes

# Beyond Latin, Greek, Cyrillic, punctuation and signs: what the fonts of the reports lack.
_UNCOVERED = re.compile(
    "[^\\x00-\u045f\u0490-\u0491\u04d0-\u04f9\u1e00-\u22ff\u25a0-\u25cf\ufb01-\ufb02]"
)
_NO_GLYPH = re.compile(r'the text `"([^`]*)"` could not be displayed with font')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_UNCLOSED = re.compile(r"Div at line (\d+) column \d+ unclosed")
_LOG = logging.getLogger(__name__)
_HERE = Path(__file__).parent
_STOPPED = 83
_ASSETS = "_assets"


def render_embedded(
    document: Path, formats: Sequence[str], made_on: date | None
) -> dict[str, bytes]:
    """Render a document."""
    qmd = read_qmd(document)
    makers = {
        "html": _html,
        "pdf": lambda q, f: _pdf(q, f, made_on),
        "docx": lambda q, f: word_bytes(_page(q, f), f, read_brand(f), made_on),
    }
    with ThreadPoolExecutor(len(formats)) as pool:
        jobs = {name: pool.submit(makers[name], qmd, document.parent) for name in formats}
        return {name: job.result() for name, job in jobs.items()}


def _page(qmd: Qmd, folder: Path) -> str:
    return pandoc(qmd, folder, "html", ["--template", f"{_ASSETS}/template.html", "--mathml"])


def _html(qmd: Qmd, folder: Path) -> bytes:
    return self_contained(scoped(_page(qmd, folder)), folder).encode()


def scoped(page: str) -> str:
    """The page with headers of tables that say what they head."""
    return page.replace("<th>", '<th scope="col">').replace("<th style", '<th scope="col" style')


def _pdf(qmd: Qmd, folder: Path, made_on: date | None) -> bytes:
    options = ["--template", f"{_ASSETS}/template.typ"]
    if made_on is not None:
        options += ["--variable", f"made-on:{made_on.year}, {made_on.month}, {made_on.day}"]
    source = pandoc(qmd, folder, "typst", options)
    try:
        return _compiled(source, folder, accessible=True)
    except typst.TypstError as error:
        said = str(getattr(error, "diagnostic", None) or error)
        lacking = lacking_glyphs(said)
        if not lacking:
            raise RenderError(f"the PDF can't be made: {said}") from error
    # A customer's name must not stop the report.
    warn_of_boxes(lacking)
    return _compiled(source, folder, accessible=False)


def lacking_glyphs(said: str) -> list[str]:
    """The texts of the PDF that no font here can show, as typst says them."""
    return _NO_GLYPH.findall(said)


def warn_of_boxes(lacking: Sequence[str]) -> None:
    """Say what the PDF can't show."""
    _LOG.warning(
        "the fonts here lack some characters of the text (%s): the PDF shows boxes in their place "
        "and is no PDF/UA; install fonts that have them, such as those of custanalytics[fonts]",
        _by_script(lacking),
    )


def _by_script(texts: Sequence[str]) -> str:
    """How many characters of which scripts, each shown once."""
    letters = {c for text in texts for c in _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)}
    scripts: dict[str, list[str]] = {}
    for letter in sorted(letters):
        # A letter's name begins with its script; a sign's says what it shows.
        is_letter = unicodedata.category(letter)[0] in "LM"
        script = unicodedata.name(letter, "").split(" ")[0] if is_letter else "signs"
        scripts.setdefault(script, []).append(letter)
    return "; ".join(f"{name}, {len(own)}: {''.join(own[:9])}" for name, own in scripts.items())


def _compiled(source: str, folder: Path, accessible: bool) -> bytes:
    more = _needs_more_fonts(source, folder)
    given: dict[str, Any] = {
        "input": source.encode(),
        "root": str(folder),
        "font_paths": [str(folder / part) for part in _font_folders(folder)]
        + [str(place) for place in font_folders() if more],
        "ignore_system_fonts": not more,
    }
    standard: Literal["ua-1"] | None = "ua-1" if accessible else None
    settled: dict[str, float] = {}
    while True:
        given["sys_inputs"] = {"chart-forms": json.dumps(settled)}
        content, warnings = typst.compile_with_warnings(**given, pdf_standards=standard)
        pdf = cast("bytes", content)
        if not any("did not converge" in str(warning) for warning in warnings):
            return pdf
        found = [
            item["value"] for item in json.loads(typst.query(selector="<chart-form>", **given))
        ]
        open_ones = [(name, form) for name, form in found if name not in settled]
        if not open_ones:
            return pdf
        settled |= _surely_settled(open_ones)


def _surely_settled(forms: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Of charts in their order, those that five attempts of typst reach: up to the second change.

    Where a chart takes another form, all after it stand elsewhere.
    """
    changed = [at for at, (_, form) in enumerate(forms) if form]
    return dict(forms[: changed[1] + 1] if len(changed) > 1 else forms)


def _font_folders(folder: Path) -> list[str]:
    files = {Path(file).parent.as_posix() for _, file, _, _ in read_brand(folder).faces}
    return sorted({f"{_ASSETS}/fonts", *files})


def _needs_more_fonts(source: str, folder: Path) -> bool:
    # Reading all fonts of a system takes its time: only where ours lack a character.
    brand = read_brand(folder)
    families = {family for family, _, _, _ in brand.faces}
    own = {brand.font_family, brand.heading_family} <= families
    return not own or _UNCOVERED.search(source) is not None


def pandoc(qmd: Qmd, folder: Path, to: str, options: list[str]) -> str:
    """Run pandoc on a document."""
    lang = str(qmd.meta.get("lang", "en"))
    words = labels(lang)
    given = qmd.meta.get("format", {}).get(to) if isinstance(qmd.meta.get("format"), dict) else {}
    meta = qmd.meta | (given if isinstance(given, dict) else {})
    meta = {key: value for key, value in meta.items() if key not in ("format", "project")}
    numbered = meta.get("number-sections") is not False
    meta |= {
        "toc": meta.get("toc") is not False,
        "toc-title": meta.get("toc-title", words["toc"]),
        "charts-title": meta.get("charts-title", words["charts"]),
        "ui": interface(lang),
        "section-numbering": numbered,
    }
    context = {
        "labels": words,
        "meta": _jsonable(meta),
        "number_sections": numbered,
        "mark": qmd.mark,
        "shortcodes": [{"name": s.name, "value": s.value} for s in qmd.shortcodes],
        "report_filter": str(_report_filter(folder).resolve()),
    }
    with tempfile.TemporaryDirectory(prefix="custanalytics-") as scratch:
        context_file = Path(scratch) / "context.json"
        context_file.write_text(json.dumps(context, ensure_ascii=False), "utf-8")
        meta_file = Path(scratch) / "meta.json"
        meta_file.write_text(json.dumps(context["meta"], ensure_ascii=False), "utf-8")
        options = [
            "--from", "markdown", "--to", to, "--standalone",
            "--wrap", "none", "--columns", "10000",
            "--lua-filter", str(_HERE / "quarto.lua"), "--metadata-file", str(meta_file),
            "--syntax-highlighting", "none", *options,
        ]  # fmt: skip
        if to == "html" and meta["toc"]:
            options += ["--toc", "--toc-depth", str(meta.get("toc-depth", 3))]
        done = run_pandoc(
            options, qmd.text.encode(), folder, {"CUSTANALYTICS_CONTEXT": str(context_file)}
        )
    problem = done.stderr.decode("utf-8", "replace")
    if done.returncode == _STOPPED and "STOP\t" in problem:
        _, what, trace = problem[problem.index("STOP\t") :].rstrip("\n").split("\t")
        raise RenderError(f"{qmd.place(trace)}: {what}")
    if done.returncode != 0:
        raise RenderError(f"pandoc could not read the document: {problem.strip()}")
    closed_blocks(qmd, problem)
    return done.stdout.decode()


def closed_blocks(qmd: Qmd, said: str) -> None:
    """Stop at a block that pandoc had to close itself: it would swallow all that follows."""
    unclosed = _UNCLOSED.search(said)
    if unclosed:
        line = qmd.lines[int(unclosed[1]) - 1]
        raise RenderError(f"{line.place}: the block that begins here is never closed (:::)")


def _report_filter(folder: Path) -> Path:
    staged = folder / _ASSETS / "report.lua"
    return staged if staged.is_file() else reports_dir() / "_shared" / staged.name


def _jsonable(meta: Any) -> Any:
    if isinstance(meta, dict):
        return {str(key): _jsonable(value) for key, value in meta.items()}
    if isinstance(meta, list):
        return [_jsonable(value) for value in meta]
    return meta if isinstance(meta, str | int | float | bool) or meta is None else str(meta)
