"""Makes something slow once for all the processes that test."""

from collections.abc import Callable
from pathlib import Path

import pytest


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` fills in one of the test processes, while the others wait for it."""
    shared = factory.getbasetemp()
    if shared.name.startswith("popen-"):  # of one process among several
        shared = shared.parent
    folder, done = shared / name, shared / f"{name}.done"
    with (shared / f"{name}.lock").open("w") as lock:
        try:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        except ImportError:  # no other process can wait: each makes its own
            folder = factory.mktemp(name) / name
        if not done.exists() or not folder.exists():
            make(folder)
            done.touch()
    return folder
