"""The report templates: folders with a ``report.qmd``, under ``reports/`` or anywhere."""

from collections.abc import Mapping
from pathlib import Path

from custanalytics.bundled import reports_dir
from custanalytics.errors import UsageError
from custanalytics.render.pages.qmd import front_matter

DOCUMENT = "report.qmd"


def template(name: str) -> Path:
    """Folder of a template, by its name or by a path to it."""
    for folder in (reports_dir() / name, Path(name)):
        if (folder / DOCUMENT).is_file():
            return folder
    raise UsageError(
        f"no report template {name!r}: expected one of {', '.join(templates())}, "
        f"or a folder that has a {DOCUMENT}"
    )


def in_language(path: Path, language: str) -> Path:
    """The file in a language, where it is there; else the file itself."""
    for other in (
        path.with_suffix(f".{language}{path.suffix}"),
        path.parent / language / path.name,
    ):
        if other.is_file():
            return other
    return path


def in_all_languages(path: Path) -> list[Path]:
    """The file, and what `in_language` may give in its place."""
    others = [*path.parent.glob(f"{path.stem}.*{path.suffix}"), *path.parent.glob(f"*/{path.name}")]
    return [path, *sorted(others)]


def templates() -> Mapping[str, str]:
    """Templates that come with custanalytics."""
    found = sorted(reports_dir().glob(f"[!_]*/{DOCUMENT}"))
    return {path.parent.name: str(front_matter(path).get("description", "")) for path in found}
