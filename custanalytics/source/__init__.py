"""Any shop's sales export to one clean ledger: right, or a clear error. Other tables as text."""

from custanalytics.source.load import load
from custanalytics.source.mapping import Choice, Mapping
from custanalytics.source.report import REASONS, Ledger, LoadReport
from custanalytics.source.tables import read_table

__all__ = ["REASONS", "Choice", "Ledger", "LoadReport", "Mapping", "load", "read_table"]
