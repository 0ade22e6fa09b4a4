"""The report templates: folders with a ``report.qmd``, under ``reports/`` or anywhere."""

from collections.abc import Mapping
from pathlib import Path

from custanalytics.bundled import DOCUMENT, reports_dir, template_folder, template_names
from custanalytics.errors import UsageError
from custanalytics.render.pages.qmd import front_matter


def template(name: str) -> Path:
    """Folder of a template, by its name or by a path to it."""
    folder = template_folder(name)
    if folder is None:
        raise UsageError(
            f"no report template {name!r}: expected one of {', '.join(template_names())}, "
            f"or a folder that has a {DOCUMENT}"
        )
    return folder


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
    documents = {name: reports_dir() / name / DOCUMENT for name in template_names()}
    return {n: str(front_matter(path).get("description", "")) for n, path in documents.items()}
