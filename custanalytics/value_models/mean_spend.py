"""Spend per purchase where the gamma-gamma model can't be fitted: a plain mean."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from custanalytics.sentences import noted
from custanalytics.value_models.inputs import Floats


@dataclass(frozen=True)
class MeanSpend:
    """Each customer's own mean spend, pulled towards the base's as if by one purchase."""

    # currency units: mean over the repeat purchases of the base
    base_mean: float
    # standard deviation over mean of a single purchase
    variation: float

    name: ClassVar[str] = noted("mean spend")

    @classmethod
    def fitted(cls, summary: pd.DataFrame) -> Self:
        """Take the mean and the variation of the repeat buyers' spend."""
        again = summary[summary["frequency"] > 0]
        x = again["frequency"].to_numpy(np.float64)
        money = np.maximum(np.nan_to_num(again["monetary_value"].to_numpy(np.float64)), 0.0)
        mean = float(x @ money / x.sum())
        variance = float(x @ (money - mean) ** 2 / max(len(x) - 1, 1))
        return cls(mean, float(np.sqrt(variance) / mean) if mean > 0 else 0.0)

    def expected_spend(self, frequency: Floats, monetary_value: Floats) -> Floats:
        """Mean spend per purchase expected of each customer, in currency units."""
        spent = np.where(frequency > 0, frequency * np.maximum(np.nan_to_num(monetary_value), 0), 0)
        return np.asarray((spent + self.base_mean) / (frequency + 1))

    def relative_draws(self, counts: Floats, _frequency: Floats, seed: int) -> Floats:
        """Total spend of drawn purchase counts, in units of the expected spend per purchase."""
        if self.variation < 1e-6:
            return counts
        shape = 1 / self.variation**2
        rng = np.random.default_rng(seed)
        return np.asarray(rng.standard_gamma(np.maximum(counts * shape, 0)) / shape)
