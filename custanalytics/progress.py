"""How far a run is: one line that changes, in a terminal or in the cell of a notebook."""

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from html import escape
from importlib import import_module
from types import TracebackType
from typing import Any, Protocol, Self

Step = Callable[[str], AbstractContextManager[Any]]

# Seconds that each step of a run takes on the bundled shop: what share of the whole it is.
TYPICAL: Mapping[str, float] = {
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
_READ = ("Reading the sales",)
_ON_PROSPECTS = ("Reading the prospects", "Estimating which prospects convert")
_WRITE = ("Writing results and lists", "Writing the report")
_ANALYSE = tuple(s for s in TYPICAL if s not in (*_READ, *_ON_PROSPECTS, *_WRITE))
_BAR = "{percentage:3.0f} %|{bar:20}| {desc}"


def steps_of(command: str, prospects: bool = False) -> list[str]:
    """Names of the steps of ``run``, ``prospects`` or ``analyse``."""
    if command == "analyse":
        return [*_ANALYSE]
    if command == "prospects":
        return [*_ON_PROSPECTS, *_WRITE]
    return [*_READ, *_ANALYSE, *(_ON_PROSPECTS if prospects else ()), *_WRITE]


class Line(Protocol):
    """Where the line stands."""

    seconds: float  # between two looks

    def show(self, share: float, told: str) -> None:
        """Say what share is done, and what is being done."""

    def end(self, told: str) -> None:
        """Say how it ended, in place of the rest; nothing where that is empty."""


class Terminal:
    """The last line of a terminal."""

    seconds = 0.5

    def __init__(self) -> None:
        from tqdm import tqdm

        size = {"ncols": 79, "nrows": 20}  # also where the terminal does not tell its own
        self._bar = tqdm(total=1.0, bar_format=_BAR, leave=False, file=sys.stderr, **size)

    def show(self, share: float, told: str) -> None:
        """Say what share is done, and what is being done."""
        self._bar.n = share
        self._bar.set_description_str(told, refresh=True)

    def end(self, told: str) -> None:
        """Leave only how it ended."""
        self._bar.close()
        if told:
            sys.stderr.write(f"{told}\n")
            sys.stderr.flush()


class Cell:
    """What the cell of a notebook shows below itself."""

    seconds = 1.0

    def __init__(self) -> None:
        display: Any = import_module("IPython.display")
        self._handle = display.DisplayHandle()
        self._handle.display({"text/plain": ""}, raw=True)

    def show(self, share: float, told: str) -> None:
        """Say what share is done, and what is being done."""
        bar = f'<progress value="{share:.3f}" style="vertical-align: middle"></progress>'
        self._say(f"{share:.0%} {told}", f"{bar} {escape(told)}")

    def end(self, told: str) -> None:
        """Leave only how it ended."""
        self._say(told, escape(told))

    def _say(self, plain: str, html: str) -> None:
        self._handle.update({"text/plain": plain, "text/html": html}, raw=True)


class Progress:
    """One line over all steps of a run, with the share done and the time left."""

    def __init__(self, steps: Iterable[str], line: Line) -> None:
        self._left = {step: TYPICAL[step] for step in steps}
        self._whole = sum(self._left.values())
        self._line = line
        self._over = threading.Event()
        self._ticking = threading.Thread(target=self._tick, daemon=True)
        self._step, self._since = "", 0.0
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        """Begin to tell the time."""
        self._ticking.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the line."""
        self._over.set()
        self._ticking.join()
        took = f"Done in {in_words(time.monotonic() - self._began)}"
        self._line.end(took if kind is None else "")

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        """A step that begins now."""
        self._step, self._since = step, time.monotonic()
        try:
            yield
        finally:
            self._left.pop(step, None)
            self._step = ""

    def _tick(self) -> None:
        while not self._over.wait(self._line.seconds):
            self._line.show(*self._now())

    def _now(self) -> tuple[float, str]:
        step, now = self._step, time.monotonic()
        in_step = now - self._since if step else 0.0
        share, left = done_and_left(self._whole, self._left, step, in_step, now - self._began)
        if not step:  # what the next one needs is being brought in
            return share, "Getting ready"
        return share, step if left is None else f"{step}; about {in_words(left)} left"


@contextmanager
def followed(step: Step | None, progress: bool | None, steps: Iterable[str]) -> Iterator[Step]:
    """What a run calls with the name of each step.

    The caller's own where there is one; else a line in the cell of a notebook, and elsewhere only
    where it is asked for.
    """
    if step is not None:
        yield step
    elif progress is False or not (progress or in_notebook()):
        yield lambda _: nullcontext()
    else:
        with Progress(steps, Cell() if in_notebook() else Terminal()) as line:
            yield line


def in_notebook() -> bool:
    """Whether this is a notebook, whose cells show more than text."""
    python = sys.modules.get("IPython")
    return python is not None and hasattr(python.get_ipython(), "kernel")


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
