"""Which reader takes a file: by its content first, then by its name; unknown ones are told."""

import hashlib
from collections.abc import Collection
from pathlib import PurePosixPath

from custanalytics.privacy.leak_check.archives import gzip_pieces, zip_pieces
from custanalytics.privacy.leak_check.jsons import is_json, json_pieces, program_pieces
from custanalytics.privacy.leak_check.markup import markup_pieces
from custanalytics.privacy.leak_check.pdfs import pdf_pieces
from custanalytics.privacy.leak_check.pictures import SUFFIXES, picture_pieces
from custanalytics.privacy.leak_check.public import drawing_program, public_files
from custanalytics.privacy.leak_check.readings import Found, Unread, Whole
from custanalytics.privacy.leak_check.texts import decoded, style_pieces, text_pieces

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
    """Reads files, and the files inside them.

    Parameters
    ----------
    trusted : collection of str
        SHA-256 of files that are not looked into, beside those of the package.
    """

    def __init__(self, trusted: Collection[str] = ()) -> None:
        self._trusted = trusted
        self._layers = 0

    def pieces(self, where: str, name: str, data: bytes) -> Found:
        """Everything that a file says."""
        if not data:
            return
        digest = hashlib.sha256(data).hexdigest()
        if digest in public_files() or digest in self._trusted:
            return
        yield Whole(where, digest)
        if self._layers >= _MOST_LAYERS:
            yield Unread(where, "too many files in files")
            return
        self._layers += 1
        try:
            yield from self._read(where, PurePosixPath(name.lower()).name, data, digest)
        finally:
            self._layers -= 1

    def _read(self, where: str, name: str, data: bytes, digest: str) -> Found:
        if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            yield from zip_pieces(where, data, self.pieces)
        elif data.startswith(b"\x1f\x8b"):
            yield from gzip_pieces(where, name, data, self.pieces)
        elif b"%PDF-" in data[:1024]:
            yield from pdf_pieces(where, data, self.pieces)
        elif data.startswith(_PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
            yield from picture_pieces(where, data, self.pieces)
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

    def _text(self, where: str, name: str, text: str) -> Found:
        start = text[:256].lstrip().lower()
        if name.endswith(_PAGES) or start.startswith(("<!doctype html", "<html", "<svg")):
            yield from markup_pieces(where, text, self.pieces)
        elif name.endswith(_XML) or start.startswith("<?xml"):
            yield from markup_pieces(where, text, self.pieces, is_xml="<svg" not in text[:2000])
        elif name.endswith(_JSON) or is_json(text):
            yield from json_pieces(where, text, self.pieces)
        elif name.endswith(_PROGRAMS):
            yield from program_pieces(where, text, self.pieces)
        elif name.endswith(_STYLES):
            yield from style_pieces(where, text, self.pieces)
        else:
            yield from text_pieces(where, text, "written", self.pieces)
            if name.endswith((".csv", ".tsv")):
                yield from text_pieces(where, text, "exact", self.pieces)
