"""Gamma-gamma: how much a customer spends per purchase."""

import json
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pandas as pd

from custanalytics.clv.inputs import Floats, checked, require_repeat_buyers
from custanalytics.clv.models import newton
from custanalytics.clv.models.lifetimes_fitters import fitter_class


@dataclass(frozen=True)
class GammaGamma:
    """The gamma-gamma model, fitted through lifetimes' ``GammaGammaFitter``.

    What a customer spends per purchase varies around a mean of his own; means vary over
    customers; neither has anything to do with how often he buys.

    Attributes
    ----------
    params : dict of str to float
        p, q (pure numbers) and v (currency units).
    log_likelihood : float
        Of the customers fitted on.
    customers : int
        Repeat buyers with a positive mean spend.
    converged : bool
        Whether the search ended at a maximum.
    hessian : ndarray
        Second derivatives of the mean negative log-likelihood in the log parameters.

    References
    ----------
    Fader, Hardie, Lee (2005), RFM and CLV: Using Iso-Value Curves for Customer Base Analysis,
    Journal of Marketing Research 42, 415-430; Fader, Hardie (2013), eq. 5.
    """

    params: dict[str, float]
    log_likelihood: float
    customers: int
    converged: bool
    hessian: Floats = field(repr=False)

    name = "gamma-gamma"
    reference = "Fader, Hardie, Lee (2005), Journal of Marketing Research 42, 415-430"
    symbols = ("p", "q", "v")

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
        fitter = fitter_class("GammaGammaFitter")()
        fitter.fit(usable["frequency"].to_numpy(), usable["monetary_value"].to_numpy())
        return cls(
            params={symbol: float(fitter.params_[symbol]) for symbol in cls.symbols},
            log_likelihood=float(-fitter._negative_log_likelihood_ * len(usable)),
            customers=len(usable),
            converged=fitter.converged_,
            hessian=fitter._hessian_,
        )

    @property
    def point(self) -> Floats:
        """The log parameters."""
        return np.asarray(np.log([self.params[symbol] for symbol in self.symbols]))

    @property
    def standard_errors(self) -> dict[str, float]:
        """Of the parameters; NaN where the data do not fix them."""
        covariance = newton.covariance(self.hessian, self.customers)
        errors = np.sqrt(np.diag(covariance)) * np.exp(self.point)
        return dict(zip(self.symbols, map(float, errors), strict=True))

    def parameter_draws(self, size: int, seed: int) -> Floats:
        """Parameters drawn from their uncertainty, with a finite mean: size by 3."""
        drawn = np.exp(newton.draws(self.point, self.hessian, self.customers, size, seed))
        drawn[:, 1] = np.maximum(drawn[:, 1], 1.01)
        return drawn

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

    def relative_draws(self, counts: Floats, frequency: Floats, seed: int) -> Floats:
        """Total spend of drawn purchase counts, in units of the expected spend per purchase.

        Parameters
        ----------
        counts : ndarray, rows by draws
            Purchases; each column gets parameters drawn from their uncertainty.
        frequency : ndarray
            Repeat purchases of each row so far.
        seed : int
            Where the random numbers start.

        Returns
        -------
        ndarray, rows by draws

        Notes
        -----
        The sum of N purchases is gamma(p N, nu) and nu is gamma(p x + q, v + x m): what a
        customer spent so far only scales it. Drawn parameters move that scale too; the base's
        mean stands in for m there, so that customers alike share their draws.
        """
        p, q, v = self.params["p"], self.params["q"], self.params["v"]
        drawn_p, drawn_q, drawn_v = self.parameter_draws(counts.shape[1], seed).T
        x = frequency[:, None]
        rng = np.random.default_rng(seed + 1)
        total = rng.standard_gamma(drawn_p * counts)
        total /= rng.standard_gamma(drawn_p * x + drawn_q)
        seen = x * (p * v / (q - 1))
        total *= (drawn_v + seen) / (v + seen) * (p * x + q - 1) / p
        return np.asarray(total)

    def to_json(self) -> str:
        """Text that `from_json` reads back."""
        return json.dumps({**self.__dict__, "hessian": self.hessian.tolist()}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read back a model that `to_json` wrote.

        Parameters
        ----------
        text : str
            The JSON text.

        Returns
        -------
        GammaGamma
        """
        stored = json.loads(text)
        stored["hessian"] = np.array(stored["hessian"], dtype=np.float64)
        return cls(**stored)
