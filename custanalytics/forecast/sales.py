"""Orders of known customers in plain arrays, netted as they stood on any day."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from custanalytics.engine import Engine
from custanalytics.errors import UnsupportedError
from custanalytics.sentences import tell
from custanalytics.value_models.inputs import Codes, Floats

Names = npt.NDArray[np.object_]

# a credit note and the bill that replaces it lie within so many days, and differ by so much
REISSUED_WITHIN_DAYS = 14
CREDITED_WITHIN_DAYS = 60
MUCH_THE_SAME = 0.10
TO_THE_CENT = 0.001


@dataclass(frozen=True)
class PurchaseDays:
    """Purchase days as they stood on a day, by customer and day.

    Attributes
    ----------
    customer : ndarray of int64
        Position of the customer in `Sales.customer_id`.
    day : ndarray of int64
        Days since 1970.
    amount : ndarray
        Spend of the day (currency units), returns that name an order taken off.
    refunds : ndarray
        Per customer of `Sales`: returns that name no order, negative.
    """

    customer: Codes
    day: Codes
    amount: Floats
    refunds: Floats


@dataclass(frozen=True)
class Sales:
    """Movements of money by order.

    Attributes
    ----------
    customer_id : ndarray of str
        One per customer, sorted.
    customer, day : ndarray of int64
        One per order, sorted: its customer and its day.
    order, moved_on, amount : ndarray
        One per movement: its order, its day, currency units.
    first, last : int
        First and last day with a sale.
    """

    customer_id: Names
    customer: Codes
    day: Codes
    order: Codes
    moved_on: Codes
    amount: Floats
    first: int
    last: int

    def seen_on(self, day: int) -> PurchaseDays:
        """Purchase days as they stood on a day; nothing later is read."""
        seen = self.moved_on <= day
        net = np.bincount(self.order[seen], self.amount[seen], len(self.day)).astype(np.float64)
        bought = np.flatnonzero(net > 0)
        customer, on, spent = self.customer[bought], self.day[bought], net[bought]
        new = np.ones(len(on), dtype=bool)
        new[1:] = (customer[1:] != customer[:-1]) | (on[1:] != on[:-1])
        begins = np.flatnonzero(new)
        amount = np.add.reduceat(spent, begins) if len(begins) else spent
        back = np.flatnonzero(net < 0)
        refunds = np.bincount(self.customer[back], net[back], len(self.customer_id)).astype(
            np.float64
        )
        return PurchaseDays(customer[begins], on[begins], amount, refunds)


def sales_of(engine: Engine, until: date) -> Sales:
    """Read the orders of known customers up to a day."""
    moved = engine.run("forecast_movements", until=until)
    if moved.empty:
        raise UnsupportedError(
            tell("A forecast needs sales with a known customer up to {day}: none here.", day=until)
        )
    customer_at, names = pd.factorize(moved["customer_id"])
    order = moved["order_no"].to_numpy(np.int64) - 1
    on = moved["moved_on"].to_numpy("datetime64[D]").astype(np.int64)
    amount = moved["amount"].to_numpy(np.float64)
    orders = int(order.max()) + 1
    day = np.full(orders, on.max())
    np.minimum.at(day, order, on)
    customer = np.zeros(orders, dtype=np.int64)
    customer[order] = customer_at
    order = _with_credit_notes(customer, day, order, amount)
    day = np.full(orders, on.max())
    np.minimum.at(day, order, on)
    sorting = np.lexsort((day, customer))
    place = np.empty(orders, dtype=np.int64)
    place[sorting] = np.arange(orders)
    customer, day, order = customer[sorting], day[sorting], place[order]
    return Sales(
        np.asarray(names, dtype=object),
        customer,
        day,
        order,
        on,
        amount,
        int(on.min()),
        int(pd.Timestamp(until).to_datetime64().astype("datetime64[D]").astype(np.int64)),
    )


def _with_credit_notes(customer: Codes, day: Codes, order: Codes, amount: Floats) -> Codes:
    """Give each credit note the order it takes back, and both the bill issued in its place.

    A credit note that names no order takes back an earlier one of the same customer and amount;
    where a bill for much the same follows within days, all three are one order.
    """
    net = np.bincount(order, amount, len(day))
    frame = pd.DataFrame({"customer": customer, "at": np.arange(len(day)), "day": day, "net": net})
    notes = frame[frame["net"] < 0]
    if notes.empty:
        return order
    bought = frame[(frame["net"] > 0) & frame["customer"].isin(notes["customer"])]
    pairs = notes.merge(bought, on="customer", suffixes=("", "_bought"))
    pairs["apart"] = pairs["day"] - pairs["day_bought"]
    pairs["off"] = (pairs["net_bought"] / -pairs["net"] - 1).abs()
    taken_back = pairs[
        pairs["apart"].between(0, CREDITED_WITHIN_DAYS) & (pairs["off"] <= MUCH_THE_SAME)
    ]
    taken_back = taken_back.sort_values(["at", "off", "apart"]).drop_duplicates("at")
    taken_back = taken_back.drop_duplicates("at_bought")
    issued = pairs[
        pairs["apart"].between(-REISSUED_WITHIN_DAYS, 0) & (pairs["off"] <= MUCH_THE_SAME)
    ]
    issued = issued[~issued["at_bought"].isin(taken_back["at_bought"])]
    issued = issued.sort_values(["at", "apart"], ascending=[True, False]).drop_duplicates("at")
    issued = issued.drop_duplicates("at_bought")
    both = taken_back.merge(
        issued[["at", "at_bought"]], on="at", how="left", suffixes=("", "_again")
    )
    both = both[both["at_bought_again"].notna() | (both["off"] <= TO_THE_CENT)]
    becomes = np.arange(len(day))
    becomes[both["at"]] = both["at_bought"]
    again = both[both["at_bought_again"].notna()]
    becomes[again["at_bought_again"].astype(np.int64)] = again["at_bought"]
    while (becomes[becomes] != becomes).any():
        becomes = becomes[becomes]  # a bill issued in another's place may be taken back in turn
    return np.asarray(becomes[order])
