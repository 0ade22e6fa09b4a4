"""Runs another program on the report: with a time limit, nothing of ours but what it is given."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from custanalytics.errors import RenderError

MOST_SECONDS = 600


def outside_tool(
    command: Sequence[str], given: bytes, folder: Path, names: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a folder; `names` are added to its environment."""
    try:
        return subprocess.run(  # noqa: S603 - a binary of a dependency, or the user's own quarto
            list(command),
            input=given,
            capture_output=True,
            cwd=folder,
            check=False,
            timeout=MOST_SECONDS,
            env=os.environ | dict(names or {}),
        )
    except subprocess.TimeoutExpired as error:
        raise RenderError(
            f"{Path(command[0]).name} was stopped: it needed over {MOST_SECONDS} seconds for the "
            "document"
        ) from error
