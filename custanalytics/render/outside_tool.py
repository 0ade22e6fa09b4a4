"""Runs another program on the report: within limits, with nothing of ours but what it is given."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pypandoc

from custanalytics import limits
from custanalytics.errors import RenderError


def outside_tool(
    command: Sequence[str],
    given: bytes,
    folder: Path,
    names: Mapping[str, str] | None = None,
    seconds: int = limits.TOOL_SECONDS,
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a folder; `names` are added to its environment."""
    try:
        return subprocess.run(  # noqa: S603 - a binary of a dependency, or the user's own quarto
            list(command),
            input=given,
            capture_output=True,
            cwd=folder,
            check=False,
            timeout=seconds,
            env=os.environ | dict(names or {}),
        )
    except subprocess.TimeoutExpired as error:
        raise RenderError(
            f"{Path(command[0]).name} was stopped: it needed over {seconds} seconds for the "
            "document; split it, or leave out what it can't take"
        ) from error


def run_pandoc(
    options: Sequence[str], given: bytes, folder: Path, names: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run pandoc, with less time and memory than a machine has."""
    bounded = [pypandoc.get_pandoc_path(), "+RTS", f"-M{limits.PANDOC_MEMORY}", "-RTS"]
    return outside_tool([*bounded, *options], given, folder, names, limits.PANDOC_SECONDS)
