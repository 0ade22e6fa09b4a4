"""Candidates compared on a prospects table: cross-validated, and out of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import log_loss, roc_auc_score

from custanalytics.scoring.calibration import (
    Bools,
    Fitted,
    Floats,
    calibrated,
    predicted_apart,
)
from custanalytics.scoring.columns import Column, inputs
from custanalytics.scoring.evaluation import measure_intervals, measures
from custanalytics.scoring.level_swing import swing
from custanalytics.scoring.pipelines import PROSPECT_CANDIDATES, ProspectCandidate, folds

CROSS_VALIDATED = "cross-validated"
OUT_OF_TIME = "out of time"
FEWEST_TESTED = 20
INNER_FOLDS = 3
BLOCKS = 10


@dataclass(frozen=True)
class ModelComparison:
    """How the candidates did; rows are the decided prospects they were compared on.

    Attributes
    ----------
    X : DataFrame
        Inputs.
    y : array of bool
        Who converted.
    fold : array of int
        Fold of each row in the cross-validation.
    later : array of bool or None
        Rows of the out-of-time test; None where there is none.
    chosen : ProspectCandidate
        Lowest log-loss out of time, or cross-validated where there is no such test.
    raw, apart : array of float
        Its prediction of each row from a fit on the other folds, before and after
        calibration (by the other folds).
    earlier_fit : Fitted or None
        Fitted and calibrated on the rows before the out-of-time test.
    evaluation : DataFrame
        See `LeadScoring.evaluation`.
    predictions : dict of (str, str) to array
        By test and candidate.
    """

    X: pd.DataFrame
    y: Bools
    fold: NDArray[np.int64]
    later: Bools | None
    chosen: ProspectCandidate
    raw: Floats
    apart: Floats
    earlier_fit: Fitted | None
    evaluation: pd.DataFrame
    predictions: dict[tuple[str, str], Floats]

    def tests(self) -> list[tuple[str, Bools, Floats]]:
        """Name, outcomes and the chosen candidate's predictions of each test."""
        tests = [(CROSS_VALIDATED, self.y, self.apart)]
        if self.later is not None:
            out_of_time = self.predictions[OUT_OF_TIME, self.chosen.name]
            tests.append((OUT_OF_TIME, self.y[self.later], out_of_time))
        return tests

    def held_out_fit(self, seed: int) -> tuple[Fitted, Bools]:
        """A fit of the chosen candidate, and rows it has not seen."""
        if self.earlier_fit is not None and self.later is not None:
            return self.earlier_fit, self.later
        held_out = self.fold == 0
        X, y = self.X[~held_out], self.y[~held_out]
        _, calibration = calibrated(self.raw[~held_out], y, self.fold[~held_out])
        return Fitted(self.chosen.build(X, seed).fit(X, y), calibration), held_out

    def final(self, seed: int) -> Fitted:
        """The chosen candidate fitted to all rows, calibrated on the cross-validation."""
        estimator = self.chosen.build(self.X, seed).fit(self.X, self.y)
        return Fitted(estimator, calibrated(self.raw, self.y, self.fold)[1])


def compare_models(X: pd.DataFrame, y: Bools, later: Bools | None, seed: int) -> ModelComparison:
    """Test every candidate and choose one."""
    fold = folds(y, seed)
    later = later if later is not None and _can_tell(y, later) else None
    raw, predictions, earlier = {}, {}, {}
    candidates = [c for c in PROSPECT_CANDIDATES if len(y) <= c.most_rows]
    for candidate in candidates:
        raw[candidate.name] = predicted_apart(partial(candidate.build, X, seed), X, y, fold)
        apart = raw[candidate.name]
        if candidate.role == "model":
            apart, _ = calibrated(apart, y, fold)
        predictions[CROSS_VALIDATED, candidate.name] = apart
        if later is not None:
            earlier[candidate.name] = _fit_apart(candidate, X[~later], y[~later], seed)
            predictions[OUT_OF_TIME, candidate.name] = earlier[candidate.name].predict(X[later])
    deciding = CROSS_VALIDATED if later is None else OUT_OF_TIME
    truth = {CROSS_VALIDATED: y, OUT_OF_TIME: y if later is None else y[later]}
    table = pd.DataFrame(
        [
            {"test": test, "candidate": name, **measures(truth[test], p)}
            | measure_intervals(truth[test], p, seed)
            | {"n": len(p), "positives": int(truth[test].sum())}
            for (test, name), p in predictions.items()
        ]
    )
    table.insert(2, "role", table["candidate"].map({c.name: c.role for c in candidates}))
    losses = table[table["test"] == deciding].set_index("candidate")["log_loss"]
    chosen = min(candidates, key=lambda candidate: losses[candidate.name])
    return ModelComparison(
        X=X,
        y=y,
        fold=fold,
        later=later,
        chosen=chosen,
        raw=raw[chosen.name],
        apart=predictions[CROSS_VALIDATED, chosen.name],
        earlier_fit=earlier.get(chosen.name),
        evaluation=table.assign(chosen=table["candidate"] == chosen.name).sort_values(
            "test", kind="stable", ignore_index=True
        ),
        predictions=predictions,
    )


def drift(comparison: ModelComparison, rank: NDArray[np.int64] | None) -> pd.DataFrame:
    """Observed and predicted rate by tenth of the rows in order of time."""
    blocks = [] if rank is None else np.array_split(np.argsort(rank, kind="stable"), BLOCKS)
    return pd.DataFrame(
        {
            "block": np.arange(1, len(blocks) + 1),
            "n": [len(rows) for rows in blocks],
            "rate": [float(comparison.y[rows].mean()) for rows in blocks],
            "mean_propensity": [float(comparison.apart[rows].mean()) for rows in blocks],
        }
    )


def level_sd(comparison: ModelComparison, rank: NDArray[np.int64] | None) -> float:
    """Error in log-odds that all probabilities share: sampling, and the swing over time."""
    apart, y = comparison.apart, comparison.y
    sampling = 1 / float((apart * (1 - apart)).sum())
    moved = 0.0
    if rank is not None:
        blocks = np.array_split(np.argsort(rank, kind="stable"), BLOCKS)
        moved = swing([(y[rows], apart[rows]) for rows in blocks])
    for name, outcomes, p in comparison.tests():
        if name == OUT_OF_TIME:
            moved = max(moved, swing([(outcomes, p)]))
    return float(np.sqrt(moved**2 + sampling))


def with_leaks(
    table: pd.DataFrame,
    usable: list[Column],
    clock: str | None,
    comparison: ModelComparison,
    left_out: Mapping[str, bool],
    seed: int,
) -> pd.DataFrame:
    """Cross-validated figures of the chosen candidate without the leaks, and with them."""
    seen = [("left out", comparison.apart)]
    ways = {"left in": set(left_out)} if left_out else {}
    if len(set(left_out.values())) > 1:
        ways["those asked about left in"] = {name for name, sure in left_out.items() if not sure}
    for name, put_in in ways.items():
        columns = [c for c in usable if c.name in put_in or c.name not in left_out]
        X = inputs(table, columns, clock).reset_index(drop=True)
        build = partial(comparison.chosen.build, X, seed)
        raw = predicted_apart(build, X, comparison.y, comparison.fold)
        seen.append((name, calibrated(raw, comparison.y, comparison.fold)[0]))
    return pd.DataFrame(
        [
            {
                "leaks": name,
                "auc": float(roc_auc_score(comparison.y, p)),
                "log_loss": float(log_loss(comparison.y, p)),
            }
            for name, p in seen
        ]
    )


def _fit_apart(candidate: ProspectCandidate, X: pd.DataFrame, y: Bools, seed: int) -> Fitted:
    estimator = candidate.build(X, seed).fit(X, y)
    if candidate.role == "baseline":
        return Fitted(estimator)
    inner = folds(y, seed, INNER_FOLDS)
    apart = predicted_apart(partial(candidate.build, X, seed), X, y, inner)
    return Fitted(estimator, calibrated(apart, y, inner)[1])


def _can_tell(y: Bools, later: Bools) -> bool:
    counts = [y[later].sum(), (~y[later]).sum(), y[~later].sum(), (~y[~later]).sum()]
    return min(int(count) for count in counts) >= FEWEST_TESTED
