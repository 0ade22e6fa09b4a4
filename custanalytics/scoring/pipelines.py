"""The models of prospects: typed preprocessing and estimator in one scikit-learn pipeline."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from custanalytics.scoring.calibration import Bools
from custanalytics.scoring.columns import as_category

FOLDS = 5
RARE_SHARE = 0.01
RARE_ROWS = 100
MOST_LEVELS = 100
FEW_ROWS = 5_000
MISSING = ""  # no level can be blank


@dataclass(frozen=True)
class ProspectCandidate:
    """A way to get from a prospects table's inputs to raw probabilities."""

    # as it appears in the report
    name: str
    role: Literal["model", "baseline"]
    # from the inputs to be fitted (for their types) and a seed to an unfitted pipeline
    build: Callable[[pd.DataFrame, int], Any]
    # with more rows it is no different from another one
    most_rows: float = float("inf")


class LevelCodes(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Numbers for the levels of categories, the most frequent first.

    Levels that are rare (under 1 % of the rows, and under a hundred) or never seen share the
    number 0, the others count down from -1; a missing value is a level like another.
    """

    def fit(self, X: pd.DataFrame, _y: object = None) -> Self:
        """Number each column's frequent levels."""
        rare = np.clip(RARE_SHARE * len(X), 2, RARE_ROWS)
        self.codes_ = {}
        for name in X.columns:
            rows = X[name].value_counts().to_dict() | {MISSING: int(X[name].isna().sum())}
            frequent = (level for level, count in rows.items() if count >= rare)
            known = sorted(frequent, key=lambda level: (-rows[level], level))
            self.codes_[name] = {level: -1.0 - i for i, level in enumerate(known[:MOST_LEVELS])}
        return self

    def transform(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """One column of numbers for each column of levels."""
        columns = []
        for name, codes in self.codes_.items():
            own = X[name].astype("category").cat
            # A missing value has the code -1, so its number stands last.
            numbers = np.array([codes.get(level, 0.0) for level in (*own.categories, MISSING)])
            columns.append(numbers[own.codes])
        return np.column_stack(columns)


def logistic(X: pd.DataFrame, seed: int, strength: float = 0.1) -> Pipeline:
    """Ridge logistic regression; missing numbers get a column that says so.

    The strength is the variance that its weights are expected to have; on few rows it matters.
    """
    numbers, categories = _by_kind(X)
    filled = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
    )
    levels = make_pipeline(LevelCodes(), OneHotEncoder(handle_unknown="ignore"))
    return make_pipeline(
        ColumnTransformer([("numbers", filled, numbers), ("levels", levels, categories)]),
        LogisticRegression(C=strength, max_iter=2000, random_state=seed),
    )


def boosting(X: pd.DataFrame, seed: int) -> Pipeline:
    """Gradient boosting of small trees; missing values are branches of their own."""
    numbers, categories = _by_kind(X)
    return make_pipeline(
        ColumnTransformer(
            [("numbers", "passthrough", numbers), ("levels", LevelCodes(), categories)]
        ),
        HistGradientBoostingClassifier(
            learning_rate=0.08,
            max_iter=80,
            max_leaf_nodes=7,
            min_samples_leaf=30,
            l2_regularization=1.0,
            early_stopping=False,
            random_state=seed,
        ),
    )


PROSPECT_CANDIDATES = (
    ProspectCandidate("logistic", "model", logistic),
    ProspectCandidate("boosting", "model", boosting),
    ProspectCandidate("loose logistic", "model", partial(logistic, strength=1.0), FEW_ROWS),
    ProspectCandidate("base rate", "baseline", lambda _X, _seed: DummyClassifier()),
)


def folds(y: Bools, seed: int, count: int = FOLDS) -> NDArray[np.int64]:
    """A fold for each row, numbered from 0, with the same share of conversions in each."""
    split = StratifiedKFold(count, shuffle=True, random_state=seed)
    fold = np.empty(len(y), dtype=np.int64)
    for number, (_, held_out) in enumerate(split.split(np.zeros(len(y)), y)):
        fold[held_out] = number
    return fold


def _by_kind(X: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Names of the columns that hold numbers, and of those that hold categories."""
    categories = [name for name in X.columns if as_category(X[name])]
    return [name for name in X.columns if name not in categories], categories
