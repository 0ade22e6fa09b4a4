"""Writes the workbook: typed cells, filters, links, native charts (XlsxWriter)."""

import io
import itertools
import math
import textwrap
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_formula
from xlsxwriter.worksheet import Worksheet

from custanalytics.content.workbook import Workbook
from custanalytics.content.workbook_sheet import Field, Sheet
from custanalytics.render.brand import Brand
from custanalytics.render.number_codes import number_code
from custanalytics.render.office import EARLIEST, office_fonts, printable
from custanalytics.render.workbook.charts import CHART_COLUMNS, CHART_ROWS, shade, sheet_chart

HEADER_ROW = 3
_DATES = {"date", "date_short", "month", "month_short"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Of columns, in letters: wider ones wrap, none is wider than the second.
_WIDEST, _WRAPPED = 34, 50
# Letters of a text in the room of one of the widest.
_DENSE = 1.1
_LINE, _HEIGHT, _AIR = 110, 13.5, 9
# Widths of a page before it is printed too small, and of a column beyond the table.
_PAGE, _UPRIGHT, _USUAL = 190, 137, 9
# Paper, in points: its longer and its shorter side, its margins in inches; a usual row.
_LONG, _SHORT, _ROW = 842.0, 595.0, 15.0
_MARGINS = {"left": 0.5, "right": 0.5, "top": 0.6, "bottom": 0.75}
# A last page that holds less than this share of all goes on the ones before it.
_SHRUNK = 0.13
# Of the title's letters, in those of the cells.
_TITLE = 1.7
# The first sheet: columns, a narrow one behind each headline figure; its charts.
_COLUMNS = (21, 5) * 5
_CHART_COLUMN, _CHART_ROWS, _CHART_SIZE = 5, 16, {"width": 460, "height": 300}
# Excel counts days from here, and has none before 1 March 1900 that all programs agree on.
_EPOCH = pd.Timestamp(1899, 12, 30)
_FIRST_DAY = pd.Timestamp(1900, 3, 1)
_GROUP_COLORS = {"act": "accent", "charts": "series-3", "tables": "series-8", "data": "muted"}


def workbook_bytes(content: Workbook, brand: Brand) -> bytes:
    """Write the workbook."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "nan_inf_to_errors": False})
    # What the file says of itself must not be the clock's time.
    cover = content.cover
    made = max(cover.made_on, EARLIEST)
    book.set_properties(
        {
            "title": printable(cover.title),
            "author": printable(cover.author),
            "company": printable(cover.client),
            "created": datetime(made.year, made.month, made.day),
        }
    )
    writer = _Writer(book, content, brand)
    writer.summary()
    writer.contents()
    for sheet in content.sheets:
        writer.sheet(sheet)
    writer.definitions()
    book.close()
    return buffer.getvalue()


class _Writer:
    """One workbook under way."""

    def __init__(self, book: xlsxwriter.Workbook, content: Workbook, brand: Brand) -> None:
        self.book, self.content, self.brand = book, content, brand
        self.text_font, self.heading_font = office_fonts(brand)
        colors = brand.colors
        self.title = self._format(
            font_name=self.heading_font, font_size=16, font_color=colors["accent-ink"]
        )
        self.value = self._format(
            font_name=self.heading_font, font_size=18, top=2, top_color=colors["accent"]
        )
        self.bold = self._format(bold=True, text_wrap=True, valign="top")
        self.headline = self._format(bold=True, text_wrap=True, valign="bottom")
        self.middle = self._format(valign="vcenter")
        self.detail = self._format(text_wrap=True, valign="top")
        self.tones = {
            tone: self._format(font_color=colors[tone or "muted"], text_wrap=True, valign="top")
            for tone in ("", "good", "bad")
        }
        self.long_title = self._format(
            font_name=self.heading_font,
            font_size=16,
            font_color=colors["accent-ink"],
            text_wrap=True,
            valign="top",
        )
        self.small = self._format(font_color=colors["muted"])
        self.link = self._format(font_color=colors["accent-ink"], underline=1, valign="top")
        self.group = self._format(
            bold=True, font_color=colors["accent-ink"], bottom=2, bottom_color=colors["accent"]
        )
        self.group_right = self._format(
            bold=True,
            font_color=colors["accent-ink"],
            bottom=2,
            bottom_color=colors["accent"],
            align="right",
        )
        head = {"bold": True, "bg_color": colors["accent-soft"], "bottom": 1}
        head |= {"bottom_color": colors["accent"], "valign": "vcenter", "text_wrap": True}
        self.heads = {
            "text": self._format(**head, indent=1),
            "flag": self._format(**head, align="center"),
            "number": self._format(**head, align="right"),
        }
        self.note = self._format(font_color=colors["muted"], text_wrap=True, valign="top")
        self.plain = self._format(valign="top")
        # Cells of a table have a fine line below.
        self.ruled = {"valign": "top", "bottom": 1, "bottom_color": colors["rule"]}
        self.flag = self._format(**self.ruled, align="center")
        self.ruled_link = self._format(**self.ruled, font_color=colors["accent-ink"], underline=1)
        # Clear of the figures on their left.
        apart = {"align": "left", "indent": 1}
        self.text = self._format(**self.ruled, **apart)
        self.wrapped = self._format(**self.ruled, **apart, text_wrap=True)
        # Text that a spreadsheet would run stays text even when somebody edits the cell.
        self.risky = self._format(**self.ruled, **apart, quote_prefix=True)
        kinds = {field.kind for sheet in content.sheets for field in sheet.fields}
        self.numbers = {kind: self._figure(kind, **self.ruled) for kind in sorted(kinds)}

    def summary(self) -> None:
        """The first sheet: what the report says, on one page."""
        summary = self.content.summary
        page = self._page(summary.name)
        page.set_portrait()
        page.fit_to_pages(1, 1)
        for column, width in enumerate(_COLUMNS):
            page.set_column(column, column, width, self.plain)
        last = len(_COLUMNS) - 1
        self._heading(page, self.content.cover.title, last, sum(_COLUMNS))
        page.write_string(1, 0, self._facts(), self.small)
        self._link(page, 2, self.content.words["contents"])
        cards = summary.cards.cards
        page.set_row(4, 27)
        for row, texts in ((5, [c.label for c in cards]), (6, [c.note for c in cards])):
            page.set_row(
                row, 2 + _HEIGHT * max((_lines(t, _COLUMNS[0] - 2) for t in texts), default=1)
            )
        for row, part in enumerate(("value", "label", "note"), start=4):
            for at, card in enumerate(cards):
                look = {"value": self.value, "label": self.bold, "note": self.tones[card.tone]}
                page.write_string(row, 2 * at, printable(getattr(card, part)), look[part])
        row = 8
        if summary.cards.note:
            self._paragraph(page, row, summary.cards.note, self.note)
        for heading, points in summary.sections:
            row += 2
            self._merged(page, row, 0, last, heading, self.group)
            for number, point in enumerate(points.points, start=1):
                self._paragraph(page, row + 1, f"{number}  {point.headline}", self.headline, _AIR)
                self._paragraph(page, row + 2, point.detail, self.detail)
                row += 2
        if summary.trends:
            row = self._trends(page, row + 2)
        for at, sheet in enumerate(summary.charts):
            drawn = self._chart(sheet)
            drawn.set_size(_CHART_SIZE)
            alt = {"description": printable(sheet.chart.alt) if sheet.chart else ""}
            page.insert_chart(row + 2, at * _CHART_COLUMN, drawn, alt)
        page.print_area(0, 0, row + (2 + _CHART_ROWS if summary.charts else 0), last)

    def _trends(self, page: Worksheet, row: int) -> int:
        """Measures by month, each with a small line; gives the last row."""
        summary, colors = self.content.summary, self.brand.colors
        for column in range(len(_COLUMNS)):
            heading = summary.months[column // 2] if column % 2 == 0 else ""
            right = column in (2, 4, 6)
            page.write_string(row, column, heading, self.group_right if right else self.group)
        for trend in summary.trends:
            row += 1
            page.set_row(row, 24)
            page.write_string(row, 0, trend.title, self.middle)
            shape = self._figure(trend.kind, valign="vcenter")
            page.write_number(row, 2, trend.last, shape)
            if trend.before is not None:
                page.write_number(row, 4, trend.before, shape)
            if trend.before:
                change = trend.last / trend.before - 1
                page.write_number(row, 6, change, self._figure("change", valign="vcenter"))
            first, last = (HEADER_ROW + 1 + month for month in trend.rows)
            cells = xl_range_formula(trend.sheet, first, trend.column, last, trend.column)
            line = {
                "range": cells.removeprefix("="),
                "series_color": colors["accent"],
                "last_point": True,
                "last_color": colors["series-2"],
                "weight": 1.75,
                "min": 0,
            }
            page.add_sparkline(row, 8, line)
        return row

    def contents(self) -> None:
        """The first sheet: what is where."""
        content, words = self.content, self.content.words
        cover = content.cover
        page = self._page(words["contents"])
        page.set_portrait()
        page.fit_to_pages(1, 1)
        page.set_column(0, 0, 26, self.plain)
        page.set_column(1, 1, 92, self.plain)
        page.set_column(2, 2, 10, self.plain)
        page.write_string(0, 0, printable(cover.title), self.title)
        page.set_row(0, 26)
        page.write_string(1, 0, self._facts(), self.small)
        self._link(page, 2, content.summary.name)
        row = 3
        for group in ("act", "charts", "tables", "data"):
            listed = [sheet for sheet in content.sheets if sheet.group == group]
            if not listed:
                continue
            row += 1
            for column, text in enumerate((words[group], "", words["rows"])):
                page.write_string(row, column, text, self.group)
            for sheet in listed:
                row += 1
                page.set_row(row, 2 + _HEIGHT * _lines(sheet.title, 92))
                self._link(page, row, sheet.name, self.ruled_link)
                page.write_string(row, 1, printable(sheet.title), self.wrapped)
                page.write_number(row, 2, len(sheet.frame), self.numbers["count"])
            row += 1
        self._link(page, row + 1, words["definitions"], self.ruled_link)
        page.write_string(row + 1, 1, words["defined"], self.wrapped)

    def sheet(self, sheet: Sheet) -> None:
        """One list or table, with its chart."""
        page = self._page(sheet.name)
        page.set_tab_color(self.brand.colors[_GROUP_COLORS[sheet.group]])
        last = len(sheet.frame) + HEADER_ROW
        widths = [self._width(sheet.frame[field.name], field) for field in sheet.fields]
        shown = len(widths) - sheet.folded
        for column, width in enumerate(widths):
            folded = {"level": 1, "hidden": True} if column >= shown else {}
            page.set_column(column, column, width, self.plain, folded)
        if sheet.folded:
            page.set_column(len(widths), len(widths), None, None, {"collapsed": True})
        self._top(
            page, sheet.title, sheet.note, [f.title for f in sheet.fields[:shown]], widths[:shown]
        )
        for column, field in enumerate(sheet.fields):
            head = self.heads.get(field.kind, self.heads["number"])
            page.write_string(HEADER_ROW, column, printable(field.title), head)
        heights = self._rows(page, sheet, widths)
        self._paper(page, sheet, widths[:shown], heights)
        if len(sheet.frame):
            page.autofilter(HEADER_ROW, 0, last, len(sheet.fields) - 1)
        if sheet.chart is None:
            return
        if sheet.chart.kind == "heatmap":
            shade(page, sheet, HEADER_ROW, self.brand)
            return
        page.insert_chart(
            HEADER_ROW,
            len(sheet.fields) + 1,
            self._chart(sheet),
            {"description": printable(sheet.chart.alt), "object_position": 3},
        )

    def _chart(self, sheet: Sheet) -> Any:
        formats, brand = self.content.formats, self.brand
        return sheet_chart(self.book, sheet, HEADER_ROW, formats, brand, self.text_font)

    def _paper(
        self, page: Worksheet, sheet: Sheet, widths: Sequence[float], heights: Sequence[float]
    ) -> None:
        """What of a sheet is printed: columns that can be read on a page, and the first rows."""
        within = list(itertools.takewhile(lambda sum_: sum_ <= _PAGE, itertools.accumulate(widths)))
        columns = max(1, len(within))
        cut = len(sheet.fields) > columns or sheet.printed < len(sheet.frame)
        if sheet.chart is not None and sheet.chart.kind != "heatmap":
            # The chart stands on the right.
            columns = len(sheet.fields) + 1 + CHART_COLUMNS
            page.fit_to_pages(1, 1)
        else:
            self._pages(page, sum(widths[:columns]), heights[: sheet.printed])
        if cut:
            columns = max(columns, self._span(widths)[0] + 1)
            rows = max(sheet.printed, CHART_ROWS if sheet.chart else 0)
            page.print_area(0, 0, HEADER_ROW + rows, columns - 1)

    def _pages(self, page: Worksheet, wide: float, heights: Sequence[float]) -> None:
        """Upright where the columns allow it, and no page for the last few rows alone."""
        upright = wide <= _UPRIGHT
        if upright:
            page.set_portrait()
        across, down = (_SHORT, _LONG) if upright else (_LONG, _SHORT)
        across -= 72 * (_MARGINS["left"] + _MARGINS["right"])
        down -= 72 * (_MARGINS["top"] + _MARGINS["bottom"]) + 2 * _ROW
        # A letter's width is three quarters of seven pixels.
        scale = min(1, across / (wide * 5.25))
        pages = scale * (sum(heights) + 6 * _ROW) / down
        page.fit_to_pages(1, math.ceil(pages * (1 - _SHRUNK)))

    def definitions(self) -> None:
        """The last sheet: what every column means, and its unit."""
        words = self.content.words
        page = self._page(words["definitions"])
        widths = (26.0, 66.0, 9.0, 36.0)
        for column, width in enumerate(widths):
            page.set_column(column, column, width, self.plain)
        titles = [words[name] for name in ("column", "meaning", "unit", "sheet")]
        self._top(page, words["defined"], "", titles, widths)
        for column, title in enumerate(titles):
            page.write_string(HEADER_ROW, column, title, self.heads["text"])
        # A column that several sheets have stands once.
        defined: dict[tuple[str, str, str], list[str]] = {}
        for sheet in self.content.sheets:
            # The columns of a heat map are all of one meaning.
            alike = sheet.chart is not None and sheet.chart.kind == "heatmap"
            for field in sheet.fields[: 2 if alike else None]:
                meaning = (field.title, field.meaning, self._unit(field))
                defined.setdefault(meaning, []).append(sheet.name)
        heights = []
        rows = enumerate(defined.items(), start=HEADER_ROW + 1)
        for row, (meaning, names) in rows:
            texts = [printable(text) for text in (*meaning, ", ".join(dict.fromkeys(names)))]
            heights.append(self._tall(page, row, texts, widths))
            for column, text in enumerate(texts):
                page.write_string(row, column, text, self.wrapped)
        last = HEADER_ROW + len(defined)
        self._pages(page, sum(widths), heights)
        page.autofilter(HEADER_ROW, 0, last, 3)

    def _top(
        self,
        page: Worksheet,
        title: str,
        note: str,
        titles: Sequence[str],
        widths: Sequence[float],
    ) -> None:
        last, room = self._span(widths)
        self._heading(page, title, last, room)
        if len(note) <= _LINE:
            page.write_string(1, 0, printable(note), self.small)
        else:
            page.set_row(1, _HEIGHT * _lines(note, room))
            self._merged(page, 1, 0, last, note, self.note)
        self._link(page, 2, self.content.words["contents"])
        lines = [_lines(text, width - 3) for text, width in zip(titles, widths, strict=True)]
        page.set_row(HEADER_ROW, 4 + _HEIGHT * max(lines, default=1))
        page.freeze_panes(HEADER_ROW + 1, 1)
        page.repeat_rows(HEADER_ROW)

    def _span(self, widths: Sequence[float]) -> tuple[int, float]:
        """The last column that a title goes over, and the width up to there."""
        last, room = 0, widths[0]
        while room < _LINE:
            last += 1
            room += widths[last] if last < len(widths) else _USUAL
        return last, room

    def _heading(self, page: Worksheet, title: str, last: int, room: float) -> None:
        lines = _lines(title, room / _TITLE)
        page.set_row(0, 4 + 20 * lines)
        if lines == 1:
            page.write_string(0, 0, printable(title), self.title)
        else:
            self._merged(page, 0, 0, last, title, self.long_title)

    def _facts(self) -> str:
        cover = self.content.cover
        facts = (cover.client, cover.subtitle, cover.author, cover.made, cover.mark)
        return printable(" · ".join(fact for fact in facts if fact))

    def _paragraph(
        self, page: Worksheet, row: int, text: str, shape: Format, above: float = 2
    ) -> None:
        """A text over the first sheet's width, in as many lines as it takes."""
        page.set_row(row, above + _HEIGHT * _lines(text, sum(_COLUMNS)))
        self._merged(page, row, 0, len(_COLUMNS) - 1, text, shape)

    def _merged(
        self, page: Worksheet, row: int, first: int, last: int, text: str, shape: Format
    ) -> None:
        # The library would run a text that begins with =, so it is written apart.
        page.merge_range(row, first, row, last, "", shape)
        page.write_string(row, first, printable(text), shape)

    def _tall(
        self, page: Worksheet, row: int, texts: Sequence[str], widths: Sequence[float]
    ) -> float:
        """The height of a row, set where its texts wrap: not every program finds it by itself."""
        lines = max(
            (_lines(text, width) for text, width in zip(texts, widths, strict=True)), default=1
        )
        if lines == 1:
            return _ROW
        page.set_row(row, 2 + _HEIGHT * lines)
        return 2 + _HEIGHT * lines

    def _rows(self, page: Worksheet, sheet: Sheet, widths: Sequence[float]) -> list[float]:
        """Write a sheet's cells; gives the heights of the rows."""
        writers = [self._column(page, sheet.frame[f.name], f) for f in sheet.fields]
        columns = [cells for cells, _ in writers]
        puts = [put for _, put in writers]
        wrapped = [i for i, width in enumerate(widths) if width > _WIDEST]
        broad = [widths[i] for i in wrapped]
        heights = []
        for row, cells in enumerate(zip(*columns, strict=True), start=HEADER_ROW + 1):
            heights.append(self._tall(page, row, [cells[i] or "" for i in wrapped], broad))
            for column, (cell, put) in enumerate(zip(cells, puts, strict=True)):
                if cell is None:
                    page.write_blank(row, column, None, self.text)
                else:
                    put(row, column, cell)
        return heights

    def _column(
        self, page: Worksheet, values: "pd.Series[Any]", field: Field
    ) -> tuple[list[Any], Callable[[int, int, Any], object]]:
        """The cells of a column, None where empty, and what writes one of them."""
        empty = values.isna().tolist()
        if field.kind == "flag":
            yes, no = self.content.words["yes"], self.content.words["no"]
            flags = [
                None if gone else yes if value else no
                for value, gone in zip(values.tolist(), empty, strict=True)
            ]
            return flags, lambda r, c, v: page.write_string(r, c, v, self.flag)
        if field.kind == "text":
            texts = [
                None if gone else printable(str(value))
                for value, gone in zip(values.tolist(), empty, strict=True)
            ]
            usual = self.wrapped if _longest(texts) > _WIDEST else self.text

            def text(row: int, column: int, cell: str) -> object:
                shape = self.risky if cell.startswith(_FORMULA) else usual
                return page.write_string(row, column, cell, shape)

            return texts, text
        if field.kind in _DATES:
            return self._dates(page, values, self.numbers[field.kind])
        shape = self.numbers[field.kind]
        numbers = [
            None if gone or not math.isfinite(value) else value
            for value, gone in zip(values.tolist(), empty, strict=True)
        ]
        return numbers, lambda r, c, v: page.write_number(r, c, v, shape)

    def _dates(
        self, page: Worksheet, values: "pd.Series[Any]", shape: Format
    ) -> tuple[list[Any], Callable[[int, int, Any], object]]:
        stamps = pd.to_datetime(values)
        days = (stamps.dt.normalize() - _EPOCH).dt.days
        cells = [
            None if pd.isna(day) else int(day) if stamp >= _FIRST_DAY else f"{stamp:%Y-%m-%d}"
            for day, stamp in zip(days, stamps, strict=True)
        ]

        def put(row: int, column: int, cell: int | str) -> object:
            if isinstance(cell, str):
                return page.write_string(row, column, cell, self.text)
            return page.write_number(row, column, cell, shape)

        return cells, put

    def _width(self, values: "pd.Series[Any]", field: Field) -> float:
        words = max((len(word) for word in field.title.split()), default=4) + 5
        if field.kind == "text":
            # The first rows tell; a list of a million has no need to be measured.
            longest = _longest([None if pd.isna(v) else str(v) for v in values.head(2000)])
            return float(min(_WRAPPED, max(8, words, longest + 2)))
        if field.kind == "flag":
            return max(11.0, words)
        if field.kind in _DATES:
            return max(13.0, words)
        known = values.dropna()
        largest = float(known.abs().max()) if len(known) else 1.0
        digits = len(f"{largest if math.isfinite(largest) else 1.0:,.0f}")
        return max(9.0, words, digits + (6 if field.kind.startswith("money") else 4))

    def _unit(self, field: Field) -> str:
        if field.kind.startswith("money"):
            return self.content.words["currency"]
        if field.kind in _DATES:
            return self.content.words["day"]
        if field.kind == "days":
            return self.content.words["days"]
        return "%" if field.kind in ("share", "probability", "change") else ""

    def _page(self, name: str) -> Worksheet:
        page = self.book.add_worksheet(name)
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_margins(**_MARGINS)
        # An ampersand begins a code of its own there.
        cover = self.content.cover
        title, mark = (printable(text).replace("&", "&&") for text in (cover.title, cover.mark))
        page.set_footer(f"&L{title} · &A&C{mark}&R&P / &N")
        return page

    def _link(self, page: Worksheet, row: int, name: str, shape: Format | None = None) -> None:
        page.write_url(row, 0, f"internal:'{name}'!A1", shape or self.link, name)

    def _figure(self, kind: str, **properties: Any) -> Format:
        code = number_code(kind, self.content.formats)
        return self._format(num_format=code, **properties)

    def _format(self, **properties: Any) -> Format:
        base = {"font_name": self.text_font, "font_size": 10}
        base["font_color"] = self.brand.colors["ink"]
        return self.book.add_format(base | properties)


def _longest(texts: Iterable[str | None]) -> int:
    return max((len(text) for text in texts if text is not None), default=0)


def _lines(text: str, width: float) -> int:
    return max(1, len(textwrap.wrap(text, max(4, int(width)))))
