"""A chart as a value: tidy numbers, the role of each column, its finding in words, its marks.

Renderers draw it; they take what is here and add nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from custanalytics.sentences import noted

Kind = Literal["line", "columns", "bars", "heatmap", "points"]


@dataclass(frozen=True)
class Reference:
    """A thin line to hold values against: a level, a position, or the diagonal.

    Attributes
    ----------
    axis : {"x", "y", "diagonal"}
        The axis the value belongs to; a diagonal has none.
    value : float or date
        Where it stands, as the chart's data has it.
    label : str
        What it is, written beside it.
    """

    axis: Literal["x", "y", "diagonal"]
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
    """Where a chart stands in each output; declared once, beside what builds the chart.

    Attributes
    ----------
    name : str
        Short name in kebab case; the file is ``_figures/NAME.svg``, the label ``#fig-NAME``.
    tab : str
        Its sheet of the workbook: a constant of ours, at most 31 characters in every language.
    values : str
        What one unnamed series counts there.
    story : bool
        It has a slide of its own; without, only where ``slides.yml`` names it.
    beside, notes : tuple of str
        Texts of its chapter beside it on that slide, and those for the speaker.
    """

    name: str
    tab: str
    values: str = noted("Value")
    story: bool = False
    beside: tuple[str, ...] = ("lead",)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chart:
    """One chart, ready for any renderer.

    Attributes
    ----------
    placed : Placement
        Its name, and where it stands.
    kind : str
        ``line`` (x ordered, one line a series), ``columns`` (vertical, stacked by series),
        ``bars`` (horizontal, one category a row, side by side by series), ``heatmap``
        (x, y, and value in ``z``), ``points`` (with intervals).
    data : DataFrame
        Tidy: one row per mark.
    x, y : str
        Columns on the axes. For ``bars``, ``x`` is the value and ``y`` the category.
    title : str
        The finding, one sentence.
    subtitle : str
        What is shown, and in which units.
    alt : str
        The chart for someone who can't see it.
    series : str, optional
        Column that tells lines or stacks apart; drawn in order of appearance.
    z : str, optional
        Column of a heatmap's values.
    low, high : str, optional
        Columns of an interval around the value.
    incomplete : str, optional
        Boolean column: marks drawn paler or hollow, because their period is not over.
    x_format, y_format, z_format : str
        Names of methods of `Formats`.
    x_title, y_title : str
        What the axis counts, where the subtitle does not say it.
    colors : mapping
        Series to colour name of the theme.
    labels : str, optional
        Column of already formatted texts written at each bar's end or in each cell.
    marks : tuple
        Reference lines and callouts.
    note : str
        Small print under the chart.
    limits : tuple, optional
        Range of the value axis; the default starts at zero and leaves some air.
    half : bool
        Made to stand beside another chart.
    """

    placed: Placement
    kind: Kind
    data: pd.DataFrame
    x: str
    y: str
    title: str
    subtitle: str
    alt: str
    series: str | None = None
    z: str | None = None
    low: str | None = None
    high: str | None = None
    incomplete: str | None = None
    x_format: str = "text"
    y_format: str = "count"
    z_format: str = "share"
    x_title: str = ""
    y_title: str = ""
    colors: Mapping[str, str] = field(default_factory=dict)
    labels: str | None = None
    marks: tuple[Reference | Callout, ...] = ()
    note: str = ""
    limits: tuple[float, float] | None = None
    half: bool = False

    @property
    def name(self) -> str:
        """Short name in kebab case."""
        return self.placed.name

    @property
    def file(self) -> str:
        """Path of the static picture inside the report's folder."""
        return f"_figures/{self.name}.svg"

    @property
    def height(self) -> int:
        """Height in CSS pixels: bars and heatmaps grow with their rows."""
        if self.kind == "bars":
            rows = self.data[self.y].nunique()
            each = 28 if self.series is None else 46
            return 24 + each * rows
        if self.kind == "heatmap":
            return 56 + 25 * self.data[self.y].nunique()
        return 260 if self.half else 300

    def names(self) -> list[str]:
        """The series in order of appearance; one unnamed series where there are none."""
        if self.series is None:
            return [""]
        return [str(name) for name in self.data[self.series].drop_duplicates()]

    def part(self, name: str) -> pd.DataFrame:
        """The rows of one series."""
        return self.data if self.series is None else self.data[self.data[self.series] == name]

    def color(self, name: str) -> str:
        """Colour name of one series."""
        position = self.names().index(name) % 8 + 1
        return self.colors.get(name, f"series-{position}")
