"""Real results to mute: a shop with prospects, and a wholesaler with few customers."""

from datetime import date
from random import Random

import pandas as pd
import pytest

from custanalytics.bundled import sample_data_dir
from custanalytics.customers.cohorts import cohort_retention
from custanalytics.privacy.mute import Key, draw_key, mute
from tests.samples import analysed

PUBLISHED = date(2026, 11, 2)


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    return analysed(tmp_path_factory, "shop")


@pytest.fixture(scope="session")
def wholesaler(tmp_path_factory):
    return analysed(tmp_path_factory, "wholesaler")


@pytest.fixture(scope="session")
def boutique():
    """Every sixth customer of the shop: cohorts of a few."""
    lines = pd.read_csv(sample_data_dir() / "shop.csv", parse_dates=["Order date"])
    known = lines["Customer number"].dropna().drop_duplicates().iloc[::6]
    lines = lines.loc[lines["Customer number"].isin(known)]
    sales = pd.DataFrame(
        {
            "customer_id": lines["Customer number"],
            "order_id": lines["Order number"],
            "ordered_at": lines["Order date"],
            "amount": lines["Quantity"] * lines["Unit price"],
        }
    )
    return cohort_retention(sales, date(2026, 6, 30))


@pytest.fixture(scope="session")
def key(shop):
    return seeded(shop, 7)


def seeded(results, seed: int) -> Key:
    return draw_key(results, Random(seed))  # noqa: S311 - the same in every test run


@pytest.fixture(scope="session")
def muted(shop, key):
    return mute(shop, key, PUBLISHED).results
