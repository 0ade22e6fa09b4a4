"""Columns that nobody could have known before the outcome."""

import re
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.metrics import log_loss, roc_auc_score

from custanalytics.scoring.calibration import Bools, Floats, clipped, predicted_apart
from custanalytics.scoring.columns import as_category
from custanalytics.scoring.evaluation import wilson_interval
from custanalytics.scoring.pipelines import boosting, folds
from custanalytics.sentences import Sentence, tell

COPY_AUC = 0.97
OUT_OF_LINE_SHARE = 0.15
TOLD_SHARE = 0.08
ALONE_SHARE = 0.40
APART_Z = 3.0
TELLING_Z = 2.0
NEARER = 0.6
MOST_COLUMNS = 40
TELLING_SHARE = 0.10
TELLING_NAME = re.compile(
    r"duration|talk|call_?(length|time|sec|min)|seconds|minutes|handle_?time|dauer|durée|duree"
    r"|invoice|payment|paid|refund|cancel|contract|reason|closing|rechnung|zahlung|vertrag",
    re.IGNORECASE,
)
ALIKE = 0.9
ONLY_FILLED_RATE = 0.90
RARELY_BY_CHANCE = 0.80
FEWEST_FILLED = 20
FEWEST_OPEN = 30
LEAK_FOLDS = 3
MOST_ROWS = 20_000
MOST_LEAKS = 5
CONTENDERS = 3
BINS = 20


@dataclass(frozen=True)
class Leak:
    """An input that gives the outcome away."""

    # name of the column in the table
    column: str
    # 'copy', 'filled_for_one_outcome', 'empty_while_open', 'after_outcome' or 'out_of_line'
    rule: str
    # the figure it rests on
    value: float
    # why it can't have been known, for the reader
    sentence: str


def find_leaks(
    labelled: pd.DataFrame, still_open: pd.DataFrame, y: Bools, dates: pd.DataFrame, seed: int
) -> list[Leak]:
    """Name the inputs that could not have been known before the outcome.

    Notes
    -----
    Five signs: filled for one outcome only; filled for the decided but never for the open;
    dated after the outcome; a copy of the outcome (cross-validated AUC of 0.97 or more on its
    own); and power out of line: to explain at least 10 % of the deviance on top of all other
    columns (of over 40 the strongest) under a name that speaks of the contact or the deal
    itself, such as a call's duration; or at least 15 % under any name and in the way of a
    consequence; or, where the way can't be told, 15 % and more than all other columns together,
    where they explain at least 8 %, or 40 %. A consequence of the outcome tells nothing of the
    other columns once the outcome is known, but something before; a cause tells nothing before
    and, the outcome known, speaks against the others ("explaining away"). No figure of the
    column alone separates the two: both can have the same distribution given the outcome. Power
    suspects rather than proves: the result is shown with and without the column.

    References
    ----------
    Pearl (2009), Causality, 2nd edition, section 1.2.3 (explaining away).
    """
    leaks = _by_filling(labelled, still_open, y)
    leaks += [leak for leak in _by_date(dates) if leak.column not in {k.column for k in leaks}]
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
            decided, waiting = labelled[name].notna().mean(), still_open[name].notna().mean()
            if decided >= 0.5 and waiting <= 0.01:
                leaks.append(
                    Leak(
                        name,
                        "empty_while_open",
                        float(decided),
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


def _by_power(X: pd.DataFrame, y: Bools, seed: int) -> list[Leak]:
    leaks: list[Leak] = []
    fold = folds(y, seed, LEAK_FOLDS)
    alone = {name: _alone(X[name], y, fold) for name in X.columns}
    for name, p in alone.items():
        auc = float(roc_auc_score(y, p))
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
    left = [name for name in X.columns if name not in {leak.column for leak in leaks}]
    nothing = float(log_loss(y, np.full(len(y), y.mean())))
    while len(left) > 1 and len(leaks) < MOST_LEAKS:
        suspects = _out_of_line(X[left], y, fold, alone, nothing, seed)
        if not suspects:
            break
        leaks += suspects
        named = {leak.column for leak in suspects}
        left = [name for name in left if name not in named]
    return leaks


def _out_of_line(
    X: pd.DataFrame,
    y: Bools,
    fold: NDArray[np.int64],
    alone: dict[str, Floats],
    nothing: float,
    seed: int,
) -> list[Leak]:
    """Of the strongest columns, one (with those like it) that outweighs all the others."""
    strength = {name: nothing - float(log_loss(y, alone[name])) for name in X.columns}
    strongest = sorted(X.columns, key=lambda name: (-strength[name], name))[:CONTENDERS]
    strongest += [n for n in X.columns if TELLING_NAME.search(n) and n not in strongest]
    if max(strength[name] for name in strongest) < TELLING_SHARE * nothing / 2:
        return []
    others_too = sorted(X.columns, key=lambda name: (-strength[name], name))[:MOST_COLUMNS]
    X = X[[n for n in X.columns if n in {*others_too, *strongest}]]
    together = float(log_loss(y, _apart(X, y, fold, seed)))
    for name in strongest:
        group = [name, *(o for o in X.columns if o != name and _alike(alone[o], alone[name]))]
        others = [o for o in X.columns if o not in group]
        if not others or strength[name] < TELLING_SHARE * nothing / 2:
            continue
        told_apart = _apart(X[others], y, fold, seed)
        rest = float(log_loss(y, told_apart))
        own, told = rest - together, nothing - rest
        outweighs = own >= OUT_OF_LINE_SHARE * nothing and own > told >= TOLD_SHARE * nothing
        outweighs |= own >= ALONE_SHARE * nothing
        way = _way(alone[name], told_apart, y)
        suspect = own >= OUT_OF_LINE_SHARE * nothing and way == "consequence"
        suspect |= outweighs and way == "unclear"
        telling = own >= TELLING_SHARE * nothing and bool(TELLING_NAME.search(name))
        if suspect or telling:
            shares = (own / nothing, 1 - rest / nothing)
            return [
                Leak(member, "out_of_line", own / nothing, _suspected(member, *shares, telling))
                for member in group
            ]
    return []


def _suspected(column: str, share: float, rest: float, telling: bool) -> Sentence:
    if telling:
        return tell(
            "{column} explains {share:.0%} of what there is to explain on top of all other "
            "columns, which explain {rest:.0%} together: such a name and power suggests that it "
            "was known only after the outcome.",
            column=column,
            share=share,
            rest=rest,
        )
    return tell(
        "{column} explains {share:.0%} of what there is to explain on top of all other columns, "
        "which explain {rest:.0%} together: such power suggests that it was known only after the "
        "outcome.",
        column=column,
        share=share,
        rest=rest,
    )


def _way(p: Floats, rest: Floats, y: Bools) -> Literal["cause", "consequence", "unclear"]:
    """How a column's prediction goes with that of all others, before and given the outcome.

    In standard errors of a correlation. Given the outcome, a consequence shows none, and before
    it as much as the two tell of the outcome; an independent cause shows none before.
    """
    f, g = logit(p), logit(clipped(rest))
    if f.std() == 0 or g.std() == 0:
        return "unclear"
    scale = f.std() * g.std() / np.sqrt(len(y))
    before = float(np.mean((f - f.mean()) * (g - g.mean())) / scale)
    shift_f, shift_g = (v[y].mean() - v[~y].mean() for v in (f, g))
    by_outcome = float(y.mean() * (~y).mean() * shift_f * shift_g / scale)
    given = before - by_outcome
    if by_outcome < TELLING_Z:
        return "unclear"
    if abs(given) < APART_Z and before > NEARER * by_outcome:
        return "consequence"
    return "cause"


def _alike(p: Floats, q: Floats) -> bool:
    """Whether two columns tell the same about the outcome."""
    if p.std() == 0 or q.std() == 0:
        return False
    return bool(np.corrcoef(logit(p), logit(q))[0, 1] >= ALIKE)


def _apart(X: pd.DataFrame, y: Bools, fold: NDArray[np.int64], seed: int) -> Floats:
    return predicted_apart(partial(boosting, X, seed), X, y, fold)


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
    return any(part in wanted for part in re.split(r"[\W_]+", name.lower()))
