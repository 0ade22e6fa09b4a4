"""The order of the slides, from the report folder's own ``slides.yml``."""

import shutil
from pathlib import Path

import yaml

from custanalytics.bundled import reports_dir
from custanalytics.errors import RenderError

FILE = "slides.yml"


def slide_order(folder: Path) -> tuple[str, ...]:
    """Names of the slides, in the order that the report folder asks for."""
    path = folder / FILE
    if not path.exists():
        shutil.copyfile(reports_dir() / "slides" / FILE, path)
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RenderError(f"{path} can't be read as YAML: {error}") from error
    names = data.get("slides") if isinstance(data, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise RenderError(f"{path}: expected a list of names under 'slides:'")
    return tuple(dict.fromkeys(names))
