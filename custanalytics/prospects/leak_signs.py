"""Sure signs that a column was filled in after the outcome: its blanks, days and words."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from custanalytics.scoring.calibration import Bools, Floats
from custanalytics.scoring.columns import as_category, column_name, each_level
from custanalytics.scoring.evaluation import wilson_interval
from custanalytics.scoring.stages import PLAIN_NO, folded, names_outcome
from custanalytics.sentences import tell

# What a column has before anything is written into it.
NOTHING_YET = {"none", "select", "unknown", "n/a", "not yet", "new", "keine", "aucun", "ninguno"}
ONLY_FILLED_RATE = 0.90
RARELY_SHARE = 0.10
NEVER_SHARE = 0.01
FEWEST_EXPECTED = 15
RARELY_BY_CHANCE = 0.80
FEWEST_FILLED = 20
FEWEST_OPEN = 30
# Parts of the open ones by age.
AGES = 20


@dataclass(frozen=True)
class Ages:
    """When the decided and the open prospects came in, in seconds; NaN where not known."""

    decided: Floats
    waiting: Floats

    def of_decided(self) -> Floats:
        """Seconds by which each decided one is older than the youngest."""
        came = np.where(np.isnan(self.decided), np.nanmedian(self.decided), self.decided)
        return np.asarray(came.max() - came)

    def share_of_decided(self, says: Bools) -> float:
        """Share of these rows among the decided, were they as old as the open ones.

        NaN where no decided one is as old as any of the open.
        """
        waiting = self.waiting[~np.isnan(self.waiting)]
        if not len(waiting):
            return float("nan")
        edges = np.quantile(waiting, np.linspace(0, 1, AGES + 1))
        alike = (self.decided >= edges[0]) & (self.decided <= edges[-1])
        part = np.digitize(self.decided[alike], edges[1:-1])
        n, hits = (np.bincount(part, weights, AGES) for weights in (None, says[alike]))
        weight = np.bincount(np.digitize(waiting, edges[1:-1]), minlength=AGES) * (n > 0)
        return float(weight @ (hits / np.maximum(n, 1)) / weight.sum()) if weight.any() else np.nan


@dataclass(frozen=True)
class Leak:
    """An input that gives the outcome away."""

    # name of the column in the table
    column: str
    # 'copy', 'filled_for_one_outcome', 'empty_while_open', 'after_outcome', 'names_outcome',
    # 'condition', 'out_of_line', 'of_the_process' or 'grows_with_age'
    rule: str
    # the figure it rests on
    value: float
    # why it can't have been known, for the reader
    sentence: str
    # else it is only asked about, and left out until somebody knows
    sure: bool = True


def by_filling(
    labelled: pd.DataFrame, still_open: pd.DataFrame, y: Bools, ages: Ages | None
) -> list[Leak]:
    """Columns with values for one outcome only, or for none of the open."""
    leaks = []
    for name in labelled.columns:
        filled = labelled[name].notna().to_numpy()
        n = int(filled.sum())
        if n < FEWEST_FILLED or n == len(filled):
            continue
        for wanted, buyers in ((y, True), (~y, False)):
            hits = int((filled & wanted).sum())
            usual = wanted.mean()
            least = RARELY_BY_CHANCE if usual <= 0.5 else ONLY_FILLED_RATE
            surely = float(wilson_interval(hits, n)[0]) >= least
            if hits / n >= 0.98 and surely and usual < ONLY_FILLED_RATE - 0.1:
                leaks.append(
                    Leak(
                        name,
                        "filled_for_one_outcome",
                        hits / n,
                        tell(
                            "{column} has a value in {n} rows, and {share:.0%} of them converted: "
                            "it was filled in after the outcome.",
                            column=column_name(name),
                            n=n,
                            share=hits / n,
                        )
                        if buyers
                        else tell(
                            "{column} has a value in {n} rows, and {share:.0%} of them did not "
                            "convert: it was filled in after the outcome.",
                            column=column_name(name),
                            n=n,
                            share=hits / n,
                        ),
                    )
                )
    named = {leak.column for leak in leaks}
    if len(still_open) >= FEWEST_OPEN:
        for name in labelled.columns.difference(list(named), sort=False):
            says = says_something(labelled[name])
            decided, waiting = float(says.mean()), float(says_something(still_open[name]).mean())
            # A field that the form lost lately is empty for the young, decided or not.
            alike = decided if ages is None else ages.share_of_decided(says)
            if decided >= 0.5 and waiting <= 0.01 and not alike < 0.5:
                leaks.append(
                    Leak(
                        name,
                        "empty_while_open",
                        decided,
                        tell(
                            "{column} is filled for {decided:.0%} of the decided and for "
                            "{waiting:.0%} of the open prospects: it comes with the outcome.",
                            column=column_name(name),
                            decided=decided,
                            waiting=waiting,
                        ),
                        sure=alike == alike,
                    )
                )
    return leaks


def by_date(dates: pd.DataFrame) -> list[Leak]:
    """Days of the outcome itself, and days after it."""
    words = "outcome|closed|close|converted|conversion|won|decided|decision|abschluss"
    of_outcome = [n for n in dates.columns if dates[n].notna().any() and _names(n, words)]
    leaks = [
        Leak(
            name,
            "after_outcome",
            1.0,
            tell("{column} is the date of the outcome itself.", column=column_name(name)),
        )
        for name in of_outcome
    ]
    if not of_outcome:
        return leaks
    decided = dates[of_outcome[0]]
    for name in dates.columns.difference(of_outcome, sort=False):
        both = dates[name].notna() & decided.notna()
        later = float((dates[name] > decided)[both].mean()) if both.sum() >= FEWEST_FILLED else 0.0
        if later > 0.5:
            leaks.append(
                Leak(
                    name,
                    "after_outcome",
                    later,
                    tell(
                        "{column} lies after the outcome in {share:.0%} of the rows with both "
                        "dates.",
                        column=column_name(name),
                        share=later,
                    ),
                )
            )
    return leaks


def by_words(labelled: pd.DataFrame, y: Bools) -> list[Leak]:
    """Columns with a value that names an outcome, and has it."""
    base, leaks = float(y.mean()), []
    for name in labelled.columns:
        if not as_category(labelled[name]):
            continue
        found = pd.Series(y).groupby(labelled[name].array, observed=True)
        rows = found.agg(["size", "mean"])
        for value, n, rate in rows.itertuples():
            meaning = names_outcome(str(value))
            if n < FEWEST_FILLED or meaning not in ("won", "lost"):
                continue
            as_named = rate >= ONLY_FILLED_RATE > base + 0.1 if meaning == "won" else (
                rate <= RARELY_SHARE * base and n * base >= FEWEST_EXPECTED
            )  # fmt: skip
            if as_named:
                sentence = tell(
                    "{column} has values that name the outcome: of {n} rows with “{value}”, "
                    "{share:.0%} converted.",
                    column=column_name(name),
                    n=int(n),
                    value=str(value),
                    share=float(rate),
                )
                leaks.append(Leak(name, "names_outcome", float(rate), sentence))
                break
    return leaks


def by_condition(labelled: pd.DataFrame, y: Bools) -> list[Leak]:
    """Columns without which nobody converted: a step on the way, such as a visit."""
    base, leaks = float(y.mean()), []
    for name in labelled.columns:
        nothing = ~says_something(labelled[name])
        expected = nothing.sum() * base
        if expected >= FEWEST_EXPECTED and y[nothing].sum() <= NEVER_SHARE * expected:
            sentence = tell(
                "Of {n} rows where {column} is empty, no or 0, {hits} converted, where {expected} "
                "would by chance: it may be a step of the conversion itself.",
                column=column_name(name),
                n=int(nothing.sum()),
                hits=int(y[nothing].sum()),
                expected=round(float(expected)),
            )
            # Never without it and nearly always with it: the conversion by another name.
            sure = bool(y[~nothing].mean() >= ONLY_FILLED_RATE) if (~nothing).any() else False
            leaks.append(Leak(name, "condition", float(expected), sentence, sure))
    return leaks


def says_something(values: "pd.Series") -> Bools:
    """Rows that are neither empty nor no, 0 or a word for none."""
    if not as_category(values):
        return (values.notna() & (values != 0)).to_numpy(dtype=bool)
    text = each_level(values.astype(object), folded)
    return (text.notna() & ~text.isin(PLAIN_NO | NOTHING_YET)).to_numpy(dtype=bool)


def _names(name: str, words: str) -> bool:
    wanted = set(words.split("|"))
    return any(part in wanted for part in spelled(name).lower().split())


def spelled(name: str) -> str:
    """A column's name with its words apart."""
    return re.sub(r"[\W_]+|(?<=[a-zà-ÿ])(?=[A-Z])", " ", name)
