"""Fonts that installed packages bring, such as those of the extra ``fonts``: for what ours lack."""

from functools import lru_cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

# Packages that don't announce themselves as the others do.
_UNANNOUNCED = ("noto_cjk_sans_otc",)


@lru_cache(maxsize=1)
def font_folders() -> tuple[Path, ...]:
    """Where they lie; nothing is imported."""
    announced = [entry.value for entry in entry_points(group="fontpkg.family")]
    found = (find_spec(name) for name in (*announced, *_UNANNOUNCED))
    return tuple(sorted(Path(spec.origin).parent for spec in found if spec and spec.origin))


def font_files() -> list[Path]:
    """The fonts themselves."""
    kinds = (".ttf", ".otf", ".ttc")
    return [
        file
        for folder in font_folders()
        for file in sorted(folder.rglob("*"))
        if file.suffix in kinds
    ]
