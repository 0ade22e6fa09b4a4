"""A run from the record: its files and options, and what the last one was made from."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custanalytics.config import COMMANDS, Configuration, Origin, flag_of, option_of, options_of
from custanalytics.engagement.record import DATA, FILE, REPORT, Engagement, sha256
from custanalytics.errors import SourceError, UsageError

RUN = "run.json"
_RESULTS = "results/results.json"


@dataclass(frozen=True)
class Run:
    """What the report was last made from.

    Attributes
    ----------
    data : dict
        File, its path in the engagement's folder -> SHA-256.
    settings : dict or None
        Option -> its value; None where an earlier version noted the run.
    results : str
        SHA-256 of the results that came of it.
    """

    data: dict[str, str]
    settings: Mapping[str, Any] | None
    results: str


def sources_of(engagement: Engagement) -> list[Path]:
    """Files of the engagement's run."""
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
    return [path for path in files if path.resolve() not in named]


def settings_of(engagement: Engagement) -> dict[str, Any]:
    """Options of the engagement's run, by their names in TOML."""
    return {
        "client": engagement.client,
        "author": engagement.author,
        "made-on": engagement.last_received,
        **engagement.settings,
    }


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


def record_run(engagement: Engagement, settings: Mapping[str, Any]) -> Path:
    """Note what the report was just made from."""
    results = sha256(engagement.folder / REPORT / _RESULTS)
    content = {
        "data": _inputs(engagement),
        "settings": settings,
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
        return Run(dict(content["data"]), content.get("settings"), str(content["results"]))
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
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
    if run.settings is None:
        why.append(f"{RUN} was noted by an earlier version: run again")
    else:
        now = _recorded(engagement)
        names = sorted(now.keys() | run.settings.keys())
        changed = [name for name in names if now.get(name) != run.settings.get(name)]
        if changed:
            why.append(f"settings changed since the run: {', '.join(changed)}")
    if sha256(results) != run.results:
        why.append(f"{REPORT}/{_RESULTS} is not what the noted run made")
    return why


def _recorded(engagement: Engagement) -> dict[str, Any]:
    """The settings as `record_run` would note them now."""
    configuration = Configuration(COMMANDS[engagement.command], look=False)
    configuration.add(settings_of(engagement), Origin.RECORD)
    return configuration.as_record()


def _named(engagement: Engagement) -> list[Path]:
    """Files that settings name: tables of prospects, rules of segments, and the mapping."""
    values: list[Any] = []
    for part in options_of(COMMANDS[engagement.command]):
        if option_of(part).reads:
            value = engagement.settings.get(flag_of(part), [])
            values += value if isinstance(value, list) else [value]
    return [engagement.folder / str(value) for value in values]


def _inputs(engagement: Engagement) -> dict[str, str]:
    """All that a run reads: path in the engagement's folder -> SHA-256."""
    listed = {f"{DATA}/{file.file}": file.sha256 for file in engagement.data}
    named = [path for path in _named(engagement) if path.is_file()]
    found = {Path(os.path.relpath(path, engagement.folder)).as_posix(): path for path in named}
    return listed | {name: sha256(path) for name, path in sorted(found.items())}
