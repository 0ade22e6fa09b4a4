"""Which column says whether a prospect converted, and which of its values means yes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.scoring.columns import NO_NAME, Column, TypedTable, as_text, each_level
from custanalytics.scoring.stages import PLAIN_NO, Meaning, folded, meaning_of
from custanalytics.sentences import tell_many

NAMES = re.compile(
    r"^(y|target|label|outcome|result|converted|conversion|convert|won|win|bought|buy|purchased"
    r"|purchase|subscribed|subscribe|responded|response|accepted|success|churned|churn|sold"
    r"|status|stage|deal|gekauft|abgeschlossen|ergebnis|konvertiert|achete|acheté|resultat"
    r"|résultat|comprado|convertido|resultado|phase|stadium|étape|etape|etapa|fase|statut|estado"
    r"|stato)$",
    re.IGNORECASE,
)
CONVERSION_DAY = re.compile(
    r"conver|\bwon\b|purchas|bought|signed|gewonnen|gekauft|kaufdatum|abschluss|unterschrieben|achat"
    r"|achet|sign[ée]|ganad|compra|firma|venta|acquist|vendut|verkocht|aankoop|ganho|assinad",
    re.IGNORECASE,
)
BLANK = "blank"
A_DAY = "a day"
CERTAIN_SCORE = 3
MOST_VALUES = 30
MOST_UNWORDED = 6


@dataclass(frozen=True)
class Outcome:
    """Which column says who converted."""

    # the column it was read from
    column: str
    # the value that means converted
    positive: str
    # whether the column was found rather than named
    found: bool
    # whether its name told; else its place and values
    by_name: bool = True


@dataclass(frozen=True)
class Outcomes:
    """The outcome of each prospect, where known."""

    # where they were read
    outcome: Outcome
    # whether the row has an outcome to learn from
    known: NDArray[np.bool_]
    # whether it converted; False where not known
    converted: NDArray[np.bool_]
    # whether it is open, and gets a score
    waiting: NDArray[np.bool_]
    # what the column says of each, 'blank' for nothing
    said: NDArray[np.object_]
    # every value met: `value`, `n`, and what it was `taken_for`: won, lost or open
    stages: pd.DataFrame
    # values whose words don't tell, so that they are open
    unclear: tuple[str, ...]
    # whether what is no conversion may be one yet: a plain no, or nothing
    may_come: bool


def read_outcomes(
    table: TypedTable,
    outcome: str | None = None,
    positive: str | None = None,
    asked: Mapping[Meaning, Sequence[str]] = MappingProxyType({}),
) -> Outcomes:
    """Find or read the outcome of each prospect; `asked` says what some values mean."""
    by_name = {column.name: column for column in table.columns}
    if outcome is not None and outcome not in by_name:
        raise UsageError(f"--outcome names {outcome!r}; the columns are: {', '.join(by_name)}")
    column = by_name[outcome] if outcome is not None else _find(table, positive)
    values = _folded_values(table, column)
    meanings, unclear = _meanings(column.name, values, positive, asked)
    taken = values.fillna("").map(meanings)
    won = [level for level, meaning in meanings.items() if meaning == "won"]
    lost = {level for level, meaning in meanings.items() if meaning == "lost"}
    named = Outcome(
        column.name,
        ", ".join(won),
        found=outcome is None,
        by_name=not NO_NAME.fullmatch(column.name),
    )
    counts = values.fillna("").value_counts()
    order = {"won": 0, "lost": 1, "open": 2}
    stages = sorted(counts.index, key=lambda level: (order[meanings[level]], -counts[level], level))
    return Outcomes(
        named,
        (taken != "open").to_numpy(dtype=bool),
        (taken == "won").to_numpy(dtype=bool),
        (taken == "open").to_numpy(dtype=bool),
        values.fillna(BLANK).to_numpy(dtype=object),
        pd.DataFrame(
            {
                "value": [level or BLANK for level in stages],
                "n": [int(counts[level]) for level in stages],
                "taken_for": [meanings[level] for level in stages],
            }
        ),
        tuple(unclear),
        lost <= PLAIN_NO | {""},
    )


def _find(table: TypedTable, positive: str | None) -> Column:
    columns = table.columns
    scores = {c.name: _likeness(table, c, positive) for c in columns}
    best = max(scores.values(), default=0)
    named = [c for c in columns if NAMES.match(c.name.strip())]
    if not best and len(named) == 1:
        return named[0]
    days = [
        c for c in columns
        if c.kind == "date" and c.filled < 1 and CONVERSION_DAY.search(c.name.replace("_", " "))
    ]  # fmt: skip
    if best < CERTAIN_SCORE and len(days) == 1:
        return days[0]
    leaders = [c for c in columns if scores[c.name] == best]
    if best:
        leaders = _pipeline_before_flag(table, leaders, [c for c in columns if scores[c.name]])
    if best < CERTAIN_SCORE or len(leaders) > 1:
        shown = [c.name for c in leaders] if best else []
        hint = f" (it could be {', '.join(shown[:8])})" if shown else ""
        raise UsageError(
            f"which column says who converted is not clear{hint}: name it by --outcome"
        )
    return leaders[0]


def _likeness(table: TypedTable, column: Column, positive: str | None) -> int:
    """Points for looking like an outcome; 0 where it can't be one."""
    if column.distinct > MOST_VALUES or column.kind in ("empty", "date", "text", "identifier"):
        return 0
    values = _folded_values(table, column)
    meant = {level: meaning_of(level) for level in values.dropna().unique()}
    levels = {level for level, meaning in meant.items() if meaning != "open"}
    if positive is not None and folded(positive) not in meant:
        return 0
    worded = {"won", "lost"} <= set(meant.values())
    only_yes = list(meant.values()) == ["won"] and column.filled < 1
    two = len(levels) == 2 or only_yes
    if not worded and ((positive is None and not two) or len(levels) > MOST_UNWORDED):
        return 0
    named = bool(NAMES.match(column.name.strip()))
    part = any(NAMES.match(word) for word in re.split(r"[^a-zà-ÿ]+", column.name.lower()) if word)
    last = column.name == table.columns[-1].name
    pipeline = {"won", "lost", "open"} <= set(meant.values())
    return 3 * named + 2 * (part and not named) + worded + 2 * pipeline + two + last


def _pipeline_before_flag(
    table: TypedTable, leaders: list[Column], likely: list[Column]
) -> list[Column]:
    """The columns with the most stages, where the leaders say the same of who has won."""

    def won(column: Column) -> tuple[int, ...]:
        meant = _folded_values(table, column).map(meaning_of, na_action="ignore")
        return tuple(np.flatnonzero(meant == "won"))

    said = {won(column) for column in leaders}
    if len(said) > 1:
        return leaders
    same = [column for column in likely if won(column) in said]
    most = max(column.distinct for column in same)
    return [column for column in same if column.distinct == most]


def _meanings(
    name: str,
    values: "pd.Series[str]",
    positive: str | None,
    asked: Mapping[Meaning, Sequence[str]],
) -> tuple[dict[str, Meaning], list[str]]:
    """What each value means, blank as ''; and those whose words don't tell."""
    counts = values.value_counts()
    levels = sorted(counts.index)
    told = _told(name, levels, positive, asked)
    meant: dict[str, Meaning | None] = {
        level: told.get(level, meaning_of(level)) for level in levels
    }
    if positive is not None:
        for level in levels:
            if level not in told and meant[level] != "open":
                meant[level] = "lost"
    decided = [level for level in levels if meant[level] != "open"]
    unknown = [level for level in decided if meant[level] is None]
    won = [level for level in decided if meant[level] == "won"]
    lost = [level for level in decided if meant[level] == "lost"]
    if len(decided) == 2 and unknown and len(won) < 2 and len(lost) < 2:
        rarer = min(unknown, key=lambda level: (int(counts[level]), level))
        for level in unknown:
            meant[level] = "won" if not won and level == rarer else "lost"
    elif won and len(unknown) == 1 and not lost:
        meant[unknown[0]] = "lost"
    elif unknown and len(levels) == 1 and values.isna().any():
        meant[unknown[0]] = "won"  # a mark, or a day
    elif won and lost:
        meant |= dict.fromkeys(unknown, "open")
    elif unknown and len(decided) > 1:
        raise UsageError(
            f"which of the {len(decided)} values of the outcome {name!r} mean converted, and which "
            f"do not, is not clear ({', '.join(unknown[:8])}): say it by --positive VALUE, or by "
            "--won, --lost and --still-open"
        )
    known: dict[str, Meaning] = {level: meaning or "open" for level, meaning in meant.items()}
    only_won = bool(known) and set(known.values()) == {"won"}
    blank: Meaning = told.get("", "lost" if only_won else "open")
    if values.isna().any():
        known[""] = blank
    if not {"won", "lost"} <= set(known.values()):
        raise UnsupportedError(
            tell_many(
                len({meaning for meaning in known.values() if meaning != "open"}),
                "the outcome “{column}” has only one decided value: learning what leads to a "
                "conversion needs both, some that converted and some that did not",
                "the outcome “{column}” has no decided value: learning what leads to a conversion "
                "needs both, some that converted and some that did not",
                column=name,
            )
        )
    return known, [level for level in unknown if known[level] == "open"]


def _told(
    name: str, levels: list[str], positive: str | None, asked: Mapping[Meaning, Sequence[str]]
) -> dict[str, Meaning]:
    """What the user said that some values mean."""
    told: dict[str, Meaning] = {}
    for flag, meaning, named in (
        ("positive", "won", [positive] if positive is not None else []),
        *((meaning, meaning, list(values)) for meaning, values in asked.items()),
    ):
        for value in map(folded, named):
            if value not in levels and value != BLANK:
                option = "still-open" if flag == "open" else flag
                raise UsageError(
                    f"--{option} names {value!r}; {name!r} has: {', '.join(levels[:10])}"
                )
            level = value if value in levels else ""
            if told.setdefault(level, meaning) != meaning:
                raise UsageError(f"{value!r} is said to be {told[level]} and {meaning}")
    return told


def _folded_values(table: TypedTable, column: Column) -> "pd.Series[str]":
    values = table.values[column.name]
    if column.kind == "date":
        return values.notna().map({True: A_DAY, False: None}).astype(object)
    return each_level(as_text(values), folded)
