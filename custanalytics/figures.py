"""Charts of results as Plotly figures, for a notebook: drawn by the report's own means."""

import json
import re
from dataclasses import fields, replace
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from custanalytics.config import Settings
from custanalytics.content.chart import Chart
from custanalytics.content.format import Formats
from custanalytics.content.language import speaking
from custanalytics.content.report_content import report_content
from custanalytics.errors import UsageError
from custanalytics.render.brand import read_brand
from custanalytics.render.charts.plotly_chart import plotly_json
from custanalytics.render.charts.theme import Theme
from custanalytics.results.store import AnalysisResults

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_COLOR = re.compile(r"var\(--([\w-]+)\)")
# Pixels for finding and subtitle; a heat map has the title of its columns on top.
_HEADING, _OVER_COLUMNS = 64, 84


def charts(
    result: Any,
    *,
    currency: str | None = None,
    locale: str = "en_GB",
    brand: Path | str | None = None,
) -> "dict[str, Figure]":
    """Draw the charts that a report makes of a result.

    Parameters
    ----------
    result : AnalysisResults or the result of one analysis
        Such as what `rfm_segmentation`, `cohort_retention` or `analyse` returned.
    currency : str, optional
        ISO code of the amounts; that of the results where they hold one.
    locale : str
        Language and country of texts and numbers, for the result of one analysis.
    brand : path, optional
        A folder with a ``_brand.yml``, whose colours and font the figures take.

    Returns
    -------
    dict of str to plotly.graph_objects.Figure
        By the chart's name, in the report's order; the title says the finding. Empty where a
        report has no chart of this result.

    Raises
    ------
    UsageError
        It is no result of this package.

    Examples
    --------
    >>> import pandas as pd
    >>> from custanalytics import rfm_segmentation
    >>> summary = pd.DataFrame(
    ...     {
    ...         "customer_id": ["a", "b", "c"],
    ...         "days_since_last_purchase": [2, 90, 30],
    ...         "n_orders": [9, 1, 2],
    ...         "total_spend": [500.0, 20.0, 80.0],
    ...     }
    ... )
    >>> drawn = charts(rfm_segmentation(summary), currency="EUR")
    >>> list(drawn)
    ['segments']
    """
    results = _as_results(result, locale)
    if currency:
        results = replace(results, settings=replace(results.settings, currency=currency))
    look = read_brand(Path(brand)) if brand else None
    theme = Theme(look.colors, look.font_family) if look else Theme()
    content = report_content(results)
    with speaking(content.formats.locale):
        return {chart.name: _figure(chart, content.formats, theme) for chart in content.charts}


def _figure(chart: Chart, formats: Formats, theme: Theme) -> "Figure":
    """The page's figure in colours that stand for themselves, with its finding as title."""
    from plotly.graph_objects import Figure

    spec = json.loads(_COLOR.sub(lambda name: theme.hex(name[1]), plotly_json(chart, formats)))
    heading = _OVER_COLUMNS if chart.kind == "heatmap" else _HEADING
    margin = spec["layout"]["margin"]
    title = f"<b>{escape(chart.title)}</b><br><sub>{escape(chart.subtitle)}</sub>"
    return Figure(spec).update_layout(
        template="none",
        title={"text": title, "x": 0, "y": 1, "yref": "container", "yanchor": "top"},
        title_pad={"t": 12},
        height=chart.height + heading,
        margin=margin | {"t": margin["t"] + heading},
        font={"color": theme.hex("ink"), "family": f"{theme.font_family}, sans-serif"},
        paper_bgcolor=theme.hex("bg"),
        plot_bgcolor=theme.hex("bg"),
    )


def _as_results(result: Any, locale: str) -> AnalysisResults:
    """The result of one analysis as results that hold nothing else."""
    if isinstance(result, AnalysisResults):
        return result
    kinds = get_type_hints(AnalysisResults)
    for part in fields(AnalysisResults):
        if type(result) in get_args(kinds[part.name]) and not isinstance(result, date | str):
            settings = Settings(date.min, locale=locale)
            return AnalysisResults(settings, **{part.name: result})
    raise UsageError(f"a {type(result).__name__} is no result of an analysis")
