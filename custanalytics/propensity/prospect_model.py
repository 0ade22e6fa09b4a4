"""A fitted model of prospects that can be kept in a file and score a later table."""

import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from custanalytics.errors import SourceError, UsageError
from custanalytics.propensity.calibration import Fitted
from custanalytics.propensity.columns import Column, inputs, typed
from custanalytics.propensity.swing import bounds

FORMAT = 1


@dataclass(frozen=True)
class ProspectModel:
    """What is needed to score prospects like those it learned from.

    Attributes
    ----------
    columns : tuple of Column
        The table's columns it reads, and how.
    clock : str or None
        The date column that other dates are counted from.
    outcome, positive : str
        The outcome column it learned, and the value that means converted.
    fitted : Fitted
        Calibrated pipeline.
    level_sd : float
        Standard deviation, in log-odds, of an error that all probabilities share.
    level : float
        Probability that the bounds of a score hold.
    """

    columns: tuple[Column, ...]
    clock: str | None
    outcome: str
    positive: str
    fitted: Fitted
    level_sd: float
    level: float

    def score(self, table: pd.DataFrame) -> pd.DataFrame:
        """Probability that each prospect converts.

        Parameters
        ----------
        table : DataFrame
            One row per prospect, with the columns the model was made from; unseen categories
            count as rare ones, missing values as missing.

        Returns
        -------
        DataFrame
            One row per row of the table, in its order: ``row`` (1-based), ``propensity``,
            ``propensity_low``, ``propensity_high``, ``propensity_decile`` (1 = most likely).

        Raises
        ------
        UsageError
            A column is missing.
        """
        return self.score_typed(typed(table, self.columns))

    def score_typed(self, values: pd.DataFrame) -> pd.DataFrame:
        """As `score`, for a table whose columns `typed` or `read_columns` have read."""
        X = inputs(values, self.columns, self.clock)
        with threadpool_limits(limits=1):
            p = self.fitted.predict(X) if len(X) else np.empty(0)
        low, high = bounds(p, self.level_sd, self.level)
        rank = np.empty(len(p), dtype=np.int64)
        rank[np.argsort(-p, kind="stable")] = np.arange(len(p))
        return pd.DataFrame(
            {
                "row": np.arange(1, len(p) + 1),
                "propensity": p,
                "propensity_low": low,
                "propensity_high": high,
                "propensity_decile": rank * 10 // max(len(p), 1) + 1,
            }
        )

    def save(self, path: Path) -> None:
        """Keep the model in a file (a pickle: load only files from a source you trust)."""
        path.write_bytes(pickle.dumps({"format": FORMAT, "model": self}, protocol=5))

    @staticmethod
    def load(path: Path) -> "ProspectModel":
        """Read a model that `save` wrote; the file must come from a source you trust."""
        if not path.is_file():
            raise SourceError(f"no model file at {path}")
        found = pickle.loads(path.read_bytes())  # noqa: S301 (documented)
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise UsageError(f"{path.name} is no model of prospects that this version can read")
        model: ProspectModel = found["model"]
        return model
