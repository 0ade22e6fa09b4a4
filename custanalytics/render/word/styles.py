"""Styles of the Word document, in the brand's colours."""

from html import escape
from typing import Any

from lxml import etree

from custanalytics.render.brand import Brand

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACE = f'xmlns:w="{_W}"'
# A4 with a footer.
PAGE = (
    b'<w:sectPr><w:footerReference w:type="default" r:id="rIdFooter"/>'
    b'<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1300" w:right="1270" w:bottom="1200" '
    b'w:left="1270" w:header="700" w:footer="600" w:gutter="0"/></w:sectPr>'
)
FOOTER_RELATION = (
    f'<Relationship Id="rIdFooter" Type="{_RELATIONS}/footer" Target="footer1.xml"/>'.encode()
)
FOOTER_TYPE = (
    b'<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-'
    b'officedocument.wordprocessingml.footer+xml"/>'
)
# Laid out as by Word since 2013: tables begin where the text does.
MODERN = (
    b'<w:compat><w:compatSetting w:name="compatibilityMode" '
    b'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
)
# Of the cover, by style: size in half points, colour, bold, space before and after.
_COVER = {
    "Author": (26, "accent-ink", True, 0, 80),
    "Title": (60, "accent-ink", False, 0, 160),
    "Subtitle": (28, "muted", False, 0, 120),
    "Date": (20, "muted", False, 120, 480),
}
# Name, size in half points, colour, bold, space before and after in twentieths of a point.
_PARAGRAPHS = (
    ("Logo", 20, "ink", False, 0, 240),
    ("Lead", 24, "ink", False, 60, 160),
    ("Small", 17, "muted", False, 40, 80),
    ("Chart Subtitle", 18, "muted", False, 0, 60),
    ("Chart Note", 16, "muted", False, 40, 200),
    ("Kpi Value", 36, "accent-ink", True, 80, 0),
    ("Kpi Label", 17, "ink", False, 0, 0),
    ("Kpi Note", 16, "muted", False, 0, 80),
    ("Note Title", 20, "accent-ink", True, 80, 40),
)
_HEADINGS = {"Heading1": 32, "Heading2": 26, "Heading3": 22}


def footer(text: str, brand: Brand) -> bytes:
    """The foot of a page: what the document is, and the number of the page."""
    color = brand.colors["muted"].removeprefix("#")
    look = f'<w:rPr><w:color w:val="{color}"/><w:sz w:val="16"/></w:rPr>'

    def run(inside: str) -> str:
        return f"<w:r>{look}{inside}</w:r>"

    def field(name: str) -> str:
        kinds = [f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end")]
        code = f'<w:instrText xml:space="preserve"> {name} </w:instrText>'
        return "".join(map(run, (kinds[0], code, kinds[1], "<w:t>1</w:t>", kinds[2])))

    said = run(f'<w:t xml:space="preserve">{escape(text, quote=False)}</w:t>')
    of = run('<w:t xml:space="preserve"> / </w:t>')
    rule = brand.colors["rule"].removeprefix("#")
    return (
        f"<?xml version='1.0' encoding='UTF-8' standalone='yes'?><w:ftr {_NAMESPACE}><w:p><w:pPr>"
        f'<w:pBdr><w:top w:val="single" w:sz="4" w:space="6" w:color="{rule}"/></w:pBdr>'
        '<w:tabs><w:tab w:val="right" w:pos="9366"/></w:tabs><w:spacing w:after="0"/></w:pPr>'
        f"{said}{run('<w:tab/>')}{field('PAGE')}{of}{field('NUMPAGES')}</w:p></w:ftr>"
    ).encode()


def styled(styles: bytes, brand: Brand) -> bytes:
    """Pandoc's styles with the brand's colours, and those that a report needs besides."""
    tree = etree.fromstring(styles)
    colors = {name: value.removeprefix("#") for name, value in brand.colors.items()}
    for style in tree.findall(f"{{{_W}}}style"):
        name = style.get(f"{{{_W}}}styleId")
        if name in _HEADINGS:
            _look(style, colors["accent-ink"], _HEADINGS[name])
        elif name == "Caption":
            _look(style, colors["ink"], 21, bold=True)
            _kept_with_next(style)
            _spaced(style, 240, 60)
        elif name == "TOCHeading":
            _look(style, colors["accent-ink"], 22)
        elif name in _COVER:
            size, color, bold, before, after = _COVER[name]
            _look(style, colors[color], size, bold)
            _spaced(style, before, after)
            for old in style.findall(f"{{{_W}}}pPr/{{{_W}}}jc"):
                old.getparent().remove(old)
        elif name == "Normal":
            _look(style, colors["ink"], 20)
        elif name == "Table":
            tree.remove(style)
    for name, size, color, bold, before, after in _PARAGRAPHS:
        tree.append(_paragraph(name, size, colors[color], bold, before, after))
    for level, indent in ((1, 0), (2, 300)):
        tree.append(_line_of_contents(level, indent, colors["ink"]))
    for name in ("good", "bad", "warn"):
        tree.append(_character(name.capitalize(), colors[name]))
    tree.append(_character("Neutral", colors["muted"]))
    tree.append(_finding(colors))
    tree.append(_table("Table", _rules(colors)))
    tree.append(_table("Cards", ""))
    tree.append(_table("NoteBox", _box(colors)))
    content: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content


def _look(style: Any, color: str, size: int, bold: bool = False) -> None:
    properties = style.find(f"{{{_W}}}rPr")
    if properties is None:
        properties = etree.SubElement(style, f"{{{_W}}}rPr")
    for name in ("b", "bCs", "i", "iCs", "color", "spacing", "sz", "szCs"):
        for old in properties.findall(f"{{{_W}}}{name}"):
            properties.remove(old)
    # In the order of the schema.
    if bold:
        etree.SubElement(properties, f"{{{_W}}}b")
    for name, value in (("color", color), ("sz", str(size)), ("szCs", str(size))):
        etree.SubElement(properties, f"{{{_W}}}{name}").set(f"{{{_W}}}val", value)


def _kept_with_next(style: Any) -> None:
    properties = style.find(f"{{{_W}}}pPr")
    if properties is None:
        properties = etree.Element(f"{{{_W}}}pPr")
        style.find(f"{{{_W}}}rPr").addprevious(properties)
    for old in properties.findall(f"{{{_W}}}keepNext"):
        properties.remove(old)
    properties.insert(0, etree.Element(f"{{{_W}}}keepNext"))


def _spaced(style: Any, before: int, after: int) -> None:
    properties = style.find(f"{{{_W}}}pPr")
    for name in ("spacing", "contextualSpacing"):
        for old in properties.findall(f"{{{_W}}}{name}"):
            properties.remove(old)
    spacing = etree.SubElement(properties, f"{{{_W}}}spacing")
    spacing.set(f"{{{_W}}}before", str(before))
    spacing.set(f"{{{_W}}}after", str(after))


def _line_of_contents(level: int, indent: int, color: str) -> Any:
    size = 18 if level == 1 else 17
    return etree.fromstring(
        f'<w:style {_NAMESPACE} w:type="paragraph" w:styleId="TOC{level}">'
        f'<w:name w:val="toc {level}"/><w:basedOn w:val="Normal"/><w:pPr>'
        f'<w:spacing w:before="{40 if level == 1 else 0}" w:after="0"/>'
        f'<w:ind w:left="{indent}"/></w:pPr><w:rPr>{"<w:b/>" if level == 1 else ""}'
        f'<w:color w:val="{color}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
        "</w:style>"
    )


def _paragraph(name: str, size: int, color: str, bold: bool, before: int, after: int) -> Any:
    # What stands over a figure or text stays with it.
    keep = "<w:keepNext/>" if name in ("Chart Subtitle", "Note Title") else ""
    return etree.fromstring(
        f'<w:style {_NAMESPACE} w:type="paragraph" w:customStyle="1" '
        f'w:styleId="{name.replace(" ", "")}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{keep}'
        f'<w:spacing w:before="{before}" w:after="{after}"/></w:pPr><w:rPr>'
        f'{"<w:b/>" if bold else ""}<w:color w:val="{color}"/><w:sz w:val="{size}"/>'
        f'<w:szCs w:val="{size}"/></w:rPr></w:style>'
    )


def _finding(colors: dict[str, str]) -> Any:
    return etree.fromstring(
        f'<w:style {_NAMESPACE} w:type="paragraph" w:customStyle="1" w:styleId="CoverFinding">'
        '<w:name w:val="Cover Finding"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr><w:pBdr>'
        f'<w:left w:val="single" w:sz="24" w:space="10" w:color="{colors["accent"]}"/></w:pBdr>'
        '<w:spacing w:before="360" w:after="360"/><w:ind w:left="240"/></w:pPr>'
        '<w:rPr><w:sz w:val="30"/><w:szCs w:val="30"/></w:rPr></w:style>'
    )


def _character(name: str, color: str) -> Any:
    return etree.fromstring(
        f'<w:style {_NAMESPACE} w:type="character" w:customStyle="1" w:styleId="{name}">'
        f'<w:name w:val="{name}"/><w:rPr><w:b/><w:color w:val="{color}"/></w:rPr></w:style>'
    )


def _table(name: str, look: str) -> Any:
    return etree.fromstring(
        f'<w:style {_NAMESPACE} w:type="table" w:customStyle="1" '
        f'w:styleId="{name.replace(" ", "")}"><w:name w:val="{name}"/>{look}</w:style>'
    )


def _rules(colors: dict[str, str]) -> str:
    edge = f'w:val="single" w:sz="8" w:space="0" w:color="{colors["accent"]}"'
    inner = f'w:val="single" w:sz="4" w:space="0" w:color="{colors["rule"]}"'
    return (
        '<w:pPr><w:spacing w:before="30" w:after="30"/></w:pPr>'
        "<w:tblPr><w:tblBorders>"
        f"<w:top {edge}/><w:bottom {edge}/><w:insideH {inner}/></w:tblBorders>{_MARGINS}</w:tblPr>"
        '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:tcBorders>'
        f"<w:bottom {edge}/></w:tcBorders></w:tcPr></w:tblStylePr>"
    )


def _box(colors: dict[str, str]) -> str:
    return (
        f'<w:tblPr><w:tblBorders><w:left w:val="single" w:sz="24" w:space="0" '
        f'w:color="{colors["accent"]}"/></w:tblBorders>{_MARGINS}</w:tblPr>'
        f'<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{colors["surface"]}"/></w:tcPr>'
    )


_MARGINS = (
    '<w:tblCellMar><w:left w:w="90" w:type="dxa"/><w:right w:w="90" w:type="dxa"/></w:tblCellMar>'
)
