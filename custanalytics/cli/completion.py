"""``completion``: what a shell needs to complete commands, options and files."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from custanalytics.cli import arguments

_SHELLS = {
    "bash": "~/.local/share/bash-completion/completions/custanalytics",
    "zsh": "~/.zfunc/_custanalytics, with fpath+=~/.zfunc before compinit in ~/.zshrc",
    "fish": "~/.config/fish/completions/custanalytics.fish",
}


def add(commands: Any) -> None:
    """Add the command."""
    completion = arguments.command(
        commands,
        _completion,
        "completion",
        "write what a shell needs to complete commands and options",
        "Write what a shell needs to complete commands, options and files. Put it into "
        + "; ".join(f"{place} ({shell})" for shell, place in _SHELLS.items())
        + ".",
        "completion bash",
    )
    completion.add_argument(
        "shell", choices=tuple(_SHELLS), metavar="SHELL", help=", ".join(_SHELLS)
    )


def _completion(options: argparse.Namespace, _: Sequence[str]) -> None:
    import shtab

    from custanalytics.cli.main import parser

    root = parser()
    for command in arguments.commands_of(root).values():
        for action in command._actions:
            words = str(action.metavar)
            if action.type is Path or words in ("FILE", "DIR"):
                action.complete = shtab.DIR if words == "DIR" else shtab.FILE  # type: ignore[attr-defined]
            elif words.startswith("{"):
                action.choices = words.strip("{}").split(",")
    print(shtab.complete(root, options.shell))
