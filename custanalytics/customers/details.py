"""What each customer sent back, and what was bought last."""

from datetime import date

import pandas as pd

from custanalytics.transactions import HasEngine, as_engine


def customer_details(transactions: pd.DataFrame | HasEngine, observation_end: date) -> pd.DataFrame:
    """One row per customer with a purchase: `returned_share` and `last_product` (may be null)."""
    return as_engine(transactions).run("customer_details", as_of=observation_end)
