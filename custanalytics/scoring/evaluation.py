"""How good a probability is: numbers and tables from outcomes and predictions, no plots."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm, rankdata
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

GROUPS = 10


def wilson_interval(
    converted: Floats | float, n: Floats | float, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Interval of a rate that stays between 0 and 1 and works for small counts.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference,
    JASA 22(158), 209-212.

    Examples
    --------
    >>> low, high = wilson_interval(1, 10)
    >>> print(f"{float(low):.4f} {float(high):.4f}")
    0.0179 0.4042
    """
    n, rate = np.asarray(n, dtype=float), np.asarray(converted, dtype=float) / n
    z = float(norm.ppf((1 + level) / 2))
    centre = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def expected_calibration_error(y: Bools, p: Floats) -> float:
    """Mean distance between predicted and observed rate over ten groups of equal size.

    References
    ----------
    Naeini, Cooper and Hauskrecht (2015), Obtaining well calibrated probabilities using
    Bayesian binning, AAAI, equation 1 (here with groups of equal size).

    Examples
    --------
    >>> import numpy as np
    >>> expected_calibration_error(np.array([False, True]), np.array([0.5, 0.5]))
    0.5
    """
    gaps = [abs(y[g].mean() - p[g].mean()) * len(g) for g in _equal_groups(p)]
    return float(sum(gaps) / len(y))


def mean_loss(y: Bools, p: Floats) -> float:
    """Log-loss of probabilities that are none of them 0 or 1; a tenth of scikit-learn's time."""
    return float(losses(y, p).mean())


def auc(y: Bools, p: Floats) -> float:
    """Share of the pairs with both outcomes in which the converted one stands above.

    References
    ----------
    Mann and Whitney (1947), Annals of Mathematical Statistics 18(1), 50-60: the U statistic.

    Examples
    --------
    >>> auc(np.array([False, True, False, True]), np.array([0.1, 0.4, 0.4, 0.8]))
    0.875
    """
    hits = int(y.sum())
    above = float(rankdata(p)[y].sum()) - hits * (hits + 1) / 2
    return above / (hits * (len(y) - hits))


def measures(y: Bools, p: Floats) -> dict[str, float]:
    """Log-loss, Brier score, AUC, average precision and calibration error of predictions."""
    return {
        "log_loss": float(log_loss(y, p)),
        "brier_score": float(brier_score_loss(y, p)),
        "auc": float(roc_auc_score(y, p)),
        "average_precision": float(average_precision_score(y, p)),
        "ece": expected_calibration_error(y, p),
    }


def decile_table(y: Bools, p: Floats) -> pd.DataFrame:
    """Outcome by tenth of the list, most likely first."""
    return _grouped(y, p, np.argsort(-p, kind="stable"))


def reliability_table(y: Bools, p: Floats) -> pd.DataFrame:
    """Predicted against observed rate in ten groups of equal size."""
    table = _grouped(y, p, np.argsort(-p, kind="stable")).iloc[::-1].reset_index(drop=True)
    names = {
        "mean_propensity": "prob_pred",
        "rate": "prob_true",
        "n": "n",
        "rate_low": "low",
        "rate_high": "high",
    }
    return table[list(names)].rename(columns=names)


@dataclass(frozen=True)
class Interval:
    """A figure with the bounds that resampling the rows gives it."""

    value: float
    low: float
    high: float


def log_loss_gain(
    y: Bools, p: Floats, rival: Floats, seed: int, level: float = 0.95, draws: int = 500
) -> Interval:
    """How much lower the log-loss is than a rival's on the same rows, with its interval."""
    gain = losses(y, rival) - losses(y, p)
    rng = np.random.default_rng(seed)
    means = [gain[rng.integers(0, len(gain), len(gain))].mean() for _ in range(draws)]
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(gain.mean()), float(low), float(high))


def measure_intervals(
    y: Bools, p: Floats, seed: int, level: float = 0.95, draws: int = 200
) -> dict[str, float]:
    """Bounds of every measure when the rows are resampled."""
    order = np.argsort(-p, kind="stable")
    y, p = y[order], p[order]
    starts = np.flatnonzero(np.concatenate([[True], np.diff(p) != 0]))
    lost, squares = losses(y, p), (p - y) ** 2
    tenth = np.repeat(np.arange(GROUPS), [len(g) for g in np.array_split(p, GROUPS)])
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(draws):
        weight = np.bincount(rng.integers(0, len(y), len(y)), minlength=len(y)).astype(float)
        hits = np.add.reduceat(weight * y, starts)
        misses = np.add.reduceat(weight * ~y, starts)
        found, wrong = hits.cumsum(), misses.cumsum()
        if not found[-1] or not wrong[-1]:
            continue
        precision = found / np.maximum(found + wrong, 1)
        off = np.bincount(tenth, weight * (y - p), minlength=GROUPS)
        rows.append(
            {
                "log_loss": weight @ lost / len(y),
                "brier_score": weight @ squares / len(y),
                "auc": (hits * (wrong[-1] - wrong + misses / 2)).sum() / found[-1] / wrong[-1],
                "average_precision": (hits * precision).sum() / found[-1],
                "ece": np.abs(off).sum() / len(y),
            }
        )
    drawn = pd.DataFrame(rows)
    low, high = drawn.quantile((1 - level) / 2), drawn.quantile((1 + level) / 2)
    lower = {f"{name}_low": float(value) for name, value in low.items()}
    return lower | {f"{name}_high": float(value) for name, value in high.items()}


def losses(y: Bools, p: Floats) -> Floats:
    """Log-loss of each row, by probabilities that are none of them 0 or 1."""
    return np.asarray(-np.log(np.where(y, p, 1 - p)))


def _equal_groups(p: Floats) -> list[NDArray[np.intp]]:
    return np.array_split(np.argsort(p, kind="stable"), min(GROUPS, len(p)))


def _grouped(y: Bools, p: Floats, order: NDArray[np.intp]) -> pd.DataFrame:
    groups = np.array_split(order, min(GROUPS, len(p)))
    n = np.array([len(g) for g in groups])
    converted = np.array([int(y[g].sum()) for g in groups])
    low, high = wilson_interval(converted.astype(float), n.astype(float))
    total = converted.sum()
    rate = converted / n
    nothing = np.full(len(n), np.nan)
    return pd.DataFrame(
        {
            "decile": np.arange(1, len(groups) + 1),
            "n": n,
            "converted": converted,
            "rate": rate,
            "rate_low": low,
            "rate_high": high,
            "mean_propensity": [float(p[g].mean()) for g in groups],
            "lift": rate / y.mean() if total else nothing,
            "cumulative_gain": converted.cumsum() / total if total else nothing,
        }
    )
