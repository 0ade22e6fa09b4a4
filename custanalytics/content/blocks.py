"""What a report says beside charts and tables, as values: figures, points, notices, files."""

from dataclasses import dataclass
from typing import Literal

from custanalytics.content.chart import Chart
from custanalytics.content.tables import Table


@dataclass(frozen=True)
class Card:
    """A headline figure: value, what it is, what it compares to, and whether that is good."""

    value: str
    label: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Cards:
    """A row of headline figures."""

    cards: tuple[Card, ...]
    note: str = ""  # what they count


@dataclass(frozen=True)
class Point:
    """A finding or an action: its message, and the rest."""

    headline: str
    detail: str = ""


@dataclass(frozen=True)
class Points:
    """Numbered findings or actions."""

    kind: Literal["findings", "actions"]
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Bullets:
    """Sentences, one below the other."""

    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Notice:
    """A text set apart under a heading of its own."""

    kind: Literal["note", "warning"]
    title: str
    text: str


@dataclass(frozen=True)
class Files:
    """Files of the report by their path, and what each holds."""

    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Command:
    """A command as it is typed."""

    text: str


Block = Chart | Table | Cards | Points | Bullets | Notice | Files | Command
