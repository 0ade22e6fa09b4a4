"""What the models expect, muted: customer value, the next purchase, prospects."""

import dataclasses
import math
from typing import Any

import numpy as np
import pandas as pd

from custanalytics.clv import CustomerLifetimeValue
from custanalytics.privacy.mute.column_kinds import (
    amount_or_none,
    coarse_margin,
    day,
    hide,
    muted_figures,
    muted_table,
)
from custanalytics.privacy.mute.counts import (
    SMALLEST,
    Bools,
    protected,
    rounded_count,
    significant,
)
from custanalytics.privacy.mute.key import Key
from custanalytics.privacy.mute.names import Words
from custanalytics.propensity.purchase import PurchasePropensity
from custanalytics.prospects.lead_scoring import LeadScoring

# A question to the client, not a finding.
_TO_CONFIRM = "prospects.outcome"


def muted_value(
    found: CustomerLifetimeValue | None, key: Key, words: Words
) -> CustomerLifetimeValue | None:
    """Customer value in total, of a new customer, and how the candidates did."""
    if found is None:
        return None
    return dataclasses.replace(
        found,
        customers=found.customers.iloc[0:0],
        totals=muted_table(found.totals, "value.totals", key, words),
        new_customer=muted_figures(found.new_customer, "value.new_customer", key),
        payback=muted_table(found.payback, "value.payback", key, words),
        parameters=_parameters(found.parameters, key, words),
        origins=_origins(found.origins, "value.origins", key, words),
        tenths=_of_groups(found.tenths, "value.tenths", key, words),
        weights=muted_table(found.weights, "value.weights", key, words),
        params=_params(found.params, key),
        checks=words.checks(found.checks),
        observation_end=day(found.observation_end, key),
    )


def muted_propensity(
    found: PurchasePropensity | None, key: Key, words: Words
) -> PurchasePropensity | None:
    """How many are expected to buy, and how well that was foretold; None in too small groups."""
    if found is None or not len(found.deciles) or not _told(found.deciles, found.reliability):
        return None
    figures = muted_figures(found.figures, "propensity.figures", key)
    if math.isnan(figures["late_customers"]):
        figures |= {"revenue_at_risk": math.nan, "late_usual_spend": math.nan}
    return dataclasses.replace(
        found,
        customers=found.customers.iloc[0:0],
        origins=_origins(found.origins, "propensity.origins", key, words),
        deciles=_deciles(found.deciles, "propensity.deciles", key, words),
        reliability=_reliability(found.reliability, "propensity.reliability", key, words),
        profit=_profit(found.profit, "propensity.profit", key, words),
        figures=figures,
        observation_end=day(found.observation_end, key),
        params=_params(found.params, key),
        checks=words.checks(found.checks),
    )


def muted_prospects(found: LeadScoring | None, key: Key, words: Words) -> LeadScoring | None:
    """How well conversions were foretold; columns and values by number; None as above."""
    if found is None or not _told(found.deciles, found.reliability):
        return None
    figures = muted_figures(found.figures, "prospects.figures", key)
    # Nobody at all is no small group.
    figures |= {name: value for name, value in found.figures.items() if value == 0}
    outcome = dataclasses.replace(
        found.outcome,
        column=words.name(found.outcome.column),
        positive=words.name(found.outcome.positive),
    )
    order = dataclasses.replace(
        found.order,
        clock=words.name(found.order.clock) if found.order.clock else None,
        sentence=words.sentence(found.order.sentence),
    )
    return dataclasses.replace(
        found,
        prospects=found.prospects.iloc[0:0],
        # The client's own words.
        stages=found.stages.iloc[0:0],
        evaluation=muted_table(found.evaluation, "prospects.evaluation", key, words),
        deciles=_deciles(found.deciles, "prospects.deciles", key, words),
        reliability=_reliability(found.reliability, "prospects.reliability", key, words),
        columns=muted_table(found.columns, "prospects.columns", key, words),
        leaks=muted_table(found.leaks, "prospects.leaks", key, words),
        with_leaks=muted_table(found.with_leaks, "prospects.with_leaks", key, words),
        importance=muted_table(found.importance, "prospects.importance", key, words),
        effects=_effects(found.effects, key, words),
        learning_curve=muted_table(found.learning_curve, "prospects.learning_curve", key, words),
        drift=_drift(found.drift, key, words),
        profit=_profit(found.profit, "prospects.profit", key, words),
        outcome=outcome,
        order=order,
        figures=figures,
        params={},
        checks=words.checks([check for check in found.checks if check.name != _TO_CONFIRM]),
    )


def _parameters(frame: pd.DataFrame, key: Key, words: Words) -> pd.DataFrame:
    """The model's parameters, none of which has money in it."""
    made = muted_table(frame, "value.parameters", key, words)
    for name in ("value", "standard_error"):
        made[name] = frame[name].map(significant)
    return made


def _of_groups(frame: pd.DataFrame, table: str, key: Key, words: Words) -> pd.DataFrame:
    """A table of groups, without those of fewer than ten and what would give them back."""
    sizes = frame["customers"].to_numpy(np.float64)
    kept = ~protected(sizes, sizes < SMALLEST)
    return muted_table(frame.loc[kept], table, key, words).reset_index(drop=True)


def _kept_back(did: "pd.Series[Any]", size: "pd.Series[Any]") -> Bools:
    """Groups in which fewer than ten did, or did not, and what their sum would give back."""
    ones, zeros = did.to_numpy(np.float64), (size - did).to_numpy(np.float64)
    return protected(ones, ones < SMALLEST) | protected(zeros, zeros < SMALLEST)


def _told(deciles: pd.DataFrame, reliability: pd.DataFrame) -> bool:
    """Whether in every test the tenth on top, and some groups beside it, can be shown."""
    tops = deciles.assign(hidden=_kept_back(deciles["converted"], deciles["n"]))
    tops = tops.loc[tops["decile"] == tops["decile"].min()]
    held = _kept_back(reliability["prob_true"] * reliability["n"], reliability["n"])
    return not tops["hidden"].any() and not held.all()


def _deciles(frame: pd.DataFrame, table: str, key: Key, words: Words) -> pd.DataFrame:
    made = muted_table(frame, table, key, words)
    hidden = _kept_back(frame["converted"], frame["n"])
    hide(made, hidden, keep=("decile", "n", "mean_propensity", "test"))
    # A sum over the list gives every row after the first hidden one away.
    made.loc[np.logical_or.accumulate(hidden), "cumulative_gain"] = np.nan
    return made


def _reliability(frame: pd.DataFrame, table: str, key: Key, words: Words) -> pd.DataFrame:
    kept = ~_kept_back(frame["prob_true"] * frame["n"], frame["n"])
    return muted_table(frame.loc[kept], table, key, words).reset_index(drop=True)


def _drift(frame: pd.DataFrame, key: Key, words: Words) -> pd.DataFrame:
    made = muted_table(frame, "prospects.drift", key, words)
    hidden = _kept_back(frame["rate"] * frame["n"], frame["n"])
    hide(made, hidden, keep=("block", "n"))
    # The chart's title compares the first with the last.
    return made.iloc[0:0] if len(hidden) and (hidden[0] or hidden[-1]) else made


def _origins(frame: pd.DataFrame, table: str, key: Key, words: Words) -> pd.DataFrame:
    """Earlier cutoffs, without the figures of those after which fewer than ten bought."""
    made = muted_table(frame, table, key, words)
    # How long was tested tells how long the data is.
    made["days"] = frame["days"].map(rounded_count)
    bought = frame["actual_buyers"].fillna(frame["actual_purchases"])
    hide(made, bought < SMALLEST, keep=("cutoff", "days", "longest"))
    return made


def _profit(frame: pd.DataFrame | None, table: str, key: Key, words: Words) -> pd.DataFrame | None:
    if frame is None:
        return None
    large = (frame["contacted"] == 0) | (frame["contacted"] >= SMALLEST)
    if not (large & frame["best"]).any() or not (large & frame["best_lower_value"]).any():
        return None
    made = muted_table(frame.loc[large], table, key, words).reset_index(drop=True)
    return made.fillna({"contacted": 0.0, "expected_conversions": 0.0})


def _effects(frame: pd.DataFrame, key: Key, words: Words) -> pd.DataFrame:
    """Levels by number, in the order they are shown; those of fewer than ten are left out."""
    large = frame.loc[frame["n"] >= SMALLEST].reset_index(drop=True)
    level = large.groupby("input", sort=False).cumcount() + 1
    made = muted_table(large, "prospects.effects", key, words)
    made["value"] = [f"Level {number}" for number in level]
    made["position"] = level.astype("float64") - 1
    hidden = np.zeros(len(large), bool)
    for at in large.groupby("input", sort=False).indices.values():
        rows = large.iloc[at]
        hidden[at] = _kept_back(rows["rate"] * rows["n"], rows["n"])
    hide(made, hidden, keep=("input", "value", "position", "mean_propensity", "n"))
    return made


def _params(params: dict[str, Any], key: Key) -> dict[str, Any]:
    """The settings of a call, without what is the client's own."""
    made = {
        k: v
        for k, v in params.items()
        if k in ("horizon_days", "window_days", "asked_days", "level", "annual_discount_rate")
    }
    made["margin"] = coarse_margin(params.get("margin"))
    for name in ("contact_cost", "conversion_value"):
        made[name] = amount_or_none(params.get(name), key)
    return made
