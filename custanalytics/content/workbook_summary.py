"""The workbook's first sheet as a value: headline figures, findings, actions, months, charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from custanalytics.content.blocks import Cards, Points
from custanalytics.content.report_content import ReportContent
from custanalytics.content.words import say
from custanalytics.content.workbook_sheet import Sheet

_CHARTS = (
    *("monthly-revenue", "segments", "value-segments"),
    *("prospects-lift", "prospects-drivers"),
)
_MEASURES = ("revenue", "orders", "customers", "average_order_value")
_MOST_MONTHS, _FEWEST_MONTHS = 25, 3


@dataclass(frozen=True)
class Trend:
    """A measure by month: where its numbers stand, the last whole month and the year before."""

    title: str
    kind: str
    sheet: str
    column: int
    rows: tuple[int, int]  # first and last of the whole months, from 0
    last: float
    before: float | None


@dataclass(frozen=True)
class Summary:
    """What the first sheet says."""

    name: str
    cards: Cards
    sections: tuple[tuple[str, Points], ...]  # under their headings
    months: tuple[str, str, str, str, str]  # headings of the trends
    trends: tuple[Trend, ...]
    charts: tuple[Sheet, ...]  # drawn here, too, from the cells of their own sheets


def summarised(content: ReportContent, sheets: Sequence[Sheet]) -> Summary:
    """The first sheet."""
    parts = content.parts
    sections: list[tuple[str, Points]] = []
    kinds: tuple[tuple[Literal["findings", "actions"], str], ...] = (
        ("findings", say("What we found")),
        ("actions", say("What to do")),
    )
    for kind, heading in kinds:
        points = cast("Points | None", parts[f"summary-{kind}"])
        if points is not None and points.points:
            sections.append((heading, points))
    trends, last, before = _trends(content, sheets)
    charted = [s for s in sheets if s.chart is not None and s.chart.name in _CHARTS]
    return Summary(
        name=say("Summary"),
        cards=_cards(content),
        sections=tuple(sections),
        months=(
            say("By month"),
            last,
            before,
            say("Change") if before else "",
            say("Whole months"),
        ),
        trends=trends,
        charts=tuple(charted[:2]),
    )


def _cards(content: ReportContent) -> Cards:
    """The headline figures; a report on prospects alone has its own."""
    named = (content.parts[f"{chapter}-kpis"] for chapter in ("summary", "prospects"))
    known = [cards for cards in named if isinstance(cards, Cards) and cards.cards]
    return known[0] if known else Cards(())


def _trends(content: ReportContent, sheets: Sequence[Sheet]) -> tuple[tuple[Trend, ...], str, str]:
    overview, none = content.results.overview, ((), "", "")
    if overview is None:
        return none
    months = overview.monthly
    whole = np.flatnonzero(months["complete"].to_numpy(dtype=bool))
    if len(whole) < _FEWEST_MONTHS:
        return none
    last = int(whole[-1])
    first = max(int(whole[0]), last - _MOST_MONTHS + 1)
    page = next(sheet for sheet in sheets if sheet.name == say("Months"))
    names = [field.name for field in page.fields]
    told = [
        Trend(
            title=page.fields[names.index(name)].title,
            kind=page.fields[names.index(name)].kind,
            sheet=page.name,
            column=names.index(name),
            rows=(first, last),
            last=float(months[name].iloc[last]),
            before=float(months[name].iloc[last - 12]) if last - 12 >= whole[0] else None,
        )
        for name in _MEASURES
        if name in names
    ]
    formats = content.formats
    earlier = formats.month(months["month"].iloc[last - 12]) if told[0].before is not None else ""
    return tuple(told), formats.month(months["month"].iloc[last]), earlier
