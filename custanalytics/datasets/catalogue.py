"""The catalogue of open customer data, ``catalogue.toml`` beside this file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from custanalytics.config import unknown
from custanalytics.errors import UsageError

UNVERIFIED = "unverified"
_FILE = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True)
class Dataset:
    """An open data set, and how an engagement is made of it."""

    name: str  # short, for the command line
    title: str
    question: str  # what it suits, as an engagement states it
    decision: str
    success: str
    command: str  # that answers the question: run, prospects or measure
    settings: Mapping[str, Any]  # options of that command, the mapping among them
    tried: bool  # whether the settings were tried on the set's data
    licence: str
    citation: str
    home: str
    size: str
    access: Literal["open", "login", "installed"]  # installed: it came with a package
    address: str  # of the download; empty where a login is needed
    sha256: str  # of the download, or UNVERIFIED
    members: Mapping[str, str]  # file in the archive -> its checksum, or UNVERIFIED
    prepare: str = ""  # what has to be done before the command can read the files
    how: str = ""  # to get the file where a login is needed
    bytes: int | None = None  # of the download; None: not known exactly
    sha256_from: str = ""  # where the checksum is known from
    expected: Mapping[str, int] = field(default_factory=dict)  # figures that a run must give


def datasets() -> dict[str, Dataset]:
    """Every set of the catalogue."""
    entries = tomllib.loads(_FILE.read_text("utf-8"))
    return {
        name: Dataset(name=name, **{key.replace("-", "_"): value for key, value in entry.items()})
        for name, entry in entries.items()
    }


def dataset(name: str) -> Dataset:
    """One set of the catalogue."""
    by_name = datasets()
    if name not in by_name:
        raise UsageError(unknown("data set", name, by_name))
    return by_name[name]
