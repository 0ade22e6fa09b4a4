"""Traces and hover texts of Plotly figures."""

import html
import math
from typing import Any

import pandas as pd

from custanalytics.content.chart import Chart
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.words import say
from custanalytics.render.charts.axes import place
from custanalytics.render.charts.theme import css


def trace(spots: list[float], values: list[float | None], line: dict[str, Any]) -> dict[str, Any]:
    """A line, or a dot where there is only one value."""
    alone = sum(value is not None for value in values) < 2
    return {
        "type": "scatter",
        "mode": "markers" if alone else "lines",
        "marker": {"color": line.get("color"), "size": 7},
        "x": spots,
        "y": values,
        "line": line,
        "hoverinfo": "skip",
        "connectgaps": False,
    }


def band(rows: pd.DataFrame, spots: list[float], low: str, high: str) -> list[dict[str, Any]]:
    """The area between two columns."""
    edge = {"width": 0}
    lower = trace(spots, clean(rows[low]), edge)
    upper = trace(spots, clean(rows[high]), edge) | {
        "fill": "tonexty",
        "fillcolor": css("accent-soft"),
    }
    return [lower, upper]


def hover(chart: Chart, formats: Formats) -> dict[str, Any]:
    """One invisible trace that carries a text for each position, all series together."""
    positions: dict[Any, list[dict[Any, Any]]] = {}
    for row in chart.data.to_dict("records"):
        positions.setdefault(row[chart.x], []).append(row)
    spots = place(list(positions), chart.x_format, list(positions))
    texts, heights = [], []
    for value, rows in positions.items():
        head = formats.apply(chart.x_format, value)
        if chart.x_title:
            head = f"{chart.x_title}: {head}"
        lines = [f"<b>{html.escape(head)}</b>"]
        for row in rows:
            name = str(row[chart.series]) if chart.series else ""
            lines.append(line_text(chart, row, formats, name))
        if chart.incomplete and rows[0][chart.incomplete]:
            remark = html.escape(say("incomplete"))
            lines.append(f"<i>{remark}</i>")
        texts.append("<br>".join(lines))
        known = [float(row[chart.y]) for row in rows if not is_missing(row[chart.y])]
        heights.append(sum(known) if chart.kind == "columns" else max(known, default=0.0))
    return {
        "type": "scatter",
        "mode": "markers",
        "x": spots,
        "y": heights,
        "marker": {"opacity": 0, "size": 12},
        "hovertext": texts,
        "hoverinfo": "text",
    }


def row_texts(chart: Chart, rows: pd.DataFrame, formats: Formats, name: str) -> list[str]:
    """Hover texts, one a row."""
    texts = []
    for row in rows.to_dict("records"):
        head = (
            str(row[chart.y])
            if chart.kind == "bars"
            else formats.apply(chart.x_format, row[chart.x])
        )
        if chart.kind == "points":
            head = f"{chart.x_title}: {head}"
        texts.append(f"<b>{html.escape(head)}</b><br>{line_text(chart, row, formats, name)}")
    return texts


def line_text(chart: Chart, row: dict[Any, Any], formats: Formats, name: str) -> str:
    """One value as a line of a hover text, with its interval."""
    column, kind = (chart.x, chart.x_format) if chart.kind == "bars" else (chart.y, chart.y_format)
    text = formats.apply(kind, row[column])
    if chart.low and chart.high:
        low, high = formats.apply(kind, row[chart.low]), formats.apply(kind, row[chart.high])
        text += f" ({low} – {high})"
    return html.escape(f"{name}: {text}" if name else text)


def whiskers(rows: pd.DataFrame, value: str, low: str, high: str) -> dict[str, Any]:
    """Intervals as error bars."""
    middle = rows[value].astype(float)
    return {
        "type": "data",
        "symmetric": False,
        "array": [float(v) for v in (rows[high] - middle).clip(lower=0).fillna(0)],
        "arrayminus": [float(v) for v in (middle - rows[low]).clip(lower=0).fillna(0)],
        "color": css("ink"),
        "thickness": 1.2,
        "width": 0,
    }


def clean(values: "pd.Series[Any]") -> list[float | None]:
    """Values as JSON knows them."""
    return [None if is_missing(value) else float(value) for value in values]


def last(values: list[float | None]) -> float:
    """The last value that is known."""
    return next((value for value in reversed(values) if value is not None), math.nan)


def flags(rows: pd.DataFrame, column: str | None) -> list[bool]:
    """Which rows are incomplete."""
    return [False] * len(rows) if column is None else [bool(v) for v in rows[column]]
