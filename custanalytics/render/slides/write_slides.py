"""Writes the slide deck: native charts and tables, speaker notes, a client's template."""

import io
import math
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

from lxml import etree
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.shapes import PP_PLACEHOLDER as ROLE
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from custanalytics.content.blocks import Card, Point
from custanalytics.content.deck import Deck
from custanalytics.content.slide import Slide
from custanalytics.content.tables import Table
from custanalytics.content.workbook_charts import wide
from custanalytics.render.brand import Brand
from custanalytics.render.logo import logo_picture
from custanalytics.render.office import EARLIEST, printable, printable_lines, steady
from custanalytics.render.slides.base import Base, Box, base_presentation
from custanalytics.render.slides.charts import add_chart
from custanalytics.render.slides.paint import fill, paint
from custanalytics.render.slides.tables import add_heatmap, add_table
from custanalytics.render.text_room import LINE, POINT, fitting, height, lines, shortened, width

_ASIDE = 0.3
_LEAD, _SUBTITLE, _SMALL = 16, 14, 12
_SMALL_LINES = 3
_LEAD_LINES = 2  # what a chart means goes above it where it takes no more, else beside it
_ABREAST, _PANEL, _CARDS = 3, 22.0, 1.35
_BESIDE = 6  # columns of a table that leave room for a text beside it
_CHART_SHARE = 0.5  # of a slide whose table stands beside its chart
_LEAST = 12.0  # points: what can be read from the back of a room
_PAD, _GAP = 0.18 * 914400, 0.2 * 914400
_FEW_LETTERS = 120
_SHORT = 0.75  # of a box's height: panels side by side with less text would leave it half empty
_FURNITURE = {ROLE.FOOTER, ROLE.SLIDE_NUMBER}


def slides_bytes(content: Deck, brand: Brand, folder: Path, template: Path | None = None) -> bytes:
    """Write the deck."""
    base = base_presentation(brand, template)
    writer = _Writer(base, content)
    writer.opening(brand, folder)
    for slide in content.slides:
        writer.slide(slide)
    cover = content.cover
    made = datetime.combine(max(cover.made_on, EARLIEST), time())
    about = base.presentation.core_properties
    about.title, about.author = printable(cover.title), printable(cover.author)
    about.last_modified_by, about.subject = printable(cover.author), printable(cover.client)
    about.created = about.modified = made
    about.revision, about.keywords, about.comments = 1, "", ""
    buffer = io.BytesIO()
    base.presentation.save(buffer)
    return steady(buffer.getvalue(), made)


@dataclass(frozen=True)
class _Panels:
    """Panels in a box."""

    across: int
    rows: int
    wide: float
    size: float  # of the type, in points
    needed: float  # height of all rows with what lies between them


class _Writer:
    """One presentation under way."""

    def __init__(self, base: Base, content: Deck) -> None:
        self.base, self.content = base, content

    def opening(self, brand: Brand, folder: Path) -> None:
        """The title slide."""
        cover = self.content.cover
        slide = self.base.presentation.slides.add_slide(self.base.opening)
        facts = (cover.finding, cover.client, cover.subtitle)
        foot = (cover.author, cover.made, cover.mark)
        told, made = ([printable(fact) for fact in texts if fact] for texts in (facts, foot))
        if not self.base.own:
            told, made = [*told, *made], []
        spare = [s for s in slide.placeholders if s.placeholder_format.type == ROLE.SUBTITLE]
        self._title(slide, printable(cover.title), 40)
        if spare:
            self._paragraphs(spare[0], told, 20, 12)
            for run in spare[0].text_frame.paragraphs[0].runs if cover.finding else ():
                run.font.bold = True
        else:
            self._text(slide, "\n".join(told), self.base.content, 18, "muted")
        self._drop_empty(slide)
        if not self.base.own:
            return
        bar = slide.shapes.add_shape(
            MSO_SHAPE.RECTANGLE, 0, 0, Inches(0.35), self.base.presentation.slide_height
        )
        self._decoration(bar, "accent")
        low = Box(int(Inches(1.1)), int(Inches(6.6)), int(Inches(11.1)), int(Inches(0.4)))
        rule = Box(low.left, low.top - int(Inches(0.12)), low.width, 9525)
        self._decoration(slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *_emu(rule)), "rule")
        text = shortened(" · ".join(made), _SUBTITLE, low.width * self.base.slack, 1)
        if made:
            self._text(slide, text, low, _SUBTITLE, "muted")
        picture = logo_picture(brand, folder)
        if picture is not None:
            shown = slide.shapes.add_picture(picture, Inches(1), Inches(0.7), height=Inches(0.8))
            shown._element.nvPicPr.cNvPr.set("descr", printable(brand.logo_alt))
            wide = self.base.presentation.slide_width - Inches(2)
            if shown.width > wide:
                shown.height = Emu(int(shown.height * wide / shown.width))
                shown.width = Emu(wide)

    def slide(self, content: Slide) -> None:
        """One slide with its message."""
        slide = self.base.presentation.slides.add_slide(self.base.titled)
        self._title(slide, printable(content.title), self.base.title_size)
        self._furniture(slide)
        box = self.base.content
        crowded = content.table is not None and len(content.table.header) > _BESIDE
        told = printable(" ".join(content.aside))
        short = lines(told, _LEAD, box.width * self.base.slack) <= _LEAD_LINES
        above = crowded or (content.chart is not None and short)
        if told and above:
            # The whole width is the chart's, instead of a column with two lines of text.
            box = box.cut(top=self._strip(slide, told, box, _LEAD, "ink"))
        if content.subtitle:
            subtitle = printable(content.subtitle)
            box = box.cut(top=self._strip(slide, subtitle, box, _SUBTITLE, "muted", 2))
        elif not (told and above):
            box = box.cut(top=0.15 * 914400)
        if content.small:
            size = _SMALL
            room = box.width * self.base.slack
            text = shortened(printable(content.small), size, room, _SMALL_LINES)
            tall = (lines(text, size, room) * LINE + 0.3) * size * POINT
            foot = Box(box.left, int(box.top + box.height - tall), box.width, int(tall))
            self._text(slide, text, foot, size, "muted")
            box = box.cut(bottom=tall + 0.08 * 914400)
        if content.cards:
            tall = self._cards(slide, content.cards, box)
            box = box.cut(top=tall + 0.25 * 914400)
        if told and not above:
            room = int(box.width * _ASIDE)
            beside = Box(box.left + box.width - room, box.top, room, box.height)
            self._aside(slide, content.aside, beside)
            box = box.cut(right=room + 0.3 * 914400)
        if content.items:
            self._items(slide, content.items, box, filled=bool(content.aside))
        self._exhibit(slide, content, box)
        self._drop_empty(slide)
        if content.notes:
            slide.notes_slide.notes_text_frame.text = printable_lines(content.notes)

    def _exhibit(self, slide: Any, content: Slide, box: Box) -> None:
        chart, shown = content.chart, content.table
        if chart is not None and shown is not None and chart.kind == "heatmap":
            frame = add_heatmap(slide.shapes, wide(chart), shown, box)
            _described(frame, chart.name, chart.alt)
            return
        if chart is not None and shown is not None:
            left = box.width * _CHART_SHARE
            self._table(slide, shown, content.title, box.cut(left=left))
            box = box.cut(right=box.width - left + 0.2 * 914400)
        elif shown is not None:
            self._table(slide, shown, content.title, box)
        if chart is not None:
            frame = add_chart(slide.shapes, chart, box, self.content.formats)
            _described(frame, chart.name, chart.alt)

    def _table(self, slide: Any, table: Table, title: str, box: Box) -> None:
        _described(add_table(slide.shapes, table, box, self.base.slack), "table", title)

    def _title(self, slide: Any, text: str, size: float) -> None:
        shape = slide.shapes.title
        room = (shape.width - 0.2 * 914400) * self.base.slack
        tall = shape.height - 0.1 * 914400
        fits = fitting([text], room, tall, size, min(size, 16), gap=0)
        most = max(1, int(tall / (fits * LINE * POINT)))
        shape.text_frame.text = shortened(text, fits, room, most)
        inherited = self.base.title_size if slide.slide_layout == self.base.titled else size
        if fits < inherited or not self.base.own:
            for run in shape.text_frame.paragraphs[0].runs:
                run.font.size = Pt(fits)

    def _paragraphs(self, shape: Any, texts: list[str], largest: float, least: float) -> None:
        room = (shape.width - 0.2 * 914400) * self.base.slack
        size = fitting(texts, room, shape.height, largest, least)
        shape.text_frame.text = "\n".join(texts)
        for paragraph in shape.text_frame.paragraphs:
            for run in paragraph.runs:
                run.font.size = Pt(size)

    def _text(self, slide: Any, text: str, box: Box, size: float, color: str) -> Any:
        shape = slide.shapes.add_textbox(*_emu(box))
        frame = shape.text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.text = text
        for paragraph in frame.paragraphs:
            for run in paragraph.runs:
                run.font.size = Pt(size)
                paint(run.font.color, color)
        return shape

    def _cards(self, slide: Any, cards: tuple[Card, ...], box: Box) -> float:
        """Headline figures side by side on top of a box; how tall they are."""
        gap, top, bottom, left, right = (x * 914400 for x in (0.18, 0.1, 0.06, 0.17, 0.08))
        each = (box.width - gap * (len(cards) - 1)) / len(cards)
        room = (each - left - right) * self.base.slack
        told = [[printable(t) for t in (card.value, card.label, card.note) if t] for card in cards]
        sizes = [26.0, 13.0, _LEAST]

        def tall() -> float:
            return max(_stacked(texts, sizes, room) for texts in told) + top + bottom

        while tall() > _CARDS * 914400 and sizes[0] > 18:
            sizes = [sizes[0] - 1, _LEAST, _LEAST]
        height = max(_CARDS * 914400, tall())
        for i, texts in enumerate(told):
            place = Box(int(box.left + i * (each + gap)), box.top, int(each), int(height))
            ground = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *_emu(place))
            self._decoration(ground, "surface")
            edge = slide.shapes.add_shape(
                MSO_SHAPE.RECTANGLE, *_emu(Box(place.left, place.top, 45720, place.height))
            )
            self._decoration(edge, "accent")
            inside = place.cut(top=top, bottom=bottom, left=left, right=right)
            shape = self._text(slide, "\n".join(texts), inside, sizes[1], "muted")
            for j, paragraph in enumerate(shape.text_frame.paragraphs):
                for run in paragraph.runs:
                    run.font.size, run.font.bold = Pt(sizes[min(j, 2)]), j == 0
                    paint(run.font.color, ("accent-ink", "ink", "muted")[min(j, 2)])
        return height

    def _aside(self, slide: Any, texts: tuple[str, ...], box: Box) -> None:
        self._panel(slide, box)
        inside = box.cut(top=_PAD, bottom=_PAD / 2, left=_PAD, right=_PAD)
        told = [printable(text) for text in texts]
        room = inside.width * self.base.slack
        size = fitting(told, room, inside.height, 18, _LEAST)
        while len(told) > 1 and height(told, size, room) > inside.height:
            told = told[:-1]
        most = int(inside.height / (size * LINE * POINT))
        text = "\n".join(told) if len(told) > 1 else shortened(told[0], size, room, most)
        self._spaced(self._text(slide, text, inside, size, "ink"), size)

    def _panel(self, slide: Any, box: Box) -> None:
        """A ground under a text, with the brand's colour along its top."""
        self._decoration(slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *_emu(box)), "surface")
        edge = Box(box.left, box.top, box.width, 45720)
        self._decoration(slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *_emu(edge)), "accent")

    def _strip(
        self, slide: Any, text: str, box: Box, size: float, color: str, most: int = 9
    ) -> float:
        """A text across the top of a box; how tall it is."""
        room = box.width * self.base.slack
        tall = (min(most, lines(text, size, room)) * LINE + 0.5) * size * POINT
        place = Box(box.left, box.top, box.width, int(tall))
        self._text(slide, shortened(text, size, room, most), place, size, color)
        return tall

    def _items(self, slide: Any, items: tuple[Point, ...], box: Box, filled: bool) -> None:
        told = [(printable(item.headline), printable(item.detail)) for item in items]
        # What is found or asked has a panel each; a few words are a line of a list.
        whole = any(detail or len(head) > _FEW_LETTERS for head, detail in told)
        if not (whole and self._panels(slide, told, box, filled)):
            self._listed(slide, [_in_one(head, detail) for head, detail in told], box)

    def _panels(self, slide: Any, told: list[tuple[str, str]], box: Box, filled: bool) -> bool:
        """Numbered panels side by side or, where the texts are short, one under the other.

        Says whether they fit.
        """
        across = len(told) if len(told) <= _ABREAST else math.ceil(len(told) / 2)
        plan, stacked = (self._arranged(told, box, count) for count in (across, 1))
        empty = plan.rows == 1 and plan.needed < _SHORT * box.height
        if stacked.size > plan.size or (empty and not filled):
            plan, filled = stacked, True
        if plan.needed > box.height:
            return False
        tall = (box.height - _GAP * (plan.rows - 1)) / plan.rows
        if not filled:
            tall = min(tall, (plan.needed - _GAP * (plan.rows - 1)) / plan.rows)
        for i, (head, detail) in enumerate(told):
            left = int(box.left + (i % plan.across) * (plan.wide + _GAP))
            top = int(box.top + (i // plan.across) * (tall + _GAP))
            place = Box(left, top, int(plan.wide), int(tall))
            self._panel(slide, place)
            inside = place.cut(top=_PAD, bottom=_PAD / 2, left=_PAD, right=_PAD)
            text = "\n".join(part for part in (f"{i + 1}", detail) if part)
            shape = self._text(slide, text, inside, plan.size, "ink")
            first = shape.text_frame.paragraphs[0]
            first.space_after = Pt(0.3 * plan.size)
            first.add_run().text = f"\N{EN SPACE}{head}"
            for run, color in zip(first.runs, ("accent-ink", "ink"), strict=True):
                run.font.size = Pt(plan.size + 2 * bool(detail))
                run.font.bold = bool(detail) or color == "accent-ink"
                paint(run.font.color, color)
        return True

    def _arranged(self, told: list[tuple[str, str]], box: Box, across: int) -> "_Panels":
        """The largest type in which panels fit a box."""
        rows = math.ceil(len(told) / across)
        wide = (box.width - _GAP * (across - 1)) / across
        room = (wide - 2 * _PAD) * self.base.slack

        def needed(size: float) -> float:
            each = max(
                lines(f"0\N{EN SPACE}{head}", size + 2, room, bold=True) * (size + 2) * LINE * POINT
                + height([detail], size, room)
                for head, detail in told
            )
            return rows * (each + 2 * _PAD) + _GAP * (rows - 1)

        words = " ".join(text for texts in told for text in texts).replace("-", "- ").split()

        def fits(size: float) -> bool:
            longest = max(width(word, size + 2, bold=True) for word in words)
            return needed(size) <= box.height and longest <= room

        size = _PANEL
        while size > _LEAST and not fits(size):
            size -= 1
        return _Panels(across, rows, wide, size, needed(size))

    def _listed(self, slide: Any, told: list[str], box: Box) -> None:
        room = (box.width - 0.45 * 914400) * 0.97 * self.base.slack
        size = fitting(told, room, box.height, 24, _LEAST)
        while len(told) > 1 and height(told, size, room) > box.height:
            told = told[:-1]
        shape = self._text(slide, "\n".join(told), box, size, "ink")
        free = box.height - height(told, size, room, gap=0)
        self._spaced(shape, size, min(1.1, free / len(told) / (size * LINE * POINT)))
        if len(told) > 1:
            for paragraph in shape.text_frame.paragraphs:
                self._bullet(paragraph)

    def _bullet(self, paragraph: Any) -> None:
        properties = paragraph._p.get_or_add_pPr()
        properties.set("marL", str(int(0.45 * 914400)))
        properties.set("indent", str(-int(0.45 * 914400)))
        color = etree.SubElement(properties, qn("a:buClr"))
        etree.SubElement(color, qn("a:schemeClr")).set("val", "accent1")
        etree.SubElement(properties, qn("a:buFont"), typeface="Arial")
        etree.SubElement(properties, qn("a:buChar"), char="•")

    def _spaced(self, shape: Any, size: float, gap: float = 0.4) -> None:
        for paragraph in shape.text_frame.paragraphs:
            paragraph.space_after = Pt(gap * size)
        shape.text_frame.vertical_anchor = MSO_ANCHOR.TOP

    def _decoration(self, shape: Any, color: str) -> None:
        fill(shape.fill, color)
        shape.line.fill.background()
        # The theme's own style would give it a shadow.
        style = shape._element.find(qn("p:style"))
        shape._element.remove(style)
        # Marked as having no meaning, for screen readers.
        named = shape._element.nvSpPr.cNvPr
        named.set("descr", "")
        listed = etree.SubElement(named, qn("a:extLst"))
        extension = etree.SubElement(
            listed, qn("a:ext"), uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"
        )
        mark = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"
        etree.SubElement(
            extension,
            mark,
            nsmap={"adec": "http://schemas.microsoft.com/office/drawing/2017/decorative"},
            val="1",
        )

    def _furniture(self, slide: Any) -> None:
        """Footer and slide number, which python-pptx leaves on the layout."""
        cover = self.content.cover
        facts = (cover.mark, cover.client, cover.title)
        who = " · ".join(printable(fact) for fact in facts if fact)
        for shape in self.base.titled.placeholders:
            kind = shape.placeholder_format.type
            if kind not in _FURNITURE:
                continue
            copied = deepcopy(shape._element)
            slide.shapes._spTree.append(copied)
            named = copied.find(f".//{qn('p:cNvPr')}")
            ids = [int(i) for i in slide.shapes._spTree.xpath("//@id") if str(i).isdigit()]
            named.set("id", str(max(ids) + 1))
            if kind == ROLE.FOOTER:
                placed = next(
                    s for s in slide.placeholders if s.placeholder_format.type == ROLE.FOOTER
                )
                placed.text_frame.text = shortened(who, 10, placed.width * self.base.slack, 1)
                for run in placed.text_frame.paragraphs[0].runs:
                    run.font.size, run.font.name = Pt(10), "+mn-lt"
                    paint(run.font.color, "muted")

    def _drop_empty(self, slide: Any) -> None:
        # An empty placeholder shows "Click to add text".
        for shape in list(slide.placeholders):
            furniture = shape.placeholder_format.type in _FURNITURE
            if not furniture and not (shape.has_text_frame and shape.text_frame.text):
                shape._element.getparent().remove(shape._element)


def _in_one(head: str, detail: str) -> str:
    """A headline and what follows in one text."""
    return f"{head}{'' if head[-1:] in '.:?!。' else ':'} {detail}" if detail else head


def _described(frame: Any, name: str, alt: str) -> None:
    named = frame._element.nvGraphicFramePr.cNvPr
    named.set("descr", printable(alt))
    named.set("name", name)


def _stacked(texts: list[str], sizes: list[float], room: float) -> float:
    return sum(
        lines(text, sizes[min(i, 2)], room, bold=i == 0) * sizes[min(i, 2)] * LINE * POINT
        for i, text in enumerate(texts)
    )


def _emu(box: Box) -> tuple[Emu, Emu, Emu, Emu]:
    return Emu(box.left), Emu(box.top), Emu(box.width), Emu(box.height)
