"""What one section of the report hands to the document."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from custanalytics.content.blocks import chart_block
from custanalytics.content.chart import Chart
from custanalytics.content.format import Formats
from custanalytics.content.tables import Table


@dataclass(frozen=True)
class Section:
    """Parts of a section, by the names that the report's document includes them under.

    Attributes
    ----------
    name : str
        Group of its variables and its flag ``has.NAME``.
    present : bool
        False: the data does not support the section.
    variables : mapping of str to str
        Plain, formatted texts; sentences among them.
    charts, tables : tuple
        Each becomes a part named ``fig-NAME`` or ``tbl-NAME``.
    parts : mapping of str to str
        Other generated markdown; the part is named after section and key.
    flags : mapping of str to bool
        Further conditions, beside the section's own.
    """

    name: str
    present: bool = True
    variables: Mapping[str, str] = field(default_factory=dict)
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)

    def written(self, formats: Formats) -> dict[str, str]:
        """All parts of the section as markdown."""
        parts = {f"fig-{chart.name}": chart_block(chart, formats) for chart in self.charts}
        parts |= {f"tbl-{table.name}": table.markdown() for table in self.tables}
        return parts | {f"{self.name}-{part}": text for part, text in self.parts.items()}
