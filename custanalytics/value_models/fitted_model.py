"""What the models of purchases and of spend share: parameters at an optimum, and their errors."""

import json
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from custanalytics.value_models import newton
from custanalytics.value_models.inputs import Floats
from custanalytics.value_models.lifetimes_library import lifetimes


@dataclass(frozen=True)
class FittedModel:
    """Parameters found by maximum likelihood.

    Attributes
    ----------
    params : dict of str to float
        The papers' parameters; times in the summary's unit (days).
    log_likelihood : float
        Of all customers.
    customers : int
        How many it was fitted on.
    converged : bool
        Whether the search ended at a maximum.
    hessian : ndarray
        Second derivatives of the mean negative log-likelihood in the log parameters.
    """

    params: dict[str, float]
    log_likelihood: float
    customers: int
    converged: bool
    hessian: Floats = field(repr=False)

    name: ClassVar[str]
    reference: ClassVar[str]
    symbols: ClassVar[tuple[str, ...]]
    # of the parameters that are no pure numbers
    units: ClassVar[dict[str, str]]
    # name of its fitter in lifetimes
    lifetimes_fitter: ClassVar[str]

    @property
    def point(self) -> Floats:
        """The log parameters."""
        return np.asarray(np.log(list(self.params.values())))

    @property
    def covariance(self) -> Floats:
        """Of the log parameters; NaN where the data do not fix them."""
        return newton.covariance(self.hessian, self.customers)

    @property
    def standard_errors(self) -> dict[str, float]:
        """Of the parameters; NaN where the data do not fix them."""
        errors = np.sqrt(np.diag(self.covariance)) * np.exp(self.point)
        return dict(zip(self.params, map(float, errors), strict=True))

    def _stock_fitter(self) -> Any:
        """A fitter of lifetimes' own with these parameters, as if it had been fitted."""
        fitter = getattr(lifetimes(), self.lifetimes_fitter)()
        fitter.params_ = params = pd.Series(self.params)
        in_params = self.covariance * np.outer(params, params)
        fitter.variance_matrix_ = pd.DataFrame(in_params, index=params.index, columns=params.index)
        fitter.standard_errors_ = pd.Series(np.sqrt(np.diag(in_params)), index=params.index)
        half = 1.96 * fitter.standard_errors_
        fitter.confidence_intervals_ = pd.DataFrame(
            {"lower 95% bound": params - half, "upper 95% bound": params + half}
        )
        return fitter

    def to_json(self) -> str:
        """Text that `from_json` reads back."""
        return json.dumps(
            {
                "model": self.name,
                "params": self.params,
                "log_likelihood": self.log_likelihood,
                "customers": self.customers,
                "converged": self.converged,
                "hessian": self.hessian.tolist(),
            },
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read back a model that `to_json` wrote.

        Parameters
        ----------
        text : str
            The JSON text.
        """
        stored = json.loads(text)
        stored.pop("model")
        return cls(**stored | {"hessian": np.array(stored["hessian"], dtype=np.float64)})
