"""How far a command is: one line in a terminal, a line a step elsewhere."""

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Self

from tqdm import tqdm

from custanalytics.cli.stopping import go_on

# Seconds that each step of a run takes on the bundled shop: what share of the whole it is.
_TYPICAL: Mapping[str, float] = {
    "Reading the sales": 4,
    "Measuring the business": 1,
    "Grouping customers": 2,
    "Looking at what they buy": 2,
    "Forecasting every customer": 14,
    "Deciding what to do": 1,
    "Reading the prospects": 1,
    "Estimating which prospects convert": 10,
    "Writing results and lists": 2,
    "Writing the report": 6,
}
_OF_PROSPECTS = ("Reading the prospects", "Estimating which prospects convert")
_LAST = ("Writing results and lists", "Writing the report")
_LINE = "{percentage:3.0f} %|{bar:20}| {desc}"
_TICK = 0.5


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


class Overall:
    """One line over all steps of a run, with the share done and the time left.

    Elsewhere than in a terminal, a line a step.
    """

    def __init__(self, command: str, prospects: bool) -> None:
        own = [step for step in _TYPICAL if step not in _OF_PROSPECTS]
        steps = [*_OF_PROSPECTS, *_LAST] if command == "prospects" else own
        steps += _OF_PROSPECTS if command == "run" and prospects else ()
        self._left = {step: _TYPICAL[step] for step in steps}
        self._whole = sum(self._left.values())
        self._live = sys.stderr.isatty()
        self._over = threading.Event()
        self._step, self._since = "", 0.0
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        """Begin to tell the time."""
        if self._live:
            size = {"ncols": 79, "nrows": 20}  # also where the terminal does not tell its own
            self._bar = tqdm(total=1.0, bar_format=_LINE, leave=False, file=sys.stderr, **size)
            self._ticking = threading.Thread(target=self._tick, daemon=True)
            self._ticking.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the line."""
        if self._live:
            self._over.set()
            self._ticking.join()
            self._bar.close()
            if kind is None:
                took = time.monotonic() - self._began
                print(f"Done in {in_words(took)}", file=sys.stderr, flush=True)

    def __call__(self, step: str) -> AbstractContextManager[None]:
        """A step that begins now."""
        return self._stepped(step) if self._live else progress(step)

    @contextmanager
    def _stepped(self, step: str) -> Iterator[None]:
        self._step, self._since = step, time.monotonic()
        try:
            go_on()
            yield
            go_on()
        finally:
            self._left.pop(step, None)
            self._step = ""

    def _tick(self) -> None:
        while not self._over.wait(_TICK):
            now = time.monotonic()
            share, left = done_and_left(
                self._whole, self._left, self._step, now - self._since, now - self._began
            )
            told = f"; about {in_words(left)} left" if left is not None else ""
            self._bar.n = share
            self._bar.set_description_str(f"{self._step}{told}", refresh=True)


def done_and_left(
    whole: float, left: Mapping[str, float], step: str, in_step: float, so_far: float
) -> tuple[float, float | None]:
    """Share of a run that is done, and the seconds that it still takes at its pace.

    None until the first steps have shown how fast this machine and these data are.
    """
    finished = whole - sum(left.values())
    pace = (so_far - in_step) / finished if finished else 0.0
    expected = left.get(step, 0.0)
    # A step that takes longer than expected comes closer to its end, and is never over.
    within = min(in_step / (pace or 1.0), 0.9 * expected)
    done = finished + within
    return done / whole, pace * (whole - done) if finished else None


def in_words(seconds: float) -> str:
    """A time as one says it."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
