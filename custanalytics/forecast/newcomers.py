"""What a new customer brings, and which customers are new at all.

A file that begins in the middle of a shop's life shows old customers as new at first. How long
that lasts is decided from the data; those customers count in no figure about newcomers.
"""

from dataclasses import dataclass

import numpy as np

from custanalytics.forecast.sales import Sales
from custanalytics.value_models.inputs import Codes
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
    customers : int
        How many they were.
    actual_purchases, actual_revenue : float
        Mean repeat purchase days, and money after the first one, of the tested.
    median_revenue : float
        Median of that money.
    expected_purchases, expected_revenue : float
        What is expected of a new customer.
    """

    first: int
    last: int
    customers: int
    actual_purchases: float
    actual_revenue: float
    median_revenue: float
    expected_purchases: float
    expected_revenue: float


def firsts(sales: Sales) -> tuple[Codes, Codes]:
    """Customers with a purchase, and the day of their first."""
    bought = sales.seen_on(sales.last)
    customer, at = np.unique(bought.customer, return_index=True)
    return customer, bought.day[at]


def new_from(sales: Sales) -> int:
    """First day from which a first purchase is that of a new customer."""
    first = firsts(sales)[1]
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
    customer, first = firsts(sales)
    begin = max(new_from(sales), sales.last - int(days) - 365)
    end = sales.last - int(days)
    tested = (first >= begin) & (first <= end)
    if int(tested.sum()) < FEWEST_NEWCOMERS:
        return None
    since = np.full(len(sales.customer_id), np.iinfo(np.int64).max)
    since[customer[tested]] = first[tested]
    bought = sales.seen_on(sales.last)
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
        begin,
        end,
        int(tested.sum()),
        float(purchases.mean()),
        float(money.mean()),
        float(np.median(money)),
        corrected,
        corrected * (trust * each + (1 - trust) * spend),
    )
