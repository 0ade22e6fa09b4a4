"""Files broken by lot, read in processes of their own: what is no message of ours is a fault."""

import os
import random
import resource
import select
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from custanalytics.errors import CustAnalyticsError
from tests.trials.trust.corpus import Kind
from tests.trials.trust.mutate import mutated
from tests.trials.trust.watched import watch

MEMORY = 3 << 30  # of addresses beside those that a process begins with
SECONDS = 20
_BATCH = 200


@dataclass
class Outcome:
    """What became of the files of one kind."""

    files: Counter[str] = field(default_factory=Counter)  # by kind of file
    faults: Counter[str] = field(default_factory=Counter)  # by kind of fault
    told: list[str] = field(default_factory=list)  # of each fault, what happened

    def note(self, fault: str, what: str) -> None:
        """Count a fault and keep what is known of it."""
        self.faults[fault] += 1
        self.told.append(f"{fault}\t{what}")


def read_mutated(
    kinds: Sequence[Kind], until: float, folder: Path, seed: int = 0, batches: int = 1_000_000
) -> Outcome:
    """Break files until then (by the monotonic clock), in so many processes at most."""
    outcome = Outcome()
    for batch in range(seed, seed + batches):
        if time.monotonic() > until:
            break
        _batch(kinds, batch, until, folder, outcome)
    return outcome


def _batch(kinds: Sequence[Kind], seed: int, until: float, folder: Path, outcome: Outcome) -> None:
    """Some files in a process of its own, which tells a line before and after each."""
    here, there = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(here)
        _work(kinds, seed, until, folder, there)
    os.close(there)
    with os.fdopen(here, "rb", buffering=0) as pipe:
        last = _listen(pipe.fileno(), pid, outcome)
    _, status = os.waitpid(pid, 0)
    if status:
        outcome.note("ended", f"{last}, status {status}")


def _listen(pipe: int, pid: int, outcome: Outcome) -> str:
    """Take the lines as they come; end a process that is silent for too long."""
    text, last = b"", ""
    while True:
        if not select.select([pipe], [], [], 3 * SECONDS)[0]:
            outcome.note("no end", last)
            os.kill(pid, signal.SIGKILL)
            return last
        block = os.read(pipe, 1 << 16)
        if not block:
            return last
        *lines, text = (text + block).split(b"\n")
        for line in lines:
            kind, _, what = line.decode("utf-8", "replace").partition("\t")
            if kind == "file":
                last = what
                outcome.files[what.partition(" #")[0]] += 1
            elif kind:
                outcome.note(kind, f"{last}: {what}")


def _work(kinds: Sequence[Kind], seed: int, until: float, folder: Path, pipe: int) -> NoReturn:
    def tell(kind: str, what: str) -> None:
        os.write(
            pipe, f"{kind}\t{what}".replace("\n", " ")[:2000].encode("utf-8", "replace") + b"\n"
        )

    lot = random.Random(seed)  # noqa: S311 - files, no secrets
    with tempfile.TemporaryDirectory(dir=folder) as own:
        scratch = Path(own)
        tempfile.tempdir = own
        _bound_memory()
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        watch([scratch], tell)
        for at in range(_BATCH):
            if time.monotonic() > until:
                break
            kind = lot.choice(kinds)
            content = mutated(kind.content, kind.file, lot)
            tell("file", f"{kind.name} #{seed}.{at}")
            fault = _read(kind, content, scratch / f"{at}")
            if fault:
                tell(*fault)
    os._exit(0)


def _bound_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


class _TooLongError(BaseException):
    """A reader took too long."""


def _stop(*_: object) -> NoReturn:
    raise _TooLongError


def _read(kind: Kind, content: bytes, folder: Path) -> tuple[str, str] | None:
    """Read the file as a command would; the fault, if it is one."""
    folder.mkdir()
    for name, other in kind.beside:
        (folder / name).write_bytes(other)
    (folder / kind.file).write_bytes(content)
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(SECONDS)
    try:
        kind.read(folder / kind.file)
    except CustAnalyticsError as error:
        # An error of a query is a fault of ours that keeps its text.
        return ("traceback", f"{error!r}"[:300]) if type(error).__name__ == "QueryError" else None
    except _TooLongError:
        return "too long", ""
    except MemoryError:
        return "memory", _where()
    except BaseException as error:
        return "traceback", f"{type(error).__name__} {_where()}"
    finally:
        signal.alarm(0)
    return None


def _where() -> str:
    frames = traceback.extract_tb(sys.exc_info()[2])
    ours = [f for f in frames if f"{os.sep}custanalytics{os.sep}" in f.filename] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno} of {sys.exc_info()[1]!r:.120}"
