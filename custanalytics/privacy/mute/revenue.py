"""What brought revenue, muted: groups, first orders, what is bought next, the change."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from custanalytics.privacy.mute.column_kinds import day, hide, muted_figures, muted_table
from custanalytics.privacy.mute.counts import SMALLEST, Bools, Floats, protected
from custanalytics.privacy.mute.key import Key
from custanalytics.privacy.mute.names import Words
from custanalytics.revenue.change import RevenueChange
from custanalytics.revenue.first_orders import FirstOrderDrivers
from custanalytics.revenue.next_products import NextProducts

# What stands for a client's word of the kind, with a number by revenue.
_STANDS_FOR = {
    "product": "Product", "category": "Category", "country": "Country", "channel": "Channel",
}  # fmt: skip
# Attributes of a first order whose values are words of ours.
_OURS = ("basket_size", "discount")


def names_of_groups(groups: pd.DataFrame | None) -> Mapping[str, str]:
    """What stands for the client's products, categories, countries and channels."""
    if groups is None:
        return {}
    known = groups.dropna(subset="value")
    number = known.groupby("group_by").cumcount() + 1
    said = known["group_by"].map(_STANDS_FOR) + " " + number.astype("str")
    return dict(zip(known["value"], said, strict=True))


def own_words(found: FirstOrderDrivers | None) -> set[str]:
    """Values of first orders that are no names of the client's."""
    if found is None:
        return set()
    return set(found.drivers.loc[found.drivers["attribute"].isin(_OURS), "value"])


def muted_groups(found: pd.DataFrame | None, key: Key, words: Words) -> pd.DataFrame | None:
    """Products and the like that ten customers or more bought, in ten orders or more."""
    if found is None:
        return None
    counts = found[["orders", "customers"]].min(axis=1)
    return _without_small(found, "revenue_groups", counts, key, words)


def muted_first_orders(
    found: FirstOrderDrivers | None, key: Key, words: Words
) -> FirstOrderDrivers | None:
    """First orders after which ten or more came back, and ten or more did not."""
    if found is None:
        return None
    table = found.drivers
    stayed_away = table["customers"] - table["came_back"]
    large = np.minimum(table["came_back"], stayed_away) >= SMALLEST
    kept = table.loc[large]
    drivers = muted_table(kept, "first_orders.drivers", key, words)
    drivers["value"] = drivers["value"].where(~kept["attribute"].isin(_OURS), kept["value"])
    return dataclasses.replace(
        found,
        drivers=drivers.reset_index(drop=True),
        figures=muted_figures(found.figures, "first_orders.figures", key),
        observation_end=day(found.observation_end, key),
        checks=words.checks(found.checks),
    )


def muted_next_products(found: NextProducts | None, key: Key, words: Words) -> NextProducts | None:
    """What ten customers or more bought next, and ten or more did not."""
    if found is None:
        return None
    rules = found.rules
    others = rules["customers_antecedent"] - rules["customers_both"]
    large = np.minimum(rules["customers_both"], others) >= SMALLEST
    return dataclasses.replace(
        found,
        rules=muted_table(rules.loc[large], "next_products.rules", key, words).reset_index(
            drop=True
        ),
        figures=muted_figures(found.figures, "next_products.figures", key),
        observation_end=day(found.observation_end, key),
    )


def muted_change(found: RevenueChange | None, key: Key, words: Words) -> RevenueChange | None:
    """Why revenue changed; None where one kind of customer is a small group.

    Its revenue would follow from that of the others.
    """
    if found is None:
        return None
    people = found.customers.loc[found.customers["customers"] > 0, "customers"]
    if (people < SMALLEST).any():
        return None
    orders = found.groups[["orders_before", "orders_after"]].min(axis=1)
    return dataclasses.replace(
        found,
        parts=muted_table(found.parts, "revenue_change.parts", key, words),
        customers=muted_table(found.customers, "revenue_change.customers", key, words),
        groups=_without_small(found.groups, "revenue_change.groups", orders, key, words),
        figures=muted_figures(found.figures, "revenue_change.figures", key),
        before=(day(found.before[0], key), day(found.before[1], key)),
        after=(day(found.after[0], key), day(found.after[1], key)),
        checks=words.checks(found.checks),
    )


def _without_small(
    table: pd.DataFrame, name: str, counts: "pd.Series[Any]", key: Key, words: Words
) -> pd.DataFrame:
    """The table muted, without small groups and what the total of a kind would give them by."""
    hidden: Bools = np.zeros(len(table), bool)
    sizes: Floats = counts.to_numpy(np.float64)
    for at in table.groupby("group_by").indices.values():
        hidden[at] = protected(sizes[at], sizes[at] < SMALLEST)
    muted = muted_table(table, name, key, words)
    hide(muted, hidden, keep=("group_by",))
    return muted
