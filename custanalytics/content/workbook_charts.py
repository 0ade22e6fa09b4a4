"""The table behind a chart, as a sheet: one row a mark on the axis, one column a series."""

import pandas as pd

from custanalytics.content.chart import Chart
from custanalytics.content.format import money_format
from custanalytics.content.words import say, word
from custanalytics.content.workbook_sheet import Field, Sheet
from custanalytics.sentences import noted

_KEYS = {
    "month_short": noted("Month"),
    "month": noted("Month"),
    "date_short": noted("Seen up to"),
}
_ROWS = {
    "segment": noted("Segment"),
    "product": noted("Product"),
    "first_order": noted("First order"),
    "part": noted("Part"),
    "input": noted("Column"),
}
_LOW, _HIGH, _OPEN = "low", "high", "open"
BASE = "base"


def wide(chart: Chart) -> pd.DataFrame:
    """The chart's numbers with one row a position or category and one column a series."""
    key, number = (chart.y, chart.x) if chart.kind == "bars" else (chart.x, chart.y)
    data = chart.data
    if chart.kind == "heatmap":
        rows = list(dict.fromkeys(data[chart.y]))
        grid = data.pivot(index=chart.y, columns=chart.x, values=chart.z).reindex(rows)
        grid.columns = pd.Index([str(column) for column in grid.columns])
        return grid.reset_index(names=key if key not in grid.columns else chart.y)
    if chart.series is None:
        columns = {key: key, number: "value"}
        columns |= {name: to for name, to in ((chart.low, _LOW), (chart.high, _HIGH)) if name}
        if open_ := _open(chart):
            columns[open_] = _OPEN
        return data[list(columns)].rename(columns=columns).reset_index(drop=True)
    table = data.pivot(index=key, columns=chart.series, values=number)
    table = table.reindex(index=list(dict.fromkeys(data[key])), columns=chart.names())
    if chart.base:
        # A stack draws it: what lies below each bar, and its length.
        table = table.abs()
        lowest = data[chart.base] + data[number].clip(upper=0)
        table.insert(0, BASE, lowest.to_numpy())
    if open_ := _open(chart):
        table[_OPEN] = data.groupby(key)[open_].any()
    table.columns = pd.Index([str(column) for column in table.columns])
    return table.reset_index(names=key)


def _open(chart: Chart) -> str | None:
    """Which months the data covers only in part; a column of nothing but no says nothing."""
    name = chart.incomplete
    return name if name and chart.data[name].any() else None


def chart_sheet(chart: Chart) -> Sheet:
    """A chart and its numbers."""
    table = wide(chart)
    key = str(table.columns[0])
    kind = value_kind(chart)
    fields = [Field(key, _key_title(chart), _key_kind(chart), _key_title(chart) + ".")]
    for name in [str(column) for column in table.columns[1:]]:
        if name in (_LOW, _HIGH):
            title = say("Low") if name == _LOW else say("High")
            fields.append(Field(name, title, kind, say("End of the interval.")))
        elif name == BASE:
            fields.append(
                Field(name, say("Bar begins at"), kind, say("Where the bar of the row begins."))
            )
        elif name == _OPEN:
            fields.append(
                Field(name, say("Incomplete"), "flag", say("The data covers only part of it."))
            )
        else:
            title = word(chart.placed.values) if name == "value" else name
            if chart.kind == "heatmap":
                title = name
            fields.append(Field(name, title, kind, chart.subtitle + "."))
    across = say("Across: {what}", what=chart.x_title) if chart.kind == "heatmap" else ""
    return Sheet(
        word(chart.placed.tab),
        chart.title,
        table,
        tuple(fields),
        "charts",
        ". ".join(part for part in (chart.subtitle, across, chart.note) if part),
        chart,
    )


def value_kind(chart: Chart) -> str:
    """Kind of the chart's values, money with cents only where amounts are small."""
    kind = {"bars": chart.x_format, "heatmap": chart.z_format}.get(chart.kind, chart.y_format)
    if not kind.startswith("money"):
        return kind
    number = chart.x if chart.kind == "bars" else chart.y
    return money_format(chart.data[number])


def _key_title(chart: Chart) -> str:
    if chart.kind in ("bars", "heatmap"):
        return word(_ROWS.get(chart.y, noted("First bought in (customers)")))
    return chart.x_title or word(_KEYS.get(chart.x_format, chart.x))


def _key_kind(chart: Chart) -> str:
    if chart.kind in ("bars", "heatmap"):
        return "text"
    return chart.x_format
