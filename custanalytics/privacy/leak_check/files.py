"""Which reader takes a file: by its content first, then by its name; unknown ones are told."""

import hashlib
from collections.abc import Collection
from pathlib import PurePosixPath

from custanalytics.privacy.leak_check.archives import gzip_passages, zip_passages
from custanalytics.privacy.leak_check.jsons import is_json, json_passages, program_passages
from custanalytics.privacy.leak_check.markup import markup_passages
from custanalytics.privacy.leak_check.passages import Passages, Unread, WholeFile
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
        self._layers = 0

    def passages(self, where: str, name: str, data: bytes) -> Passages:
        """Everything that a file says."""
        if not data:
            return
        digest = hashlib.sha256(data).hexdigest()
        if digest in public_files() or digest in self._trusted:
            return
        yield WholeFile(where, digest)
        if self._layers >= _MOST_LAYERS:
            yield Unread(where, "too many files in files")
            return
        self._layers += 1
        try:
            yield from self._read(where, PurePosixPath(name.lower()).name, data, digest)
        finally:
            self._layers -= 1

    def _read(self, where: str, name: str, data: bytes, digest: str) -> Passages:
        if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            yield from zip_passages(where, data, self.passages)
        elif data.startswith(b"\x1f\x8b"):
            yield from gzip_passages(where, name, data, self.passages)
        elif b"%PDF-" in data[:1024]:
            yield from pdf_passages(where, data, self.passages)
        elif data.startswith(_PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
            yield from picture_passages(where, data, self.passages)
        elif name.endswith(SUFFIXES):
            yield Unread(where, "it is called a picture and is none that is known")
        elif (text := decoded(_without_program(data))) is None:
            yield Unread(
                where,
                f"its kind is unknown; where you know that it is harmless, such as a font, "
                f"allow its SHA-256 {digest}",
            )
        else:
            yield from self._text(where, name, text)

    def _text(self, where: str, name: str, text: str) -> Passages:
        start = text[:256].lstrip().lower()
        if name.endswith(_PAGES) or start.startswith(("<!doctype html", "<html", "<svg")):
            yield from markup_passages(where, text, self.passages)
        elif name.endswith(_XML) or start.startswith("<?xml"):
            yield from markup_passages(where, text, self.passages, is_xml="<svg" not in text[:2000])
        elif name.endswith(_JSON) or is_json(text):
            yield from json_passages(where, text, self.passages)
        elif name.endswith(_PROGRAMS):
            yield from program_passages(where, text, self.passages)
        elif name.endswith(_STYLES):
            yield from style_passages(where, text, self.passages)
        else:
            yield from text_passages(where, text, "written", self.passages)
            if name.endswith((".csv", ".tsv")):
                yield from text_passages(where, text, "exact", self.passages)
