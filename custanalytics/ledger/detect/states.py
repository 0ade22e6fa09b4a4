"""What the states of orders, payments and parcels mean (states.toml)."""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from custanalytics.ledger.detect.cell_words import consents
from custanalytics.ledger.detect.column_names import plain
from custanalytics.ledger.read.cell_kinds import kind_of

SALE, UNKNOWN, TOLD = "sale", "unknown", "told_no_sale"
# What a row comes to by the reason that its state gives.
TAKEN_FOR = {
    SALE: SALE,
    UNKNOWN: UNKNOWN,
    "not_paid": "not_yet",
    "payment_failed": "not_sold",
    "cancelled": "not_sold",
    "test": "not_sold",
    TOLD: "not_sold",
    "refunded": "given_back",
    "returned": "given_back",
}
STATE_ROLES = ("status", "payment_status", "fulfilment_status", "returned", "cancelled")
_FLAGS = ("returned", "cancelled")
# Parcels tell of what came back, not of what is paid.
_OF_PARCELS = ("returned", "refunded", "cancelled", "test", TOLD)
# Scripts without blanks between words (Korean is taken apart into its letters).
_NO_BLANKS = re.compile(r"[\u1100-\u11ff\u2e80-\uffff]")
# What these words say goes before "completed" beside them.
_UNDONE = frozenset({"cancelled", "refunded", "returned"})
# Columns of states known by their cells alone: so many different ones, of so many letters.
_MOST_STATES, _LONGEST_STATE, _NEARLY_ALL = 20, 40, 0.8
# There "done" stands behind what was done: what is no sale goes before it.
_BEFORE_DONE = 4


@cache
def _content() -> dict[str, Any]:
    text = (resources.files("custanalytics.ledger.detect") / "states.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _words() -> dict[str, str]:
    """Known word to the reason it gives."""
    lists = [_content()["words"], _content()["elsewhere"]]
    return {plain(w): reason for words in lists for reason, ws in words.items() for w in ws}


def state_reasons(
    role: str, cells: Collection[str], sale: Iterable[str] = (), not_a_sale: Iterable[str] = ()
) -> dict[str, tuple[str, str]]:
    """Cell of a column of states to the reason it gives (of `TAKEN_FOR`), and from where.

    ``sale`` and ``not_a_sale`` are the user's words.
    """
    states = {cell: plain(cell) for cell in cells}
    system, own = _system_words(set(states.values()))
    told = {plain(word): SALE for word in sale} | {plain(word): TOLD for word in not_a_sale}
    found = {}
    for cell, state in states.items():
        if state in told:
            found[cell] = told[state], "told"
        elif state in own:
            found[cell] = own[state], system
        else:
            reason = _flag_reason(role, cell, state) or _reason(state) or UNKNOWN
            if role == "fulfilment_status" and reason not in _OF_PARCELS:
                reason = SALE
            found[cell] = reason, "word"
    return found


def are_states(cells: Collection[str]) -> bool:
    """Whether most of the cells are states that we know."""
    known = sum(_reason(plain(cell)) is not None for cell in cells)
    return known >= len(cells) / 2


def states_by_content(columns: Mapping[str, Collection[str]]) -> list[str]:
    """Columns whose cells nearly all are states that we know, some of them of no sale."""
    found = []
    for name, cells in columns.items():
        different = set(cells)
        if not 2 <= len(different) <= _MOST_STATES or max(map(len, different)) > _LONGEST_STATE:
            continue
        reasons = [_reason(plain(cell)) for cell in different]
        known = sum(reason is not None for reason in reasons) >= _NEARLY_ALL * len(reasons)
        if known and SALE in reasons and {*reasons} - {SALE, None}:
            found.append(name)
    return found


def are_flags(cells: Collection[str]) -> bool:
    """Whether the cells say yes or no, or give a day or a state where blank means no."""
    flags = {*_content()["flag"]["yes"], *_content()["flag"]["no"]}
    different = set(cells)
    if all(plain(cell) in flags or _reason(plain(cell)) for cell in different):
        return True
    return sum(kind_of(cell) == "date" for cell in cells) >= 0.8 * len(cells)


def consent_cells(cells: Iterable[str]) -> dict[str, bool]:
    """Cell to whether it says yes, for those that say yes or no; a day means yes."""
    flags = _content()["flag"]
    said = {**dict.fromkeys(flags["no"], False), **dict.fromkeys(flags["yes"], True), **consents()}
    return {
        cell: said.get(plain(cell), True)
        for cell in cells
        if plain(cell) in said or kind_of(cell) == "date"
    }


def _flag_reason(role: str, cell: str, state: str) -> str | None:
    words = _content()["flag"]
    yes, no = state in words["yes"], state in words["no"]
    if role in _FLAGS:
        return role if yes or kind_of(cell) == "date" else SALE if no else None
    if role == "payment_status" and _reason(state) is None:
        return SALE if yes else "not_paid" if no else None
    return None


def _system_words(states: set[str]) -> tuple[str, Mapping[str, str]]:
    """The shop system whose words these are, and what it means by some of them."""
    best: tuple[int, dict[str, Any]] = (0, {})
    for system in _content()["system"]:
        signs = len(states & set(system["signs"]))
        whole = "or_all" in system and set(system["or_all"]) <= states
        if max(signs, int(whole)) > best[0]:
            best = max(signs, int(whole)), system
    reasons = {plain(word): reason for reason in TAKEN_FOR for word in best[1].get(reason, ())}
    return best[1].get("name", ""), reasons


def _holds(state: str, word: str) -> bool:
    """Whether the word stands in the state; scripts without blanks have no ends of words."""
    return word in state if _NO_BLANKS.search(word) else f" {word} " in f" {state} "


def _reason(state: str) -> str | None:
    """Reason by the longest known word in the state; None where none is known, or two disagree."""
    known = {word: reason for word, reason in _words().items() if _holds(state, word)}
    # A word within a longer one ("canceled" in "canceled reversal") says nothing of its own.
    alone = {w: r for w, r in known.items() if not any(w != v and _holds(v, w) for v in known)}
    if state not in known and (undone := {*alone.values()} & _UNDONE):
        negated = any(_holds(state, word) for word in _content()["negation"]["words"])
        if negated or "payment_failed" in alone.values():
            # "refund rejected", "not returned": the sale may stand.
            return None
        known = {w: r for w, r in known.items() if r in undone}
    matches = [
        (len(word) + _BEFORE_DONE * (reason != SALE and bool(_NO_BLANKS.search(word))), reason)
        for word, reason in known.items()
    ]
    if not matches:
        return None
    whole = _words().get(state)
    parted = any(_holds(state, part) for part in _content()["part"]["words"])
    # A state that holds for a part of the order ("partially refunded") leaves the rest a sale.
    if parted and whole is None and max(matches)[1] in ("refunded", "returned", "cancelled"):
        return SALE
    return max(matches)[1]
