"""What raised and lowered a prospect's score, from the model itself, so that it adds up."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from custanalytics.scoring.calibration import Fitted, Floats
from custanalytics.scoring.columns import as_category

REASONS = 3
FAINT = 0.02
# A list is worked off from the top.
MOST_ROWS = 10_000


@dataclass(frozen=True)
class Waited:
    """What the time that prospects have waited without converting says of them."""

    # the column of the day they came in
    came: str
    # days; NaN where not known
    age: Floats
    # share of all conversions that come later than that; 1 where not known
    left: Floats

    def of_rows(self, rows: NDArray[np.intp]) -> "Waited":
        """Of some rows."""
        return Waited(self.came, self.age[rows], self.left[rows])


def contributions(fitted: Fitted, X: pd.DataFrame) -> pd.DataFrame:
    """Each input's part of the log-odds, against the mean of these rows.

    A row's parts add up to its log-odds less the mean log-odds of the rows. In a tree a split's
    part is the difference of the values before and after it.

    References
    ----------
    Palczewska et al. (2014), Interpreting random forest classification models using a feature
    contribution method, Integration of Reusable Systems, 193-218.
    """
    pipeline = fitted.estimator
    model = pipeline[-1] if hasattr(pipeline, "steps") else None
    if isinstance(model, LogisticRegression):
        names, parts = _of_logistic(pipeline[0], model, X)
    elif isinstance(model, HistGradientBoostingClassifier):
        names, parts = _of_trees(pipeline[0], model, X)
    else:
        return pd.DataFrame(index=X.index)
    parts = fitted.calibration.slope * (parts - parts.mean(axis=0))
    return pd.DataFrame(parts, columns=names, index=X.index)


def reasons(
    fitted: Fitted, X: pd.DataFrame, p: Floats, waited: Waited | None = None
) -> "pd.Series[str]":
    """The three inputs that moved each row most, in words; blank below the first rows.

    The time waited multiplies the odds by the share of the conversions still to come.
    """
    said = np.full(len(X), "", dtype=object)
    first = np.argsort(-p, kind="stable")[:MOST_ROWS]
    top = X.iloc[first]
    parts = contributions(fitted, top)
    if waited is not None:
        name = f"{waited.came}: days waited"
        age, moved = waited.age[first], np.log(waited.left[first])
        known = ~np.isnan(age)
        if known.any():
            top = top.assign(**{name: age})
            parts = parts.assign(**{name: np.where(known, moved - moved[known].mean(), 0.0)})
    if parts.empty:
        return pd.Series(said, index=X.index)
    strongest = np.argsort(-np.abs(parts.to_numpy()), axis=1, kind="stable")[:, :REASONS]
    shown = {name: _shown(top[name]) for name in parts.columns}
    names, values = list(parts.columns), parts.to_numpy()
    said[first] = [
        "; ".join(
            f"{names[j]} {shown[names[j]][at]} {'raises' if values[at, j] > 0 else 'lowers'}"
            for j in strongest[at]
            if abs(values[at, j]) >= FAINT
        )
        for at in range(len(top))
    ]
    return pd.Series(said, index=X.index)


def _shown(own: "pd.Series") -> list[str]:
    texts = own.astype(str) if as_category(own) else own.map("{:.6g}".format)
    return list(texts.astype(object).where(own.notna(), "(none)"))


def _of_logistic(
    columns: Any, model: LogisticRegression, X: pd.DataFrame
) -> tuple[list[str], Floats]:
    """Coefficient times value, over all features that were made of an input."""
    owners: list[str] = []
    for kind, transformer, names in columns.transformers_:
        if kind == "numbers" and len(names):
            indicator = transformer[0].indicator_
            owners += [*names, *(names[at] for at in indicator.features_)]
        elif kind == "levels" and len(names):
            for name, levels in zip(names, transformer[1].categories_, strict=True):
                owners += [name] * len(levels)
    inputs = list(dict.fromkeys(owners))
    weights = np.zeros((len(owners), len(inputs)))
    weights[np.arange(len(owners)), [inputs.index(name) for name in owners]] = model.coef_[0]
    return inputs, np.asarray(columns.transform(X) @ weights)


def _of_trees(
    columns: Any, model: HistGradientBoostingClassifier, X: pd.DataFrame
) -> tuple[list[str], Floats]:
    """What each split on the way of a row through each tree adds."""
    names = [name for _, _, own in columns.transformers_ for name in own]
    Z = np.asarray(columns.transform(X), dtype=np.float64)
    parts = np.zeros(Z.shape)
    for (tree,) in model._predictors:
        nodes = tree.nodes
        leaf = nodes["is_leaf"].astype(bool)
        # Only leaves hold the value as it is added up.
        value = np.where(leaf, nodes["value"], model.learning_rate * nodes["value"])
        at, before = np.zeros(len(Z), dtype=np.int64), np.zeros(len(Z))
        rows = np.arange(len(Z)) if not leaf[0] else np.arange(0)
        while len(rows):
            split = nodes[at[rows]]
            feature = split["feature_idx"]
            x = Z[rows, feature]
            missing = split["missing_go_to_left"].astype(bool)
            left = np.where(np.isnan(x), missing, x <= split["num_threshold"])
            at[rows] = np.where(left, split["left"], split["right"])
            reached = value[at[rows]]
            parts[rows, feature] += reached - before[rows]
            before[rows] = reached
            rows = rows[~leaf[at[rows]]]
    return names, parts
