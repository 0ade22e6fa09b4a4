"""A shop of known kind and its forecast."""

import pytest

from custanalytics import forecast_customers
from tests.trials.shops import shop_of_kind


@pytest.fixture(scope="package")
def lines():
    sales = shop_of_kind("season", 1)
    return sales[sales["customer_id"] < 700]


@pytest.fixture(scope="package")
def told(lines):
    # the shop's first customers, whom the data alone would take for old ones
    return forecast_customers(lines, 365, new_from=lines["ordered_at"].min().date())
