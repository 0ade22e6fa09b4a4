"""One sheet of the workbook as a value: columns with their meaning, rows, finding, chart."""

from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from custanalytics.content.chart import Chart
from custanalytics.content.format import Formats
from custanalytics.content.words import say

# Of a sheet in Excel, less the rows above the list.
MOST_ROWS = 1_048_576 - 4
LONGEST_TEXT = 32_767
# Of a list, on paper, and of the numbers beside a chart.
_MOST_PRINTED, _PRINTED_BY_CHART = 100, 28
Group = Literal["act", "charts", "tables", "data"]


@dataclass(frozen=True)
class Field:
    """A column of a sheet."""

    name: str
    title: str
    kind: str = "text"  # text, flag, or one that render.number_codes knows
    meaning: str = ""  # one sentence, for the definitions sheet


@dataclass(frozen=True)
class Sheet:
    """One sheet: a table with its finding as heading, and perhaps the chart of it."""

    name: str
    title: str
    frame: pd.DataFrame
    fields: tuple[Field, ...]
    group: Group  # where the contents sheet lists it
    note: str = ""  # small print under the title
    chart: Chart | None = None  # drawn beside the table: `frame` is then its `wide` table
    folded: int = 0  # so many of the last columns are folded away

    @property
    def printed(self) -> int:
        """How many rows go on paper."""
        most = _MOST_PRINTED if self.chart is None else _PRINTED_BY_CHART
        return min(most, len(self.frame))


def fitted(sheet: Sheet, formats: Formats) -> Sheet:
    """The sheet within the limits of a spreadsheet; what is cut is said in its note."""
    frame, notes = sheet.frame, [sheet.note] if sheet.note else []
    if len(frame) > MOST_ROWS:
        frame = frame.iloc[:MOST_ROWS]
        notes.append(
            say(
                "The first {shown} of {rows} rows, as many as a spreadsheet holds; all of them "
                "are in the folders results and exports.",
                shown=formats.count(MOST_ROWS),
                rows=formats.count(len(sheet.frame)),
            )
        )
    for name in [f.name for f in sheet.fields if f.kind == "text"]:
        long = frame[name].astype("str").str.len() > LONGEST_TEXT
        if long.any():
            cut = frame[name].astype("str").str.slice(0, LONGEST_TEXT - 1) + "…"
            frame = frame.assign(**{name: frame[name].mask(long, cut)})
            notes.append(
                say(
                    "Texts of more than {n} characters are cut; they are whole in the folder "
                    "results.",
                    n=formats.count(LONGEST_TEXT),
                )
            )
    if sheet.printed < len(frame) and sheet.chart is None:
        notes.append(
            say("On paper, the first {n} rows are printed.", n=formats.count(sheet.printed))
        )
    return replace(sheet, frame=frame, note=" ".join(notes))
