"""The lifetimes library, imported late and without its side effects.

Importing it makes the whole process ignore every FutureWarning and switches off a pandas
option; so does each of its likelihood calls. Both are put back here.
"""

import importlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol

import numpy as np
import pandas as pd

from custanalytics.clv.inputs import Floats


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


class Fitted(Protocol):
    """A fitted model whose parameters a stock fitter can take over."""

    @property
    def params(self) -> dict[str, float]:
        """Its parameters."""

    @property
    def covariance(self) -> Floats:
        """Of the log parameters."""


def stock_fitter(name: str, model: Fitted) -> Any:
    """One of lifetimes' own fitters with a model's parameters, as if it had been fitted."""
    fitter = getattr(lifetimes(), name)()
    fitter.params_ = params = pd.Series(model.params)
    in_params = model.covariance * np.outer(params, params)
    fitter.variance_matrix_ = pd.DataFrame(in_params, index=params.index, columns=params.index)
    fitter.standard_errors_ = pd.Series(np.sqrt(np.diag(in_params)), index=params.index)
    half = 1.96 * fitter.standard_errors_
    fitter.confidence_intervals_ = pd.DataFrame(
        {"lower 95% bound": params - half, "upper 95% bound": params + half}
    )
    return fitter
