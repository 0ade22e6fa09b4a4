"""Analysis results on disk: the seam between computing and showing.

A results folder holds ``results.json`` (settings, figures, checks) and one Parquet file per
table. What is read back equals what was written, so a report renders again without refitting.
"""

import dataclasses
import json
import math
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from custanalytics import schema
from custanalytics.campaigns import CampaignEffect
from custanalytics.check import Check
from custanalytics.clv import CustomerLifetimeValue
from custanalytics.config import Settings
from custanalytics.customers.cohorts import Cohorts
from custanalytics.customers.concentration import Concentration
from custanalytics.customers.overview import Overview
from custanalytics.customers.rfm import RFM
from custanalytics.engine import read_tables, write_tables
from custanalytics.errors import SourceError
from custanalytics.ledger import LoadReport
from custanalytics.propensity.purchase import PurchasePropensity
from custanalytics.prospects.lead_scoring import LeadScoring
from custanalytics.results.key_findings import Finding
from custanalytics.revenue.change import RevenueChange
from custanalytics.revenue.first_orders import FirstOrderDrivers
from custanalytics.revenue.next_products import NextProducts
from custanalytics.sentences import Sentence, as_json, from_json
from custanalytics.shown import Shown

FORMAT = 2
T = TypeVar("T")


@dataclass(frozen=True, repr=False)
class AnalysisResults(Shown):
    """Everything a report says, each analysis as its module returned it.

    Attributes
    ----------
    settings : Settings
        What was asked.
    ledger : LoadReport or None
        What was read, used and set aside; None where only prospects were given.
    mapping : dict
        Role -> the column that played it.
    findings : DataFrame or None
        Data quality, one row per finding, as the ledger has it.
    ledger_checks : tuple of Check
        The same doubts as checks.
    overview, concentration, rfm, cohorts, value, propensity, prospects
        The analyses; None where the data does not support one, or no prospects were given.
    revenue_groups : DataFrame or None
        What each product, category, country and channel brought: ``group_by`` and the columns of
        `revenue_by_group`; None where no line names any.
    first_orders, next_products, revenue_change
        Which first orders lead to customers who come back, what is bought next (the rules alone,
        of products or else of categories), and why revenue changed against the same months of
        the year before; None where the data does not support one.
    value_trust : tuple of Check
        What must hold before the forecast of value is stated as a finding, and whether it does;
        empty where there is no forecast.
    migration : DataFrame or None
        Moves between segments since `migration_from`: ``from_segment``, ``to_segment``,
        ``customers``.
    migration_from : date or None
        The earlier day that `migration` starts from.
    prospect_list : DataFrame or None
        One row per open prospect, most likely first: its scores, ``group`` ('contact',
        'control', null where a contact does not pay) and the columns of the file given.
    campaign : CampaignEffect or None
        What a contact changed, where that was asked.
    customers : DataFrame or None
        The scored list: one row per customer, the columns of all analyses side by side,
        ``returned_share`` (of what was bought), ``last_product`` (null where not known),
        ``plan_step`` (number of the step of the plan, null outside it) and ``group`` ('contact'
        or 'control', null where a contact is not advised).
    decisions : DataFrame or None
        What to do with each segment, one row per segment: ``segment``, ``action``, ``contact``
        (bool: whether the action is to contact them), ``customers``, ``reachable`` (who did not
        say no), ``revenue`` (net, so far), ``expected_buyers``, ``late_customers``,
        ``revenue_at_risk`` (within the window; null without propensity), ``clv``, ``clv_low``,
        ``clv_high`` (null without a forecast), ``control_size`` and ``detectable_lift`` (null: no
        group can show anything), ``control_enough`` (bool).
    actions : DataFrame or None
        The action plan, one row per action in the order to do it, each customer in one:
        ``step`` (null: not in the plan, as a contact is not advised or does not pay), ``kind``
        ('segment' or 'win_back': the late of segments that hold others too), ``segment`` (null
        for 'win_back'), ``action``, ``contact``, ``customers``, ``reachable``, ``contacted``
        (without the control group), ``control_size``, ``detectable_lift`` (null as above);
        money in currency units over the window, of those contacted (of all, where none is):
        ``expected_revenue`` (without the action), ``revenue_at_risk`` (of the late: usual spend
        that is not expected; else null), ``gain_2``, ``gain_5``, ``gain_10`` (what a contact
        brings that moves 2, 5 or 10 % of the revenue at risk, or of the expected revenue where
        nobody is late), each with ``_low`` and ``_high``; ``basis`` of the gains ('profit',
        less the cost of contact; 'margin' where that is not known, 'revenue' where the margin
        is not), ``break_even_lift`` (null unless both are known), ``break_even_cost`` (what a
        contact may cost at a lift of 5 %, a head, currency units); ``list`` and
        ``control_list`` (paths in the report's folder, null where there is none), ``offer`` (a
        sentence on what those to contact are likely to buy next, empty where no rule says),
        ``in_summary`` (bool: one of the three to name first).
    plan_names : DataFrame or None
        The ten to begin with in each step, most money to move first: ``step``, ``customer_id``,
        ``last_order``, ``last_product``, ``typical_order``, ``usual_gap_days``,
        ``days_since_last_purchase``, ``n_orders``, ``propensity``, ``next_product`` (what is
        bought next after that product, null without a rule).
    key_findings : tuple of Finding
        What the summary states, at most three, the most money first.
    skipped : dict
        Analysis left out -> the reason, one sentence.
    """

    settings: Settings
    ledger: LoadReport | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    findings: pd.DataFrame | None = None
    ledger_checks: tuple[Check, ...] = ()
    overview: Overview | None = None
    concentration: Concentration | None = None
    rfm: RFM | None = None
    migration: pd.DataFrame | None = None
    migration_from: date | None = None
    cohorts: Cohorts | None = None
    revenue_groups: pd.DataFrame | None = None
    first_orders: FirstOrderDrivers | None = None
    next_products: NextProducts | None = None
    revenue_change: RevenueChange | None = None
    value: CustomerLifetimeValue | None = None
    value_trust: tuple[Check, ...] = ()
    propensity: PurchasePropensity | None = None
    prospects: LeadScoring | None = None
    prospect_list: pd.DataFrame | None = None
    campaign: CampaignEffect | None = None
    customers: pd.DataFrame | None = None
    decisions: pd.DataFrame | None = None
    actions: pd.DataFrame | None = None
    plan_names: pd.DataFrame | None = None
    key_findings: tuple[Finding, ...] = ()
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def horizon_days(self) -> int:
        """How far value looks ahead: as asked, or what the history supports of it."""
        value = self.value
        return self.settings.horizon_days if value is None else int(value.params["horizon_days"])

    @property
    def window_days(self) -> int:
        """How far the chance of a next purchase looks ahead, likewise."""
        found = self.propensity
        return self.settings.window_days if found is None else found.window_days

    @property
    def checks(self) -> list[tuple[str, Check]]:
        """Every check of every analysis, with the analysis that it belongs to."""
        named = [
            ("overview", self.overview),
            ("concentration", self.concentration),
            ("rfm", self.rfm),
            ("cohorts", self.cohorts),
            ("first_orders", self.first_orders),
            ("revenue_change", self.revenue_change),
            ("value", self.value),
            ("propensity", self.propensity),
            ("prospects", self.prospects),
            ("campaign", self.campaign),
        ]
        checks = [("ledger", check) for check in self.ledger_checks]
        return checks + [
            (name, check) for name, part in named if part is not None for check in part.checks
        ]

    @property
    def doubts(self) -> list[Check]:
        """The checks that failed."""
        return [check for _, check in self.checks if check.passed is False]


def write_results(results: AnalysisResults, folder: Path | str) -> None:
    """Write results into a folder, which is made where it is missing.

    Parameters
    ----------
    results : AnalysisResults
        What to write.
    folder : path
        Where to.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, pd.DataFrame] = {}
    written = {"format": FORMAT, "results": _encode(results, "", tables)}
    write_tables(tables, folder)
    text = json.dumps(written, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / "results.json").write_text(text + "\n", encoding="utf-8")


def result_tables(results: AnalysisResults) -> dict[str, pd.DataFrame]:
    """Every table and every figure of the results, by the names that the schema has."""
    tables: dict[str, pd.DataFrame] = {}
    for part in dataclasses.fields(results):
        found = getattr(results, part.name)
        if isinstance(found, pd.DataFrame):
            tables[part.name] = found
        elif dataclasses.is_dataclass(found):
            for inner in dataclasses.fields(found):
                value, name = getattr(found, inner.name), f"{part.name}.{inner.name}"
                if isinstance(value, pd.DataFrame):
                    tables[name] = value
                elif name in schema.tables() and isinstance(value, Mapping):
                    tables[name] = pd.DataFrame([value])
    return {name: table for name, table in tables.items() if len(table.columns)}


def read_results(folder: Path | str) -> AnalysisResults:
    """Read what `write_results` wrote.

    Parameters
    ----------
    folder : path
        The ``results`` folder of a report.

    Returns
    -------
    AnalysisResults
        Equal to what was written.

    Raises
    ------
    SourceError
        There are no results in the folder, or of another version.
    """
    folder = Path(folder)
    written = _written(folder)
    return _understood(AnalysisResults, written, folder, read_tables(folder))


def read_settings(folder: Path | str) -> Settings:
    """Read the settings alone of what `write_results` wrote."""
    folder = Path(folder)
    return _understood(Settings, _written(folder).get("settings"), folder, {})


def _written(folder: Path) -> Any:
    path = folder / "results.json"
    if not path.is_file():
        raise SourceError(f"no results.json in {folder}; give the folder that 'run' wrote")
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SourceError(f"{path} is no JSON file: {error}") from error
    if not isinstance(written, dict):
        raise SourceError(f"{path} does not hold results; run the analysis again")
    if written.get("format") != FORMAT:
        raise SourceError(
            f"{path} has format {written.get('format')!r}, this version reads {FORMAT}; "
            "run the analysis again"
        )
    if not isinstance(written.get("results"), dict):
        raise SourceError(f"{path} does not hold results; run the analysis again")
    return written["results"]


def _understood(kind: type[T], value: Any, folder: Path, tables: dict[str, pd.DataFrame]) -> T:
    try:
        decoded: T = _decode(kind, value, tables)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise SourceError(
            f"{folder / 'results.json'} does not hold results that this version reads; "
            "run the analysis again"
        ) from error
    return decoded


def _encode(value: Any, name: str, tables: dict[str, pd.DataFrame]) -> Any:
    if isinstance(value, pd.DataFrame):
        if value.columns.empty:
            return {"table": None}
        tables[name], said = _without_sentences(value)
        return {"table": f"{name}.parquet"} | ({"sentences": said} if said else {})
    if dataclasses.is_dataclass(value):
        return {
            part.name: _encode(getattr(value, part.name), f"{name}.{part.name}".strip("."), tables)
            for part in dataclasses.fields(value)
        }
    if isinstance(value, Sentence):
        return as_json(value)
    if isinstance(value, Mapping):
        return {str(k): _encode(v, f"{name}.{k}", tables) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_encode(item, f"{name}.{i}", tables) for i, item in enumerate(value)]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else {"float": str(value)}
    if isinstance(value, pd.Timestamp | datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def _without_sentences(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The frame with its sentences as JSON texts, and the columns that hold them."""
    said = [
        name
        for name in frame.columns
        if frame[name].dtype == "object" and any(isinstance(c, Sentence) for c in frame[name])
    ]
    texts: dict[str, Any] = {name: [_as_text(cell) for cell in frame[name]] for name in said}
    return (frame.assign(**texts) if said else frame), said


def _as_text(cell: Any) -> str | None:
    if not isinstance(cell, str):
        return None
    return json.dumps(as_json(cell) if isinstance(cell, Sentence) else cell, ensure_ascii=False)


def _with_sentences(frame: pd.DataFrame, said: Sequence[str]) -> pd.DataFrame:
    cells = {name: [_from_text(text) for text in frame[name]] for name in said}
    return frame.assign(
        **{name: pd.Series(made, index=frame.index, dtype="object") for name, made in cells.items()}
    )


def _from_text(text: Any) -> str | None:
    if not isinstance(text, str):
        return None
    read = json.loads(text)
    return from_json(read) if isinstance(read, dict) else str(read)


def _decode(kind: Any, value: Any, tables: Mapping[str, pd.DataFrame]) -> Any:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in inner:
            return None
        return _decode(next(k for k in inner if k is not type(None)), value, tables)
    if kind is pd.DataFrame:
        if not value["table"]:
            return pd.DataFrame()
        table = tables[value["table"].removesuffix(".parquet")]
        return _with_sentences(table, value.get("sentences", ()))
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind)
        names = [part.name for part in dataclasses.fields(kind)]
        # What a version before did not know of is as it is by default.
        return kind(
            **{name: _decode(hints[name], value[name], tables) for name in names if name in value}
        )
    if origin in (dict, Mapping):
        return {key: _decode(inner[1], item, tables) for key, item in value.items()}
    if origin in (tuple, list):
        return origin(_decode(inner[0], item, tables) for item in value)
    return _scalar(kind, value)


def _scalar(kind: Any, value: Any) -> Any:
    if kind is float:
        if value is None:
            return math.nan
        return float(value["float"]) if isinstance(value, dict) else float(value)
    if kind is str and isinstance(value, dict):
        return from_json(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is Decimal:
        return Decimal(value)
    if kind is date:
        return date.fromisoformat(value)
    return value
