"""AnalysisResults -> MutedResults: the only form of results that a portfolio takes."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from custanalytics.check import Check
from custanalytics.config import Settings
from custanalytics.errors import UsageError
from custanalytics.privacy.mute.business import (
    muted_actions,
    muted_cohorts,
    muted_concentration,
    muted_decisions,
    muted_overview,
    muted_rfm,
    without_lists,
)
from custanalytics.privacy.mute.column_kinds import amount_or_none, coarse_margin, day, share
from custanalytics.privacy.mute.counts import significant
from custanalytics.privacy.mute.forecasts import muted_propensity, muted_prospects, muted_value
from custanalytics.privacy.mute.key import Key
from custanalytics.privacy.mute.names import Words
from custanalytics.privacy.mute.revenue import (
    muted_change,
    muted_first_orders,
    muted_groups,
    muted_next_products,
    names_of_groups,
    own_words,
)
from custanalytics.results.key_findings import Finding, key_findings
from custanalytics.results.store import AnalysisResults
from custanalytics.results.value_trust import trusted
from custanalytics.sentences import noted

TEMPLATE = "published"
_KEPT_BACK = ("concentration", "rfm", "cohorts", "revenue_change", "propensity", "prospects")
TOO_SMALL = noted("Kept back: its groups are so small that their figures would tell who it is.")


@dataclass(frozen=True)
class MutedResults:
    """Results that may be shown in public.

    Made by `mute` and `opened` alone; a portfolio takes nothing else.

    Attributes
    ----------
    results : AnalysisResults
        Aggregates only: no table of customers, prospects, lines or files is in it.
    muted : bool
        False: of open data, every figure as it was found.
    """

    results: AnalysisResults
    muted: bool


def refuse_counted(results: AnalysisResults) -> None:
    """Refuse purchases without money: the public report is about money."""
    if results.settings.no_amount:
        raise UsageError(
            "the public report speaks of money, and with --no-amount there is none: a report "
            "without amounts can't be published"
        )


def mute(results: AnalysisResults, key: Key, published: date) -> MutedResults:
    """Results in which nobody can tell the client, a customer or an exact figure.

    Assumes the secret is drawn for these results (`draw_key`) and kept out of what is published.
    Amounts are multiplied by the secret factor and rounded to three significant digits, counts
    to tens (from 1,000 on to two digits), shares to whole per cent; dates move; groups of fewer
    than ten, and as many others as a total would give them back with, are null; columns and
    values of the client's get numbers for names. What is left: shares, ratios, measures of the
    models, and the shape of every curve.
    """
    refuse_counted(results)
    words = Words(key, names_of(results), _ours(results), _settings_numbers(results.settings))
    segments = muted_rfm(results.rfm, key, words)
    muted = AnalysisResults(
        settings=_settings(results.settings, key, published),
        overview=muted_overview(results.overview, results.customers, key, words),
        concentration=muted_concentration(results.concentration, key, words),
        rfm=segments,
        decisions=muted_decisions(results.decisions, segments, key, words),
        actions=muted_actions(results.actions, segments, key, words),
        cohorts=muted_cohorts(results.cohorts, key, words),
        revenue_groups=muted_groups(results.revenue_groups, key, words),
        first_orders=muted_first_orders(results.first_orders, key, words),
        next_products=muted_next_products(results.next_products, key, words),
        revenue_change=muted_change(results.revenue_change, key, words),
        value=muted_value(results.value, key, words),
        value_trust=tuple(
            words.check(check) or Check(check.name, check.passed, words.reason(check.sentence))
            for check in results.value_trust
        ),
        propensity=muted_propensity(results.propensity, key, words),
        prospects=muted_prospects(results.prospects, key, words),
        skipped={name: words.reason(text) for name, text in results.skipped.items()},
    )
    for name in _KEPT_BACK:
        if getattr(results, name) is not None and getattr(muted, name) is None:
            muted.skipped[name] = TOO_SMALL
    return MutedResults(_decided_anew(muted), muted=True)


def opened(results: AnalysisResults, published: date) -> MutedResults:
    """Results of open data as they are, without anybody's own rows."""
    refuse_counted(results)
    parts: dict[str, Any] = {}
    for name, column in (
        ("concentration", "customers"),
        ("rfm", "customers"),
        ("value", "customers"),
        ("propensity", "customers"),
        ("prospects", "prospects"),
    ):
        part = getattr(results, name)
        if part is not None:
            parts[name] = dataclasses.replace(part, **{column: emptied(getattr(part, column))})
    settings = dataclasses.replace(
        results.settings, template=TEMPLATE, made_on=published, command="", title=""
    )
    shown = dataclasses.replace(
        results,
        settings=settings,
        ledger=None,
        mapping={},
        findings=None,
        ledger_checks=(),
        prospect_list=None,
        customers=None,
        actions=without_lists(results.actions),
        plan_names=None,
        **parts,
    )
    return MutedResults(shown, muted=False)


def _decided_anew(muted: AnalysisResults) -> AnalysisResults:
    """The findings that the muted figures give: nothing else can be read in them."""
    found = key_findings(
        muted.overview,
        muted.concentration,
        muted.cohorts,
        None,
        muted.value if trusted(muted.value_trust) else None,
    )
    told = tuple(
        Finding(
            finding.kind,
            significant(finding.money),
            {
                name: share(value) if name == "share" else significant(value)
                for name, value in finding.figures.items()
            },
        )
        for finding in found
    )
    return dataclasses.replace(muted, key_findings=told)


def kept_back(muted: AnalysisResults) -> dict[str, int]:
    """How many rows of each table are suppressed."""
    found = {}
    for part in dataclasses.fields(muted):
        analysis = getattr(muted, part.name)
        tables = vars(analysis) if dataclasses.is_dataclass(analysis) else {}
        for name, table in tables.items():
            if isinstance(table, pd.DataFrame) and "suppressed" in table:
                found[f"{part.name}.{name}"] = int(table["suppressed"].sum())
    return {name: rows for name, rows in found.items() if rows}


def emptied(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns of a table, without a row."""
    return frame.iloc[0:0].copy()


def _settings(settings: Settings, key: Key, published: date) -> Settings:
    return Settings(
        observation_end=day(settings.observation_end, key),
        horizon_days=settings.horizon_days,
        window_days=settings.window_days,
        annual_discount_rate=settings.annual_discount_rate,
        margin=coarse_margin(settings.margin),
        locale=settings.locale,
        author=settings.author,
        made_on=published,
        version=settings.version,
        contact_cost=amount_or_none(settings.contact_cost, key),
        conversion_value=amount_or_none(settings.conversion_value, key),
        template=TEMPLATE,
    )


def _settings_numbers(settings: Settings) -> frozenset[float]:
    return frozenset(map(float, (settings.horizon_days, settings.window_days)))


def _ours(results: AnalysisResults) -> frozenset[str]:
    """Names of models, rules and segments: what the program, not the client, calls things."""
    found: set[str] = own_words(results.first_orders)
    for part in (results.value, results.propensity, results.prospects):
        for name in ("weights", "parameters", "evaluation"):
            table = getattr(part, name, None)
            for column in ("candidate", "model"):
                if table is not None and column in table:
                    found |= set(map(str, table[column]))
    return frozenset(found - {""})


def names_of(results: AnalysisResults) -> Mapping[str, str]:
    """What stands for the client's names: products and the like, columns of the prospects."""
    groups, found = names_of_groups(results.revenue_groups), results.prospects
    if found is None:
        return groups
    names = {str(c): f"Attribute {i}" for i, c in enumerate(found.columns["column"], start=1)}
    return {**groups, **names} | {found.outcome.column: "Outcome", found.outcome.positive: "yes"}
