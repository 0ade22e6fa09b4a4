"""Chart -> Plotly figure as a plain dict, for the interactive page.

Colours are the page's own variables (light and dark); fonts and background are the page's.
Every text is formatted here, so that the browser's locale changes nothing.
"""

import html
import json
from typing import Any

from custanalytics.content.chart import Chart
from custanalytics.content.format import Formats, is_missing
from custanalytics.render.charts.axes import keyed, place, value_axis, x_axis
from custanalytics.render.charts.plotly_layout import (
    LETTER,
    add_key,
    frame,
    note,
    plain_axis,
    plane,
)
from custanalytics.render.charts.plotly_traces import (
    band,
    clean,
    flags,
    hover,
    last,
    row_texts,
    trace,
    whiskers,
)
from custanalytics.render.charts.theme import css, depth, ink


def plotly_json(chart: Chart, formats: Formats) -> str:
    """Figure as one line of JSON that can stand inside a ``<script>`` element."""
    text = json.dumps(figure(chart, formats), ensure_ascii=False, allow_nan=False, sort_keys=True)
    return text.replace("<", "\\u003c").replace("\u2028", " ").replace("\u2029", " ")


def figure(chart: Chart, formats: Formats) -> dict[str, Any]:
    """Figure with ``data`` and ``layout``, as Plotly reads it."""
    draw = {
        "line": _line,
        "columns": _columns,
        "bars": _bars,
        "heatmap": _heatmap,
        "points": _points,
    }[chart.kind]
    return draw(chart, formats)


def _line(chart: Chart, formats: Formats) -> dict[str, Any]:
    across, up = x_axis(chart, formats), value_axis(chart, formats)
    traces: list[dict[str, Any]] = []
    ends: list[tuple[str, float, str]] = []
    for name in chart.names():
        rows = chart.part(name)
        color = css(chart.color(name))
        spots = place(list(rows[chart.x]), chart.x_format, list(chart.data[chart.x]))
        if chart.low and chart.high:
            traces += band(rows, spots, chart.low, chart.high)
        open_rows = flags(rows, chart.incomplete)
        values = clean(rows[chart.y])
        whole = [None if o else v for v, o in zip(values, open_rows, strict=True)]
        traces.append(trace(spots, whole, {"color": color, "width": 2.25}))
        if any(open_rows):
            part = [v if o else None for v, o in zip(values, open_rows, strict=True)]
            hollow = {"color": css("bg"), "size": 7, "line": {"color": color, "width": 1.75}}
            traces.append(trace(spots, part, {}) | {"mode": "markers", "marker": hollow})
        if name:
            ends.append((name, last(whole if any(v is not None for v in whole) else values), color))
    traces.append(hover(chart, formats))
    layout = plane(chart, across, up, ends)
    layout["hovermode"] = "x"
    return {"data": traces, "layout": layout}


def _columns(chart: Chart, formats: Formats) -> dict[str, Any]:
    across, up = x_axis(chart, formats), value_axis(chart, formats)
    traces: list[dict[str, Any]] = []
    ends: list[tuple[str, float, str]] = []
    stacked: dict[float, float] = {}
    for name in chart.names():
        rows = chart.part(name)
        spots = place(list(rows[chart.x]), chart.x_format, list(chart.data[chart.x]))
        values = clean(rows[chart.y])
        drawn: dict[str, Any] = {
            "type": "bar",
            "x": spots,
            "y": values,
            "hoverinfo": "skip",
            "marker": {
                "color": css(chart.color(name)),
                "opacity": [0.4 if o else 1 for o in flags(rows, chart.incomplete)],
            },
        }
        if chart.low and chart.high:
            drawn["error_y"] = whiskers(rows, chart.y, chart.low, chart.high)
        traces.append(drawn)
        if name:
            base, height = stacked.get(spots[-1], 0.0), values[-1] or 0.0
            ends.append((name, base + height / 2, css(ink(chart.color(name)))))
        for spot, value in zip(spots, values, strict=True):
            stacked[spot] = stacked.get(spot, 0.0) + max(value or 0.0, 0.0)
    traces.append(hover(chart, formats))
    on_top = bool(ends) and keyed(chart, up.high - up.low)
    layout = plane(chart, across, up, [] if on_top else ends)
    if on_top:
        add_key(layout, ends)
    layout |= {"barmode": "relative", "bargap": 0.22, "hovermode": "x"}
    return {"data": traces, "layout": layout}


def _bars(chart: Chart, formats: Formats) -> dict[str, Any]:
    across = value_axis(chart, formats)
    order = list(dict.fromkeys(chart.data[chart.y]))
    names = chart.names()
    traces = []
    for name in names:
        rows = chart.part(name)
        drawn: dict[str, Any] = {
            "type": "bar",
            "orientation": "h",
            "x": clean(rows[chart.x]),
            "y": place(list(rows[chart.y]), "text", order),
            "marker": {"color": css(chart.color(name))},
            "hovertext": row_texts(chart, rows, formats, name),
            "hoverinfo": "text",
            "textposition": "none",
        }
        if chart.base:
            drawn["base"] = clean(rows[chart.base])
            # Plotly takes it from the distance of a series' own bars.
            drawn["width"] = 0.66
            # Told apart in grey, too.
            drawn["marker"]["pattern"] = {"shape": ["/" if v < 0 else "" for v in rows[chart.x]]}
        if chart.low and chart.high:
            drawn["error_x"] = whiskers(rows, chart.x, chart.low, chart.high)
        traces.append(drawn)
    layout = frame()
    layout["annotations"] = _bar_labels(chart, formats, order)
    layout["xaxis"] = plain_axis(across, grid=True) | {"showticklabels": False, "showgrid": False}
    layout["xaxis"]["range"] = [across.low, across.high]
    layout["yaxis"] = {
        "range": [len(order) - 0.4, -0.6],
        "tickvals": list(range(len(order))),
        "ticktext": [html.escape(str(v)) + "  " for v in order],
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "automargin": True,
        "fixedrange": True,
        "ticks": "",
    }
    room = max((len(a["text"]) for a in layout["annotations"]), default=0) * LETTER + 12
    layout |= {
        "barmode": "overlay" if chart.base else "group",
        "bargap": 0.34,
        "bargroupgap": 0.08,
        "margin": {"l": 8, "r": room, "t": 6, "b": 8},
        "hovermode": "closest",
    }
    return {"data": traces, "layout": layout}


def _heatmap(chart: Chart, formats: Formats) -> dict[str, Any]:
    grid = chart.data.pivot(index=chart.y, columns=chart.x, values=chart.z)
    grid = grid.reindex(index=list(dict.fromkeys(chart.data[chart.y])))
    values = [[None if is_missing(v) else float(v) for v in row] for row in grid.to_numpy()]
    texts = [["" if v is None else formats.number(v * 100, 0) for v in row] for row in values]
    texts_over = [
        [
            ""
            if v is None
            else f"<b>{html.escape(str(row))}</b><br>{html.escape(chart.x_title)} "
            f"{formats.count(column)}: {formats.apply(chart.z_format, v)}"
            for column, v in zip(grid.columns, line, strict=True)
        ]
        for row, line in zip(grid.index, values, strict=True)
    ]
    top = max((v for row in values for v in row if v is not None), default=1.0)
    drawn = {
        "type": "heatmap",
        "x": [float(c) for c in grid.columns],
        "y": list(range(len(grid))),
        "z": values,
        "zmin": 0,
        "zmax": top or 1.0,
        "hovertext": texts_over,
        "hoverinfo": "text",
        "hoverongaps": False,
        "colorscale": [[i / 9, css(f"seq-{i}")] for i in range(10)],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }
    cells = [(i, j) for i, row in enumerate(values) for j, v in enumerate(row) if v is not None]
    # Plotly's own text on a cell has too little contrast in the middle of the scale.
    told = {
        "type": "scatter",
        "mode": "text",
        "x": [float(grid.columns[j]) for _, j in cells],
        "y": [i for i, _ in cells],
        "text": [texts[i][j] for i, j in cells],
        "textfont": {
            "size": 10 if len(grid.columns) > 12 else 12,
            "color": [css(f"on-seq-{depth(values[i][j] or 0.0, top)}") for i, j in cells],
        },
        "hoverinfo": "skip",
    }
    layout = frame()
    layout["xaxis"] = {
        "side": "top",
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "fixedrange": True,
        "range": [float(grid.columns.min()) - 0.5, float(grid.columns.max()) + 0.5],
        "tickvals": [float(c) for c in grid.columns],
        "ticktext": [formats.count(c) for c in grid.columns],
        "title": {
            "text": html.escape(chart.x_title),
            "standoff": 6,
            "font": {"size": 12, "color": css("muted")},
        },
    }
    layout["yaxis"] = {
        "range": [len(grid) - 0.5, -0.5],
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "fixedrange": True,
        "automargin": True,
        "tickvals": list(range(len(grid))),
        "ticktext": [html.escape(str(v)) + " " for v in grid.index],
    }
    layout |= {"margin": {"l": 8, "r": 4, "t": 48, "b": 4}, "hovermode": "closest"}
    return {"data": [drawn, told], "layout": layout}


def _points(chart: Chart, formats: Formats) -> dict[str, Any]:
    across, up = x_axis(chart, formats), value_axis(chart, formats)
    rows = chart.data
    drawn: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "x": clean(rows[chart.x]),
        "y": clean(rows[chart.y]),
        "marker": {"color": css(chart.color("")), "size": 9},
        "hovertext": row_texts(chart, rows, formats, ""),
        "hoverinfo": "text",
        "cliponaxis": False,
    }
    if chart.low and chart.high:
        drawn["error_y"] = whiskers(rows, chart.y, chart.low, chart.high)
    layout = plane(chart, across, up, [])
    layout["xaxis"]["showgrid"] = True
    layout["hovermode"] = "closest"
    return {"data": [drawn], "layout": layout}


def _bar_labels(chart: Chart, formats: Formats, order: list[Any]) -> list[dict[str, Any]]:
    names = chart.names()
    notes = []
    for i, name in enumerate(names):
        rows = chart.part(name)
        offset = 0.0 if chart.base else (i - (len(names) - 1) / 2) * (0.66 / len(names))
        for at, (row, spot) in enumerate(
            zip(rows.to_dict("records"), place(list(rows[chart.y]), "text", order), strict=True)
        ):
            end = (
                row[chart.high] if chart.high and not is_missing(row[chart.high]) else row[chart.x]
            )
            if is_missing(end):
                continue
            if chart.base:
                end = row[chart.base] + max(row[chart.x], 0.0)
            told = f" {name}" if name and at == 0 and not chart.base else ""
            text = chart.bar_text(row, formats) + told
            brief = chart.bar_text(row, formats, interval=False) + told
            notes.append(
                note(html.escape(text), float(end), spot + offset, "left", "middle", css("ink"))
                # On a phone there is no room for the interval, and a touch shows it.
                | {"xshift": 6, "name": html.escape(brief)}
            )
            if name:
                notes[-1]["font"]["color"] = css(ink(chart.color(name)))
    return notes
