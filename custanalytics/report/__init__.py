"""Report folders: staging a document, rendering it, and putting the folder in place."""

from custanalytics.report.brand import FILE as BRAND
from custanalytics.report.brand import Brand, copy_brand, read_brand
from custanalytics.report.edits import StaleProse, stale_prose
from custanalytics.report.publishing import publish
from custanalytics.report.rendering import render
from custanalytics.report.staging import stage
from custanalytics.report.templates import DOCUMENT, template, templates

__all__ = [
    "BRAND",
    "DOCUMENT",
    "Brand",
    "StaleProse",
    "copy_brand",
    "publish",
    "read_brand",
    "render",
    "stage",
    "stale_prose",
    "template",
    "templates",
]
