"""Who may be contacted: what each customer said last."""

from datetime import date

import pandas as pd

from custanalytics.customers.summary import observation_period
from custanalytics.transactions import HasEngine, as_engine


def customer_consent(
    transactions: pd.DataFrame | HasEngine, observation_end: date | None = None
) -> pd.DataFrame:
    """Find whether each customer may be contacted for marketing.

    The last answer holds; on a day with both a yes and a no, the no does.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        A DataFrame has one row per line: ``customer_id`` (null: unknown, left out),
        ``ordered_at`` (datetime), ``amount``, ``consent`` (bool, null: not asked).
    observation_end : date, optional
        Last day that counts; by default the last day in the data.

    Returns
    -------
    DataFrame
        One row per customer with an answer: ``customer_id`` (str), ``consent`` (bool). Customers
        without one are not in it: whether they may be contacted is not known.

    Examples
    --------
    >>> lines = pd.DataFrame(
    ...     {
    ...         "customer_id": ["ann", "ann", "bob", "cid"],
    ...         "ordered_at": ["2024-01-01", "2024-02-01", "2024-01-05", "2024-01-09"],
    ...         "amount": 10.0,
    ...         "consent": [True, False, True, None],
    ...     }
    ... )
    >>> customer_consent(lines)
      customer_id  consent
    0         ann    False
    1         bob     True
    """
    engine = as_engine(transactions)
    end = observation_end or observation_period(engine)[1]
    return engine.run("customer_consent", as_of=end)
