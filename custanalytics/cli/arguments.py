"""Options of the commands: those of the configuration, and the few that are the command line's."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from custanalytics.cli.plain import plain
from custanalytics.config import (
    RENDERERS,
    Configuration,
    Origin,
    add_settings,
    default_of,
    flag_of,
    groups,
    option_of,
    options_of,
    settings_file,
)
from custanalytics.errors import UsageError

Action = Callable[[argparse.Namespace, Sequence[str]], None]


def command(
    commands: Any, action: Action, name: str, said: str, about: str, example: str
) -> argparse.ArgumentParser:
    """A command: what it does, its help, and an example."""
    made: argparse.ArgumentParser = commands.add_parser(
        name, help=said, description=about, epilog=f"example:\n  custanalytics {example}"
    )
    made.set_defaults(action=action)
    return made


def commands_of(root: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Every command of the command line, by name."""
    found = (a for a in root._actions if isinstance(a, argparse._SubParsersAction))
    return dict(next(found).choices)


def path(command: argparse.ArgumentParser, name: str, said: str, **how: Any) -> None:
    """A file or folder that a command is about."""
    metavar = how.pop("metavar", name.upper())
    command.add_argument(name, type=Path, metavar=metavar, help=said, **how)


def config_options(command: argparse.ArgumentParser, kind: type[Any]) -> None:
    """Every option of a configuration, under its title; none has a value unless it is given."""
    command.set_defaults(kind=kind)
    command.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="settings by the names of the options below, as TOML; else custanalytics.toml, where "
        "there is one; the command line counts before it",
    )
    for title, parts in groups(kind).items():
        group = command.add_argument_group(title)
        for part in parts:
            said = option_of(part)
            how: dict[str, Any] = {"action": "append"} if said.many else {}
            how |= {"metavar": said.kind.metavar} if said.kind.metavar else {"action": "store_true"}
            action = group.add_argument(
                f"--{flag_of(part)}",
                dest=part.name,
                default=argparse.SUPPRESS,
                help=said.help.replace("%", "%%") + ("; repeatable" if said.many else ""),
                **how,
            )
            # Found by the help's formatter, which shows the defaults of all options.
            action.shown = default_of(part)  # type: ignore[attr-defined]


def begun(options: argparse.Namespace) -> tuple[Configuration[Any], Path | None]:
    """A configuration with what a file of settings says, and that file."""
    configuration = Configuration(options.kind)
    file = settings_file(options.config)
    if file:
        used = add_settings(configuration, options.kind, file)
        said = ", ".join(used) or "none that this command takes"
        print(plain(f"Settings of {file}: {said}"), file=sys.stderr)
    return configuration, file


def collected(options: argparse.Namespace, configuration: Configuration[Any]) -> None:
    """Put what was given on the command line into a configuration."""
    names = {part.name for part in options_of(options.kind)}
    given = {name: value for name, value in vars(options).items() if name in names}
    mistyped = {word.partition("=")[0]: word for word in options.unknown if word.startswith("-")}
    configuration.add(given | mistyped, Origin.COMMAND_LINE)


def checked(options: argparse.Namespace, **rest: Any) -> Any:
    """The options of a command that has no record beside it."""
    configuration, _ = begun(options)
    collected(options, configuration)
    return configuration.build(**rest)


def sales_options(command: argparse.ArgumentParser, files: str, of: str) -> None:
    """The files that a command reads, and what it prints."""
    first = [str(action.metavar) for action in command._actions if action.metavar]
    command.usage = " ".join(["%(prog)s [options]", *first, f"[{files} ...]"])
    command.add_argument("sources", nargs="*", type=Path, metavar=files, help=f"the files of {of}")
    command.add_argument("--sample", action="store_true", help="take the bundled data instead")
    json_option(command)


def json_option(command: argparse.ArgumentParser) -> None:
    """For programs."""
    command.add_argument("--json", action="store_true", help="print one JSON object")


def files_option(command: argparse.ArgumentParser, said: str) -> None:
    """Files that are there already."""
    command.add_argument(
        "--from", dest="files", nargs="+", default=[], type=Path, metavar="FILE", help=said
    )


def renderer_option(command: argparse.ArgumentParser) -> None:
    """By whom pages are rendered."""
    command.add_argument(
        "--renderer",
        choices=RENDERERS,
        default="auto",
        help="auto: Quarto where its command is found, else the embedded renderer",
    )


def day_option(command: argparse.ArgumentParser, said: str = "the day it is") -> None:
    """Which day it is."""
    action = command.add_argument("--made-on", type=day, metavar="DATE", help=said)
    action.shown = "today"  # type: ignore[attr-defined]


def sources(options: argparse.Namespace, of: str, sample: str) -> Sequence[Path]:
    """The files that were given, or the bundled ones."""
    files: list[Path] = options.sources
    if bool(files) == options.sample:
        many = "not both" if files else f"or --sample for the bundled {sample}"
        raise UsageError(f"give the files of {of} or --sample, {many}")
    if options.sample:
        from custanalytics.bundled import sample_data_dir

        return [sample_data_dir() / sample]
    return files


def day(text: str) -> date:
    """A calendar date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-06-30") from None
