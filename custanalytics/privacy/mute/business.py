"""What the business did, muted: by month, concentration, segments, cohorts."""

import dataclasses
from typing import Any

import numpy as np
import pandas as pd

from custanalytics.customers.cohorts import Cohorts
from custanalytics.customers.concentration import Concentration
from custanalytics.customers.overview import Overview
from custanalytics.customers.rfm import RFM, RULE_KEPT_BACK, of_own_rules
from custanalytics.privacy.mute.column_kinds import day, hide, muted_figures, muted_table
from custanalytics.privacy.mute.counts import (
    SMALLEST,
    Bools,
    apart,
    protected,
)
from custanalytics.privacy.mute.key import Key
from custanalytics.privacy.mute.names import Words

_GRID_DAYS = 30
_TOLD_DAYS = (90, 365, 30, 180)
_YEAR = 12
_KEPT_OF_COHORTS = ("cohort", "period", "customers", "complete", "old_customers")


def muted_overview(
    found: Overview | None, customers: pd.DataFrame | None, key: Key, words: Words
) -> Overview | None:
    """The business by month and in figures.

    Months with fewer than ten customers or orders are kept back, and a month beside one that
    a sum over twelve months would give back; so is the split into new and returning where one
    of them is small.
    """
    if found is None:
        return None
    monthly = muted_table(found.monthly, "overview.monthly", key, words)
    hide(monthly, _hidden_months(found), keep=("month", "complete"))
    small = _small_split(found.monthly, customers)
    monthly.loc[small, ["new_revenue", "returning_revenue"]] = np.nan
    figures = muted_figures(found.figures, "overview.figures", key)
    return Overview(monthly, figures, day(found.observation_end, key), words.checks(found.checks))


def _hidden_months(found: Overview) -> Bools:
    counts = found.monthly[["customers", "orders"]].min(axis=1).to_numpy(np.float64)
    small = counts < SMALLEST
    whole = np.flatnonzero(found.monthly["complete"].to_numpy(bool))
    last, before = whole[-_YEAR:], whole[-2 * _YEAR : -_YEAR]
    rest = np.setdiff1d(np.arange(len(counts)), [*last, *before])
    hidden = small.copy()
    orders = found.monthly["orders"].to_numpy(np.float64)
    for block in (last, before, rest):
        if len(block):
            hidden[block] = protected(orders[block], small[block])
    return hidden


def _small_split(monthly: pd.DataFrame, customers: pd.DataFrame | None) -> "pd.Series[bool]":
    if customers is None or "first_order" not in customers:
        return pd.Series(True, index=monthly.index)
    first = customers["first_order"].dropna().dt.to_period("M").dt.to_timestamp().value_counts()
    new = monthly["month"].map(first).fillna(0)
    back = monthly["customers"] - new
    # Nobody at all is no small group: the first month has new customers only.
    return ((new > 0) & (new < SMALLEST)) | ((back > 0) & (back < SMALLEST))


def muted_concentration(
    found: Concentration | None, key: Key, words: Words
) -> Concentration | None:
    """How revenue is spread; nested groups are shown only where they differ by ten or more."""
    if found is None:
        return None
    n = found.figures["customers"]
    shares, curve = found.shares, found.curve
    if shares["customers"].iloc[-1] < SMALLEST:
        return None
    classes = found.abc["customers"].cumsum().to_numpy()[:-1]
    # The most important first: the fifth, the ten largest, the tenth, classes, the curve.
    fifth, *others = shares["customers"][::-1]
    along = (curve["customer_share"] * n).round()
    sizes = [fifth, found.figures["top_ten_customers"], *others, *classes, *along]
    best, ten, *shown = apart(list(map(float, sizes)), float(n))
    top = [best, *shown[: len(others)]][::-1]
    shown = shown[len(others) :]
    of_classes, of_curve = shown[: len(classes)], shown[len(classes) :]
    told_shares = muted_table(shares, "concentration.shares", key, words)
    hide(told_shares, ~np.array(top), keep=("top_share",))
    told_classes = muted_table(found.abc, "concentration.abc", key, words)
    if not all(of_classes):
        hide(told_classes, np.ones(len(told_classes), bool), keep=("abc_class",))
    ends = curve["customer_share"].isin([0.0, 1.0]).to_numpy()
    told_curve = muted_table(
        curve.loc[ends | np.array(of_curve)], "concentration.curve", key, words
    )
    figures = muted_figures(found.figures, "concentration.figures", key)
    if not ten:
        figures |= {"top_ten_revenue": np.nan, "top_ten_share": np.nan}
    return Concentration(
        told_curve.reset_index(drop=True),
        told_shares,
        told_classes,
        found.customers.iloc[0:0],
        figures,
        words.checks(found.checks),
    )


def muted_rfm(found: RFM | None, key: Key, words: Words) -> RFM | None:
    """Segments; the bounds of the scores are single customers' figures, and left out.

    So are rules of the consultant's own: their thresholds are exact figures of the client's.
    """
    if found is None:
        return None
    segments = muted_table(found.segments, "rfm.segments", key, words)
    segments.loc[of_own_rules(found.segments).index, "rule"] = RULE_KEPT_BACK
    counts = found.segments["customers"].to_numpy(np.float64)
    hidden = protected(counts, counts < SMALLEST)
    if hidden.all():
        return None
    hide(
        segments,
        hidden,
        keep=("segment", "rule", "action", "contact"),
    )
    return RFM(
        found.customers.iloc[0:0], segments, found.bounds.iloc[0:0], words.checks(found.checks)
    )


def muted_decisions(
    found: pd.DataFrame | None, segments: RFM | None, key: Key, words: Words
) -> pd.DataFrame | None:
    """What to do with each segment, without the segments that `muted_rfm` keeps back."""
    if found is None or segments is None:
        return None
    shown = segments.segments.loc[~segments.segments["suppressed"], "segment"]
    rows = found.loc[found["segment"].isin(shown)].reset_index(drop=True)
    made = muted_table(rows, "decisions", key, words)
    made.loc[made["late_customers"].isna(), "revenue_at_risk"] = np.nan
    return made if len(made) else None


def muted_actions(
    found: pd.DataFrame | None, segments: RFM | None, key: Key, words: Words
) -> pd.DataFrame | None:
    """The plan without lists, and without actions for segments that are kept back or few people."""
    if found is None or segments is None:
        return None
    shown = segments.segments.loc[~segments.segments["suppressed"], "segment"]
    told = found["segment"].isna() | found["segment"].isin(shown)
    told &= (found["customers"] >= SMALLEST) & ~found["contacted"].between(1, SMALLEST - 1)
    rows = found.loc[told].reset_index(drop=True)
    made = muted_table(rows, "actions", key, words)
    return without_lists(made) if len(made) else None


def without_lists(actions: pd.DataFrame | None) -> pd.DataFrame | None:
    """The plan without the names of its files."""
    if actions is None:
        return None
    none = pd.array([pd.NA], dtype="str").repeat(len(actions))
    return actions.assign(list=none, control_list=none)


def muted_cohorts(found: Cohorts | None, key: Key, words: Words) -> Cohorts | None:
    """Cohorts seen for whole periods; small ones, and what would give them back, are left out.

    Cells of fewer than ten who bought, and what the average would give them back with, are null.
    """
    if found is None:
        return None
    sizes = found.retention.groupby("cohort")["customers"].first()
    gone = sizes.index[protected(sizes.to_numpy(np.float64), sizes.to_numpy() < SMALLEST)]
    cells = found.retention.loc[found.retention["complete"]]
    cells = cells.loc[~cells["cohort"].isin(gone)].reset_index(drop=True)
    new = cells.loc[~cells["old_customers"]]
    together = new.groupby("period", as_index=False)[["customers", "active"]].sum()
    together["retention"] = together["active"] / together["customers"]
    retention = muted_table(cells, "cohorts.retention", key, words)
    average = muted_table(together, "cohorts.average", key, words)
    hide(retention, _hidden_cells(cells), keep=_KEPT_OF_COHORTS)
    few = (together["active"] < SMALLEST).to_numpy(bool)
    hide(average, few, keep=("period",))
    waits = _waits(found, key, words)
    if not len(together) or few[together["period"] == 1].any() or not waits:
        return None
    return dataclasses.replace(
        found,
        retention=retention,
        average=average,
        **waits,
        checks=words.checks(found.checks),
    )


def _hidden_cells(cells: pd.DataFrame) -> Bools:
    # The average of a period is of the cohorts without old customers.
    hidden = np.zeros(len(cells), bool)
    for at in cells.groupby(["period", "old_customers"]).indices.values():
        active = cells["active"].to_numpy(np.float64)[at]
        hidden[at] = protected(active, active < SMALLEST)
    return hidden


def _waits(found: Cohorts, key: Key, words: Words) -> dict[str, Any]:
    """The curve of second purchases, and its figures, where ten or more lie between two points.

    Empty where fewer than ten came back, or did not.
    """
    curve, n = found.second_purchase, found.figures["new_customers"]
    everybody, once = (found.figures[name] for name in ("customers", "one_time_customers"))
    days = [*_TOLD_DAYS, *range(_GRID_DAYS, int(curve["days"].max()) + 1, _GRID_DAYS)]
    days = [wait for wait in dict.fromkeys(days) if wait <= curve["days"].max()]
    at = np.searchsorted(curve["days"], days, side="right") - 1
    returned = n * found.figures["share_second_purchase"]
    sizes = [returned, *(curve["share"].to_numpy(np.float64)[at] * n)]
    back, *shown = apart(sizes, n)
    of_all = (everybody - n, once, everybody - once, once - (n - returned))
    if not back or any(0 < round(size) < SMALLEST for size in of_all):
        return {}
    points = curve.iloc[at].assign(days=days).loc[shown].sort_values("days")
    figures = muted_figures(found.figures, "cohorts.figures", key)
    for wait in _TOLD_DAYS:
        if wait not in days or not shown[days.index(wait)]:
            figures[f"share_second_{wait}d"] = np.nan
    start = curve.iloc[[0]]
    points = pd.concat([start, points], ignore_index=True)
    told = muted_table(points, "cohorts.second_purchase", key, words)
    return {"second_purchase": told, "figures": figures}
