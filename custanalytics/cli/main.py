"""The command line: its commands, messages and exit codes."""

import argparse
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

from custanalytics import __version__
from custanalytics.cli import (
    audiences,
    check,
    completion,
    datasets,
    diff,
    docs,
    engagement,
    example_portfolio,
    forget,
    leak_test,
    measure,
    portfolio,
    prospects,
    publish,
    report,
    stopping,
)
from custanalytics.cli.plain import for_stream
from custanalytics.cli.streams import fill_closed_streams
from custanalytics.errors import CustAnalyticsError, RenderError, UsageError

_UNFORESEEN = 70  # EX_SOFTWARE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the ``custanalytics`` command."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:  # this process is ours
        fill_closed_streams()
        stopping.listen()
    try:
        perform(given)
    except CustAnalyticsError as error:
        print(for_stream(f"custanalytics: {error}", sys.stderr), file=sys.stderr)
        return error.exit_code
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            # Whoever read our output has gone: leave without a word, as other commands do.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 141
        print(for_stream(f"custanalytics: {error}", sys.stderr), file=sys.stderr)
        return RenderError.exit_code
    except KeyboardInterrupt:
        print("custanalytics: stopped; the report folder is as it was", file=sys.stderr)
        return 130
    except Exception as error:
        if number := stopping.asked():  # it met a library that took it for an error
            return 128 + number
        print(f"custanalytics: {_unforeseen(error)}", file=sys.stderr)
        return _UNFORESEEN
    return 0


def _unforeseen(error: Exception) -> str:
    """What to say of a defect; where it arose goes into a file, without any value of the data."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{f.filename}, line {f.lineno}, in {f.name}" for f in frames]
    said = "\n".join([f"custanalytics {__version__}: {type(error).__name__}", *lines])
    try:
        handle, path = tempfile.mkstemp(prefix="custanalytics-error-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{said}\n")
    except OSError as full:
        return (
            f"an error in custanalytics itself ({type(error).__name__}); nothing was changed, and "
            f"where it arose can't be written down ({full.strerror})"
        )
    return (
        f"an error in custanalytics itself ({type(error).__name__}); nothing was changed. Please "
        f"report it with {path}, which says where it arose and holds nothing of the data"
    )


def perform(given: Sequence[str]) -> None:
    """Do what a command line says; what is wrong with it is raised."""
    root = parser()
    options, unknown = root.parse_known_args(given)
    options.unknown = unknown
    # Commands with a configuration name unknown options beside all else that is wrong.
    if unknown and not (hasattr(options, "kind") and unknown[0].startswith("-")):
        root.error(f"unrecognized arguments: {' '.join(unknown)}")
    options.action(options, list(given))


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and where the rest can be read."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**{"formatter_class": _Help} | how)

    def error(self, message: str) -> NoReturn:
        self.exit(UsageError.exit_code, f"custanalytics: {message}; see {self.prog} --help\n")


class _Help(argparse.HelpFormatter):
    """Eighty columns; every default shown the same way; examples as they are typed."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=79)

    def _get_help_string(self, action: argparse.Action) -> str:
        shown = getattr(action, "shown", action.default)
        told = shown not in (None, "", False, argparse.SUPPRESS) and shown != []
        return (action.help or "") + (f" (default: {shown})" if told else "")

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith("example") else super()._fill_text(text, width, indent)


def parser() -> argparse.ArgumentParser:
    """All commands and options; a test holds the README against them."""
    root = _Parser(
        prog="custanalytics",
        description="From a shop's sales export to a client-ready customer report.",
    )
    root.add_argument("--version", action="version", version=f"custanalytics {__version__}")
    commands = root.add_subparsers(title="commands", required=True, metavar="COMMAND")

    for module in (
        report, check, prospects, measure, audiences, diff, engagement, forget, datasets, publish,
        portfolio, example_portfolio, leak_test, docs, completion,
    ):  # fmt: skip
        module.add(commands)
    return root
