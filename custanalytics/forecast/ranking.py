"""Who buys more than whom: purchase models, carried rates and learned models together.

Learned at earlier cutoffs with each cutoff's own level taken out, so only the ranking counts. Two
halves of the customers are learned apart: each half's weights and chances are judged by what the
other half taught.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import PoissonRegressor

from custanalytics.value_models.inputs import Floats

FURTHEST = 4.0
RIDGE = 1e-3
STEPS = 40
ROUNDS = 40
# what each candidate counts before any purchase has spoken, and for how many purchases that does
PRIOR_WEIGHTS = np.array([0.4, 0.15, 0.3, 0.15])
PRIOR_PURCHASES = 30.0
BENT = (1, 2, 10, 14)


@dataclass(frozen=True)
class Scale:
    """Features as numbers around 0, none further out than learned."""

    mean: Floats
    sd: Floats

    @classmethod
    def of(cls, features: Floats) -> "Scale":
        """Mean and spread of each feature."""
        return cls(features.mean(axis=0), np.maximum(features.std(axis=0), 1e-6))

    def apply(self, features: Floats) -> Floats:
        """Scaled features, and the squares of those whose effect bends."""
        near = np.clip((features - self.mean) / self.sd, -FURTHEST, FURTHEST)
        return np.hstack([near, near[:, BENT] ** 2])


@dataclass(frozen=True)
class Steps:
    """Features cut into steps of about as many customers each: quick to grow trees on."""

    edges: list[Floats]

    @classmethod
    def of(cls, features: Floats) -> "Steps":
        """Cut at quantiles."""
        at = np.quantile(features, np.linspace(0, 1, STEPS + 1)[1:-1], axis=0)
        return cls([np.unique(column) for column in at.T])

    def apply(self, features: Floats) -> Floats:
        """The number of each value's step."""
        columns = zip(self.edges, features.T, strict=True)
        return np.column_stack(
            [np.searchsorted(edges, values).astype(np.float64) for edges, values in columns]
        )


@dataclass(frozen=True)
class Learned:
    """A regression and boosted trees for one span of time, learned on one half of customers."""

    scale: Scale
    steps: Steps
    regression: Any
    trees: Any

    @classmethod
    def fitted(cls, features: Floats, target: Floats, weight: Floats, seed: int) -> "Learned":
        """Learn Poisson rates."""
        scale, steps = Scale.of(features), Steps.of(features)
        regression = PoissonRegressor(alpha=RIDGE, solver="newton-cholesky", max_iter=50)
        trees = HistGradientBoostingRegressor(
            loss="poisson",
            learning_rate=0.1,
            max_iter=50,
            max_leaf_nodes=8,
            min_samples_leaf=40,
            l2_regularization=1.0,
            early_stopping=False,
            random_state=seed,
        )
        return cls(
            scale,
            steps,
            regression.fit(scale.apply(features), target, sample_weight=weight),
            trees.fit(steps.apply(features), target, sample_weight=weight),
        )

    def predicted(self, features: Floats) -> Floats:
        """Rates by both: customers by 2."""
        both = (
            self.regression.predict(self.scale.apply(features)),
            self.trees.predict(self.steps.apply(features)),
        )
        return np.column_stack(both)


def mixture_weights(candidates: Floats, purchases: Floats) -> Floats:
    """Weights of candidates of one level that make where the purchases fell most likely."""
    prior = PRIOR_WEIGHTS[: candidates.shape[1]] / PRIOR_WEIGHTS[: candidates.shape[1]].sum()
    weights = prior
    total = float(purchases.sum())
    bought = purchases > 0
    rates, counts = np.maximum(candidates[bought], 1e-12), purchases[bought]
    for _ in range(ROUNDS):
        share = rates * weights
        spoken = counts @ (share / share.sum(axis=1, keepdims=True))
        weights = (spoken + PRIOR_PURCHASES * prior) / (total + PRIOR_PURCHASES)
    return np.asarray(weights)
