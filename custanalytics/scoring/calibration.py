"""From raw scores to probabilities that can be taken at their word."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from custanalytics.scoring.evaluation import losses

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Calibration:
    """logit(calibrated) = intercept + slope * logit(raw)."""

    intercept: float = 0.0
    slope: float = 1.0

    def apply(self, raw: Floats) -> Floats:
        """Calibrated probabilities, strictly between 0 and 1."""
        return np.asarray(expit(self.intercept + self.slope * logit(clipped(raw))))


@dataclass(frozen=True)
class Fitted:
    """A fitted estimator with its calibration."""

    estimator: Any
    calibration: Calibration = Calibration()

    def predict(self, X: pd.DataFrame) -> Floats:
        """Calibrated probability for each row of X."""
        return self.calibration.apply(self.estimator.predict_proba(X)[:, 1])


def platt(p: Floats, y: Bools) -> Calibration:
    """Calibration that fits outcomes best.

    Where the outcome does not rise with the probability there is nothing to calibrate, and
    the raw probabilities are left alone.

    References
    ----------
    Platt (1999), Probabilistic outputs for support vector machines, section 2.
    """
    line = LogisticRegression(C=1e6, max_iter=1000).fit(logit(clipped(p)).reshape(-1, 1), y)
    slope = float(line.coef_[0, 0])
    return Calibration(float(line.intercept_[0]), slope) if slope > 0 else Calibration()


def predicted_apart(
    build: Callable[[], Any], X: pd.DataFrame, y: Bools, fold: NDArray[np.int64]
) -> Floats:
    """Raw probability of each row from a fit on the other folds."""
    apart = np.empty(len(X))

    def predict(number: np.int64) -> None:
        out = fold == number
        # Of each thread its own: a thread that ends gives back no other's.
        with threadpool_limits(limits=1, user_api="openmp"):
            estimator = build().fit(X[~out], y[~out])
            apart[out] = clipped(estimator.predict_proba(X[out])[:, 1])

    # Each fit on one core, whose sums no number of cores can change; folds side by side. The limit
    # of linear algebra is the whole process's: it is lifted when the last fold is done.
    with (
        threadpool_limits(limits=1, user_api="blas"),
        ThreadPoolExecutor(os.cpu_count()) as cores,
    ):
        list(cores.map(predict, np.unique(fold)))
    return apart


def calibrated_apart(raw: Floats, y: Bools, fold: NDArray[np.int64]) -> Floats:
    """Calibrate each fold's probabilities by the other folds', so that it can be tested."""
    done = np.empty(len(raw))
    for number in np.unique(fold):
        out = fold == number
        done[out] = platt(raw[~out], y[~out]).apply(raw[out])
    return done


def calibrated(raw: Floats, y: Bools, fold: NDArray[np.int64]) -> tuple[Floats, Calibration]:
    """Probabilities of each fold calibrated by the others', and the calibration for new rows.

    Where it does not clearly better them, by a standard error, they are left alone: on few rows
    a calibration adds more chance than it takes away.

    References
    ----------
    Breiman, Friedman, Olshen and Stone (1984), Classification and regression trees, section
    3.4.3: the rule of one standard error.
    """
    apart = calibrated_apart(raw, y, fold)
    gain = losses(y, raw) - losses(y, apart)
    if gain.mean() <= gain.std() / np.sqrt(len(gain)):
        return raw, Calibration()
    return apart, platt(raw, y)


def clipped(p: Floats) -> Floats:
    """Probabilities kept a ten-thousandth away from 0 and 1."""
    return np.clip(p, 1e-4, 1 - 1e-4)
