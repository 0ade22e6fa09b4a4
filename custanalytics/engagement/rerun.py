"""A run from the record: its files and options, and what the last one was made from."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from custanalytics.engagement.record import DATA, FILE, REPORT, Engagement, sha256
from custanalytics.errors import SourceError, UsageError

RUN = "run.json"
_RESULTS = "results/results.json"
_NOT_SETTINGS = {"sample", "json", "out", "help"}


@dataclass(frozen=True)
class Run:
    """What the report was last made from.

    Attributes
    ----------
    data : dict
        File, its path in the engagement's folder -> SHA-256.
    options : tuple of str
        The options, as on the command line.
    results : str
        SHA-256 of the results that came of it.
    """

    data: dict[str, str]
    options: tuple[str, ...]
    results: str


def run_of(engagement: Engagement) -> tuple[list[str], list[str]]:
    """Files and options of the engagement's run."""
    if not engagement.data:
        raise SourceError(
            f"{FILE} lists no data yet: take them in with 'custanalytics receive FILE...'"
        )
    wrong = changed_files(engagement)
    if wrong:
        raise SourceError(
            f"{'; '.join(wrong)}. Put back what was received; a new version comes in under "
            "another name (custanalytics receive)"
        )
    named = {path.resolve() for path in _named(engagement)}
    files = [engagement.folder / DATA / file.file for file in engagement.data]
    return [str(path) for path in files if path.resolve() not in named], options_of(engagement)


def options_of(engagement: Engagement) -> list[str]:
    """Options of the run, as on the command line."""
    given: dict[str, Any] = {
        "client": engagement.client,
        "author": engagement.author,
        "made-on": engagement.last_received,
        **engagement.settings,
    }
    forbidden = sorted(_NOT_SETTINGS & engagement.settings.keys())
    if forbidden:
        raise UsageError(f"{FILE}, [settings]: {', '.join(forbidden)} can't be set here")
    options: list[str] = []
    for name, value in given.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, bool):
                options += [f"--{name}"] if item else []
            else:
                text = item.isoformat() if isinstance(item, date) else str(item)
                # In one word, so that a value that begins with a dash stays a value.
                options.append(f"--{name}={text}")
    return options


def changed_files(engagement: Engagement) -> list[str]:
    """What is wrong with the files in ``data/``, one sentence each."""
    wrong = []
    for file in engagement.data:
        path = engagement.folder / DATA / file.file
        if not path.is_file():
            wrong.append(f"{DATA}/{file.file} is missing")
        elif path.stat().st_size != file.size or sha256(path) != file.sha256:
            wrong.append(f"{DATA}/{file.file} is not the file that was received: its hash differs")
    return wrong


def record_run(engagement: Engagement, options: Sequence[str]) -> Path:
    """Note what the report was just made from."""
    results = sha256(engagement.folder / REPORT / _RESULTS)
    content = {
        "data": _inputs(engagement),
        "options": list(options),
        "results": results,
    }
    path = engagement.folder / RUN
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path


def last_run(engagement: Engagement) -> Run | None:
    """What the report was last made from; None where no run is noted."""
    path = engagement.folder / RUN
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text("utf-8"))
        return Run(dict(content["data"]), tuple(content["options"]), str(content["results"]))
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is damaged; delete it and run again") from error


def run_is_stale(engagement: Engagement) -> list[str]:
    """Why the report is not what the record would give now, one sentence each."""
    run = last_run(engagement)
    results = engagement.folder / REPORT / _RESULTS
    if run is None or not results.is_file():
        return []
    why = list(changed_files(engagement))
    listed = _inputs(engagement)
    for name in sorted(listed.keys() | run.data.keys()):
        if name not in run.data:
            why.append(f"{name} came in since the run")
        elif name not in listed:
            why.append(f"{name} was in the run, and is no longer listed")
        elif listed[name] != run.data[name]:
            why.append(f"{name} changed since the run: its hash differs")
    now = options_of(engagement)
    if tuple(now) != run.options:
        changed = sorted(
            {option.split("=")[0] for option in set(now) ^ set(run.options)} or {"their order"}
        )
        why.append(f"settings changed since the run: {', '.join(changed)}")
    if sha256(results) != run.results:
        why.append(f"{REPORT}/{_RESULTS} is not what the noted run made")
    return why


def _named(engagement: Engagement) -> list[Path]:
    """Files that settings name: tables of prospects, and the mapping."""
    values: list[Any] = []
    for name in ("prospects", "mapping"):
        value = engagement.settings.get(name, [])
        values += value if isinstance(value, list) else [value]
    return [engagement.folder / str(value) for value in values]


def _inputs(engagement: Engagement) -> dict[str, str]:
    """All that a run reads: path in the engagement's folder -> SHA-256."""
    listed = {f"{DATA}/{file.file}": file.sha256 for file in engagement.data}
    named = [path for path in _named(engagement) if path.is_file()]
    found = {Path(os.path.relpath(path, engagement.folder)).as_posix(): path for path in named}
    return listed | {name: sha256(path) for name, path in sorted(found.items())}
