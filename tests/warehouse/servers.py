"""A PostgreSQL server of the machine's own, started for the tests and gone after them."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def postgres_programs() -> Path | None:
    """Folder of the server's programs; None where the machine has none, or nobody to run them."""
    if os.geteuid() == 0 and not _known("postgres"):
        return None
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _known(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a fresh server that only this machine's sockets reach."""
    programs = postgres_programs()
    assert programs is not None
    # The server refuses to run as root; the socket's path must be short.
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        if user:
            shutil.chown(folder, user)
        run = {"user": user, "check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
        data, log = folder / "data", folder / "log"
        made = ["-D", data, "-U", "owner", "--auth=trust", "--no-sync", "-E", "UTF8"]
        subprocess.run([programs / "initdb", *made], **run)
        how = f"-k {folder} -c listen_addresses='' -c fsync=off"
        control = [programs / "pg_ctl", "-D", data, "-l", log, "-w"]
        subprocess.run([*control, "-o", how, "start"], **run)
        try:
            yield f"postgresql://owner@/postgres?host={folder}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **run)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
