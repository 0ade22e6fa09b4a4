"""How the schema's columns are shown: as fields of the workbook and in the data dictionary."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from custanalytics.content.chapters.value import horizon, worth
from custanalytics.content.format import Formats, money_format
from custanalytics.content.language import speaking
from custanalytics.content.words import say, told, word, words
from custanalytics.content.workbook_sheet import Field, Group, Sheet
from custanalytics.results.store import AnalysisResults, result_tables
from custanalytics.schema import UNITS, Kind, ResultColumn, column
from custanalytics.sentences import noted

# Kinds that are written as another format is.
_FORMATS: Mapping[Kind, str] = {
    "id": "text",
    "name": "text",
    "sentence": "text",
    "rank": "count",
    "score": "exact",
    "ratio": "probability",
    "day": "date",
    "money": "money_exact",
}


# Where purchases are counted without money, these say less.
_COUNTED = {
    "segment": noted("Group by recency and frequency."),
    "last_product": noted("A product of the latest order."),
}


class Shown:
    """The columns of one report's results in its language."""

    def __init__(self, results: AnalysisResults, formats: Formats) -> None:
        self.formats = formats
        self.places = {
            "span": horizon(results.horizon_days, formats),
            "window": say("the next {days} days", days=formats.days(results.window_days)),
            "worth": worth(results.value, formats) if results.value is not None else "",
            "then": formats.date(results.migration_from),
        }

    def sheet(
        self,
        name: str,
        title: str,
        table: str,
        rows: pd.DataFrame,
        group: Group,
        note: str = "",
        *,
        first: Sequence[str] = (),
        folded: bool = False,
        cents: bool = True,
    ) -> Sheet:
        """A sheet of a result table with the columns named, the rest folded away or left out.

        Without `cents`, columns of large amounts are in whole units.
        """
        names = [column for column in first or map(str, rows.columns) if column in rows]
        rest = [column for column in map(str, rows.columns) if column not in names]
        if folded and rest:
            opened = say(
                "Further columns are folded away to the right: the plus above them opens them."
            )
            note = f"{note} {opened}".strip()
        return Sheet(
            name,
            title,
            self._in_words(table, rows),
            tuple(
                self.field(table, rows[column], cents)
                for column in (*names, *(rest if folded else ()))
            ),
            group,
            note,
            folded=len(rest) if folded else 0,
        )

    def field(self, table: str, cells: "pd.Series[Any]", cents: bool = True) -> Field:
        """A column with its title, its format and its meaning."""
        entry = column(table, str(cells.name))
        kind = _FORMATS.get(entry.kind, entry.kind)
        if entry.kind == "money" and not cents:
            kind = money_format(cells)
        if entry.title != entry.name:
            return Field(entry.name, told(entry.title, self.formats), kind, self.meaning(entry))
        # A column of the client's own has its name for a title, and is what its cells are.
        kind = {"M": "date", "b": "flag", "i": "figure", "f": "figure"}.get(cells.dtype.kind, kind)
        return Field(entry.name, entry.name, kind, self.meaning(entry))

    def _in_words(self, table: str, rows: pd.DataFrame) -> pd.DataFrame:
        kinds = {name: column(table, name).kind for name in map(str, rows.columns)}
        rows = words(rows, *(name for name, kind in kinds.items() if kind == "text"))
        for name, kind in kinds.items():
            if kind == "sentence":
                texts = [told(text, self.formats) for text in rows[name]]
                rows = rows.assign(**{name: texts})
        return rows

    def meaning(self, entry: ResultColumn) -> str:
        """What a column holds, in a sentence."""
        meaning = entry.meaning
        if self.formats.counted and entry.kind in ("name", "text"):
            meaning = _COUNTED.get(entry.name, meaning)
        return told(meaning, self.formats).format(**self.places)


def dictionary(results: AnalysisResults) -> pd.DataFrame:
    """Every column of every table of the results: what it is, its unit, what empty cells mean."""
    settings = results.settings
    formats = Formats(settings.locale, settings.currency or None, settings.no_amount)
    with speaking(settings.locale):
        shown = Shown(results, formats)
        rows: list[dict[str, Any]] = []
        for table, frame in result_tables(results).items():
            for name in map(str, frame.columns):
                entry = column(table, name)
                rows.append(
                    {
                        "table": table,
                        "column": name,
                        "kind": entry.kind,
                        "unit": word(UNITS.get(entry.kind, "")),
                        "title": name if entry.title == name else told(entry.title, formats),
                        "meaning": shown.meaning(entry),
                        "null_means": word(entry.null),
                        "seen_by": entry.seen_by,
                    }
                )
    return pd.DataFrame(rows)
