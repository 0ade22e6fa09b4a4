"""The catalogue of open customer data, ``catalogue.toml`` beside this file."""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from custanalytics.errors import UsageError

UNVERIFIED = "unverified"
_FILE = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True)
class Dataset:
    """An open data set, and how an engagement is made of it.

    Attributes
    ----------
    name, title : str
        Short name for the command line, and the title in full.
    question, decision, success : str
        What it suits, as an engagement states it.
    command : str
        The command that answers the question: ``run``, ``prospects`` or ``measure``.
    settings : dict
        Options of that command for this set, its mapping among them.
    tried : bool
        Whether the settings were tried on the set's data.
    prepare : str
        What has to be done to the files before the command can read them; mostly empty.
    licence, citation, home, size : str
        Terms of use, how to cite it, its own page, and how much it holds.
    access : {"open", "login", "installed"}
        Whether it can be downloaded, needs a login at its home, or came with a package.
    how : str
        Where a login is needed: how to get the file.
    address : str
        Of the download; empty where a login is needed.
    bytes : int or None
        Size of the download; None where not known exactly.
    sha256, sha256_from : str
        Checksum of the download or ``unverified``, and where it is known from.
    members : dict
        File in the archive -> its checksum or ``unverified``; empty where it is no archive.
    expected : dict
        Figures that a run must give, as acceptance checks name them.
    """

    name: str
    title: str
    question: str
    decision: str
    success: str
    command: str
    settings: Mapping[str, Any]
    tried: bool
    licence: str
    citation: str
    home: str
    size: str
    access: Literal["open", "login", "installed"]
    address: str
    sha256: str
    members: Mapping[str, str]
    prepare: str = ""
    how: str = ""
    bytes: int | None = None
    sha256_from: str = ""
    expected: Mapping[str, int] = field(default_factory=dict)


def datasets() -> dict[str, Dataset]:
    """Every set of the catalogue."""
    entries = tomllib.loads(_FILE.read_text("utf-8"))
    return {
        name: Dataset(name=name, **{key.replace("-", "_"): value for key, value in entry.items()})
        for name, entry in entries.items()
    }


def dataset(name: str) -> Dataset:
    """One set of the catalogue."""
    known = datasets()
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise UsageError(f"no data set {name!r}: {hint}known are {', '.join(known)}")
    return known[name]
