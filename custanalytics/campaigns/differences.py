"""The difference between the contacted and the untouched, with its interval."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from custanalytics.errors import UnsupportedError
from custanalytics.scoring.calibration import Bools, Floats
from custanalytics.scoring.evaluation import wilson_interval
from custanalytics.sentences import tell

FEWEST_PER_GROUP = 20
EVERYONE = "all"
TAILS = (0.025, 0.975)
KEPT_SHARE = 0.99
REPEATS = 1_000


def difference_interval(
    a: int, n_a: int, b: int, n_b: int, level: float = 0.95
) -> tuple[float, float]:
    """Interval of the difference of two rates, sound for small counts.

    References
    ----------
    Newcombe (1998), Interval estimation for the difference between independent proportions,
    Statistics in Medicine 17, 873-890, method 10.

    Examples
    --------
    >>> low, high = difference_interval(56, 70, 48, 80)
    >>> print(f"{low:.4f} {high:.4f}")
    0.0524 0.3339
    """
    p, q = a / n_a, b / n_b
    p_low, p_high = (float(bound) for bound in wilson_interval(a, n_a, level))
    q_low, q_high = (float(bound) for bound in wilson_interval(b, n_b, level))
    return (
        p - q - float(np.hypot(p - p_low, q_high - q)),
        p - q + float(np.hypot(p_high - p, q - q_low)),
    )


def effect_table(
    treated: Bools,
    converted: Bools,
    spend: Floats | None,
    segment: np.ndarray | None,
    strata: np.ndarray | None = None,
) -> pd.DataFrame:
    """Rates of both groups and their difference, for all and by segment.

    Notes
    -----
    An effect over strata is the sum of w d, its bounds the sum less or plus the root of the
    sum of (w (d - bound))**2, with the bounds of each stratum's difference d as in
    `difference_interval`.

    References
    ----------
    Zou and Donner (2008), Construction of confidence limits about effect measures, Statistics
    in Medicine 27, 1693-1702, equation 5.
    """
    everyone = np.ones(len(treated), dtype=bool)
    if min(treated.sum(), (~treated).sum()) < FEWEST_PER_GROUP:
        raise UnsupportedError(
            tell(
                "An effect needs at least {fewest} contacted and as many untouched; there are "
                "{contacted} and {untouched}.",
                fewest=FEWEST_PER_GROUP,
                contacted=int(treated.sum()),
                untouched=int((~treated).sum()),
            )
        )
    within = np.zeros(len(treated), dtype=np.int64)
    if strata is not None:
        within = np.unique(strata, return_inverse=True)[1]
    parts = [(EVERYONE, everyone)]
    if segment is not None:
        parts += [(str(name), segment == name) for name in np.unique(segment)]
    return pd.DataFrame(
        [
            {
                "segment": name,
                **_effect(treated[i], converted[i], None if spend is None else spend[i], within[i]),
            }
            for name, i in parts
        ]
    )


def rate_alone(effects: pd.DataFrame) -> "pd.Series[float]":
    """What the effect was held against: the untouched in the strata of the contacted.

    As counted, where no effect is given.
    """
    return (effects["rate_contact"] - effects["effect"]).fillna(effects["rate_control"])


def _effect(
    treated: Bools, converted: Bools, spend: Floats | None, within: NDArray[np.int64]
) -> dict[str, float]:
    n, m = int(treated.sum()), int((~treated).sum())
    a, b = int(converted[treated].sum()), int(converted[~treated].sum())
    nan = float("nan")
    row: dict[str, float] = {
        "n_contact": n,
        "converted_contact": a,
        "rate_contact": a / n if n else nan,
        "n_control": m,
        "converted_control": b,
        "rate_control": b / m if m else nan,
    }
    names = ["effect", "effect_low", "effect_high", "extra_conversions"]
    names += ["spend_effect", "spend_effect_low", "spend_effect_high", "spend_effect_trimmed"]
    row |= dict.fromkeys(names, nan)
    strata = [within == stratum for stratum in np.unique(within)]
    both = all((i & treated).any() and (i & ~treated).any() for i in strata)
    if min(n, m) < FEWEST_PER_GROUP or not both:
        return row
    weights = np.array([(i & treated).sum() / n for i in strata])
    found = np.array([_difference(converted[i & treated], converted[i & ~treated]) for i in strata])
    effect = float(weights @ found[:, 0])
    low, high = (
        float(np.sqrt((weights**2) @ (found[:, 0] - found[:, bound]) ** 2)) for bound in (1, 2)
    )
    row |= {"effect": effect, "effect_low": effect - low, "effect_high": effect + high}
    row["extra_conversions"] = effect * n
    if spend is not None:
        row["spend_effect"] = gain_within(treated, spend, strata)[0]
        drawn = _drawn_again(treated, spend, strata)
        row["spend_effect_low"], row["spend_effect_high"] = map(float, np.quantile(drawn, TAILS))
        some = spend[spend > 0]
        cut = np.minimum(spend, np.quantile(some, KEPT_SHARE)) if len(some) else spend
        row["spend_effect_trimmed"] = gain_within(treated, cut, strata)[0]
    return row


def _difference(mine: Bools, theirs: Bools) -> tuple[float, float, float]:
    bounds = difference_interval(int(mine.sum()), len(mine), int(theirs.sum()), len(theirs))
    return float(mine.mean() - theirs.mean()), *bounds


def gain_within(treated: Bools, values: Floats, strata: Sequence[Bools]) -> tuple[float, float]:
    """Mean of the contacted less that of the untouched, over strata, and its standard error."""
    gain = variance = 0.0
    for i in strata:
        mine, theirs = values[i & treated], values[i & ~treated]
        weight = len(mine) / treated.sum()
        gain += weight * float(mine.mean() - theirs.mean())
        variance += weight**2 * (_variance(mine) / len(mine) + _variance(theirs) / len(theirs))
    return gain, float(np.sqrt(variance))


def _drawn_again(treated: Bools, values: Floats, strata: Sequence[Bools]) -> Floats:
    """The gain in samples drawn again, each row as often as a Poisson draw says.

    Rows that brought nothing are many and alike, so that their number alone is drawn.
    """
    random = np.random.default_rng(0)
    gains = np.zeros(REPEATS)
    for i in strata:
        share = (i & treated).sum() / treated.sum()
        for sign, arm in ((1.0, treated), (-1.0, ~treated)):
            own = values[i & arm]
            some = own[own != 0]
            n = random.poisson(len(own) - len(some), REPEATS)
            total = np.zeros(REPEATS)
            for at in range(REPEATS):
                times = random.poisson(1.0, len(some))
                n[at] += times.sum()
                total[at] = times @ some
            gains += sign * share * total / np.maximum(n, 1)
    return gains


def _variance(values: Floats) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0
