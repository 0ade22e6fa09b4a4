"""``example-portfolio``: four finished projects and the portfolio that shows them."""

import argparse
import contextlib
import functools
import io
import shutil
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from custanalytics.cli import arguments
from custanalytics.config import today

PROJECTS = ("shop", "wholesaler", "leads", "cdnow")
AUTHOR = "Ada Example"


def add(commands: Any) -> None:
    """Add the command."""
    example = arguments.command(
        commands,
        _example,
        "example-portfolio",
        "make four finished projects and a portfolio of them, to look at",
        "Make four finished engagements on the sample data and on CDNOW, publish them, and "
        "build the portfolio's site: an example of the whole way of working.",
        "example-portfolio examples",
    )
    where = "where; nothing may be there yet"
    arguments.path(example, "folder", where, nargs="?", default=Path("example-portfolio"))
    arguments.renderer_option(example)
    arguments.day_option(example)


def _example(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.bundled import reports_dir
    from custanalytics.cli.progress import progress
    from custanalytics.errors import UsageError
    from custanalytics.portfolio.own_prose import UnconfirmedError
    from custanalytics.portfolio.publish import publish_engagement

    folder: Path = options.folder
    if folder.exists():
        raise UsageError(f"{folder} exists already, and nothing is overwritten")
    day = options.made_on or today()
    portfolio = folder / "portfolio"
    portfolio.mkdir(parents=True)
    examples = reports_dir() / "_examples"
    try:
        shutil.copyfile(examples / "portfolio.toml", portfolio / "portfolio.toml")
        for name in PROJECTS:
            with progress(f"Project {name}: the engagement and its report"):
                engagement = _engagement(examples / name, folder / "engagements" / name, day)
            with progress(f"Project {name}: publishing"):
                publish = functools.partial(
                    publish_engagement, engagement, portfolio, day, renderer=options.renderer
                )
                try:
                    publish()
                except UnconfirmedError as error:
                    # The clients are made up, and all of these texts are ours.
                    publish(confirm=error.code)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    print(f"Four projects, finished and published: open {folder / 'portfolio/site/index.html'}")
    print(f"  {folder / 'engagements'}: the engagements, each with its write-up under publish/")
    print(f"  {folder / 'portfolio'}: the portfolio; 'custanalytics portfolio' builds it again")


def _engagement(example: Path, folder: Path, day: date) -> Path:
    """Make an engagement, run it, and put its write-up where a consultant would have written it."""
    from custanalytics.bundled import sample_data_dir
    from custanalytics.cli.main import perform
    from custanalytics.datasets import dataset, fetch
    from custanalytics.engagement.folder import Brief, create

    project = tomllib.loads((example / "project.toml").read_text("utf-8"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    command = project.get("command", "run")
    if "dataset" in project:
        fetch(dataset(project["dataset"]), folder, day)
    else:
        told = {key: project[key] for key in ("client", "question", "decision", "success")}
        brief = Brief(command=command, source=project.get("source", {}), **told)
        create(folder, [sample_data_dir() / project["file"]], day, brief)
    _fill(folder, command, project)
    said = io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
        perform([command])
    write_up = folder / "publish" / "write-up"
    write_up.mkdir(parents=True)
    shutil.copyfile(example / "report.qmd", write_up / "report.qmd")
    return folder


def _fill(folder: Path, command: str, project: Mapping[str, Any]) -> None:
    """Write settings, author and what may be said in public into the record."""
    from custanalytics.engagement.folder import toml
    from custanalytics.engagement.record import FILE

    path = folder / FILE
    text = path.read_text("utf-8")
    settings = _lines(project.get("settings", {}), toml)
    head = f'command = "{command}"\n'
    start = text.index("[publish]\n")
    end = text.index("\n\n", start)
    text = f"{text[:start]}[publish]\n{_lines(project['publish'], toml).rstrip()}{text[end:]}"
    text = text.replace(head, head + settings, 1)
    text = text.replace('author = ""', f"author = {toml(AUTHOR)}", 1)
    path.write_text(text, "utf-8")


def _lines(values: Mapping[str, Any], written: Callable[[Any], str]) -> str:
    return "".join(f"{name} = {written(value)}\n" for name, value in values.items())
