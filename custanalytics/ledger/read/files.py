"""What a path holds: opens archives and tells texts, workbooks and Parquet apart by content."""

import difflib
import gzip
import hashlib
import io
import os
import select
import stat
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, Literal

from custanalytics import limits
from custanalytics.engine import write_parquet
from custanalytics.errors import SourceError
from custanalytics.ledger.read.connections import write_query
from custanalytics.ledger.read.swollen import refuse_swollen, refuse_too_large

Kind = Literal["text", "workbook", "parquet", "json"]

STANDARD_INPUT = "-"
_TABLE = "the table"  # what is called so that came without a name
_BLOCK = 1 << 20
_WORKBOOK_MEMBERS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
)
_FOREIGN = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"SQLite format 3": "an SQLite database",
    b"ORC": "an ORC file",
    b"Obj\x01": "an Avro file",
    b"{\\rtf": "an RTF document",
}


@dataclass(frozen=True)
class SourceFile:
    """One file to read: given by the user, or a member of an archive.

    Attributes
    ----------
    label : str
        What the user sees: the file's name, and the member's after a slash.
    path : Path
        Where its bytes are, unpacked.
    kind : {"text", "workbook", "parquet", "json"}
    """

    label: str
    path: Path
    kind: Kind


def open_sources(sources: Any, scratch: Path, connection: Any = None) -> list[SourceFile]:
    """Files behind paths and tables, archives unpacked into ``scratch``, in the order given.

    One path or table alone is a list of one. Beside a connection they are queries on it.
    """
    given = list(sources) if isinstance(sources, list | tuple) else [sources]
    if not given:
        raise SourceError("no file was given")
    found: list[SourceFile] = []
    for source in given:
        if connection is not None or not isinstance(source, str | Path):
            target, label = _scratch_file(scratch), _TABLE
            if connection is None:
                write_parquet(source, target)
            else:
                label = write_query(source, connection, target)
            found.append(SourceFile(label, target, "parquet"))
            continue
        path = Path(source)
        if str(path) == STANDARD_INPUT:
            target = _scratch_file(scratch)
            _copy("standard input", _standard_input(), target)
            found.extend(_open("standard input", target, scratch))
        elif not path.exists():
            raise SourceError(f"{path} does not exist{_what_instead(path)}")
        elif path.is_fifo():
            target = _scratch_file(scratch)
            with _flowing(path) as pipe:
                _copy(path.name, pipe, target)
            found.extend(_open(path.name, target, scratch))
        else:
            _refuse_device(str(path), path.stat())
            for file in _files_of(path):
                found.extend(_open(file.name, file, scratch))
    _refuse_twins(found)
    return found


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise SourceError("standard input is closed; give a file")
    with suppress(io.UnsupportedOperation):  # it may be no file of the system's
        _refuse_device("standard input", os.fstat(sys.stdin.buffer.fileno()))
    return sys.stdin.buffer


def _what_instead(path: Path) -> str:
    """What somebody may have meant by a path that leads nowhere."""
    if str(path).lower().startswith(("select ", "with ")):
        return "; a query needs connection= beside it"
    if "*" in path.name:
        return f"; give the folder, or the list sorted(Path().glob({path.name!r}))"
    if not path.parent.is_dir():
        return f": there is no folder {path.parent}"
    near = difflib.get_close_matches(path.name, [f.name for f in path.parent.iterdir()], 1)
    return f"; did you mean {near[0]}?" if near else f" in {path.parent.resolve()}"


def _flowing(pipe: Path) -> BinaryIO:
    """A named pipe that somebody writes into; without a writer, opening would wait for ever."""
    handle = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    if not select.select([handle], [], [], limits.PIPE_WAIT)[0]:
        os.close(handle)
        raise SourceError(f"nothing came out of the pipe {pipe} within {limits.PIPE_WAIT} seconds")
    os.set_blocking(handle, True)
    return os.fdopen(handle, "rb")


def _files_of(path: Path) -> list[Path]:
    """The file itself, or those in a folder by name, without hidden ones."""
    if not path.is_dir():
        return [path]
    files = sorted(f for f in path.iterdir() if f.is_file() and not f.name.startswith((".", "~$")))
    if not files:
        raise SourceError(f"{path} is a folder without a file in it")
    _refuse_many(f"{path} is a folder", len(files))
    return files


def _refuse_many(what: str, files: int) -> None:
    if files > limits.FILES:
        raise SourceError(
            f"{what} of {files:,} files, at most {limits.FILES:,} are read; put them together, or "
            "name those that hold sales"
        )


def _refuse_device(label: str, about: os.stat_result) -> None:
    if stat.S_ISCHR(about.st_mode) or stat.S_ISBLK(about.st_mode):
        raise SourceError(f"{label} is a device, of no end; give a file, or a pipe into -")


def _open(label: str, path: Path, scratch: Path, layer: int = 0) -> Iterator[SourceFile]:
    if layer > limits.LAYERS:
        raise SourceError(f"{label} is an archive in an archive in an archive; unpack it first")
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise SourceError(f"{label} can't be read: {error.strerror}") from error
    if not head:
        raise SourceError(f"{label} is empty")
    if head.startswith(b"\x1f\x8b"):
        target = _scratch_file(scratch)
        with path.open("rb") as raw, gzip.open(raw) as packed:
            _unpack(label, packed, target, raw.tell)
        yield from _open(label.removesuffix(".gz"), target, scratch, layer + 1)
    elif head.startswith(b"PK\x03\x04"):
        yield from _open_zip(label, path, scratch, layer)
    elif head.startswith(b"PAR1"):
        yield SourceFile(label, path, "parquet")
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        yield SourceFile(label, path, "workbook")
    else:
        _refuse_foreign(label, head)
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        is_json = start.startswith((b'{"', b"{\n", b"{\r", b"{ ", b"[{", b"[\n", b"[\r", b"[ "))
        yield SourceFile(label, path, "json" if is_json else "text")


def _open_zip(label: str, path: Path, scratch: Path, layer: int) -> Iterator[SourceFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            unpacked = sum(member.file_size for member in archive.infolist())
            size = path.stat().st_size
            refuse_swollen(label, size, unpacked)
            refuse_too_large(label, unpacked, scratch)
            if any(name in names for name in _WORKBOOK_MEMBERS):
                yield SourceFile(label, path, "workbook")
                return
            wanted = [
                name
                for name in names
                if not name.endswith("/")
                and not name.startswith("__MACOSX/")
                and not name.rsplit("/", 1)[-1].startswith(".")
            ]
            if not wanted:
                raise SourceError(f"{label} is an archive without a file in it")
            _refuse_many(f"{label} is an archive", len(wanted))
            for name in wanted:
                target = _scratch_file(scratch)
                with archive.open(name) as packed:
                    _unpack(f"{label}/{name}", packed, target, lambda: size)
                yield from _open(f"{label}/{name}", target, scratch, layer + 1)
    except _BROKEN_ZIP as error:
        raise SourceError(f"{label} is a damaged or protected archive: {error}") from error


def _unpack(
    label: str, packed: IO[bytes] | gzip.GzipFile, target: Path, taken: Callable[[], int]
) -> None:
    """Unpack with bounds, so that a small archive can't fill the disk.

    ``taken`` gives how many packed bytes were needed up to now.
    """
    try:
        with target.open("wb") as out:
            written = 0
            while block := packed.read(_BLOCK):
                written += out.write(block)
                refuse_swollen(label, taken(), written)
                refuse_too_large(label, written, target.parent)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise SourceError(f"{label} is a damaged archive: {error}") from error


def _copy(label: str, flowing: BinaryIO, target: Path) -> None:
    """Keep what comes out of a pipe, as long as there is room for it."""
    written = 0
    with target.open("wb") as out:
        while block := flowing.read(_BLOCK):
            written += out.write(block)
            refuse_too_large(label, written, target.parent)


def _scratch_file(scratch: Path) -> Path:
    return scratch / f"unpacked-{len(list(scratch.glob('unpacked-*'))):04}"


def _refuse_foreign(label: str, head: bytes) -> None:
    for mark, what in _FOREIGN.items():
        if head.startswith(mark):
            raise SourceError(f"{label} is {what}; expected CSV, Excel, Parquet or JSON")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        raise SourceError(
            f"{label} is a web page or XML, whatever its name says; "
            "open it in a spreadsheet and save it as CSV or XLSX"
        )


def _refuse_twins(found: Sequence[SourceFile]) -> None:
    """The same bytes twice would count every sale twice."""
    if len(found) < 2:
        return
    seen: dict[str, str] = {}
    for source in found:
        with source.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest in seen:
            raise SourceError(
                f"{seen[digest]} and {source.label} hold the same bytes; name each file once"
            )
        seen[digest] = source.label
