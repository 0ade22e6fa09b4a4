"""Native charts of the workbook, drawn from the cells beside them."""

import math
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from custanalytics.content.chart import Chart, Reference
from custanalytics.content.format import Formats
from custanalytics.content.workbook_charts import BASE, value_kind
from custanalytics.content.workbook_sheet import Sheet
from custanalytics.render.brand import Brand
from custanalytics.render.number_codes import number_code

_WIDTH, _HEIGHT = 760, 460
# What a chart covers of a sheet, in cells of the usual size.
CHART_COLUMNS, CHART_ROWS = 12, 24
_NOT_SERIES = ("low", "high", "open")
_SCATTERED = ("count", "days", "share", "number")


def shade(page: Worksheet, sheet: Sheet, header_row: int, brand: Brand) -> None:
    """Colour a heat map's cells by their value."""
    page.conditional_format(
        header_row + 1,
        1,
        header_row + len(sheet.frame),
        len(sheet.fields) - 1,
        {
            "type": "2_color_scale",
            "min_color": brand.colors["seq-0"],
            "max_color": brand.colors["seq-5"],
        },
    )


def sheet_chart(
    book: xlsxwriter.Workbook,
    sheet: Sheet,
    header_row: int,
    formats: Formats,
    brand: Brand,
    font: str,
) -> Any:
    """The sheet's chart."""
    chart = sheet.chart
    assert chart is not None  # noqa: S101 - the caller draws charts only
    scattered = chart.kind == "points" or (chart.kind == "line" and chart.x_format in _SCATTERED)
    drawn = book.add_chart(_type(chart, scattered))
    names = [field.name for field in sheet.fields]
    rows = (header_row + 1, header_row + len(sheet.frame))
    shown = [name for name in names[1:] if name not in _NOT_SERIES]
    for name in shown:
        column = names.index(name)
        color = brand.colors["bg" if name == BASE else chart.color("" if name == "value" else name)]
        drawn.add_series(
            {
                "name": [sheet.name, header_row, column],
                "categories": [sheet.name, rows[0], 0, rows[1], 0],
                "values": [sheet.name, rows[0], column, rows[1], column],
            }
            | _look(chart, name, color, scattered)
            | _interval(chart, sheet, brand)
            | ({} if chart.base else _labels(chart, formats, font, brand))
        )
    if any(isinstance(mark, Reference) and mark.axis == "diagonal" for mark in chart.marks):
        label = next(m.label for m in chart.marks if isinstance(m, Reference))
        place = [sheet.name, rows[0], 0, rows[1], 0]
        drawn.add_series(
            {
                "name": _no_formula(label),
                "categories": place,
                "values": place,
                "line": {"color": brand.colors["muted"], "width": 1, "dash_type": "dash"},
                "marker": {"type": "none"},
            }
        )
        shown.append(label)
    _dress(drawn, sheet, chart, formats, brand, font, len(shown) > 1 and not chart.base)
    return drawn


def _type(chart: Chart, scattered: bool) -> dict[str, Any]:
    if scattered:
        return {"type": "scatter"} | ({"subtype": "straight"} if chart.kind == "line" else {})
    if chart.kind == "columns":
        return {"type": "column", "subtype": "stacked"}
    if chart.base:
        return {"type": "bar", "subtype": "stacked"}
    return {"type": "bar" if chart.kind == "bars" else "line"}


def _look(chart: Chart, name: str, color: str, scattered: bool) -> dict[str, Any]:
    if name == BASE:
        return {"fill": {"none": True}, "border": {"none": True}}
    if chart.base and (chart.part(name)[chart.x] < 0).any():
        # Told apart in grey, too.
        hatched = {"pattern": "wide_upward_diagonal", "fg_color": color, "bg_color": "#ffffff"}
        return {"pattern": hatched, "gap": 40}
    if chart.kind in ("columns", "bars"):
        return {"fill": {"color": color}, "gap": 40}
    if chart.kind == "points":
        dot = {"type": "circle", "size": 7, "fill": {"color": color}, "border": {"color": color}}
        return {"marker": dot}
    line = {"line": {"color": color, "width": 2.25}}
    return line | ({"marker": {"type": "none"}} if scattered else {})


def _interval(chart: Chart, sheet: Sheet, brand: Brand) -> dict[str, Any]:
    if not (chart.low and chart.high) or "low" not in sheet.frame or "value" not in sheet.frame:
        return {}
    frame = sheet.frame
    bars = {
        "type": "custom",
        "plus_values": [float(v) for v in (frame["high"] - frame["value"]).clip(lower=0).fillna(0)],
        "minus_values": [float(v) for v in (frame["value"] - frame["low"]).clip(lower=0).fillna(0)],
        "line": {"color": brand.colors["muted"], "width": 0.75},
        "end_style": 0,
    }
    return {"x_error_bars" if chart.kind == "bars" else "y_error_bars": bars}


def _labels(chart: Chart, formats: Formats, font: str, brand: Brand) -> dict[str, Any]:
    if chart.kind != "bars":
        return {}
    labels = {
        "value": True,
        "num_format": number_code(value_kind(chart), formats),
        "font": {"name": font, "size": 9, "color": brand.colors["ink"]},
    }
    return {"data_labels": labels}


def _dress(
    drawn: Any,
    sheet: Sheet,
    chart: Chart,
    formats: Formats,
    brand: Brand,
    font: str,
    legend: bool,
) -> None:
    colors = brand.colors
    letters = {"name": font, "size": 9, "color": colors["muted"]}
    kind = value_kind(chart)
    across: dict[str, Any] = {
        "num_font": letters,
        "line": {"color": colors["rule"]},
        "major_gridlines": {"visible": False},
        "num_format": number_code(chart.x_format, formats),
    }
    if chart.x_title:
        across |= {"name": _no_formula(chart.x_title), "name_font": letters | {"bold": False}}
    if chart.x_format.startswith(("month", "date")):
        months = _months(sheet, chart)
        across |= {"date_axis": True, "num_format": "mmm yy", "major_tick_mark": "none"}
        across |= {"major_unit": max(1, math.ceil(months / 12)), "major_unit_type": "months"}
    else:
        across |= {"min": 0} if chart.kind in ("line", "points") else {}
    if chart.kind == "line" and chart.x_format in ("count", "days", "share", "number"):
        across["max"] = float(sheet.frame[chart.x].max())
    up: dict[str, Any] = {
        "num_font": letters,
        "num_format": number_code("money_short" if kind.startswith("money") else kind, formats),
        "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": colors["grid"], "width": 0.75}},
    }
    if chart.limits is not None:
        up |= {"min": chart.limits[0], "max": chart.limits[1]}
        if chart.kind == "points":
            across |= {"min": chart.limits[0], "max": chart.limits[1]}
    if chart.kind == "bars":
        # The first category on top, as in the table.
        drawn.set_y_axis(across | {"reverse": True, "num_font": letters | {"size": 10}})
        drawn.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    else:
        # Under the chart also where its values go below zero.
        drawn.set_x_axis(across | {"label_position": "low"})
        drawn.set_y_axis(up)
    title = {"name": font, "size": 12, "bold": True, "color": colors["ink"]}
    drawn.set_title({"name": _no_formula(chart.title), "name_font": title, "overlay": False})
    drawn.set_legend({"position": "top", "font": letters} if legend else {"none": True})
    height = max(_HEIGHT, 60 + 40 * len(sheet.frame)) if chart.kind == "bars" else _HEIGHT
    drawn.set_size({"width": _WIDTH, "height": min(height, 900)})
    drawn.set_chartarea({"border": {"none": True}, "fill": {"color": colors["bg"]}})
    drawn.set_plotarea({"fill": {"none": True}})


def _no_formula(text: str) -> str:
    """The library takes a name that begins with = for the address of a cell."""
    return f" {text}" if text.startswith("=") else text


def _months(sheet: Sheet, chart: Chart) -> float:
    days = pd.to_datetime(sheet.frame[chart.x])
    return float((days.max() - days.min()).days / 30)
