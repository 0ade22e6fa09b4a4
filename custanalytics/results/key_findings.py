"""The findings that the first page states: which, and in which order."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from custanalytics.clv import CustomerLifetimeValue
from custanalytics.customers.cohorts import Cohorts
from custanalytics.customers.concentration import Concentration
from custanalytics.customers.overview import Overview

_MOST = 3
# Among so few, a fifth of the customers is one or two.
_FEW = 10


@dataclass(frozen=True)
class Finding:
    """What was found, and the money it is about.

    Attributes
    ----------
    kind : {"trend", "concentration", "one_time_buyers", "forecast", "unknown_customers", \
"business"}
        What it is about.
    money : float
        By which findings are ranked, in currency units; 0 for the state of the business, which
        is told where there is nothing else.
    figures : dict
        What its sentences say: amounts in currency units, counts, and shares from 0 to 1.
    """

    kind: str
    money: float
    figures: dict[str, float] = field(default_factory=dict)


def key_findings(
    overview: Overview | None,
    concentration: Concentration | None,
    cohorts: Cohorts | None,
    summary: pd.DataFrame | None,
    forecast: CustomerLifetimeValue | None,
) -> tuple[Finding, ...]:
    """Three findings, the most money first; `forecast` is None where it may not be stated."""
    found: list[Finding] = []
    if overview is not None:
        found += _trend(overview)
    if concentration is not None:
        found += _concentration(concentration)
    if cohorts is not None and summary is not None:
        found += _one_time_buyers(summary)
    if overview is not None:
        if forecast is not None:
            found.append(_forecast(forecast, overview))
        found += _unknown_customers(overview)
        found = found or [Finding("business", 0.0)]
    return tuple(sorted(found, key=lambda finding: -finding.money)[:_MOST])


def _trend(overview: Overview) -> Iterator[Finding]:
    last = overview.figures["revenue_last_12m"]
    before = overview.figures["revenue_previous_12m"]
    if last == last and before > 0:  # a missing figure does not equal itself
        yield Finding("trend", abs(last - before), {"last": last, "previous": before})


def _concentration(concentration: Concentration) -> Iterator[Finding]:
    if concentration.figures["customers"] > _FEW:
        fifth = concentration.shares.iloc[-1]
        revenue, share = float(fifth["revenue"]), float(fifth["revenue_share"])
        yield Finding("concentration", revenue, {"share": share})


def _one_time_buyers(summary: pd.DataFrame) -> Iterator[Finding]:
    once = summary.loc[summary["frequency"] == 0]
    if len(once):
        spent, share = float(once["total_spend"].sum()), len(once) / len(summary)
        yield Finding("one_time_buyers", spent, {"customers": float(len(once)), "share": share})


def _forecast(forecast: CustomerLifetimeValue, overview: Overview) -> Finding:
    totals = forecast.totals.iloc[0]
    names = {"revenue": "revenue", "revenue_low": "low", "revenue_high": "high"}
    figures = {name: float(totals[column]) for column, name in names.items()}
    return Finding(
        "forecast", figures["revenue"], figures | {"so_far": overview.figures["revenue_known"]}
    )


def _unknown_customers(overview: Overview) -> Iterator[Finding]:
    unknown = overview.figures["revenue_unknown"]
    if unknown > 0:
        share = unknown / overview.figures["revenue_total"]
        yield Finding("unknown_customers", unknown, {"share": share})
