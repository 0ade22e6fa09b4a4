"""Takes named files out of an archive, and nothing else."""

import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from custanalytics.errors import SourceError

MOST_BYTES = 4 << 30
_BLOCK = 1 << 20
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
)


def unpack(
    archive: Path, members: Iterable[str], folder: Path, most_bytes: int = MOST_BYTES
) -> dict[str, Path]:
    """Unpack some files of a ZIP archive into a folder, under their bare names."""
    found: dict[str, Path] = {}
    left = most_bytes
    for member in members:
        outer, zipped, inner = member.partition(".zip/")
        first = _take(archive, outer + ".zip" if zipped else member, folder, left)
        left -= first.stat().st_size
        if not zipped:
            found[member] = first
            continue
        found[member] = unpack(first, [inner], folder, left)[inner]
        left -= found[member].stat().st_size
        first.unlink()
    return found


def _take(archive: Path, member: str, folder: Path, most_bytes: int) -> Path:
    try:
        with zipfile.ZipFile(archive) as opened:
            names = opened.namelist()
            unsafe = [name for name in names if _unsafe(name)]
            if unsafe:
                raise SourceError(
                    f"{archive.name} holds names that point out of it ({unsafe[0]!r}): "
                    "it is not unpacked"
                )
            # Publishers put their files into a folder or not, from one year to the next.
            wanted = [n for n in names if n == member] or [
                n for n in names if PurePosixPath(n).name == PurePosixPath(member).name
            ]
            if len(wanted) != 1:
                raise SourceError(
                    f"{archive.name} was to hold {member}, but holds "
                    f"{', '.join(names[:5]) or 'nothing'}"
                )
            target = folder / PurePosixPath(member).name
            written = 0
            with opened.open(wanted[0]) as packed, target.open("xb") as out:
                while block := packed.read(_BLOCK):
                    written += len(block)
                    if written > most_bytes:
                        raise SourceError(
                            f"{archive.name} unpacks to more than {most_bytes:,} bytes: "
                            "it is not unpacked"
                        )
                    out.write(block)
            return target
    except _BROKEN as error:
        raise SourceError(f"{archive.name} is a damaged or protected archive: {error}") from error


def _unsafe(name: str) -> bool:
    plain = name.replace("\\", "/")
    return plain.startswith("/") or ".." in plain.split("/") or ":" in plain.split("/")[0]
