"""One slide as a value: its message, and what carries it."""

from dataclasses import dataclass

from custanalytics.content.blocks import Card, Point
from custanalytics.content.chart import Chart
from custanalytics.content.tables import Table


@dataclass(frozen=True)
class Slide:
    """A slide with one message.

    Attributes
    ----------
    name : str
        What the order of a deck calls it: the chart's name, or the slide's own.
    title : str
        The message, one sentence.
    subtitle : str
        What is shown, and in which units.
    chart : Chart, optional
        To be drawn natively; a heat map becomes a coloured table.
    table : Table, optional
        Of plain texts.
    cards : tuple of Card
        Headline figures.
    items : tuple of Point
        Points; numbered where they have a detail.
    aside : tuple of str
        Sentences beside the chart or table: what it means.
    small : str
        Small print.
    notes : str
        What the speaker should know: method and doubts.
    """

    name: str
    title: str
    subtitle: str = ""
    chart: Chart | None = None
    table: Table | None = None
    cards: tuple[Card, ...] = ()
    items: tuple[Point, ...] = ()
    aside: tuple[str, ...] = ()
    small: str = ""
    notes: str = ""
