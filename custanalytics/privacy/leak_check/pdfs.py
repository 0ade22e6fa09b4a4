"""PDF: the text of each page, and every text that its objects hold."""

import io
import re
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from custanalytics.privacy.leak_check.passages import Inner, Passage, Passages, Unread
from custanalytics.privacy.leak_check.texts import decoded, readable_runs

# Names that drawing programs make: fonts and the like.
_OWN = {"/ID", "/FontName", "/BaseFont", "/CharSet", "/Panose", "/Registry", "/Ordering"}
_HYPHEN = re.compile("[-\u00ad\u2010] ?\n")
_BETWEEN_FIGURES = re.compile(r"(?<=\d) (?=\d)")
_BROKEN = (
    PyPdfError, OSError, ValueError, KeyError, TypeError, IndexError, AttributeError,
    RuntimeError, zlib.error, struct.error, AssertionError, EOFError, OverflowError,
)  # fmt: skip


def pdf_passages(data: bytes) -> Passages:
    """Texts of a PDF: pages, properties, alternative texts, links, attachments, pictures."""
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            yield Unread("", "a protected PDF")
            return
        for number, page in enumerate(reader.pages, start=1):
            # Cells of a table stand a blank apart there, as the thousands of one number do: only
            # where the page has them that close together are they one.
            text = _BETWEEN_FIGURES.sub("  ", page.extract_text())
            yield Passage(f"page {number}", text)
            laid_out = page.extract_text(extraction_mode="layout", layout_mode_strip_rotated=False)
            yield Passage(f"page {number}", laid_out)
            # Words that were broken at the end of a line.
            yield Passage(f"page {number}", _HYPHEN.sub("", text))
        texts: list[str] = []
        for found in _objects(reader):
            texts += _texts(found, set())
            if isinstance(found, DictionaryObject) and _has_no_letters(found):
                yield Unread("", "it has a font that does not say which letters its shapes are")
            if isinstance(found, StreamObject):
                yield from _files_in(found)
        yield Passage("properties", "\n".join(texts))
    except _BROKEN as error:
        yield Unread("", f"a PDF that can't be read ({type(error).__name__})")
    yield Passage("bytes", readable_runs(data), "words")


def _objects(reader: PdfReader) -> Iterator[Any]:
    """All objects, whether anything refers to them or not."""
    numbers = {(n, g) for g, objects in reader.xref.items() for n in objects}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    yield reader.trailer
    for number, generation in sorted(numbers):
        if number:
            yield reader.get_object(IndirectObject(number, generation, reader))


def _has_no_letters(font: DictionaryObject) -> bool:
    return font.get("/Subtype") == "/Type0" and "/ToUnicode" not in font


def _texts(value: Any, seen: set[int]) -> Iterator[str]:
    """Texts right in an object; what it refers to is an object of its own."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, TextStringObject):
        yield str(value)
    elif isinstance(value, ByteStringObject):
        yield decoded(bytes(value)) or readable_runs(bytes(value))
    elif isinstance(value, DictionaryObject):
        for key in value:
            inner = value.raw_get(key)
            if key not in _OWN:
                if key not in ("/Type", "/Subtype", "/S", "/Filter"):
                    yield str(key)
                yield from _texts(inner, seen)
    elif isinstance(value, ArrayObject):
        for at in range(len(value)):
            yield from _texts(list.__getitem__(value, at), seen)
    elif isinstance(value, NameObject) and len(value) > 8:
        yield str(value)


def _files_in(stream: StreamObject) -> Passages:
    kind, sub = stream.get("/Type"), stream.get("/Subtype")
    filters = stream.get("/Filter")
    last = filters[-1] if isinstance(filters, list) and filters else filters
    if kind == "/Metadata" or sub == "/XML":
        yield Inner("metadata", "metadata.xml", stream.get_data())
    elif kind == "/EmbeddedFile" or "/Params" in stream:
        yield Inner("attachment", "", stream.get_data())
    elif sub == "/Image" and last in ("/DCTDecode", "/JPXDecode"):
        # pypdf gives the picture's own file as it is.
        name = "picture.jpg" if last == "/DCTDecode" else "picture.jp2"
        yield Inner("picture", name, stream._data)
