"""What is done to a command while it runs: signals, a full disk, a file system that refuses."""

import errno
import os
import random
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from tests.trials.trust.children import Tell

SIGNALS = {"SIGKILL": signal.SIGKILL, "SIGTERM": signal.SIGTERM, "SIGINT": signal.SIGINT}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_EVENTS = ("os.mkdir", "os.rename", "os.symlink")


def signalled(number: signal.Signals, seconds: float) -> Callable[[int], None]:
    """Send a signal to a process after a time."""

    def send(pid: int) -> None:
        def now() -> None:
            with suppress(ProcessLookupError):  # it was done before
                os.kill(pid, number)

        timer = threading.Timer(seconds, now)
        timer.daemon = True
        timer.start()

    return send


def failing(at: int | None, *, lasting: bool) -> Callable[[Tell], None]:
    """Let the n-th write, rename, sync or call of a tool fail, and where it lasts all later ones.

    None only tells how many there are.
    """

    def prepare(tell: Tell) -> None:
        met = 0

        def point(what: str) -> None:
            nonlocal met
            met += 1
            tell("point", what)
            if at is not None and (met == at or (lasting and met > at)):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def heard(event: str, given: tuple[object, ...]) -> None:
            if event in _EVENTS:
                point(event)
            elif event == "open" and _writes(given):
                point("write")

        sync, popen = os.fsync, subprocess.Popen.__init__

        def fsync(handle: int) -> None:
            point("sync")
            sync(handle)

        def opened(self: object, *given: object, **how: object) -> None:
            point("tool")
            popen(self, *given, **how)  # type: ignore[arg-type, call-overload]

        os.fsync = fsync
        subprocess.Popen.__init__ = opened  # type: ignore[method-assign, assignment]
        sys.addaudithook(heard)

    return prepare


def _writes(opened: tuple[object, ...]) -> bool:
    path, _, how = opened
    return isinstance(how, int) and bool(how & _WRITES) and path != os.devnull


def small_files(most: int) -> Callable[[Tell], None]:
    """No file may grow beyond so many bytes, whoever writes it."""

    def prepare(_: Tell) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return prepare


def sizes(lot: random.Random) -> int:
    """A bound for files: from a line to a large page."""
    return int(2 ** lot.uniform(6, 22))
