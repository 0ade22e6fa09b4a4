"""How much of the revenue hangs on how few customers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from custanalytics.check import Check
from custanalytics.customers.summary import checked_summary
from custanalytics.errors import UnsupportedError
from custanalytics.sentences import tell
from custanalytics.shown import Shown
from custanalytics.transactions import HasEngine

ABC_BOUNDS = {"A": 0.80, "B": 0.95, "C": 1.0}
TOP_SHARES = (0.01, 0.05, 0.10, 0.20)
_CURVE_POINTS = 101


@dataclass(frozen=True, repr=False)
class Concentration(Shown):
    """Concentration of revenue over customers.

    Attributes
    ----------
    curve : DataFrame
        At most 101 points of the curve: ``customer_share`` (best customers first),
        ``revenue_share`` (cumulative), both 0 to 1.
    shares : DataFrame
        One row per top share: ``top_share`` (0.01 is the best one per cent), ``customers``
        (rounded up, at least one), ``revenue`` (currency units), ``revenue_share``.
    abc : DataFrame
        One row per class: ``abc_class`` (A: the customers who bring the first 80 % of revenue,
        B: the next 15 %, C: the rest), ``customers``, ``revenue``, ``customer_share``,
        ``revenue_share``.
    customers : DataFrame
        One row per customer: ``customer_id``, ``abc_class``.
    figures : dict
        ``customers``, ``revenue``, ``top_ten_customers``, ``top_ten_revenue``,
        ``top_ten_share``, ``gini`` (0: all equal, near 1: one has all).
    checks : tuple of Check
        What to keep in mind when reading.
    """

    curve: pd.DataFrame
    shares: pd.DataFrame
    abc: pd.DataFrame
    customers: pd.DataFrame
    figures: dict[str, float]
    checks: tuple[Check, ...]


def revenue_concentration(summary: pd.DataFrame | HasEngine) -> Concentration:
    """Measure how revenue is spread over customers.

    A customer whose returns exceed the purchases seen counts with zero revenue.

    Parameters
    ----------
    summary : DataFrame or Ledger
        One row per customer: ``customer_id``, ``total_spend`` (currency units, net), as
        `customer_summary` makes it; of a ledger it is made here.

    Returns
    -------
    Concentration
        Curve, shares, ABC classes and figures.

    Raises
    ------
    UnsupportedError
        The customers' spend adds up to nothing.
    UsageError
        A column is missing, a customer has two rows, or a spend is no number.

    References
    ----------
    Gini, C. (1912), Variabilità e mutabilità; for a sorted sample as in Sen, A. (1973), On
    Economic Inequality, equation 2.8.3: G = 2 sum(i x_i) / (n sum x) - (n + 1) / n.

    Examples
    --------
    >>> summary = pd.DataFrame({"customer_id": ["a", "b"], "total_spend": [3.0, 1.0]})
    >>> revenue_concentration(summary).figures["gini"]
    0.25
    """
    ranked = checked_summary(summary, ("customer_id", "total_spend")).sort_values(
        ["total_spend", "customer_id"], ascending=[False, True], ignore_index=True
    )
    spend = ranked["total_spend"].clip(lower=0).to_numpy(dtype=float)
    n, revenue = len(spend), float(spend.sum())
    if not revenue > 0:
        raise UnsupportedError(
            tell("the customers' net spend adds up to nothing, so it has no spread")
        )
    cumulative = np.cumsum(spend) / revenue
    before = np.concatenate([[0.0], cumulative[:-1]])

    # The customer who crosses a bound still belongs to the class; the first is always an A.
    classes = np.array(list(ABC_BOUNDS))[
        np.minimum(np.searchsorted(list(ABC_BOUNDS.values()), before + 1e-12), 2)
    ]
    customers = pd.DataFrame({"customer_id": ranked["customer_id"], "abc_class": classes})
    abc = (
        pd.DataFrame({"abc_class": classes, "revenue": spend})
        .groupby("abc_class")["revenue"]
        .agg(customers="size", revenue="sum")
        .reindex(list(ABC_BOUNDS), fill_value=0)
        .reset_index()
    )
    abc["customer_share"] = abc["customers"] / n
    abc["revenue_share"] = abc["revenue"] / revenue

    tops = [max(1, int(np.ceil(share * n - 1e-9))) for share in TOP_SHARES]
    shares = pd.DataFrame(
        {
            "top_share": TOP_SHARES,
            "customers": tops,
            "revenue": [float(spend[:top].sum()) for top in tops],
        }
    )
    shares["revenue_share"] = shares["revenue"] / revenue

    points = np.unique(np.linspace(0, n, min(n + 1, _CURVE_POINTS)).round().astype(int))
    curve = pd.DataFrame(
        {
            "customer_share": points / n,
            "revenue_share": np.concatenate([[0.0], cumulative])[points],
        }
    )
    ascending = spend[::-1]
    weights = np.arange(1, n + 1)
    gini = float(2 * (weights * ascending).sum() / (n * revenue) - (n + 1) / n)
    top_ten = min(10, n)
    figures = {
        "customers": float(n),
        "revenue": revenue,
        "top_ten_customers": float(top_ten),
        "top_ten_revenue": float(spend[:top_ten].sum()),
        "top_ten_share": float(spend[:top_ten].sum()) / revenue,
        "gini": gini,
    }
    negative = int((ranked["total_spend"] < 0).sum())
    checks = []
    if negative:
        checks.append(
            Check(
                "concentration.negative",
                None,
                tell(
                    "{n:,} of {all:,} customers returned more than they bought in the data; they "
                    "count with zero revenue here.",
                    n=negative,
                    all=n,
                ),
                value=negative,
            )
        )
    return Concentration(curve, shares, abc, customers, figures, tuple(checks))
