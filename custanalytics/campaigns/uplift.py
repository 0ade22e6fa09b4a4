"""Whom a contact changes most, offered only where held-out data show that the ranking ranks."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm
from threadpoolctl import threadpool_limits

from custanalytics.campaigns.differences import effect_table
from custanalytics.check import Check
from custanalytics.errors import UnsupportedError
from custanalytics.scoring.calibration import Bools, Floats
from custanalytics.scoring.pipelines import logistic
from custanalytics.sentences import tell

FEWEST_PER_ARM = 200
GROUPS = 5


@dataclass(frozen=True)
class Uplift:
    """Ranking by the effect a contact is expected to have, and whether it holds.

    Attributes
    ----------
    uplift : array of float or None
        Expected difference in rates for each row; None where the ranking did not hold.
    groups : DataFrame
        Held-out rows by fifth of the ranking, largest expected effect first; columns as
        `CampaignEffect.effects`, ``segment`` numbered from '1', 'all' first.
    check : Check
        Whether the upper half of the ranking gained more than the lower half.
    """

    uplift: Floats | None
    groups: pd.DataFrame
    check: Check


def rank_uplift(X: pd.DataFrame, treated: Bools, converted: Bools, seed: int = 0) -> Uplift:
    """Rank by the effect of a contact, from a past campaign with a random control group.

    Two models, one for the contacted and one for the untouched, are fitted on half of the
    rows; on the other half the effect is measured by fifth of their difference.

    Parameters
    ----------
    X : DataFrame
        What was known before the contact; numbers as float, categories as text.
    treated : array of bool
        Who was contacted, drawn at random.
    converted : array of bool
        Who converted.
    seed : int, default 0
        Decides the halves.

    Returns
    -------
    Uplift

    Raises
    ------
    UnsupportedError
        Fewer than 200 contacted or untouched, or an arm with one outcome only.

    References
    ----------
    Radcliffe and Surry (2011), Real-world uplift modelling with significance-based uplift
    trees, section 2 (the two-model approach).
    """
    smallest = int(min(treated.sum(), (~treated).sum()))
    if smallest < FEWEST_PER_ARM:
        raise UnsupportedError(
            tell(
                "Ranking by effect needs at least {fewest} contacted and as many untouched; the "
                "smaller group has {n}.",
                fewest=FEWEST_PER_ARM,
                n=smallest,
            )
        )
    learn = np.random.default_rng(seed).permutation(len(X)) % 2 == 0
    with threadpool_limits(limits=1):
        held_out = _difference(X[learn], treated[learn], converted[learn], X[~learn], seed)
        final = _difference(X, treated, converted, X, seed)
    rank = np.empty(len(held_out), dtype=np.int64)
    rank[np.argsort(-held_out, kind="stable")] = np.arange(len(held_out))
    fifth = (rank * GROUPS // len(rank) + 1).astype(str)
    treated, converted = treated[~learn], converted[~learn]
    groups = effect_table(treated, converted, None, fifth)
    gain, error = _halves(rank < len(rank) / 2, treated, converted)
    holds = gain > float(norm.ppf(0.95)) * error
    figures = {"gain": 100 * gain, "error": 100 * error}
    sentence = (
        tell(
            "On rows held out, the effect on the half expected to gain more differs by "
            "{gain:+.1f} percentage points from that on the other (standard error {error:.1f}): "
            "the ranking by effect can be used.",
            **figures,
        )
        if holds
        else tell(
            "On rows held out, the effect on the half expected to gain more differs by "
            "{gain:+.1f} percentage points from that on the other (standard error {error:.1f}): "
            "ranking by effect is not offered.",
            **figures,
        )
    )
    check = Check("uplift.ranks", holds, sentence, gain, 0.0)
    return Uplift(final if holds else None, groups, check)


def _difference(
    X: pd.DataFrame, treated: Bools, converted: Bools, target: pd.DataFrame, seed: int
) -> Floats:
    rates = []
    for arm in (treated, ~treated):
        if len(np.unique(converted[arm])) < 2:
            raise UnsupportedError(
                tell("Ranking by effect needs both outcomes among the contacted and the untouched.")
            )
        model = logistic(X[arm], seed).fit(X[arm], converted[arm])
        rates.append(model.predict_proba(target)[:, 1])
    return np.asarray(rates[0] - rates[1])


def _halves(upper: Bools, treated: Bools, converted: Bools) -> tuple[float, float]:
    """Effect in the upper half less that in the lower, and its standard error."""
    effects, variance = [], 0.0
    for half in (upper, ~upper):
        arms = [converted[half & treated], converted[half & ~treated]]
        effects.append(float(arms[0].mean() - arms[1].mean()))
        variance += sum(float(arm.var(ddof=1)) / len(arm) for arm in arms)
    return effects[0] - effects[1], float(np.sqrt(variance))
