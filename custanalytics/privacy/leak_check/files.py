"""Which reader takes a file: by its content first, then by its name; unknown ones are told."""

import hashlib
from collections.abc import Collection
from itertools import chain
from pathlib import PurePosixPath

from custanalytics.privacy.leak_check.archives import gzip_passages, zip_passages
from custanalytics.privacy.leak_check.jsons import is_json, json_passages, program_passages
from custanalytics.privacy.leak_check.markup import markup_passages
from custanalytics.privacy.leak_check.passages import Inner, Passages, Unread, WholeFile, within
from custanalytics.privacy.leak_check.pdfs import pdf_passages
from custanalytics.privacy.leak_check.pictures import SUFFIXES, picture_passages
from custanalytics.privacy.leak_check.public import drawing_program, public_files
from custanalytics.privacy.leak_check.texts import decoded, style_passages, text_passages

_MOST_LAYERS = 8
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\0\0\1\0")
_PAGES = (".html", ".htm", ".xhtml", ".svg", "text.html", "svg+xml")
_XML = (".xml", ".rels", ".vml", ".rss", ".atom", ".xsl", ".opf", "+xml", "text.xml")
_JSON = (".json", ".geojson", ".webmanifest", ".map", ".ipynb", ".jsonl")
_PROGRAMS = (".js", ".mjs", ".ts", ".jsx", "javascript")
_STYLES = (".css", ".scss", ".less")


def _without_program(page: bytes) -> bytes:
    """A page without the program that draws its charts, where it holds all of it."""
    program = drawing_program().strip()
    return page.replace(program, b" ") if len(page) > len(program) else page


class Reader:
    """Reads files and the files inside them, but those trusted (SHA-256) and the package's own."""

    def __init__(self, trusted: Collection[str] = ()) -> None:
        self._trusted = trusted

    def passages(self, name: str, data: bytes, layer: int = 0) -> Passages:
        """Everything that a file says."""
        if not data:
            return
        digest = hashlib.sha256(data).hexdigest()
        if digest in public_files() or digest in self._trusted:
            return
        yield WholeFile("", digest)
        if layer >= _MOST_LAYERS:
            yield Unread("", "too many files in files")
            return
        for passage in _of_bytes(PurePosixPath(name.lower()).name, data, digest):
            if isinstance(passage, Inner):
                inside = self.passages(passage.name, passage.data, layer + 1)
                yield from within(passage.where, inside)
            else:
                yield passage


def _of_bytes(name: str, data: bytes, digest: str) -> Passages:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return zip_passages(data)
    if data.startswith(b"\x1f\x8b"):
        return gzip_passages(name, data)
    if b"%PDF-" in data[:1024]:
        return pdf_passages(data)
    if data.startswith(_PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return picture_passages(data)
    if name.endswith(SUFFIXES):
        return iter([Unread("", "it is called a picture and is none that is known")])
    text = decoded(_without_program(data))
    if text is None:
        harmless = f"such as a font, allow its SHA-256 {digest}"
        reason = f"its kind is unknown; where you know that it is harmless, {harmless}"
        return iter([Unread("", reason)])
    return _of_text(name, text)


def _of_text(name: str, text: str) -> Passages:
    start = text[:256].lstrip().lower()
    if name.endswith(_PAGES) or start.startswith(("<!doctype html", "<html", "<svg")):
        return markup_passages(text)
    if name.endswith(_XML) or start.startswith("<?xml"):
        return markup_passages(text, is_xml="<svg" not in text[:2000])
    if name.endswith(_JSON) or is_json(text):
        return json_passages(text)
    if name.endswith(_PROGRAMS):
        return program_passages(text)
    if name.endswith(_STYLES):
        return style_passages(text)
    if name.endswith((".csv", ".tsv")):
        return chain(text_passages(text), text_passages(text, "exact"))
    return text_passages(text)
