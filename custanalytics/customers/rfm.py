"""RFM segmentation: who bought how recently, how often and for how much."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from custanalytics.check import Check
from custanalytics.customers.rfm_scores import LEVELS, Cuts, Levels, checked_levels, scores
from custanalytics.customers.rhythm import LATE, NEW, ON_TIME
from custanalytics.customers.summary import checked_summary
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.sentences import noted, tell
from custanalytics.shown import Shown
from custanalytics.transactions import HasEngine

# Customers a level, so that one of them does not decide what it is.
_A_LEVEL = 4
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


# The same where purchases are counted without money: M is F then, and returns are not known.
_COUNTED_RULES = (
    noted("Come back on time by their own rhythm, F at least 4"),
    noted("Come back on time, F 3"),
    noted("Come back on time, F below 3"),
    noted("One purchase so far, no longer ago than second purchases usually take"),
    noted("Late by their own rhythm, F at least 4"),
    noted("Late by their own rhythm, F below 4"),
    noted("Silent for so long that hardly anyone came back after it"),
)
COUNTED_SEGMENTS = tuple(
    replace(segment, rule=rule) for segment, rule in zip(SEGMENTS, _COUNTED_RULES, strict=True)
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
        ``total_spend``, ``r_score``, ``f_score``, ``m_score`` (1 to 5 or the number of levels,
        which is best), ``rfm_score`` (the three digits), ``segment``; with words for the scores
        also ``r_word``, ``f_word``, ``m_word``.
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
    summary: pd.DataFrame | HasEngine,
    segments: Sequence[Segment] = RFM_SEGMENTS,
    *,
    levels: Levels = LEVELS,
    cuts: Cuts | None = None,
    words: Sequence[str] = (),
) -> RFM:
    """Score customers by quintiles, or as one likes, and put each into one segment.

    A score is ``1 + floor(levels (below + tied / 2) / n)``: customers with equal values get equal
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
    levels : int or sequence of float, default 5
        Equal parts of the customers, from 2 to 9; or the shares of customers below each bound,
        such as ``(0.5, 0.8, 0.95)`` for four levels of which the best holds a twentieth.
    cuts : dict of str to sequence of float, optional
        Bounds in place of shares, for any of ``days_since_last_purchase``, ``n_orders`` and
        ``total_spend``: a customer at a bound belongs to the better level.
    words : sequence of str, optional
        What each level is called, the worst first: ``r_word``, ``f_word`` and ``m_word`` stand
        beside the scores, and rules may go by them.

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
        name, the rules leave customers out, levels or cuts do not rise, or the built-in rules,
        which are of five levels, meet others.

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

    Two levels by fixed bounds, with rules and words of one's own:

    >>> rules = [
    ...     Segment("Call", "recent, large", lambda c: c["r_score"] + c["m_score"] == 4, "Call."),
    ...     Segment("Write", "the rest", lambda c: c["r_score"] > 0, "Write."),
    ... ]
    >>> cuts = {"days_since_last_purchase": [30], "n_orders": [2], "total_spend": [100]}
    >>> found = rfm_segmentation(summary, rules, cuts=cuts, words=["low", "high"])
    >>> found.customers[["customer_id", "rfm_score", "m_word", "segment"]]
      customer_id rfm_score m_word segment
    0           a       222   high    Call
    1           b       111    low   Write
    """
    summary = checked_summary(summary, _COLUMNS)
    check_segments(segments)
    cuts = cuts or {}
    counts = checked_levels(levels, cuts)
    _require_rules_for(counts, segments)
    if words and {len(words)} != set(counts.values()):
        raise UsageError(f"words: one for each of {_listed(counts)} levels, not {len(words)}")
    if summary.empty:
        raise UnsupportedError(tell("there are no customers to score"))
    scored = scores(summary[_COLUMNS], levels, cuts)
    digits = [scored[column].astype("str") for column in ("r_score", "f_score", "m_score")]
    scored["rfm_score"] = digits[0] + digits[1] + digits[2]
    for score in counts if words else ():
        called = scored[score].map(dict(enumerate(words, start=1)))
        scored[score.replace("score", "word")] = called
    further = summary.drop(columns=_COLUMNS[1:]).assign(customer_id=summary["customer_id"])
    scored["segment"] = _assign(scored.merge(further, on="customer_id"), segments)
    most = max(counts.values())
    return RFM(scored, _totals(scored, segments), _bounds(scored, most), _checks(summary, most))


def _require_rules_for(counts: dict[str, int], segments: Sequence[Segment]) -> None:
    built_in = any(segment in (*SEGMENTS, *COUNTED_SEGMENTS, *RFM_SEGMENTS) for segment in segments)
    if built_in and set(counts.values()) != {LEVELS}:
        raise UsageError(
            f"the built-in segments are of {LEVELS} levels, not {_listed(counts)}: give segments "
            "of your own"
        )


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(map(str, sorted(set(counts.values()))))


def check_segments(segments: Sequence[Segment]) -> None:
    """Find out early whether rules can be told apart; whom they leave out, only the data say."""
    names = [segment.name for segment in segments]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names or not all(names):
        what = f"two are called {', '.join(twice)}" if twice else "at least one, each with a name"
        raise UsageError(f"segments need names of their own: {what}")


def of_own_rules(segments: pd.DataFrame) -> pd.DataFrame:
    """The rows of `RFM.segments` that a consultant wrote: not word for word built in."""
    ours = (*SEGMENTS, *COUNTED_SEGMENTS, *RFM_SEGMENTS)
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


def _bounds(scored: pd.DataFrame, levels: int) -> pd.DataFrame:
    bounds = pd.DataFrame({"score": range(1, levels + 1)})
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


def _checks(summary: pd.DataFrame, levels: int) -> tuple[Check, ...]:
    n, fewest = len(summary), _A_LEVEL * levels
    # Two orders of one day are one purchase, where the days are known.
    once = summary["frequency"] == 0 if "frequency" in summary else summary["n_orders"] == 1
    one_time = float(once.mean())
    enough = Check(
        "rfm.customers",
        n >= fewest,
        _enough(n, fewest, levels),
        value=n,
        threshold=fewest,
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


def _enough(n: int, fewest: int, levels: int) -> str:
    if n >= fewest:
        if levels == LEVELS:
            return tell("{n:,} customers are scored, enough for five levels.", n=n)
        return tell("{n:,} customers are scored, enough for {levels} levels.", n=n, levels=levels)
    if levels == LEVELS:
        return tell(
            "Five levels need {fewest} customers, and the data has {n}: read the segments as an "
            "order in which to look at customers one by one.",
            fewest=fewest,
            n=n,
        )
    return tell(
        "{levels} levels need {fewest} customers, and the data has {n}: read the segments as an "
        "order in which to look at customers one by one.",
        levels=levels,
        fewest=fewest,
        n=n,
    )
