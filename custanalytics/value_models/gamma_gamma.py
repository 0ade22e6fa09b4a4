"""Gamma-gamma: how much a customer spends per purchase."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln, polygamma

from custanalytics.value_models import newton
from custanalytics.value_models.fitted_model import FittedModel
from custanalytics.value_models.inputs import Floats, checked, require_repeat_buyers


def likelihood(frequency: Floats, monetary_value: Floats, weights: Floats) -> newton.Objective:
    """Mean negative log-likelihood of average spend, on weighted rows.

    Parameters
    ----------
    frequency, monetary_value, weights : ndarray
        Repeat purchases (above 0), mean spend of them (above 0), how many customers.

    Returns
    -------
    Objective
        Value, gradient and Hessian in the log parameters (p, q, v).

    Notes
    -----
    With x purchases of mean m::

        L = G(px+q) / (G(px) G(q)) * v^q m^(px-1) x^(px) / (v + m x)^(px+q)

    References
    ----------
    Fader, Hardie (2013), The Gamma-Gamma Model of Monetary Value, eq. 1a.
    """
    total = float(weights.sum())
    x, at = np.unique(frequency, return_inverse=True)
    n_x = np.bincount(at, weights, len(x))
    spent = frequency * monetary_value
    log_m = float(weights @ np.log(monetary_value))
    log_spent = np.bincount(at, weights * np.log(spent), len(x))

    def objective(log_params: Floats) -> tuple[float, Floats, Floats]:
        p, q, v = params = np.exp(log_params)
        px = p * x
        above = v + spent
        per_x = np.bincount(at, weights * np.log(above), len(x))
        inverse = np.bincount(at, weights / above, len(x))
        inverse_2 = float(((weights / above) / above) @ (px + q)[at])
        logs = float(per_x.sum())
        value = (
            n_x @ (gammaln(px + q) - gammaln(px))
            + total * (q * np.log(v) - gammaln(q))
            + px @ log_spent
            - log_m
            - (px + q) @ per_x
        )
        digamma_sum = digamma(px + q)
        gradient = np.array(
            [
                n_x @ (x * (digamma_sum - digamma(px))) + x @ (log_spent - per_x),
                n_x @ digamma_sum + total * (np.log(v) - digamma(q)) - logs,
                total * q / v - (px + q) @ inverse,
            ]
        )
        trigamma_sum = polygamma(1, px + q)
        pp = n_x @ (x * x * (trigamma_sum - polygamma(1, px)))
        pq = n_x @ (x * trigamma_sum)
        qq = n_x @ trigamma_sum - total * polygamma(1, q)
        pv = -(x @ inverse)
        qv = total / v - inverse.sum()
        vv = -total * q / v**2 + inverse_2
        hessian = np.array([[pp, pq, pv], [pq, qq, qv], [pv, qv, vv]])
        in_logs = hessian * np.outer(params, params) + np.diag(params * gradient)
        return -float(value) / total, -params * gradient / total, -in_logs / total

    return objective


@dataclass(frozen=True)
class GammaGamma(FittedModel):
    """The gamma-gamma model.

    What a customer spends per purchase varies around a mean of his own; means vary over
    customers; neither has anything to do with how often he buys.

    References
    ----------
    Fader, Hardie, Lee (2005), RFM and CLV: Using Iso-Value Curves for Customer Base Analysis,
    Journal of Marketing Research 42, 415-430; Fader, Hardie (2013), eq. 5.
    """

    name = "gamma-gamma"
    reference = "Fader, Hardie, Lee (2005), Journal of Marketing Research 42, 415-430"
    symbols = ("p", "q", "v")
    units: ClassVar[dict[str, str]] = {"v": "currency"}
    lifetimes_fitter = "GammaGammaFitter"

    @classmethod
    def fitted(cls, summary: pd.DataFrame) -> Self:
        """Fit on the repeat buyers whose mean spend is above zero.

        Parameters
        ----------
        summary : DataFrame
            One row per customer, as for `fit`.

        Returns
        -------
        GammaGamma

        Raises
        ------
        UnsupportedError
            Fewer than 20 customers came back.
        """
        frame = checked(summary)
        usable = frame[(frame["frequency"] > 0) & (frame["monetary_value"] > 0)]
        require_repeat_buyers(usable)
        frequency = usable["frequency"].to_numpy()
        money = usable["monetary_value"].to_numpy()
        weights = np.ones(len(usable))
        scale = float(money @ weights / weights.sum())
        columns = (frequency, money / scale, weights)
        optimum = newton.searched(likelihood, columns, np.log([4.0, 4.0, 1.0]))
        point = optimum.point + np.log([1.0, 1.0, scale])
        return cls(
            params=dict(zip(cls.symbols, map(float, np.exp(point)), strict=True)),
            log_likelihood=float(-(optimum.value + np.log(scale)) * len(usable)),
            customers=len(usable),
            converged=optimum.converged,
            hessian=optimum.hessian,
        )

    def expected_spend(self, frequency: Floats, monetary_value: Floats) -> Floats:
        """Mean spend per purchase expected of each customer.

        Parameters
        ----------
        frequency : ndarray
            Repeat purchases.
        monetary_value : ndarray
            Mean spend of them; null (ignored) where frequency is 0, and a negative one
            (returns above purchases) counts as 0.

        Returns
        -------
        ndarray
            Currency units per purchase.

        Notes
        -----
        ``p (v + x m) / (p x + q - 1)`` with x purchases of mean m; needs q above 1.
        """
        p, q, v = self.params["p"], self.params["q"], self.params["v"]
        spent = np.where(frequency > 0, frequency * np.maximum(np.nan_to_num(monetary_value), 0), 0)
        return np.asarray(p * (v + spent) / (p * frequency + q - 1))

    def as_lifetimes(self, summary: pd.DataFrame | None = None) -> Any:
        """A stock ``lifetimes.GammaGammaFitter`` with these parameters.

        Parameters
        ----------
        summary : DataFrame, optional
            One row per customer, as for `fit`; becomes the fitter's ``data``.

        Returns
        -------
        lifetimes.GammaGammaFitter
        """
        fitter = self._stock_fitter()
        if summary is not None:
            frame = checked(summary)
            usable = frame[(frame["frequency"] > 0) & (frame["monetary_value"] > 0)]
            fitter.data = usable[["monetary_value", "frequency"]].assign(weights=1)
        return fitter
