"""Which first orders lead to customers who come back and are worth more."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from custanalytics.check import Check
from custanalytics.customers.first_seen import FirstSeen, first_seen
from custanalytics.customers.summary import observation_period
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.revenue.comparisons import (
    LEVEL,
    adjusted_for_families,
    cells_of,
    expected_means,
    p_values,
    risk_ratios,
    shrunk_rates,
)
from custanalytics.scoring.evaluation import wilson_interval
from custanalytics.sentences import noted, tell, tell_many
from custanalytics.shown import Shown
from custanalytics.transactions import HasEngine, as_engine

WINDOWS = (90, 365)
# Later revenue above this share of the customers counts as the value at it.
_WINSORIZED_AT = 0.99
_FEWEST = 100
_IN_BASKETS = ("product", "category")
# Baskets of about one size: up to four each for itself, then half as large again.
_SIZES = (1, 2, 3, 4, 6, 9, 13, 19, 28, 42, 63, 94)
_Z = 1.959963984540054


@dataclass(frozen=True, repr=False)
class FirstOrderDrivers(Shown):
    """What first orders held, and what became of the customers.

    Attributes
    ----------
    drivers : DataFrame
        One row per attribute, value and window: ``attribute`` (product, category, country,
        channel, basket_size, discount), ``value``, ``window_days``, ``customers`` (whose first
        purchase day bore the value, observed for the whole window), ``came_back`` (of them, with
        a second purchase day in the window), ``rate``, ``rate_low``, ``rate_high`` (share and
        95 % interval), ``expected_rate`` (share of the others who began in the same months),
        ``rate_shrunk`` (drawn towards it), ``risk_ratio``, ``risk_ratio_low``,
        ``risk_ratio_high`` (Mantel-Haenszel, against those others; null where nobody came back
        on either side), ``p_value``, ``p_adjusted`` (for all comparisons);
        ``later_revenue`` (mean per customer after the first day, currency units, net of
        returns), ``later_revenue_winsorized`` (without the weight of the largest one per cent),
        ``expected_revenue`` (the same of the others), ``revenue_difference``,
        ``revenue_difference_low``, ``revenue_difference_high``, ``revenue_p_value``,
        ``revenue_p_adjusted``; ``is_driver`` (True: the rate differs by more than luck among so
        many comparisons), ``is_revenue_driver`` (the same of the revenue).
    figures : dict
        ``customers`` (first seen after the washout), ``washout_days``, ``comparisons`` (how many
        values were compared), ``drivers`` (how many rows are found), and for each window
        ``customers_90d``, ``rate_90d``, ``later_revenue_90d``, ``customers_365d`` and so on (nan
        where too few were observed that long).
    observation_end : date
        Last day that counts.
    checks : tuple of Check
        What to keep in mind when reading.
    """

    drivers: pd.DataFrame
    figures: dict[str, float]
    observation_end: date
    checks: tuple[Check, ...]


def first_order_drivers(
    transactions: pd.DataFrame | HasEngine,
    observation_end: date | None = None,
    washout_days: int | None = None,
    min_customers: int = 20,
) -> FirstOrderDrivers:
    """Compare customers by what their first order held.

    Customers are compared with others who began in the same month, since seasons bring other
    goods and other people; by product and category also within the same size of basket, since a
    large one holds more of everything. What is found is an association: that customers choose
    what they begin with is not taken away.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        A DataFrame has one row per line: ``customer_id`` (null: unknown, left out),
        ``ordered_at`` (datetime), ``amount`` (currency units, refunds negative), optional
        ``order_id``, ``product``, ``category``, ``country``, ``channel`` (text, null: unknown),
        ``discounted`` (bool, null: unknown).
    observation_end : date, optional
        Last day that counts; by default the last day in the data.
    washout_days : int, optional
        Customers whose first purchase lies in so many first days of the data are left out: they
        may have bought before it. By default decided from the data, as in `cohort_retention`: as
        long as clearly more customers are seen for the first time than later.
    min_customers : int
        Values that fewer customers began with are not compared.

    Returns
    -------
    FirstOrderDrivers
        One row per attribute, value and window, with the comparisons.

    Raises
    ------
    UsageError
        `washout_days` or `min_customers` is too small.
    UnsupportedError
        Fewer than 100 new customers were observed for 90 days, or all first orders are alike.

    References
    ----------
    Mantel, N. and Haenszel, W. (1959), Statistical aspects of the analysis of data from
    retrospective studies of disease, Journal of the National Cancer Institute 22(4).
    Holm, S. (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal
    of Statistics 6(2), for the many comparisons.
    Wilcox, R. R. (2012), Introduction to robust estimation and hypothesis testing, section 3.3,
    for winsorized means.

    Examples
    --------
    >>> lines = pd.DataFrame(
    ...     {
    ...         "customer_id": [i // 2 for i in range(800)],
    ...         "ordered_at": pd.Timestamp("2024-01-01")
    ...         + pd.to_timedelta([i // 2 % 250 + 30 * (i % 2) for i in range(800)], unit="D"),
    ...         "amount": 10.0,
    ...         "product": ["soap" if i % 4 < 2 else "comb" for i in range(800)],
    ...     }
    ... )
    >>> once = (lines["product"] == "comb") & (lines.index % 2 == 1)
    >>> found = first_order_drivers(lines.loc[~once], washout_days=30)
    >>> found.drivers.loc[lambda d: d["attribute"] == "product", ["value", "rate", "is_driver"]]
      value  rate  is_driver
    0  soap   1.0       True
    1  comb   0.0       True
    """
    if min_customers < 5:
        raise UsageError(f"min_customers is at least 5, not {min_customers}")
    if washout_days is not None and washout_days < 0:
        raise UsageError(f"washout_days is not below 0, not {washout_days}")
    engine = as_engine(transactions)
    first_day, last_day = observation_period(engine)
    end = observation_end or last_day
    asked = None if washout_days is None else first_day + timedelta(days=washout_days)
    seen_from = first_seen(engine, end, asked)
    values = engine.run("first_order_values", as_of=end, min_customers=min_customers)
    if seen_from is None:
        raise UnsupportedError(tell("no known customer has an order that came to more than zero"))
    tables, figures = [], {"washout_days": float(seen_from.left_out_days)}
    for window in WINDOWS:
        customers = engine.run("first_orders", as_of=end, window_days=window)
        customers["came_back"] = (customers["days_to_second"] <= window).fillna(False).astype(float)
        first = pd.to_datetime(customers["first_order"])
        new = customers.loc[first >= pd.Timestamp(seen_from.new_from)]
        figures["customers"] = float(len(new))
        seen = new.loc[new["days_observed"] >= window].reset_index(drop=True)
        if len(seen) >= _FEWEST:
            tables.append(_compare(seen, values, min_customers).assign(window_days=window))
        figures |= _window_figures(seen, window)
    if not tables:
        raise UnsupportedError(
            tell_many(
                figures[f"customers_{WINDOWS[0]}d"],
                "one new customer was observed for {window} days; what first orders lead to needs "
                "{fewest}",
                "{n:,.0f} new customers were observed for {window} days; what first orders lead "
                "to needs {fewest}",
                n=figures[f"customers_{WINDOWS[0]}d"],
                window=WINDOWS[0],
                fewest=_FEWEST,
            )
        )
    compared = pd.concat(tables, ignore_index=True)
    if compared.empty:
        raise UnsupportedError(
            tell("first orders differ in nothing that the data tells: there is nothing to compare")
        )
    drivers = _decided(compared)
    figures["comparisons"] = float(2 * len(drivers))
    figures["drivers"] = float((drivers["is_driver"] | drivers["is_revenue_driver"]).sum())
    return FirstOrderDrivers(drivers, figures, end, _checks(figures, seen_from))


def _compare(customers: pd.DataFrame, values: pd.DataFrame, min_customers: int) -> pd.DataFrame:
    """One row per attribute and value, of customers observed for the whole window."""
    held = customers["n_products"].fillna(customers["n_lines"]).to_numpy(dtype=float)
    size, sizes = _basket_sizes(held)
    customers = customers.assign(
        revenue=customers["later_revenue"].clip(
            upper=float(customers["later_revenue"].quantile(_WINSORIZED_AT))
        ),
        size=np.searchsorted(_SIZES, held),
    )
    place = pd.Series(customers.index, index=customers["customer_id"])
    borne = values.loc[values["customer_id"].isin(place.index)]
    borne = borne.assign(at=borne["customer_id"].map(place))
    baskets = pd.DataFrame({"attribute": "basket_size", "value": sizes[size], "at": place.array})
    borne = pd.concat([borne[["attribute", "value", "at"]], baskets], ignore_index=True)
    rows = []
    for attribute, own in borne.groupby("attribute", sort=False):
        # An attribute that a customer's lines do not tell is compared among those who have it.
        known = np.sort(own["at"].unique())
        if attribute not in _IN_BASKETS and len(known) < len(customers):
            among, at = customers.iloc[known], np.searchsorted(known, own["at"])
        else:
            among, at = customers, own["at"].to_numpy()
        by = ["first_month", "size"] if attribute in _IN_BASKETS else ["first_month"]
        stratum = among.groupby(by).ngroup().to_numpy()
        names = own["value"].astype("category")
        table = _groups(among, stratum, names.cat.codes.to_numpy().astype("int64"), at)
        table.insert(0, "value", names.cat.categories[table.index])
        table.insert(0, "attribute", attribute)
        kept = table.loc[table["customers"] >= min_customers].dropna(subset=["expected_rate"])
        if len(kept):
            did, n = kept["came_back"].to_numpy(), kept["customers"].to_numpy(dtype=float)
            shrunk = shrunk_rates(did, n, kept["expected_rate"].to_numpy())
            rows.append(kept.assign(rate_shrunk=shrunk))
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()


def _basket_sizes(held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Class of each first basket by how many products (or lines) it held, and the classes' names.

    One product is a class of its own; the larger ones are halved.
    """
    larger = held[held > 1]
    middle = int(np.median(larger)) if len(larger) else 1
    bounds = sorted({1, middle})
    names = ["1"] if bounds[0] == 1 else []
    if middle > 1:
        names.append(f"2-{middle}" if middle > 2 else "2")
    names.append(f"{middle + 1}+")
    return np.searchsorted(bounds, held), np.array(names)


def _groups(
    customers: pd.DataFrame, stratum: np.ndarray, group: np.ndarray, at: np.ndarray
) -> pd.DataFrame:
    came_back = customers["came_back"].to_numpy()
    revenue = customers["revenue"].to_numpy()
    members = pd.DataFrame(
        {
            "group": group,
            "came_back": came_back[at],
            "later_revenue": customers["later_revenue"].to_numpy()[at],
            "revenue": revenue[at],
        }
    ).groupby("group")
    n = members.size()
    did = members["came_back"].sum()
    low, high = wilson_interval(np.asarray(did, dtype=float), np.asarray(n, dtype=float))
    counts = cells_of(stratum, came_back, group, at)
    money = cells_of(stratum, revenue, group, at)
    expected, expected_money = expected_means(counts), expected_means(money)
    own = expected_money["total"] / expected_money["compared"]
    difference = own - expected_money["expected"]
    error = np.sqrt(members["revenue"].var() / n + expected_money["variance"])
    return pd.DataFrame(
        {
            "customers": n,
            "came_back": did.astype("int64"),
            "rate": did / n,
            "rate_low": low,
            "rate_high": high,
            "expected_rate": expected["expected"],
            **risk_ratios(counts),
            "p_value": p_values(counts, counts=True),
            "later_revenue": members["later_revenue"].mean(),
            "later_revenue_winsorized": members["revenue"].mean(),
            "expected_revenue": expected_money["expected"],
            "revenue_difference": difference,
            "revenue_difference_low": difference - _Z * error,
            "revenue_difference_high": difference + _Z * error,
            "revenue_p_value": p_values(money, counts=False),
        }
    )


_COLUMNS = (
    "attribute", "value", "window_days", "customers", "came_back", "rate", "rate_low", "rate_high",
    "expected_rate", "rate_shrunk", "risk_ratio", "risk_ratio_low", "risk_ratio_high", "p_value",
    "p_adjusted", "later_revenue", "later_revenue_winsorized", "expected_revenue",
    "revenue_difference", "revenue_difference_low", "revenue_difference_high", "revenue_p_value",
    "revenue_p_adjusted", "is_driver", "is_revenue_driver",
)  # fmt: skip


def _decided(table: pd.DataFrame) -> pd.DataFrame:
    """With adjusted p-values; within each attribute and window the best first."""
    families = table[["attribute", "window_days"]]
    both = pd.concat(
        [families.assign(outcome="rate"), families.assign(outcome="revenue")], ignore_index=True
    )
    p = pd.concat([table["p_value"], table["revenue_p_value"]], ignore_index=True)
    adjusted = adjusted_for_families(p, both)
    table["p_adjusted"], table["revenue_p_adjusted"] = np.split(adjusted, 2)
    table["is_driver"] = table["p_adjusted"] <= LEVEL
    table["is_revenue_driver"] = table["revenue_p_adjusted"] <= LEVEL
    ranked = table.assign(gain=table["rate_shrunk"] - table["expected_rate"]).sort_values(
        ["window_days", "attribute", "gain", "value"],
        ascending=[False, True, False, True],
        ignore_index=True,
    )
    return ranked[list(_COLUMNS)]


def _window_figures(seen: pd.DataFrame, window: int) -> dict[str, float]:
    enough = len(seen) >= _FEWEST
    return {
        f"customers_{window}d": float(len(seen)),
        f"rate_{window}d": float(seen["came_back"].mean()) if enough else np.nan,
        f"later_revenue_{window}d": float(seen["later_revenue"].mean()) if enough else np.nan,
    }


def _checks(figures: dict[str, float], seen: FirstSeen) -> tuple[Check, ...]:
    checks = [
        seen.check("first_orders.washout"),
        Check(
            "first_orders.comparisons",
            True if figures["drivers"] else None,
            tell(
                "{comparisons:,.0f} comparisons were made, and luck among so many is allowed for: "
                "the chance that any difference named is due to it is at most {level:.0%}.",
                comparisons=figures["comparisons"],
                level=LEVEL,
            )
            if figures["drivers"]
            else tell(
                "{comparisons:,.0f} comparisons were made, and none differs by more than luck "
                "among so many.",
                comparisons=figures["comparisons"],
            ),
            value=figures["comparisons"],
            source=noted("Holm 1979"),
        ),
    ]
    longest = WINDOWS[-1]
    if np.isnan(figures[f"rate_{longest}d"]):
        checks.append(
            Check(
                "first_orders.long_window",
                None,
                tell(
                    "Too few new customers ({n:,.0f}) were observed for {window} days, so only the "
                    "shorter window is compared.",
                    n=figures[f"customers_{longest}d"],
                    window=longest,
                ),
                value=figures[f"customers_{longest}d"],
                threshold=_FEWEST,
            )
        )
    return tuple(checks)
