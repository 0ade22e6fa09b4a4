"""What a chapter of the report may hold, and what it holds this time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from custanalytics.content.blocks import Block
from custanalytics.content.chart import Chart, Placement
from custanalytics.content.slide import Slide
from custanalytics.content.tables import Table


@dataclass(frozen=True)
class Declaration:
    """Every name that a chapter may give to the outputs, there or not this time."""

    name: str
    analysis: str = ""  # without it, reason-NAME says why and has.NAME is off; empty: always there
    charts: tuple[Placement, ...] = ()  # each is a part named fig-NAME
    tables: tuple[str, ...] = ()  # each is a part named tbl-NAME
    texts: tuple[str, ...] = ()  # quoted by {{< var chapter.NAME >}}
    parts: tuple[str, ...] = ()  # named after chapter and part
    flags: tuple[str, ...] = ()  # for when-meta="has.NAME"
    opening_slides: tuple[str, ...] = ()  # before those of its charts
    slides: tuple[str, ...] = ()  # after them

    @property
    def story(self) -> tuple[str, ...]:
        """The slides of the chapter, in order."""
        charts = (placed.name for placed in self.charts if placed.story)
        return (*self.opening_slides, *charts, *self.slides)

    @property
    def own_slides(self) -> tuple[str, ...]:
        """The slides that are not a chart's."""
        return (*self.opening_slides, *self.slides)


@dataclass(frozen=True)
class Chapter:
    """A chapter of one report: values under the names that it has declared."""

    declared: Declaration
    present: bool = True
    texts: Mapping[str, str] = field(default_factory=dict)
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    parts: Mapping[str, Block | None] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)
    slides: tuple[Slide, ...] = ()

    def __post_init__(self) -> None:
        """A name that no template could have known is a mistake."""
        declared = self.declared
        self._check("chart", (chart.placed for chart in self.charts), declared.charts)
        self._check("table", (table.name for table in self.tables), declared.tables)
        self._check("text", self.texts, declared.texts)
        self._check("part", self.parts, declared.parts)
        self._check("flag", self.flags, declared.flags)
        self._check("slide", (slide.name for slide in self.slides), declared.own_slides)

    @property
    def named_parts(self) -> dict[str, Block | None]:
        """Every declared part by the name that a template includes; None where there is none."""
        declared = self.declared
        built: dict[str, Block | None] = {f"fig-{chart.name}": chart for chart in self.charts}
        built |= {f"tbl-{table.name}": table for table in self.tables}
        built |= {f"{declared.name}-{part}": block for part, block in self.parts.items()}
        names = [f"fig-{placed.name}" for placed in declared.charts]
        names += [f"tbl-{name}" for name in declared.tables]
        names += [f"{declared.name}-{part}" for part in declared.parts]
        return {name: built.get(name) for name in names}

    def _check(self, what: str, given: Iterable[object], declared: Iterable[object]) -> None:
        unknown = set(given) - set(declared)
        if unknown:
            raise ValueError(f"chapter {self.declared.name} declares no {what} {unknown}")
