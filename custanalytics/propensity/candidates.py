"""The candidates: two models, and two naive rules that they have to beat."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from custanalytics.customers.features import FEATURES
from custanalytics.scoring.calibration import Fitted, Floats, platt, predicted_apart
from custanalytics.sentences import noted

Rival = Callable[[date], pd.DataFrame]
"""From a cutoff to ``customer_id`` and ``propensity``, from nothing later than the cutoff."""

FOLDS = 3
CURVED = [
    "log_recency",
    "log_purchase_days",
    "log_tenure",
    "log_days_window",
    "log_spend",
    "overdue",
]
"""Features whose squares and products the logistic regression may use."""


class BaseRate:
    """The share of buyers so far, for everyone."""

    def fit(self, _X: pd.DataFrame, y: NDArray[np.bool_]) -> Self:
        """Take the share of True among the outcomes."""
        self.rate_ = float(y.mean())
        return self

    def predict_proba(self, X: pd.DataFrame) -> Floats:
        """Probabilities of no purchase and of a purchase, one row per row of X."""
        return _two_columns(np.full(len(X), self.rate_))


class RecencyRule:
    """The rate at which customers with a similar time since their last purchase bought."""

    bins = 10

    def fit(self, X: pd.DataFrame, y: NDArray[np.bool_]) -> Self:
        """Cut the days since the last purchase into ten groups and take each one's rate."""
        days = X["days_since_last_purchase"].to_numpy()
        self.edges_ = np.unique(np.quantile(days, np.linspace(0, 1, self.bins + 1)[1:-1]))
        group = np.digitize(days, self.edges_)
        size = np.bincount(group, minlength=len(self.edges_) + 1)
        bought = np.bincount(group, weights=y, minlength=len(self.edges_) + 1)
        self.rates_ = (bought + y.mean()) / (size + 1)
        return self

    def predict_proba(self, X: pd.DataFrame) -> Floats:
        """Probabilities of no purchase and of a purchase, one row per row of X."""
        days = X["days_since_last_purchase"].to_numpy()
        return _two_columns(self.rates_[np.digitize(days, self.edges_)])


class Supplied:
    """Probabilities that another model gives for the customers of a cutoff, such as BTYD's."""

    def __init__(self, source: Rival) -> None:
        self.source = source
        self._answers: dict[pd.Timestamp, pd.Series[float]] = {}

    def fit(self, _X: pd.DataFrame, y: NDArray[np.bool_]) -> Self:
        """Learn nothing: the other model knows its own past."""
        self.rate_ = float(y.mean())
        return self

    def predict_proba(self, X: pd.DataFrame) -> Floats:
        """Probabilities of no purchase and of a purchase; the base rate where none is given."""
        p = np.full(len(X), self.rate_)
        for cutoff in X["cutoff"].unique():
            if cutoff not in self._answers:
                given = self.source(pd.Timestamp(cutoff).date())
                self._answers[cutoff] = given.set_index("customer_id")["propensity"]
            rows = (X["cutoff"] == cutoff).to_numpy()
            p[rows] = X.loc[rows, "customer_id"].map(self._answers[cutoff]).fillna(self.rate_)
        return _two_columns(p)


@dataclass(frozen=True)
class Candidate:
    """A way to get from features to probabilities."""

    # as it appears in the report
    name: str
    # a baseline is used as it is; a model is calibrated
    role: Literal["model", "baseline"]
    # from a seed to an unfitted estimator
    build: Callable[[int], Any]


def logistic(seed: int) -> Pipeline:
    """Ridge logistic regression, with squares and products of the main features."""
    straight = make_pipeline(_impute(), StandardScaler())
    curved = make_pipeline(
        _impute(), StandardScaler(), PolynomialFeatures(2, include_bias=False), StandardScaler()
    )
    return make_pipeline(
        make_column_transformer((straight, list(FEATURES)), (curved, CURVED)),
        LogisticRegression(C=0.003, max_iter=2000, random_state=seed),
    )


def boosting(seed: int) -> Pipeline:
    """Gradient boosting of small trees; missing values are branches of their own."""
    trees = HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=90,
        max_leaf_nodes=7,
        min_samples_leaf=40,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
    return make_pipeline(make_column_transformer(("passthrough", list(FEATURES))), trees)


CANDIDATES = (
    Candidate(noted("logistic"), "model", logistic),
    Candidate(noted("boosting"), "model", boosting),
    Candidate(noted("recency rule"), "baseline", lambda _seed: RecencyRule()),
    Candidate(noted("base rate"), "baseline", lambda _seed: BaseRate()),
)


def rival(name: str, source: Rival) -> Candidate:
    """Another model as a candidate; asked once for each cutoff."""
    supplied = Supplied(source)
    return Candidate(name, "model", lambda _seed: supplied)


def fit(candidate: Candidate, learning: pd.DataFrame, seed: int) -> tuple[Fitted, Floats]:
    """Fit a candidate, and tell each row's probability from a fit without its customer.

    Customers are dealt into three groups; each group's probabilities come from a fit on the
    other two, and the calibration is fitted to these.
    """
    y = learning["bought"].to_numpy()
    group = _dealt(learning["customer_id"], seed)
    apart = predicted_apart(lambda: candidate.build(seed), learning, y, group)
    estimator = candidate.build(seed).fit(learning, y)
    if candidate.role == "baseline":
        return Fitted(estimator), apart
    calibration = platt(apart, y)
    return Fitted(estimator, calibration), calibration.apply(apart)


def _dealt(customer_id: "pd.Series[str]", seed: int) -> NDArray[np.int64]:
    known, position = np.unique(customer_id.to_numpy(dtype=object), return_inverse=True)
    deal = np.random.default_rng(seed).permutation(len(known)) % FOLDS
    return np.asarray(deal[position], dtype=np.int64)


def _impute() -> SimpleImputer:
    return SimpleImputer(strategy="median", keep_empty_features=True)


def _two_columns(p: Floats) -> Floats:
    return np.column_stack([1 - p, p])
