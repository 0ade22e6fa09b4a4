"""A chart as a value: tidy numbers, the role of each column, its finding in words, its marks.

Renderers draw it; they take what is here and add nothing.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from custanalytics.content.format import Formats, is_missing
from custanalytics.sentences import noted

_EDGE = 0.15
# Lines have an ordered x; columns are stacked by series, bars lie side by side; points have
# intervals.
Kind = Literal["line", "columns", "bars", "heatmap", "points"]


@dataclass(frozen=True)
class Reference:
    """A thin line to hold values against: a level, a position, or the diagonal."""

    axis: Literal["x", "y", "diagonal"]  # of the value; a diagonal has none
    value: Any = 0.0
    label: str = ""


@dataclass(frozen=True)
class Callout:
    """A marked point with a short remark."""

    x: Any
    y: float
    label: str


@dataclass(frozen=True)
class Placement:
    """Where a chart stands in each output; declared once, beside what builds the chart."""

    name: str  # kebab case: _figures/NAME.svg, #fig-NAME
    tab: str  # sheet of the workbook: at most 31 letters in every language
    values: str = noted("Value")  # what one unnamed series counts there
    story: bool = False  # has a slide of its own
    beside: tuple[str, ...] = ("lead",)  # texts of its chapter beside it on that slide
    notes: tuple[str, ...] = ()  # texts for the speaker


@dataclass(frozen=True)
class Chart:
    """One chart, ready for any renderer."""

    placed: Placement
    kind: Kind
    data: pd.DataFrame  # tidy: one row a mark
    x: str  # for bars, x is the value and y the category
    y: str
    title: str  # the finding, one sentence
    subtitle: str  # what is shown, and in which units
    alt: str
    series: str | None = None  # tells lines or stacks apart; drawn in order of appearance
    z: str | None = None  # values of a heat map
    base: str | None = None  # where each bar begins: a waterfall, with all series on one row
    low: str | None = None  # interval around the value
    high: str | None = None
    incomplete: str | None = None  # marks whose period is not over: paler or hollow
    x_format: str = "text"  # formats are methods of `Formats`
    y_format: str = "count"
    z_format: str = "share"
    x_title: str = ""  # where the subtitle does not say it
    y_title: str = ""
    colors: Mapping[str, str] = field(default_factory=dict)  # series to colour name of the theme
    labels: str | None = None  # column of texts at each bar's end or in each cell
    marks: tuple[Reference | Callout, ...] = ()
    note: str = ""  # small print under the chart
    limits: tuple[float, float] | None = None  # of the value axis; else from zero with some air
    half: bool = False  # made to stand beside another chart

    @property
    def name(self) -> str:
        """Short name in kebab case."""
        return self.placed.name

    @property
    def file(self) -> str:
        """Path of the static picture inside the report's folder."""
        return f"_figures/{self.name}.svg"

    @property
    def flat_file(self) -> str:
        """Path of the picture's flatter form, for a page with less room."""
        return f"_figures/{self.name}-flat.svg"

    @property
    def height(self) -> int:
        """Height in CSS pixels: bars and heatmaps grow with their rows."""
        return self._height(28, 46, 25, 260 if self.half else 300)

    @property
    def flat_height(self) -> int:
        """The least height in which all texts keep their size."""
        return self._height(20, 36, 18, 160 if self.half else 180)

    def _height(self, bar: int, bars: int, row: int, plane: int) -> int:
        if self.kind == "bars":
            each = bar if self.series is None or self.base else bars
            return 24 + each * self.data[self.y].nunique()
        if self.kind == "heatmap":
            return 56 + row * self.data[self.y].nunique()
        return plane

    def names(self) -> list[str]:
        """The series in order of appearance; one unnamed series where there are none."""
        if self.series is None:
            return [""]
        return [str(name) for name in self.data[self.series].drop_duplicates()]

    def part(self, name: str) -> pd.DataFrame:
        """The rows of one series."""
        return self.data if self.series is None else self.data[self.data[self.series] == name]

    def bar_text(
        self, row: Mapping[Hashable, Any], formats: Formats, *, interval: bool = True
    ) -> str:
        """What stands at the end of a bar: its own text, or the value and its interval."""
        if self.labels:
            return str(row[self.labels])
        value, *ends = (
            formats.apply(self.x_format, row[column])
            for column in (self.x, self.low, self.high)
            if column and not is_missing(row[column])
        )
        return f"{value} ({ends[0]}–{ends[1]})" if interval and len(ends) == 2 else value

    def levels(self) -> list[Reference]:
        """The levels that values are held against."""
        return [m for m in self.marks if isinstance(m, Reference) and m.axis == "y"]

    def side(self, spot: float, low: float, high: float) -> Literal["left", "center", "right"]:
        """Where a remark above a column begins, so that it stays inside the picture."""
        share = (spot - low) / (high - low)
        return "left" if share < _EDGE else "right" if share > 1 - _EDGE else "center"

    def color(self, name: str) -> str:
        """Colour name of one series."""
        position = self.names().index(name) % 8 + 1
        return self.colors.get(name, f"series-{position}")
