"""One slide as a value: its message, and what carries it."""

from dataclasses import dataclass

from custanalytics.content.blocks import Card, Point
from custanalytics.content.chart import Chart
from custanalytics.content.tables import Table


@dataclass(frozen=True)
class Slide:
    """A slide with one message."""

    name: str  # the chart's, or the slide's own: for the order of a deck
    title: str  # the message, one sentence
    subtitle: str = ""  # what is shown, and in which units
    chart: Chart | None = None
    table: Table | None = None
    cards: tuple[Card, ...] = ()
    items: tuple[Point, ...] = ()  # numbered where they have a detail
    aside: tuple[str, ...] = ()  # beside the chart or table: what it means
    small: str = ""  # small print
    notes: str = ""  # for the speaker: method and doubts
