"""Tells a file that unpacks to far more than it holds from an honest one, before it is unpacked."""

import shutil
from pathlib import Path

from custanalytics import limits
from custanalytics.errors import SourceError


def refuse_swollen(label: str, packed: int, unpacked: int) -> None:
    """Stop at a file that unpacks to over a gigabyte, and to over a hundred times its size."""
    if unpacked > max(limits.SWOLLEN, limits.TIMES_PACKED * packed):
        raise SourceError(
            f"{label} unpacks to over {unpacked // limits.GIGABYTE:,} GB from "
            f"{packed / (1 << 20):,.1f} MB, as files do that are made to fill a disk; if it is "
            "an honest one, unpack it first and give what comes out"
        )


def refuse_too_large(label: str, unpacked: int, folder: Path) -> None:
    """Stop at what would fill the disk that the folder is on."""
    room = min(limits.UNPACKED, shutil.disk_usage(folder).free // 3)
    if unpacked > room:
        raise SourceError(
            f"{label} unpacks to more than {room >> 30} GB, a third of what is free there or "
            f"{limits.UNPACKED >> 30} GB; give it in parts, or make room in {folder.parent}"
        )


def refuse_wide(label: str, columns: int) -> None:
    """Stop at a table of more columns than anybody keeps sales in."""
    if columns > limits.COLUMNS:
        raise SourceError(
            f"{label} has {columns:,} columns, at most {limits.COLUMNS:,} are read; leave out "
            "those that no analysis needs"
        )
