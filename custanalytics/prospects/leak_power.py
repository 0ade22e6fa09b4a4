"""Columns that tell too much of the outcome to have been known before it."""

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from custanalytics.prospects.leak_age import growing
from custanalytics.prospects.leak_groups import Group, find_groups, predicted_together
from custanalytics.prospects.leak_signs import Leak, spelled
from custanalytics.scoring.calibration import Bools, Floats, clipped
from custanalytics.scoring.columns import as_category, column_name
from custanalytics.scoring.pipelines import folds
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
LIFTED_AUC = 0.02
# The rule of columns that grow with a prospect's age; hardly an honest one does.
GROWS_WITH_AGE, GROWN_AUC = "grows_with_age", 0.01
LEAK_FOLDS = 3
BINS = 20


def by_power(X: pd.DataFrame, y: Bools, age: Floats | None, seed: int) -> list[Leak]:
    """Copies of the outcome, columns out of line, of the process by name, and growing with age."""
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
                        column=column_name(name),
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
    of_process = _by_name(alone, y, fold)
    alone = {name: p for name, p in alone.items() if name not in {k.column for k in of_process}}
    return [*leaks, *of_process, *([] if age is None else _by_age(X, alone, y, age, fold))]


def _by_name(alone: dict[str, Floats], y: Bools, fold: NDArray[np.int64]) -> list[Leak]:
    """Columns of the process by their names, where together they add to the others."""
    of_process = [name for name in alone if PROCESS_NAME.search(spelled(name))]
    gain = _gain(of_process, alone, y, fold)
    if gain <= LIFTED_AUC:
        return []
    return [
        Leak(
            name,
            OF_THE_PROCESS,
            gain,
            tell(
                "{column} seems to be written while a prospect is worked on: with such columns the "
                "AUC is {gain:.3f} higher.",
                column=column_name(name),
                gain=gain,
            ),
            sure=False,
        )
        for name in of_process
        if float(roc_auc_score(y, alone[name])) > 0.5 + LIFTED_AUC
    ]


def _by_age(
    X: pd.DataFrame, alone: dict[str, Floats], y: Bools, age: Floats, fold: NDArray[np.int64]
) -> list[Leak]:
    """Columns that grow with a prospect's age, where together they add to the others."""
    names = growing(X[[*alone]], y, age)
    gain = _gain(names, alone, y, fold)
    if gain <= GROWN_AUC:
        return []
    return [
        Leak(
            name,
            GROWS_WITH_AGE,
            gain,
            tell(
                "{column} grows or fills the longer a prospect has been there, and more so for one "
                "outcome: it may be written after it; with such columns the AUC is {gain:.3f} "
                "higher.",
                column=column_name(name),
                gain=gain,
            ),
            sure=False,
        )
        for name in names
        if float(roc_auc_score(y, alone[name])) > 0.5 + LIFTED_AUC
    ]


def _gain(names: list[str], alone: dict[str, Floats], y: Bools, fold: NDArray[np.int64]) -> float:
    """What columns together add to the AUC of the others."""
    others = [name for name in alone if name not in names]
    if not names or not others:
        return 0.0
    without, with_them = (
        float(roc_auc_score(y, predicted_together(alone, columns, y, fold)))
        for columns in (others, list(alone))
    )
    return with_them - without


def _suspected(column: str, group: Group) -> Sentence:
    figures = {"column": column_name(column), "share": group.own, "rest": group.rest}
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
