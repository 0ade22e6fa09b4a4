"""Finds which column plays which role, from names, contents and relations between columns.

The user's word comes first, then a known platform's rules, then what is found here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from custanalytics.errors import SourceError
from custanalytics.ledger.detect.column_names import ROLES, meanings
from custanalytics.ledger.detect.states import (
    STATE_ROLES,
    are_flags,
    are_states,
    consent_cells,
    states_by_content,
)
from custanalytics.ledger.mapping import Choice
from custanalytics.ledger.read.cell_kinds import kind_of
from custanalytics.ledger.staging import Staging, column_kinds
from custanalytics.sentences import tell

_NUMBERS = ("amount", "order_total", "quantity", "unit_price", "discount", "refunded")
_GROUPS = ("category", "country", "channel")
_CONSENT = ("consent", "opt_out")
# What a shop may add to the columns of a platform.
ADDED = (*_GROUPS, "discount_code", *_CONSENT)
# What a joined table of customers or products may tell of a sale without being asked for it.
_JOINED = (*_GROUPS, *_CONSENT, "product")
# Groups hold this share of the rows at most as different values, but for a few.
_MOST_GROUPS, _FEW = 0.5, 10
TIME = re.compile(
    r"^(?:\d{4}-\d{2}-\d{2} )?\d{1,2}[:.h]\d{2}([:.]\d{2}(\.\d+)?)?( ?[ap]\.?m\.?)?$", re.I
)
_DAY_NUMBER = re.compile(r"^(?:[2-6]\d{4}([.,]\d+)?|1?\d{9}(\.\d+)?|1\d{12}|\d{8}|\d{14})$")
# A column must fit its role in this share of its filled cells.
FIT = 0.8
HALF_FILLED = 0.5


@dataclass(frozen=True)
class Candidate:
    """A column that may play a role."""

    column: str
    kind: str
    strength: float
    filled: float


@dataclass
class Roles:
    """Roles under way: the columns chosen so far, and candidates for the rest."""

    staging: Staging
    chosen: dict[str, Choice] = field(default_factory=dict)
    candidates: dict[str, list[Candidate]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def column(self, role: str) -> str | None:
        """Header name of the role's column, if there is one."""
        choice = self.chosen.get(role)
        return choice.column if choice else None

    def used(self) -> set[str]:
        """Columns that already have a role."""
        return {choice.column for choice in self.chosen.values()}

    def take(self, role: str, column: str, reason: str, confidence: float) -> None:
        """Give the column to the role, if the role is still free."""
        self.chosen.setdefault(role, Choice(column, reason, confidence))

    def best(self, role: str) -> list[Candidate]:
        """Free candidates of a role, best first."""
        free = [c for c in self.candidates.get(role, []) if c.column not in self.used()]
        order = {name: at for at, name in enumerate(self.staging.names)}
        return sorted(free, key=lambda c: (-c.strength, -round(c.filled, 1), order[c.column]))


def given_roles(staging: Staging, given: Mapping[str, Choice]) -> dict[str, Choice]:
    """The user's choices with column numbers turned into names."""
    result = {}
    by_case = {name.strip().casefold(): name for name in staging.names}
    for role, choice in given.items():
        name = choice.column
        if name in staging.names:
            found: str | None = name
        elif name.strip().casefold() in by_case:
            found = by_case[name.strip().casefold()]
        elif name.isdecimal() and 1 <= int(name) <= len(staging.names):
            found = staging.names[int(name) - 1]
        else:
            found = None
        if found is None:
            raise SourceError(
                f"--map {role}={name}: the file has no column {name!r}; "
                f"it has {listed(staging.names)}"
            )
        result[role] = Choice(found, choice.reason, choice.confidence)
    return result


def find_candidates(staging: Staging, chosen: Mapping[str, Choice]) -> Roles:
    """Candidates for every role, from the columns' names and what their cells look like."""
    # A joined table's dates and figures are not those of a sale.
    kinds = column_kinds(staging) | dict.fromkeys(staging.joined, "joined")
    roles = Roles(staging, dict(chosen), kinds=kinds)
    for name in staging.names:
        cells = [cell for cell in staging.values(name) if kind_of(cell) != "blank"]
        if not cells:
            continue
        filled = len(cells) / len(staging.sample)
        for role, (kind, strength) in meanings(name).items() if staging.has_header else ():
            if (name not in staging.joined or role in _JOINED) and _fits(
                role, kind, cells, roles.kinds[name]
            ):
                entry = Candidate(name, kind, strength, filled)
                roles.candidates.setdefault(role, []).append(entry)
    names = [c for c in roles.candidates.get("product", []) if c.kind == "name"]
    roles.candidates["product_name"] = names
    return roles


def _fits(role: str, named: str, cells: list[str], kind: str) -> bool:
    if role == "ordered_at":
        return kind == "date" or matching(_DAY_NUMBER, cells) >= FIT
    if role == "ordered_time":
        return matching(TIME, cells) >= FIT
    if role in ("returned", "cancelled"):
        return are_flags(cells)
    if role in _CONSENT:
        answers = consent_cells(set(cells))
        return sum(cell in answers for cell in cells) >= FIT * len(cells)
    if role == "refunded" and set(cells) <= {"0", "1"}:
        return False
    if role in _NUMBERS:
        return kind == "number"
    if role in ("status", "payment_status") and (named == "word" or kind != "text"):
        return are_states(cells) or (role == "payment_status" and are_flags(cells))
    if role in ("customer_id", "order_id"):
        return kind != "date"
    if role == "currency":
        return all(len(cell) <= 5 and not cell.isdecimal() for cell in cells)
    return True


def matching(pattern: re.Pattern[str], cells: list[str]) -> float:
    """Share of the cells that match."""
    return sum(bool(pattern.match(cell)) for cell in cells) / len(cells)


def take_quantity(roles: Roles) -> None:
    """Where purchases are counted, quantities tell returns."""
    for candidate in roles.best("quantity"):
        _take_named(roles, "quantity", candidate)


def find_rest(roles: Roles) -> None:
    """Choose product, currency, status and what else has a name of its own."""
    for role in ("product", "currency", *STATE_ROLES, "kind", "refund_of"):
        for candidate in roles.best(role):
            if role != "product" or candidate.filled >= HALF_FILLED:
                _take_named(roles, role, candidate)
                break
    _find_states(roles)
    # A name beside a code, never a second code.
    for candidate in roles.best("product_name") if "product" in roles.chosen else ():
        if candidate.filled >= HALF_FILLED:
            _take_named(roles, "product_name", candidate)
    _find_groups(roles)


def _find_states(roles: Roles) -> None:
    """A column of a name that nobody knows holds states where its cells are such."""
    free = [
        name
        for name in roles.staging.names
        if name not in (*roles.used(), *roles.staging.joined)
        and roles.kinds[name] == "text"
        and not (roles.staging.has_header and meanings(name).keys() - {*STATE_ROLES, "country"})
    ]
    cells = {name: [c for c in roles.staging.values(name) if c] for name in free}
    for name in states_by_content({n: c for n, c in cells.items() if c}):
        role = next((r for r in ("status", "payment_status") if r not in roles.chosen), None)
        if role:
            roles.take(role, name, "holds states of orders", 0.7)
            roles.warnings.append(
                tell(
                    "Column {column} was taken for states of orders, by what it holds (--map "
                    "{role}=none leaves it out).",
                    column=repr(name),
                    role=role,
                )
            )


def _find_groups(roles: Roles) -> None:
    """Choose what customers and orders are grouped by, whether a discount was used, and consent."""
    for role in _GROUPS:
        for candidate in roles.best(role):
            cells = [cell for cell in roles.staging.values(candidate.column) if cell]
            # One value tells nothing apart, and one of its own for each row is no group.
            if 1 < len(set(cells)) <= max(_MOST_GROUPS * len(cells), _FEW):
                _take_named(roles, role, candidate)
    # A discount is what was taken off too, where the amount does not come from it.
    for candidate in (*roles.best("discount_code"), *roles.best("discount")):
        _take_named(roles, "discount_code", candidate)
    for role in _CONSENT:
        for candidate in roles.best(role):
            _take_named(roles, role, candidate)


def _take_named(roles: Roles, role: str, candidate: Candidate) -> None:
    roles.take(role, candidate.column, f"named {candidate.column!r}", candidate.strength)


def number_candidates(roles: Roles) -> list[str]:
    """Columns that may hold money or pieces: by name, or all numbers where there is no header."""
    names = {c.column for role in _NUMBERS for c in roles.candidates.get(role, [])}
    names |= {roles.chosen[role].column for role in _NUMBERS if role in roles.chosen}
    if not roles.staging.has_header or not names:
        names |= {n for n in roles.staging.names if roles.kinds[n] == "number"}
        names -= roles.used() - {
            roles.chosen[role].column for role in _NUMBERS if role in roles.chosen
        }
    return [name for name in roles.staging.names if name in names]


def in_order(chosen: Mapping[str, Choice]) -> dict[str, Choice]:
    """The choices in the order in which roles are shown."""
    return {role: chosen[role] for role in ROLES if role in chosen}


def listed(names: list[str] | tuple[str, ...], most: int = 30) -> str:
    """Names in quotes, the first of very many."""
    shown = ", ".join(repr(name) for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")


def with_shapes(staging: Staging, names: list[str]) -> str:
    """Columns with the shapes of their cells, never the cells."""
    return "; ".join(f"{name!r} (such as {', '.join(staging.shapes(name))})" for name in names)
