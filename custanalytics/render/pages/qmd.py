"""Reads a Quarto document: front matter, includes and shortcodes, each line with its origin."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from custanalytics.errors import RenderError
from custanalytics.render.confined import inside
from custanalytics.render.settings_file import read_yaml

_INCLUDE = re.compile(r"^\s*\{\{<\s*include\s+(\S+)\s*>\}\}\s*$")
_SHORTCODE = re.compile(r"\{\{<\s*(.*?)\s*>\}\}")
_ESCAPED = re.compile(r"\{(\{\{<.*?>\}\})\}")
_FENCE = re.compile(r"^(?: {0,3}|\s*[-*+>] +|\s*\d+[.)] +)(`{3,}|~{3,})\s*(.*)$")
_INLINE_CELL = re.compile(r"`\{(python|r|julia|ojs)\}[^`]*`|`r\s[^`]*`")
_PLOT = re.compile(r"```+ *\{=html\}\n<div class=\"plot\".*?\n```+\n", re.DOTALL)
_MARK = "qzsc"

# Keys that change a page in Quarto and that the embedded renderer does not know. Any other key
# is the document's own, to be read with {{< meta >}} or when-meta.
_UNKNOWN_KEYS = {
    "abstract", "bibliography", "citation", "citeproc", "code-fold", "css", "csl",
    "embed-resources", "engine", "execute", "filters", "highlight-style", "include-after-body",
    "include-before-body", "include-in-header", "ipynb-filters", "jupyter", "knitr", "listing",
    "nocite", "number-depth", "params", "reference-location", "shift-heading-level-by",
    "shortcodes", "theme",
}  # fmt: skip
_FORMATS = {"html", "typst"}


@dataclass(frozen=True)
class Line:
    """One line of the text, and where it was read."""

    text: str
    file: str
    number: int


@dataclass(frozen=True)
class Shortcode:
    """A shortcode that stands for inline text, or for a page break."""

    name: str
    value: str
    line: Line


@dataclass(frozen=True)
class Qmd:
    """A document, ready for pandoc."""

    meta: dict[str, Any]  # _quarto.yml, _metadata.yml, front matter: later ones first
    lines: list[Line]  # includes in place, the mark, N and qz for shortcode N
    shortcodes: list[Shortcode] = field(default_factory=list)  # in the order of the text, from 1
    mark: str = _MARK  # nothing else in the text begins like it

    @property
    def text(self) -> str:
        """The body as one text."""
        return "\n".join(line.text for line in self.lines) + "\n"

    def place(self, trace: str) -> str:
        """Where the text first occurs, as ``file, line n``; the document's name if nowhere."""
        for line in self.lines:
            if trace and trace in line.text:
                return f"{line.file}, line {line.number}"
        return self.lines[0].file if self.lines else "report.qmd"


def read_qmd(path: Path) -> Qmd:
    """Read a document with everything it includes."""
    folder = path.parent
    front, body = _front_matter(_lines(path, folder))
    own = read_yaml("\n".join(line.text for line in front), path.name)
    meta = _merged(_settings(folder / "_quarto.yml"), _settings(folder / "_metadata.yml"))
    _check_keys(own, path.name, [line.text for line in front])
    meta = _merged(meta, own)
    values = {"var": _settings(folder / "_variables.yml"), "meta": meta}
    shortcodes: list[Shortcode] = []
    lines = _included(body, folder, (path.name,))
    mark = _MARK
    while any(mark in line.text for line in lines):
        mark += "x"
    return Qmd(meta, _resolved(lines, values, shortcodes, mark), shortcodes, mark)


def front_matter(path: Path) -> dict[str, Any]:
    """The YAML at the top of a document."""
    front, _ = _front_matter(_lines(path, path.parent))
    return read_yaml("\n".join(line.text for line in front), path.name)


def _lines(path: Path, folder: Path) -> list[Line]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RenderError(f"{path}: can't be read: {error}") from error
    name = path.relative_to(folder).as_posix()
    return [Line(line, name, i) for i, line in enumerate(text.split("\n"), start=1)]


def _front_matter(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    if not lines or lines[0].text.rstrip() != "---":
        return [], lines
    for i, line in enumerate(lines[1:], start=1):
        if line.text.rstrip() in ("---", "..."):
            # An empty line keeps YAML's line numbers those of the file.
            return [Line("", line.file, 1), *lines[1:i]], lines[i + 1 :]
    raise RenderError(f"{lines[0].file}, line 1: the front matter has no closing ---")


def _settings(path: Path) -> dict[str, Any]:
    return read_yaml(path.read_text("utf-8"), path.name) if inside(path.parent, path.name) else {}


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(first)
    for key, value in second.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = _merged(old, value) if both else value  # type: ignore[arg-type]
    return merged


def _check_keys(meta: Mapping[str, Any], name: str, lines: list[str]) -> None:
    unknown = [key for key in meta if key in _UNKNOWN_KEYS]
    formats = meta.get("format", {})
    formats = {formats: {}} if isinstance(formats, str) else formats
    unknown += [key for key in formats if key not in _FORMATS]
    for chosen in formats.values():
        unknown += list(chosen) if isinstance(chosen, dict) else []
    if unknown:
        number = next((i for i, text in enumerate(lines, 1) if unknown[0] in text), 1)
        raise _unsupported(f"the front matter's {unknown[0]!r}", Line("", name, number))


def _included(lines: list[Line], folder: Path, opened: tuple[str, ...]) -> list[Line]:
    out: list[Line] = []
    for line in lines:
        match = _INCLUDE.match(line.text)
        if not match:
            out.append(line)
            continue
        # Like Quarto: relative to the document, also inside an included file.
        name = match.group(1).strip("\"'").lstrip("/")
        if inside(folder, name) is None:
            raise RenderError(f"{line.file}, line {line.number}: no file {name!r} to include")
        if name in opened:
            raise RenderError(f"{line.file}, line {line.number}: {name!r} includes itself")
        inner = _lines(folder / name, folder)
        if inner and inner[0].text.rstrip() == "---":
            raise _unsupported("front matter in an included file", inner[0])
        out += _included(inner, folder, (*opened, name))
        out.append(Line("", line.file, line.number))
    return out


def _resolved(
    lines: list[Line],
    values: Mapping[str, Mapping[str, Any]],
    shortcodes: list[Shortcode],
    mark: str,
) -> list[Line]:
    out: list[Line] = []
    fence = ""
    for line in lines:
        match = _FENCE.match(line.text)
        if fence:
            closes = match and match.group(1).startswith(fence) and not match.group(2)
            fence = "" if closes else fence
        elif match and not ("`" in match.group(2) and match.group(1)[0] == "`"):
            if match.group(2).startswith("{") and not match.group(2).startswith(("{=", "{.", "{#")):
                raise _unsupported(f"a code cell {match.group(2)}", line)
            fence = match.group(1)
        elif _INLINE_CELL.search(line.text):
            raise _unsupported("code that is run inside a line", line)
        out.append(_marked(line, values, shortcodes, mark))
    return out


def _marked(
    line: Line, values: Mapping[str, Mapping[str, Any]], shortcodes: list[Shortcode], mark: str
) -> Line:
    if "{{<" not in line.text:
        return line

    def marked(match: re.Match[str]) -> str:
        shortcodes.append(_shortcode(match.group(1), line, values))
        return f"{mark}{len(shortcodes)}qz"

    pieces: list[str] = []
    position = 0
    for literal in _ESCAPED.finditer(line.text):
        pieces += [_SHORTCODE.sub(marked, line.text[position : literal.start()]), literal.group(1)]
        position = literal.end()
    pieces.append(_SHORTCODE.sub(marked, line.text[position:]))
    return Line("".join(pieces), line.file, line.number)


def _shortcode(text: str, line: Line, values: Mapping[str, Mapping[str, Any]]) -> Shortcode:
    name, _, argument = text.partition(" ")
    argument = argument.strip().strip("\"'")
    if name == "pagebreak" and not argument:
        return Shortcode(name, "", line)
    if name not in values:
        raise _unsupported(f"the shortcode {{{{< {name} >}}}}", line)
    value: Any = values[name]
    for key in argument.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    if value is None or isinstance(value, dict):
        source = "_variables.yml" if name == "var" else "the metadata"
        raise RenderError(f"{line.file}, line {line.number}: {source} has no {argument!r}")
    if isinstance(value, bool):
        value = str(value).lower()
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return Shortcode(name, str(value), line)


def _unsupported(construct: str, line: Line) -> RenderError:
    return RenderError(
        f"{line.file}, line {line.number}: the embedded renderer does not know {construct}; "
        "take it out, or render with Quarto (--renderer quarto)"
    )


def flat(path: Path) -> str:
    """The body of a document as one text that needs no other file."""
    qmd = read_qmd(path)

    def value(match: re.Match[str]) -> str:
        shortcode = qmd.shortcodes[int(match.group(1)) - 1]
        return "{{< pagebreak >}}" if shortcode.name == "pagebreak" else shortcode.value

    return re.sub(rf"{qmd.mark}(\d+)qz", value, qmd.text)


def without_plots(text: str) -> str:
    """A document's text with the pictures of its charts alone."""
    return _PLOT.sub("", text)
