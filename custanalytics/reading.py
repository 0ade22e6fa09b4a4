"""The ledger of a run: read from files, tables or queries, where a client keeps it, or given."""

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

from custanalytics.config import Reading, RunOptions, flag_of, options_of, shared
from custanalytics.errors import UsageError
from custanalytics.ledger import Ledger, Mapping, load
from custanalytics.ledger.load import conditions
from custanalytics.ledger.read.connections import statement_of

# What can be said of a table on a server; the rest is about how files are written.
_OF_TABLES = (
    "engine",
    "mapping",
    "mapping_file",
    "currency",
    "sale",
    "not_a_sale",
    "since",
    "where",
    "pseudonymise",
)


def ledger_of(options: RunOptions) -> Ledger:
    """The ledger that a run is about."""
    if isinstance(options.sources, Ledger):
        if given := _given(options):
            raise UsageError(
                f"{given}: says how sales are read, and a ledger has been: give it to load"
            )
        return options.sources
    return read_sales(
        options.sources,
        options,
        as_of=options.as_of,
        today=options.made_on,
        connection=options.connection,
    )


def read_sales(
    sources: Any,
    reading: Reading,
    *,
    as_of: date | None = None,
    today: date | None = None,
    connection: Any = None,
) -> Ledger:
    """The ledger of an export, or of a table where the client keeps it.

    Raises
    ------
    CustAnalyticsError
        As `load` and `load_table` do; UsageError where an option is about files.
    """
    how = shared(reading, Reading)
    address = how.pop("engine")
    if address is None:
        return load(sources, connection=connection, as_of=as_of, today=today, **how)
    if connection is not None:
        raise UsageError("engine and connection both say where the sales are: give one of them")
    if given := _given(reading, but=_OF_TABLES):
        raise UsageError(f"{given}: says how files are read, and --engine reads a table")
    source = _table_or_statement(sources)
    from custanalytics.warehouse.sales import load_table

    kept = Mapping.load(how["mapping_file"]) if how["mapping_file"] else Mapping({})
    return load_table(
        address,
        source,
        mapping={**kept.columns, **(how["mapping"] or {})},
        currency=how["currency"] or kept.currency,
        sale=(*kept.sale, *how["sale"]),
        not_a_sale=(*kept.not_a_sale, *how["not_a_sale"]),
        where=conditions(how["where"]),
        since=how["since"],
        pseudonymise=how["pseudonymise"],
        as_of=as_of,
        today=today,
    )


def _given(reading: Reading, but: Collection[str] = ()) -> str:
    """Flags of what was said of reading, beyond some."""
    plain = Reading()
    names = [n for n, v in shared(reading, Reading).items() if v != getattr(plain, n)]
    parts = [part for part in options_of(Reading) if part.name in names and part.name not in but]
    return ", ".join(f"--{flag_of(part)}" for part in parts)


def _table_or_statement(sources: Any) -> str:
    """The one table, or what a file of SQL says."""
    given = [sources] if isinstance(sources, str | Path) else list(sources)
    if len(given) != 1:
        raise UsageError(f"--engine reads one table or one file.sql, not {len(given)}")
    return str(statement_of(given[0]))
