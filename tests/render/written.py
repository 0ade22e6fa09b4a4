"""A report's document, straight from its results."""

from custanalytics.content.report_content import report_content
from custanalytics.render.charts.theme import Theme
from custanalytics.render.pages.document import Document, document


def written(results, theme: Theme | None = None) -> Document:
    """What staging would write for these results."""
    return document(report_content(results), theme or Theme())
