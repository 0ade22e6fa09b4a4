"""Layouts, axes, reference lines and labels of Plotly figures."""

import html
from typing import Any

from custanalytics.content.chart import Callout, Chart, Reference
from custanalytics.render.charts.axes import Axis, place, spread
from custanalytics.render.charts.theme import css

LETTER = 6.6  # pixels a letter takes, on average
_LINE = 16
_PHONE_LABEL = 14  # letters that have room beside the diagonal


def frame() -> dict[str, Any]:
    """What every layout begins with."""
    return {"showlegend": False, "dragmode": False, "shapes": [], "annotations": []}


def plain_axis(axis: Axis, grid: bool) -> dict[str, Any]:
    """An axis with our own ticks and no zooming."""
    return {
        "range": [axis.low, axis.high],
        "tickvals": [spot for spot, _ in axis.ticks],
        "ticktext": [html.escape(text).replace("\n", "<br>") for _, text in axis.ticks],
        "showgrid": grid,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "fixedrange": True,
    }


def plane(
    chart: Chart, across: Axis, up: Axis, ends: list[tuple[str, float, str]]
) -> dict[str, Any]:
    """Layout of a chart with two axes, its end labels and marks."""
    layout = frame()
    layout["xaxis"] = plain_axis(across, grid=False)
    layout["yaxis"] = plain_axis(up, grid=True) | {"zeroline": True, "ticklabelstandoff": 6}
    bottom = 44 if any("\n" in text for _, text in across.ticks) else 30
    if chart.x_title:
        layout["xaxis"]["title"] = {
            "text": html.escape(chart.x_title),
            "standoff": 8,
            "font": {"size": 12, "color": css("muted")},
        }
        bottom += 22
    left = max((len(text) for _, text in up.ticks), default=1) * LETTER + 14
    top = 10
    if chart.y_title:
        top = 28
        layout["annotations"].append(
            note(html.escape(chart.y_title), 0, 1, "left", "bottom", css("muted"))
            | {"xref": "paper", "yref": "paper", "xshift": -left, "yshift": 8}
        )
    # A level is named where lines are: beside the plot, where nothing is drawn.
    ends = [*ends, *((m.label, float(m.value), css("muted")) for m in chart.levels())]
    right = max((len(name) for name, _, _ in ends), default=0) * LETTER + 16
    if not ends and across.ticks:
        right = max(10.0, len(across.ticks[-1][1].split("\n")[0]) * LETTER / 2 + 8)
    height = chart.height - top - bottom
    gap = _LINE * (up.high - up.low) / height
    moved = spread([spot for _, spot, _ in ends], gap, up.low, up.high)
    for (name, _, color), spot in zip(ends, moved, strict=True):
        layout["annotations"].append(
            note(html.escape(name), 1, spot, "left", "middle", color)
            | {"xref": "paper", "xshift": 6}
        )
    for mark in chart.marks:
        if isinstance(mark, Reference):
            add_reference(layout, chart, mark, across, up)
        else:
            add_callout(layout, chart, mark, across)
    layout["margin"] = {"l": left, "r": right, "t": top, "b": bottom}
    return layout


def add_key(layout: dict[str, Any], ends: list[tuple[str, float, str]]) -> None:
    """Names of a stack in a row on top, in their colours."""
    layout["margin"]["t"] += 20
    shift = 0.0
    for name, _, color in ends:
        layout["annotations"].append(
            note(f"<b>{html.escape(name)}</b>", 0, 1, "left", "bottom", color)
            | {"xref": "paper", "yref": "paper", "xshift": shift, "yshift": 6}
        )
        shift += len(name) * 7.4 + 14


def add_reference(
    layout: dict[str, Any], chart: Chart, mark: Reference, across: Axis, up: Axis
) -> None:
    """A level, a position or the diagonal, with its label."""
    line = {"color": css("muted"), "width": 1.25, "dash": "dash"}
    shape: dict[str, Any] = {"type": "line", "line": line, "layer": "above"}
    label = html.escape(mark.label)
    if mark.axis == "diagonal":
        low, high = max(across.low, up.low), min(across.high, up.high)
        shape |= {"x0": low, "y0": low, "x1": high, "y1": high}
        # On a phone a remark above the line needs the room further up.
        is_remarked = any(isinstance(other, Callout) for other in chart.marks)
        spot = low + (0.34 if is_remarked else 0.62) * (high - low)
        text = note(_in_two_lines(label), spot, spot, "left", "top", css("muted"))
        text |= {"xshift": 4, "yshift": -8, "align": "left"}
    elif mark.axis == "y":
        shape |= {"xref": "paper", "x0": 0, "x1": 1, "y0": mark.value, "y1": mark.value}
        layout["shapes"].append(shape)
        return
    else:
        spot = place([mark.value], chart.x_format, list(chart.data[chart.x]))[0]
        shape |= {"yref": "paper", "y0": 0, "y1": 1, "x0": spot, "x1": spot}
        right_half = spot > (across.low + across.high) / 2
        text = note(label, spot, 1, "right" if right_half else "left", "top", css("muted")) | {
            "yref": "paper",
            "xshift": -4 if right_half else 4,
        }
    layout["shapes"].append(shape)
    if mark.label:
        layout["annotations"].append(text)


def _in_two_lines(label: str) -> str:
    """The label broken near its middle, where it would leave the picture of a phone."""
    spaces = [i for i, letter in enumerate(label) if letter == " "]
    if len(label) <= _PHONE_LABEL or not spaces:
        return label
    at = min(spaces, key=lambda i: abs(i - len(label) / 2))
    return f"{label[:at]}<br>{label[at + 1 :]}"


def add_callout(layout: dict[str, Any], chart: Chart, mark: Callout, across: Axis) -> None:
    """A remark on one point."""
    spot = place([mark.x], chart.x_format, list(chart.data[chart.x]))[0]
    if chart.kind == "columns":
        side = chart.side(spot, across.low, across.high)
        text = note(html.escape(mark.label), spot, mark.y, side, "bottom", css("ink"))
        layout["annotations"].append(text | {"yshift": 2})
        return
    middle = (across.low + across.high) / 2
    left = spot <= middle
    layout["annotations"].append(
        note(html.escape(mark.label), spot, mark.y, "left" if left else "right", "top", css("ink"))
        | {
            "showarrow": True,
            "arrowhead": 6,
            "arrowsize": 1,
            "arrowwidth": 1.2,
            "arrowcolor": css("ink"),
            "ax": 18 if left else -18,
            "ay": 30,
            "align": "left" if left else "right",
            "bgcolor": css("bg"),
            "borderpad": 2,
        }
    )


def note(text: str, x: float, y: float, xanchor: str, yanchor: str, color: str) -> dict[str, Any]:
    """A text without an arrow."""
    return {
        "text": text,
        "x": x,
        "y": y,
        "xanchor": xanchor,
        "yanchor": yanchor,
        "showarrow": False,
        "font": {"color": color, "size": 12},
    }
