"""Native, editable charts of slides, from the same chart values as page and PDF."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
from lxml import etree
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.chart import XL_TICK_LABEL_POSITION as TICK_LABELS
from pptx.enum.chart import XL_TICK_MARK as TICKS
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from custanalytics.content.chart import Callout, Chart, Reference
from custanalytics.content.format import Formats
from custanalytics.content.workbook_charts import BASE, value_kind, wide
from custanalytics.render.charts.axes import value_axis
from custanalytics.render.number_codes import language_code, number_code
from custanalytics.render.office import printable
from custanalytics.render.slides.base import Box
from custanalytics.render.slides.marks import (
    SIZE,
    leave_room,
    level_line,
    moved,
    remark,
    whiskers,
    write,
)
from custanalytics.render.slides.paint import fill, paint
from custanalytics.render.text_room import width

_NUMERIC = ("count", "days", "share", "number")
_FIRST_DAY = pd.Timestamp(1900, 3, 1)
_NOT_SERIES = ("low", "high", "open")
# Of the axis, for the figure behind a bar of a waterfall.
_LABEL_ROOM = 0.16
_FEW_BARS = 3  # would be as thick as walls


def add_chart(shapes: Any, chart: Chart, box: Box, formats: Formats) -> Any:
    """Draw a chart; a heat map is a table, see `slide_tables`."""
    kind, data = _data(chart, formats)
    frame = shapes.add_chart(
        kind, Emu(box.left), Emu(box.top), Emu(box.width), Emu(box.height), data
    )
    drawn = frame.chart
    drawn.has_title = False
    drawn.font.size = Pt(SIZE)
    paint(drawn.font.color, "muted")
    names = [name for name in chart.names() if name]
    stacked = chart.kind in ("columns", "bars") and len(names) > 1
    drawn.has_legend = False
    if stacked and not chart.base:
        _legend(drawn)
    _axes(drawn, chart, formats)
    if chart.kind in ("columns", "bars"):
        _filled(drawn, chart, formats)
        if chart.kind == "columns":
            _marked(drawn, chart, box)
    else:
        _lined(drawn, chart, box)
    _numbered_axes(drawn)
    return frame


def _numbered_axes(drawn: Any) -> None:
    # python-pptx numbers axes below zero, which the schema does not allow.
    for named in drawn._chartSpace.iter(qn("c:axId"), qn("c:crossAx")):
        named.set("val", named.get("val").lstrip("-"))


def _data(chart: Chart, formats: Formats) -> tuple[Any, Any]:
    code = number_code(value_kind(chart), formats)
    if _scattered(chart):
        points = chart.kind == "points"
        return (
            XL_CHART_TYPE.XY_SCATTER if points else XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS,
            _pairs(chart, code),
        )
    table = wide(chart)
    data = CategoryChartData(number_format=code)
    keys = table.iloc[:, 0]
    if _dated(chart):
        data.categories = [day.date() for day in pd.to_datetime(keys)]
    elif chart.x_format.startswith(("month", "date")):
        data.categories = [f"{pd.Timestamp(day):%Y-%m}" for day in keys]
    else:
        data.categories = [printable(str(key)) for key in keys]
    for name in [column for column in table.columns[1:] if column not in _NOT_SERIES]:
        values = [None if pd.isna(v) else float(v) for v in table[name]]
        data.add_series(chart.subtitle if name == "value" else name, values)
    if chart.kind == "line":
        for name in ("low", "high"):
            if name in table:
                data.add_series(name, [None if pd.isna(v) else float(v) for v in table[name]])
        for mark in chart.levels():
            data.add_series(mark.label, [float(mark.value)] * len(table))
    if chart.kind == "bars" and chart.labels and "value" in table:
        ends = table.get("high", table["value"]).fillna(table["value"])
        data.add_series("high", [float(v) for v in ends])
    if chart.base:
        room = _LABEL_ROOM * float((chart.data[chart.base] + chart.data[chart.x]).max())
        data.add_series("high", [room] * len(table))
        return XL_CHART_TYPE.BAR_STACKED, data
    kinds = {
        "columns": XL_CHART_TYPE.COLUMN_STACKED,
        "bars": XL_CHART_TYPE.BAR_CLUSTERED,
        "line": XL_CHART_TYPE.LINE,
    }
    return kinds[chart.kind], data


def _pairs(chart: Chart, code: str) -> XyChartData:
    data = XyChartData(number_format=code)
    for name in chart.names():
        rows = chart.part(name)
        _add(data, name or chart.subtitle, rows[chart.x], rows[chart.y])
    if chart.kind == "line" and chart.low and chart.high:
        _add(data, "low", chart.data[chart.x], chart.data[chart.low])
        _add(data, "high", chart.data[chart.x], chart.data[chart.high])
    for mark in chart.marks:
        if isinstance(mark, Callout):
            _add(data, mark.label, [mark.x], [mark.y])
        elif mark.axis == "diagonal":
            end = (chart.limits or (0.0, 1.0))[1]
            spots = (0.0, 0.7 * end, end)  # the middle one carries the label
            _add(data, mark.label, spots, spots)
    return data


def _add(data: XyChartData, name: str, across: Any, up: Any) -> None:
    series = data.add_series(name)
    for x, y in zip(across, up, strict=True):
        if not (pd.isna(x) or pd.isna(y)):
            series.add_data_point(float(x), float(y))


def _scattered(chart: Chart) -> bool:
    return chart.kind == "points" or (chart.kind == "line" and chart.x_format in _NUMERIC)


def _dated(chart: Chart) -> bool:
    if not chart.x_format.startswith(("month", "date")):
        return False
    return bool(pd.to_datetime(chart.data[chart.x]).min() >= _FIRST_DAY)


def _axes(drawn: Any, chart: Chart, formats: Formats) -> None:
    across, up = drawn.category_axis, drawn.value_axis
    kind = value_kind(chart)
    for axis in (across, up):
        axis.has_major_gridlines = False
        axis.has_title = False
        axis.major_tick_mark = axis.minor_tick_mark = TICKS.NONE
        axis.tick_labels.font.size = Pt(SIZE)
        axis.tick_label_position = TICK_LABELS.LOW
        axis.format.line.fill.background()
    across.format.line.fill.solid()
    paint(across.format.line.color, "rule")
    if chart.x_title and chart.kind != "bars":
        across.has_title = True
        across.axis_title.text_frame.text = chart.x_title
        run = across.axis_title.text_frame.paragraphs[0].runs[0]
        run.font.size, run.font.bold = Pt(SIZE), False
        paint(run.font.color, "muted")
    if chart.kind == "bars":
        across.reverse_order = True
        across.tick_labels.font.size = Pt(SIZE + 1)
        paint(across.tick_labels.font.color, "ink")
        up.visible = False
        return
    up.has_major_gridlines = True
    paint(up.major_gridlines.format.line.color, "grid")
    up.major_gridlines.format.line.width = Pt(0.75)
    scale = value_axis(chart, formats)
    step = scale.ticks[1][0] - scale.ticks[0][0] if len(scale.ticks) > 1 else scale.high
    # Hardly anything below zero is no reason for an axis that begins there.
    low = 0.0 if scale.low > -0.05 * scale.high else step * math.floor(scale.low / step)
    high = step * math.ceil(scale.high / step - 1e-9)
    if kind == "share" and float(chart.data[chart.high or chart.y].max()) <= 1 < high:
        high = 1.0
    up.minimum_scale, up.maximum_scale = low, high
    up.major_unit = step
    # The short form has no place for a minus.
    short = kind.startswith("money") and low >= 0
    up.tick_labels.number_format = number_code("money_short" if short else kind, formats)
    up.tick_labels.number_format_is_linked = False
    if _scattered(chart):
        across.tick_labels.number_format = number_code(chart.x_format, formats)
        across.tick_labels.number_format_is_linked = False
        across.minimum_scale = 0
        if chart.kind == "points" and chart.limits is not None:
            across.maximum_scale = chart.limits[1]
        else:
            across.maximum_scale = max(float(chart.data[chart.x].max()), 1e-9)
    elif _dated(chart):
        across.tick_labels.number_format = f"{language_code(formats)}mmm yy"
        across.tick_labels.number_format_is_linked = False
        _by_month(across._element, chart)


def _by_month(axis: Any, chart: Chart) -> None:
    days = pd.to_datetime(chart.data[chart.x])
    months = (days.max() - days.min()).days / 30.4
    steps = (1, 2, 3, 6, 12, 24, 60)
    most = 13 if chart.x_format.startswith("month") else 7
    step = next((s for s in steps if months / s <= most), steps[-1])
    base = axis.find(qn("c:baseTimeUnit"))
    if chart.x_format.startswith("month"):
        base.set("val", "months")
    for name, value in (("c:majorTimeUnit", "months"), ("c:majorUnit", str(step))):
        for old in axis.findall(qn(name)):
            axis.remove(old)
        new = etree.Element(qn(name))
        new.set("val", value)
        base.addnext(new)


def _filled(drawn: Any, chart: Chart, formats: Formats) -> None:
    plot = drawn.plots[0]
    few = chart.kind == "bars" and chart.data[chart.y].nunique() <= _FEW_BARS
    plot.gap_width = 140 if few else 45 if chart.kind == "columns" else 55
    plot.overlap = 100 if chart.kind == "columns" or chart.base else 0
    table = wide(chart)
    still_open = _still_open(table)
    for series in plot.series:
        if chart.labels and series.name == "high":
            behind = XL_LABEL_POSITION.INSIDE_BASE if chart.base else XL_LABEL_POSITION.OUTSIDE_END
            _carried(series, [str(text) for text in chart.data[chart.labels]], behind)
            plot.overlap = 100
            continue
        if series.name == BASE:
            series.format.fill.background()
            continue
        name = series.name if chart.series else ""
        fill(series.format.fill, chart.color(name))
        series.invert_if_negative = False
        for i, flag in enumerate(still_open):
            if flag:
                fill(series.points[i].format.fill, chart.color(name), 0.5)
        if chart.low and chart.high and chart.series is None:
            whiskers(series._element, table)
        if chart.kind == "bars" and not chart.labels:
            labels = series.data_labels
            labels.show_value = True
            labels.number_format = number_code(chart.x_format, formats)
            labels.number_format_is_linked = False
            labels.position = XL_LABEL_POSITION.OUTSIDE_END
            labels.font.size = Pt(SIZE)
            paint(labels.font.color, "ink")


def _still_open(table: pd.DataFrame) -> list[bool]:
    """Which rows are of a period that is not over; where all are, there is no such column."""
    return table["open"].tolist() if "open" in table else [False] * len(table)


def _carried(series: Any, texts: list[str], position: Any) -> None:
    """An unseen series that ends where the intervals end, to carry the figures."""
    series.format.fill.background()
    series.format.line.fill.background()
    for i, text in enumerate(texts):
        label = series.points[i].data_label
        label.position = position
        write(label, f"\N{EN SPACE}{text}", "ink", bold=False)  # off the interval's end


def _lined(drawn: Any, chart: Chart, box: Box) -> None:
    ours = {name or chart.subtitle: name for name in chart.names()}
    ends = _ends(chart)
    if _close(chart, ends):
        # Names at one height would lie on each other.
        _legend(drawn)
        ends = {}
    for series in drawn.plots[0].series:
        if series.name in ours:
            name = ours[series.name]
            _line(series, chart, chart.color(name))
            if name in ends:
                _label_end(series, chart, name)
        elif series.name in ("low", "high"):
            series.smooth = False
            series.format.line.width = Pt(1)
            paint(series.format.line.color, chart.color(""), 0.5)
            series.marker.style = XL_MARKER_STYLE.NONE
        else:
            _mark(series, chart)
    _room_beside(drawn, [*ends, *(mark.label for mark in chart.levels())], box)
    if chart.kind == "points" and chart.low and chart.high:
        rows = chart.data.rename(columns={chart.y: "value", chart.low: "low", chart.high: "high"})
        whiskers(drawn.plots[0].series[0]._element, rows)


def _marked(drawn: Any, chart: Chart, box: Box) -> None:
    """Levels and remarks of columns."""
    keys = list(wide(chart).iloc[:, 0])
    for mark in chart.marks:
        if isinstance(mark, Callout):
            remark(drawn, mark.label, keys.index(mark.x), float(mark.y), len(keys))
        else:
            level_line(drawn, mark.label, float(mark.value), len(keys))
    _room_beside(drawn, [mark.label for mark in chart.levels()], box)


def _room_beside(drawn: Any, names: Sequence[str], box: Box) -> None:
    longest = max((width(name, SIZE, bold=True) for name in names), default=0.0)
    if longest:
        leave_room(drawn, box, 1 - min(0.4, longest * 1.15 / box.width + 0.02))


def _line(series: Any, chart: Chart, color: str) -> None:
    series.smooth = False
    if chart.kind == "points":
        series.format.line.fill.background()
        series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 9
        fill(series.marker.format.fill, color)
        series.marker.format.line.fill.background()
        return
    series.format.line.width = Pt(2.25)
    paint(series.format.line.color, color)
    alone = len(list(series.values)) < 2
    series.marker.style = XL_MARKER_STYLE.CIRCLE if alone else XL_MARKER_STYLE.NONE
    if chart.incomplete is None or _scattered(chart):
        return
    for i, flag in enumerate(_still_open(wide(chart))):
        if flag:
            # Hollow and without its line: that period is not over.
            point = series.points[i]
            point.marker.style, point.marker.size = XL_MARKER_STYLE.CIRCLE, 8
            fill(point.marker.format.fill, "bg")
            paint(point.marker.format.line.color, color)
            point.format.line.width = Pt(1.5)
            point.format.line.dash_style = MSO_LINE.SQUARE_DOT
            paint(point.format.line.color, color, 0.4)


def _ends(chart: Chart) -> dict[str, float]:
    """Each named line's last value."""
    ends = {}
    for name in chart.names():
        known = chart.part(name)[chart.y].dropna()
        if name and len(known):
            ends[name] = float(known.iloc[-1])
    return ends


def _close(chart: Chart, ends: Mapping[str, float]) -> bool:
    span = float(chart.data[chart.y].max()) or 1.0
    spots = sorted(ends.values())
    return any(b - a < 0.07 * span for a, b in pairwise(spots))


def _legend(drawn: Any) -> None:
    drawn.has_legend = True
    drawn.legend.position = XL_LEGEND_POSITION.TOP
    drawn.legend.include_in_layout = False
    drawn.legend.font.size = Pt(SIZE)


def _label_end(series: Any, chart: Chart, name: str) -> None:
    values = [i for i, value in enumerate(series.values) if value is not None]
    if not values:
        return
    label = series.points[values[-1]].data_label
    label.position = XL_LABEL_POSITION.RIGHT
    write(label, name, chart.color(name))


def _mark(series: Any, chart: Chart) -> None:
    series.smooth = False
    mark = next(m for m in chart.marks if m.label == series.name)
    if isinstance(mark, Reference):
        series.format.line.width = Pt(1)
        series.format.line.dash_style = MSO_LINE.DASH
        paint(series.format.line.color, "muted")
        series.marker.style = XL_MARKER_STYLE.NONE
        at = len(list(series.values)) // 2 if mark.axis == "diagonal" else -1
        label = series.points[range(len(list(series.values)))[at]].data_label
        label.position = XL_LABEL_POSITION.RIGHT
        write(label, f"\N{EN SPACE}{series.name}", "muted", bold=False)
        if mark.axis == "diagonal":
            moved(label, 0.0, 0.06)  # under the line, which rises
        return
    series.format.line.fill.background()
    series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 9
    fill(series.marker.format.fill, "series-2")
    series.marker.format.line.fill.background()
    label = series.points[0].data_label
    top = float(mark.y) >= float(chart.data[chart.y].max())
    label.position = XL_LABEL_POSITION.ABOVE if top else XL_LABEL_POSITION.RIGHT
    # In two lines, clear of the diagonal and of the other lines.
    write(label, series.name if top else series.name.replace(": ", ":\n"), "ink")
    if not top:
        moved(label, 0.015, 0.06, led=True)  # off the line, which rises
