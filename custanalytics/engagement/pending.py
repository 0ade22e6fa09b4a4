"""A change of several files of an engagement that happens as a whole, whatever comes between.

All that changes is written aside and synced; one renaming then decides that it happens. What is
left to do after that is done by the next command, should this one be killed.
"""

import json
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from custanalytics.render.put_in_place import locked, sync

_DECIDED, _ASIDE, _LOCK = ".pending", ".pending.new", ".pending.lock"
_WHAT = "change.json"


def change(folder: Path, new: Mapping[str, bytes], removed: Collection[str]) -> None:
    """Give files new contents and remove others, all or none; paths are in the folder."""
    aside = folder / _ASIDE
    with locked(folder / _LOCK, folder):
        _finish(folder)
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
        try:
            replaced = {}
            for at, (name, content) in enumerate(new.items()):
                path = aside / f"{at:04}"
                path.touch(mode=0o600)
                path.write_bytes(content)
                if (folder / name).exists():
                    shutil.copymode(folder / name, path)
                replaced[path.name] = name
            what = {"replaced": replaced, "removed": sorted(removed)}
            (aside / _WHAT).write_text(json.dumps(what, indent=1, ensure_ascii=False), "utf-8")
            for path in (*aside.iterdir(), aside):
                sync(path)
            aside.rename(folder / _DECIDED)
            sync(folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        _finish(folder)


def finish(folder: Path) -> None:
    """Do what is left of a change that was decided."""
    if (folder / _DECIDED).is_dir():
        with locked(folder / _LOCK, folder):
            _finish(folder)


def is_own(name: str) -> bool:
    """Whether a path in the folder is one of a change's own."""
    return name.split("/")[0] in (_DECIDED, _ASIDE, _LOCK)


def _finish(folder: Path) -> None:
    decided = folder / _DECIDED
    if not decided.is_dir():
        return
    if not (decided / _WHAT).exists():  # all was done, but for this
        decided.rmdir()
        return
    what = json.loads((decided / _WHAT).read_text("utf-8"))
    for source, name in what["replaced"].items():
        if (decided / source).exists():
            (decided / source).replace(folder / name)
            sync((folder / name).parent)
    for name in what["removed"]:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        for emptied in list(Path(name).parents)[:-1]:
            with suppress(OSError):  # it holds something else
                (folder / emptied).rmdir()
    sync(folder)
    shutil.rmtree(decided)
