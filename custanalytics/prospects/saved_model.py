"""A fitted model of prospects that can be kept in a file and score a later table."""

import io
import re
import zipfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from custanalytics.errors import SourceError
from custanalytics.prospects.later_table import Seen
from custanalytics.prospects.reasons import Waited, reasons
from custanalytics.prospects.ripeness import TimeToDecide
from custanalytics.scoring.calibration import Calibration, Fitted
from custanalytics.scoring.columns import Column, inputs, typed
from custanalytics.scoring.level_swing import propensity_columns, still_to_come
from custanalytics.scoring.stages import Meaning

FILE = "prospects.model"
# The third held no time to decide.
FORMAT, FORMATS = 4, (3, 4)
_SCHEMA = "schema.json"
# Where an object lay in memory, which numbers it and names its file.
_PLACE = re.compile(r'("(?:__id__|file)": "?)(\d+)')
# What a pipeline of ours holds beside what skops trusts by itself; nothing else is loaded.
TRUSTED = [
    "custanalytics.scoring.pipelines.LevelCodes",
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
]


@dataclass(frozen=True)
class LeadScoringModel:
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
    seen : dict of str to Seen
        What each column held, to hold later tables against.
    stages : dict of str to str
        What each value of the outcome was taken for.
    time : TimeToDecide or None
        How long those who convert take, where that was told.
    """

    columns: tuple[Column, ...]
    clock: str | None
    outcome: str
    positive: str
    fitted: Fitted
    level_sd: float
    level: float
    seen: dict[str, Seen] = field(default_factory=dict)
    stages: dict[str, Meaning] = field(default_factory=dict)
    time: TimeToDecide | None = None

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
            ``propensity_low``, ``propensity_high``, ``propensity_decile`` (1 = most likely),
            ``reasons`` (the three inputs that raised or lowered it most).

        Raises
        ------
        UsageError
            A column is missing.
        """
        return self.score_typed(typed(table, self.columns))

    def score_typed(self, values: pd.DataFrame, waited: Waited | None = None) -> pd.DataFrame:
        """As `score`, for a table whose columns `typed` or `read_columns` have read."""
        X = inputs(values, self.columns, self.clock)
        with threadpool_limits(limits=1):
            p = self.fitted.predict(X) if len(X) else np.empty(0)
        if waited is not None:
            p = still_to_come(p, waited.left)
        table = propensity_columns(p, self.level_sd, self.level)
        table.insert(0, "row", np.arange(1, len(p) + 1))
        table["reasons"] = reasons(self.fitted, X, p, waited).to_numpy() if len(X) else ""
        return table

    def save(self, path: Path | str) -> None:
        """Keep the model in a file, which holds no code.

        Parameters
        ----------
        path : path
            Where to; written in the skops format.
        """
        state = {
            "format": FORMAT,
            "columns": [asdict(column) for column in self.columns],
            "clock": self.clock,
            "outcome": self.outcome,
            "positive": self.positive,
            "estimator": self.fitted.estimator,
            "calibration": asdict(self.fitted.calibration),
            "level_sd": self.level_sd,
            "level": self.level,
            "seen": {name: asdict(was) for name, was in self.seen.items()},
            "stages": self.stages,
            "time": None if self.time is None else asdict(self.time),
        }
        # Imported where needed: it takes a second.
        from skops.io import dump

        written = io.BytesIO()
        dump(state, written)
        Path(path).write_bytes(_steady(written.getvalue()))

    @staticmethod
    def load(path: Path | str) -> "LeadScoringModel":
        """Read a model that `save` wrote, with the same or a newer scikit-learn.

        Parameters
        ----------
        path : path
            The file; what is in it besides a model of ours is refused, not run.

        Returns
        -------
        LeadScoringModel

        Raises
        ------
        SourceError
            There is no such file, or it holds no model that this version reads.
        """
        from skops.io import load

        path = Path(path)
        if not path.is_file():
            raise SourceError(f"no model file at {path}")
        try:
            state: dict[str, Any] = load(path, trusted=TRUSTED)
            if state["format"] not in FORMATS:
                raise ValueError(state["format"])
            return LeadScoringModel(
                columns=tuple(Column(**column) for column in state["columns"]),
                clock=state["clock"],
                outcome=state["outcome"],
                positive=state["positive"],
                fitted=Fitted(state["estimator"], Calibration(**state["calibration"])),
                level_sd=state["level_sd"],
                level=state["level"],
                seen={name: Seen(**was) for name, was in state["seen"].items()},
                stages=state["stages"],
                time=_time(state.get("time")),
            )
        except Exception as error:  # whatever a library says of a file that is no model of ours
            raise SourceError(
                f"{path.name} is no model of prospects that this version reads; "
                "learn from the prospects again"
            ) from error


def _time(kept: dict[str, Any] | None) -> TimeToDecide | None:
    if kept is None:
        return None
    return TimeToDecide(
        **kept
        | {name: Column(**kept[name]) for name in ("came", "decided")}
        | {name: tuple(kept[name]) for name in ("times", "within")}
    )


def _steady(content: bytes) -> bytes:
    """The file without places in memory and times, so that one model is the same bytes again."""
    numbers: dict[str, str] = {}

    def numbered(match: re.Match[str]) -> str:
        return match[1] + numbers.setdefault(match[2], str(len(numbers)))

    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        schema = _PLACE.sub(numbered, old.read(_SCHEMA).decode())
        members = {
            f"{numbers.get(Path(name).stem, Path(name).stem)}{Path(name).suffix}": old.read(name)
            for name in old.namelist()
            if name != _SCHEMA
        }
        for name, part in [*sorted(members.items()), (_SCHEMA, schema.encode())]:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, part)
    return buffer.getvalue()
