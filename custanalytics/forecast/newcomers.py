"""What a new customer brings, beside what the last new ones did."""

from dataclasses import dataclass, field

import numpy as np

from custanalytics.forecast.sales import Sales
from custanalytics.value_models.inputs import Floats
from custanalytics.value_models.pareto_nbd import ParetoNBD

FEWEST_NEWCOMERS = 30
# the test on the last newcomers counts fully from so many of their purchases on
HALF_TRUSTED = 30.0


@dataclass(frozen=True)
class Newcomers:
    """What a new customer is expected to bring, beside what the last ones did.

    Attributes
    ----------
    first, last : int
        Days, since 1970, between which the tested newcomers first bought.
    left_out_days : int
        From the first purchase, how long customers may be old ones; they count in nothing here.
    days : float
        Length of the time after the first purchase.
    customers : int
        How many were tested.
    first_order_value : float
        Mean spend of the first purchase day of all new customers, currency units.
    actual_purchases, actual_revenue : float
        Mean repeat purchase days, and money after the first one, of the tested.
    median_revenue : float
        Median of that money.
    expected_purchases, expected_revenue : float
        What is expected of a new customer.
    model : ParetoNBD
        How that falls on the days.
    """

    first: int
    last: int
    left_out_days: int
    days: float
    customers: int
    first_order_value: float
    actual_purchases: float
    actual_revenue: float
    median_revenue: float
    expected_purchases: float
    expected_revenue: float
    model: ParetoNBD = field(repr=False)

    def expected(self, ends: Floats) -> tuple[Floats, Floats]:
        """Repeat purchase days and money up to each number of days after the first purchase."""
        whole = self.model.new_customer(np.array([self.days]))[0]
        share = self.model.new_customer(ends) / max(float(whole), 1e-12)
        return share * self.expected_purchases, share * self.expected_revenue


def newcomers(
    sales: Sales, model: ParetoNBD, days: float, spend: float, left_out_days: int
) -> Newcomers | None:
    """Forecast a new customer over so many days; None where too few can be tested."""
    bought = sales.seen_on(sales.last)
    customer, at = np.unique(bought.customer, return_index=True)
    first, first_spend = bought.day[at], bought.amount[at]
    new = int(first.min()) + left_out_days
    begin = max(new, sales.last - int(days) - 365)
    end = sales.last - int(days)
    tested = (first >= begin) & (first <= end)
    if int(tested.sum()) < FEWEST_NEWCOMERS:
        return None
    since = np.full(len(sales.customer_id), np.iinfo(np.int64).max)
    since[customer[tested]] = first[tested]
    after = bought.day - since[bought.customer]
    counted = (after > 0) & (after <= days)
    size = len(sales.customer_id)
    purchases = np.bincount(bought.customer[counted], minlength=size)[customer[tested]]
    money = np.bincount(bought.customer[counted], bought.amount[counted], size)[customer[tested]]
    expected = float(model.new_customer(np.array([float(days)]))[0])
    trust = float(purchases.sum()) / (float(purchases.sum()) + HALF_TRUSTED)
    each = float(money.sum() / purchases.sum()) if purchases.sum() else spend
    corrected = trust * float(purchases.mean()) + (1 - trust) * expected
    return Newcomers(
        first=begin,
        last=end,
        left_out_days=left_out_days,
        days=float(days),
        customers=int(tested.sum()),
        first_order_value=float(first_spend[first >= new].mean()),
        actual_purchases=float(purchases.mean()),
        actual_revenue=float(money.mean()),
        median_revenue=float(np.median(money)),
        expected_purchases=corrected,
        expected_revenue=corrected * (trust * each + (1 - trust) * spend),
        model=model,
    )
