"""A later table beside what was learned: what is mended, what is unlike it, who is decided."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from custanalytics.errors import UsageError
from custanalytics.prospects.reasons import Waited
from custanalytics.scoring.calibration import Bools
from custanalytics.scoring.columns import Column, as_category, as_text, each_level, typed
from custanalytics.scoring.outcome import A_DAY, BLANK
from custanalytics.scoring.stages import PLAIN_NO, Meaning, folded, meaning_of

if TYPE_CHECKING:
    from custanalytics.prospects.saved_model import LeadScoringModel

MOST_LEVELS = 1000
ALIKE = 0.5
# Shares of rows, of cells filled and of levels; and standard deviations.
FILLED_APART = 0.20
LEVELS_APART = 0.25
MEAN_APART = 0.50
# Standard errors that a few rows may add to it.
CHANCE_Z = 2.0


@dataclass(frozen=True)
class Seen:
    """What the decided prospects had in one column."""

    filled: float
    # level -> share of the rows that have one
    levels: Mapping[str, float] = field(default_factory=dict)
    # of numbers
    low: float | None = None
    high: float | None = None
    mean: float = 0.0
    sd: float = 0.0


def score_later(model: "LeadScoringModel", table: pd.DataFrame) -> pd.DataFrame:
    """Scores of a later table, held against what was learned.

    One row per open prospect: ``row`` (1-based, in the table), the columns of `score`, and
    ``doubts``, what of the row was not learned from; ``attrs["warnings"]`` has one sentence on
    each thing that was mended, left out or lowers the trust.
    """
    table, said = renamed(table, [column.name for column in model.columns])
    values = typed(table, model.columns)
    values, mended = mend_levels(values, model.seen)
    said += mended
    done, waited, past = _decided_and_waiting(model, table)
    if model.time is not None and waited is None:
        said.append(
            f"Without the column {model.time.came.name} nobody knows how long each has waited: "
            "the chances are those of prospects that have just come in."
        )
    if past.any():
        n, days = int(past.sum()), model.time.days if model.time else 0
        said.append(
            f"One prospect came in {days} days ago or more and has not converted: it counts as "
            "lost, as when it was learned, and is not in the list."
            if n == 1
            else f"{n:,} prospects came in {days} days ago or more and have not converted: they "
            "count as lost, as when it was learned, and are not in the list."
        )
    if done.any():
        n = int(done.sum())
        said.append(
            "One prospect is decided by now, and not in the list."
            if n == 1
            else f"{n:,} prospects are decided by now, and not in the list."
        )
    rows = np.flatnonzero(~done & ~past)
    values = values.iloc[rows]
    doubts, unlearned = unlike(values, model.seen)
    scored = model.score_typed(values, waited and waited.of_rows(rows))
    scored["row"] = rows + 1
    scored["doubts"] = doubts.to_numpy()
    scored.attrs["warnings"] = tuple(said + unlearned)
    return scored


def _decided_and_waiting(
    model: "LeadScoringModel", table: pd.DataFrame
) -> tuple[Bools, Waited | None, Bools]:
    """Who is decided by now, how long the others have waited, and who for too long.

    As in what was learned, where somebody who has not converted may do so yet.
    """
    none = np.zeros(len(table), dtype=bool)
    said = table.get(model.outcome)
    time = model.time
    if time is None or time.came.name not in table:
        return none if said is None else decided(said, model.stages), None, none
    stands = pd.Series("lost", table.index) if said is None else _meanings(said, model.stages)
    done = stands.isin(["won", "gone"]).to_numpy(dtype=bool)
    days = typed(table, [c for c in (time.came, time.decided) if c.name in table])
    waited = time.waited(days, (stands == "lost").to_numpy(dtype=bool))
    return done, waited, waited.age >= time.days


def _meanings(said: "pd.Series", stages: Mapping[str, Meaning]) -> "pd.Series[str]":
    """Where each row stands: won, open by its own word, gone by a word, else not converted."""
    if A_DAY in stages:
        return said.notna().map({True: "won", False: stages.get(BLANK, "lost")})

    def meaning(value: object) -> str:
        level = folded(str(value)) or BLANK
        told = stages.get(level) or meaning_of(level) or "lost"
        return "gone" if told == "lost" and level not in PLAIN_NO | {BLANK} else told

    return each_level(said.fillna(""), meaning)


def seen_in(values: pd.DataFrame, columns: Sequence[Column]) -> dict[str, Seen]:
    """What each column held, to hold later tables against."""
    seen = {}
    for column in columns:
        own = values[column.name]
        filled = float(own.notna().mean())
        if column.kind == "date":
            seen[column.name] = Seen(filled)
        elif as_category(own):
            shares = as_text(own).value_counts(normalize=True).head(MOST_LEVELS)
            seen[column.name] = Seen(filled, {str(k): float(v) for k, v in shares.items()})
        else:
            low, high, mean = float(own.min()), float(own.max()), float(own.mean())
            seen[column.name] = Seen(filled, {}, low, high, mean, float(own.std()))
    return seen


def renamed(table: pd.DataFrame, names: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """The table with the names that were learned, where they differ in case and signs only."""
    table = table.rename(columns=str)
    missing = [name for name in names if name not in table.columns]
    others = [name for name in table.columns if name not in names]
    same = {plain(name): name for name in others}
    mended = {same[plain(name)]: name for name in missing if plain(name) in same}
    lacking = [name for name in missing if name not in mended.values()]
    if lacking:
        hints = []
        for name in lacking:
            spelled = {plain(other): other for other in others if other not in mended}
            near = difflib.get_close_matches(plain(name), spelled, 1, ALIKE)
            hints.append(name + (f" (rename {spelled[near[0]]}?)" if near else ""))
        free = ", ".join(name for name in others if name not in mended) or "none"
        raise UsageError(
            "the model needs these columns, which are missing: "
            f"{', '.join(hints)}; the file's other columns are: {free}"
        )
    said = [f"{theirs} is read as {ours}." for theirs, ours in mended.items()]
    return table.rename(columns=mended), said


def mend_levels(values: pd.DataFrame, seen: Mapping[str, Seen]) -> tuple[pd.DataFrame, list[str]]:
    """Values as they were learned, where they differ in case and blanks only."""
    made, said = {}, []
    for name, was in seen.items():
        if not was.levels:
            continue
        known = {folded(level): level for level in reversed(list(was.levels))}
        levels = was.levels

        def as_learned(value: object, levels=levels, known=known) -> object:  # type: ignore[no-untyped-def]
            return value if value in levels else known.get(folded(str(value)), value)

        made[name] = each_level(values[name], as_learned)
        changed = int((made[name].notna() & (made[name] != values[name])).sum())
        if changed:
            said.append(
                f"{name}: {changed:,} values that differ in capitals or blanks only are read as "
                "those learned."
            )
    return values.assign(**made), said


def unlike(values: pd.DataFrame, seen: Mapping[str, Seen]) -> tuple["pd.Series[str]", list[str]]:
    """What in each row, and in the whole table, was not learned from."""
    rows = pd.Series([""] * len(values), index=values.index, dtype=object)
    said = []
    for name, was in seen.items():
        own = values[name]
        known = own.notna()
        if was.levels:
            odd = known & ~own.isin(list(was.levels))
            word, drifted = "never seen", _levels_apart(own[known], was) > LEVELS_APART
        elif was.low is not None and was.high is not None:
            # Among few rows or many, the largest of later ones is often a little larger.
            odd = known & ((own < was.low - was.sd) | (own > was.high + was.sd))
            moved = abs(float(own.mean()) - was.mean) if known.any() else 0.0
            word = f"outside {was.low:g} to {was.high:g}"
            drifted = moved > was.sd * (MEAN_APART + CHANCE_Z / np.sqrt(max(known.sum(), 1)))
        else:
            odd, word, drifted = known & False, "", False
        rows = rows.where(~odd, rows + f"{name} {word}; ")
        n = int(odd.sum())
        if n:
            said.append(
                f"{name}: {n:,} of {len(values):,} rows have a value {word} when it was learned; "
                "their scores can't be relied on."
            )
        filled = float(known.mean()) if len(values) else was.filled
        chance = CHANCE_Z * np.sqrt(was.filled * (1 - was.filled) / max(len(values), 1))
        if abs(filled - was.filled) > FILLED_APART + chance:
            said.append(f"{name} is filled in {filled:.0%} of the rows, {was.filled:.0%} then.")
        if drifted:
            said.append(f"{name} is distributed otherwise than when it was learned.")
    return rows.str.removesuffix("; "), said


def decided(values: "pd.Series", stages: Mapping[str, Meaning]) -> Bools:
    """Rows whose outcome is known by now.

    A plain no may only be none yet, where nothing else stands for those still open.
    """
    if A_DAY in stages:
        return values.notna().to_numpy(dtype=bool)
    with_open = bool((values.isna() | values.astype("str").str.strip().eq("")).any())

    def meaning(value: object) -> bool:
        level = folded(str(value))
        told = stages.get(level) or meaning_of(level)
        return told == "won" or (told == "lost" and (with_open or level not in PLAIN_NO))

    return (each_level(values, meaning) == True).to_numpy(dtype=bool)  # noqa: E712 - or none


def plain(name: str) -> str:
    """A column's name without case and signs."""
    return re.sub(r"[\W_]+", "", name).casefold()


def _levels_apart(own: "pd.Series", was: Seen) -> float:
    """Half of the differences between the shares of the levels, beyond what chance makes."""
    now = own.value_counts(normalize=True)
    names = [*dict.fromkeys([*was.levels, *now.index])]
    then = np.array([was.levels.get(name, 0.0) for name in names])
    apart = np.abs(then - [now.get(name, 0.0) for name in names]).sum() / 2
    chance = np.sqrt(2 * then * (1 - then) / (np.pi * max(len(own), 1))).sum() / 2
    return float(apart - chance)
