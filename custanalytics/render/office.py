"""What slides, workbook and Word document share: fonts, clean text, the same bytes again."""

import io
import re
import zipfile
from datetime import date, datetime

from lxml import etree

from custanalytics.render.brand import Brand

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
# Zip files know no earlier day.
EARLIEST = date(1980, 1, 1)
# Our own fonts are on no reader's machine; these are on every one that opens office files.
_EVERYWHERE = {"Report Sans": "Arial", "Report Serif": "Georgia"}
# What XML can't hold, and what no reader can see.
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def office_fonts(brand: Brand) -> tuple[str, str]:
    """Names of the text and heading fonts for office programs."""
    names = (brand.font_family, brand.heading_family)
    text, heading = (_EVERYWHERE.get(name, name) for name in names)
    return text, heading


def printable(text: str) -> str:
    """The text without control characters, which office files can't hold."""
    return _UNPRINTABLE.sub(" ", text)


def printable_lines(text: str) -> str:
    """Text of several lines without what office files can't hold."""
    return "\n".join(printable(line) for line in text.split("\n"))


def branded_theme(theme: bytes, brand: Brand) -> bytes:
    """The theme of an office file with the brand's colours and fonts."""
    tree = etree.fromstring(theme)
    colors = brand.colors
    named = {
        "dk1": colors["ink"],
        "lt1": colors["bg"],
        "dk2": colors["accent-ink"],
        "lt2": colors["surface"],
        "hlink": colors["accent-ink"],
        "folHlink": colors["muted"],
    } | {f"accent{i}": colors[f"series-{i}"] for i in range(1, 7)}
    scheme = tree.find(f".//{_A}clrScheme")
    scheme.set("name", "Brand")
    for name, value in named.items():
        slot = scheme.find(f"{_A}{name}")
        for child in list(slot):
            slot.remove(child)
        etree.SubElement(slot, f"{_A}srgbClr", val=value.removeprefix("#").upper())
    text, heading = office_fonts(brand)
    for role, family in (("majorFont", heading), ("minorFont", text)):
        tree.find(f".//{_A}{role}/{_A}latin").set("typeface", family)
    content: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content


def steady(content: bytes, made: datetime) -> bytes:
    """The office file without traces of the clock, files within it too."""
    stamp = made.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name.endswith(".xlsx"):
                part = steady(part, made)
            if name == "docProps/core.xml":
                part = _STAMP.sub(rb"\g<1>" + stamp + rb"\g<2>", part)
            entry = zipfile.ZipInfo(name, (EARLIEST.year, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, part)
    return buffer.getvalue()
