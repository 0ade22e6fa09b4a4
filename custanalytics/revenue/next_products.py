"""What customers buy next after what, and what they buy together."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import betainc

from custanalytics.customers.summary import observation_period
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.revenue.by_group import groups_told
from custanalytics.revenue.comparisons import LEVEL, Floats, adjusted_for_unseen
from custanalytics.scoring.evaluation import wilson_interval
from custanalytics.sentences import tell
from custanalytics.shown import Shown
from custanalytics.transactions import HasEngine, as_engine

_COLUMNS = (
    "antecedent", "consequent", "n_antecedent", "n_consequent", "n_both", "customers_antecedent",
    "customers_both", "antecedent_support", "consequent_support", "support", "confidence",
    "confidence_low", "confidence_high", "expected_confidence", "lift", "adjusted_lift",
    "adjusted_lift_low", "adjusted_lift_high", "leverage", "p_value", "p_adjusted", "is_rule",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class NextProducts(Shown):
    """Association rules from one purchase day to the next, or within one.

    Attributes
    ----------
    rules : DataFrame
        One row per ordered pair of items that came so at least once, rules first and the surest
        gain before the others: ``antecedent``, ``consequent``; ``n_antecedent`` (purchase days
        with the first, that a next one followed), ``n_consequent`` (next purchase days with the
        other), ``n_both`` (how often the one led to the other), ``customers_antecedent``,
        ``customers_both`` (how many customers that was); ``antecedent_support``,
        ``consequent_support``, ``support`` (shares of all days), ``confidence`` (n_both /
        n_antecedent), ``confidence_low``, ``confidence_high`` (95 % interval), ``lift``
        (confidence / consequent_support), ``leverage`` (support beyond that of independent
        items); ``expected_confidence`` (what baskets of the same sizes hold of the consequent),
        ``adjusted_lift`` (confidence / expected_confidence), ``adjusted_lift_low``,
        ``adjusted_lift_high``; ``p_value``, ``p_adjusted`` (for all pairs of the items),
        ``is_rule`` (True: more often than by luck among so many pairs, by enough customers).
    figures : dict
        ``days`` (purchase days that count as a first one), ``items``, ``comparisons`` (pairs that
        there could be), ``rules``.
    item : str
        ``product`` or ``category``: what was counted.
    observation_end : date
        Last day that counts.
    """

    rules: pd.DataFrame
    figures: dict[str, float]
    item: str
    observation_end: date


def next_products(
    transactions: pd.DataFrame | HasEngine,
    observation_end: date | None = None,
    item: Literal["product", "category"] = "product",
    together: bool = False,
    most_items: int = 200,
    min_customers: int = 10,
) -> NextProducts:
    """Find what is bought on the next purchase day after what.

    All orders of a customer on one day are one purchase. One customer's purchases are alike, so
    counts are worth less than they seem: they are divided by the design effect, which is what
    the customer's own habits add to the variance, before intervals and tests. Those who buy much
    buy more of everything, so a pair is held against later baskets of the same size.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        A DataFrame has one row per line: ``customer_id`` (null: unknown, left out),
        ``ordered_at`` (datetime), ``amount`` (currency units, refunds negative), ``product`` or
        ``category`` (text, null: unknown), optional ``order_id``.
    observation_end : date, optional
        Last day that counts; by default the last day in the data.
    item : {"product", "category"}
        What is counted.
    together : bool
        Pairs of the same purchase day instead of successive ones.
    most_items : int
        How many items take part, those that most customers bought; chosen before any pair is
        looked at.
    min_customers : int
        Items that fewer customers bought take no part, and pairs of fewer are no rule.

    Returns
    -------
    NextProducts
        The pairs with their measures.

    Raises
    ------
    UsageError
        An argument makes no sense.
    UnsupportedError
        Fewer than two items were bought by enough customers, or none ever led to another.

    Notes
    -----
    With a_c purchase days of customer c with the antecedent, b_c of them followed by the
    consequent, n = sum a_c, p = sum b_c / n, the design effect is::

        D = n / (n p (1 - p)) * C / (C - 1) * sum (b_c - p a_c)^2 / n

    and not below 1; n / D and n p / D take the place of the counts.

    References
    ----------
    Agrawal, R., Imielinski, T. and Swami, A. (1993), Mining association rules between sets of
    items in large databases, SIGMOD, for support and confidence. Brin, S. et al. (1997), Dynamic
    itemset counting, SIGMOD, for lift. Rao, J. N. K. and Scott, A. J. (1992), A simple method for
    the analysis of clustered binary data, Biometrics 48(2). Benjamini, Y. and Hochberg, Y. (1995),
    Controlling the false discovery rate, JRSS B 57(1), over all pairs, seen or not.

    Examples
    --------
    >>> lines = pd.DataFrame(
    ...     {
    ...         "customer_id": [i // 2 for i in range(120)],
    ...         "ordered_at": pd.to_datetime(["2024-01-01", "2024-02-01"] * 60),
    ...         "amount": 10.0,
    ...         "product": ["tent", "lamp"] * 30 + ["pot", "pan"] * 30,
    ...     }
    ... )
    >>> found = next_products(lines)
    >>> found.rules[["antecedent", "consequent", "n_both", "confidence", "lift", "is_rule"]]
      antecedent consequent  n_both  confidence  lift  is_rule
    0        pot        pan      30         1.0   2.0     True
    1       tent       lamp      30         1.0   2.0     True
    """
    if item not in ("product", "category"):
        raise UsageError(f"item is product or category, not {item!r}")
    if most_items < 2 or min_customers < 2:
        raise UsageError(
            f"most_items and min_customers are at least 2, not {most_items} and {min_customers}"
        )
    engine = as_engine(transactions)
    end = observation_end or observation_period(engine)[1]
    engine.keep(
        "item_baskets",
        "item_baskets",
        as_of=end,
        item=item,
        most=most_items,
        min_customers=min_customers,
    )
    ahead = 0 if together else 1
    pairs, counts = (engine.run(name, ahead=ahead) for name in ("item_pairs", "item_counts"))
    if pairs.empty:
        raise UnsupportedError(
            tell(
                "no two items that {least} customers or more bought came one after the other; "
                "what is bought next can't be told",
                least=min_customers,
            )
        )
    any_item = counts["item"].isna()
    items = int(counts.loc[~any_item, "item"].nunique())
    comparisons = items * (items - 1 if together else items)
    days = float(counts.loc[any_item, "n_before"].sum())
    rules = _measured(_with_counts(pairs, counts), days, comparisons, min_customers)
    figures = {
        "days": days,
        "items": float(items),
        "comparisons": float(comparisons),
        "rules": float(rules["is_rule"].sum()),
    }
    return NextProducts(rules, figures, item, end)


def rules_of_next(transactions: HasEngine, observation_end: date) -> NextProducts:
    """The rules alone, of products; of categories where products are told too seldom for any."""
    told = groups_told(transactions.engine)
    items: list[Literal["product", "category"]] = [
        name for name in ("product", "category") if name in told
    ]
    if not items:
        raise UnsupportedError(
            tell("no line names a product (--map product=COLUMN), so what is bought next is open")
        )
    for item in items:
        try:
            found = next_products(transactions, observation_end, item)
        except UnsupportedError:
            if item == items[-1]:
                raise
        else:
            if found.figures["rules"] or item == items[-1]:
                break
    rules = found.rules.loc[found.rules["is_rule"]].reset_index(drop=True)
    return replace(found, rules=rules)


def _with_counts(pairs: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """With each item's own count, and how often the pair was to be expected by basket sizes."""
    tables = {
        name: counts.assign(item=counts["item"].fillna("")).pivot_table(
            index="item", columns="size_class", values=name, aggfunc="sum", fill_value=0
        )
        for name in ("n_before", "room", "n_after")
    }
    share = tables["n_after"] / tables["n_after"].loc[""].clip(lower=1)
    first, then = pairs["antecedent"], pairs["consequent"]
    expected = (tables["room"].loc[first].to_numpy() * share.loc[then].to_numpy()).sum(axis=1)
    return pairs.assign(
        n_antecedent=tables["n_before"].sum(axis=1).loc[first].to_numpy(),
        n_consequent=tables["n_after"].sum(axis=1).loc[then].to_numpy(),
        n_expected=expected,
    )


def _measured(
    pairs: pd.DataFrame, days: float, comparisons: int, min_customers: int
) -> pd.DataFrame:
    n, both = (pairs[name].to_numpy(dtype=float) for name in ("n_antecedent", "n_both"))
    base = pairs["n_consequent"].to_numpy() / days
    expected = np.clip(pairs["n_expected"].to_numpy() / n, 1e-12, 1)
    effect = _design_effect(pairs, n, both)
    low, high = wilson_interval(both / effect, n / effect)
    confidence = both / n
    table = pairs.assign(
        antecedent_support=n / days,
        consequent_support=base,
        support=both / days,
        confidence=confidence,
        confidence_low=low,
        confidence_high=high,
        expected_confidence=expected,
        lift=confidence / base,
        adjusted_lift=confidence / expected,
        adjusted_lift_low=low / expected,
        adjusted_lift_high=high / expected,
        leverage=both / days - n / days * base,
        # Probability of so many or more at the expected share, counts being fractions.
        p_value=betainc(both / effect, (n - both) / effect + 1, expected),
    )
    table["p_adjusted"] = adjusted_for_unseen(table["p_value"].to_numpy(), comparisons)
    table["is_rule"] = (table["p_adjusted"] <= LEVEL) & (table["customers_both"] >= min_customers)
    ranked = table.sort_values(
        ["is_rule", "adjusted_lift_low", "antecedent", "consequent"],
        ascending=[False, False, True, True],
        ignore_index=True,
    )
    return ranked[list(_COLUMNS)]


def _design_effect(pairs: pd.DataFrame, n: Floats, both: Floats) -> Floats:
    customers = pairs["customers_antecedent"].to_numpy(dtype=float)
    p = both / n
    squares = (
        pairs["both_squared"]
        - 2 * p * pairs["both_antecedent"]
        + p**2 * pairs["antecedent_squared"]
    ).to_numpy(dtype=float)
    binomial = n * p * (1 - p)
    clustered = squares * customers / np.maximum(customers - 1, 1)
    effect = np.divide(clustered, binomial, out=np.ones_like(n), where=binomial > 0)
    # At most all days of a customer are alike.
    alike = pairs["antecedent_squared"].to_numpy(dtype=float) / n
    return np.asarray(np.where(binomial > 0, np.clip(effect, 1, alike), alike))
