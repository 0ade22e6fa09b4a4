"""What drives a prediction, and whether more data would help: on rows held out."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from custanalytics.scoring.calibration import Bools, Fitted, Floats, clipped
from custanalytics.scoring.columns import as_category
from custanalytics.scoring.evaluation import auc, mean_loss

SHARES = (0.1, 0.2, 0.4, 0.7, 1.0)
MOST_ROWS = 5_000
MOST_COLUMNS = 20
SCREENED_ROWS = 100
REPEATS = 5
CURVES = 6
POINTS = 8
SPREAD = np.linspace(0.05, 0.95, POINTS)
MISSING_SHARE = 0.01


def importance(model: Fitted, X: pd.DataFrame, y: Bools, seed: int) -> pd.DataFrame:
    """How much worse held-out predictions get when one input is shuffled.

    Inputs that tell the same share their importance; importance is not cause.

    References
    ----------
    Fisher, Rudin and Dominici (2019), All models are wrong, but many are useful, JMLR 20(177).
    """
    rng = np.random.default_rng(seed)
    X, y = _drawn(X, y, rng)
    plain = model.predict(X)
    before, loss = auc(y, plain), mean_loss(y, plain)
    names = list(X.columns)
    if len(names) > MOST_COLUMNS:
        moved = _when_shuffled(model, X.iloc[:SCREENED_ROWS], names, 1, rng)
        moves = np.abs(moved[:, 0] - plain[:SCREENED_ROWS]).mean(axis=1)
        names = [names[at] for at in np.argsort(-moves, kind="stable")[:MOST_COLUMNS]]
    rows = []
    for name in names:
        worse = _when_shuffled(model, X, [name], REPEATS, rng)[0]
        rises = [mean_loss(y, p) - loss for p in worse]
        rows.append(
            {
                "input": name,
                "auc_drop": float(np.mean([before - auc(y, p) for p in worse])),
                "log_loss_rise": float(np.mean(rises)),
                "log_loss_rise_sd": float(np.std(rises, ddof=1)),
            }
        )
    table = pd.DataFrame(rows)
    return table.sort_values(["log_loss_rise", "input"], ascending=[False, True], ignore_index=True)


def clearly_told(table: pd.DataFrame) -> "pd.Series[bool]":
    """Which inputs make the predictions worse, beyond chance, when they are shuffled."""
    return table["log_loss_rise"] > 2 * table["log_loss_rise_sd"]


def effects(model: Fitted, X: pd.DataFrame, y: Bools, names: list[str], seed: int) -> pd.DataFrame:
    """Mean prediction on held-out rows when one input is set to each of its usual values.

    References
    ----------
    Friedman (2001), Greedy function approximation, Annals of Statistics 29(5), section 8.2.
    """
    X, y = _drawn(X, y, np.random.default_rng(seed))
    rows = []
    for name in names[:CURVES]:
        values = X[name].dropna()
        if values.empty:
            continue
        if as_category(X[name]):
            grid = values.astype(object).value_counts().sort_index(kind="stable")
            usual = list(grid.sort_values(ascending=False, kind="stable").index[:POINTS])
            own = X[name].astype(object).to_numpy()
            places = [(str(v), float(i), own == v) for i, v in enumerate(usual)]
        else:
            usual = list(np.unique(np.quantile(values, SPREAD, method="nearest")))
            middles = (np.array(usual[1:]) + np.array(usual[:-1])) / 2
            nearest = np.where(X[name].isna(), -1, np.digitize(X[name], middles))
            places = [(f"{v:.6g}", float(v), nearest == i) for i, v in enumerate(usual)]
        if X[name].isna().mean() >= MISSING_SHARE:
            usual.append(None if as_category(X[name]) else np.nan)
            places.append(("none", float("nan"), X[name].isna().to_numpy()))
        everyone = X.iloc[np.tile(np.arange(len(X)), len(usual))].reset_index(drop=True)
        everyone[name] = pd.Series(usual, dtype=X[name].dtype).repeat(len(X)).array
        means = model.predict(everyone).reshape(len(usual), len(X)).mean(axis=1)
        for mean, (label, position, near) in zip(means, places, strict=True):
            rows.append(
                {
                    "input": name,
                    "value": label,
                    "position": position,
                    "mean_propensity": float(mean),
                    "n": int(near.sum()),
                    "rate": float(y[near].mean()) if near.any() else float("nan"),
                }
            )
    columns = ["input", "value", "position", "mean_propensity", "n", "rate"]
    return pd.DataFrame(rows, columns=columns)


def learning_curve(
    build: Callable[[pd.DataFrame], Any],
    fitted: Fitted,
    X: pd.DataFrame,
    y: Bools,
    held_out: Bools,
    seed: int,
) -> pd.DataFrame:
    """How good the model would be with less data than it was fitted to, all not held out."""
    order = np.random.default_rng(seed).permutation(np.flatnonzero(~held_out))
    rows = []
    for share in SHARES:
        part = np.sort(order[: round(share * len(order))])
        if min(y[part].sum(), (~y[part]).sum()) < 10:
            continue
        estimator = fitted.estimator
        if len(part) < len(order):
            estimator = build(X.iloc[part]).fit(X.iloc[part], y[part])
        p = clipped(estimator.predict_proba(X[held_out])[:, 1])
        figures = {"log_loss": mean_loss(y[held_out], p), "auc": auc(y[held_out], p)}
        rows.append({"n": len(part), **figures})
    return pd.DataFrame(rows, columns=["n", "log_loss", "auc"])


def _drawn(X: pd.DataFrame, y: Bools, rng: np.random.Generator) -> tuple[pd.DataFrame, Bools]:
    if len(X) <= MOST_ROWS:
        return X, y
    rows = np.sort(rng.choice(len(X), MOST_ROWS, replace=False))
    return X.iloc[rows], y[rows]


def _when_shuffled(
    model: Fitted, X: pd.DataFrame, names: list[str], repeats: int, rng: np.random.Generator
) -> Floats:
    """Predictions with one input shuffled: by input, repeat and row; all in one call."""
    n = len(X)
    rows = np.tile(np.arange(n), len(names) * repeats)
    many = {}
    for name in X.columns:
        at = rows
        if name in names:
            at = rows.copy()
            start = names.index(name) * repeats * n
            order = [rng.permutation(n) for _ in range(repeats)]
            at[start : start + repeats * n] = np.concatenate(order)
        many[name] = X[name].array.take(at)
    return model.predict(pd.DataFrame(many)).reshape(len(names), repeats, n)
