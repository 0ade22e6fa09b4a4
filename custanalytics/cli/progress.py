"""How far a command is: one line in a terminal, a line a step elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from custanalytics.cli.stopping import go_on
from custanalytics.progress import Progress, Step, Terminal, steps_of


@contextmanager
def progress(step: str) -> Iterator[None]:
    """One line a step on standard error: live in a terminal, plain elsewhere."""
    live = sys.stderr.isatty()
    if live:
        print(f"{step} ...", end="", file=sys.stderr, flush=True)
    began = time.monotonic()
    try:
        go_on()
        yield
        go_on()
    except BaseException:
        if live:
            print(file=sys.stderr)
        raise
    took = f"{step}: {time.monotonic() - began:.1f} s"
    print(f"\r\033[K{took}" if live else took, file=sys.stderr, flush=True)


@contextmanager
def overall(command: str, prospects: bool) -> Iterator[Step]:
    """One line over all steps of a run; elsewhere than in a terminal, a line a step."""
    if not sys.stderr.isatty():
        yield progress
        return
    with Progress(steps_of(command, prospects), Terminal()) as line:

        @contextmanager
        def stepped(step: str) -> Iterator[None]:
            with line(step):
                go_on()
                yield
                go_on()

        yield stepped
