"""What a purchase brings: each customer's own mean, drawn towards the base's."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import GammaRegressor

from custanalytics.forecast.ranking import Scale
from custanalytics.forecast.snapshot import Snapshot
from custanalytics.value_models.inputs import Floats

# purchases that the base's mean counts for, at the least and at the most
FEWEST, MOST = 0.3, 20.0
# spend above this quantile of purchase days' counts as that much in finding out the variances
WINSOR = 0.99
RIDGE = 0.05


def shrunk_spend(now: Snapshot) -> tuple[Floats, float]:
    """Spend per purchase day expected of each customer, and a purchase's variation around it.

    References
    ----------
    Bühlmann (1967), Experience Rating and Credibility, ASTIN Bulletin 4 (3), 199-207.
    """
    days = now.frequency + 1
    mean = now.spent / days
    top = float(np.quantile(mean, WINSOR))
    capped = np.minimum(mean, top)
    base = float(days @ capped / days.sum())
    own = np.maximum(now.spent_square - now.spent**2 / days, 0.0)
    usual = now.spent <= top * days
    within = float(own[usual].sum() / max(float(now.frequency[usual].sum()), 1.0))
    between = max(float(np.var(capped)) - within * float(np.mean(1 / days)), 1e-3 * base**2)
    drawn = float(np.clip(within / between, FEWEST, MOST))
    variation = float(np.sqrt(within) / max(base, 1e-12))
    return (now.spent + drawn * base) / (days + drawn), variation


@dataclass(frozen=True)
class SpendModel:
    """Spend per purchase in shares of the unit, learned from purchases after earlier cutoffs."""

    scale: Scale
    regression: Any
    most: float

    @classmethod
    def fitted(cls, features: Floats, spend: Floats, purchases: Floats) -> "SpendModel":
        """Learn from customers who bought: a gamma regression, purchases as weights."""
        scale = Scale.of(features)
        most = float(np.quantile(spend, 0.995))
        held = np.clip(spend, 0.02, most)
        regression = GammaRegressor(alpha=RIDGE, solver="newton-cholesky", max_iter=50)
        fitted = regression.fit(scale.apply(features), held, sample_weight=np.sqrt(purchases))
        return cls(scale, fitted, most)

    def predicted(self, features: Floats) -> Floats:
        """Spend per purchase, in shares of the unit."""
        return np.asarray(
            np.minimum(self.regression.predict(self.scale.apply(features)), self.most)
        )
