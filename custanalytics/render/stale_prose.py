"""Which of the consultant's own paragraphs quote figures that a new run has changed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custanalytics.bundled import DOCUMENT, reports_dir
from custanalytics.render.pages.staging import SECTIONS
from custanalytics.render.pages.templates import in_all_languages
from custanalytics.render.settings_file import read_yaml

_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f’ ]\d{3})*(?:[.,]\d+)?")
_VARIABLE = re.compile(r"\{\{<\s*var\s+([\w.-]+)\s*>\}\}")
_MARKUP = re.compile(r"\{\{<.*?>\}\}|\{#[^}]*\}|<!--.*?-->", re.DOTALL)
# Such as a list's number or "the first 3": too common to be a quoted figure.
_FEWEST_DIGITS = 2


@dataclass(frozen=True)
class StaleProse:
    """A paragraph of the consultant's that may not be true any more."""

    file: str
    line: int
    gone: tuple[str, ...]  # figures that the report had before and has no more
    changed: tuple[str, ...]  # variables whose text has changed

    @property
    def sentence(self) -> str:
        """What to look at, and why."""
        reasons = []
        if self.gone:
            reasons.append(f"{', '.join(self.gone)} stood in the last report and does not now")
        if self.changed:
            reasons.append(f"the text of {', '.join(self.changed)} has changed")
        return f"{self.file}, line {self.line} is your own text: {'; '.join(reasons)}."


def stale_prose(old: Path, new: Path, template: Path) -> tuple[StaleProse, ...]:
    """Find edited paragraphs whose figures changed between two runs."""
    if not (old / "_variables.yml").is_file():
        return ()
    before, now = _variables(old), _variables(new)
    numbers_before = _numbers(_generated(old, before))
    gone = numbers_before - _numbers(_generated(new, now))
    moved = {name for name, text in before.items() if now.get(name, text) != text}
    stale = []
    for name, line, text in _own_paragraphs(new, template):
        quoted = dict.fromkeys(n for n in _figures(text) if n in gone)
        shown = dict.fromkeys(v for v in _VARIABLE.findall(text) if v in moved)
        if quoted or shown:
            stale.append(StaleProse(name, line, tuple(quoted), tuple(shown)))
    return tuple(stale)


def own_prose(folder: Path, template: Path) -> tuple[tuple[str, str], ...]:
    """Paragraphs of a report folder that its template did not bring."""
    return tuple(
        (f"{name}, line {line}", text) for name, line, text in _own_paragraphs(folder, template)
    )


def _own_paragraphs(folder: Path, template: Path) -> Iterator[tuple[str, int, str]]:
    for path in (folder / DOCUMENT, *sorted((folder / SECTIONS).glob("*.qmd"))):
        if not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        shipped = {text for _, text in _paragraphs(_shipped(template, name))}
        for line, text in _paragraphs(path.read_text("utf-8")):
            if text not in shipped:
                yield name, line, text


def _shipped(template: Path, name: str) -> str:
    for path in (template / name, reports_dir() / "_sections" / Path(name).name):
        if path.is_file():
            return "\n\n".join(text.read_text("utf-8") for text in in_all_languages(path))
    return ""


def _paragraphs(text: str) -> list[tuple[int, str]]:
    """Paragraphs with the number of their first line."""
    stale: list[tuple[int, str]] = []
    lines: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip():
            lines.append(line.strip())
        elif lines:
            stale.append((number - len(lines), " ".join(lines)))
            lines = []
    return stale


def _variables(folder: Path) -> dict[str, str]:
    flat: dict[str, str] = {}

    def add(values: Any, prefix: str) -> None:
        for name, value in values.items():
            if isinstance(value, dict):
                add(value, f"{prefix}{name}.")
            else:
                flat[f"{prefix}{name}"] = str(value)

    add(read_yaml((folder / "_variables.yml").read_text("utf-8"), "_variables.yml"), "")
    return flat


def _generated(folder: Path, variables: dict[str, str]) -> str:
    parts = (path.read_text("utf-8") for path in sorted((folder / "_parts").glob("**/*.qmd")))
    return "\n".join([*variables.values(), *parts]).replace("\\", "")


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(text))


def _figures(text: str) -> list[str]:
    plain = _MARKUP.sub(" ", text).replace("\\", "")
    return [n for n in _NUMBER.findall(plain) if sum(map(str.isdigit, n)) >= _FEWEST_DIGITS]
