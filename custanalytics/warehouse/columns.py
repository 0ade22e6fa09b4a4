"""Which column of a table plays which role: by its name and its type, which a table is sure of."""

from collections.abc import Callable, Collection
from collections.abc import Mapping as Dict

from custanalytics.errors import SourceError
from custanalytics.ledger.detect.column_names import ROLES, meanings
from custanalytics.ledger.detect.states import STATE_ROLES, are_flags, are_states
from custanalytics.ledger.mapping import Choice

NO_COLUMN = "none"
# The kinds of columns that can play a role; any for those that are not named.
_KINDS = {
    "ordered_at": ("date",),
    "amount": ("number",),
    "quantity": ("number",),
    "unit_price": ("number",),
    "consent": ("flag",),
    "opt_out": ("flag",),
    "customer_id": ("text", "number"),
    "order_id": ("text", "number"),
    "product": ("text", "number"),
    "product_name": ("text",),
    **dict.fromkeys(STATE_ROLES, ("text", "flag")),
    "category": ("text", "number"),
    "country": ("text",),
    "channel": ("text",),
    "discount_code": ("text", "number"),
}
# Where several columns could be the customer, the surest kind of name goes first.
_TRUST = ("key", "whole", "email", "phone", "name")


def roles_of(
    columns: Dict[str, str],
    given: Dict[str, str | int],
    values: Callable[[str], Collection[str]],
) -> dict[str, Choice]:
    """Role to column; ``values`` are some of the different ones of a column.

    Raises
    ------
    SourceError
        A column that was given is not there, has the wrong type, or a role that every sale needs
        has none.
    """
    names = list(columns)
    chosen: dict[str, Choice] = {}
    for role, column in given.items():
        if str(column) != NO_COLUMN:
            chosen[role] = Choice(_named(names, role, column))
            _check_kind(role, chosen[role].column, columns)
    for role in _KINDS:
        if role in given or role in chosen:
            continue
        for name in _named_so(role, columns, {choice.column for choice in chosen.values()}):
            if role not in STATE_ROLES or _holds_states(role, columns[name], values(name)):
                chosen[role] = Choice(name, f"named {name!r}", 0.9)
                break
    if "amount" in chosen or not {"quantity", "unit_price"} <= chosen.keys():
        chosen.pop("unit_price", None)
    missing = [role for role in ("customer_id", "ordered_at") if role not in chosen]
    if not {"amount", "unit_price"} & chosen.keys():
        missing.append("amount")
    if missing:
        raise SourceError(
            f"no column was found for {', '.join(f'{r} ({ROLES[r]})' for r in missing)}; the "
            f"columns are {', '.join(f'{n} ({kind})' for n, kind in columns.items())}; say which "
            f"with --map {missing[0]}=COLUMN, or give a query that casts it to its type"
        )
    return {role: chosen[role] for role in ROLES if role in chosen}


def _named_so(role: str, columns: Dict[str, str], taken: Collection[str]) -> list[str]:
    """Free columns whose names tell the role and whose types fit, the best first."""
    found = []
    pieces = any("quantity" in meanings(name) for name in columns)
    for at, (name, kind) in enumerate(columns.items()):
        # A code and its name are one role for names: the name stands beside the code.
        told = meanings(name)
        meaning = told.get("product" if role == "product_name" else role)
        if meaning is None or name in taken or kind not in _KINDS[role]:
            continue
        if role == "product_name" and meaning[0] != "name":
            continue
        # Beside pieces, a price is that of one.
        if role == "amount" and pieces and "unit_price" in told:
            continue
        trust = _TRUST.index(meaning[0]) if meaning[0] in _TRUST and role == "customer_id" else 0
        found.append((trust, -meaning[1], at, name))
    return [name for *_, name in sorted(found)]


def _holds_states(role: str, kind: str, values: Collection[str]) -> bool:
    if role in ("returned", "cancelled"):
        return kind == "flag" or are_flags(values)
    return bool(values) and are_states(values)


def _named(names: list[str], role: str, column: str | int) -> str:
    if str(column) in names:
        return str(column)
    alike = [name for name in names if name.casefold() == str(column).strip().casefold()]
    if len(alike) == 1:
        return alike[0]
    if str(column).isdecimal() and 1 <= int(column) <= len(names):
        return names[int(column) - 1]
    raise SourceError(
        f"--map {role}={column}: there is no column {column!r}; there are {', '.join(names)}"
    )


def _check_kind(role: str, column: str, columns: Dict[str, str]) -> None:
    if role not in _KINDS:
        raise SourceError(
            f"--map {role}={column}: a table is read without {role}; give a query that works it in"
        )
    if columns[column] not in _KINDS[role]:
        raise SourceError(
            f"--map {role}={column}: {column} is of type {columns[column]}, and {role} needs "
            f"{' or '.join(_KINDS[role])}; give a query that casts it"
        )
