"""Any shop's sales export to one clean ledger: right, or a clear error. Other tables as text."""

from custanalytics.ledger.load import load
from custanalytics.ledger.load_report import REASONS, Ledger, LoadReport
from custanalytics.ledger.mapping import Choice, Mapping
from custanalytics.ledger.read.other_tables import read_table

__all__ = ["REASONS", "Choice", "Ledger", "LoadReport", "Mapping", "load", "read_table"]
