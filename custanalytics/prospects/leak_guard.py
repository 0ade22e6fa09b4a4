"""Columns that nobody could have known before the outcome."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from custanalytics.prospects.leak_groups import Group, find_groups, predicted_together
from custanalytics.scoring.calibration import Bools, Floats, clipped
from custanalytics.scoring.columns import as_category, each_level
from custanalytics.scoring.evaluation import wilson_interval
from custanalytics.scoring.pipelines import folds
from custanalytics.scoring.stages import PLAIN_NO, folded, names_outcome
from custanalytics.sentences import Sentence, tell

COPY_AUC = 0.97
# The rule of columns that are asked about by their names, all with one figure.
OF_THE_PROCESS = "of_the_process"
TELLING_NAME = re.compile(
    r"duration|talk|call_?(length|time|sec|min)|seconds|minutes|handle_?time|dauer|durée|duree"
    r"|invoice|payment|paid|refund|cancel|contract|reason|closing|rechnung|zahlung|vertrag",
    re.IGNORECASE,
)
PROCESS_NAME = re.compile(
    r"\b(status|stage|phase|tags?|notes?|remarks?|comments?|reason|disposition|feedback|quality"
    r"|activity|activities|next step|follow ?up|last (contact|call|touch|seen|modified|update)\w*"
    r"|(lead|profile|activity) (score|index|grade|rating|profile)|stufe|notiz\w*|bemerkung\w*|grund"
    r"|letzte[rs]?|aktivität\w*|étape|remarque\w*|motif|dernière?|activité|etapa|fase|nota|motivo"
    r"|última?|actividad|ultima|attività|laatste|opmerking\w*|reden|atividade|observa\w*)\b",
    re.IGNORECASE,
)
# What a column has before anything is written into it.
NOTHING_YET = {"none", "select", "unknown", "n/a", "not yet", "new", "keine", "aucun", "ninguno"}
ONLY_FILLED_RATE = 0.90
RARELY_SHARE = 0.10
NEVER_SHARE = 0.01
FEWEST_EXPECTED = 15
LIFTED_AUC = 0.02
RARELY_BY_CHANCE = 0.80
FEWEST_FILLED = 20
FEWEST_OPEN = 30
LEAK_FOLDS = 3
MOST_ROWS = 20_000
BINS = 20


@dataclass(frozen=True)
class Leak:
    """An input that gives the outcome away."""

    # name of the column in the table
    column: str
    # 'copy', 'filled_for_one_outcome', 'empty_while_open', 'after_outcome', 'names_outcome',
    # 'condition', 'out_of_line' or 'of_the_process'
    rule: str
    # the figure it rests on
    value: float
    # why it can't have been known, for the reader
    sentence: str
    # else it is only asked about, and left out until somebody knows
    sure: bool = True


def find_leaks(
    labelled: pd.DataFrame, still_open: pd.DataFrame, y: Bools, dates: pd.DataFrame, seed: int
) -> list[Leak]:
    """Name the inputs that could not have been known before the outcome.

    Notes
    -----
    Sure signs: filled for one outcome only; filled for the decided but never for the open; dated
    after the outcome; values that name an outcome and have it; a copy of the outcome
    (cross-validated AUC of 0.97 or more on its own); power out of line, alone or as a group, in
    the way of a consequence (see `find_groups`), or under a name that speaks of the contact or the
    deal itself, such as a call's duration. Asked about: conditions without which nobody converted;
    lesser power; columns of the process by name where they lift the AUC. Power suspects rather
    than proves: the result is shown with and without the column.
    """
    leaks = _by_filling(labelled, still_open, y)
    for more in (_by_date(dates), _by_words(labelled, y), _by_condition(labelled, y)):
        leaks += [leak for leak in more if leak.column not in {k.column for k in leaks}]
    named = {leak.column for leak in leaks}
    left = labelled.drop(columns=[c for c in labelled.columns if c in named])
    if len(left) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(len(left), MOST_ROWS, replace=False))
        left, y = left.iloc[rows], y[rows]
    return leaks + _by_power(left, y, seed)


def _by_filling(labelled: pd.DataFrame, still_open: pd.DataFrame, y: Bools) -> list[Leak]:
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
                            column=name,
                            n=n,
                            share=hits / n,
                        )
                        if buyers
                        else tell(
                            "{column} has a value in {n} rows, and {share:.0%} of them did not "
                            "convert: it was filled in after the outcome.",
                            column=name,
                            n=n,
                            share=hits / n,
                        ),
                    )
                )
    named = {leak.column for leak in leaks}
    if len(still_open) >= FEWEST_OPEN:
        for name in labelled.columns.difference(list(named), sort=False):
            decided, waiting = (
                float(_says_something(rows[name]).mean()) for rows in (labelled, still_open)
            )
            if decided >= 0.5 and waiting <= 0.01:
                leaks.append(
                    Leak(
                        name,
                        "empty_while_open",
                        decided,
                        tell(
                            "{column} is filled for {decided:.0%} of the decided and for "
                            "{waiting:.0%} of the open prospects: it comes with the outcome.",
                            column=name,
                            decided=decided,
                            waiting=waiting,
                        ),
                    )
                )
    return leaks


def _by_date(dates: pd.DataFrame) -> list[Leak]:
    words = "outcome|closed|close|converted|conversion|won|decided|decision|abschluss"
    of_outcome = [n for n in dates.columns if dates[n].notna().any() and _names(n, words)]
    leaks = [
        Leak(
            name,
            "after_outcome",
            1.0,
            tell("{column} is the date of the outcome itself.", column=name),
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
                        column=name,
                        share=later,
                    ),
                )
            )
    return leaks


def _by_words(labelled: pd.DataFrame, y: Bools) -> list[Leak]:
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
                    column=name,
                    n=int(n),
                    value=str(value),
                    share=float(rate),
                )
                leaks.append(Leak(name, "names_outcome", float(rate), sentence))
                break
    return leaks


def _by_condition(labelled: pd.DataFrame, y: Bools) -> list[Leak]:
    """Columns without which nobody converted: a step on the way, such as a visit."""
    base, leaks = float(y.mean()), []
    for name in labelled.columns:
        nothing = ~_says_something(labelled[name])
        expected = nothing.sum() * base
        if expected >= FEWEST_EXPECTED and y[nothing].sum() <= NEVER_SHARE * expected:
            sentence = tell(
                "Of {n} rows where {column} is empty, no or 0, {hits} converted, where {expected} "
                "would by chance: it may be a step of the conversion itself.",
                column=name,
                n=int(nothing.sum()),
                hits=int(y[nothing].sum()),
                expected=round(float(expected)),
            )
            # Never without it and nearly always with it: the conversion by another name.
            sure = bool(y[~nothing].mean() >= ONLY_FILLED_RATE) if (~nothing).any() else False
            leaks.append(Leak(name, "condition", float(expected), sentence, sure))
    return leaks


def _says_something(values: "pd.Series") -> Bools:
    """Rows that are neither empty nor no, 0 or a word for none."""
    if not as_category(values):
        return (values.notna() & (values != 0)).to_numpy(dtype=bool)
    text = each_level(values.astype(object), folded)
    return (text.notna() & ~text.isin(PLAIN_NO | NOTHING_YET)).to_numpy(dtype=bool)


def _by_power(X: pd.DataFrame, y: Bools, seed: int) -> list[Leak]:
    leaks: list[Leak] = []
    fold = folds(y, seed, LEAK_FOLDS)
    alone = {name: _alone(X[name], y, fold) for name in X.columns}
    for name in X.columns:
        auc = float(roc_auc_score(y, alone[name]))
        if auc >= COPY_AUC:
            leaks.append(
                Leak(
                    name,
                    "copy",
                    auc,
                    tell(
                        "{column} alone tells the outcome almost without error (AUC {auc:.2f}): it "
                        "is a copy or a consequence of it.",
                        column=name,
                        auc=auc,
                    ),
                )
            )
            del alone[name]
    telling = [name for name in alone if TELLING_NAME.search(name)]
    for group in find_groups(alone, y, fold, telling):
        leaks += [
            Leak(name, "out_of_line", group.own, _suspected(name, group), sure=group.sure)
            for name in group.columns
        ]
        alone = {name: p for name, p in alone.items() if name not in group.columns}
    return leaks + _by_name(alone, y, fold)


def _by_name(alone: dict[str, Floats], y: Bools, fold: NDArray[np.int64]) -> list[Leak]:
    """Columns of the process by their names, where together they add to the others."""
    of_process = [name for name in alone if PROCESS_NAME.search(spelled(name))]
    others = [name for name in alone if name not in of_process]
    if not of_process or not others:
        return []
    with_them = float(roc_auc_score(y, predicted_together(alone, list(alone), y, fold)))
    without = float(roc_auc_score(y, predicted_together(alone, others, y, fold)))
    if with_them - without <= LIFTED_AUC:
        return []
    return [
        Leak(
            name,
            OF_THE_PROCESS,
            with_them - without,
            tell(
                "{column} seems to be written while a prospect is worked on: with such columns the "
                "AUC is {gain:.3f} higher.",
                column=name,
                gain=with_them - without,
            ),
            sure=False,
        )
        for name in of_process
        if float(roc_auc_score(y, alone[name])) > 0.5 + LIFTED_AUC
    ]


def _suspected(column: str, group: Group) -> Sentence:
    figures = {"column": column, "share": group.own, "rest": group.rest}
    if group.telling:
        return tell(
            "{column} explains {share:.0%} of what there is to explain on top of all other "
            "columns, which explain {rest:.0%} together: such a name and power suggests that it "
            "was known only after the outcome.",
            **figures,
        )
    if len(group.columns) > 1:
        return tell(
            "{column} and what goes with it, {n} columns, explain {share:.0%} of what there is to "
            "explain on top of those known before, which explain {rest:.0%} together: such power "
            "suggests that they were known only after the outcome.",
            **figures,
            n=len(group.columns),
        )
    return tell(
        "{column} explains {share:.0%} of what there is to explain on top of all other columns, "
        "which explain {rest:.0%} together: such power suggests that it was known only after the "
        "outcome.",
        **figures,
    )


def _alone(values: "pd.Series", y: Bools, fold: NDArray[np.int64]) -> Floats:
    """Rate of each level or twentieth of one column, over the other folds' rows."""
    if not as_category(values):
        edges = np.unique(np.nanquantile(values, np.linspace(0, 1, BINS + 1)[1:-1]))
        # A value on an edge is a group of its own, so that a few ones among zeros stand out.
        place = np.digitize(values, edges) + np.digitize(values, edges, right=True)
        code = np.where(values.isna(), 2 * len(edges) + 1, place)
    else:
        code = pd.factorize(values, use_na_sentinel=False)[0]
    levels = int(code.max()) + 1
    p = np.empty(len(y))
    for number in range(LEAK_FOLDS):
        seen = fold != number
        size = np.bincount(code[seen], minlength=levels)
        hits = np.bincount(code[seen], weights=y[seen], minlength=levels)
        p[~seen] = ((hits + y[seen].mean()) / (size + 1))[code[~seen]]
    return clipped(p)


def _names(name: str, words: str) -> bool:
    wanted = set(words.split("|"))
    return any(part in wanted for part in spelled(name).lower().split())


def spelled(name: str) -> str:
    """A column's name with its words apart."""
    return re.sub(r"[\W_]+|(?<=[a-zà-ÿ])(?=[A-Z])", " ", name)
