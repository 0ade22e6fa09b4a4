"""``--dry-run``: what a run would read, by which settings, and what it would write where."""

import argparse
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from custanalytics.config import Configuration, RunOptions
from custanalytics.errors import SourceError

_OF_FORMAT = {"pptx": "slides.pptx", "xlsx": "workbook.xlsx"}
_STANDARD_INPUT = Path("-")
_WIDTH = 78
_ALWAYS = ("report.qmd", "sections/", "_brand.yml", "exports/", "results/")


def dry_run(
    options: argparse.Namespace,
    configuration: Configuration[Any],
    files: Sequence[Path],
) -> None:
    """Say what a run would do; what is wrong with it is raised as the run would."""
    from custanalytics.cli.printed import aligned, listed, show
    from custanalytics.render.pages.templates import template
    from custanalytics.render.put_in_place import generated_in
    from custanalytics.template_choice import template_for, template_of_run

    asked = configuration.build(sources=files)
    if getattr(asked, "engine", None) is None:
        _is_there(files)
    out = Path(asked.out)
    account = configuration.account()
    chosen = (
        template_of_run(asked)
        if isinstance(asked, RunOptions)
        else template_for(out, asked.template, account["template"][0])
    )
    template(chosen)
    renews = bool(generated_in(out))
    reads = {str(path): _size(path) for path in [*files, *configuration.files()]}
    settings = {name: (value, where or "default") for name, (value, where) in account.items()}
    if not asked.template and renews:
        settings["template"] = (chosen, f"{out}/")
    writes = [_OF_FORMAT.get(name, f"report.{name}") for name in asked.formats]
    writes += [*_ALWAYS, *(["mapping.toml"] if hasattr(asked, "mapping") else [])]
    content = {
        "reads": list(reads),
        "settings": {name: {"value": v, "from": where} for name, (v, where) in settings.items()},
        "out": str(out),
        "renews": renews,
        "writes": writes,
    }
    how = "renewed, with what you edited in it" if renews else "new"
    text = textwrap.fill(", ".join(writes), 78, break_on_hyphens=False)
    parts = [
        listed("Would read", aligned(reads).splitlines()),
        listed("Settings", _as_rows(settings)),
        f"Would write into {out}/ ({how}):\n{textwrap.indent(text, '  ')}",
        "Nothing was read, nothing was written.",
    ]
    show(options, content, "\n\n".join(parts))


def _is_there(files: Sequence[Path]) -> None:
    lacking = [str(path) for path in files if path != _STANDARD_INPUT and not path.exists()]
    if lacking:
        raise SourceError(f"not there: {', '.join(lacking)}")


def _size(path: Path) -> str:
    if path == _STANDARD_INPUT:
        return "standard input"
    if not path.exists():
        return "a table on the server"
    return "folder" if path.is_dir() else f"{path.stat().st_size:,} bytes"


def _as_rows(settings: Mapping[str, tuple[str, str]]) -> list[str]:
    """Name, value and where it is from; a long value goes on beneath."""
    first = max(map(len, settings))
    last = max(len(where) for _, where in settings.values())
    room = max(_WIDTH - first - last - 4, 16)
    rows = []
    for name, (value, where) in settings.items():
        head, *more = textwrap.wrap(value, room) or [""]
        rows.append(f"{name:{first}}  {head:{room}}  {where}")
        rows += [f"{'':{first}}  {line}" for line in more]
    return rows
