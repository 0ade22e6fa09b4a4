"""Reads a Quarto document: front matter, includes and shortcodes, each line with its origin."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from custanalytics import limits
from custanalytics.errors import RenderError
from custanalytics.render.confined import inside
from custanalytics.render.settings_file import read_yaml

_INCLUDE = re.compile(r"^\s*\{\{<\s*include\s+(\S+)\s*>\}\}\s*$")
_SHORTCODE = re.compile(r"\{\{<\s*(.*?)\s*>\}\}")
_ESCAPED = re.compile(r"\{(\{\{<.*?>\}\})\}")
_FENCE = re.compile(r"^(?: {0,3}|\s*[-*+>] +|\s*\d+[.)] +)(`{3,}|~{3,})\s*(.*)$")
_INLINE_CELL = re.compile(r"`\{(python|r|julia|ojs)\}[^`]*`|`r\s[^`]*`")
_CODE_SPAN = re.compile(r"(`+).*?\1")
_ESCAPED_SIGN = re.compile(r"\\.")
_OPENS = re.compile(r" {0,3}:{3,}\s*(?:\{.*\}|[\w-]+)\s*:*\s*$")
_CLOSES = re.compile(r" {0,3}:{3,}\s*$")
_PLOT = re.compile(r"```+ *\{=html\}\n<div class=\"plot\".*?\n```+\n", re.DOTALL)
_MARK = "qzsc"
_FENCED = ":::"

# Keys that change a page in Quarto and that the embedded renderer does not know. Any other key
# is the document's own, to be read with {{< meta >}} or when-meta.
_UNKNOWN_KEYS = {
    "abstract", "appendix-style", "bibliography", "citation", "citeproc", "code-annotations",
    "code-fold", "code-line-numbers", "crossref", "css", "csl", "embed-resources", "engine",
    "execute", "fig-align", "filters", "fontsize", "grid", "highlight-style", "html-math-method",
    "include-after-body", "include-before-body", "include-in-header", "ipynb-filters", "jupyter",
    "knitr", "lightbox", "linestretch", "listing", "mainfont", "nocite", "number-depth",
    "number-offset", "page-layout", "params", "reference-location", "shift-heading-level-by",
    "shortcodes", "theme", "title-block-banner", "title-block-style", "toc-expand",
    "toc-location",
}  # fmt: skip
_FORMATS = {"html", "typst"}


@dataclass(frozen=True)
class Line:
    """One line of the text, and where it was read."""

    text: str
    file: str
    number: int
    is_code: bool = False

    @property
    def place(self) -> str:
        """The line for a message."""
        return f"{self.file}, line {self.number}"


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
        """Where a construct first stands, outside code if it does; else the document's name.

        A trace is a class (``.name``), a label (``#name``), a reference (``@name``), a picture's
        address (``](name``), a fence (``:::``), or any text.
        """
        if trace == _FENCED:
            return self._odd_fence()
        pattern = _pattern(trace)
        for line in self.lines:
            if not line.is_code and pattern.search(_CODE_SPAN.sub("", line.text)):
                return line.place
        for line in self.lines:
            if trace and trace.removeprefix("](") in line.text:
                return line.place
        return self.lines[0].file if self.lines else "report.qmd"

    def _odd_fence(self) -> str:
        """The first fence of a block that closes nothing, or stands right under other text."""
        depth, before = 0, ""
        for line in self.lines:
            if line.is_code:
                continue
            opens, closes = _OPENS.match(line.text), _CLOSES.match(line.text)
            depth += bool(opens) - bool(closes)
            if depth < 0 or (opens and before.strip() and not before.lstrip().startswith(_FENCED)):
                return line.place
            before = line.text
        return self.lines[0].file


def read_qmd(path: Path, for_quarto: bool = False) -> Qmd:
    """Read a document with everything it includes.

    What no renderer can make sense of stops; what Quarto alone knows stops too, but for Quarto.
    """
    folder = path.parent
    front, body = _front_matter(_lines(path, folder))
    own = read_yaml("\n".join(line.text for line in front), path.name)
    meta = _merged(_settings(folder / "_quarto.yml"), _settings(folder / "_metadata.yml"))
    if not for_quarto:
        _check_keys(own, path.name, [line.text for line in front])
    meta = _merged(meta, own)
    values = {"var": _settings(folder / "_variables.yml")} | ({} if for_quarto else {"meta": meta})
    lines = _included(body, folder, (path.name,), for_quarto)
    mark = _MARK
    while any(mark in line.text for line in lines):
        mark += "x"
    reader = _Reader(values, mark, for_quarto)
    read = reader.read(lines)
    _refuse_deep(read)
    return Qmd(meta, read, reader.shortcodes, mark)


def _refuse_deep(lines: list[Line]) -> None:
    """Pandoc tries each bracket that is never closed in every way there is."""
    opened = 0
    for line in lines:
        if line.is_code or not line.text.strip():
            opened = 0
            continue
        text = _ESCAPED_SIGN.sub("", _CODE_SPAN.sub("", line.text))
        opened = max(0, opened + text.count("[") - text.count("]"))
        if opened > limits.BRACKETS:
            raise RenderError(
                f"{line.place}: {opened:,} brackets [ are open at once, at most {limits.BRACKETS} "
                "may be; close them, or write \\[ where no link is meant"
            )


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


def _included(
    lines: list[Line], folder: Path, opened: tuple[str, ...], for_quarto: bool
) -> list[Line]:
    out: list[Line] = []
    for line in lines:
        match = _INCLUDE.match(line.text)
        if not match:
            out.append(line)
            continue
        # Like Quarto: relative to the document, also inside an included file.
        name = match.group(1).strip("\"'").lstrip("/")
        if inside(folder, name) is None:
            raise RenderError(f"{line.place}: no file {name!r} to include")
        if name in opened:
            raise RenderError(f"{line.place}: {name!r} includes itself")
        inner = _lines(folder / name, folder)
        if inner and inner[0].text.rstrip() == "---" and not for_quarto:
            raise _unsupported("front matter in an included file", inner[0])
        out += _included(inner, folder, (*opened, name), for_quarto)
        out.append(Line("", line.file, line.number))
    return out


class _Reader:
    """Puts marks in the place of shortcodes, and knows which lines are code."""

    def __init__(
        self, values: Mapping[str, Mapping[str, Any]], mark: str, for_quarto: bool
    ) -> None:
        self._values, self._mark, self._for_quarto = values, mark, for_quarto
        self.shortcodes: list[Shortcode] = []

    def read(self, lines: list[Line]) -> list[Line]:
        out: list[Line] = []
        fence = ""
        for line in lines:
            match = _FENCE.match(line.text)
            is_code = bool(fence)
            if fence:
                closes = match and match.group(1).startswith(fence) and not match.group(2)
                fence = "" if closes else fence
            elif match and not ("`" in match.group(2) and match.group(1)[0] == "`"):
                line = self._opened(line, match.group(2))
                fence = match.group(1)
            elif _INLINE_CELL.search(line.text):
                self._refuse("code that is run inside a line", line)
            # Quarto may be told to leave the shortcodes of a code block alone.
            marked = line if is_code and self._for_quarto else self._marked(line)
            out.append(replace(marked, is_code=is_code))
        return out

    def _opened(self, line: Line, info: str) -> Line:
        """The first line of a code block; that of a cell as pandoc reads a block."""
        if not info.startswith("{") or info.startswith(("{=", "{.", "{#")):
            return line
        self._refuse(f"a code cell {info}", line)
        return replace(line, text=line.text.replace("{", "{.", 1))

    def _marked(self, line: Line) -> Line:
        if "{{<" not in line.text:
            return line

        def marked(match: re.Match[str]) -> str:
            shortcode = self._shortcode(match.group(1), line)
            if shortcode is None:
                return match.group(0)
            self.shortcodes.append(shortcode)
            return f"{self._mark}{len(self.shortcodes)}qz"

        pieces: list[str] = []
        position = 0
        for literal in _ESCAPED.finditer(line.text):
            before = line.text[position : literal.start()]
            pieces += [_SHORTCODE.sub(marked, before), literal.group(1)]
            position = literal.end()
        pieces.append(_SHORTCODE.sub(marked, line.text[position:]))
        return replace(line, text="".join(pieces))

    def _shortcode(self, text: str, line: Line) -> Shortcode | None:
        """What a shortcode stands for; nothing where it is Quarto's own affair."""
        name, _, argument = text.partition(" ")
        argument = argument.strip().strip("\"'")
        if name == "pagebreak" and not argument:
            return Shortcode(name, "", line)
        if name not in self._values:
            self._refuse(f"the shortcode {{{{< {name} >}}}}", line)
            return None
        value: Any = self._values[name]
        for key in argument.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if value is None or isinstance(value, dict):
            source = "_variables.yml" if name == "var" else "the metadata"
            raise RenderError(f"{line.place}: {source} has no {argument!r}")
        if isinstance(value, bool):
            value = str(value).lower()
        if isinstance(value, list):
            value = ", ".join(map(str, value))
        return Shortcode(name, str(value), line)

    def _refuse(self, construct: str, line: Line) -> None:
        if not self._for_quarto:
            raise _unsupported(construct, line)


def _pattern(trace: str) -> re.Pattern[str]:
    """A construct as documents write it."""
    name = re.escape(trace[1:])
    if trace.startswith("]("):
        return re.compile(rf"\]\(\s*<?{re.escape(trace[2:])}")
    if trace.startswith("."):
        return re.compile(rf"\{{[^{{}}]*\.{name}(?![\w-])|^\s*:{{3,}}\s*{name}\b")
    if trace.startswith("#"):
        return re.compile(rf"#{name}(?![\w-])")
    if trace.startswith("@"):
        return re.compile(rf"(?<![\w\\])@\{{?{name}(?![\w-])", re.IGNORECASE)
    return re.compile(re.escape(trace) or "(?!)")


def _unsupported(construct: str, line: Line) -> RenderError:
    return RenderError(
        f"{line.place}: the embedded renderer does not know {construct}; "
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
