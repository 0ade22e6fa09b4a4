"""Report folders: staging a document, rendering it, and putting the folder in place."""

from custanalytics.report.brand import Brand, read_brand
from custanalytics.report.publishing import publish
from custanalytics.report.rendering import render
from custanalytics.report.staging import stage
from custanalytics.report.templates import template

__all__ = ["Brand", "publish", "read_brand", "render", "stage", "template"]
