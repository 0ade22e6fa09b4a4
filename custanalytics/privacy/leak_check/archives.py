"""Archives: zip and what is one (presentations, documents, workbooks), and gzip."""

import gzip
import io
import zipfile
import zlib

from custanalytics.privacy.leak_check.passages import Inner, Passage, Passages, Unread, within
from custanalytics.privacy.leak_check.texts import decoded, readable_runs

MOST_BYTES = 1 << 30
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, ValueError)


def zip_passages(data: bytes) -> Passages:
    """Every part of a zip archive, its names and its comments."""
    left = MOST_BYTES
    outside = data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from _comment(archive.comment)
            for part in archive.infolist():
                place = part.filename
                yield from within(place, _about(part))
                left -= part.file_size
                if left < 0:
                    yield Unread(place, f"the archive unpacks to more than {MOST_BYTES >> 30} GB")
                    return
                if not part.is_dir():
                    yield Inner(place, place, archive.read(part))
            first = min((p.header_offset for p in archive.infolist()), default=len(data))
            outside = data[:first]
    except _BROKEN as error:
        yield Unread("", f"a damaged or protected archive ({type(error).__name__})")
    yield Passage("outside of the parts", readable_runs(outside), "words")


def gzip_passages(name: str, data: bytes) -> Passages:
    """What a gzip file holds, and the name in its head."""
    yield Passage("head", readable_runs(data[:1024]), "words")
    try:
        with gzip.open(io.BytesIO(data)) as packed:
            content = packed.read(MOST_BYTES + 1)
    except _BROKEN as error:
        yield Unread("", f"a damaged gzip file ({type(error).__name__})")
        return
    if len(content) > MOST_BYTES:
        yield Unread("", f"it unpacks to more than {MOST_BYTES >> 30} GB")
        return
    yield Inner("", name.removesuffix(".gz"), content)


def _about(part: zipfile.ZipInfo) -> Passages:
    yield Passage("name", part.filename)
    yield from _comment(part.comment)
    yield Passage("extra field", readable_runs(part.extra), "words")


def _comment(comment: bytes) -> Passages:
    if comment:
        text = decoded(comment)
        yield Unread("comment", "it is no text") if text is None else Passage("comment", text)
