"""What a new customer brings, and which customers are new at all.

A file that begins in the middle of a shop's life shows old customers as new at first. How long
that lasts is decided from the data; those customers count in no figure about newcomers.
"""

from dataclasses import dataclass, field

import numpy as np

from custanalytics.forecast.sales import Sales
from custanalytics.value_models.inputs import Floats
from custanalytics.value_models.pareto_nbd import ParetoNBD

WEEK = 7
# a month of first purchases so far above the later ones is no month of new customers
ABOVE_USUAL = 1.4
SMOOTHED_WEEKS = 4
# hardly anybody new later: a cohort that was picked, not a file that begins in the middle
NO_LATER = 0.05
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
        From the first sale, how long customers may be old ones; they count in nothing here.
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


def new_from(sales: Sales) -> int:
    """First day from which a first purchase is that of a new customer."""
    bought = sales.seen_on(sales.last)
    first = bought.day[np.unique(bought.customer, return_index=True)[1]]
    weeks = int((sales.last - sales.first) // WEEK)
    if weeks < 3 * SMOOTHED_WEEKS:
        return sales.first
    week = (first - sales.first) // WEEK
    count = np.bincount(week[week < weeks], minlength=weeks).astype(np.float64)
    usual = float(np.median(count[weeks // 2 :]))
    smooth = np.convolve(count, np.ones(SMOOTHED_WEEKS) / SMOOTHED_WEEKS, mode="valid")
    if usual <= NO_LATER * smooth[0]:
        return sales.first
    chance = 2 * np.sqrt(usual / SMOOTHED_WEEKS)
    ordinary = np.flatnonzero(smooth <= ABOVE_USUAL * usual + chance)
    begins = int(ordinary[0]) if len(ordinary) else weeks // 2
    return sales.first + WEEK * min(begins + (SMOOTHED_WEEKS - 1 if begins else 0), weeks // 2)


def newcomers(sales: Sales, model: ParetoNBD, days: float, spend: float) -> Newcomers | None:
    """Forecast a new customer over so many days; None where too few can be tested."""
    bought = sales.seen_on(sales.last)
    customer, at = np.unique(bought.customer, return_index=True)
    first, first_spend = bought.day[at], bought.amount[at]
    new = new_from(sales)
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
        left_out_days=new - sales.first,
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
