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
