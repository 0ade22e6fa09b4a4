"""What a reader must know before relying on a prospect's probability, as checks."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from custanalytics.check import Check
from custanalytics.prospects.comparison import CROSS_VALIDATED, OUT_OF_TIME
from custanalytics.prospects.drivers import clearly_told
from custanalytics.prospects.leak_power import GROWS_WITH_AGE, OF_THE_PROCESS
from custanalytics.prospects.leak_signs import Leak
from custanalytics.prospects.ordering import Order
from custanalytics.scoring.columns import column_name, input_name
from custanalytics.scoring.evaluation import Interval
from custanalytics.scoring.outcome import BLANK, Outcomes
from custanalytics.sentences import Sentence, listed, noted, tell, tell_many, together

LARGEST_CALIBRATION_ERROR = 0.03
LARGEST_AUC_GAP = 0.03
STILL_LEARNING = 0.01
MOST_PLAUSIBLE_AUC = 0.95


def outcome_found(outcomes: Outcomes) -> Check:
    """Which column says who converted, to be confirmed where it was found."""
    outcome, known = outcomes.outcome, outcomes.known
    waiting, rate = int(outcomes.waiting.sum()), float(outcomes.converted[known].mean())
    named = column_name(outcome.column)
    which = {
        "column": tell("The column {column}", column=named) if named == outcome.column else named,
        "positive": outcome.positive,
    }
    says = (
        tell("{column} says who converted (“{positive}” counts; as named).", **which)
        if not outcome.found
        else tell(
            "{column} says who converted (“{positive}” counts; found by its name and values; "
            "please confirm).",
            **which,
        )
        if outcome.by_name
        else tell(
            "{column} says who converted (“{positive}” counts; found by its place and values; "
            "please confirm).",
            **which,
        )
    )
    figures = {"rate": rate, "n": int(known.sum()), "open": waiting}
    many = (
        tell_many(
            waiting,
            "{rate:.1%} of {n} decided prospects converted; one is open.",
            "{rate:.1%} of {n} decided prospects converted; {open} are open.",
            **figures,
        )
        if waiting
        else tell("{rate:.1%} of {n} prospects converted; all of them are decided.", **figures)
    )
    return Check(
        "prospects.outcome",
        passed=None if outcome.found else True,
        sentence=together(says, many),
        value=rate,
    )


def stages_read(outcomes: Outcomes) -> list[Check]:
    """What was taken for granted in reading the values of the outcome."""
    stages = outcomes.stages.set_index("value")["taken_for"]
    sentences = []
    if outcomes.unclear:
        sentences.append(
            tell(
                "The words of {values} don't tell, so they are taken for open: --won, --lost and "
                "--still-open decide.",
                values=listed(list(outcomes.unclear)),
            )
        )
    if stages.get(BLANK) == "lost":
        sentences.append(
            tell(
                "Rows without a value in {column} are taken for not converted (--still-open "
                "{blank} would leave them open).",
                column=column_name(outcomes.outcome.column),
                blank=noted(BLANK),
            )
        )
    if not sentences:
        return []
    return [Check("prospects.stages", None, together(*sentences))]


def leaks_found(leaks: list[Leak], left_out: set[str], with_leaks: pd.DataFrame) -> Check:
    """Which columns give the outcome away, and what leaving them out changes."""
    if not leaks:
        return Check(
            "prospects.leaks",
            True,
            tell("No column was found that gives the outcome away."),
            0.0,
            0.0,
        )
    auc = with_leaks.set_index("leaks")["auc"]
    done = (
        tell(
            "Left out, the AUC is {auc:.3f}; left in, it would seem {seeming:.3f}.",
            auc=auc["left out"],
            seeming=auc["left in"],
        )
        if left_out
        else tell("Left out, the AUC is {auc:.3f}.", auc=auc["left out"])
    )
    unsure = [
        column_name(leak.column) for leak in leaks if not leak.sure and leak.column in left_out
    ]
    asked = (
        tell(
            "To be decided: {names}. --keep what was known before the outcome, --drop what was "
            "not; until then the cautious figure leads.",
            names=listed(unsure),
        )
        if unsure
        else ""
    )
    sentence = together(*_each_or_alike(leaks), done, asked)
    return Check("prospects.leaks", False, sentence, float(len(leaks)), 0.0)


def _each_or_alike(leaks: list[Leak]) -> list[str]:
    """What is said of each leak; once, where several are suspected for one reason."""
    by_rule = {
        rule: [leak for leak in leaks if leak.rule == rule]
        for rule in (OF_THE_PROCESS, GROWS_WITH_AGE)
    }
    several = {rule: alike for rule, alike in by_rule.items() if len(alike) > 1}
    said: list[str] = [leak.sentence for leak in leaks if leak.rule not in several]
    for rule, alike in several.items():
        figures = {
            "columns": listed([column_name(leak.column) for leak in alike]),
            "gain": alike[0].value,
        }
        said.append(
            tell(
                "{columns} seem to be written while a prospect is worked on: with them the AUC is "
                "{gain:.3f} higher.",
                **figures,
            )
            if rule == OF_THE_PROCESS
            else tell(
                "{columns} grow or fill the longer a prospect has been there, and more so for one "
                "outcome: they may be written after it; with them the AUC is {gain:.3f} higher.",
                **figures,
            )
        )
    return said


def too_good(test: str, evaluation: pd.DataFrame, importance: pd.DataFrame) -> list[Check]:
    """Whether the ranking is better than people can be foreseen, which is a doubt in itself."""
    auc = float(_of(evaluation, test)["auc"])
    if auc <= MOST_PLAUSIBLE_AUC:
        return []
    sentence = tell(
        "An AUC of {auc:.3f} is more than is plausible for what people will do: a column, or "
        "several together, probably tell what happened. The first to look at: {names}; --drop "
        "leaves a column out.",
        auc=auc,
        names=listed([input_name(name) for name in importance["input"].head(5)]),
    )
    return [Check("prospects.too_good", False, sentence, auc, MOST_PLAUSIBLE_AUC,
                  noted("rule of thumb"))]  # fmt: skip


def on_request(kept: Mapping[str, str], dropped: Mapping[str, str]) -> list[Check]:
    """Which columns were used or left out because somebody asked for it, and why."""
    if not kept and not dropped:
        return []

    def columns(asked: Mapping[str, str]) -> Sentence:
        return listed(
            [
                tell("{column} ({reason})", column=column_name(column), reason=reason)
                if reason
                else column_name(column)
                for column, reason in asked.items()
            ]
        )

    sentence = together(
        tell("Left out on request: {columns}.", columns=columns(dropped)) if dropped else "",
        tell("Kept on request: {columns}.", columns=columns(kept)) if kept else "",
    )
    return [Check("prospects.on_request", None, sentence)]


def beats_base_rate(name: str, role: str, gain: Interval) -> Check:
    """Whether the columns tell anything about who converts."""
    if role == "baseline":
        sentence = tell(
            "No model predicted better than the overall rate, so every prospect gets that."
        )
        return Check("prospects.beats_base_rate", False, sentence, gain.value, 0.0)
    better = gain.low > 0
    figures = {"name": noted(name), "gain": gain.value, "low": gain.low, "high": gain.high}
    return Check(
        "prospects.beats_base_rate",
        passed=better,
        sentence=tell(
            "The {name} model predicted better than the overall rate (log-loss lower by "
            "{gain:.4f}, 95% interval {low:.4f} to {high:.4f}).",
            **figures,
        )
        if better
        else tell(
            "The {name} model was not clearly better than the overall rate (log-loss lower by "
            "{gain:.4f}, 95% interval {low:.4f} to {high:.4f}).",
            **figures,
        ),
        value=gain.value,
        threshold=0.0,
    )


def calibrated(evaluation: pd.DataFrame) -> Check:
    """Whether the probabilities can be taken at their word, cross-validated."""
    row = _of(evaluation, CROSS_VALIDATED)
    return Check(
        "prospects.calibration",
        passed=bool(row["ece"] <= LARGEST_CALIBRATION_ERROR),
        sentence=tell(
            "Cross-validated, predicted and observed rates differ by {off:.1%} on average over ten "
            "groups.",
            off=row["ece"],
        ),
        value=float(row["ece"]),
        threshold=LARGEST_CALIBRATION_ERROR,
        source=noted("rule of thumb"),
    )


def drifts(evaluation: pd.DataFrame, order: Order, predicted: float | None) -> Check:
    """Whether the model holds for prospects that came later than those it learned from."""
    name = "prospects.out_of_time"
    if predicted is None:
        few = tell("Its last fifth holds too few of one outcome to test on.") if order.basis else ""
        so = tell(
            "So the test is by cross-validation: whether it holds for later prospects is not known."
        )
        return Check(name, None, together(order.sentence, few, so))
    cross, later = _of(evaluation, CROSS_VALIDATED), _of(evaluation, OUT_OF_TIME)
    gap = float(cross["auc"] - later["auc"])
    before = (cross["positives"] - later["positives"]) / (cross["n"] - later["n"])
    rate = later["positives"] / later["n"]
    off = abs(rate - predicted)
    return Check(
        name,
        passed=bool(abs(gap) <= LARGEST_AUC_GAP and off <= LARGEST_CALIBRATION_ERROR),
        sentence=together(
            order.sentence,
            tell(
                "Learned on the first four fifths and tested on the last, the AUC is {auc:.3f} "
                "({low:.3f} to {high:.3f}), against {cross:.3f} ({cross_low:.3f} to "
                "{cross_high:.3f}) cross-validated.",
                auc=later["auc"],
                low=later["auc_low"],
                high=later["auc_high"],
                cross=cross["auc"],
                cross_low=cross["auc_low"],
                cross_high=cross["auc_high"],
            ),
            tell(
                "{before:.1%} converted before and {rate:.1%} in the last fifth, where "
                "{predicted:.1%} were predicted: the bounds of each probability carry such a "
                "shift.",
                before=before,
                rate=rate,
                predicted=predicted,
            ),
        ),
        value=gap,
        threshold=LARGEST_AUC_GAP,
        source=noted("rule of thumb"),
    )


def more_data(curve: pd.DataFrame) -> Check:
    """Whether the learning curve still falls at its end."""
    name = "prospects.learning_curve"
    if len(curve) < 2:
        return Check(
            name, None, tell("There are too few prospects to say whether more would help.")
        )
    previous, last = curve["log_loss"].iloc[-2:]
    better = float(1 - last / previous)
    growing = better > STILL_LEARNING
    figures = {
        "last": curve["n"].iloc[-1],
        "previous": curve["n"].iloc[-2],
        "change": round(-better, 3) + 0.0,
    }
    return Check(
        name,
        passed=not growing,
        sentence=tell(
            "Learning from {last} instead of {previous} prospects changed the log-loss by "
            "{change:+.1%}: more would probably help.",
            **figures,
        )
        if growing
        else tell(
            "Learning from {last} instead of {previous} prospects changed the log-loss by "
            "{change:+.1%}: more alone would hardly help.",
            **figures,
        ),
        value=better,
        threshold=STILL_LEARNING,
        source=noted("rule of thumb"),
    )


def not_cause(importance: pd.DataFrame) -> Check:
    """What the predictions rest on, with the warning that it is no cause."""
    clear = importance[clearly_told(importance)]
    names = [input_name(name) for name in clear["input"].head(3)]
    return Check(
        "prospects.not_cause",
        passed=None,
        sentence=tell(
            "The predictions rest most on {names}. That shows who converts, not why: changing such "
            "a figure need not change the outcome.",
            names=listed(names),
        )
        if names
        else tell(
            "The predictions rest most on no single column. That shows who converts, not why: "
            "changing such a figure need not change the outcome."
        ),
        value=float(np.nan if importance.empty else importance["log_loss_rise"].iloc[0]),
    )


def _of(evaluation: pd.DataFrame, test: str) -> "pd.Series[float]":
    chosen = evaluation[(evaluation["test"] == test) & evaluation["chosen"]]
    row: pd.Series[float] = chosen.iloc[0]
    return row
