"""``new``, ``receive``, ``status``: an engagement's folder; and runs inside one."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from custanalytics.cli import arguments
from custanalytics.errors import UsageError


def add(commands: Any) -> None:
    """Add the commands."""
    new = commands.add_parser(
        "new",
        help="begin an engagement: a folder from the question to the handover",
        description="Make an engagement's folder: question, scope, data, report, handover.",
    )
    new.add_argument("name", type=Path, metavar="NAME", help="the folder to make")
    new.add_argument(
        "--from",
        dest="files",
        nargs="+",
        default=[],
        type=Path,
        metavar="FILE",
        help="files that the client has sent already; they are copied",
    )
    _day(new)
    new.set_defaults(action=_new)

    receive = commands.add_parser(
        "receive",
        help="take files that the client sent into the engagement",
        description="Copy files into data/ of the engagement here, and list them with their hash.",
    )
    receive.add_argument("files", nargs="+", type=Path, metavar="FILE", help="what was sent")
    _day(receive)
    receive.set_defaults(action=_receive)

    status = commands.add_parser(
        "status",
        help="say which step of the engagement is done, missing or stale",
        description="Say which step of the engagement is done, missing or stale, and why.",
    )
    status.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="the engagement's folder (the one you are in)",
    )
    status.add_argument("--json", action="store_true", help="print one JSON object")
    status.set_defaults(action=_status)


class Inside:
    """What ``run`` and ``prospects`` do in an engagement's folder when no files are given.

    Parameters
    ----------
    options : Namespace
        The options as given.
    given : sequence of str
        The command line they come from, the command first.
    files : str
        Name of the option that holds the files.
    """

    def __init__(self, options: argparse.Namespace, given: Sequence[str], files: str) -> None:
        from custanalytics.engagement import FILE, REPORT, read_engagement, run_of

        self.options = options
        self._engagement = None
        if getattr(options, files) or options.sample or not Path(FILE).is_file():
            return
        command, *extra = given
        engagement = read_engagement()
        if engagement.command != command:
            raise UsageError(
                f"this engagement is answered by 'custanalytics {engagement.command}', "
                f"see command in {FILE}"
            )
        sources, settings = run_of(engagement)
        checked = _Settings(parents=[options.parser], add_help=False)
        checked.parse_args(settings)
        # What is given here comes last and so wins. How it is rendered changes no result.
        self._options = [*settings, *_without_rendering(extra)]
        self.options = options.parser.parse_args([f"--out={REPORT}", *settings, *extra, *sources])
        if self.options.out != Path(REPORT):
            raise UsageError(f"in an engagement, the report is made in {REPORT}/: leave --out out")
        self._engagement = engagement

    def record(self) -> None:
        """Note what the report was made from."""
        if self._engagement is not None:
            from custanalytics.engagement import record_run

            record_run(self._engagement, self._options)


class _Settings(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"engagement.toml, [settings]: {message}")


def _without_rendering(given: Sequence[str]) -> list[str]:
    rendering = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    arguments.render_options(rendering)
    rendering.add_argument("--json", action="store_true")
    return rendering.parse_known_args(given)[1]


def _day(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--made-on", type=arguments.day, metavar="DATE", help="the day it is (today)"
    )


def _new(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.engagement import create

    folder = create(options.name, options.files, options.made_on or arguments.today())
    print(
        f"{folder}: write question, decision and success into engagement.toml, then\n"
        f"  cd {options.name}\n"
        "  custanalytics render scope\n"
        + ("" if options.files else "  custanalytics render data-request\n")
        + ("" if options.files else "  custanalytics receive FILE...\n")
        + "  custanalytics run\n"
        "  custanalytics status"
    )


def _receive(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.engagement import receive

    for taken in receive(Path(), options.files, options.made_on or arguments.today()):
        print(f"data/{taken.file}: {taken.size:,} bytes, SHA-256 {taken.sha256}")


def _status(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import print_json, run_json
    from custanalytics.engagement import read_engagement, status
    from custanalytics.pipeline import Report

    engagement = read_engagement(options.folder)
    today = arguments.today()
    steps = status(engagement, today, lambda results: run_json(Report(results, {})))
    left = (engagement.deadline - today).days
    if options.json:
        print_json(
            {
                "client": engagement.client,
                "question": engagement.question,
                "deadline": engagement.deadline.isoformat(),
                "days_left": left,
                "steps": [
                    {"step": step.step, "state": step.state, "reasons": list(step.reasons)}
                    for step in steps
                ],
            }
        )
        return
    print(f"{engagement.client}: {engagement.question or 'no question yet'}")
    print(f"Deadline {engagement.deadline.isoformat()}, {_until(left)}\n")
    for step in steps:
        first, *more = step.reasons or ("",)
        print(f"{step.step:12} {step.state:8} {first}".rstrip())
        for reason in more:
            print(f"{'':21} {reason}")


def _until(left: int) -> str:
    if left == 0:
        return "today"
    days = "1 day" if abs(left) == 1 else f"{abs(left)} days"
    return f"{days} left" if left > 0 else f"past by {days}"
