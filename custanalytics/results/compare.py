"""What changed between two runs, apart by cause: other data, or other definitions."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from custanalytics.check import Check
from custanalytics.customers.rfm import RFM
from custanalytics.results.store import AnalysisResults

DATA, DEFINITIONS, BOTH = "new data", "changed definitions", "both"
# What an analysis depends on, beside the data.
_DEPENDS: Mapping[str, tuple[str, ...]] = {
    "business": (),
    "segments": (),
    "value": ("horizon_days", "window_days", "annual_discount_rate", "margin", "seed"),
    "next purchase": ("horizon_days", "window_days", "seed", "contact_cost", "conversion_value"),
    "prospects": ("seed", "contact_cost", "conversion_value"),
}
# How sales are read; a change of these makes other sales of the same file.
_READING = ("observation_end", "currency", "no_amount", "version")
_RULE, _ORDER = "rule of ", "order of the rules"
_DEFINITIONS = (*_READING, *dict.fromkeys(name for names in _DEPENDS.values() for name in names))


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side.

    Attributes
    ----------
    definitions : DataFrame
        One row per setting, rule of a segment or column mapping that differs: ``name``,
        ``old``, ``new`` (text).
    data : DataFrame
        One row per count or sum of the ledger that differs: ``name``, ``old``, ``new``,
        ``change``.
    figures : DataFrame
        One row per figure that differs: ``analysis``, ``figure``, ``old``, ``new``, ``change``
        (new less old; null where either is missing), ``cause`` ('new data', 'changed
        definitions' or 'both').
    moves : DataFrame
        One row per pair of segments: ``from_segment`` (null: new customer), ``to_segment``
        (null: no customer any more), ``customers``; only of customers who moved.
    verdicts : DataFrame
        One row per check whose verdict changed: ``check``, ``old``, ``new`` ('holds', 'doubt',
        'note' or 'not made'), ``sentence`` (of the newer).
    """

    definitions: pd.DataFrame
    data: pd.DataFrame
    figures: pd.DataFrame
    moves: pd.DataFrame
    verdicts: pd.DataFrame

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not any(len(getattr(self, part.name)) for part in dataclasses.fields(self))


def compare(old: AnalysisResults, new: AnalysisResults) -> Comparison:
    """Hold a run against an earlier one."""
    definitions = _definitions(old, new)
    data = _rows(_ledger_figures(old), _ledger_figures(new), ("name",))
    changed = set(definitions["name"])
    reading = any(name in changed for name in _READING) or any(
        name.startswith("column of ") for name in changed
    )
    rows = []
    for analysis, figures in _FIGURES.items():
        differs = _rows(figures(old), figures(new), ("figure",))
        defined = reading or any(name in changed for name in _DEPENDS[analysis])
        if analysis == "segments":
            defined = defined or any(name.startswith((_RULE, _ORDER)) for name in changed)
        cause = BOTH if defined and len(data) else DEFINITIONS if defined else DATA
        rows.append(differs.assign(analysis=analysis, cause=cause))
    columns = ["analysis", "figure", "old", "new", "change", "cause"]
    return Comparison(
        definitions,
        data,
        pd.concat(rows, ignore_index=True)[columns],
        _moves(old, new),
        _verdicts(old, new),
    )


def _definitions(old: AnalysisResults, new: AnalysisResults) -> pd.DataFrame:
    pairs = {
        name: (getattr(old.settings, name), getattr(new.settings, name)) for name in _DEFINITIONS
    }
    pairs |= _rules(old, new)
    for role in sorted(old.mapping.keys() | new.mapping.keys()):
        pairs[f"column of {role}"] = (old.mapping.get(role), new.mapping.get(role))
    return pd.DataFrame(
        [
            {"name": name, "old": _text(before), "new": _text(after)}
            for name, (before, after) in pairs.items()
            if before != after
        ],
        columns=["name", "old", "new"],
    )


def _rules(old: AnalysisResults, new: AnalysisResults) -> dict[str, tuple[Any, Any]]:
    """The rules of the segments, and the order that they are tried in."""
    if old.rfm is None or new.rfm is None:
        return {}
    before, now = _rules_of(old, old.rfm), _rules_of(new, new.rfm)
    both = [name for name in before if name in now]
    order = ", ".join(both), ", ".join(name for name in now if name in before)
    rules = {name: (before.get(name), now.get(name)) for name in dict.fromkeys([*before, *now])}
    return {f"{_RULE}{name}": pair for name, pair in rules.items()} | {_ORDER: order}


def _rules_of(results: AnalysisResults, found: RFM) -> dict[str, str]:
    rules = dict(zip(found.segments["segment"], found.segments["rule"], strict=True))
    # The words may stay where the condition changes.
    exact = {name: f"{rules[name]} ({text})" for name, text in results.settings.conditions.items()}
    return rules | exact


def _text(value: Any) -> str:
    return "none" if value is None or value == "" else str(value)


def _ledger_figures(results: AnalysisResults) -> dict[str, float]:
    ledger = results.ledger
    if ledger is None:
        return {}
    figures: dict[str, Any] = {
        "rows read": ledger.rows_read,
        "rows used": ledger.rows_used,
        "rows unreadable": ledger.rows_unreadable,
        "customers": ledger.customers,
        "buyers": ledger.buyers,
        "orders": ledger.orders,
    }
    if not results.settings.no_amount:
        figures["net revenue of known customers"] = ledger.revenue
        figures["net revenue"] = ledger.revenue_total
    figures |= {f"rows set aside: {why}": rows for why, rows in ledger.rows_set_aside.items()}
    return {name: float(figure) for name, figure in figures.items()}


def _business(results: AnalysisResults) -> dict[str, float]:
    found: dict[str, float] = {}
    if results.overview is not None:
        found |= results.overview.figures
    if results.concentration is not None:
        found |= {f"concentration: {n}": f for n, f in results.concentration.figures.items()}
    if results.cohorts is not None:
        found |= {f"coming back: {n}": f for n, f in results.cohorts.figures.items()}
    if results.revenue_change is not None:
        figures, parts = results.revenue_change.figures, results.revenue_change.parts
        found |= {f"against the year before: {n}": f for n, f in figures.items()}
        names = parts["view"] + ": " + parts["part"]
        found |= dict(zip(names, map(float, parts["change"]), strict=True))
    return found


def _segments(results: AnalysisResults) -> dict[str, float]:
    if results.rfm is None:
        return {}
    rows = results.rfm.segments.to_dict("records")
    return {f"customers in {row['segment']}": float(row["customers"]) for row in rows}


def _value(results: AnalysisResults) -> dict[str, float]:
    if results.value is None:
        return {}
    totals = results.value.totals.iloc[0].to_dict()
    found = {str(name): float(figure) for name, figure in totals.items()}
    return found | {f"new customer: {n}": float(f) for n, f in results.value.new_customer.items()}


def _next(results: AnalysisResults) -> dict[str, float]:
    return dict(results.propensity.figures) if results.propensity else {}


def _prospects(results: AnalysisResults) -> dict[str, float]:
    return dict(results.prospects.figures) if results.prospects else {}


_FIGURES: Mapping[str, Callable[[AnalysisResults], dict[str, float]]] = {
    "business": _business,
    "segments": _segments,
    "value": _value,
    "next purchase": _next,
    "prospects": _prospects,
}


def _rows(old: Mapping[str, float], new: Mapping[str, float], names: tuple[str]) -> pd.DataFrame:
    found = [
        {names[0]: name, "old": old.get(name), "new": new.get(name)}
        for name in dict.fromkeys([*old, *new])
    ]
    table = pd.DataFrame(found, columns=[*names, "old", "new"])
    table = table.astype({"old": "float64", "new": "float64"})
    same = (table["old"] == table["new"]) | (table["old"].isna() & table["new"].isna())
    table["change"] = table["new"] - table["old"]
    return table.loc[~same].reset_index(drop=True)


def _moves(old: AnalysisResults, new: AnalysisResults) -> pd.DataFrame:
    columns = ["from_segment", "to_segment", "customers"]
    if old.rfm is None or new.rfm is None:
        return pd.DataFrame(columns=columns)
    before, now = (found.customers[["customer_id", "segment"]] for found in (old.rfm, new.rfm))
    both = before.merge(now, on="customer_id", how="outer", suffixes=("_old", "_new"))
    moved = both.loc[both["segment_old"].fillna("") != both["segment_new"].fillna("")]
    counted = moved.groupby(["segment_old", "segment_new"], dropna=False, sort=True).size()
    table = counted.rename("customers").reset_index()
    table.columns = pd.Index(columns)
    return table.sort_values("customers", ascending=False, kind="stable", ignore_index=True)


def _verdicts(old: AnalysisResults, new: AnalysisResults) -> pd.DataFrame:
    before, now = _checks(old), _checks(new)
    words = {True: "holds", False: "doubt", None: "note"}
    rows = []
    for name in dict.fromkeys([*before, *now]):
        pair = [words[part[name].passed] if name in part else "not made" for part in (before, now)]
        if pair[0] != pair[1]:
            sentence = (now if name in now else before)[name].sentence
            rows.append({"check": name, "old": pair[0], "new": pair[1], "sentence": sentence})
    return pd.DataFrame(rows, columns=["check", "old", "new", "sentence"])


def _checks(results: AnalysisResults) -> dict[str, Check]:
    parts = (
        results.overview,
        results.concentration,
        results.rfm,
        results.cohorts,
        results.first_orders,
        results.revenue_change,
        results.value,
        results.propensity,
        results.prospects,
    )
    found = [*results.ledger_checks, *(c for part in parts if part for c in part.checks)]
    return {check.name: check for check in found}
