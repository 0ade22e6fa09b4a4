"""Where things stand on a chart: positions, round ticks and labels, shared by all renderers."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from babel import dates

from custanalytics.content.chart import Callout, Chart, Reference
from custanalytics.content.format import Formats, as_date

_MONTHS = ("month", "month_short")
_DATED = (*_MONTHS, "date_short")
_SMALLEST = {"share": 0.01, "money": 0.01, "number": 0.1}


@dataclass(frozen=True)
class Axis:
    """Range of an axis and its labelled ticks, in positions."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]


def place(values: Sequence[Any], kind: str, order: Sequence[Any]) -> list[float]:
    """Positions of values on an axis: months count up, texts stand in order of appearance.

    Days stand between the months, so that both have the same ticks.
    """
    if kind == "date_short":
        days = [pd.Timestamp(as_date(value)) for value in values]
        return [d.year * 12 + d.month - 1 + (d.day - 1) / d.days_in_month for d in days]
    if kind in _MONTHS:
        return [float(as_date(value).year * 12 + as_date(value).month - 1) for value in values]
    if kind == "text":
        index = {value: float(i) for i, value in enumerate(dict.fromkeys(order))}
        return [index[value] for value in values]
    return [math.nan if pd.isna(value) else float(value) for value in values]


def x_axis(chart: Chart, formats: Formats) -> Axis:
    """Range and ticks of the horizontal axis of a line, columns or points chart."""
    values = list(chart.data[chart.x])
    spots = place(values, chart.x_format, values)
    if chart.kind == "columns" or chart.x_format in _DATED:
        pad = 0.6 if chart.kind == "columns" else 0.3
        low, high = min(spots) - pad, max(spots) + pad
    else:
        low, high = min(0.0, *spots), max(*spots, 1e-9)
    if chart.kind == "points":
        low, high = (chart.limits or (low, high))[0], (chart.limits or (low, high))[1]
    if chart.x_format in _DATED:
        return Axis(low, high, _month_ticks(math.ceil(min(spots)), int(max(spots)), formats))
    if chart.x_format == "text" or chart.kind == "columns":
        texts = dict(zip(spots, values, strict=True))
        ticks = tuple(
            (spot, formats.apply(chart.x_format, value)) for spot, value in sorted(texts.items())
        )
        return Axis(low, high, ticks)
    if chart.x_format == "count" and high <= 60:
        return Axis(low, high, _counted(int(high), formats))
    return Axis(low, high, _ticks(low, high, chart.x_format, formats))


def value_axis(chart: Chart, formats: Formats) -> Axis:
    """Range and round ticks of the axis that carries the values; it starts at zero."""
    kind = chart.x_format if chart.kind == "bars" else chart.y_format
    if chart.limits is not None:
        low, high = chart.limits
    else:
        heights = _stack_ends(chart) if chart.kind == "columns" else bar_ends(chart)
        extremes = [0.0, *(float(v) for v in heights if not pd.isna(v))]
        for bound in (chart.low, chart.high):
            if bound is not None:
                extremes += [float(v) for v in chart.data[bound] if not pd.isna(v)]
        axis = "x" if chart.kind == "bars" else "y"
        extremes += [
            mark.value for mark in chart.marks if isinstance(mark, Reference) and mark.axis == axis
        ]
        extremes += [mark.y for mark in chart.marks if isinstance(mark, Callout)]
        low, high = min(extremes), max(extremes)
        span = high - low if high - low >= sys.float_info.min else 1.0
        low, high = low - (0.04 * span if low < 0 else 0.0), high + 0.06 * span
    return Axis(low, high, _ticks(low, high, kind, formats))


def bar_ends(chart: Chart) -> "pd.Series[float]":
    """Where each mark ends on the axis that carries the values."""
    ends = chart.data[chart.x if chart.kind == "bars" else chart.y]
    return ends if chart.base is None else ends + chart.data[chart.base]


def spread(spots: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move label positions apart to at least ``gap``, inside the range, keeping their order."""
    order = sorted(range(len(spots)), key=lambda i: spots[i])
    moved = [spots[i] for i in order]
    for _ in range(50):
        for i in range(1, len(moved)):
            short = gap - (moved[i] - moved[i - 1])
            if short > 1e-9:
                moved[i - 1] -= short / 2
                moved[i] += short / 2
        if moved:
            under, over = low - moved[0], moved[-1] - high
            if under > 0:
                moved[0] += under
            if over > 0:
                moved[-1] -= over
    result = [0.0] * len(spots)
    for spot, i in zip(moved, order, strict=True):
        result[i] = spot
    return result


def keyed(chart: Chart, span: float) -> bool:
    """Whether a stack's names stand in a row on top: the last column is too low to hold them."""
    last = chart.data[chart.x].iloc[-1]
    heights = chart.data.loc[chart.data[chart.x] == last, chart.y]
    return bool((heights.fillna(0) < 0.01 * span).any())


def _stack_ends(chart: Chart) -> list[float]:
    ups = chart.data[chart.y].clip(lower=0).groupby(chart.data[chart.x]).sum()
    downs = chart.data[chart.y].clip(upper=0).groupby(chart.data[chart.x]).sum()
    return [*ups, *downs]


def _ticks(low: float, high: float, kind: str, formats: Formats) -> tuple[tuple[float, str], ...]:
    step = _round_step((high - low) / 4.4, _SMALLEST.get(kind, 1.0))
    if kind == "days" and high - low > 60:
        step = 30.0 * max(1, math.ceil((high - low) / 30 / 7))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    written = kind
    if kind == "money":
        whole = step % 1 == 0
        written = "money_short" if step >= 10_000 else "money_whole" if whole else "money_exact"
    elif kind == "number" and step % 1 == 0:
        written = "count"
    return tuple((i * step, formats.apply(written, i * step)) for i in range(first, last + 1))


def _counted(last: int, formats: Formats) -> tuple[tuple[float, str], ...]:
    # Months, quarters and years count in steps that a calendar knows.
    step = next(s for s in (1, 2, 3, 6, 12) if last <= 8 * s or s == 12)
    return tuple((float(i), formats.count(i)) for i in range(0, last + 1, step))


def _round_step(rough: float, smallest: float) -> float:
    # A step must be a number that its labels can write out: no 2.5 % where labels are whole.
    size = 10.0 ** math.floor(math.log10(max(rough, smallest)))
    for factor in (1, 2, 2.5, 5, 10):
        step = factor * size
        exact = abs(step / smallest - round(step / smallest)) < 1e-6
        if exact and step >= max(rough, smallest) * 0.9999:
            return step
    return 10.0 * size


def _month_ticks(first: int, last: int, formats: Formats) -> tuple[tuple[float, str], ...]:
    months = last - first + 1
    step = next((s for s in (1, 2, 3, 6) if months <= 7 * s), 12 * math.ceil(months / 84))
    spots = [spot for spot in range(first, last + 1) if spot % step == 0]
    ticks = []
    year = None
    for spot in spots:
        day = pd.Timestamp(year=spot // 12, month=spot % 12 + 1, day=1).date()
        text = dates.format_skeleton("MMM", day, locale=formats.words)
        if step >= 12:
            text = str(day.year)
        elif day.year != year:
            text += f"\n{day.year}"
            year = day.year
        ticks.append((float(spot), text))
    return tuple(ticks)
