"""Models and rules of thumb held against what customers did next."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from custanalytics.clv import intervals
from custanalytics.clv.holdouts import length_of
from custanalytics.clv.rivals import RuleOfThumb, rules_of_thumb
from custanalytics.value_models.gamma_gamma import GammaGamma
from custanalytics.value_models.inputs import Codes, Floats, Rows, checked, unique_rows
from custanalytics.value_models.mean_spend import MeanSpend
from custanalytics.value_models.purchase_models import PurchaseModel
from custanalytics.value_models.registry import model_class

Candidate = PurchaseModel | RuleOfThumb
Spend = GammaGamma | MeanSpend

LAST_CLASS = 7
# coverage is measured on so many customers, and models tried on a holdout are fitted on so many:
# enough to know it to half a percent, and the parameters to about one
COVERAGE_CUSTOMERS, FIT_CUSTOMERS = 4_000, 40_000
# futures drawn in all, and at least for each group: chance evens out over many groups
COVERAGE_NUMBERS, COVERAGE_DRAWS = 200_000, 250


@dataclass(frozen=True)
class Validation:
    """How the candidates did on one holdout."""

    # one row per candidate, see `validate`
    table: pd.DataFrame
    # per candidate and frequency class
    calibration: pd.DataFrame
    # per candidate and decile of the prediction, 1 = highest
    deciles: pd.DataFrame


def candidates(
    rows: Rows,
    models: Sequence[str],
    earlier: pd.DataFrame | None = None,
    last_year: pd.DataFrame | None = None,
    attributed: PurchaseModel | None = None,
) -> list[Candidate]:
    """Fit the named models and take the rules of thumb, all on the same rows."""
    fitted = [model_class(name).fitted(rows) for name in models]
    known = [attributed] if attributed else []
    return [*fitted, *known, *rules_of_thumb(rows, earlier, last_year)]


def expected_by_month(candidate: Candidate, rows: Rows, ends: Floats) -> Floats:
    """Expected purchases of each row's customers in each month."""
    groups, code = candidate.groups(rows)
    months = np.diff(candidate.expected_if_alive(groups, ends), axis=1, prepend=0.0)
    return np.asarray(candidate.p_alive(rows)[:, None] * months[code])


def thinned(frame: pd.DataFrame, size: int) -> pd.DataFrame:
    """Take customers at equal distances, so that about so many stay, or all."""
    return frame.iloc[:: max(1, len(frame) // size)]


def _coverage(
    candidate: Candidate, frame: pd.DataFrame, days: float, level: float, seed: int
) -> tuple[float, float]:
    """`intervals.coverage` of a candidate, on `COVERAGE_CUSTOMERS`."""
    sample = thinned(frame, COVERAGE_CUSTOMERS)
    rows = unique_rows(sample)
    groups, at = candidate.groups(rows)
    shared, code = intervals.sharing(groups)
    size = intervals.draws_for(len(shared), COVERAGE_NUMBERS, COVERAGE_DRAWS)
    ordered = np.sort(candidate.draws(shared, days, size, seed), axis=1)
    group = code[at][rows.code]
    alive = candidate.p_alive_mean(rows, seed)[rows.code]
    actual = sample["holdout_frequency"].to_numpy(np.float64)
    return intervals.coverage(ordered, group, alive, actual, level)


def validate(
    holdout: pd.DataFrame,
    models: Sequence[str],
    spend: Spend,
    level: float | None,
    seed: int,
    earlier: pd.DataFrame | None = None,
    last_year: pd.DataFrame | None = None,
    attributed: PurchaseModel | None = None,
) -> Validation:
    """Fit on the time before a cutoff and compare with the time after it."""
    frame = checked(holdout)
    rows = unique_rows(frame)
    learned = unique_rows(thinned(frame, FIT_CUSTOMERS))
    actual = frame["holdout_frequency"].to_numpy(np.float64)
    revenue = float(frame["holdout_spend"].sum())
    days = float(frame["holdout_days"].iloc[0])
    money = spend.expected_spend(
        frame["frequency"].to_numpy(np.float64), frame["monetary_value"].to_numpy(np.float64)
    )
    table, calibration, deciles = [], [], []
    for candidate in candidates(learned, models, earlier, last_year, attributed):
        alive = candidate.p_alive(rows)
        groups, code = candidate.groups(rows)
        at = np.array([days])
        expected = alive * candidate.expected_if_alive(groups, at)[code, 0]
        buys = alive * (1 - candidate.nothing_if_alive(groups, at)[code, 0])
        predicted, p_purchase = expected[rows.code], buys[rows.code]
        plain, shared = (
            _coverage(candidate, frame, days, level, seed) if level else (np.nan, np.nan)
        )
        miss = predicted - actual
        total = float(actual.sum())
        earned = float(predicted @ money)
        mae = float(np.abs(miss).mean())
        table.append(
            {
                "candidate": candidate.name,
                "role": "baseline" if isinstance(candidate, RuleOfThumb) else "model",
                "customers": len(frame),
                "holdout_days": length_of(frame),
                "actual_purchases": total,
                "predicted_purchases": float(predicted.sum()),
                "total_error": _relative(float(predicted.sum()), total),
                "mae": mae,
                "rmse": float(np.sqrt((miss**2).mean())),
                "score": mae + abs(float(miss.mean())),
                "spearman": spearman(predicted, actual),
                "gini": normalised_gini(predicted, actual),
                "log_loss": log_loss(p_purchase, (actual > 0).astype(np.float64)),
                "actual_revenue": revenue,
                "predicted_revenue": earned,
                "revenue_error": _relative(earned, revenue),
                "interval_coverage": plain,
                "interval_coverage_pit": shared,
                "interval_level": np.nan if level is None else level,
            }
        )
        calibration.append(_by_frequency(candidate.name, frame, predicted))
        deciles.append(_by_decile(candidate.name, predicted, actual))
    return Validation(
        pd.DataFrame(table),
        pd.concat(calibration, ignore_index=True),
        pd.concat(deciles, ignore_index=True),
    )


def mean_scores(table: pd.DataFrame) -> "pd.Series[float]":
    """Mean score of each candidate over all origins, relative to purchases per customer.

    A rule that learns from a holdout has none to learn from at the first origins. Its score
    there is taken to be as much better or worse than the best of the others as it was where
    it was tried; where it was tried on fewer than half of the origins, it is left out.
    """
    usual = np.maximum(table["actual_purchases"] / table["customers"], 1e-12)
    relative = table.assign(score=table["score"] / usual)
    wide = relative.pivot_table(index="origin", columns="candidate", values="score")
    wide = wide[list(dict.fromkeys(table["candidate"]))]
    always = wide.columns[wide.notna().all()]
    champion = wide[wide[always].mean().idxmin()]
    scores = {}
    for name in wide.columns:
        tried = wide[name].notna()
        if 2 * int(tried.sum()) >= len(wide):
            scores[name] = champion.mean() * wide[name][tried].mean() / champion[tried].mean()
    return pd.Series(scores, dtype="float64")


def best_candidate(table: pd.DataFrame) -> str:
    """Name of the candidate with the lowest mean score; ties go to the first."""
    return str(mean_scores(table).idxmin())


def _relative(predicted: float, actual: float) -> float:
    return predicted / actual - 1 if actual > 0 else float("nan")


def _by_frequency(name: str, frame: pd.DataFrame, predicted: Floats) -> pd.DataFrame:
    upper = frame["frequency"].clip(upper=LAST_CLASS).to_numpy(np.int64)
    means = _class_means(upper, frame["holdout_frequency"].to_numpy(np.float64), predicted)
    label = [str(k) if k < LAST_CLASS else f"{LAST_CLASS}+" for k in means.index]
    means.insert(0, "frequency_class", label)
    means.insert(0, "candidate", name)
    return means.reset_index(drop=True)


def _by_decile(name: str, predicted: Floats, actual: Floats) -> pd.DataFrame:
    order = np.argsort(-predicted, kind="stable")
    decile = np.empty(len(order), dtype=np.int64)
    decile[order] = np.arange(len(order)) * 10 // len(order) + 1
    means = _class_means(decile, actual, predicted).rename_axis("decile").reset_index()
    means.insert(0, "candidate", name)
    return means


def _class_means(code: Codes, actual: Floats, predicted: Floats) -> pd.DataFrame:
    """Customers and means of each class that has any (groupby takes ten times as long)."""
    customers = np.bincount(code)
    present = np.flatnonzero(customers)
    customers = customers[present]
    return pd.DataFrame(
        {
            "customers": customers,
            "actual_mean": np.bincount(code, actual)[present] / customers,
            "predicted_mean": np.bincount(code, predicted)[present] / customers,
        },
        index=present,
    )


def spearman(predicted: Floats, actual: Floats) -> float:
    """Rank correlation; NaN where one side is constant."""
    a, b = rankdata(predicted), rankdata(actual)
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def normalised_gini(predicted: Floats, actual: Floats) -> float:
    """How well the predictions rank the actual values: 1 as they do themselves, 0 by chance."""

    def area(order: Floats) -> float:
        values, code = np.unique(-order, return_inverse=True)
        count = np.bincount(code, minlength=len(values)).astype(np.float64)
        held = np.bincount(code, actual, len(values))
        x, y = np.cumsum(count) / len(actual), np.cumsum(held) / actual.sum()
        return float(np.trapezoid(np.append(0, y), np.append(0, x))) - 0.5

    if len(actual) == 0 or actual.sum() <= 0:
        return float("nan")
    best = area(actual)
    return area(predicted) / best if best > 0 else float("nan")


def log_loss(probability: Floats, happened: Floats) -> float:
    """Mean surprise of yes/no outcomes."""
    return float(np.mean(log_losses(probability, happened)))


def log_losses(probability: Floats, happened: Floats) -> Floats:
    """Surprise of each yes/no outcome; certainties are held to 1 in 1,000."""
    p = np.clip(probability, 0.001, 0.999)
    return np.asarray(-(happened * np.log(p) + (1 - happened) * np.log(1 - p)))
