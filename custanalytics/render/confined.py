"""Decides what a document, a template or a page may read: files in its own folder."""

from pathlib import Path


def inside(folder: Path, name: str) -> Path | None:
    """The file of this name; None where there is none, or a link or ``..`` leads out."""
    try:
        path = (folder / name).resolve()
        within = path.is_relative_to(folder.resolve())
        return path if within and path.is_file() else None
    except (OSError, ValueError):  # a name too long, or with a zero sign
        return None
