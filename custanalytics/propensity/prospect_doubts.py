"""What a reader must know before relying on a prospect's probability, as checks."""

import numpy as np
import pandas as pd

from custanalytics.checks import Check
from custanalytics.propensity.contest import CROSS_VALIDATED, OUT_OF_TIME
from custanalytics.propensity.evaluation import Interval
from custanalytics.propensity.leaks import Leak
from custanalytics.propensity.ordering import Order
from custanalytics.propensity.outcome import Outcomes

LARGEST_CALIBRATION_ERROR = 0.03
LARGEST_AUC_GAP = 0.03
STILL_LEARNING = 0.01


def outcome_found(outcomes: Outcomes) -> Check:
    """Which column says who converted, to be confirmed where it was found."""
    outcome, known = outcomes.outcome, outcomes.known
    how = "found by its name and values; please confirm" if outcome.found else "as named"
    n, rate = int(known.sum()), float(outcomes.converted[known].mean())
    return Check(
        "prospects.outcome",
        passed=None if outcome.found else True,
        sentence=f"The column {outcome.column} says who converted ({outcome.positive!r} counts; "
        f"{how}): {rate:.1%} of {n} decided prospects, with "
        f"{int((~known).sum())} still open.",
        value=rate,
    )


def leaks_found(leaks: list[Leak], left_out: set[str], with_leaks: pd.DataFrame) -> Check:
    """Which columns give the outcome away, and what leaving them out changes."""
    if not leaks:
        return Check(
            "prospects.leaks", True, "No column was found that gives the outcome away.", 0.0, 0.0
        )
    auc = with_leaks.set_index("leaks")["auc"]
    kept = sorted({leak.column for leak in leaks} - left_out)
    told = " ".join(leak.sentence for leak in leaks)
    done = f"Left out, the AUC is {auc['left out']:.3f}"
    done += f"; left in, it would seem {auc['left in']:.3f}." if left_out else "."
    if kept:
        done += f" Kept on request: {', '.join(kept)}."
    return Check("prospects.leaks", False, f"{told} {done}", float(len(leaks)), 0.0)


def beats_base_rate(name: str, role: str, gain: Interval) -> Check:
    """Whether the columns tell anything about who converts."""
    if role == "baseline":
        sentence = "No model predicted better than the overall rate, so every prospect gets that."
        return Check("prospects.beats_base_rate", False, sentence, gain.value, 0.0)
    better = gain.low > 0
    claim = "predicted better than" if better else "was not clearly better than"
    return Check(
        "prospects.beats_base_rate",
        passed=better,
        sentence=f"The {name} model {claim} the overall rate (log-loss lower by "
        f"{gain.value:.4f}, 95 % interval {gain.low:.4f} to {gain.high:.4f}).",
        value=gain.value,
        threshold=0.0,
    )


def calibrated(evaluation: pd.DataFrame) -> Check:
    """Whether the probabilities can be taken at their word, cross-validated."""
    row = _of(evaluation, CROSS_VALIDATED)
    return Check(
        "prospects.calibration",
        passed=bool(row["ece"] <= LARGEST_CALIBRATION_ERROR),
        sentence=f"Cross-validated, predicted and observed rates differ by {row['ece']:.1%} on "
        "average over ten groups.",
        value=float(row["ece"]),
        threshold=LARGEST_CALIBRATION_ERROR,
        source="rule of thumb",
    )


def drifts(evaluation: pd.DataFrame, order: Order, predicted: float | None) -> Check:
    """Whether the model holds for prospects that came later than those it learned from."""
    name = "prospects.out_of_time"
    if predicted is None:
        why = order.sentence if order.basis is None else (
            f"{order.sentence} Its last fifth holds too few of one outcome to test on."
        )  # fmt: skip
        return Check(name, None, f"{why} So there is no out-of-time test.")
    cross, later = _of(evaluation, CROSS_VALIDATED), _of(evaluation, OUT_OF_TIME)
    gap = float(cross["auc"] - later["auc"])
    before = (cross["positives"] - later["positives"]) / (cross["n"] - later["n"])
    rate = later["positives"] / later["n"]
    off = abs(rate - predicted)
    return Check(
        name,
        passed=bool(abs(gap) <= LARGEST_AUC_GAP and off <= LARGEST_CALIBRATION_ERROR),
        sentence=f"{order.sentence} Learned on the first four fifths and tested on the last, the "
        f"AUC is {later['auc']:.3f} ({later['auc_low']:.3f} to {later['auc_high']:.3f}), against "
        f"{cross['auc']:.3f} ({cross['auc_low']:.3f} to {cross['auc_high']:.3f}) "
        f"cross-validated. {before:.1%} converted before and {rate:.1%} in the last fifth, where "
        f"{predicted:.1%} were predicted: the bounds of each probability carry such a shift.",
        value=gap,
        threshold=LARGEST_AUC_GAP,
        source="rule of thumb",
    )


def more_data(curve: pd.DataFrame) -> Check:
    """Whether the learning curve still falls at its end."""
    name = "prospects.learning_curve"
    if len(curve) < 2:
        return Check(name, None, "There are too few prospects to say whether more would help.")
    previous, last = curve["log_loss"].iloc[-2:]
    better = float(1 - last / previous)
    growing = better > STILL_LEARNING
    end = "more would probably help" if growing else "more alone would hardly help"
    return Check(
        name,
        passed=not growing,
        sentence=f"Learning from {curve['n'].iloc[-1]} instead of {curve['n'].iloc[-2]} prospects "
        f"changed the log-loss by {-better:+.1%}: {end}.",
        value=better,
        threshold=STILL_LEARNING,
        source="rule of thumb",
    )


def not_cause(importance: pd.DataFrame) -> Check:
    """What the predictions rest on, with the warning that it is no cause."""
    clear = importance[importance["log_loss_rise"] > 2 * importance["log_loss_rise_sd"]]
    names = ", ".join(clear["input"].head(3)) or "no single column"
    return Check(
        "prospects.not_cause",
        passed=None,
        sentence=f"The predictions rest most on {names}. That shows who converts, not why: "
        "changing such a figure need not change the outcome.",
        value=float(np.nan if importance.empty else importance["log_loss_rise"].iloc[0]),
    )


def _of(evaluation: pd.DataFrame, test: str) -> "pd.Series[float]":
    found: pd.Series[float] = evaluation[(evaluation["test"] == test) & evaluation["chosen"]].iloc[
        0
    ]
    return found
