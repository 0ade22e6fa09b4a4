"""Why revenue changed against the period before: customers, orders, prices, groups."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from custanalytics.check import Check
from custanalytics.customers.summary import observation_period
from custanalytics.engine import Engine
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.revenue.by_group import GROUPS, group_sums, groups_told
from custanalytics.revenue.comparisons import Floats
from custanalytics.sentences import noted, tell
from custanalytics.shown import Shown
from custanalytics.transactions import HasEngine, as_engine

# The data may begin so much later than the earlier period: a shop is closed at times.
_LATE_START = 0.03
# With fewer months, one large order is the whole story.
_FEWEST_MONTHS = 3
# With fewer days of data before the two periods, old customers may look new.
_SEEN_BEFORE = 365
Period = tuple[date, date]

PARTS = {
    "customers": noted("Number of customers"),
    "orders_per_customer": noted("Orders per customer"),
    "average_order_value": noted("Average order"),
    "units_per_order": noted("Units per order"),
    "price": noted("Prices"),
    "mix": noted("Mix of products"),
    "new": noted("New customers"),
    "returning": noted("Customers who came back after a break"),
    "kept_more": noted("Kept customers who spent more"),
    "kept_less": noted("Kept customers who spent less"),
    "lost": noted("Lost customers"),
    "without_purchase": noted("Returns of earlier purchases"),
    "unknown": noted("Sales without a known customer"),
}


@dataclass(frozen=True, repr=False)
class RevenueChange(Shown):
    """Revenue of one period against the one before, taken apart so that the parts add up.

    Attributes
    ----------
    parts : DataFrame
        One row per part: ``view`` ("drivers": how many customers, how often, how much; or
        "customers": who), ``part`` (a key of `PARTS`), ``before``, ``after`` (the driver itself,
        such as orders per customer; or the revenue of those customers), ``change`` (currency
        units); the parts of each view add up to the change of the revenue.
    customers : DataFrame
        One row per kind of customer: ``part``, ``customers`` (how many), ``revenue_before``,
        ``revenue_after``, ``change``.
    groups : DataFrame
        One row per attribute and value that the data tells: ``group_by``, ``value`` (null: lines
        without one), ``revenue_before``, ``revenue_after``, ``change``, ``orders_before``,
        ``orders_after``, ``volume_effect`` (all orders became more or fewer), ``mix_effect``
        (the value's share of the orders), ``rate_effect`` (what it brought per order); the three
        add up to the change.
    figures : dict
        ``revenue_before``, ``revenue_after``, ``change``, ``change_share``, ``customers_before``,
        ``customers_after``, ``orders_before``, ``orders_after``.
    months : int
        Length of each period.
    before, after : tuple of date
        First and last day of each period.
    checks : tuple of Check
        What to keep in mind when reading.
    """

    parts: pd.DataFrame
    customers: pd.DataFrame
    groups: pd.DataFrame
    figures: dict[str, float]
    months: int
    before: Period
    after: Period
    checks: tuple[Check, ...]


def revenue_change(
    transactions: pd.DataFrame | HasEngine,
    observation_end: date | None = None,
    months: int = 12,
    months_back: int | None = None,
) -> RevenueChange:
    """Take the change of revenue apart, against as many months before.

    Revenue is by the day of the line, net of returns; a customer and an order count in the period
    of the purchase. Revenue without a known customer is a part of its own.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        A DataFrame has one row per line: ``customer_id`` (null: unknown), ``ordered_at``
        (datetime), ``amount`` (currency units, refunds negative), optional ``order_id``,
        ``product``, ``quantity``, ``category``, ``country``, ``channel``.
    observation_end : date, optional
        Last day of the later period; by default the last day in the data.
    months : int
        Length of each period.
    months_back : int, optional
        How many months lie between the ends of the two periods; by default `months`, so that
        one follows the other. With 12, or 12 months, both hold the same seasons.

    Returns
    -------
    RevenueChange
        Parts by driver, by kind of customer and by group.

    Raises
    ------
    UsageError
        `months` is below 1, or `months_back` below `months`.
    UnsupportedError
        The data does not reach back two such periods, or a period has no revenue.

    Notes
    -----
    With revenue R = C * (O / C) * (R / O) of C customers and O orders, each factor x has the part::

        L(R1, R0) ln(x1 / x0),  L(a, b) = (a - b) / (ln a - ln b)

    Where every line has a quantity, R / O is units per order times price and mix: prices move as
    the Sato-Vartia index of the products sold in both periods, the rest of the change of the
    average price is mix. The parts add up exactly, without a remainder.

    References
    ----------
    Ang, B. W. (2005), The LMDI approach to decomposition analysis: a practical guide, Energy
    Policy 33(7), equations 5 and 8. Sato, K. (1976), The ideal log-change index number, The
    Review of Economics and Statistics 58(2). Vartia, Y. O. (1976), Ideal log-change index
    numbers, Scandinavian Journal of Statistics 3(3).

    Examples
    --------
    >>> lines = pd.DataFrame(
    ...     {
    ...         "customer_id": ["ann", "bob", "ann", "cid"],
    ...         "ordered_at": ["2023-01-01", "2023-12-31", "2024-03-01", "2024-12-31"],
    ...         "amount": [100.0, 50.0, 150.0, 100.0],
    ...     }
    ... )
    >>> found = revenue_change(lines)
    >>> found.customers[["part", "customers", "change"]]
            part  customers  change
    0        new          1   100.0
    1  kept_more          1    50.0
    2       lost          1   -50.0
    """
    if months < 1:
        raise UsageError(f"months is at least 1, not {months}")
    back = months if months_back is None else months_back
    if back < months:
        raise UsageError(f"months_back is at least {months}, as many as months, not {back}")
    engine = as_engine(transactions)
    first_day, last_day = observation_period(engine)
    end = observation_end or last_day
    before, after = _periods(end, months, back)
    if first_day > before[0] + timedelta(days=int((before[1] - before[0]).days * _LATE_START)):
        raise UnsupportedError(
            tell(
                "the data begins on {first}, and {months} months up to {end} can only be held "
                "against earlier ones if it begins by {needed}",
                first=first_day,
                months=months,
                end=end,
                needed=before[0],
            )
        )
    tables = [
        engine.run("revenue_by_customer", first_day=first, as_of=last)
        for first, last in (before, after)
    ]
    known = [table.loc[table["customer_id"].notna()] for table in tables]
    sums = [table["revenue"].sum() for table in known]
    if min(sums) <= 0:
        raise UnsupportedError(
            tell("one of the two periods has no revenue of known customers to compare")
        )
    kinds = _kinds(*tables)
    customers = [int((table["orders"] > 0).sum()) for table in known]
    orders = [int(table["orders"].sum()) for table in known]
    unknown = kinds.loc[kinds["part"] == "unknown"]
    products = _both(engine, "product", before, after, known_only=True)
    parts = pd.concat(
        [
            _drivers(customers, orders, sums, products),
            _as_parts(unknown, "drivers"),
            _as_parts(kinds, "customers"),
        ],
        ignore_index=True,
    )
    all_orders = [int(table["orders"].sum()) for table in tables]
    told = groups_told(engine) or GROUPS[:1]
    groups = pd.concat(
        [_groups(engine, name, before, after, all_orders) for name in told], ignore_index=True
    )
    revenue = [float(table["revenue"].sum()) for table in tables]
    figures = {
        "revenue_before": revenue[0],
        "revenue_after": revenue[1],
        "change": revenue[1] - revenue[0],
        "change_share": revenue[1] / revenue[0] - 1,
        "customers_before": float(customers[0]),
        "customers_after": float(customers[1]),
        "orders_before": float(orders[0]),
        "orders_after": float(orders[1]),
    }
    checks = _checks(months, back, first_day, before[0])
    return RevenueChange(parts, kinds, groups, figures, months, before, after, checks)


def comparable_months(monthly: pd.DataFrame) -> tuple[date, int]:
    """Last day and number of the whole months to hold against the same a year before.

    `monthly` has one row per month: ``month`` (its first day) and ``complete``.
    """
    whole = monthly.loc[monthly["complete"], "month"]
    months = min(len(whole) - 12, 12)
    if months < _FEWEST_MONTHS:
        raise UnsupportedError(
            tell(
                "the data covers {whole} whole months; to hold the latest {fewest} against the "
                "same months a year before takes {needed}",
                whole=len(whole),
                fewest=_FEWEST_MONTHS,
                needed=12 + _FEWEST_MONTHS,
            )
        )
    return (whole.iloc[-1] + pd.offsets.MonthEnd(0)).date(), months


def waterfall(change: RevenueChange, view: Literal["drivers", "customers"]) -> pd.DataFrame:
    """Give the rows of a waterfall chart from the earlier revenue to the later one.

    Parameters
    ----------
    change : RevenueChange
        What `revenue_change` found.
    view : {"drivers", "customers"}
        Which parts lie between.

    Returns
    -------
    DataFrame
        One row per bar, in order: ``part`` ("before", keys of `PARTS`, "after"), ``start`` and
        ``end`` (of the bar, currency units), ``change`` (end - start), ``is_total``.

    Raises
    ------
    UsageError
        There is no such view.

    Examples
    --------
    >>> lines = pd.DataFrame(
    ...     {
    ...         "customer_id": ["ann", "ann", "bob"],
    ...         "ordered_at": ["2023-01-01", "2024-03-01", "2024-12-31"],
    ...         "amount": [100.0, 150.0, 40.0],
    ...     }
    ... )
    >>> waterfall(revenue_change(lines), "customers")[["part", "start", "end"]]
            part  start    end
    0     before    0.0  100.0
    1        new  100.0  140.0
    2  kept_more  140.0  190.0
    3      after    0.0  190.0
    """
    own = change.parts.loc[change.parts["view"] == view]
    if own.empty:
        raise UsageError(f"view is drivers or customers, not {view!r}")
    first, last = change.figures["revenue_before"], change.figures["revenue_after"]
    ends = first + own["change"].cumsum().to_numpy()
    rows = pd.DataFrame(
        {
            "part": ["before", *own["part"], "after"],
            "start": [0.0, first, *ends[:-1], 0.0],
            "end": [first, *ends, last],
            "is_total": [True, *[False] * len(own), True],
        }
    )
    return rows.assign(change=rows["end"] - rows["start"])[
        ["part", "start", "end", "change", "is_total"]
    ]


def _periods(end: date, months: int, back: int) -> tuple[Period, Period]:
    """The earlier and the later period; the end of a month stays one (28 February, 31 March)."""
    day = pd.Timestamp(end)
    whole = day == day + pd.offsets.MonthEnd(0)
    bounds = [day - pd.DateOffset(months=ago) for ago in (back + months, back, months)]
    bounds = [moment + pd.offsets.MonthEnd(0) if whole else moment for moment in bounds]
    starts = [(moment + timedelta(days=1)).date() for moment in bounds]
    return (starts[0], bounds[1].date()), (starts[2], end)


def _both(
    engine: Engine,
    group_by: str,
    before: Period,
    after: Period,
    known_only: bool = False,
) -> pd.DataFrame:
    """One row per value with both periods beside each other; none where nothing tells it."""
    tables = [group_sums(engine, group_by, *period, known_only) for period in (before, after)]
    both = tables[0].merge(tables[1], on="value", how="outer", suffixes=("_before", "_after"))
    if not both["value"].notna().any():
        return both.iloc[:0]
    amounts = ["revenue_before", "revenue_after", "orders_before", "orders_after"]
    both[amounts] = both[amounts].fillna(0)
    return both


def _log_mean(a: Floats | float, b: Floats | float) -> Floats:
    """Logarithmic mean of two positive numbers; either, where they are equal."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    ratio = np.log(a / b)
    near = np.abs(ratio) < 1e-9
    return np.asarray(np.where(near, (a + b) / 2, (a - b) / np.where(near, 1, ratio)))


def _kinds(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """One row per kind of customer, by when they bought."""
    both = before.merge(after, on="customer_id", how="outer", suffixes=("_before", "_after"))
    amounts = ["revenue_before", "revenue_after", "orders_before", "orders_after"]
    both[amounts] = both[amounts].fillna(0)
    change = both["revenue_after"] - both["revenue_before"]
    bought_before, bought_after = both["orders_before"] > 0, both["orders_after"] > 0
    earlier = both["bought_before_after"].fillna(False).astype(bool)
    part = np.select(
        [
            both["customer_id"].isna(),
            bought_after & ~bought_before & ~earlier,
            bought_after & ~bought_before,
            bought_after & (change >= 0),
            bought_after,
            bought_before,
        ],
        ["unknown", "new", "returning", "kept_more", "kept_less", "lost"],
        "without_purchase",
    )
    grouped = both.assign(part=part, change=change).groupby("part")
    table = grouped[["revenue_before", "revenue_after", "change"]].sum()
    table.insert(0, "customers", grouped["customer_id"].count())
    return table.loc[[name for name in PARTS if name in table.index]].reset_index()


def _as_parts(kinds: pd.DataFrame, view: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "view": view,
            "part": kinds["part"],
            "before": kinds["revenue_before"],
            "after": kinds["revenue_after"],
            "change": kinds["change"],
        }
    )


def _drivers(
    customers: list[int], orders: list[int], revenue: list[float], products: pd.DataFrame
) -> pd.DataFrame:
    """How many customers, how often, how much: the logarithms of the factors share the change."""
    factors: dict[str, list[float]] = {
        "customers": [float(n) for n in customers],
        "orders_per_customer": [o / c for o, c in zip(orders, customers, strict=True)],
        "average_order_value": [r / o for r, o in zip(revenue, orders, strict=True)],
    }
    if split := _price_and_mix(products, orders):
        del factors["average_order_value"]
        factors |= split
    weight = float(_log_mean(revenue[1], revenue[0]))
    return pd.DataFrame(
        [
            ("drivers", part, first, last, weight * float(np.log(last / first)))
            for part, (first, last) in factors.items()
        ],
        columns=["view", "part", "before", "after", "change"],
    )


def _price_and_mix(products: pd.DataFrame, orders: list[int]) -> dict[str, list[float]]:
    """Units per order, index of prices, and what is left of the average price: the mix."""
    units = [products[f"quantity_{when}"] for when in ("before", "after")]
    sold = [products[f"revenue_{when}"] for when in ("before", "after")]
    told = all((unit.notna() | (money == 0)).all() for unit, money in zip(units, sold, strict=True))
    if len(products) < 2 or not told or min(unit.sum() for unit in units) <= 0:
        return {}
    matched = np.logical_and.reduce([column > 0 for column in (*units, *sold)])
    if not matched.any():
        return {}
    q0, q1, r0, r1 = (column[matched].to_numpy(dtype=float) for column in (*units, *sold))
    weight = _log_mean(r1 / r1.sum(), r0 / r0.sum())
    price = float(np.exp((weight * np.log(r1 * q0 / (q1 * r0))).sum() / weight.sum()))
    average = [float(money.sum() / unit.sum()) for money, unit in zip(sold, units, strict=True)]
    return {
        "units_per_order": [float(u.sum() / o) for u, o in zip(units, orders, strict=True)],
        "price": [1.0, price],
        "mix": [average[0], average[1] / price],
    }


def _groups(
    engine: Engine, group_by: str, before: Period, after: Period, orders: list[int]
) -> pd.DataFrame:
    table = _both(engine, group_by, before, after)
    change = table["revenue_after"] - table["revenue_before"]
    bought = table[["revenue_before", "revenue_after", "orders_before", "orders_after"]]
    apart = (bought > 0).all(axis=1)
    r0, r1, o0, o1 = (bought[name].where(apart, 1.0).to_numpy(dtype=float) for name in bought)
    weight = np.where(apart, _log_mean(r1, r0), 0.0)
    volume = weight * np.log(orders[1] / orders[0])
    rate = weight * np.log(r1 * o0 / (o1 * r0))
    return pd.DataFrame(
        {
            "group_by": group_by,
            "value": table["value"],
            "revenue_before": table["revenue_before"],
            "revenue_after": table["revenue_after"],
            "change": change,
            "orders_before": table["orders_before"].astype("int64"),
            "orders_after": table["orders_after"].astype("int64"),
            "volume_effect": volume,
            "mix_effect": change - volume - rate,
            "rate_effect": rate,
        }
    )


def _checks(months: int, back: int, first_day: date, begin: date) -> tuple[Check, ...]:
    checks = []
    if (seen := (begin - first_day).days) < _SEEN_BEFORE:
        checks.append(
            Check(
                "change.new_customers",
                None,
                tell(
                    "The data begins {days} days before the first of the two periods: some "
                    "customers who count as new may have bought before that.",
                    days=seen,
                )
                if seen > 0
                else tell(
                    "The data begins with the first of the two periods: some customers who count "
                    "as new may have bought before that."
                ),
                value=seen,
                threshold=_SEEN_BEFORE,
            )
        )
    if back % 12:
        checks.append(
            Check(
                "change.seasons",
                None,
                tell(
                    "Periods of {months} months hold different seasons, which are part of the "
                    "change.",
                    months=months,
                ),
                value=months,
            )
        )
    return tuple(checks)
