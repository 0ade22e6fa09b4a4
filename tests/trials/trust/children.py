"""One command in a process of its own, forked from one that has all libraries in memory."""

import atexit
import importlib
import os
import pkgutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import custanalytics
from custanalytics.cli.main import main
from tests.trials.trust.watched import watch

Tell = Callable[[str, str], None]
_MOST_SECONDS = 600


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int  # negative: ended by this signal
    said: str  # on standard error
    told: tuple[str, ...]  # what the process was seen to do, lines ``kind<TAB>what``
    seconds: float


def preload() -> None:
    """Have what commands import in memory, so that a forked process begins at once."""
    for module in pkgutil.walk_packages(custanalytics.__path__, "custanalytics."):
        if module.name != "custanalytics.__main__":
            with suppress(ImportError):  # of an extra that is not installed
                importlib.import_module(module.name)
    import matplotlib.font_manager  # noqa: F401 - what is brought in where it is needed
    import plotly.graph_objects  # noqa: F401
    import skops.io  # noqa: F401


def perform(
    given: Sequence[str],
    folder: Path,
    scratch: Path,
    prepare: Callable[[Tell], None] = lambda _: None,
    disturb: Callable[[int], None] = lambda _: None,
) -> Done:
    """Run a command; ``prepare`` is called within its process, ``disturb`` with its number."""
    logs = scratch.with_name("logs")
    logs.mkdir(exist_ok=True)
    said, told = logs / "said", logs / "told"
    for path in (said, told):
        path.write_bytes(b"")
    start = time.monotonic()
    pid = os.fork()
    if not pid:
        _child(given, folder, scratch, said, told, prepare)
    stopper = threading.Timer(_MOST_SECONDS, os.kill, (pid, signal.SIGKILL))
    stopper.start()
    disturb(pid)
    _, status = os.waitpid(pid, 0)
    stopper.cancel()
    return Done(
        os.waitstatus_to_exitcode(status),
        said.read_text("utf-8", "replace"),
        tuple(told.read_text("utf-8", "replace").splitlines()),
        time.monotonic() - start,
    )


def _child(
    given: Sequence[str],
    folder: Path,
    scratch: Path,
    said: Path,
    told: Path,
    prepare: Callable[[Tell], None],
) -> NoReturn:
    code = 1
    try:
        os.chdir(folder)
        os.umask(0o022)
        state = str(scratch.with_name("state"))
        os.environ |= {"TMPDIR": str(scratch), "XDG_STATE_HOME": state, "MPLCONFIGDIR": state}
        tempfile.tempdir = str(scratch)
        error = os.open(said, os.O_WRONLY | os.O_APPEND)
        os.dup2(error, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        lines = os.open(told, os.O_WRONLY | os.O_APPEND)

        def tell(kind: str, what: str) -> None:
            os.write(lines, f"{kind}\t{what}\n".encode("utf-8", "replace"))

        watch([folder.resolve().parent, scratch.parent], tell)
        sys.argv = ["custanalytics", *given]
        prepare(tell)
        code = main()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:  # what a user would see as a traceback
        import traceback

        os.write(2, traceback.format_exc().encode())
        code = 1
    finally:
        atexit._run_exitfuncs()
        sys.stderr.flush()
        os._exit(code)
