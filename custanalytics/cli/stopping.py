"""Ends a command that is asked to stop, even where the asking got lost.

A signal that arrives while a library is brought in raises within it, and some libraries take that
for an error of their own, or for none.
"""

import signal
from typing import Any, NoReturn

_asked: list[int] = []


def listen() -> None:
    """Note what asks this process to stop."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)


def asked() -> int | None:
    """The signal that asked to stop, if any."""
    return _asked[0] if _asked else None


def go_on() -> None:
    """Leave here if this process was asked to stop."""
    if _asked:
        _leave()


def _stop(number: int, _: Any) -> NoReturn:
    _asked.append(number)
    _leave()


def _leave() -> NoReturn:
    """Leave as after an error, so that nothing half-made stays behind."""
    if _asked[0] == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + _asked[0])
