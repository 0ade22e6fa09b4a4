"""One interface for the models of how often customers buy.

A model is one file that subclasses `PurchaseModel`; `REGISTRY` names it.
"""

import importlib
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from custanalytics.clv.inputs import (
    Codes,
    Floats,
    Rows,
    checked,
    require_repeat_buyers,
    rows_of,
    unique_rows,
)
from custanalytics.clv.models import newton
from custanalytics.errors import UsageError

# parameter sets over which the probability of being alive is averaged, and the number of
# customers from which they hardly differ
ALIVE_DRAWS, MANY_CUSTOMERS = 40, 20_000
# with more different rows a bootstrap would take long and tell little
MOST_RESAMPLED_ROWS = 5_000

REGISTRY = {
    "BG/NBD": ("custanalytics.clv.models.bg_nbd", "BGNBD"),
    "MBG/NBD": ("custanalytics.clv.models.mbg_nbd", "MBGNBD"),
    "Pareto/NBD": ("custanalytics.clv.models.pareto_nbd", "ParetoNBD"),
    "BG/BB": ("custanalytics.clv.models.bg_bb", "BGBB"),
}


@dataclass(frozen=True)
class PurchaseModel(ABC):
    """A fitted model of when customers buy and when they leave.

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
    resamples : ndarray or None
        Log parameters fitted to resampled customers, see `resampled`.
    """

    params: dict[str, float]
    log_likelihood: float
    customers: int
    converged: bool
    hessian: Floats = field(repr=False)
    resamples: Floats | None = field(default=None, repr=False, kw_only=True)

    name: ClassVar[str]
    reference: ClassVar[str]
    symbols: ClassVar[tuple[str, ...]]
    leaving_words: ClassVar[str]

    @classmethod
    @abstractmethod
    def fitted(cls, rows: Rows) -> Self:
        """Fit on unique rows."""

    @abstractmethod
    def p_alive(self, rows: Rows) -> Floats:
        """Probability that each row's customers have not left."""

    @abstractmethod
    def expected_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Purchases expected within each number of days of customers alive: rows by days."""

    @abstractmethod
    def nothing_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Probability of no purchase of customers who are alive: rows by days."""

    @abstractmethod
    def drawn_if_alive(
        self, params: Floats, rows: Rows, days: float, rng: np.random.Generator
    ) -> Floats:
        """Counts of customers who are alive, rows by draws, one parameter row per draw."""

    @property
    @abstractmethod
    def leaving(self) -> float:
        """Share of new customers who leave as ``leaving_words`` says."""

    def new_customer(self, days: Floats) -> Floats:
        """Repeat purchases expected within each number of days after a first purchase."""
        new = rows_of(np.zeros(1), np.zeros(1))
        return np.asarray(self.p_alive(new)[0] * self.expected_if_alive(new, days)[0])

    @property
    def point(self) -> Floats:
        """The log parameters."""
        return np.asarray(np.log(list(self.params.values())))

    @property
    def standard_errors(self) -> dict[str, float]:
        """Of the parameters; NaN where the data do not fix them."""
        covariance = newton.covariance(self.hessian, self.customers)
        errors = np.sqrt(np.diag(covariance)) * np.exp(self.point)
        return dict(zip(self.params, map(float, errors), strict=True))

    def with_params(self, params: Sequence[float] | Floats) -> Self:
        """The same model at other parameters."""
        return replace(self, params=dict(zip(self.params, map(float, params), strict=True)))

    @classmethod
    def reweighted(cls, _rows: Rows) -> newton.Reweighted | None:
        """Objective in the log parameters under weights of these rows; None: none at hand."""
        return None

    def resampled(self, rows: Rows, seed: int) -> Self:
        """The same model with a bootstrap's parameters, where the data do not fix them.

        With many rows the model is left as it is: its own error is far larger.
        """
        reweighted = self.reweighted(rows)
        fixed = newton.determined(self.point, self.hessian, self.customers)
        if fixed or len(rows) > MOST_RESAMPLED_ROWS or reweighted is None:
            return self
        found = newton.resampled(reweighted, self.point, rows.weights, seed)
        return replace(self, resamples=found)

    def parameter_draws(self, size: int, seed: int) -> Floats:
        """Parameters drawn from their uncertainty: size by parameters."""
        if self.resamples is not None:
            # in turn, so that as many draws as there are resamples take each once
            return np.exp(np.resize(self.resamples, (size, self.resamples.shape[1])))
        return np.exp(newton.draws(self.point, self.hessian, self.customers, size, seed))

    def p_alive_mean(self, rows: Rows, seed: int) -> Floats:
        """`p_alive`, averaged over the parameters' uncertainty where that is not negligible."""
        if self.customers > MANY_CUSTOMERS:
            return self.p_alive(rows)
        drawn = self.parameter_draws(ALIVE_DRAWS, seed)
        total = np.zeros(len(rows))
        for params in drawn:
            total += self.with_params(params).p_alive(rows)
        return total / len(drawn)

    def draws(self, rows: Rows, days: float, size: int, seed: int) -> Floats:
        """Purchase counts drawn for customers who are alive: rows by size.

        Each column has its own parameters, drawn from their uncertainty.
        """
        params = self.parameter_draws(size, seed)
        rng = np.random.default_rng(seed + 1)
        return self.drawn_if_alive(params, rows, days, rng)

    def expected_draws(self, rows: Rows, days: float, size: int, seed: int) -> Floats:
        """Expected purchases of each row under drawn parameters: rows by size."""
        answer = np.empty((len(rows), size))
        for column, params in enumerate(self.parameter_draws(size, seed)):
            model = self.with_params(params)
            pairs, code = model.groups(rows)
            expected = model.expected_if_alive(pairs, np.array([days]))[code, 0]
            answer[:, column] = model.p_alive(rows) * expected
        return answer

    def predict(self, summary: pd.DataFrame, horizon_days: float) -> pd.DataFrame:
        """Predict each customer's purchases.

        Parameters
        ----------
        summary : DataFrame
            One row per customer: ``customer_id, frequency, recency, T`` (days),
            ``monetary_value``.
        horizon_days : float
            Length of the time predicted.

        Returns
        -------
        DataFrame
            One row per customer: ``customer_id``, ``p_alive``, ``expected_purchases``
            and ``p_purchase`` (probability of at least one purchase) within the horizon.
        """
        frame = checked(summary)
        rows = unique_rows(frame)
        days = np.array([float(horizon_days)])
        alive = self.p_alive(rows)
        pairs, code = self.groups(rows)
        expected = alive * self.expected_if_alive(pairs, days)[code, 0]
        buys = alive * (1 - self.nothing_if_alive(pairs, days)[code, 0])
        return pd.DataFrame(
            {
                "customer_id": frame["customer_id"],
                "p_alive": alive[rows.code],
                "expected_purchases": expected[rows.code],
                "p_purchase": buys[rows.code],
            }
        )

    def groups(self, rows: Rows) -> tuple[Rows, Codes]:
        """Rows with different futures if alive, and where each row finds its own.

        The day of the last purchase tells who is alive; for those who are it says no more.
        """
        ages, at = np.unique(rows.T, return_inverse=True)
        kinds = int(rows.pattern.max(initial=0)) + 1
        key = (rows.frequency * len(ages) + at) * kinds + rows.pattern
        present, code = np.unique(key, return_inverse=True)
        pair, pattern = np.divmod(present, kinds)
        frequency, age_at = np.divmod(pair, len(ages))
        few = rows_of(frequency, ages[age_at.astype(np.int64)], pattern=pattern.astype(np.int64))
        return few, np.asarray(code, np.int64)

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


def model_class(name: str) -> type[PurchaseModel]:
    """Find the class of a model by its name, such as ``"BG/NBD"``."""
    if name not in REGISTRY:
        raise UsageError(f"no model is named {name!r}; there are {', '.join(REGISTRY)}")
    module, attribute = REGISTRY[name]
    found: type[PurchaseModel] = getattr(importlib.import_module(module), attribute)
    return found


def fit(model_name: str, summary: pd.DataFrame) -> PurchaseModel:
    """Fit a model of purchases on a customer summary.

    Parameters
    ----------
    model_name : str
        One of ``REGISTRY``, for example ``"BG/NBD"``.
    summary : DataFrame
        One row per customer: ``customer_id``, ``frequency`` (repeat purchase days),
        ``recency`` and ``T`` (days), ``monetary_value`` (currency units, null when
        frequency is 0).

    Returns
    -------
    PurchaseModel

    Raises
    ------
    UsageError
        The summary can't be right, or no model has that name.
    UnsupportedError
        Fewer than 20 customers came back.
    """
    frame = checked(summary)
    require_repeat_buyers(frame)
    return model_class(model_name).fitted(unique_rows(frame))


def from_json(text: str) -> PurchaseModel:
    """Read back a model that `PurchaseModel.to_json` wrote.

    Parameters
    ----------
    text : str
        The JSON text.

    Returns
    -------
    PurchaseModel
    """
    stored = json.loads(text)
    return model_class(stored["model"])(
        params=stored["params"],
        log_likelihood=stored["log_likelihood"],
        customers=stored["customers"],
        converged=stored["converged"],
        hessian=np.array(stored["hessian"], dtype=np.float64),
    )
