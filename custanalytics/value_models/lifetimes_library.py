"""The lifetimes library, imported late and without its side effects.

Importing it makes the whole process ignore every FutureWarning and switches off a pandas
option; so does each of its likelihood calls. Both are put back here.
"""

import importlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pandas as pd


@contextmanager
def shielded() -> Iterator[None]:
    """Put back the warning filters and the pandas option that lifetimes changes."""
    with warnings.catch_warnings():
        # pandas 3 warns about an option that has lost its meaning; lifetimes sets it all the same
        warnings.simplefilter("ignore")
        assignment = pd.get_option("mode.chained_assignment")
        try:
            yield
        finally:
            pd.set_option("mode.chained_assignment", assignment)


@cache
def lifetimes() -> Any:
    """The `lifetimes` module."""
    with shielded():
        return importlib.import_module("lifetimes")
