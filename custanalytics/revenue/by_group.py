"""What each product, category, country or channel brought, and what returns took."""

from datetime import date
from typing import Literal, get_args

import pandas as pd

from custanalytics.customers.summary import observation_period
from custanalytics.engine import Engine
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.sentences import tell
from custanalytics.transactions import HasEngine, as_engine

Group = Literal["product", "category", "country", "channel"]
GROUPS: tuple[Group, ...] = get_args(Group)


def revenue_by_group(
    transactions: pd.DataFrame | HasEngine,
    group_by: Group = "product",
    first_day: date | None = None,
    observation_end: date | None = None,
) -> pd.DataFrame:
    """Add up what each product, category, country or channel brought, and what returns took.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        As for `revenue_change`.
    group_by : {"product", "category", "country", "channel"}
        What a row stands for.
    first_day, observation_end : date, optional
        First and last day that count; by default those of the data.

    Returns
    -------
    DataFrame
        One row per value, most revenue first: ``value`` (null: lines without one), ``revenue``
        (currency units, net of returns), ``sold``, ``returned`` (its parts, the latter negative),
        ``returned_share`` (of what was sold; null where nothing was), ``quantity`` (net; null
        where a line has none), ``orders``, ``customers`` (known ones), ``revenue_share``,
        ``cumulative_share`` (of all revenue, from the first row to this one).

    Raises
    ------
    UsageError
        There is no such group.
    UnsupportedError
        No line tells the group, or revenue adds up to nothing.

    Examples
    --------
    >>> lines = pd.DataFrame(
    ...     {
    ...         "customer_id": ["ann", "bob", "bob"],
    ...         "ordered_at": ["2024-01-01", "2024-01-05", "2024-01-09"],
    ...         "amount": [30.0, 20.0, -10.0],
    ...         "product": ["tent", "lamp", "lamp"],
    ...     }
    ... )
    >>> revenue_by_group(lines)[["value", "revenue", "returned_share", "cumulative_share"]]
      value  revenue  returned_share  cumulative_share
    0  tent     30.0             0.0              0.75
    1  lamp     10.0             0.5              1.00
    """
    if group_by not in GROUPS:
        raise UsageError(f"group_by is one of {', '.join(GROUPS)}, not {group_by!r}")
    engine = as_engine(transactions)
    first, last = observation_period(engine)
    table = group_sums(engine, group_by, first_day or first, observation_end or last)
    revenue = table["revenue"].sum()
    if not table["value"].notna().any() or not revenue > 0:
        raise UnsupportedError(
            tell(
                "no line has a {group} (--map {group}=COLUMN), or the revenue adds up to nothing",
                group=group_by,
            )
        )
    table = table.sort_values(["revenue", "value"], ascending=[False, True], ignore_index=True)
    table["returned_share"] = table["returned"].abs() / table["sold"].where(table["sold"] > 0)
    table["revenue_share"] = table["revenue"] / revenue
    table["cumulative_share"] = table["revenue_share"].cumsum()
    return table[
        ["value", "revenue", "sold", "returned", "returned_share", "quantity", "orders",
         "customers", "revenue_share", "cumulative_share"]
    ]  # fmt: skip


def revenue_by_groups(engine: Engine, observation_end: date) -> pd.DataFrame:
    """`revenue_by_group` of every group that any line tells, below one another."""
    told = groups_told(engine)
    if not told:
        raise UnsupportedError(
            tell(
                "no line names a product, category, country or channel (--map product=COLUMN, "
                "and so on)"
            )
        )
    tables = []
    for name in told:
        table = revenue_by_group(engine, name, observation_end=observation_end)
        table.insert(0, "group_by", name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def groups_told(engine: Engine) -> tuple[Group, ...]:
    """The groups that any line tells."""
    lines = engine.run("groups_told").iloc[0]
    return tuple(name for name in GROUPS if lines[name] > 0)


def group_sums(
    engine: Engine, group_by: str, first_day: date, last_day: date, known_only: bool = False
) -> pd.DataFrame:
    """One row per value of the group, null among them, with a line in the period."""
    return engine.run(
        "revenue_by_group",
        group_by=group_by,
        first_day=first_day,
        as_of=last_day,
        known_only=known_only,
    ).rename(columns={"group_value": "value"})
