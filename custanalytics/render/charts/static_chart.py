"""Chart -> SVG bytes with matplotlib, the same bytes for the same chart."""

import io
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib import font_manager, style
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from custanalytics.bundled import reports_dir
from custanalytics.content.chart import Chart
from custanalytics.content.format import Formats, is_missing
from custanalytics.render.charts.axes import place, value_axis
from custanalytics.render.charts.static_plane import LETTER, SIZE, Plane
from custanalytics.render.charts.theme import SHIPPED_FONT, Theme, depth, ink
from custanalytics.render.installed_fonts import font_files

_WIDTH, _HALF_WIDTH = 6.5, 3.2
_PIXELS_PER_INCH = 105.0
# The first comes with matplotlib; the others help where the reader's script needs them.
_FALLBACKS = ("DejaVu Sans", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic", "Arial Unicode MS")


def svg(chart: Chart, formats: Formats, theme: Theme, *, flat: bool = False) -> bytes:
    """Picture of the chart: no title (the document has it), transparent ground, texts as paths."""
    buffer = io.BytesIO()
    with style.context(["default", _settings(chart, theme)]):
        _drawn(chart, formats, theme, chart.flat_height if flat else chart.height).savefig(
            buffer, format="svg", metadata={"Date": None, "Creator": None}, transparent=True
        )
    return buffer.getvalue()


def picture(chart: Chart, formats: Formats, theme: Theme) -> Figure:
    """The chart as a matplotlib figure."""
    with style.context(["default", _settings(chart, theme)]):
        return _drawn(chart, formats, theme, chart.height)


def _drawn(chart: Chart, formats: Formats, theme: Theme, height: int) -> Figure:
    width = _HALF_WIDTH if chart.half else _WIDTH
    drawing = _Picture(chart, formats, theme, width, height / _PIXELS_PER_INCH)
    drawing.draw()
    return drawing.figure


def _settings(chart: Chart, theme: Theme) -> dict[str, Any]:
    # "default" first: nobody's own matplotlib settings may change a report.
    return {
        "svg.fonttype": "path",
        "svg.hashsalt": chart.name,
        "font.family": list(_families(theme.font_family, theme.font_files)),
        "font.size": SIZE,
        "text.parse_math": False,
        "path.simplify": False,
    }


@lru_cache(maxsize=8)
def _families(family: str, files: tuple[Path, ...]) -> tuple[str, ...]:
    shipped = sorted((reports_dir() / "_shared" / "fonts").glob("*.ttf"))
    brought = font_files()
    for file in (*shipped, *files, *brought):
        font_manager.fontManager.addfont(str(file))
    known = {entry.name: entry.fname for entry in font_manager.fontManager.ttflist}
    more = [name for name, file in known.items() if Path(file) in brought]
    wanted = dict.fromkeys((family, SHIPPED_FONT, *_FALLBACKS, *more))
    return tuple(name for name in wanted if name in known)


class _Picture(Plane):
    """One chart on its plane."""

    def draw(self) -> None:
        {
            "line": self._line,
            "columns": self._columns,
            "bars": self._bars,
            "heatmap": self._heatmap,
            "points": self._points,
        }[self.chart.kind]()

    def _line(self) -> None:
        chart = self.chart
        ends: list[tuple[str, float, str]] = []
        for name in chart.names():
            rows, color = chart.part(name), self.hex(chart.color(name))
            spots = self.spots(rows)
            values = [float(v) for v in rows[chart.y]]
            if chart.low and chart.high:
                self.axes.fill_between(
                    spots,
                    rows[chart.low].astype(float).to_numpy(),
                    rows[chart.high].astype(float).to_numpy(),
                    color=self.hex("accent-soft"),
                    linewidth=0,
                )
            flags = _flags(rows, chart.incomplete)
            whole = [math.nan if o else v for v, o in zip(values, flags, strict=True)]
            known = [v for v in whole if not math.isnan(v)]
            marker = "o" if len(known) < 2 else None
            self.axes.plot(spots, whole, color=color, linewidth=1.8, marker=marker, markersize=4.5)
            hollow = [(s, v) for s, v, o in zip(spots, values, flags, strict=True) if o]
            for spot, value in hollow:
                self.axes.plot(
                    [spot],
                    [value],
                    "o",
                    markersize=4.5,
                    color=color,
                    markerfacecolor=self.hex("bg"),
                    clip_on=False,
                )
            if name:
                end = known[-1] if known else float(values[-1])
                ends.append((name, end, self.hex(ink(chart.color(name)))))
        self.plane(ends)

    def _columns(self) -> None:
        chart = self.chart
        ends: list[tuple[str, float, str]] = []
        ups: dict[float, float] = {}
        downs: dict[float, float] = {}
        for name in chart.names():
            rows, color = chart.part(name), self.hex(chart.color(name))
            spots = self.spots(rows)
            values = [0.0 if is_missing(v) else float(v) for v in rows[chart.y]]
            bases = []
            for spot, value in zip(spots, values, strict=True):
                side = ups if value >= 0 else downs
                bases.append(side.get(spot, 0.0))
                side[spot] = side.get(spot, 0.0) + value
            drawn = self.axes.bar(spots, values, 0.78, bottom=bases, color=color, linewidth=0)
            for patch, is_open in zip(drawn, _flags(rows, chart.incomplete), strict=True):
                patch.set_alpha(0.4 if is_open else 1)
            if chart.low and chart.high:
                self.whiskers(rows, spots, vertical=True)
            if name:
                middle = bases[-1] + values[-1] / 2
                ends.append((name, middle, self.hex(ink(chart.color(name)))))
        self.plane(ends)

    def _bars(self) -> None:
        chart = self.chart
        across = value_axis(chart, self.formats)
        order = list(dict.fromkeys(chart.data[chart.y]))
        names = chart.names()
        size = 0.66 / (1 if chart.base else len(names))
        widest = 0
        pending: list[tuple[float, float, str, str]] = []
        for i, name in enumerate(names):
            rows, color = chart.part(name), chart.color(name)
            offset = 0.0 if chart.base else (i - (len(names) - 1) / 2) * size
            spots = [s + offset for s in place(list(rows[chart.y]), "text", order)]
            values = [0.0 if is_missing(v) else float(v) for v in rows[chart.x]]
            left = list(rows[chart.base]) if chart.base else 0.0
            drawn = self.axes.barh(
                spots, values, size * 0.92, left=left, color=self.hex(color), linewidth=0
            )
            for patch, value in zip(drawn, values, strict=True):
                if chart.base and value < 0:
                    # Told apart in grey, too.
                    patch.set(hatch="////", edgecolor=self.hex("bg"))
            if chart.low and chart.high:
                self.whiskers(rows, spots, vertical=False)
            for at, (row, spot) in enumerate(zip(rows.to_dict("records"), spots, strict=True)):
                if is_missing(row[chart.x]):
                    continue
                high = row[chart.high] if chart.high else None
                end = float(row[chart.x]) if high is None or is_missing(high) else float(high)
                if chart.base:
                    end = float(row[chart.base]) + max(end, 0.0)
                text = chart.bar_text(row, self.formats)
                if name and at == 0 and not chart.base:
                    text += f" {name}"
                widest = max(widest, len(text))
                pending.append((end, spot, text, ink(color) if name else "ink"))
        for end, spot, text, color in pending:
            self.axes.annotate(
                text,
                (end, spot),
                (4, 0),
                textcoords="offset points",
                va="center",
                color=self.hex(color),
                annotation_clip=False,
            )
        self.axes.set_xlim(across.low, across.high)
        self.axes.set_ylim(len(order) - 0.4, -0.6)
        self.axes.set_xticks([])
        self.axes.set_yticks(range(len(order)), [str(v) for v in order])
        self.axes.tick_params(axis="y", labelcolor=self.hex("ink"))
        self.margins(self.letters(order) + 0.1, widest * LETTER + 0.08, 0.06, 0.06)

    def _heatmap(self) -> None:
        chart = self.chart
        grid = chart.data.pivot(index=chart.y, columns=chart.x, values=chart.z)
        grid = grid.reindex(index=list(dict.fromkeys(chart.data[chart.y])))
        values = grid.to_numpy(dtype=float)
        top = float(pd.Series(values.ravel()).max()) if grid.notna().any(axis=None) else 1.0
        colors = [self.hex(f"seq-{i}") for i in range(10)]
        scale = LinearSegmentedColormap.from_list("seq", colors)
        for i, row in enumerate(values):
            for j, value in enumerate(row):
                if math.isnan(value):
                    continue
                self.axes.add_patch(_cell(j, i, scale(value / (top or 1.0))))
                self.axes.text(
                    j,
                    i,
                    self.formats.number(value * 100, 0),
                    ha="center",
                    va="center",
                    fontsize=SIZE - (1.5 if len(row) > 14 else 0.5),
                    color=self.hex(f"on-seq-{depth(value, top)}"),
                )
        self.axes.set_xlim(-0.5, len(grid.columns) - 0.5)
        self.axes.set_ylim(len(grid) - 0.5, -0.5)
        self.axes.xaxis.tick_top()
        self.axes.xaxis.set_label_position("top")
        self.axes.set_xticks(
            range(len(grid.columns)), [self.formats.count(c) for c in grid.columns]
        )
        self.axes.set_xlabel(chart.x_title, color=self.hex("muted"), loc="left")
        self.axes.set_yticks(range(len(grid)), [str(v) for v in grid.index])
        self.axes.tick_params(length=0)
        self.margins(self.letters(grid.index) + 0.1, 0.02, 0.48, 0.02)

    def _points(self) -> None:
        chart = self.chart
        rows = chart.data
        if chart.low and chart.high:
            self.whiskers(rows, list(rows[chart.x].astype(float)), vertical=True)
        self.axes.scatter(
            rows[chart.x].astype(float),
            rows[chart.y].astype(float),
            s=30,
            color=self.hex(chart.color("")),
            zorder=4,
            clip_on=False,
        )
        self.plane([])


def _cell(column: int, row: int, color: Any) -> Rectangle:
    return Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, facecolor=color, linewidth=0)


def _flags(rows: pd.DataFrame, column: str | None) -> list[bool]:
    return [False] * len(rows) if column is None else [bool(v) for v in rows[column]]
