"""Engagements: a folder from the client's question to the handover, after CRISP-DM."""

from custanalytics.engagement.documents import DOCUMENTS, is_document, render_document
from custanalytics.engagement.folder import Brief, create, receive
from custanalytics.engagement.record import (
    DATA,
    FILE,
    REPORT,
    Acceptance,
    Engagement,
    Received,
    read_engagement,
)
from custanalytics.engagement.rerun import Run, record_run, settings_of, sources_of
from custanalytics.engagement.status import Step, status

__all__ = [
    "DATA",
    "DOCUMENTS",
    "FILE",
    "REPORT",
    "Acceptance",
    "Brief",
    "Engagement",
    "Received",
    "Run",
    "Step",
    "create",
    "is_document",
    "read_engagement",
    "receive",
    "record_run",
    "render_document",
    "settings_of",
    "sources_of",
    "status",
]
