"""Makes an engagement's folder, and takes in the files that the client sends."""

import os
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from string import Template
from typing import Any

from custanalytics.bundled import reports_dir
from custanalytics.config import as_typed
from custanalytics.engagement.record import DATA, FILE, Received, read_engagement, sha256
from custanalytics.errors import UsageError

_DATA_AFTER, _DEADLINE_AFTER = timedelta(days=3), timedelta(days=14)
_FOLDERS = ("scope", "data-request", "data-handling")
_TEXTS = ("decisions.md", "handover.md")
_SCOPE_IN = (
    "A report that answers the question, with every figure's doubt beside it",
    "Lists of customers to act on, ready for your mailing or shop system",
    "An hour to go through both",
)
_SCOPE_OUT = (
    "Work on your systems, and sending anything to your customers",
    "Data that were not sent with the export",
    "Keeping the report up to date after delivery",
)
_ACCEPTANCE: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "run": (
        {
            "says": "No line of the export was unreadable",
            "figure": "rows_unreadable",
            "at-most": 0,
        },
        {"says": "The client confirmed the net revenue that the report states", "done": False},
    ),
    "prospects": (
        {"says": "The client confirmed how many of the prospects converted", "done": False},
    ),
    "measure": (
        {"says": "The client confirmed who was contacted, and how they were chosen", "done": False},
    ),
}


@dataclass(frozen=True)
class Brief:
    """What is known of an engagement when it begins; empty texts are filled later."""

    client: str = ""  # the folder's name where empty
    question: str = ""
    decision: str = ""
    success: str = ""
    command: str = "run"
    settings: Mapping[str, Any] = field(default_factory=dict)  # options of the command
    acceptance: Sequence[Mapping[str, Any]] = ()  # as the record has it; empty: the usual checks
    source: Mapping[str, str] = field(default_factory=dict)  # of open data


def create(
    folder: Path | str, files: Sequence[Path], day: date, brief: Brief | None = None
) -> Path:
    """Make an engagement's folder."""
    brief = brief or Brief()
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - a link stays the name it is
    if folder.exists():
        raise UsageError(f"{folder} exists already, and nothing is overwritten; take another name")
    names = _names(files)
    new = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    # Customers are in it: nobody else may enter.
    new.mkdir(mode=0o700, parents=True)
    (new / DATA).mkdir()
    try:
        templates = reports_dir() / "_engagement"
        for name in _FOLDERS:
            shutil.copytree(templates / name, new / name)
        values = {name: toml(value) for name, value in _values(folder, day, brief).items()}
        plain = {
            "command": brief.command,
            "again": typed_command(brief.command, brief.settings, names),
            "started": day.isoformat(),
        }
        for name in (FILE, *_TEXTS):
            text = Template((templates / name).read_text("utf-8"))
            filled = text.substitute(values | plain | _blocks(brief))
            (new / name).write_text(filled, "utf-8")
        _take_in(new, files, names, day)
        new.rename(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return folder


def receive(folder: Path | str, files: Sequence[Path], day: date) -> list[Received]:
    """Take further files into an engagement."""
    engagement = read_engagement(folder)
    names = _names(files)
    listed = {file.file for file in engagement.data}
    for path, name in zip(files, names, strict=True):
        target = engagement.folder / DATA / name
        lies_there = target.exists() and target.samefile(path)
        if name in listed or (target.exists() and not lies_there):
            raise UsageError(
                f"{DATA}/{name} is there already, and nothing is overwritten; rename the new "
                f"file, and take the old one out of {DATA}/ and {FILE} if it is replaced"
            )
    return _take_in(engagement.folder, files, names, day)


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
    if isinstance(value, Mapping):
        inner = ", ".join(f"{name} = {toml(item)}" for name, item in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    return value.isoformat() if isinstance(value, date) else str(value)


def _take_in(
    folder: Path, files: Sequence[Path], names: Sequence[str], day: date
) -> list[Received]:
    taken = []
    for path, name in zip(files, names, strict=True):
        target = folder / DATA / name
        if not target.exists():
            shutil.copyfile(path, target)
        taken.append(Received(name, target.stat().st_size, sha256(target), day))
    blocks = "".join(
        _block(
            "[[data]]",
            {"file": t.file, "size": t.size, "sha256": t.sha256, "received": t.received},
        )
        for t in taken
    )
    with (folder / FILE).open("a", encoding="utf-8") as record:
        record.write(blocks)
    return taken


def _names(files: Sequence[Path]) -> list[str]:
    names = [path.name for path in files]
    for path in files:
        if not path.is_file():
            raise UsageError(f"{path} is no file that can be taken in")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"two of the files are called {', '.join(twice)}; rename one")
    return names


def _values(folder: Path, day: date, brief: Brief) -> dict[str, Any]:
    return {
        "client": brief.client or folder.name,
        "question": brief.question,
        "decision": brief.decision,
        "success": brief.success,
        "data_by": day + _DATA_AFTER,
        "deadline": day + _DEADLINE_AFTER,
        "scope_in": _SCOPE_IN,
        "scope_out": _SCOPE_OUT,
    }


def _blocks(brief: Brief) -> dict[str, str]:
    settings = "".join(f"{name} = {toml(value)}\n" for name, value in brief.settings.items())
    usual = () if brief.source else _ACCEPTANCE[brief.command]
    checks = "".join(_block("[[acceptance]]", row) for row in brief.acceptance or usual)
    source = _block("[source]", brief.source) if brief.source else ""
    return {"settings": settings + source, "acceptance": checks}


def typed_command(command: str, settings: Mapping[str, Any], files: Sequence[str]) -> str:
    """The command that answers the question, as it is typed in the folder."""
    if command != "measure":
        return f"custanalytics {command}"
    named = [f"{DATA}/{name}" for name in files or ["FILE"]]
    return shlex.join(["custanalytics", "measure", *named, *as_typed(settings)])


def _key(name: str) -> str:
    return name if name.replace("-", "").isalnum() and name.isascii() else toml(name)


def _block(head: str, rows: Mapping[str, Any]) -> str:
    return (
        "\n".join(["", head, *(f"{_key(name)} = {toml(value)}" for name, value in rows.items())])
        + "\n"
    )
