"""RFM segmentation: who bought how recently, how often and for how much."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from custanalytics.check import Check
from custanalytics.customers.rhythm import LATE, NEW, ON_TIME
from custanalytics.customers.summary import checked_summary
from custanalytics.engine import DuckDBEngine
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.sentences import noted, tell
from custanalytics.shown import Shown
from custanalytics.transactions import HasEngine

LEVELS = 5
_MIN_CUSTOMERS = 20
_MOST_RETURNED = 0.5
_COLUMNS = ["customer_id", "days_since_last_purchase", "n_orders", "total_spend"]
# What a condition of one's own may compare.
SCORED = ("r_score", "f_score", "m_score", "days_since_last_purchase", "n_orders", "total_spend")


@dataclass(frozen=True)
class Segment:
    """A named group of customers.

    Attributes
    ----------
    name : str
        What the report calls it.
    rule : str
        The condition in words, printed in the report.
    condition : callable
        Takes the scored customers (a DataFrame), returns a boolean Series.
    action : str
        What the segment calls for, one sentence.
    contact : bool, default True
        Whether the action is to contact its customers.
    """

    name: str
    rule: str
    condition: Callable[[pd.DataFrame], pd.Series]
    action: str
    contact: bool = True


def _both(scored: pd.DataFrame) -> pd.Series:
    return scored["f_score"] + scored["m_score"]


# As published: by the scores alone.
RFM_SEGMENTS = (
    Segment(
        noted("Champions"),
        noted("R at least 4, F + M at least 8"),
        lambda s: (s["r_score"] >= 4) & (_both(s) >= 8),
        noted("Thank them, give early access, ask for referrals; no discounts."),
    ),
    Segment(
        noted("Loyal"),
        noted("R at least 3, F + M at least 6, not a champion"),
        lambda s: (s["r_score"] >= 3) & (_both(s) >= 6),
        noted("Offer what goes with their last purchases; invite into a loyalty scheme."),
    ),
    Segment(
        noted("New and promising"),
        noted("R at least 4, F + M below 6"),
        lambda s: s["r_score"] >= 4,
        noted("Welcome them and win the second order within their usual time to reorder."),
    ),
    Segment(
        noted("Cooling"),
        noted("R 3, F + M below 6"),
        lambda s: s["r_score"] >= 3,
        noted("Remind them with a reason to come back before they drift away."),
    ),
    Segment(
        noted("Can't lose"),
        noted("R at most 2, F + M at least 8"),
        lambda s: _both(s) >= 8,
        noted("Call or write personally, find out why they stopped, make an offer worth it."),
    ),
    Segment(
        noted("At risk"),
        noted("R at most 2, F + M 6 or 7"),
        lambda s: _both(s) >= 6,
        noted("Win back with a dated offer; test it against a group left alone."),
    ),
    Segment(
        noted("Dormant"),
        noted("R at most 2, F + M below 6"),
        lambda s: s["r_score"] <= 2,
        noted("Spend nothing beyond the regular newsletter."),
        contact=False,
    ),
)


def _on_time(customers: pd.DataFrame, least: int) -> pd.Series:
    """Come back on time, score so much for orders and spend, and keep most of what they buy."""
    kept = customers["returned_share"] <= _MOST_RETURNED
    return (customers["pace"] == ON_TIME) & (_both(customers) >= least) & kept


# Of a report: by rhythm and value, so that no segment says what its customers do not do.
SEGMENTS = (
    Segment(
        noted("Champions"),
        noted("Come back on time by their own rhythm, F + M at least 8, return less than half"),
        lambda s: _on_time(s, 8),
        noted("Thank them, give early access, ask for referrals; no discounts."),
    ),
    Segment(
        noted("Loyal"),
        noted("Come back on time, F + M 6 or 7, return less than half"),
        lambda s: _on_time(s, 6),
        noted("Offer what goes with their last purchases; invite into a loyalty scheme."),
    ),
    Segment(
        noted("Occasional"),
        noted("Come back on time, F + M below 6 or half of it returned"),
        lambda s: s["pace"] == ON_TIME,
        noted("Give them a reason to come sooner: what is new, or what they are running out of."),
    ),
    Segment(
        noted("New and promising"),
        noted("One purchase so far, no longer ago than second purchases usually take"),
        lambda s: s["pace"] == NEW,
        noted("Welcome them and win the second order within the usual time to reorder."),
    ),
    Segment(
        noted("Can't lose"),
        noted("Late by their own rhythm, F + M at least 8"),
        lambda s: (s["pace"] == LATE) & (_both(s) >= 8),
        noted("Call or write personally, find out why they stopped, make an offer worth it."),
    ),
    Segment(
        noted("At risk"),
        noted("Late by their own rhythm, F + M below 8"),
        lambda s: s["pace"] == LATE,
        noted("Win back with a dated offer."),
    ),
    Segment(
        noted("Dormant"),
        noted("Silent for so long that hardly anyone came back after it"),
        lambda s: pd.Series(True, index=s.index),
        noted("Spend nothing beyond the regular newsletter."),
        contact=False,
    ),
)


# What a public copy says in place of a rule that is not one of these.
RULE_KEPT_BACK = noted("Kept back: the rule was made for this client.")


@dataclass(frozen=True, repr=False)
class RFM(Shown):
    """Scored and segmented customers.

    Attributes
    ----------
    customers : DataFrame
        One row per customer: ``customer_id``, ``days_since_last_purchase``, ``n_orders``,
        ``total_spend``, ``r_score``, ``f_score``, ``m_score`` (1 to 5, 5 is best),
        ``rfm_score`` (the three digits), ``segment``.
    segments : DataFrame
        One row per segment, empty ones too, in the order of the rules: ``segment``, ``rule``,
        ``customers``, ``customer_share``, ``revenue`` (currency units), ``revenue_share``,
        ``mean_days_since_last_purchase``, ``mean_orders``, ``mean_spend`` (null when empty),
        ``action``, ``contact`` (bool: whether the action is to contact them).
    bounds : DataFrame
        One row per score: ``score``, and the range of values that got it:
        ``days_since_low``, ``days_since_high``, ``orders_low``, ``orders_high``,
        ``spend_low``, ``spend_high`` (null where no customer has the score).
    checks : tuple of Check
        What to keep in mind when reading.
    """

    customers: pd.DataFrame
    segments: pd.DataFrame
    bounds: pd.DataFrame
    checks: tuple[Check, ...]


def rfm_segmentation(
    summary: pd.DataFrame | HasEngine, segments: Sequence[Segment] = RFM_SEGMENTS
) -> RFM:
    """Score customers by quintiles and put each into one segment.

    A score is ``1 + floor(5 (below + tied / 2) / n)``: customers with equal values get equal
    scores, whatever the size of the data.

    Parameters
    ----------
    summary : DataFrame or Ledger
        One row per customer: ``customer_id``, ``days_since_last_purchase`` (days),
        ``n_orders``, ``total_spend`` (currency units, net), as `customer_summary` makes it, and
        what else the rules ask for; of a ledger it is made here.
    segments : sequence of Segment
        Rules tried in order; the first that holds names the segment. Together they must
        cover every customer.

    Returns
    -------
    RFM
        Scores per customer and totals per segment.

    Raises
    ------
    UnsupportedError
        There are no customers.
    UsageError
        A column is missing, a customer has two rows, a figure is no number, two segments have one
        name, or the rules leave customers out.

    References
    ----------
    Hughes, A. M. (1994), Strategic Database Marketing, chapter 6 (quintile scoring).

    Examples
    --------
    >>> summary = pd.DataFrame(
    ...     {
    ...         "customer_id": ["a", "b"],
    ...         "days_since_last_purchase": [2, 90],
    ...         "n_orders": [9, 1],
    ...         "total_spend": [500.0, 20.0],
    ...     }
    ... )
    >>> rfm_segmentation(summary).customers[["customer_id", "rfm_score", "segment"]]
      customer_id rfm_score    segment
    0           a       444  Champions
    1           b       222    Dormant
    """
    summary = checked_summary(summary, _COLUMNS)
    check_segments(segments)
    if summary.empty:
        raise UnsupportedError(tell("there are no customers to score"))
    engine = DuckDBEngine(in_memory=True)
    engine.write("summary", summary[_COLUMNS])
    scored = engine.run("rfm_scores", levels=LEVELS)
    engine.close()
    digits = [scored[column].astype("str") for column in ("r_score", "f_score", "m_score")]
    scored["rfm_score"] = digits[0] + digits[1] + digits[2]
    further = summary.drop(columns=_COLUMNS[1:]).assign(customer_id=summary["customer_id"])
    scored["segment"] = _assign(scored.merge(further, on="customer_id"), segments)
    return RFM(scored, _totals(scored, segments), _bounds(scored), _checks(summary))


def check_segments(segments: Sequence[Segment]) -> None:
    """Find out early whether rules can be told apart; whom they leave out, only the data say."""
    names = [segment.name for segment in segments]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names or not all(names):
        what = f"two are called {', '.join(twice)}" if twice else "at least one, each with a name"
        raise UsageError(f"segments need names of their own: {what}")


def of_own_rules(segments: pd.DataFrame) -> pd.DataFrame:
    """The rows of `RFM.segments` that a consultant wrote: not word for word built in."""
    ours = (*SEGMENTS, *RFM_SEGMENTS)
    built_in = {(segment.name, segment.rule, segment.action) for segment in ours}
    texts = zip(segments["segment"], segments["rule"], segments["action"], strict=True)
    return segments.loc[[row not in built_in for row in texts]]


def segment_migration(before: RFM, after: RFM) -> pd.DataFrame:
    """Count how customers moved between segments from one day to a later one.

    Parameters
    ----------
    before, after : RFM
        The same shop on two days, each scored against the customers of its own day.

    Returns
    -------
    DataFrame
        One row per pair that occurs: ``from_segment`` (null: not yet a customer),
        ``to_segment`` (null: no longer has a purchase to count), ``customers``.
    """
    moved = before.customers[["customer_id", "segment"]].merge(
        after.customers[["customer_id", "segment"]],
        on="customer_id",
        how="outer",
        suffixes=("_from", "_to"),
    )
    counted = moved.groupby(["segment_from", "segment_to"], dropna=False, sort=True).size()
    return counted.reset_index().set_axis(["from_segment", "to_segment", "customers"], axis=1)


def _assign(scored: pd.DataFrame, segments: Sequence[Segment]) -> pd.Series:
    assigned = pd.Series(None, index=scored.index, dtype="str")
    for segment in segments:
        assigned = assigned.mask(assigned.isna() & segment.condition(scored), segment.name)
    left = int(assigned.isna().sum())
    if left:
        raise UsageError(
            f"{left} of {len(scored)} customers fit no segment; add a last rule for the rest"
        )
    return assigned


def _totals(scored: pd.DataFrame, segments: Sequence[Segment]) -> pd.DataFrame:
    totals = (
        scored.groupby("segment")
        .agg(
            customers=("customer_id", "size"),
            revenue=("total_spend", "sum"),
            mean_days_since_last_purchase=("days_since_last_purchase", "mean"),
            mean_orders=("n_orders", "mean"),
            mean_spend=("total_spend", "mean"),
        )
        .reindex([segment.name for segment in segments])
        .rename_axis("segment")
        .reset_index()
    )
    totals["customers"] = totals["customers"].fillna(0).astype("int64")
    totals["revenue"] = totals["revenue"].fillna(0.0)
    totals["rule"] = [segment.rule for segment in segments]
    totals["action"] = [segment.action for segment in segments]
    totals["contact"] = [segment.contact for segment in segments]
    totals["customer_share"] = totals["customers"] / len(scored)
    revenue = totals["revenue"].sum()
    totals["revenue_share"] = totals["revenue"] / revenue if revenue > 0 else np.nan
    order = ["segment", "rule", "customers", "customer_share", "revenue", "revenue_share"]
    means = ["mean_days_since_last_purchase", "mean_orders", "mean_spend"]
    return totals[[*order, *means, "action", "contact"]]


def _bounds(scored: pd.DataFrame) -> pd.DataFrame:
    bounds = pd.DataFrame({"score": range(1, LEVELS + 1)})
    measures = {
        "days_since": ("r_score", "days_since_last_purchase"),
        "orders": ("f_score", "n_orders"),
        "spend": ("m_score", "total_spend"),
    }
    for name, (score, value) in measures.items():
        by_score = scored.groupby(score)[value]
        bounds[f"{name}_low"] = bounds["score"].map(by_score.min())
        bounds[f"{name}_high"] = bounds["score"].map(by_score.max())
    return bounds


def _checks(summary: pd.DataFrame) -> tuple[Check, ...]:
    n = len(summary)
    # Two orders of one day are one purchase, where the days are known.
    once = summary["frequency"] == 0 if "frequency" in summary else summary["n_orders"] == 1
    one_time = float(once.mean())
    enough = Check(
        "rfm.customers",
        n >= _MIN_CUSTOMERS,
        tell("{n:,} customers are scored, enough for five levels.", n=n)
        if n >= _MIN_CUSTOMERS
        else tell(
            "Five levels need {fewest} customers, and the data has {n}: read the segments as an "
            "order in which to look at customers one by one.",
            fewest=_MIN_CUSTOMERS,
            n=n,
        ),
        value=n,
        threshold=_MIN_CUSTOMERS,
        source=noted("rule of thumb: four customers a level"),
    )
    spread = Check(
        "rfm.one_time_buyers",
        one_time < 0.8,
        tell(
            "{share:.0%} of the customers have bought once, so order frequency separates the rest.",
            share=one_time,
        )
        if one_time < 0.8
        else tell(
            "{share:.0%} of the customers have bought once, so order frequency hardly separates "
            "customers.",
            share=one_time,
        ),
        value=one_time,
        threshold=0.8,
        source=noted("a quintile needs a fifth of the customers to differ"),
    )
    return (enough, spread)
