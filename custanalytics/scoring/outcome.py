"""Which column says whether a prospect converted, and which of its values means yes."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.scoring.columns import Column, TypedTable, as_text, each_level
from custanalytics.sentences import tell_many

NAMES = re.compile(
    r"^(y|target|label|outcome|result|converted|conversion|convert|won|win|bought|buy|purchased"
    r"|purchase|subscribed|subscribe|responded|response|accepted|success|churned|churn|sold"
    r"|status|stage|deal|gekauft|abgeschlossen|ergebnis|konvertiert|achete|acheté|resultat"
    r"|résultat|comprado|convertido|resultado)$",
    re.IGNORECASE,
)
YES = {
    "yes", "y", "true", "t", "1", "won", "closed won", "converted", "bought", "purchased", "sold",
    "success", "accepted", "subscribed", "responded", "customer", "ja", "oui", "si", "sí",
    "gewonnen", "gekauft", "gagné", "ganado",
}  # fmt: skip
NO = {
    "no", "n", "false", "f", "0", "lost", "closed lost", "not converted", "rejected", "declined",
    "failure", "unsubscribed", "nein", "non", "verloren", "perdu", "perdido", "refused",
}  # fmt: skip
OPEN = {"open", "pending", "new", "in progress", "active", "working", "offen", "neu", "en cours"}
CERTAIN_SCORE = 3


@dataclass(frozen=True)
class Outcome:
    """Which column says who converted."""

    # the column it was read from
    column: str
    # the value that means converted
    positive: str
    # whether the column was found rather than named
    found: bool


@dataclass(frozen=True)
class Outcomes:
    """The outcome of each prospect, where known."""

    # where they were read
    outcome: Outcome
    # whether the row has an outcome; the others are open and get a score
    known: NDArray[np.bool_]
    # whether it converted; False where not known
    converted: NDArray[np.bool_]


def read_outcomes(
    table: TypedTable,
    outcome: str | None = None,
    positive: str | None = None,
) -> Outcomes:
    """Find or read the outcome of each prospect."""
    by_name = {column.name: column for column in table.columns}
    if outcome is not None and outcome not in by_name:
        raise UsageError(f"--outcome names {outcome!r}; the columns are: {', '.join(by_name)}")
    column = by_name[outcome] if outcome is not None else _find(table, positive)
    values = _folded_values(table, column.name)
    decided = values.mask(values.isin(OPEN - ({_folded(positive)} if positive else set())))
    levels = sorted(decided.dropna().unique())
    yes = _positive(column.name, decided, levels, positive)
    return Outcomes(
        Outcome(column.name, yes, found=outcome is None),
        decided.notna().to_numpy(),
        (decided == yes).to_numpy(dtype=bool),
    )


def _find(table: TypedTable, positive: str | None) -> Column:
    columns = table.columns
    scores = {c.name: _likeness(table, c, positive) for c in columns}
    best = max(scores.values(), default=0)
    named = [c for c in columns if NAMES.match(c.name.strip())]
    if not best and len(named) == 1:
        return named[0]
    leaders = [c for c in columns if scores[c.name] == best]
    if best < CERTAIN_SCORE or len(leaders) > 1:
        shown = [c.name for c in leaders] if best else []
        hint = f" (it could be {', '.join(shown[:8])})" if shown else ""
        raise UsageError(
            f"which column says who converted is not clear{hint}: name it by --outcome"
        )
    return leaders[0]


def _likeness(table: TypedTable, column: Column, positive: str | None) -> int:
    """Points for looking like an outcome; 0 where it can't be one."""
    if column.distinct > 6 or column.kind in ("empty", "date", "text", "identifier"):
        return 0
    values = _folded_values(table, column.name)
    levels = set(values.dropna()) - OPEN
    if positive is not None and _folded(positive) not in levels:
        return 0
    worded = bool(levels & YES) and bool(levels & NO)
    if positive is None and not (len(levels) == 2 or worded):
        return 0
    named = bool(NAMES.match(column.name.strip()))
    part = any(NAMES.match(word) for word in re.split(r"[^a-zà-ÿ]+", column.name.lower()) if word)
    last = column.name == table.columns[-1].name
    two = len(levels) == 2
    return 3 * named + 2 * (part and not named) + worded + two + last


def _positive(name: str, decided: "pd.Series[str]", levels: list[str], positive: str | None) -> str:
    if positive is not None:
        if _folded(positive) not in levels:
            raise UsageError(
                f"--positive names {positive!r}; {name!r} has: {', '.join(levels[:10])}"
            )
        return _folded(positive)
    if len(levels) < 2:
        raise UnsupportedError(
            tell_many(
                len(levels),
                "the outcome “{column}” has only one decided value: learning what leads to a "
                "conversion needs both, some that converted and some that did not",
                "the outcome “{column}” has no decided value: learning what leads to a conversion "
                "needs both, some that converted and some that did not",
                column=name,
            )
        )
    meant = [level for level in levels if level in YES]
    if len(meant) == 1:
        return meant[0]
    if len(levels) == 2:
        return min(levels, key=lambda level: (int((decided == level).sum()), level))
    raise UsageError(
        f"the outcome {name!r} has {len(levels)} values, not two: "
        "say by --positive which one means converted"
    )


def _folded_values(table: TypedTable, name: str) -> "pd.Series[str]":
    return each_level(as_text(table.values[name]), _folded)


def _folded(value: str) -> str:
    return re.sub(r"[\s_]+", " ", str(value)).strip().casefold()
