"""The order of the slides, from the report folder's own ``slides.yml``."""

from collections.abc import Sequence
from pathlib import Path

from custanalytics.errors import RenderError
from custanalytics.render.settings_file import read_yaml

FILE = "slides.yml"
_HEAD = (
    "# The slides of the deck, in order. Yours to edit: take lines out, move them, or add any "
    "chart of the\n# report by its name (see the gallery); what the data does not support is left "
    "out by itself.\nslides:\n"
)


def slide_order(folder: Path, usual: Sequence[str]) -> tuple[str, ...]:
    """Names of the slides, in the order that the report folder asks for; the usual one at first."""
    path = folder / FILE
    if not path.exists():
        path.write_text(_HEAD + "".join(f"  - {name}\n" for name in usual), "utf-8")
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RenderError(f"{path} can't be read: {error}") from error
    names = read_yaml(text, str(path)).get("slides")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise RenderError(f"{path}: expected a list of names under 'slides:'")
    return tuple(dict.fromkeys(names))
