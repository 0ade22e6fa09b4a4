"""custanalytics: from a shop's sales export to a client-ready customer report.

The public names load their modules when first used, so that ``import custanalytics`` is quick.
"""

from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from custanalytics.analysis import Leads as Leads
    from custanalytics.analysis import analyse as analyse
    from custanalytics.clv import CustomerValue as CustomerValue
    from custanalytics.clv import customer_value as customer_value
    from custanalytics.cohorts import cohort_retention as cohort_retention
    from custanalytics.concentration import revenue_concentration as revenue_concentration
    from custanalytics.overview import business_overview as business_overview
    from custanalytics.pipeline import Report as Report
    from custanalytics.pipeline import rerender as rerender
    from custanalytics.pipeline import run as run
    from custanalytics.pipeline import run_prospects as run_prospects
    from custanalytics.propensity import ProspectModel as ProspectModel
    from custanalytics.propensity import Prospects as Prospects
    from custanalytics.propensity import RepeatPurchase as RepeatPurchase
    from custanalytics.propensity import learn_prospects as learn_prospects
    from custanalytics.propensity import measure as measure
    from custanalytics.propensity import repeat_purchase as repeat_purchase
    from custanalytics.results import AnalysisResults as AnalysisResults
    from custanalytics.results import read_results as read_results
    from custanalytics.results import write_results as write_results
    from custanalytics.rfm import Segment as Segment
    from custanalytics.rfm import rfm_segmentation as rfm_segmentation
    from custanalytics.rfm import segment_migration as segment_migration
    from custanalytics.source import Ledger as Ledger
    from custanalytics.source import load as load
    from custanalytics.source import read_table as read_table
    from custanalytics.summary import customer_summary as customer_summary
    from custanalytics.summary import holdout_summary as holdout_summary

__version__ = metadata.version("custanalytics")

_HOMES = {
    "analysis": ("Leads", "analyse"),
    "clv": ("CustomerValue", "customer_value"),
    "cohorts": ("cohort_retention",),
    "concentration": ("revenue_concentration",),
    "overview": ("business_overview",),
    "pipeline": ("Report", "rerender", "run", "run_prospects"),
    "propensity": (
        "ProspectModel",
        "Prospects",
        "RepeatPurchase",
        "learn_prospects",
        "measure",
        "repeat_purchase",
    ),
    "results": ("AnalysisResults", "read_results", "write_results"),
    "rfm": ("Segment", "rfm_segmentation", "segment_migration"),
    "source": ("Ledger", "load", "read_table"),
    "summary": ("customer_summary", "holdout_summary"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'custanalytics' has no attribute {name!r}")
    return getattr(import_module(f"custanalytics.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
