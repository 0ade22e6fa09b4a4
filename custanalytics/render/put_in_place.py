"""Puts a finished report folder in place in one step, so that no half-made one is ever seen."""

import ctypes
import errno
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from custanalytics.errors import CustAnalyticsError, RenderError, UsageError

T = TypeVar("T")
MANIFEST = ".custanalytics.json"
_RENDERED = {"report.html", "report.pdf", "report.docx", "slides.pptx", "workbook.xlsx", MANIFEST}
_OWNED = re.compile(r"report\.qmd|slides\.yml|_brand\.yml|sections/.*")
_AT_FDCWD = {"linux": -100, "darwin": -2}
_EXCHANGE = 2  # RENAME_EXCHANGE on Linux, RENAME_SWAP on macOS
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}


@contextmanager
def renewed(target: Path, template: Path | None = None) -> Iterator[Path]:
    """Make or renew a folder as a whole.

    Inside the ``with`` block all is written to a new folder beside the target, which starts
    with the consultant's own files from the old one: what no earlier run has made, and what
    a template has brought (``report.qmd``, ``_brand.yml``, ``sections/``) in any case. When
    the block ends well, the two change places in one step. A kill at any moment leaves the
    old folder or the new one, complete.
    """
    with _swapped(target, generated_in) as (target, new, generated):
        carried = _carry(target, new, generated)
        yield new
        owned = carried | set(_files(template) if template else [])
        made = [n for n in _files(new) if n not in {*owned, MANIFEST} and not _OWNED.fullmatch(n)]
        (new / MANIFEST).write_text(json.dumps({"generated": made}, indent=1) + "\n", "utf-8")
        # What the consultant saved in the meantime counts.
        _carry(target, new, generated | set(made))


@contextmanager
def replaced(target: Path, ours: str) -> Iterator[Path]:
    """Make or renew a folder as a whole, with nothing of the old one in it.

    As `renewed`, but all that the old folder holds goes.
    """

    def is_ours(place: Path) -> None:
        if place.is_file():
            raise UsageError(f"{place} is a file; give a folder")
        if place.exists() and any(place.iterdir()) and not (place / ours).is_file():
            raise UsageError(f"{place} holds files that custanalytics did not make; move them away")

    with _swapped(target, is_ours, private=False) as (_, new, _):
        yield new


@contextmanager
def _swapped(
    target: Path, judged: Callable[[Path], T], private: bool = True
) -> Iterator[tuple[Path, Path, T]]:
    """The folder's whole path, a new one beside it that takes its place at the end, a verdict.

    A private folder can be entered by its owner alone, also while it is made.
    """
    given, target = target, target.resolve()  # where a link leads to, so that the link stays one
    if not target.name:
        raise UsageError(f"{target} is no folder that can be replaced; give another (--out)")
    new, old = (target.with_name(f".{target.name}.{kind}") for kind in ("new", "old"))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(target, error) from error
    with locked(target.with_name(f".{target.name}.lock"), target):
        _recover(target, new, old)
        verdict = judged(target)
        new.mkdir(mode=0o700 if private else 0o777)
        try:
            yield target, new, verdict
            for path in (*new.rglob("*"), new):
                sync(path)
            _swap(new, target, old)
            sync(target.parent)
        except (CustAnalyticsError, OSError) as error:
            _name_as_given(error, str(new), str(given))
            raise
        finally:
            shutil.rmtree(new, ignore_errors=True)


def _name_as_given(error: Exception, new: str, given: str) -> None:
    """Let a message name the folder that the user knows, not the one that is taken away."""
    error.args = tuple(
        a.replace(new, given) if isinstance(a, str) and new in a else a for a in error.args
    )
    if isinstance(error, OSError) and isinstance(error.filename, str):
        error.filename = error.filename.replace(new, given)


def sync(path: Path) -> None:
    """Have it on the disk: else a power cut after the swap could lose the new and the old."""
    if path.is_symlink() or (sys.platform == "win32" and path.is_dir()):
        return
    handle = os.open(path, os.O_RDONLY if sys.platform != "win32" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _recover(target: Path, new: Path, old: Path) -> None:
    """Clear up after a run that was killed."""
    shutil.rmtree(new, ignore_errors=True)
    if old.exists():
        if target.exists():
            shutil.rmtree(old)
        else:
            old.rename(target)


def generated_in(target: Path) -> set[str]:
    """Files that an earlier run has made there; a folder with others' files alone is refused."""
    if not target.exists():
        return set()
    if not target.is_dir():
        raise UsageError(f"{target} is a file; give a folder for the report (--out)")
    manifest = target / MANIFEST
    if not manifest.is_file():
        if any(target.iterdir()):
            raise UsageError(
                f"{target} holds files but no report that custanalytics made; "
                "give another folder (--out)"
            )
        return set()
    try:
        return set(json.loads(manifest.read_text("utf-8"))["generated"]) | _RENDERED
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise RenderError(
            f"{manifest} is damaged ({error}); give another folder (--out)"
        ) from error


def _carry(source: Path, new: Path, generated: set[str]) -> set[str]:
    """Copy the consultant's own files that are not there yet, or newer; return their names."""
    names = {name for name in _files(source) if name not in generated and _kept(name)}
    for name in names:
        path, copy = source / name, new / name
        if not copy.exists() or path.stat().st_mtime_ns > copy.stat().st_mtime_ns:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy, follow_symlinks=False)
    return names


def _kept(name: str) -> bool:
    # Quarto's own scratch files, and the remains of a killed rendering.
    return not name.startswith((".quarto/", ".rendering.", ".report."))


def _files(folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in files)


def _swap(new: Path, target: Path, old: Path) -> None:
    if not target.exists():
        new.rename(target)
    elif not _exchange(new, target):
        # Two steps where the system has no exchange; a kill between them is mended at next start.
        target.rename(old)
        new.rename(target)
        shutil.rmtree(old, ignore_errors=True)


def _exchange(first: Path, second: Path) -> bool:
    """Let two folders change places in one step; False where the system can't."""
    name = {"linux": "renameat2", "darwin": "renameatx_np"}.get(sys.platform)
    call = getattr(ctypes.CDLL(None, use_errno=True), name, None) if name else None
    if call is None:
        return False
    here = ctypes.c_int(_AT_FDCWD[sys.platform])
    flag = ctypes.c_uint(_EXCHANGE)
    if call(here, os.fsencode(first), here, os.fsencode(second), flag) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise RenderError(f"{second} can't be replaced: {os.strerror(code)}")


def _unwritable(target: Path, error: OSError) -> UsageError:
    return UsageError(f"{target} can't be written ({error.strerror}); give another folder (--out)")


@contextmanager
def locked(lock: Path, target: Path) -> Iterator[None]:
    """Keep a second run away from the folder; the lock ends with the process."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    busy = UsageError(f"another run is writing {target} right now")
    try:
        handle = os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise busy from error
        # A run that ends takes its lock away: what was opened just before is then no lock.
        if not lock.exists() or not os.path.samestat(os.fstat(handle), lock.stat()):
            raise busy
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)
    finally:
        os.close(handle)
