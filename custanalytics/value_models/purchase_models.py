"""One interface for the models of how often customers buy.

A model is one file that subclasses `PurchaseModel`, and a name in `registry.PURCHASE_MODELS`.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from custanalytics.value_models import newton
from custanalytics.value_models.fitted_model import FittedModel
from custanalytics.value_models.inputs import Codes, Floats, Rows, checked, rows_of, unique_rows
from custanalytics.value_models.lifetimes_library import lifetimes


@dataclass(frozen=True)
class PurchaseModel(FittedModel, ABC):
    """A fitted model of when customers buy and when they leave.

    Parameters with a unit are times; a model without any counts opportunities, not days.
    """

    # where the search begins, times in units of the longest T
    start: ClassVar[tuple[float, ...]]
    leaving_words: ClassVar[str]
    # name in lifetimes.generate_data
    lifetimes_simulation: ClassVar[str]

    @classmethod
    @abstractmethod
    def likelihood(
        cls, frequency: Floats, recency: Floats, T: Floats, weights: Floats
    ) -> newton.Objective:
        """Mean negative log-likelihood in the log parameters, with its derivatives."""

    @classmethod
    def fitted(cls, rows: Rows) -> Self:
        """Fit on unique rows, with time in units of the longest T."""
        scale = 1.0 / rows.T.max() if cls.units else 1.0
        columns = (rows.frequency, rows.recency * scale, rows.T * scale, rows.weights)
        optimum = newton.searched(cls.likelihood, columns, np.log(cls.start))
        params = dict(zip(cls.symbols, map(float, np.exp(optimum.point)), strict=True))
        for symbol in cls.units:
            params[symbol] /= float(scale)
        customers = float(rows.weights.sum())
        # the density of purchases per day, not per longest T
        per_day = float(rows.weights @ rows.frequency) * np.log(scale)
        return cls(
            params=params,
            log_likelihood=float(per_day - optimum.value * customers),
            customers=int(customers),
            converged=optimum.converged,
            hessian=optimum.hessian,
        )

    @abstractmethod
    def p_alive(self, rows: Rows) -> Floats:
        """Probability that each row's customers have not left."""

    @abstractmethod
    def expected_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Purchases expected within each number of days of customers alive: rows by days."""

    @abstractmethod
    def nothing_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Probability of no purchase of customers who are alive: rows by days."""

    @property
    @abstractmethod
    def leaving(self) -> float:
        """Share of new customers who leave as ``leaving_words`` says."""

    def new_customer(self, days: Floats) -> Floats:
        """Repeat purchases expected within each number of days after a first purchase."""
        new = rows_of(np.zeros(1), np.zeros(1))
        return np.asarray(self.p_alive(new)[0] * self.expected_if_alive(new, days)[0])

    def with_params(self, params: Sequence[float] | Floats) -> Self:
        """The same model at other parameters."""
        return replace(self, params=dict(zip(self.params, map(float, params), strict=True)))

    def as_lifetimes(self, summary: pd.DataFrame | None = None) -> Any:
        """A stock lifetimes fitter with these parameters, such as ``lifetimes.BetaGeoFitter``.

        Its predictions are this model's; ``lifetimes.plotting`` takes it.

        Parameters
        ----------
        summary : DataFrame, optional
            One row per customer, as for `predict`; becomes the fitter's ``data``, which some
            plots show beside the model.

        Returns
        -------
        lifetimes fitter
        """
        fitter = self._stock_fitter()
        fitter.predict = fitter.conditional_expected_number_of_purchases_up_to_time
        if summary is not None:
            frame = checked(summary)
            whole = frame[["frequency", "recency", "T"]]
            fitter.data = whole.astype({"frequency": "int64"}).assign(weights=1)
            simulate = getattr(lifetimes().generate_data, self.lifetimes_simulation)
            fitter.generate_new_data = lambda size=1: simulate(
                frame["T"].to_numpy(), *self.params.values(), size=size
            )
        return fitter

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
