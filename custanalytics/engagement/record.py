"""``engagement.toml`` as a value: what is asked, until when, from what data."""

import hashlib
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from custanalytics.config import COMMANDS, unknown
from custanalytics.engagement.pending import finish
from custanalytics.errors import UsageError
from custanalytics.toml_file import parse_toml, read_toml

FILE = "engagement.toml"
DATA = "data"
REPORT = "report"
_KEYS = {
    "client", "author", "question", "decision", "success", "started", "data-by", "deadline",
    "scope", "settings", "acceptance", "data", "source", "publish",
}  # fmt: skip
_BOUNDS = ("at-least", "at-most", "equals")


@dataclass(frozen=True)
class Received:
    """A file as it came from the client.

    Attributes
    ----------
    file : str
        Its name in ``data/``.
    size : int
        Bytes.
    sha256 : str
        Checksum, in hexadecimal digits.
    received : date
        The day it came.
    """

    file: str
    size: int
    sha256: str
    received: date


@dataclass(frozen=True)
class Acceptance:
    """One thing that the client and the consultant agreed to check.

    Attributes
    ----------
    says : str
        The check in words.
    figure : str
        Figure of the command's JSON, parts of its name apart by dots; empty where a person
        has to judge.
    bounds : dict
        ``at-least``, ``at-most`` or ``equals`` -> the bound of the figure.
    done : bool
        Where a person judges: whether it was found right.
    """

    says: str
    figure: str = ""
    bounds: Mapping[str, Any] = field(default_factory=dict)
    done: bool = False


@dataclass(frozen=True)
class Publication:
    """How the engagement may be shown in public; empty texts are filled by ``publish``.

    Attributes
    ----------
    title, theme : str
        Of the entry.
    label : str
        Whom it was for, as may be said, such as ``An online shop for kitchenware``.
    question, decision, method, finding : str
        As may be said; empty: the engagement's own, and what the results say.
    techniques : tuple of str
        What was used.
    picture : str
        The chart on its card, such as ``segments``.
    slug : str
        Name of its folder and address.
    allow : tuple of str
        Words of the data that may be found in what is published.
    """

    title: str = ""
    theme: str = ""
    label: str = ""
    question: str = ""
    decision: str = ""
    method: str = ""
    finding: str = ""
    techniques: tuple[str, ...] = ()
    picture: str = ""
    slug: str = ""
    allow: tuple[str, ...] = ()


@dataclass(frozen=True)
class Engagement:
    """What ``engagement.toml`` says.

    Attributes
    ----------
    folder : Path
        The engagement's folder.
    client, author : str
        Whom it is for, and who does it.
    question, decision, success : str
        What is asked, the decision it serves, how its success is measured; may be empty.
    scope_in, scope_out : tuple of str
        What is delivered, and what is not.
    started, data_by, deadline : date
        The first day, the day the data are due, and the last day.
    command : str
        ``"run"``, ``"prospects"`` or ``"measure"``.
    settings : dict
        Options of that command.
    acceptance : tuple of Acceptance
        The agreed checks.
    data : tuple of Received
        The files received.
    source : dict
        Where open data come from: name, home, licence, citation, checksums; empty for a client's.
    publish : Publication
        How it may be shown in public.
    """

    folder: Path
    client: str
    author: str
    question: str
    decision: str
    success: str
    scope_in: tuple[str, ...]
    scope_out: tuple[str, ...]
    started: date
    data_by: date
    deadline: date
    command: str
    settings: Mapping[str, Any]
    acceptance: tuple[Acceptance, ...]
    data: tuple[Received, ...]
    source: Mapping[str, str] = field(default_factory=dict)
    publish: Publication = field(default_factory=Publication)

    @property
    def locale(self) -> str:
        """How dates are written."""
        return str(self.settings.get("locale", "en_GB"))

    @property
    def last_received(self) -> date:
        """The day of the last data received; that of the start where none are there."""
        return max((file.received for file in self.data), default=self.started)


def read_engagement(folder: Path | str = ".") -> Engagement:
    """Read an engagement's record."""
    folder = Path(folder)
    finish(folder)
    path = folder / FILE
    if not path.is_file():
        raise UsageError(
            f"{folder.resolve()} is no engagement: it has no {FILE}; "
            "make one with 'custanalytics new NAME'"
        )
    content = read_toml(path)
    _known(content, _KEYS, str(path))
    scope = _Table(_section(content, "scope", path), f"{path}, [scope]")
    settings = dict(_section(content, "settings", path))
    top = _Table(content, str(path))
    command = settings.pop("command", "run")
    if command not in COMMANDS:
        raise UsageError(
            f"{path}, [settings]: command is one of {', '.join(COMMANDS)}, not {command!r}"
        )
    return Engagement(
        folder=folder,
        client=top.text("client"),
        author=top.text("author"),
        question=top.text("question"),
        decision=top.text("decision"),
        success=top.text("success"),
        scope_in=scope.texts("in"),
        scope_out=scope.texts("out"),
        started=top.day("started"),
        data_by=top.day("data-by"),
        deadline=top.day("deadline"),
        command=command,
        settings=settings,
        acceptance=tuple(
            _acceptance(row, f"{path}, [[acceptance]] {number}")
            for number, row in enumerate(_rows(content, "acceptance", path), start=1)
        ),
        data=tuple(
            _received(row, f"{path}, [[data]] {number}")
            for number, row in enumerate(_rows(content, "data", path), start=1)
        ),
        source={name: str(value) for name, value in _section(content, "source", path).items()},
        publish=_publication(_section(content, "publish", path), f"{path}, [publish]"),
    )


def with_new_file(record: str, file: Received, content: bytes) -> str:
    """The text of a record in which a file of ``data/`` has another content."""
    head, *blocks = record.split("[[data]]")
    size, digest = len(content), hashlib.sha256(content).hexdigest()
    for at, block in enumerate(blocks):
        if file.sha256 in block and parse_toml(block, FILE).get("file") == file.file:
            block = block.replace(file.sha256, digest)
            blocks[at] = re.sub(r"(?m)^(size *= *)[\d_]+", rf"\g<1>{size}", block)
    made = "[[data]]".join([head, *blocks])
    listed = {row["file"]: (row["size"], row["sha256"]) for row in parse_toml(made, FILE)["data"]}
    if listed.get(file.file) != (size, digest):
        raise UsageError(
            f"{FILE}: the [[data]] section of {file.file} is not as 'custanalytics receive' writes "
            "it, and can't be brought up to date; write it so"
        )
    return made


def sha256(path: Path) -> str:
    """Checksum of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Table:
    """Entries of a TOML table; a wrong one is named in the message."""

    def __init__(self, content: Mapping[str, Any], place: str) -> None:
        self.content = content
        self.place = place

    def text(self, name: str) -> str:
        return str(self._of(name, str, "a text in quotes", "")).strip()

    def texts(self, name: str) -> tuple[str, ...]:
        values = self._of(name, list, "a list of texts", [])
        if not all(isinstance(value, str) for value in values):
            raise UsageError(f"{self.place}: {name} is a list of texts in quotes")
        return tuple(values)

    def day(self, name: str) -> date:
        found = self._of(name, date, "a date such as 2026-06-30, without quotes")
        # A date with a time is a date to Python, but can't be compared with one.
        return date(found.year, found.month, found.day)

    def number(self, name: str) -> int:
        return int(self._of(name, int, "a whole number"))

    def _of(self, name: str, kind: type, what: str, default: Any = None) -> Any:
        value = self.content.get(name, default)
        if not isinstance(value, kind):
            found = "is missing" if value is None else f"not {value!r}"
            raise UsageError(f"{self.place}: {name} must be {what}; it {found}")
        return value


def _acceptance(row: Mapping[str, Any], place: str) -> Acceptance:
    _known(row, {"says", "figure", "done", *_BOUNDS}, place)
    table = _Table(row, place)
    bounds = {name: row[name] for name in _BOUNDS if name in row}
    figure = table.text("figure")
    if bool(figure) != bool(bounds):
        raise UsageError(f"{place}: figure and one of {', '.join(_BOUNDS)} belong together")
    for name, bound in bounds.items():
        if name != "equals" and (isinstance(bound, bool) or not isinstance(bound, int | float)):
            raise UsageError(f"{place}: {name} must be a number, not {bound!r}")
    done = row.get("done", False)
    if not isinstance(done, bool):
        raise UsageError(f"{place}: done is true or false, not {done!r}")
    return Acceptance(table.text("says"), figure, bounds, done)


def _publication(section: Mapping[str, Any], place: str) -> Publication:
    kinds = {part.name: part.type for part in fields(Publication)}
    _known(section, set(kinds), place)
    table = _Table(section, place)
    given = {
        name: table.text(name) if kind is str else table.texts(name)
        for name, kind in kinds.items()
        if name in section
    }
    return Publication(**given)  # type: ignore[arg-type]


def _received(row: Mapping[str, Any], place: str) -> Received:
    _known(row, {"file", "size", "sha256", "received"}, place)
    table = _Table(row, place)
    name = table.text("file")
    if not name or name in (".", "..") or "/" in name or "\\" in name:
        raise UsageError(f"{place}: file is the name of a file in {DATA}/, not {name!r}")
    return Received(name, table.number("size"), table.text("sha256"), table.day("received"))


def _section(content: Mapping[str, Any], name: str, path: Path) -> Mapping[str, Any]:
    section = content.get(name, {})
    if not isinstance(section, dict):
        raise UsageError(f"{path}: {name} must be a section, [{name}]")
    return section


def _rows(content: Mapping[str, Any], name: str, path: Path) -> list[Mapping[str, Any]]:
    rows = content.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{path}: {name} must be sections, [[{name}]]")
    return rows


def _known(content: Mapping[str, Any], known: Set[str], place: str) -> None:
    wrong = [unknown("entry", name, sorted(known)) for name in sorted(content.keys() - known)]
    if wrong:
        raise UsageError(f"{place}: {'; '.join(wrong)}")
