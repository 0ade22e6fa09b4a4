"""Every analysis that the data supports, in the order in which they need each other."""

import dataclasses
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from custanalytics import __version__
from custanalytics.check import Check
from custanalytics.clv import CustomerLifetimeValue, customer_lifetime_value
from custanalytics.config import (
    COMMAND,
    PROGRESS,
    STEP,
    TEMPLATE,
    Contact,
    Estimates,
    Prospects,
    Report,
    Scope,
    Settings,
    about,
    called_with,
    shared,
    today,
)
from custanalytics.customers.cohorts import cohort_retention
from custanalytics.customers.concentration import revenue_concentration
from custanalytics.customers.consent import customer_consent
from custanalytics.customers.details import customer_details
from custanalytics.customers.overview import Overview, business_overview
from custanalytics.customers.rfm import RFM, Segment, rfm_segmentation, segment_migration
from custanalytics.customers.rhythm import SILENT, pace_on
from custanalytics.customers.segment_rules import conditions_of
from custanalytics.customers.summary import customer_summary, observation_period
from custanalytics.errors import ModelError, UnsupportedError, UsageError
from custanalytics.forecast import YEAR_DAYS, Forecast, forecast_customers
from custanalytics.ledger import Ledger, read_table
from custanalytics.progress import Step, followed, steps_of
from custanalytics.propensity import PurchasePropensity, purchase_propensity
from custanalytics.prospects import prospect_list
from custanalytics.prospects.lead_scoring import LeadScoring
from custanalytics.prospects.learning import fit_lead_scoring
from custanalytics.prospects.pseudonymous import with_pseudonyms
from custanalytics.prospects.saved_model import LeadScoringModel
from custanalytics.results.action_plan import (
    Terms,
    names_to_call,
    planned,
    ranked_actions,
    step_of,
    with_offers,
)
from custanalytics.results.counted import (
    counted_rules,
    in_purchases,
    refuse_money,
    why_left_out,
    without_money,
)
from custanalytics.results.decisions import drawn_groups, segment_decisions, useful_control
from custanalytics.results.key_findings import key_findings
from custanalytics.results.lists import with_given_columns
from custanalytics.results.store import AnalysisResults
from custanalytics.results.value_trust import trusted, value_trust
from custanalytics.revenue.by_group import revenue_by_groups
from custanalytics.revenue.change import RevenueChange, comparable_months, revenue_change
from custanalytics.revenue.first_orders import first_order_drivers
from custanalytics.revenue.next_products import NextProducts, rules_of_next
from custanalytics.scoring.control_group import ControlPlan
from custanalytics.sentences import tell

T = TypeVar("T")

MIGRATION_DAYS = 90
_SILENT_DAYS = 31


@dataclass(frozen=True)
class AnalyseOptions(Report, Contact, Estimates, Scope):
    """What `analyse` takes."""

    ledger: Ledger = field(metadata=about("What `custanalytics.load` returned."))
    _: dataclasses.KW_ONLY
    template: str = field(default=TEMPLATE, metadata=about("The report template."))
    progress: bool | None = field(default=None, metadata=PROGRESS)
    step: Step | None = field(default=None, metadata=STEP)
    command: str = field(default="", metadata=COMMAND)


@called_with(AnalyseOptions)
def analyse(options: AnalyseOptions) -> AnalysisResults:
    """Run every analysis that the data supports.

    Returns
    -------
    AnalysisResults
        Analyses that the data does not support are None, the reason in ``skipped``.

    Raises
    ------
    UsageError
        An option makes no sense, or `as_of` is before the first sale.
    """
    if not isinstance(options.ledger, Ledger):
        raise UsageError(
            f"expected a ledger that custanalytics.load returned, not a "
            f"{type(options.ledger).__name__}; custanalytics.run takes files and tables"
        )
    with followed(options.step, options.progress, steps_of("analyse")) as step:
        return _analysed(options, step)


def _analysed(options: AnalyseOptions, step: Step) -> AnalysisResults:
    ledger = options.ledger
    first_day, last_day = observation_period(ledger)
    end = options.as_of or last_day
    if end < first_day:
        raise UsageError(f"--as-of {end} is before the first sale on {first_day}")
    segments, counted = options.rules, ledger.mapping.no_amount
    chosen = dataclasses.replace(
        settings_of(options, end, ledger.currency),
        conditions=conditions_of(segments),
        no_amount=counted,
    )
    if counted:
        refuse_money(chosen, segments)
        segments = counted_rules(segments)
    loaded: dict[str, Any] = {
        "settings": chosen,
        "ledger": ledger.report,
        "mapping": ledger.mapping.columns,
        "findings": ledger.findings,
        "ledger_checks": (*ledger.checks, *silence(last_day, end)),
    }
    skipped: dict[str, str] = why_left_out() if counted else {}

    def attempt(name: str, compute: Callable[[], T]) -> T | None:
        try:
            return compute()
        except UnsupportedError as reason:
            skipped[name] = reason.sentence
            return None
        except (np.linalg.LinAlgError, FloatingPointError) as error:
            raise ModelError(
                f"the {name} model failed on these sales ({error}); another --as-of, "
                "--horizon-days or --window-days may do"
            ) from error

    with step("Measuring the business"):
        business = attempt("overview", lambda: business_overview(ledger, end))
    with step("Grouping customers"):
        summary = attempt("customers", lambda: customer_summary(ledger, end))
        if summary is None:
            return AnalysisResults(
                **loaded,
                overview=business,
                key_findings=key_findings(business, None, None, None, None),
                skipped=skipped,
            )
        agreed = customer_consent(ledger, end)
        if len(agreed):
            agreed["consent"] = agreed["consent"].astype("boolean")
            summary = summary.merge(agreed, on="customer_id", how="left")
        known = summary.merge(customer_details(ledger, end), on="customer_id", how="left")
        spread = None
        if not counted:
            spread = attempt("concentration", lambda: revenue_concentration(known))
        back = attempt("cohorts", lambda: cohort_retention(ledger, end))
    with step("Looking at what they buy"):
        bought = _what_they_buy(ledger, end, business, attempt, counted)
    with step("Forecasting every customer"):
        longest = max(chosen.horizon_days, chosen.window_days, YEAR_DAYS)
        forecast = attempt(
            "value", lambda: forecast_customers(ledger, longest, end, seed=chosen.seed)
        )
        value, propensity = _views(forecast, chosen, business) if forecast else (None, None)
        if counted and value is not None:
            value = in_purchases(value)
        if forecast is None:
            skipped["propensity"] = skipped["value"]
    with step("Deciding what to do"):
        factors = None
        if propensity is not None:
            factors = propensity.figures["late_factor"], propensity.figures["gone_factor"]
        known = _paced(known, propensity)
        groups = attempt("rfm", lambda: rfm_segmentation(known, segments))
        earlier = end - timedelta(days=MIGRATION_DAYS)
        before = attempt(
            "migration", lambda: _segments_before(ledger, first_day, earlier, segments, factors)
        )
        customers = _scored(known, groups, spread, value, propensity)
        decided: dict[str, Any] = {}
        if groups is not None:
            decided, customers = _decided(
                groups, customers, forecast, value, propensity, bought["next_products"], chosen
            )
    trust = value_trust(value) if value is not None else ()
    results = AnalysisResults(
        **loaded,
        overview=business,
        concentration=spread,
        rfm=groups,
        migration=segment_migration(before, groups) if before and groups else None,
        migration_from=earlier if before and groups else None,
        cohorts=back,
        **bought,
        value=value,
        value_trust=trust,
        propensity=propensity,
        customers=customers,
        **decided,
        key_findings=key_findings(business, spread, back, known, value if trusted(trust) else None),
        skipped=skipped,
    )
    return without_money(results) if counted else results


def _what_they_buy(
    ledger: Ledger,
    end: date,
    business: Overview | None,
    attempt: Callable[[str, Callable[[], Any]], Any],
    counted: bool,
) -> dict[str, Any]:
    """What brings revenue, what first orders lead to, what comes next, and what changed.

    Where purchases are ``counted``, only what is bought next.
    """

    def change() -> RevenueChange | None:
        if business is None:
            return None
        last, months = comparable_months(business.monthly)
        # A month counts as whole where the shop was closed at its end: nothing later is looked at.
        return revenue_change(ledger, last if end >= last_day else min(last, end), months, 12)

    last_day = observation_period(ledger)[1]
    analyses: dict[str, Callable[[], Any]] = {
        "revenue_groups": lambda: revenue_by_groups(ledger.engine, end),
        "first_orders": lambda: first_order_drivers(ledger, end),
        "next_products": lambda: rules_of_next(ledger, end),
        "revenue_change": change,
    }
    return {
        name: attempt(name, compute) if name == "next_products" or not counted else None
        for name, compute in analyses.items()
    }


def settings_of(options: Any, end: date, currency: str | None) -> Settings:
    """What the results keep of the options that they were made by."""
    kept = shared(options, Estimates, Contact, Report)
    return Settings(
        **kept | {"made_on": options.made_on or today()},
        observation_end=end,
        currency=currency or "",
        command=options.command,
        version=__version__,
        template=options.template,
    )


def add_prospects(
    results: AnalysisResults,
    sources: Any,
    how: Prospects,
    step: Step = lambda _: nullcontext(),
    connection: Any = None,
    pseudonymise: Path | str | None = None,
) -> tuple[AnalysisResults, LeadScoringModel | None]:
    """Learn which prospects convert, and score the open ones."""
    settings = results.settings
    with step("Reading the prospects"):
        asked = (item.partition("=")[0] for item in (*how.keep, *how.drop))
        named = {name for name in (how.outcome, how.prospect_date, *asked) if name}
        table = with_pseudonyms(
            read_table(sources, names=named, connection=connection),
            pseudonymise,
            how.outcome,
            how.prospects_decimal,
            how.prospects_date_order,
        )
    with step("Estimating which prospects convert"):
        try:
            found, model = fit_lead_scoring(
                table,
                outcome=how.outcome,
                positive=how.positive,
                won=how.won,
                lost=how.lost,
                still_open=how.still_open,
                date=how.prospect_date,
                keep=how.keep,
                drop=how.drop,
                decimal=how.prospects_decimal,
                date_order=how.prospects_date_order,
                seed=settings.seed,
                contact_cost=settings.contact_cost,
                conversion_value=customer_worth(settings, results.value),
            )
        except UnsupportedError as reason:
            skipped = results.skipped | {"prospects": reason.sentence}
            return dataclasses.replace(results, skipped=skipped), None
    noted = (Check("prospects.read", None, sentence) for sentence in table.attrs["warnings"])
    found = dataclasses.replace(found, checks=(*noted, *found.checks))
    listed, plan = _prospect_list(found, table, settings.seed)
    if plan is not None:
        found = dataclasses.replace(found, checks=(*found.checks, plan.check))
    return dataclasses.replace(results, prospects=found, prospect_list=listed), model


def _prospect_list(
    found: LeadScoring, table: pd.DataFrame, seed: int
) -> tuple[pd.DataFrame | None, ControlPlan | None]:
    scores = found.prospects
    if not len(scores):
        return None, None
    pays = len(scores)
    if found.profit is not None:
        pays = int(found.profit.loc[found.profit["best"], "contacted"].iloc[0])
    first = scores.nlargest(pays, "propensity")["propensity"]
    plan = useful_control(pays, float(first.mean()))
    if plan is not None:
        drawn = prospect_list(found, plan, seed)[["row", "group", "expected_profit"]]
        scores = scores.merge(drawn, on="row", how="left")
    else:
        contacted = scores["row"].isin(scores.loc[first.index, "row"])
        scores = scores.assign(group=contacted.map({True: "contact"}))
    return with_given_columns(scores, table, found.outcome.column), plan


def order_worth(settings: Settings, business: Overview | None) -> float | None:
    """Value of a purchase as given, or an average order's margin where only the cost is."""
    if settings.contact_cost is None or settings.conversion_value is not None:
        return settings.conversion_value
    if business is None:
        return None
    return float(business.figures["average_order_value"]) * (settings.margin or 1.0)


def customer_worth(settings: Settings, value: CustomerLifetimeValue | None) -> float | None:
    """Value of a conversion as given, or a new customer's where only the cost is."""
    if settings.contact_cost is None or settings.conversion_value is not None:
        return settings.conversion_value
    if value is None or not value.new_customer:
        raise UsageError(
            "what a conversion is worth can't be taken from the sales, which support no estimate "
            "of what a new customer brings: give --conversion-value"
        )
    return float(value.new_customer["supported_acquisition_cost"])


def _views(
    forecast: Forecast, chosen: Settings, business: Overview | None
) -> tuple[CustomerLifetimeValue, PurchasePropensity]:
    """Everything with the future in it, from the one forecast."""
    value = customer_lifetime_value(
        forecast, chosen.horizon_days, chosen.annual_discount_rate, chosen.margin
    )
    propensity = purchase_propensity(
        forecast,
        chosen.window_days,
        contact_cost=chosen.contact_cost,
        conversion_value=order_worth(chosen, business),
    )
    return value, propensity


def silence(last_day: date, end: date) -> tuple[Check, ...]:
    """That the report looks from a day long after the last sale."""
    days = (end - last_day).days
    if days <= _SILENT_DAYS:
        return ()
    return (
        Check(
            "ledger.as_of",
            None,
            tell(
                "The last sale is on {last}, {days} days before the day the report looks from: "
                "every customer counts as silent since then.",
                last=last_day,
                days=days,
            ),
            value=days,
            threshold=_SILENT_DAYS,
        ),
    )


def _paced(summary: pd.DataFrame, propensity: PurchasePropensity | None) -> pd.DataFrame:
    """How each customer stands to the own rhythm: by the forecast, or by the sales alone."""
    if propensity is None:
        return summary.assign(pace=pace_on(summary))
    known = propensity.customers.set_index("customer_id")["pace"]
    # whom the forecast does not know has taken every purchase back
    return summary.assign(pace=summary["customer_id"].map(known).fillna(SILENT))


def _decided(
    groups: RFM,
    customers: pd.DataFrame,
    forecast: Forecast | None,
    value: CustomerLifetimeValue | None,
    propensity: PurchasePropensity | None,
    bought_next: NextProducts | None,
    chosen: Settings,
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """What to do and for whom, and the customers with their part in it."""
    worth = expected = None
    if forecast is not None and value is not None:
        worth = forecast.groups(
            groups.customers[["customer_id", "segment"]],
            value.params["horizon_days"],
            chosen.annual_discount_rate,
            chosen.margin,
        )
    decisions = segment_decisions(groups, customers, worth)
    customers = customers.assign(group=drawn_groups(customers, decisions, chosen.seed))
    steps = step_of(customers, decisions)
    if forecast is not None and propensity is not None:
        told = customers.assign(step=steps)[["customer_id", "step"]]
        # of a segment that is left alone, what all of it brings
        left_out = decisions.loc[~decisions["contact"], "segment"]
        counted = (customers["group"] == "contact") | customers["segment"].isin(left_out)
        if counted.any():
            expected = forecast.groups(told.loc[counted], propensity.window_days)
    terms = Terms(chosen.contact_cost, chosen.margin)
    actions = ranked_actions(decisions, customers, steps, expected, terms, groups)
    customers = customers.assign(**planned(customers, steps, actions))
    # rules of categories say nothing about the product bought last
    rules = bought_next.rules if bought_next and bought_next.item == "product" else None
    made = {
        "decisions": decisions,
        "actions": with_offers(actions, customers, rules),
        "plan_names": names_to_call(customers, rules),
    }
    return made, customers


def _segments_before(
    ledger: Ledger,
    first_day: date,
    earlier: date,
    segments: Sequence[Segment],
    factors: tuple[float, float] | None,
) -> RFM:
    """The segments of an earlier day, by the same rhythm of the shop."""
    if earlier < first_day:
        raise UnsupportedError(
            tell(
                "the data begins on {first}, less than {days} days before its end, so there is no "
                "earlier state to compare the segments with",
                first=first_day,
                days=MIGRATION_DAYS,
            )
        )
    known = customer_summary(ledger, earlier)
    known = known.merge(customer_details(ledger, earlier), on="customer_id", how="left")
    return rfm_segmentation(known.assign(pace=pace_on(known, factors)), segments)


def _scored(summary: pd.DataFrame, *analyses: Any) -> pd.DataFrame:
    scored = summary
    for analysis in analyses:
        if analysis is not None:
            fresh = [
                column
                for column in analysis.customers.columns
                if column == "customer_id" or column not in scored.columns
            ]
            scored = scored.merge(analysis.customers[fresh], on="customer_id", how="left")
    return scored
