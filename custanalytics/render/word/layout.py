"""The document as pandoc wrote it, laid out: contents, columns by what they hold, whole rows.

Word and its like break words in columns that are too narrow, rows at a page's foot, and tables
behind their heading. Here each table of figures gets the width of its columns in figures, in a
type so small that no number and no word is broken; what is too wide for type that can be read
stands as two tables, one under the other. Rows stay whole and tables with their names.
"""

import copy
import re
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from lxml import etree

from custanalytics.render.text_room import POINT, lines, width

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Width of the text on the page and the margin of a cell, in twentieths of a point.
_PAGE, _CELL = 9366, 90
# Half points: the sizes of the tables' type, and the smallest that is read with ease; an em of
# half a point in twentieths.
_SIZES, _READABLE, _EM = (17, 16, 15, 14, 13, 12), 15, 10
# Between figures, on the right of their column, and the text that follows them.
_GAP = 140
# Short texts, figures and days among them, stay on one line.
_UNBROKEN = 14
# A table of so many rows stays on one page.
_TOGETHER = 14
_STRETCH = 1.5
# Headings of more lines take smaller type.
_HEADING = 3
# So much wider at a time grows a column whose texts wrap; a blank, in em.
_STEP, _SPACE, _TINY = 60, 0.3, 1e-6
# A place to fill in, which is an empty cell here, and the room that it has.
_DOTS, _BLANK = re.compile(r"^[.…]+$"), 900
# A file's folder, before its name: the link still leads there.
_FOLDER = re.compile(r"^(?:[\w-]+/)+(?=[\w.-]+$)")
# Where a line may end: at a blank, or after a hyphen between letters, as in names of files.
_BREAK = re.compile(r"[ \t\n]+|(?<=[^\W\d]-)(?=[^\W\d])")
# An interval is one figure: in brackets behind another, or alone in its cell.
_INTERVAL = re.compile(r"[(\[](?=[^()\[\]]*\d)[^()\[\]]{3,26}[)\]]|^\S*\d\S* \S{1,4} \S*\d\S*$")
_NUMBERED = re.compile(r"(?P<label>\w+)(?P<space>\s)(?P<number>\d+)(?P<rest>:.*)", re.DOTALL)
# The cover's height in twentieths of a point, by style, and what a line of its large texts adds;
# then that of a line of the contents by its level, and of the page less the contents' heading.
_COVER = {
    "Logo": 1150, "Author": 420, "Title": 160, "Subtitle": 500, "CoverFinding": 720, "Date": 900
}  # fmt: skip
_BIG = {"Title": 720, "CoverFinding": 380}
_LINE, _TALL = {1: 260, 2: 205}, 13700
# Of the room that is left, so much stands above.
_RAISED, _MOST_ABOVE = 0.6, 2400
_HEADINGS = {"Heading1": 1, "Heading2": 2}
_FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
    ' TOC \\o "1-{levels}" \\h \\n \\u </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
)
# Two tables without it would be one.
_BETWEEN = (
    '<w:p><w:pPr><w:pStyle w:val="Compact"/><w:spacing w:before="60" w:after="60"/></w:pPr></w:p>'
)
_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def laid_out(document: bytes, contents: str) -> bytes:
    """The document's main part, laid out; `contents` is the title of its table of contents."""
    tree = etree.fromstring(document)
    for table in list(tree.iter(f"{_W}tbl")):
        rows = table.findall(f"{_W}tr")
        if len(rows) > 1 and not "".join(rows[0].itertext()).strip():
            table.remove(rows.pop(0))  # pandoc's empty heading
        for row in rows:
            _first(row, "trPr", "cantSplit")
        if table.find(f"{_W}tblPr/{_W}tblStyle").get(f"{_W}val") == "Table":
            for text in table.iter(f"{_W}t"):
                text.text = _INTERVAL.sub(_on_one_line, _DOTS.sub("", text.text or ""))
            for link in table.iter(f"{_W}hyperlink"):
                for text in link.iter(f"{_W}t"):
                    text.text = _FOLDER.sub("", text.text or "")
            for part in _legible(table):
                _kept_together(part.findall(f"{_W}tr"))
    for paragraph in tree.iter(f"{_W}p"):
        # A picture and its source stay together.
        following = paragraph.getnext()
        if paragraph.find(f".//{_W}drawing") is not None and _style(following) == "ChartNote":
            _first(paragraph, "pPr", "keepNext")
        if _style(paragraph) == "Caption":
            _counted(paragraph)
    if contents:
        _contents(tree.find(f"{_W}body"), contents)
    written: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def _legible(table: Any) -> list[Any]:
    """The table with its columns set; as two, one under the other, where it is too wide."""
    columns = _Columns(table)
    if not columns.even:
        return [table]
    cuts = range(columns.keys + 1, columns.count)
    if columns.needs(range(columns.count), _READABLE) <= _PAGE or not cuts:
        columns.set()
        return [table]
    cut = min(cuts, key=lambda j: max(columns.needs(part, 1) for part in columns.parts(j)))
    below = copy.deepcopy(table)
    table.addnext(below)
    table.addnext(_elements(_BETWEEN)[0])
    for part, kept in zip((table, below), columns.parts(cut), strict=True):
        for row in part.findall(f"{_W}tr"):
            for j, cell in enumerate(_cells(row)):
                if j not in kept:
                    row.remove(cell)
        _Columns(part).set()
    for name in ("bookmarkStart", "bookmarkEnd"):
        for mark in list(below.iter(f"{_W}{name}")):
            mark.getparent().remove(mark)
    return [table, below]


class _Columns:
    """The columns of a table: what they hold, and the room that it takes."""

    def __init__(self, table: Any) -> None:
        self.table = table
        self.rows = table.findall(f"{_W}tr")
        texts = [
            ["\n".join("".join(p.itertext()) for p in cell.iter(f"{_W}p")) for cell in _cells(row)]
            for row in self.rows
        ]
        self.count = len(texts[0])
        self.even = len({len(row) for row in texts}) == 1
        if not self.even:
            return
        numbered = all(row[0].strip().isdigit() for row in texts[1:])
        # How many of the first columns say what a row is about.
        self.keys = 2 if numbered else 1
        # By column and row: the lines of a cell, as the widths in em of what stays on one line.
        self.texts = [
            [_lines(row[j], heading=not i) for i, row in enumerate(texts)]
            for j in range(self.count)
        ]
        right = [_aligned(cell) == "right" for cell in _cells(self.rows[-1])]
        # Left and right: flush with the text around the table.
        self.around = [
            (
                _CELL + (_GAP if right[j - 1] and not right[j] else 0) if j else 0,
                _CELL if j < self.count - 1 else 0,
            )
            for j in range(self.count)
        ]
        self.blank = [not any(row[j] for row in texts[1:]) for j in range(self.count)]

    def parts(self, cut: int) -> tuple[list[int], list[int]]:
        """The columns of both parts of a table cut before a column."""
        return list(range(cut)), [*range(self.keys), *range(cut, self.count)]

    def needs(self, columns: Sequence[int], size: int) -> float:
        """The width under which a word or figure in some columns would break."""
        least = self._least(size)
        return sum(least[j] for j in columns)

    def _least(self, size: int) -> list[float]:
        longest = [
            max(part for row in rows for line in row for part in line) for rows in self.texts
        ]
        return [
            max(sum(around) + size * _EM * em, _BLANK if blank else 0)
            for em, around, blank in zip(longest, self.around, self.blank, strict=True)
        ]

    def set(self) -> None:
        """Write widths that fit the texts, and the size of the type that they need."""
        size = next((s for s in _SIZES if self.needs(range(self.count), s) <= _PAGE), _SIZES[-1])
        widths, heading = self._widths(size)
        if heading > _HEADING and size == _SIZES[0]:
            size = _SIZES[1]
            widths, _ = self._widths(size)
        self._write(widths, size)

    def _widths(self, size: int) -> tuple[list[int], int]:
        """The page's width over the columns: nobody less than needed, the rest where it helps.

        With it, how many lines the headings take.
        """
        least = self._least(size)
        spare = max(0, int((_PAGE - sum(least)) // _STEP))
        # By column: the lines of each of its cells, at every width that it may get.
        tall = [self._heights(j, low, spare, size) for j, low in enumerate(least)]
        given = [0] * self.count
        while spare:
            now = np.array([lines[wider] for lines, wider in zip(tall, given, strict=True)])
            best = max(self._saved(j, tall[j], given[j], spare, now) for j in range(self.count))
            if best[0] <= 0:
                # Two that are as tall grow in turns.
                worth = ((now == now.max(axis=0)) & (now > 1)).sum(axis=1)
                best = (float(worth.max()), int(worth.argmax()), 1)
            if best[0] <= 0:
                break
            given[best[1]] += best[2]
            spare -= best[2]
        widths = [low + wider * _STEP for low, wider in zip(least, given, strict=True)]
        stretch = min(_PAGE / sum(widths), _STRETCH)
        heading = max(lines[wider][0] for lines, wider in zip(tall, given, strict=True))
        return [int(wide * stretch) for wide in widths], int(heading)

    def _saved(
        self, column: int, tall: "np.ndarray[Any, Any]", given: int, spare: int, now: Any
    ) -> tuple[float, int, int]:
        """The most lines of the table that a column saves a step, the column, and the steps."""
        others = np.delete(now, column, axis=0).max(axis=0, initial=1)
        wider = np.maximum(tall[given + 1 : given + spare + 1], others).sum(axis=1)
        saved = (now.max(axis=0).sum() - wider) / np.arange(1, len(wider) + 1)
        return float(saved.max()), column, int(saved.argmax()) + 1

    def _heights(self, column: int, least: float, spare: int, size: int) -> Any:
        """Lines of each cell of a column, at each width from the least on."""
        made: list[list[int]] = []
        for step in range(spare + 1):
            if made and max(made[-1]) == 1:
                made.append(made[-1])
                continue
            room = (least + step * _STEP - sum(self.around[column])) / size / _EM + _TINY
            made.append([sum(_count(line, room) for line in row) for row in self.texts[column]])
        return np.array(made)

    def _write(self, widths: list[int], size: int) -> None:
        properties = self.table.find(f"{_W}tblPr")
        for old in properties.findall(f"{_W}tblLayout"):
            properties.remove(old)
        whole = properties.find(f"{_W}tblW")
        whole.set(f"{_W}w", str(sum(widths)))
        whole.set(f"{_W}type", "dxa")
        layout = etree.Element(f"{_W}tblLayout")
        layout.set(f"{_W}type", "fixed")
        properties.find(f"{_W}tblLook").addprevious(layout)
        grid = self.table.find(f"{_W}tblGrid")
        grid[:] = [etree.Element(f"{_W}gridCol") for _ in widths]
        for column, wide in zip(grid, widths, strict=True):
            column.set(f"{_W}w", str(wide))
        for row in self.rows:
            for j, (cell, wide) in enumerate(zip(_cells(row), widths, strict=True)):
                given = _first(cell, "tcPr", "tcW")
                given.set(f"{_W}w", str(wide))
                given.set(f"{_W}type", "dxa")
                margins = _last(cell, "tcPr", "tcMar")
                for side, room in zip(("left", "right"), self.around[j], strict=True):
                    margin = etree.SubElement(margins, f"{_W}{side}")
                    margin.set(f"{_W}w", str(room))
                    margin.set(f"{_W}type", "dxa")
        # The paragraphs' style would win over the table's.
        for run in self.table.iter(f"{_W}r"):
            for name in ("sz", "szCs"):
                _last(run, "rPr", name).set(f"{_W}val", str(size))


def _on_one_line(match: re.Match[str]) -> str:
    return match.group().replace(" ", "\N{NO-BREAK SPACE}")


def _aligned(cell: Any) -> str:
    found = cell.find(f"{_W}p/{_W}pPr/{_W}jc")
    return "" if found is None else str(found.get(f"{_W}val"))


def _lines(text: str, heading: bool) -> list[list[float]]:
    """The lines of a text, each as the widths in em of what is not broken: words, short texts."""
    whole = len(text) <= _UNBROKEN and not heading
    return [
        [width(part, 1, bold=True) / POINT for part in ([line] if whole else _BREAK.split(line))]
        for line in text.split("\n")
    ]


def _count(parts: list[float], room: float) -> int:
    """How many lines parts take, with blanks between them."""
    count, used = 1, -_SPACE
    for part in parts:
        used += _SPACE + part
        if used > room:
            count, used = count + 1, part
    return count


def _cells(row: Any) -> list[Any]:
    return list(row.findall(f"{_W}tc"))


def _kept_together(rows: list[Any]) -> None:
    """Keep a short table on one page; of a long one, its first and its last three rows."""
    noted = _style(rows[-1].getparent().getnext()) == "ChartNote"
    kept = (
        range(len(rows)) if len(rows) <= _TOGETHER else (0, 1, 2, *range(len(rows) - 3, len(rows)))
    )
    for i, row in enumerate(rows if noted else rows[:-1]):
        if i in kept:
            for paragraph in row.iter(f"{_W}p"):
                _first(paragraph, "pPr", "keepNext")


def _counted(caption: Any) -> None:
    """The number of a figure or table as a field: Word counts again where one is put in."""
    text = caption.find(f"{_W}r/{_W}t")
    if text is None or (match := _NUMBERED.match(text.text or "")) is None:
        return
    run = text.getparent()
    field = etree.Element(f"{_W}fldSimple")
    field.set(f"{_W}instr", f" SEQ {match['label']} \\* ARABIC ")
    number, rest = copy.deepcopy(run), copy.deepcopy(run)
    text.text = f"{match['label']}{match['space']}"
    number.find(f"{_W}t").text, rest.find(f"{_W}t").text = match["number"], match["rest"]
    field.append(number)
    run.addnext(field)
    field.addnext(rest)


def _first(element: Any, holder: str, name: str) -> Any:
    """A property of an element, as the first of its holder, or right after the style's name."""
    properties = _holder(element, holder, name)
    made = etree.Element(f"{_W}{name}")
    styled = len(properties) and properties[0].tag in (f"{_W}pStyle", f"{_W}rStyle")
    properties.insert(1 if styled else 0, made)
    return made


def _last(element: Any, holder: str, name: str) -> Any:
    return etree.SubElement(_holder(element, holder, name), f"{_W}{name}")


def _holder(element: Any, holder: str, name: str) -> Any:
    """Where properties of an element stand, without the one that is to be written anew."""
    properties = element.find(f"{_W}{holder}")
    if properties is None:
        properties = etree.Element(f"{_W}{holder}")
        element.insert(0, properties)
    for old in properties.findall(f"{_W}{name}"):
        properties.remove(old)
    return properties


def _contents(body: Any, title: str) -> None:
    """A cover with the contents: chapters and sections with links, as a field of Word's own."""
    listed = []
    for paragraph in body.iter(f"{_W}p"):
        mark, level = paragraph.getprevious(), _HEADINGS.get(_style(paragraph))
        if level and mark is not None and mark.tag == f"{_W}bookmarkStart":
            listed.append((level, mark.get(f"{_W}name"), "".join(paragraph.itertext())))
    if not listed:
        return
    place = max((i for i, p in enumerate(body) if _style(p) in _COVER), default=-1) + 1
    cover = sum(
        _COVER[_style(p)] + _BIG.get(_style(p), 0) * _lines_of("".join(p.itertext()), _style(p))
        for p in body[:place]
    )
    room = _TALL - cover - sum(_LINE[level] for level, _, _ in listed)
    if room < 0:
        # Too many for the page: the chapters alone.
        listed = [line for line in listed if line[0] == 1]
        room = _TALL - cover - _LINE[1] * len(listed)
    links = [
        f'<w:hyperlink w:anchor="{escape(name)}" w:history="1">{_run(text)}</w:hyperlink>'
        for _, name, text in listed
    ]
    links[0] = _FIELD.format(levels=max(level for level, _, _ in listed)) + links[0]
    links[-1] += _END
    styles = ["TOCHeading", *(f"TOC{level}" for level, _, _ in listed)]
    body[place:place] = _elements("".join(map(_paragraph, styles, [_run(title), *links])))
    above = max(0, min(int(room * _RAISED), _MOST_ABOVE))
    _first(body[0], "pPr", "spacing").set(f"{_W}before", str(above))
    etree.SubElement(body[-1], f"{_W}titlePg")
    summary = next(p for p in body.iter(f"{_W}p") if _style(p) in _HEADINGS)
    _first(summary, "pPr", "pageBreakBefore")


def _lines_of(text: str, style: str) -> int:
    size = 30 if style == "Title" else 15
    return lines(text, size, _PAGE * POINT / 20)


def _elements(markup: str) -> list[Any]:
    return list(etree.fromstring(f'<w:body xmlns:w="{_W[1:-1]}">{markup}</w:body>'))


def _style(element: Any) -> str:
    style = None if element is None else element.find(f"{_W}pPr/{_W}pStyle")
    return "" if style is None else str(style.get(f"{_W}val"))


def _paragraph(style: str, inside: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{inside}</w:p>'


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
