"""Watches a process from within: what it writes outside of its folders, and what it connects to."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_MADE = {
    "os.mkdir": (0,),
    "os.rename": (0, 1),
    "os.symlink": (1,),
    "os.link": (1,),
    "os.truncate": (0,),
}


def watch(allowed: Sequence[Path], tell: Callable[[str, str], None]) -> None:
    """From here on tell ``outside`` with each path written elsewhere, ``socket`` with each address."""
    folders = tuple(f"{path.resolve()}{os.sep}" for path in allowed)

    def heard(event: str, given: tuple[object, ...]) -> None:
        if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo"):
            tell("socket", str(given[-1]))
        elif event == "open" and isinstance(given[2], int) and given[2] & _WRITES:
            written(given[0])
        elif event in _MADE:
            for at in _MADE[event]:
                written(given[at])

    def written(path: object) -> None:
        if isinstance(path, str | bytes):
            whole = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - no file is looked at
            if not f"{whole}{os.sep}".startswith(folders) and whole != os.devnull:
                tell("outside", whole)

    sys.addaudithook(heard)


def counted(lines: Sequence[str]) -> Counter[str]:
    """How often each kind was told, of lines ``kind<TAB>what``."""
    return Counter(line.partition("\t")[0] for line in lines)
