"""Report folders: staging a document, rendering it, and putting the folder in place."""

from custanalytics.bundled import DOCUMENT
from custanalytics.render.brand import FILE as BRAND
from custanalytics.render.brand import Brand, copy_brand, read_brand
from custanalytics.render.pages.rendering import render
from custanalytics.render.pages.staging import stage
from custanalytics.render.pages.templates import template, templates
from custanalytics.render.put_in_place import generated_in, renewed
from custanalytics.render.stale_prose import StaleProse, stale_prose

__all__ = [
    "BRAND",
    "DOCUMENT",
    "Brand",
    "StaleProse",
    "copy_brand",
    "generated_in",
    "read_brand",
    "render",
    "renewed",
    "stage",
    "stale_prose",
    "template",
    "templates",
]
