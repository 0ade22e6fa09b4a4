"""Chooses the columns with the customer and with the order."""

import re
from collections.abc import Mapping

from custanalytics.errors import SourceError
from custanalytics.ledger.detect.cell_words import kind_words
from custanalytics.ledger.detect.column_names import meanings, plain
from custanalytics.ledger.detect.roles import (
    FIT,
    HALF_FILLED,
    Candidate,
    Roles,
    listed,
    matching,
    with_shapes,
)
from custanalytics.ledger.mapping import Choice
from custanalytics.ledger.staging import Staging

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
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
        group = [c for c in groups.get(kind, []) if c.filled >= HALF_FILLED * most_filled]
        group = [c for c in _of_sales(roles, group) if not _names_nobody(roles, c.column)]
        if not group:
            continue
        group = _of_people(roles, group)
        if len(group) > 1 and not _same_people(roles, [c.column for c in group]):
            raise SourceError(
                "several columns could be the customer: "
                f"{with_shapes(roles.staging, [c.column for c in group])}; "
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


def _of_people(roles: Roles, group: list[Candidate]) -> list[Candidate]:
    """Without columns that hold another value in each order, where one holds people that return."""
    order = roles.column("order_id")
    if len(group) < 2 or order is None:
        return group
    numbers = [roles.staging.column(c.column) for c in group]
    counts = ", ".join(f"count(DISTINCT {number}) AS n{at}" for at, number in enumerate(numbers))
    row = roles.staging.engine.sql(
        f"SELECT {counts}, count(DISTINCT {roles.staging.column(order)}) AS orders FROM staged"
    ).iloc[0]
    if int(row["orders"]) < _ENOUGH_CELLS:
        return group
    coming_back = [c for at, c in enumerate(group) if int(row[f"n{at}"]) < int(row["orders"])]
    return coming_back or group


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
    needed = HALF_FILLED * sum(map(bool, dates)) / len(dates)
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
        if (cells := [c for c in staging.values(name) if c]) and matching(_EMAIL, cells) >= FIT
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
            f"{listed(staging.names)}, and what is said about customers needs one; export the "
            "sales with the customer, or say which column it is with --map customer_id=COLUMN"
        )
    kinds = [c.column for c in roles.best("customer_id") if _names_nobody(roles, c.column)]
    if kinds and not emails:
        raise SourceError(_NOBODY.format(repr(kinds[0])))
    what = "several columns" if emails else "no column"
    raise SourceError(
        f"{what} can be told to be the customer (role customer_id); candidates: "
        f"{with_shapes(staging, shown[:8])}; say which with --map customer_id=COLUMN"
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
