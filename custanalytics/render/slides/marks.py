"""What python-pptx can't write into a chart: levels, remarks, intervals, room for names."""

import math
from copy import deepcopy
from html import escape
from typing import Any

import pandas as pd
from lxml import etree
from pptx.oxml.ns import qn
from pptx.util import Pt

from custanalytics.render.charts.theme import ink
from custanalytics.render.office import printable, printable_lines
from custanalytics.render.slides.base import Box
from custanalytics.render.slides.paint import paint

SIZE = 12
_AXIS_ROOM = 0.75 * 914400  # for the figures of the axis, left of the plot
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"


def write(label: Any, text: str, color: str, bold: bool = True) -> None:
    """The text of a label."""
    label.has_text_frame = True
    label.text_frame.text = printable_lines(text)
    label.text_frame.word_wrap = False
    for paragraph in label.text_frame.paragraphs:
        for run in paragraph.runs:
            run.font.size, run.font.bold = Pt(SIZE), bold
            paint(run.font.color, ink(color))


def moved(label: Any, right: float, down: float, led: bool = False) -> None:
    """Move a label by shares of the chart, with a line that leads to it or without.

    python-pptx knows places around a point alone.
    """
    written = label._dLbl
    layout = etree.Element(qn("c:layout"))
    manual = etree.SubElement(layout, qn("c:manualLayout"))
    for name, value in (("x", right), ("y", down)):
        etree.SubElement(manual, qn(f"c:{name}")).set("val", f"{value:g}")
    written.find(qn("c:idx")).addnext(layout)
    written.getparent().find(qn("c:showLeaderLines")).set("val", str(int(led)))


def leave_room(drawn: Any, box: Box, right: float) -> None:
    """Leave room to the right of the plot for the names of the lines."""
    area = drawn._chartSpace.find(f".//{qn('c:plotArea')}")
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    layout = etree.Element(qn("c:layout"))
    manual = etree.SubElement(layout, qn("c:manualLayout"))
    left = _AXIS_ROOM / box.width
    parts = (
        ("layoutTarget", "inner"),
        ("xMode", "edge"),
        ("yMode", "edge"),
        ("x", f"{left:.3f}"),
        ("y", "0.04"),
        ("w", f"{right - left:.3f}"),
        ("h", "0.78"),
    )
    for name, value in parts:
        etree.SubElement(manual, qn(f"c:{name}")).set("val", value)
    area.insert(0, layout)


def level_line(drawn: Any, name: str, value: float, count: int) -> None:
    """A level across columns, named beside its end."""
    line = f'<a:ln w="12700">{_color()}<a:prstDash val="dash"/></a:ln>'
    _over_columns(drawn, name, dict.fromkeys(range(count), value), count, (count - 1, "r"), line)


def remark(drawn: Any, name: str, at: int, value: float, count: int) -> None:
    """A remark above one of the columns."""
    legend = drawn._chartSpace.find(f".//{qn('c:legend')}")
    if legend is not None:
        entry = etree.Element(qn("c:legendEntry"))
        number = len(list(drawn._chartSpace.iter(qn("c:ser"))))
        etree.SubElement(entry, qn("c:idx")).set("val", str(number))
        etree.SubElement(entry, qn("c:delete")).set("val", "1")
        legend.find(qn("c:legendPos")).addnext(entry)
    _over_columns(drawn, name, {at: value}, count, (at, "t"), "<a:ln><a:noFill/></a:ln>")


def _over_columns(
    drawn: Any,
    name: str,
    values: dict[int, float],
    count: int,
    label: tuple[int, str],
    line: str,
) -> None:
    """A line chart on the axes of the columns."""
    plot = drawn._chartSpace.find(f".//{qn('c:plotArea')}/{qn('c:barChart')}")
    number = len(list(drawn._chartSpace.iter(qn("c:ser"))))
    points = "".join(f'<c:pt idx="{i}"><c:v>{v!r}</c:v></c:pt>' for i, v in values.items())
    axes = "".join(f'<c:axId val="{axis.get("val")}"/>' for axis in plot.findall(qn("c:axId")))
    at, place = label
    made = etree.fromstring(
        f'<c:lineChart xmlns:c="{_C}" xmlns:a="{_A}"><c:grouping val="standard"/>'
        f'<c:varyColors val="0"/><c:ser><c:idx val="{number}"/><c:order val="{number}"/>'
        f"<c:tx><c:v>{escape(printable(name))}</c:v></c:tx><c:spPr>{line}</c:spPr>"
        '<c:marker><c:symbol val="none"/></c:marker>'
        f'<c:dLbls><c:dLbl><c:idx val="{at}"/>{_beside(place, count)}<c:spPr/>'
        '<c:txPr><a:bodyPr wrap="none"/><a:p><a:pPr>'
        f'<a:defRPr sz="{SIZE * 100}" b="0">{_color()}</a:defRPr></a:pPr>'
        f'<a:endParaRPr lang="en-US"/></a:p></c:txPr><c:dLblPos val="{place}"/>'
        f'{_shown(name=True)}</c:dLbl>{_shown(name=False)}<c:showLeaderLines val="0"/></c:dLbls>'
        "<c:val><c:numLit>"
        f'<c:formatCode>General</c:formatCode><c:ptCount val="{count}"/>{points}</c:numLit>'
        f'</c:val><c:smooth val="0"/></c:ser><c:marker val="1"/>{axes}</c:lineChart>'
    )
    # On an axis of days, a series without days of its own would stand in 1900.
    for named in plot.findall(f"{qn('c:ser')}/{qn('c:cat')}")[:1]:
        made.find(f".//{qn('c:val')}").addprevious(deepcopy(named))
    plot.addnext(made)


def _beside(place: str, count: int) -> str:
    """A name to the right begins behind the last column, not in its middle."""
    if place != "r":
        return ""
    return (
        f'<c:layout><c:manualLayout><c:x val="{0.4 / count:.4f}"/><c:y val="0"/>'
        "</c:manualLayout></c:layout>"
    )


def _color() -> str:
    return '<a:solidFill><a:schemeClr val="tx1"/></a:solidFill>'


def _shown(*, name: bool) -> str:
    kinds = ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
    return "".join(f'<c:show{k} val="{int(name and k == "SerName")}"/>' for k in kinds)


def whiskers(series: Any, rows: pd.DataFrame) -> None:
    """Intervals as custom error bars; python-pptx has none of its own."""
    upright = series.find(qn("c:xVal")) is not None
    bars = etree.Element(qn("c:errBars"))
    if upright:
        etree.SubElement(bars, qn("c:errDir")).set("val", "y")
    for name, value in (("errBarType", "both"), ("errValType", "cust"), ("noEndCap", "1")):
        etree.SubElement(bars, qn(f"c:{name}")).set("val", value)
    values = rows["value"].astype(float)
    known = values.notna()
    for name, size in (("plus", rows["high"] - values), ("minus", values - rows["low"])):
        listed = etree.SubElement(etree.SubElement(bars, qn(f"c:{name}")), qn("c:numLit"))
        etree.SubElement(listed, qn("c:formatCode")).text = "General"
        sizes = [float(v) if math.isfinite(v) and v > 0 else 0.0 for v in size[known]]
        etree.SubElement(listed, qn("c:ptCount")).set("val", str(len(sizes)))
        for i, number in enumerate(sizes):
            point = etree.SubElement(listed, qn("c:pt"), idx=str(i))
            etree.SubElement(point, qn("c:v")).text = repr(number)
    look = etree.SubElement(bars, qn("c:spPr"))
    line = etree.SubElement(look, qn("a:ln"), w="12700")
    color = etree.SubElement(etree.SubElement(line, qn("a:solidFill")), qn("a:schemeClr"))
    color.set("val", "tx1")
    before = series.find(qn("c:xVal")) if upright else series.find(qn("c:cat"))
    before.addprevious(bars)
