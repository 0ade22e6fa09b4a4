"""Finds which column plays which role, from names, contents and relations between columns.

The user's word comes first, then a known platform's rules, then what is found here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from custanalytics.errors import SourceError
from custanalytics.ledger.detect.cell_words import kind_words
from custanalytics.ledger.detect.column_names import ROLES, meanings, plain
from custanalytics.ledger.detect.states import STATE_ROLES, are_flags, are_states, consent_cells
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
_TIME = re.compile(
    r"^(?:\d{4}-\d{2}-\d{2} )?\d{1,2}[:.h]\d{2}([:.]\d{2}(\.\d+)?)?( ?[ap]\.?m\.?)?$", re.I
)
_DAY_NUMBER = re.compile(r"^(?:[2-6]\d{4}([.,]\d+)?|1?\d{9}(\.\d+)?|1\d{12}|\d{8}|\d{14})$")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
# A column must fit its role in this share of its filled cells.
_FIT = 0.8
_HALF_FILLED = 0.5
# Kinds of columns that name the customer, the surest first.
_TRUST = ("key", "whole", "email", "phone", "name")
_ENOUGH_CELLS = 20
_ONE_CUSTOMER = 0.9
_NO_ID = "0+|-1|-?9{4,}|guest.*|gast|n/?a|null|-"
_NOBODY = (
    "column {} tells kinds of customers or channels (such as new or returning), it names nobody; "
    "export the sales with the customer's number, e-mail or name, or say which column that is "
    "with --map customer_id=COLUMN"
)


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
                f"it has {_listed(staging.names)}"
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
        return kind == "date" or _share(_DAY_NUMBER, cells) >= _FIT
    if role == "ordered_time":
        return _share(_TIME, cells) >= _FIT
    if role in ("returned", "cancelled"):
        return are_flags(cells)
    if role in _CONSENT:
        answers = consent_cells(set(cells))
        return sum(cell in answers for cell in cells) >= _FIT * len(cells)
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


def _share(pattern: re.Pattern[str], cells: list[str]) -> float:
    return sum(bool(pattern.match(cell)) for cell in cells) / len(cells)


def find_date(roles: Roles) -> None:
    """Choose the column with the date of the order, and that with the time of day."""
    staging = roles.staging
    if "ordered_at" not in roles.chosen:
        best = roles.best("ordered_at")
        well_filled = [c for c in best if c.filled >= _HALF_FILLED] or best
        if well_filled:
            first = well_filled[0]
            others = [c.column for c in well_filled[1:] if c.strength == first.strength]
            reason = f"named {first.column!r} and holds dates"
            if others:
                roles.warnings.append(
                    tell(
                        "Column {column} was taken for the date of the order; it could also be "
                        "{others} (--map ordered_at=COLUMN).",
                        column=repr(first.column),
                        others=_listed(others),
                    )
                )
            roles.take("ordered_at", first.column, reason, first.strength - 0.2 * bool(others))
        else:
            dates = [name for name in staging.names if roles.kinds[name] == "date"]
            dates = [name for name in dates if name not in roles.used()]
            if len(dates) != 1:
                raise SourceError(_no_date(staging, dates))
            roles.take("ordered_at", dates[0], "the only column that holds dates", 0.8)
    day = roles.chosen["ordered_at"].column
    has_time = any(":" in cell and not cell.endswith(" 00:00:00") for cell in staging.values(day))
    times = roles.best("ordered_time")
    if not has_time and "ordered_time" not in roles.chosen:
        if times:
            roles.take("ordered_time", times[0].column, "holds times of day", times[0].strength)
        elif not staging.has_header:
            found = [
                name
                for name in staging.names
                if name not in roles.used()
                and (cells := [c for c in staging.values(name) if c])
                and _share(_TIME, cells) >= _FIT
                and any(":" in cell for cell in cells)
            ]
            if len(found) == 1:
                roles.take("ordered_time", found[0], "the only column that holds times", 0.8)


def _no_date(staging: Staging, dates: list[str]) -> str:
    if dates:
        return (
            f"several columns hold dates ({_with_shapes(staging, dates)}) and no name tells which "
            "is the order's; give it with --map ordered_at=COLUMN"
        )
    return (
        "no column holds dates of sales (role ordered_at); expected one row per sale with at "
        f"least a customer, a date and an amount; the columns are {_listed(staging.names)}; "
        "if one of them is the date of the order, give it with --map ordered_at=COLUMN"
    )


def find_customer_and_order(roles: Roles) -> None:
    """Choose the columns with the customer and with the order."""
    _find_order(roles)
    if "customer_id" in roles.chosen:
        chosen = roles.chosen["customer_id"]
        if chosen.reason != Choice("").reason and _names_nobody(roles, chosen.column):
            raise SourceError(_NOBODY.format(repr(chosen.column)))
        return
    best = roles.best("customer_id")
    if not best:
        _customer_by_content(roles)
        return
    groups: dict[str, list[Candidate]] = {}
    for candidate in best:
        groups.setdefault(candidate.kind, []).append(candidate)
    most_filled = max(c.filled for c in best)
    for kind in _TRUST:
        group = [c for c in groups.get(kind, []) if c.filled >= _HALF_FILLED * most_filled]
        group = [c for c in _of_sales(roles, group) if not _names_nobody(roles, c.column)]
        if not group:
            continue
        if len(group) > 1 and not _same_people(roles, [c.column for c in group]):
            raise SourceError(
                "several columns could be the customer: "
                f"{_with_shapes(roles.staging, [c.column for c in group])}; "
                "say which with --map customer_id=COLUMN"
            )
        first = group[0]
        roles.take("customer_id", first.column, f"named {first.column!r}", first.strength)
        _take_stand_ins(roles, groups)
        return
    _customer_by_content(roles)


def _names_nobody(roles: Roles, column: str) -> bool:
    """Whether the cells tell kinds of customers or channels: new or returning, web or shop."""
    cells = [plain(cell) for cell in roles.staging.values(column) if cell]
    different = set(cells)
    few = len(cells) >= _ENOUGH_CELLS and len(different) == 2
    known = set(kind_words())
    return bool(different) and ((few and all(c.isalpha() for c in different)) or different <= known)


def _take_stand_ins(roles: Roles, groups: Mapping[str, list[Candidate]]) -> None:
    """Columns that name the customer where the first one is blank or holds a guest's number."""
    staging = roles.staging
    name = roles.chosen["customer_id"].column
    first = staging.column(name)
    # A customer's address or name says less than the number, never more.
    kinds = [k for k in _TRUST if k not in ("key", "whole")]
    chosen = next((k for k in kinds if name in [c.column for c in groups.get(k, [])]), "")
    slots = iter(("customer_id_2", "customer_id_3", "customer_id_4"))
    for kind in kinds[kinds.index(chosen) + 1 :] if chosen in kinds else kinds:
        for candidate in sorted(groups.get(kind, []), key=lambda c: (-c.strength, -c.filled))[:1]:
            other = staging.column(candidate.column)
            found = staging.engine.sql(
                f"SELECT count(*) AS n FROM staged WHERE {other} IS NOT NULL AND ({first} IS NULL "
                f"OR regexp_full_match(lower({first}), '{_NO_ID}'))"
            )
            if not int(found["n"].iloc[0]) or _names_nobody(roles, candidate.column):
                continue
            if _goes_with(staging, other, first, kind):
                reason = f"where {name!r} is blank"
                roles.take(next(slots), candidate.column, reason, candidate.strength)


def _goes_with(staging: Staging, other: str, customer: str, kind: str) -> bool:
    """Whether a value of the other column stands beside one customer wherever both are filled."""
    row = staging.engine.sql(
        "SELECT count(*) AS n, COALESCE(sum(CASE WHEN ids = 1 THEN 1 ELSE 0 END), 0) AS one FROM ("
        f"SELECT count(DISTINCT {customer}) AS ids FROM staged WHERE {other} IS NOT NULL "
        f"AND {customer} IS NOT NULL AND NOT regexp_full_match(lower({customer}), '{_NO_ID}') "
        f"GROUP BY {other})"
    ).iloc[0]
    n = int(row["n"])
    return int(row["one"]) >= _ONE_CUSTOMER * n if n else kind == "email"


def _of_sales(roles: Roles, group: list[Candidate]) -> list[Candidate]:
    """Without columns that hold one value only: they tell no customers apart."""
    if len(roles.staging.sample) < 20:
        return group
    return [c for c in group if len({v for v in roles.staging.values(c.column) if v}) > 1] or group[
        :1
    ]


def _same_people(roles: Roles, columns: list[str]) -> bool:
    """Whether the columns tell the same customers apart, one to one."""
    first, *others = (roles.staging.column(name) for name in columns)
    for other in others:
        split = roles.staging.engine.sql(
            f"SELECT (SELECT count(*) FROM (SELECT {first} FROM staged WHERE {first} IS NOT NULL "
            f"AND {other} IS NOT NULL GROUP BY 1 HAVING count(DISTINCT {other}) > 1)) + "
            f"(SELECT count(*) FROM (SELECT {other} FROM staged WHERE {first} IS NOT NULL "
            f"AND {other} IS NOT NULL GROUP BY 1 HAVING count(DISTINCT {first}) > 1)) AS n"
        )
        if int(split["n"].iloc[0]):
            return False
    return True


def _find_order(roles: Roles) -> None:
    if "order_id" in roles.chosen:
        return
    customer = roles.column("customer_id")
    dates = roles.staging.values(roles.column("ordered_at") or "")
    # Date and number may stand on an order's first line only.
    needed = _HALF_FILLED * sum(map(bool, dates)) / len(dates)
    for candidate in roles.best("order_id"):
        if candidate.filled >= needed and candidate.column != customer:
            reason = f"named {candidate.column!r}"
            roles.take("order_id", candidate.column, reason, candidate.strength)
            return


def _customer_by_content(roles: Roles) -> None:
    """Customers by what columns hold: e-mail addresses, or keys that every order has one of."""
    staging = roles.staging
    free = [
        name
        for name in staging.names
        if name not in roles.used() and roles.kinds[name] in ("text", "number")
    ]
    emails = [
        name
        for name in free
        if (cells := [c for c in staging.values(name) if c]) and _share(_EMAIL, cells) >= _FIT
    ]
    if len(emails) == 1:
        roles.take("customer_id", emails[0], "the only column with e-mail addresses", 0.8)
    elif not staging.has_header and not emails:
        _keys_without_names(roles, free)
    if "customer_id" in roles.chosen:
        return
    shown = emails or [name for name in free if _may_be_customer(roles, name)]
    if not shown:
        raise SourceError(
            "no column names the customer (role customer_id): the columns are "
            f"{_listed(staging.names)}, and what is said about customers needs one; export the "
            "sales with the customer, or say which column it is with --map customer_id=COLUMN"
        )
    kinds = [c.column for c in roles.best("customer_id") if _names_nobody(roles, c.column)]
    if kinds and not emails:
        raise SourceError(_NOBODY.format(repr(kinds[0])))
    what = "several columns" if emails else "no column"
    raise SourceError(
        f"{what} can be told to be the customer (role customer_id); candidates: "
        f"{_with_shapes(staging, shown[:8])}; say which with --map customer_id=COLUMN"
    )


def _may_be_customer(roles: Roles, name: str) -> bool:
    """Not a column whose name says something else, nor one of figures with decimals."""
    if roles.staging.has_header and meanings(name):
        return "customer_id" in meanings(name)
    decimals = any("." in cell or "," in cell for cell in roles.staging.values(name))
    return not (roles.kinds[name] == "number" and decimals)


def _keys_without_names(roles: Roles, free: list[str]) -> None:
    """Without a header: the order is the column that fixes date and customer, found together."""
    staging = roles.staging
    date = staging.column(roles.column("ordered_at") or "")
    keys = [name for name in free if not any("." in c or "," in c for c in staging.values(name))]
    found = []
    for order in keys:
        for customer in keys:
            if order != customer and _fixes(staging, order, date, customer):
                found.append((order, customer))
    if len(found) == 1:
        order, customer = found[0]
        roles.take("order_id", order, "each value has one date and one customer", 0.6)
        roles.take("customer_id", customer, f"each {order} has one, and they come back", 0.6)


def _fixes(staging: Staging, order: str, date: str, customer: str) -> bool:
    o, c = staging.column(order), staging.column(customer)
    row = staging.engine.sql(
        "SELECT count(*) AS orders, "
        "sum(CASE WHEN days > 1 OR people > 1 THEN 1 ELSE 0 END) AS bad, "
        f"sum(lines) AS lines FROM (SELECT {o}, count(DISTINCT {date}) AS days, "
        f"count(DISTINCT {c}) AS people, count(*) AS lines FROM staged "
        f"WHERE {o} IS NOT NULL GROUP BY 1)"
    ).iloc[0]
    people = staging.engine.sql(
        f"SELECT count(DISTINCT {c}) AS n, count(DISTINCT {o}) AS orders, "
        f"count(DISTINCT concat_ws('|', {c}, {date})) AS visits FROM staged"
    ).iloc[0]
    several_lines = row["lines"] > row["orders"]
    come_back = 5 < people["n"] < people["orders"] and people["visits"] > people["n"]
    few = people["n"] < 0.02 * people["orders"]
    return bool(row["bad"] <= 0.001 * row["orders"] and several_lines and come_back and not few)


def find_rest(roles: Roles) -> None:
    """Choose product, currency, status and what else has a name of its own."""
    for role in ("product", "currency", *STATE_ROLES, "kind", "refund_of"):
        for candidate in roles.best(role):
            if role != "product" or candidate.filled >= _HALF_FILLED:
                _take_named(roles, role, candidate)
                break
    # A name beside a code, never a second code.
    for candidate in roles.best("product_name") if "product" in roles.chosen else ():
        if candidate.filled >= _HALF_FILLED:
            _take_named(roles, "product_name", candidate)
    _find_groups(roles)


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


def _listed(names: list[str] | tuple[str, ...], most: int = 30) -> str:
    shown = ", ".join(repr(name) for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")


def _with_shapes(staging: Staging, names: list[str]) -> str:
    """Columns with the shapes of their cells, never the cells."""
    return "; ".join(f"{name!r} (such as {', '.join(staging.shapes(name))})" for name in names)
