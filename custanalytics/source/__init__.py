"""Any shop's sales export to one clean ledger: right, or a clear error."""

from custanalytics.source.load import load
from custanalytics.source.mapping import Choice, Mapping
from custanalytics.source.report import REASONS, Ledger, LoadReport

__all__ = ["REASONS", "Choice", "Ledger", "LoadReport", "Mapping", "load"]
