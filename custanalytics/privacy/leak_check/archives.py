"""Archives: zip and what is one (presentations, documents, workbooks), and gzip."""

import gzip
import io
import zipfile
import zlib

from custanalytics.privacy.leak_check.readings import Found, Inside, Piece, Unread, within
from custanalytics.privacy.leak_check.texts import decoded, readable_runs

MOST_BYTES = 1 << 30
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, ValueError)


def zip_pieces(where: str, data: bytes, inside: Inside) -> Found:
    """Every part of a zip archive, its names and its comments."""
    left = MOST_BYTES
    outside = [(0, len(data))]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from _comment(within(where, "comment"), archive.comment)
            for part in archive.infolist():
                place = within(where, part.filename)
                yield Piece(within(place, "name"), part.filename)
                yield from _comment(within(place, "comment"), part.comment)
                yield Piece(within(place, "extra field"), readable_runs(part.extra), "words")
                left -= part.file_size
                if left < 0:
                    yield Unread(place, f"the archive unpacks to more than {MOST_BYTES >> 30} GB")
                    return
                if not part.is_dir():
                    yield from inside(place, part.filename, archive.read(part))
            first = min((p.header_offset for p in archive.infolist()), default=len(data))
            outside = [(0, first)]
    except _BROKEN as error:
        yield Unread(where, f"a damaged or protected archive ({type(error).__name__})")
    for start, end in outside:
        yield Piece(within(where, "outside of the parts"), readable_runs(data[start:end]), "words")


def gzip_pieces(where: str, name: str, data: bytes, inside: Inside) -> Found:
    """What a gzip file holds, and the name in its head."""
    yield Piece(within(where, "head"), readable_runs(data[:1024]), "words")
    try:
        with gzip.open(io.BytesIO(data)) as packed:
            content = packed.read(MOST_BYTES + 1)
    except _BROKEN as error:
        yield Unread(where, f"a damaged gzip file ({type(error).__name__})")
        return
    if len(content) > MOST_BYTES:
        yield Unread(where, f"it unpacks to more than {MOST_BYTES >> 30} GB")
        return
    yield from inside(where, name.removesuffix(".gz"), content)


def _comment(where: str, comment: bytes) -> Found:
    if comment:
        text = decoded(comment)
        yield Unread(where, "it is no text") if text is None else Piece(where, text)
