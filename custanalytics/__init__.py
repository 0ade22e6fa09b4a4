"""custanalytics: from a shop's sales export to a client-ready customer report.

The public names load their modules when first used, so that ``import custanalytics`` is quick.
"""

from difflib import get_close_matches
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from custanalytics.campaigns import CampaignEffect as CampaignEffect
    from custanalytics.campaigns import campaign_effect as campaign_effect
    from custanalytics.campaigns import past_campaign_effect as past_campaign_effect
    from custanalytics.check import Check as Check
    from custanalytics.clv import CustomerLifetimeValue as CustomerLifetimeValue
    from custanalytics.clv import customer_lifetime_value as customer_lifetime_value
    from custanalytics.customers.cohorts import Cohorts as Cohorts
    from custanalytics.customers.cohorts import cohort_retention as cohort_retention
    from custanalytics.customers.concentration import Concentration as Concentration
    from custanalytics.customers.concentration import revenue_concentration as revenue_concentration
    from custanalytics.customers.consent import customer_consent as customer_consent
    from custanalytics.customers.overview import Overview as Overview
    from custanalytics.customers.overview import business_overview as business_overview
    from custanalytics.customers.rfm import RFM as RFM
    from custanalytics.customers.rfm import Segment as Segment
    from custanalytics.customers.rfm import rfm_segmentation as rfm_segmentation
    from custanalytics.customers.rfm import segment_migration as segment_migration
    from custanalytics.customers.summary import customer_summary as customer_summary
    from custanalytics.customers.summary import holdout_summary as holdout_summary
    from custanalytics.errors import CustAnalyticsError as CustAnalyticsError
    from custanalytics.errors import DisclosureError as DisclosureError
    from custanalytics.errors import ModelError as ModelError
    from custanalytics.errors import RenderError as RenderError
    from custanalytics.errors import SourceError as SourceError
    from custanalytics.errors import UnsupportedError as UnsupportedError
    from custanalytics.errors import UsageError as UsageError
    from custanalytics.figures import charts as charts
    from custanalytics.forecast import Forecast as Forecast
    from custanalytics.forecast import forecast_customers as forecast_customers
    from custanalytics.ledger import Ledger as Ledger
    from custanalytics.ledger import LoadReport as LoadReport
    from custanalytics.ledger import read_table as read_table
    from custanalytics.ledger.load import load as load
    from custanalytics.pipeline import Report as Report
    from custanalytics.pipeline import rerender as rerender
    from custanalytics.pipeline import run as run
    from custanalytics.pipeline import run_prospects as run_prospects
    from custanalytics.propensity import PurchasePropensity as PurchasePropensity
    from custanalytics.propensity import purchase_propensity as purchase_propensity
    from custanalytics.prospects import LeadScorer as LeadScorer
    from custanalytics.prospects import LeadScoring as LeadScoring
    from custanalytics.prospects import LeadScoringModel as LeadScoringModel
    from custanalytics.prospects import fit_lead_scoring as fit_lead_scoring
    from custanalytics.results.analyse import analyse as analyse
    from custanalytics.results.store import AnalysisResults as AnalysisResults
    from custanalytics.results.store import read_results as read_results
    from custanalytics.results.store import write_results as write_results
    from custanalytics.revenue.by_group import revenue_by_group as revenue_by_group
    from custanalytics.revenue.change import RevenueChange as RevenueChange
    from custanalytics.revenue.change import revenue_change as revenue_change
    from custanalytics.revenue.change import waterfall as waterfall
    from custanalytics.revenue.first_orders import FirstOrderDrivers as FirstOrderDrivers
    from custanalytics.revenue.first_orders import first_order_drivers as first_order_drivers
    from custanalytics.revenue.next_products import NextProducts as NextProducts
    from custanalytics.revenue.next_products import next_products as next_products
    from custanalytics.warehouse.sales import load_table as load_table

__version__ = metadata.version("custanalytics")

_HOMES = {
    "campaigns": (
        "CampaignEffect",
        "campaign_effect",
        "past_campaign_effect",
    ),
    "check": ("Check",),
    "clv": (
        "CustomerLifetimeValue",
        "customer_lifetime_value",
    ),
    "customers.cohorts": (
        "Cohorts",
        "cohort_retention",
    ),
    "customers.concentration": (
        "Concentration",
        "revenue_concentration",
    ),
    "customers.consent": ("customer_consent",),
    "customers.overview": (
        "Overview",
        "business_overview",
    ),
    "customers.rfm": (
        "RFM",
        "Segment",
        "rfm_segmentation",
        "segment_migration",
    ),
    "customers.summary": (
        "customer_summary",
        "holdout_summary",
    ),
    "errors": (
        "CustAnalyticsError",
        "DisclosureError",
        "ModelError",
        "RenderError",
        "SourceError",
        "UnsupportedError",
        "UsageError",
    ),
    "figures": ("charts",),
    "forecast": (
        "Forecast",
        "forecast_customers",
    ),
    "ledger": (
        "Ledger",
        "LoadReport",
        "load",
        "read_table",
    ),
    "pipeline": (
        "Report",
        "rerender",
        "run",
        "run_prospects",
    ),
    "propensity": (
        "PurchasePropensity",
        "purchase_propensity",
    ),
    "prospects": (
        "LeadScorer",
        "LeadScoring",
        "LeadScoringModel",
        "fit_lead_scoring",
    ),
    "results.analyse": ("analyse",),
    "results.store": (
        "AnalysisResults",
        "read_results",
        "write_results",
    ),
    "revenue.by_group": ("revenue_by_group",),
    "revenue.change": (
        "RevenueChange",
        "revenue_change",
        "waterfall",
    ),
    "revenue.first_orders": (
        "FirstOrderDrivers",
        "first_order_drivers",
    ),
    "revenue.next_products": (
        "NextProducts",
        "next_products",
    ),
    "warehouse.sales": ("load_table",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        near = "".join(f"; did you mean {n!r}?" for n in get_close_matches(name, __all__, 1))
        raise AttributeError(f"module 'custanalytics' has no attribute {name!r}{near}")
    return getattr(import_module(f"custanalytics.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
