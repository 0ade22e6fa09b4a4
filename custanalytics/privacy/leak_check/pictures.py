"""Pictures: what their files say beside the picture itself."""

import io
import re
import struct
import zlib
from contextlib import suppress
from typing import Any

from PIL import ExifTags, Image, IptcImagePlugin, UnidentifiedImageError

from custanalytics.privacy.leak_check.passages import Inner, Passage, Passages, Unread, within
from custanalytics.privacy.leak_check.texts import decoded, readable_runs, text_passages

SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".tif", ".tiff", ".bmp", ".ico")
# Shape of the file, not words about it.
_NO_WORDS = {
    "dpi", "jfif", "jfif_version", "jfif_unit", "jfif_density", "gamma", "transparency", "version",
    "background", "loop", "duration", "aspect", "srgb", "chromaticity", "progressive", "adobe",
    "adobe_transform", "interlace", "extension", "timestamp",
}  # fmt: skip
_IFDS = (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo, ExifTags.IFD.Interop)
_HEADS = re.compile(rb"^(?:ASCII\0{3}|UNICODE\0|JIS\0{5}|\0{8})")
_BROKEN = (
    UnidentifiedImageError, OSError, ValueError, SyntaxError, zlib.error, struct.error, KeyError,
    TypeError, IndexError, EOFError, AttributeError,
)  # fmt: skip
_PNG = b"\x89PNG\r\n\x1a\n"


def picture_passages(data: bytes) -> Passages:
    """Texts, EXIF, XMP and IPTC entries, colour profiles and comments of a picture."""
    place = "properties of the picture"
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            texts = [_said(v) for k, v in picture.info.items() if k not in _NO_WORDS]
            exif = picture.getexif()
            entries = [*exif.values(), *(v for ifd in _IFDS for v in exif.get_ifd(ifd).values())]
            texts += map(_said, entries)
            texts += map(_said, (IptcImagePlugin.getiptcinfo(picture) or {}).values())
    except _BROKEN as error:
        yield Unread("", f"a picture that can't be read ({type(error).__name__})")
        return
    except Image.DecompressionBombError:
        yield Unread("", "a picture of too many pixels")
        return
    for text in texts:
        if "<x:xmpmeta" in text:
            yield Inner(place, "xmp.xml", text.encode("utf-8", "replace"))
    yield from within(place, text_passages("\n".join(texts)))
    yield Passage("bytes", readable_runs(_without_pixels(data)))


def _said(value: Any) -> str:
    """An entry as text; the Windows entries are UTF-16, others begin with their encoding."""
    if isinstance(value, dict):
        return "\n".join(_said(v) for v in value.values())
    if isinstance(value, list | tuple):
        if value and all(isinstance(v, int) for v in value):
            return bytes(v & 255 for v in value).decode("utf-16-le", "replace")
        return "\n".join(map(_said, value))
    if isinstance(value, str):
        # What EXIF says of its encoding is often wrong.
        with suppress(UnicodeError):
            return f"{value}\n{value.encode('latin-1').decode('utf-8')}"
    if not isinstance(value, bytes):
        return str(value)
    bare = _HEADS.sub(b"", value)
    text = decoded(bare.rstrip(b"\0"))
    wide = [bare.decode(order, "replace") for order in ("utf-16-le", "utf-16-be")]
    return "\n".join([text or readable_runs(bare), *(wide if len(bare) < 1 << 16 else [])])


def _without_pixels(data: bytes) -> bytes:
    """A PNG without its compressed pixels; other pictures as they are."""
    if not data.startswith(_PNG):
        return data
    kept, at = [], len(_PNG)
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] not in (b"IDAT", b"fdAT"):
            kept.append(data[at + 8 : at + 8 + length])
        if data[at + 4 : at + 8] == b"IEND":
            kept.append(data[at + 12 + length :])
            break
        at += 12 + length
    return b"\n".join(kept)
