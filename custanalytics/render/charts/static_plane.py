"""The ground of a static chart: axes with our ticks, margins that fit, reference lines."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from custanalytics.content.chart import Callout, Chart, Reference
from custanalytics.content.format import Formats, is_missing
from custanalytics.render.charts.axes import Axis, keyed, place, spread, value_axis, x_axis
from custanalytics.render.charts.theme import Theme

SIZE = 9.0
LETTER = 0.072  # inches a letter takes at the base size, on average


class Plane:
    """One figure with one pair of axes; margins in inches, so that texts always fit."""

    def __init__(
        self, chart: Chart, formats: Formats, theme: Theme, width: float, height: float
    ) -> None:
        self.chart, self.formats, self.theme = chart, formats, theme
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width, height))
        self.figure.patch.set_alpha(0)
        self.axes: Axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.patch.set_alpha(0)
        for spine in self.axes.spines.values():
            spine.set_visible(False)
        self.axes.tick_params(length=0, labelsize=SIZE, labelcolor=self.hex("muted"), pad=6)

    def hex(self, name: str) -> str:
        """Hex value of a named colour."""
        return self.theme.hex(name)

    def spots(self, rows: pd.DataFrame) -> list[float]:
        """Positions of rows on the horizontal axis."""
        chart = self.chart
        return place(list(rows[chart.x]), chart.x_format, list(chart.data[chart.x]))

    def plane(self, ends: list[tuple[str, float, str]]) -> None:
        """Draw axes, end labels and marks."""
        chart = self.chart
        across, up = x_axis(chart, self.formats), value_axis(chart, self.formats)
        axes = self.axes
        axes.set_xlim(across.low, across.high)
        axes.set_ylim(up.low, up.high)
        axes.set_xticks([s for s, _ in across.ticks], [t for _, t in across.ticks])
        axes.set_yticks([s for s, _ in up.ticks], [t for _, t in up.ticks])
        for label in axes.get_yticklabels():
            label.set_verticalalignment("center")
        axes.set_axisbelow(True)
        axes.grid(axis="y", color=self.hex("grid"), linewidth=0.8)
        axes.axhline(0, color=self.hex("rule"), linewidth=0.9, zorder=1)
        bottom = 0.42 if any("\n" in t for _, t in across.ticks) else 0.28
        if chart.x_title:
            axes.set_xlabel(chart.x_title, color=self.hex("muted"), labelpad=5)
            bottom += 0.2
        left = self.letters([t for _, t in up.ticks]) + 0.1
        top = 0.1
        on_top = chart.kind == "columns" and bool(ends) and keyed(chart, up.high - up.low)
        if on_top:
            top = 0.32
            self._key(ends)
            ends = []
        # A level is named where lines are: beside the plot, where nothing is drawn.
        ends = [*ends, *((m.label, float(m.value), self.hex("muted")) for m in chart.levels())]
        if chart.y_title:
            top = 0.3
            self.figure.text(0.0, 1.0, chart.y_title, color=self.hex("muted"), va="top", ha="left")
        right = self.letters([name for name, _, _ in ends]) + (0.1 if ends else 0.05)
        if not ends and across.ticks:
            right = max(right, self.letters([across.ticks[-1][1]]) / 2 + 0.03)
        self.margins(left, right, top, bottom)
        tall = self.height - top - bottom
        gap = 0.165 * (up.high - up.low) / tall
        moved = spread([spot for _, spot, _ in ends], gap, up.low, up.high)
        for (name, _, color), spot in zip(ends, moved, strict=True):
            axes.annotate(
                name,
                (1, spot),
                (4, 0),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                va="center",
                color=color,
                annotation_clip=False,
            )
        for mark in chart.marks:
            if isinstance(mark, Reference):
                self._reference(mark, across, up)
            else:
                self._callout(mark, across)

    def _key(self, ends: list[tuple[str, float, str]]) -> None:
        shift = self.letters([text for _, text in value_axis(self.chart, self.formats).ticks]) + 0.1
        for name, _, color in ends:
            self.figure.text(
                shift / self.width, 1.0, name, color=color, va="top", ha="left", weight="bold"
            )
            shift += (len(name) + 2) * LETTER * 1.1

    def _reference(self, mark: Reference, across: Axis, up: Axis) -> None:
        style: dict[str, Any] = {
            "color": self.hex("muted"),
            "linewidth": 1.0,
            "linestyle": (0, (4, 3)),
            "zorder": 2,
        }
        text: dict[str, Any] = {"color": self.hex("muted"), "annotation_clip": False}
        points = "offset points"
        if mark.axis == "diagonal":
            low, high = max(across.low, up.low), min(across.high, up.high)
            self.axes.plot([low, high], [low, high], **style)
            spot = low + 0.62 * (high - low)
            self.axes.annotate(
                mark.label, (spot, spot), (5, -8), textcoords=points, va="top", **text
            )
        elif mark.axis == "y":
            self.axes.axhline(mark.value, **style)
        else:
            spot = place([mark.value], self.chart.x_format, list(self.chart.data[self.chart.x]))[0]
            self.axes.axvline(spot, **style)
            right_half = spot > (across.low + across.high) / 2
            self.axes.annotate(
                mark.label,
                (spot, 1),
                (-4 if right_half else 4, 0),
                xycoords=("data", "axes fraction"),
                textcoords=points,
                ha="right" if right_half else "left",
                va="top",
                **text,
            )

    def _callout(self, mark: Callout, across: Axis) -> None:
        spot = place([mark.x], self.chart.x_format, list(self.chart.data[self.chart.x]))[0]
        if self.chart.kind == "columns":
            side = self.chart.side(spot, across.low, across.high)
            points: dict[str, Any] = {"textcoords": "offset points", "va": "bottom", "ha": side}
            self.axes.annotate(
                mark.label, (spot, mark.y), (0, 3), color=self.hex("ink"), zorder=6, **points
            )
            return
        left = spot <= (across.low + across.high) / 2
        self.axes.plot([spot], [mark.y], "o", color=self.hex("ink"), markersize=4, zorder=5)
        self.axes.annotate(
            mark.label,
            (spot, mark.y),
            (12 if left else -12, -16),
            textcoords="offset points",
            ha="left" if left else "right",
            va="top",
            color=self.hex("ink"),
            bbox={"facecolor": self.hex("bg"), "edgecolor": "none", "pad": 1.5},
            arrowprops={
                "arrowstyle": "-",
                "color": self.hex("ink"),
                "linewidth": 0.8,
                "relpos": (0, 1) if left else (1, 1),
                "shrinkA": 1,
                "shrinkB": 2,
            },
            annotation_clip=False,
        )

    def whiskers(self, rows: pd.DataFrame, spots: Sequence[float], vertical: bool) -> None:
        """Draw intervals as thin lines."""
        chart = self.chart
        for spot, row in zip(spots, rows.to_dict("records"), strict=True):
            low, high = row[chart.low], row[chart.high]
            if is_missing(low) or is_missing(high):
                continue
            ends, across = [float(low), float(high)], [spot, spot]
            line = (across, ends) if vertical else (ends, across)
            self.axes.plot(*line, color=self.hex("ink"), linewidth=1.0, zorder=3)

    def letters(self, texts: Any) -> float:
        """Inches that the longest of the texts takes."""
        longest = max((len(part) for t in texts for part in str(t).split("\n")), default=0)
        return longest * LETTER

    def margins(self, left: float, right: float, top: float, bottom: float) -> None:
        """Place the axes, margins in inches."""
        self.axes.set_position(
            (
                left / self.width,
                bottom / self.height,
                (self.width - left - right) / self.width,
                (self.height - top - bottom) / self.height,
            )
        )
