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
    if role == "payment_status":
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


def _reason(state: str) -> str | None:
    """Reason by the longest known word in the state; None where none is known."""
    words = f" {state} "
    matches = [
        (len(word) + _BEFORE_DONE * (reason != SALE and bool(_NO_BLANKS.search(word))), reason)
        for word, reason in _words().items()
        if (word in state if _NO_BLANKS.search(word) else f" {word} " in words)
    ]
    if not matches:
        return None
    whole = _words().get(state)
    parted = any(
        part in state if _NO_BLANKS.search(part) else f" {part} " in words
        for part in _content()["part"]["words"]
    )
    # A state that holds for a part of the order ("partially refunded") leaves the rest a sale.
    if parted and whole is None and max(matches)[1] in ("refunded", "returned", "cancelled"):
        return SALE
    return max(matches)[1]
