"""Output that was closed before the command began goes nowhere, and into no file of ours."""

import os
import sys
from pathlib import Path
from typing import TextIO


def fill_closed_streams() -> None:
    """Open what is closed of standard input, output and error onto nothing.

    The next file that is opened would take its number, and hold what libraries say to it.
    """
    for number, how in enumerate((os.O_RDONLY, os.O_WRONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, how)  # the system gives the lowest number that is free
    if sys.stdout is None:
        sys.stdout = _nothing()
    if sys.stderr is None:
        sys.stderr = _nothing()


def _nothing() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")
