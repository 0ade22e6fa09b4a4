"""The document as pandoc wrote it, laid out: contents, columns by what they hold, whole rows.

Word and its like break words in columns that are too narrow, rows at a page's foot, and tables
behind their heading. Here each table of figures gets the width of its columns in figures, in a
type so small that no number and no word is broken; rows stay whole and tables with their names.
"""

import re
from html import escape
from typing import Any

from lxml import etree

from custanalytics.render.text_room import POINT, width

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Width of the text on the page and the margins of a cell, in twentieths of a point.
_PAGE, _CELL = 9366, 180
_TWIP = POINT / 20
# Half points: the tables' own type, and the smallest that is tried.
_LARGEST, _SMALLEST = 17, 12
# Short texts, figures and days among them, stay on one line.
_UNBROKEN = 14
# A table of so many rows stays on one page.
_TOGETHER = 14
_STRETCH = 1.5
# Where a line may end: at a blank, or after a hyphen between letters, as in names of files.
_BREAK = re.compile(r"\s+|(?<=[^\W\d]-)(?=[^\W\d])")
_TOP = ("Title", "Subtitle", "Author", "Date")
_HEADINGS = {"Heading1": 1, "Heading2": 2}
_FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
    ' TOC \\o "1-2" \\h \\n \\u </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
)
_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def laid_out(document: bytes, contents: str) -> bytes:
    """The document's main part, laid out; `contents` is the title of its table of contents."""
    tree = etree.fromstring(document)
    for table in tree.iter(f"{_W}tbl"):
        rows = table.findall(f"{_W}tr")
        if len(rows) > 1 and not "".join(rows[0].itertext()).strip():
            table.remove(rows.pop(0))  # pandoc's empty heading
        for row in rows:
            _first(row, "trPr", "cantSplit")
        if table.find(f"{_W}tblPr/{_W}tblStyle").get(f"{_W}val") == "Table":
            _columns(table, rows)
            _kept_together(rows)
    if contents:
        _contents(tree.find(f"{_W}body"), contents)
    written: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def _columns(table: Any, rows: list[Any]) -> None:
    """Write widths that fit the texts, and the size of the type that they need."""
    texts = [
        ["\n".join("".join(p.itertext()) for p in cell.iter(f"{_W}p")) for cell in _cells(row)]
        for row in rows
    ]
    if len({len(row) for row in texts}) != 1:
        return
    widths: list[int] = []
    for size in range(_LARGEST, _SMALLEST - 1, -1):
        natural = [max(_wide(row[j], size) for row in texts) for j in range(len(texts[0]))]
        least = [
            max(_unbroken(row[j], size, i == 0) for i, row in enumerate(texts))
            for j in range(len(texts[0]))
        ]
        widths = _shared(natural, least)
        if sum(least) <= _PAGE:
            break
    properties = table.find(f"{_W}tblPr")
    for old in properties.findall(f"{_W}tblLayout"):
        properties.remove(old)
    whole = properties.find(f"{_W}tblW")
    whole.set(f"{_W}w", str(sum(widths)))
    whole.set(f"{_W}type", "dxa")
    layout = etree.Element(f"{_W}tblLayout")
    layout.set(f"{_W}type", "fixed")
    properties.find(f"{_W}tblLook").addprevious(layout)
    grid = table.find(f"{_W}tblGrid")
    grid[:] = [etree.Element(f"{_W}gridCol") for _ in widths]
    for column, wide in zip(grid, widths, strict=True):
        column.set(f"{_W}w", str(wide))
    for row in rows:
        for cell, wide in zip(_cells(row), widths, strict=True):
            given = _first(cell, "tcPr", "tcW")
            given.set(f"{_W}w", str(wide))
            given.set(f"{_W}type", "dxa")
    # The paragraphs' style would win over the table's.
    for run in table.iter(f"{_W}r"):
        for name in ("sz", "szCs"):
            _last(run, "rPr", name).set(f"{_W}val", str(size))


def _shared(natural: list[float], least: list[float]) -> list[int]:
    """The page's width over the columns: nobody less than needed, the rest to long texts."""
    if sum(natural) <= _PAGE:
        stretch = min(_PAGE / sum(natural), _STRETCH)
        return [int(wide * stretch) for wide in natural]
    if sum(least) >= _PAGE:
        return [int(wide * _PAGE / sum(least)) for wide in least]
    # Each the same share of its longest text, so that all wrap into about as many lines.
    free, rest = set(range(len(least))), float(_PAGE)
    while True:
        share = rest / sum(natural[i] for i in free)
        short = {i for i in free if natural[i] * share < least[i]}
        if not short:
            return [int(natural[i] * share if i in free else low) for i, low in enumerate(least)]
        rest -= sum(least[i] for i in short)
        free -= short


def _wide(text: str, size: int) -> float:
    return max(width(line, size / 2, bold=True) for line in text.split("\n")) / _TWIP + _CELL


def _unbroken(text: str, size: int, heading: bool) -> float:
    """The width under which a word, or a short text, would break."""
    if len(text) <= _UNBROKEN and not heading:
        return _wide(text, size)
    return max(_wide(part, size) for part in _BREAK.split(text))


def _cells(row: Any) -> list[Any]:
    return list(row.findall(f"{_W}tc"))


def _kept_together(rows: list[Any]) -> None:
    """Keep a short table on one page; of a long one, its first and its last two rows."""
    ends = (0, 1, len(rows) - 2)
    for i, row in enumerate(rows[:-1]):
        if len(rows) <= _TOGETHER or i in ends:
            for paragraph in row.iter(f"{_W}p"):
                _first(paragraph, "pPr", "keepNext")


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
    """Chapters and sections with links, as a field that Word can make again."""
    lines = []
    for paragraph in body.iter(f"{_W}p"):
        mark, level = paragraph.getprevious(), _HEADINGS.get(_style(paragraph))
        if level and mark is not None and mark.tag == f"{_W}bookmarkStart":
            lines.append((level, mark.get(f"{_W}name"), "".join(paragraph.itertext())))
    if not lines:
        return
    links = [
        f'<w:hyperlink w:anchor="{escape(name)}" w:history="1">{_run(text)}</w:hyperlink>'
        for _, name, text in lines
    ]
    links[0] = _FIELD + links[0]
    links[-1] += _END
    written = [_paragraph("TOCHeading", _run(title))]
    written += [_paragraph(f"TOC{line[0]}", link) for line, link in zip(lines, links, strict=True)]
    made = etree.fromstring(f'<w:body xmlns:w="{_W[1:-1]}">{"".join(written)}</w:body>')
    place = max((i for i, p in enumerate(body) if _style(p) in _TOP), default=-1) + 1
    body[place:place] = list(made)


def _style(element: Any) -> str:
    style = element.find(f"{_W}pPr/{_W}pStyle")
    return "" if style is None else str(style.get(f"{_W}val"))


def _paragraph(style: str, inside: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{inside}</w:p>'


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
