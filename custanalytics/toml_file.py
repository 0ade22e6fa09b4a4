"""Reads TOML that a person has written, with one message for whatever is wrong with it."""

import tomllib
from pathlib import Path
from typing import Any

from custanalytics import limits
from custanalytics.errors import UsageError


def read_toml(path: Path, called: str = "") -> dict[str, Any]:
    """Read a TOML file; `called` is what a message calls it by, its path at first."""
    called = called or str(path)
    try:
        if path.stat().st_size > limits.SETTINGS:
            raise UsageError(f"{called} is over {limits.SETTINGS:,} bytes: no file of settings")
        return parse_toml(path.read_text("utf-8-sig"), called)
    except OSError as error:
        raise UsageError(f"{called} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{called} is no valid TOML: {error}") from error


def parse_toml(text: str, called: str) -> dict[str, Any]:
    """As `read_toml`, of a text."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{called} is no valid TOML: {error}") from error
    except RecursionError as error:
        raise UsageError(f"{called} is no valid TOML: too many brackets in brackets") from error
