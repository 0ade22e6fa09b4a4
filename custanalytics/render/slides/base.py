"""The presentation that slides are put into: the brand's own, or a client's template.

Layouts are found by what their placeholders are for, never by name or position.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pptx
from lxml import etree
from pptx.enum.shapes import PP_PLACEHOLDER as ROLE
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches

from custanalytics.errors import UsageError
from custanalytics.render.brand import Brand
from custanalytics.render.office import branded_theme

_TITLES = {ROLE.TITLE, ROLE.CENTER_TITLE}
_CONTENTS = {ROLE.OBJECT, ROLE.BODY, ROLE.CHART, ROLE.TABLE, ROLE.PICTURE}
_FURNITURE = {ROLE.DATE, ROLE.FOOTER, ROLE.SLIDE_NUMBER}
_SIDE, _GAP = Inches(0.6), Inches(0.12)
_WIDE = {"Verdana", "Century Gothic", "Courier New", "Lucida Sans", "Rockwell", "Bookman Old Style"}
_BIGGEST_TITLE = 32.0
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


@dataclass(frozen=True)
class Box:
    """A place on a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int

    def cut(self, top: float = 0, right: float = 0, bottom: float = 0, left: float = 0) -> "Box":
        """The box with strips taken off its sides."""
        return Box(
            int(self.left + left),
            int(self.top + top),
            int(self.width - left - right),
            int(self.height - top - bottom),
        )


@dataclass(frozen=True)
class Base:
    """A presentation without slides, and its layouts by role."""

    presentation: Any
    opening: Any
    titled: Any  # other content placeholders are taken off each slide
    content: Box  # where charts, tables and text go
    title_size: float  # in points
    slack: float  # share of a box's width to count on: less with wide fonts
    own: bool  # made from the brand, not a client's template


def base_presentation(brand: Brand, template: Path | None) -> Base:
    """The presentation to put slides into."""
    presentation = _own(brand) if template is None else _read(template)
    _without_slides(presentation)
    layouts = list(presentation.slide_layouts)
    titled = _best(layouts, _title_only)
    return Base(
        presentation,
        _best(layouts, _opening) or titled,
        titled,
        _content(presentation, layouts, titled),
        _title_size(presentation, titled),
        0.86 if _fonts(presentation) & _WIDE else 1.0,
        template is None,
    )


def _read(template: Path) -> Any:
    try:
        presentation = pptx.Presentation(str(template))
    except Exception as error:
        raise UsageError(
            f"--pptx-template {template} can't be read as a PowerPoint file (.pptx)"
        ) from error
    if _best(list(presentation.slide_layouts), _title_only) is None:
        raise UsageError(f"--pptx-template {template} has no layout with a title for the slides")
    return presentation


def check_template(template: Path | None) -> None:
    """Find out early whether a client's template can be used."""
    if template is not None:
        _read(template)


def roles(layout: Any) -> list[Any]:
    """Placeholder types of a layout, without date, footer and slide number."""
    kinds = [shape.placeholder_format.type for shape in layout.placeholders]
    return [kind for kind in kinds if kind not in _FURNITURE]


def _opening(layout: Any) -> int | None:
    present = roles(layout)
    if ROLE.SUBTITLE not in present or not _TITLES & set(present):
        return None
    return 10 * (ROLE.CENTER_TITLE not in present) + len(present)


def _title_only(layout: Any) -> int | None:
    present = roles(layout)
    if not _TITLES & set(present) or ROLE.VERTICAL_TITLE in present or ROLE.SUBTITLE in present:
        return None
    book = layout.part.package.presentation_part.presentation
    head = _title_shape(layout)
    on_top = head.top + head.height < book.slide_height * 0.35
    across = head.width > book.slide_width * 0.6
    # A title alone is best; else the fewest placeholders that must be taken off.
    misplaced = (not on_top) + (not across)
    return len(present) + 5 * (ROLE.VERTICAL_BODY in present) + 20 * misplaced


def _best(layouts: list[Any], rank: Any) -> Any:
    ranked = [(rank(layout), i) for i, layout in enumerate(layouts)]
    known = [(score, i) for score, i in ranked if score is not None]
    return layouts[min(known)[1]] if known else None


def _content(presentation: Any, layouts: list[Any], titled: Any) -> Box:
    """The body of the layout with a title and one content; else what the title leaves free."""
    for layout in layouts:
        inside = [s for s in layout.placeholders if s.placeholder_format.type in _CONTENTS]
        one = len(inside) == 1 and inside[0].placeholder_format.type in (ROLE.OBJECT, ROLE.BODY)
        if one and _TITLES & set(roles(layout)) and len(roles(layout)) == 2:
            place, head = inside[0], _title_shape(titled)
            box = Box(place.left, place.top, place.width, place.height)
            under = head.top + head.height
            wide = box.width > 0.6 * presentation.slide_width
            if wide and box.height > 0.4 * presentation.slide_height and box.top >= under:
                return box
    head = _title_shape(titled)
    top = head.top + head.height + _GAP
    feet = [s.top for s in titled.placeholders if s.placeholder_format.type in _FURNITURE]
    low = [foot for foot in feet if foot > presentation.slide_height * 0.8]
    bottom = min([*low, int(presentation.slide_height - Inches(0.4))])
    side = max(int(head.left), int(Inches(0.3)))
    return Box(side, top, int(presentation.slide_width - 2 * side), bottom - top)


def _title_shape(layout: Any) -> Any:
    return next(s for s in layout.placeholders if s.placeholder_format.type in _TITLES)


def _title_size(presentation: Any, titled: Any) -> float:
    # The layout's own size, else its master's.
    spots = [
        _title_shape(titled)._element.find(f".//{_A}lstStyle/{_A}lvl1pPr/{_A}defRPr"),
        presentation.slide_master._element.find(f".//{qn('p:titleStyle')}/{_A}lvl1pPr/{_A}defRPr"),
    ]
    sizes = [spot.get("sz") for spot in spots if spot is not None and spot.get("sz")]
    return min(_BIGGEST_TITLE, float(sizes[0]) / 100) if sizes else 28.0


def _fonts(presentation: Any) -> set[str]:
    part = presentation.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme = etree.fromstring(part.blob)
    named = (theme.find(f".//{_A}{role}/{_A}latin") for role in ("majorFont", "minorFont"))
    return {font.get("typeface", "") for font in named if font is not None}


def _without_slides(presentation: Any) -> None:
    listed = presentation.slides._sldIdLst
    for entry in list(listed):
        presentation.part.drop_rel(entry.rId)
        listed.remove(entry)
    # Sections of the file name slides that are gone.
    for extension in presentation.part._element.findall(f".//{qn('p:extLst')}/{qn('p:ext')}"):
        if b"sectionLst" in etree.tostring(extension):
            extension.getparent().remove(extension)


def _own(brand: Brand) -> Any:
    presentation = pptx.Presentation()
    presentation.slide_width, presentation.slide_height = Inches(13.333), Inches(7.5)
    layouts = presentation.slide_layouts
    kept = (_best(list(layouts), _opening), _best(list(layouts), _title_only))
    plain = next(x for x in layouts if roles(x) == [ROLE.TITLE, ROLE.OBJECT])
    for layout in list(layouts):
        if layout not in (*kept, plain):
            layouts.remove(layout)
    master = presentation.slide_master
    _theme(master, brand)
    wide = presentation.slide_width - 2 * _SIDE
    places = {
        ROLE.TITLE: Box(_SIDE, Inches(0.3), wide, Inches(0.95)),
        ROLE.BODY: Box(_SIDE, Inches(1.32), wide, Inches(5.45)),
        ROLE.FOOTER: Box(_SIDE, Inches(6.98), Inches(9), Inches(0.3)),
        ROLE.SLIDE_NUMBER: Box(
            presentation.slide_width - _SIDE - Inches(1), Inches(6.98), Inches(1), Inches(0.3)
        ),
        ROLE.DATE: Box(Inches(10.2), Inches(6.98), Inches(1.4), Inches(0.3)),
    }
    for shape in master.placeholders:
        _place(shape, places[shape.placeholder_format.type])
    for layout in presentation.slide_layouts:
        opening = ROLE.SUBTITLE in roles(layout)
        for shape in list(layout.placeholders):
            kind = shape.placeholder_format.type
            if kind == ROLE.DATE:
                shape._element.getparent().remove(shape._element)
            elif opening and kind == ROLE.CENTER_TITLE:
                _place(shape, Box(Inches(1), Inches(2.3), Inches(11.2), Inches(1.6)))
            elif opening and kind == ROLE.SUBTITLE:
                _place(shape, Box(Inches(1), Inches(4.05), Inches(11.2), Inches(2.2)))
            else:  # as on the master
                for moved in shape._element.spPr.findall(f"{_A}xfrm"):
                    shape._element.spPr.remove(moved)
    _styles(master, presentation.slide_layouts)
    return presentation


def _place(shape: Any, box: Box) -> None:
    shape.left, shape.top = Emu(box.left), Emu(box.top)
    shape.width, shape.height = Emu(box.width), Emu(box.height)


def _theme(master: Any, brand: Brand) -> None:
    """Colours and fonts of the brand as the theme's, so that they are at hand when editing."""
    part = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    part._blob = branded_theme(part.blob, brand)


def _styles(master: Any, layouts: Any) -> None:
    styles = master._element.find(qn("p:txStyles"))
    title = styles.find(f"{qn('p:titleStyle')}/{_A}lvl1pPr")
    title.set("algn", "l")
    title.find(f"{_A}defRPr").set("sz", "2600")
    title.find(f".//{_A}schemeClr").set("val", "tx2")
    for level in styles.find(qn("p:bodyStyle")):
        size = level.find(f"{_A}defRPr")
        if size is not None:
            size.set("sz", "1800")
    for shape in [*master.placeholders, *(s for x in layouts for s in x.placeholders)]:
        kind = shape.placeholder_format.type
        body = shape._element.txBody.find(f"{_A}bodyPr")
        style = shape._element.txBody.find(f"{_A}lstStyle")
        if kind in _TITLES:
            body.set("anchor", "b")
            body.set("lIns", "0")
        if kind == ROLE.CENTER_TITLE:
            _level(style, 4000)
        if kind == ROLE.SUBTITLE:
            body.set("lIns", "0")
            body.set("anchor", "t")
            _level(style, 1800)
        if kind in _FURNITURE:
            body.set("lIns", "0")
            body.set("rIns", "0")
            for level in style:
                level.set("algn", "r" if kind == ROLE.SLIDE_NUMBER else "l")
                level.find(f"{_A}defRPr").set("sz", "1000")


def _level(style: Any, size: int) -> None:
    for child in list(style):
        style.remove(child)
    level = etree.SubElement(style, f"{_A}lvl1pPr", marL="0", indent="0", algn="l")
    etree.SubElement(level, f"{_A}buNone")
    etree.SubElement(level, f"{_A}defRPr", sz=str(size))
