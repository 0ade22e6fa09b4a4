"""From the paths to the ledger: the one place of this package that knows the order."""

import codecs
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from custanalytics.errors import SourceError, UsageError
from custanalytics.ledger.assemble import Wanted, assemble
from custanalytics.ledger.detect import roles as find
from custanalytics.ledger.detect.column_names import ROLES
from custanalytics.ledger.detect.currency_codes import iso_codes
from custanalytics.ledger.detect.customer_column import find_customer_and_order
from custanalytics.ledger.detect.customer_table import refuse_customer_table
from custanalytics.ledger.detect.date_column import find_date
from custanalytics.ledger.detect.dates import read_dates, usual_days
from custanalytics.ledger.detect.discounts import discount_is_share
from custanalytics.ledger.detect.money import find_money
from custanalytics.ledger.detect.numbers import read_numbers
from custanalytics.ledger.detect.order_column import order_by_content
from custanalytics.ledger.fill_down import fill_down
from custanalytics.ledger.join import join_tables
from custanalytics.ledger.load_report import Ledger
from custanalytics.ledger.mapping import Choice, Mapping, choices, one_of
from custanalytics.ledger.mapping import rates as checked_rates
from custanalytics.ledger.platforms import platform_roles, recognise
from custanalytics.ledger.pseudonymous import with_pseudonyms
from custanalytics.ledger.staging import Staging, stage

NO_COLUMN = "none"
MONEY_ROLES = ("amount", "order_total", "unit_price", "discount", "refunded")
_OF_MONEY = (*MONEY_ROLES, "currency")


def load(
    sources: Any,
    *,
    connection: Any = None,
    mapping: Dict[str, str | int] | None = None,
    mapping_file: Path | str | None = None,
    currency: str | None = None,
    date_order: str | None = None,
    decimal: str | None = None,
    rates: Dict[str, Decimal | float | str] | None = None,
    sale: Sequence[str] = (),
    not_a_sale: Sequence[str] = (),
    drop_duplicates: bool = False,
    encoding: str | None = None,
    in_cents: bool = False,
    no_amount: bool = False,
    no_mend: bool = False,
    customer_key: Sequence[str | int] = (),
    since: date | None = None,
    where: Sequence[str] | Dict[str, Any] = (),
    join: Sequence[Any] = (),
    max_unreadable: float = 0.02,
    pseudonymise: Path | str | None = None,
    as_of: date | None = None,
    today: date | None = None,
    memory_limit: str = "700MB",
) -> Ledger:
    """Read a shop's sales export into one clean ledger.

    Assumes that all files are of one export: the same columns, in any order.

    Parameters
    ----------
    sources : path, table, or sequence of them
        CSV (any delimiter and encoding), Excel or Parquet files, or gzip and zip archives of them;
        a table of pandas, polars, Arrow or Ibis, a relation of DuckDB, or anything with the Arrow
        stream interface, whose columns are read as those of a file are; with ``connection``, a
        SELECT, a ``.sql`` file with one, or the name of a table.
    connection : connection or engine, optional
        Where the query is asked: SQLAlchemy (engine, connection, session), ADBC, DuckDB, Ibis, or
        any driver with a ``cursor()``. It stays open.
    mapping : dict, optional
        Role to column: its name, or its number from 1; ``"none"`` leaves the role out.
    mapping_file : path, optional
        A mapping that `Mapping.save` wrote; ``mapping`` goes before it.
    currency : str, optional
        ISO code of the amounts, or of the ledger where ``rates`` are given.
    date_order : {"dmy", "mdy", "ymd"}, optional
        Order of day, month and year, for files that don't tell.
    decimal : {"point", "comma"}, optional
        Decimal sign, for files that don't tell.
    rates : dict, optional
        Units of ``currency`` for one unit of each other currency.
    sale, not_a_sale : sequence of str
        States of orders, as the file writes them, that are sales, and that are none.
    drop_duplicates : bool
        Set aside lines that repeat another line in every column.
    encoding : str, optional
        Encoding of the text files, such as ``"cp1250"``; found by evidence where not given.
    in_cents : bool
        The amounts are cents: hundredths of the currency's unit.
    no_amount : bool
        Count purchases without money: a purchase, however many lines it has, comes to 1, and
        returns are set aside.
    no_mend : bool
        Set aside lines that are torn by one delimiter or quote too many or too few, also where
        only one mending makes every field fit its column.
    customer_key : sequence of str
        Columns that name the customer, in order of trust: where one is blank, the next one does.
    since : date, optional
        First day that counts; earlier rows are set aside.
    where : sequence of str, or dict
        ``"COLUMN=VALUE"``, or a dict of them: only these rows count; several values of one column
        are alternatives.
    join : sequence of path or table
        Tables of customers or of products, one row for each: their columns stand beside the sales
        of theirs, by a column of the same name or meaning that both hold. What they say of group,
        country, channel and consent is taken as it is; any other by ``mapping`` or ``where``.
    max_unreadable : float
        Highest share of lines that may be unreadable.
    pseudonymise : path, optional
        File with a key, made where there is none, or ``"env:NAME"`` for a variable that holds it:
        customers stand in the ledger under pseudonyms by this key, the same on every run, orders
        under numbers. Whom each stands for is kept beside the file of the key.
    as_of : date, optional
        Last day that counts; later rows are set aside.
    today : date, optional
        No sale is later; the day of the run where not given.
    memory_limit : str
        Bound of the engine's memory.

    Returns
    -------
    Ledger
        The clean lines, and how they came about.

    Raises
    ------
    SourceError
        A file can't be read, a column can't be found, or the data contradicts itself.
    UsageError
        An option makes no sense.
    """
    sale, not_a_sale, customer_key = map(_listed, (sale, not_a_sale, customer_key))
    if not 0 <= max_unreadable <= 1:
        raise UsageError(f"--max-unreadable is a share between 0 and 1, not {max_unreadable}")
    wanted = Mapping.load(mapping_file) if mapping_file else Mapping({})
    wanted = replace(
        wanted,
        roles={**wanted.roles, **choices(_with_keys(mapping or {}, customer_key))},
        currency=_code(currency) or _code(wanted.currency),
        date_order=one_of("date_order", date_order, ("dmy", "mdy", "ymd")) or wanted.date_order,
        decimal=one_of("decimal", decimal, ("point", "comma")) or wanted.decimal,
        rates={**wanted.rates, **checked_rates(rates or {})},
        sale=(*wanted.sale, *(word for word in sale if word not in wanted.sale)),
        not_a_sale=(*wanted.not_a_sale, *(w for w in not_a_sale if w not in wanted.not_a_sale)),
        no_amount=no_amount or wanted.no_amount,
    )
    if wanted.no_amount:
        _refuse_money(wanted, in_cents)
    left_out = {role for role, choice in wanted.roles.items() if choice.column == NO_COLUMN}
    left_out |= {*_OF_MONEY} if wanted.no_amount else set()
    given = {role: choice for role, choice in wanted.roles.items() if role not in left_out}
    columns = {choice.column for choice in given.values()}
    staging = stage(
        sources,
        memory_limit,
        columns,
        encoding=_known_encoding(encoding),
        mend=not no_mend,
        connection=connection,
    )
    _refuse_unreadable(staging, max_unreadable)
    staging, joined = join_tables(staging, _listed(join))
    day = today or date.today()
    beside = Path(mapping_file).parent if mapping_file else None
    platform = recognise(staging, wanted.platform, beside)
    chosen = find.given_roles(staging, given)
    if platform:
        chosen = {**platform_roles(staging, platform), **chosen}
        # An amount that the user names goes before the platform's.
        if "amount" in given or "order_total" in given:
            chosen = {r: c for r, c in chosen.items() if r in given or r not in MONEY_ROLES}
    roles = find.find_candidates(staging, {r: c for r, c in chosen.items() if r not in left_out})
    roles.warnings += joined
    # A known platform's columns are known, but for what a shop may have added to them.
    fixed = [role for role in ROLES if platform and role not in find.ADDED]
    for role in [*left_out, *fixed]:
        roles.candidates.pop(role, None)
    refuse_customer_table(roles)
    find_date(roles)
    find_customer_and_order(roles)
    if not platform:
        order_by_content(roles)
    roles.chosen = {r: c for r, c in roles.chosen.items() if r not in left_out}
    numbers = read_numbers(staging, find.number_candidates(roles), wanted.decimal, roles.warnings)
    if wanted.no_amount:
        find.take_quantity(roles)
    else:
        find_money(roles, numbers, drop_duplicates=drop_duplicates)
    find.find_rest(roles)
    chosen = find.in_order(roles.chosen)
    _refuse_without(staging, chosen)
    if not platform:
        roles.warnings += fill_down(staging, chosen)
    dates = read_dates(
        staging,
        chosen["ordered_at"].column,
        chosen["ordered_time"].column if "ordered_time" in chosen else None,
        wanted.date_order,
        day,
    )
    roles.warnings += dates.warnings
    ledger = assemble(
        staging,
        replace(wanted, roles=chosen, platform=platform.name if platform else None),
        Wanted(
            since or date.min, as_of or date.max, day, conditions(where), drop_duplicates, in_cents
        ),
        platform=platform,
        numbers=numbers,
        dates=dates,
        days=usual_days(staging, day),
        discount_is_share=discount_is_share(roles),
        warnings=roles.warnings,
    )
    return with_pseudonyms(ledger, pseudonymise)


def _refuse_without(staging: Staging, chosen: Dict[str, Choice]) -> None:
    """A file without a column that every sale needs would be left out as a whole."""
    money = next((role for role in ("amount", "order_total", "unit_price") if role in chosen), "")
    for role in {"ordered_at", money} & set(chosen):
        column = chosen[role].column
        lacking = staging.without(column)
        if lacking and column not in staging.joined:
            raise SourceError(
                f"{', '.join(lacking)}: no column {column!r}, which holds {role} in the "
                "other files, and none whose name says that it is the same; name the columns alike "
                "in all files, or run the files apart"
            )


def _refuse_money(wanted: Mapping, in_cents: bool) -> None:
    """Without money, nothing that is said of money means anything."""
    said = [
        f"--map {role}={wanted.roles[role].column}" for role in _OF_MONEY if role in wanted.roles
    ]
    said += ["--currency"] * bool(wanted.currency) + ["--rate"] * bool(wanted.rates)
    said += ["--in-cents"] * in_cents
    if said:
        raise UsageError(
            f"--no-amount counts purchases without money, and {', '.join(said)} speaks of it: "
            "leave out one or the other"
        )


def _with_keys(mapping: Dict[str, str | int], keys: Sequence[str | int]) -> dict[str, str | int]:
    """The user's roles, with the customer's columns in order of trust."""
    roles = [role for role in ROLES if role.startswith("customer_id")]
    if len(keys) > len(roles):
        raise UsageError(f"--customer-key is given at most {len(roles)} times, not {len(keys)}")
    if keys and (twice := [role for role in roles if role in mapping]):
        raise UsageError(f"give the customer by --customer-key or by --map {twice[0]}, not by both")
    return {**mapping, **dict(zip(roles, keys, strict=False))}


def _listed(given: Any) -> Sequence[Any]:
    """Several as they are; one alone is a list of one, also where it is a text."""
    return given if isinstance(given, list | tuple) else (given,)


def conditions(where: Sequence[str] | Dict[str, Any]) -> list[tuple[str, str]]:
    """Columns, each with a value asked for."""
    if isinstance(where, Dict):
        return [(column, str(v)) for column, given in where.items() for v in _listed(given)]
    found = []
    for condition in _listed(where):
        column, equals, value = condition.partition("=")
        if not (column.strip() and equals and value.strip()):
            raise UsageError(f"--where is of the form COLUMN=VALUE, not {condition!r}")
        found.append((column.strip(), value))
    return found


def _known_encoding(name: str | None) -> str | None:
    if name is None:
        return None
    try:
        return codecs.lookup(name).name
    except LookupError as error:
        raise UsageError(f"--encoding {name} is not known; examples are cp1250, gb18030") from error


def _code(currency: str | None) -> str | None:
    if currency is None:
        return None
    code = currency.strip().upper()
    if code not in iso_codes():
        raise UsageError(
            f"--currency is an ISO 4217 code of three letters such as EUR, not {currency!r}"
        )
    return code


def _refuse_unreadable(staging: Staging, most: float) -> None:
    bad = sum(len(part.unreadable) for part in staging.parts)
    share = bad / (bad + staging.rows)
    if share <= most:
        return
    part = max(staging.parts, key=lambda p: len(p.unreadable))
    first = part.unreadable[0]
    raise SourceError(
        f"{bad} of {bad + staging.rows} lines ({share:.1%}) can't be read, more than the "
        f"{most:.1%} allowed; the first is line {first.line} of {part.label}: {first.reason}; mend "
        "the file, or allow more with --max-unreadable SHARE"
    )
