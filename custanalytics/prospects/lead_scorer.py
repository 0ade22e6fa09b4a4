"""Lead scoring in the ways of scikit-learn: for pipelines, searches and cross-validation."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from custanalytics.config.names import unknown
from custanalytics.errors import UsageError
from custanalytics.prospects.leak_guard import find_leaks, leak_inputs
from custanalytics.prospects.leak_signs import Leak
from custanalytics.scoring.calibration import (
    Bools,
    Calibration,
    Fitted,
    calibrated,
    predicted_apart,
)
from custanalytics.scoring.columns import Column, inputs, read_columns, typed
from custanalytics.scoring.pipelines import FOLDS, PROSPECT_CANDIDATES, folds

# Of either outcome: with fewer, a sign of a leak is chance.
_FEWEST_TO_GUARD = 30
_MODELS = {candidate.name: candidate for candidate in PROSPECT_CANDIDATES}


class LeadScorer(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Score prospects in the ways of scikit-learn: by the models of `fit_lead_scoring`.

    Reads a table as it is, numbers, words and dates, with blanks; leaves out columns that give
    the outcome away; calibrates what it says. It makes no report and compares no models: for
    that there is `fit_lead_scoring`.

    Parameters
    ----------
    model : {"logistic", "boosting", "loose logistic", "base rate"}, default "logistic"
        What learns.
    guard : bool, default True
        Whether columns that give the outcome away are left out; it needs 30 rows of either
        outcome, and learns nothing where no column is left.
    keep : sequence of str
        Columns to use although the guard names them.
    random_state : int, default 0
        Same number, same scores.

    Attributes
    ----------
    classes_ : ndarray
        The two outcomes, sorted; probabilities are in this order.
    leaks_ : tuple of str
        Columns that were left out because they give the outcome away.
    columns_ : tuple of Column
        The columns that are used, and how they are read.
    n_features_in_ : int
        Columns of the table that it learned from.
    feature_names_in_ : ndarray
        Their names, where they are texts.

    Examples
    --------
    >>> from sklearn.model_selection import cross_val_score
    >>> rng = np.random.default_rng(0)
    >>> leads = pd.DataFrame({"visits": rng.poisson(4, 400), "from": ["ad", "fair"] * 200})
    >>> won = rng.random(400) < leads["visits"] / 10
    >>> scorer = LeadScorer().fit(leads, won)
    >>> scorer.predict_proba(leads.head(2)).shape
    (2, 2)
    >>> scorer.get_feature_names_out().tolist()
    ['visits', 'from']
    >>> bool(cross_val_score(LeadScorer(), leads, won, scoring="roc_auc").mean() > 0.6)
    True
    """

    def __init__(
        self,
        model: str = "logistic",
        *,
        guard: bool = True,
        keep: Sequence[str] = (),
        random_state: int = 0,
    ) -> None:
        self.model = model
        self.guard = guard
        self.keep = keep
        self.random_state = random_state

    def __sklearn_tags__(self) -> Tags:
        """Two outcomes; blanks, words and dates may stand in the table."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        return tags

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from decided prospects.

        Parameters
        ----------
        X : DataFrame or array
            One row per prospect; columns typed or as text.
        y : array
            The outcome of each: two different values.

        Returns
        -------
        LeadScorer
            Itself.
        """
        if self.model not in _MODELS:
            raise UsageError(unknown("model", self.model, list(_MODELS)))
        table, y = self._checked(X, y=y)
        converted = self._outcomes(y)
        read = read_columns(table)
        usable = [column for column in read.columns if column.used]
        with threadpool_limits(limits=1):
            leaks = self._leaks(read.values, usable, converted)
            self.leaks_ = tuple(k.column for k in leaks if k.column not in self.keep)
            self.columns_ = tuple(c for c in usable if c.name not in self.leaks_)
            model_inputs = inputs(read.values, self.columns_, None)
            self._names = np.array(model_inputs.columns, dtype=object)
            self._fitted = self._learned(model_inputs, converted)
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Tell how likely each outcome is.

        Parameters
        ----------
        X : DataFrame or array
            One row per prospect, with the columns it learned from.

        Returns
        -------
        ndarray
            One row per prospect, one column per outcome in the order of ``classes_``.
        """
        check_is_fitted(self)
        table = self._checked(X, reset=False)
        model_inputs = inputs(typed(table, self.columns_), self.columns_, None)
        with threadpool_limits(limits=1):
            p = self._fitted.predict(model_inputs)
        return np.column_stack([1 - p, p])

    def predict(self, X: Any) -> NDArray[Any]:
        """Tell the likelier outcome of each prospect.

        Parameters
        ----------
        X : DataFrame or array
            One row per prospect, with the columns it learned from.

        Returns
        -------
        ndarray
            One of ``classes_`` per row.
        """
        likelier = np.argmax(self.predict_proba(X), axis=1)
        return np.asarray(self.classes_[likelier])

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:  # noqa: ARG002
        """Names of the inputs of the model.

        Parameters
        ----------
        input_features : None
            Not used; the names are those of the table it learned from.

        Returns
        -------
        ndarray of str
            Of columns, and of what was made of dates.
        """
        check_is_fitted(self)
        return self._names

    def _checked(self, X: Any, y: Any = "no_validation", reset: bool = True) -> Any:
        """The table as a DataFrame with names that are texts, and y where it is given."""
        is_table = isinstance(X, pd.DataFrame)
        if is_table:
            X = X.reset_index(drop=True)
        how: dict[str, Any] = {"reset": reset}
        how |= {"dtype": None, "ensure_all_finite": "allow-nan"}
        read = validate_data(self, X, y, **how)
        array, checked_y = read if isinstance(read, tuple) else (read, None)
        if is_table:
            table = X.rename(columns=str)
        else:
            table = pd.DataFrame(array, columns=[f"x{at}" for at in range(array.shape[1])])
        return table if checked_y is None else (table, checked_y)

    def _outcomes(self, y: NDArray[Any]) -> Bools:
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        kind = type_of_target(y, input_name="y")
        if kind != "binary":
            raise ValueError(
                f"Only binary classification is supported. The type of the target is {kind}."
            )
        if len(self.classes_) < 2:
            raise ValueError("two classes are needed to learn from, and y has one class")
        return np.asarray(y == self.classes_[1])

    def _leaks(self, values: pd.DataFrame, usable: list[Column], y: Bools) -> list[Leak]:
        if not self.guard or min(y.sum(), len(y) - y.sum()) < _FEWEST_TO_GUARD:
            return []
        known, dates = leak_inputs(values, usable, None)
        return find_leaks(known, known.iloc[:0], y, dates, self.random_state)

    def _learned(self, X: pd.DataFrame, y: Bools) -> Fitted:
        usual = _MODELS[self.model]
        candidate = usual if len(X.columns) else _MODELS["base rate"]
        build = partial(candidate.build, X, self.random_state)
        count = min(FOLDS, int(y.sum()), int(len(y) - y.sum()))
        calibration = Calibration()
        if count > 1 and candidate.role == "model":
            fold = folds(y, self.random_state, count)
            _, calibration = calibrated(predicted_apart(build, X, y, fold), y, fold)
        return Fitted(build().fit(X, y), calibration)
