"""Our candidates beside plain models with default settings, on the same folds.

``python -m tests.trials.plain_models [FILE...]`` prints, for scikit-learn's own sets and made ones
and for each table of prospects that is given, AUC and log-loss of the chosen candidate,
cross-validated, beside those of a plain logistic regression and a plain gradient boosting, and how
far it is behind the better of the two.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from custanalytics.ledger import read_table
from custanalytics.prospects.comparison import compare_models
from custanalytics.scoring.calibration import predicted_apart
from custanalytics.scoring.columns import as_category, inputs, read_columns
from custanalytics.scoring.evaluation import auc, mean_loss
from custanalytics.scoring.outcome import read_outcomes
from custanalytics.scoring.pipelines import folds

BEHIND = 0.005
Table = tuple[pd.DataFrame, np.ndarray]


def made(seed: int, n: int, crooked: bool) -> Table:
    """Prospects by a straight rule, or by one with steps and products."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame({f"x{i}": rng.normal(size=n) for i in range(6)})
    levels = rng.integers(0, 8, n)
    X["kind"] = pd.Series([f"k{level}" for level in levels]).astype("category")
    log_odds = -1.5 + 0.7 * X["x0"] - 0.5 * X["x1"] + rng.normal(0, 0.5, 8)[levels]
    if crooked:
        log_odds += 1.2 * (X["x2"] > 1) + 0.8 * X["x3"] * X["x4"]
    X["x5"] = X["x5"].where(rng.random(n) > 0.2)
    return X, rng.random(n) < expit(log_odds.to_numpy())


def tables(files: list[str]) -> Iterator[tuple[str, Table]]:
    """Every set with its name."""
    for name, load in (("breast cancer", load_breast_cancer), ("wine", load_wine),
                       ("digits", load_digits)):  # fmt: skip
        X, y = load(return_X_y=True, as_frame=True)
        yield name, (X.astype(float), (y == (8 if name == "digits" else 1)).to_numpy())
    yield "made, straight", made(1, 4000, crooked=False)
    yield "made, crooked", made(2, 4000, crooked=True)
    yield "made, few", made(3, 400, crooked=False)
    for file in files:
        table = read_table(Path(file))
        read = read_columns(table)
        target = read_outcomes(read)
        own = [c for c in read.columns if c.used and c.name != target.outcome.column]
        X = inputs(read.values[target.known], own, None).reset_index(drop=True)
        yield Path(file).name, (X, target.converted[target.known])


def plain(X: pd.DataFrame) -> dict[str, Callable[[], Any]]:
    """The two models with the settings that they come with."""
    words = [name for name in X.columns if as_category(X[name])]
    numbers = [name for name in X.columns if name not in words]
    straight = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
        (OneHotEncoder(handle_unknown="ignore"), words),
    )
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    trees = make_column_transformer(("passthrough", numbers), (codes, words))
    return {
        "logistic": lambda: make_pipeline(straight, LogisticRegression(max_iter=2000)),
        "boosting": lambda: make_pipeline(trees, HistGradientBoostingClassifier(random_state=0)),
    }


def main() -> None:
    """Print the table."""
    print(f"{'':24} {'rows':>6}  {'ours':>16}  {'logistic':>16}  {'boosting':>16}  behind by")
    for name, (X, y) in tables(sys.argv[1:]):
        fold = folds(y, 0)
        with threadpool_limits(limits=1):
            ours = compare_models(X, y, None, 0)
            figures = {"ours": (auc(y, ours.apart), mean_loss(y, ours.apart))}
            for kind, build in plain(X).items():
                p = predicted_apart(build, X, y, fold)
                figures[kind] = (auc(y, p), mean_loss(y, p))
        best_auc = max(a for kind, (a, _) in figures.items() if kind != "ours")
        best_loss = min(b for kind, (_, b) in figures.items() if kind != "ours")
        behind = (best_auc - figures["ours"][0], figures["ours"][1] - best_loss)
        cells = "  ".join(f"{a:.4f} / {b:.4f} " for a, b in figures.values())
        mark = "  <- behind" if max(behind) > BEHIND else ""
        print(f"{name:24} {len(y):6,}  {cells} {behind[0]:+.4f} / {behind[1]:+.4f}{mark}"
              f"  ({ours.chosen.name})", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
