"""How much a customer spends in the window, if they buy."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import GammaRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from custanalytics.customers.features import FEATURES
from custanalytics.scoring.calibration import Floats

FURTHEST = 5.0  # standard deviations beyond which a customer counts no further


@dataclass(frozen=True)
class SpendModel:
    """Mean spend of those who buy, as a multiple of the shop's mean purchase day.

    A gamma regression with log link, so that its total is right where it was learned.
    """

    estimator: Any
    most: float

    def predict(self, customers: pd.DataFrame) -> Floats:
        """Spend in the window if the customer buys, currency units, one per row."""
        multiple = np.minimum(self.estimator.predict(customers), self.most)
        return np.asarray(multiple * _unit(customers))


def fit_spend(known: pd.DataFrame) -> SpendModel:
    """Learn from the buyers of past windows.

    References
    ----------
    McCullagh and Nelder (1989), Generalized linear models, chapter 8.
    """
    buyers = known["bought"].to_numpy()
    multiple = (known["spend"].to_numpy() / _unit(known))[buyers]
    straight = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        FunctionTransformer(np.clip, kw_args={"a_min": -FURTHEST, "a_max": FURTHEST}),
    )
    estimator = make_pipeline(
        make_column_transformer((straight, list(FEATURES))),
        GammaRegressor(alpha=0.1, max_iter=2000),
    )
    return SpendModel(estimator.fit(known[buyers], multiple), float(multiple.max()))


def _unit(customers: pd.DataFrame) -> Floats:
    by_day = customers.groupby("cutoff")
    total = by_day["gross_spend"].transform("sum")
    return np.asarray(total / by_day["purchase_days"].transform("sum"), dtype=np.float64)
