"""``new``, ``receive``, ``status``: an engagement's folder; and runs inside one."""

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custanalytics.cli import arguments
from custanalytics.config import Configuration, Origin, today
from custanalytics.errors import UsageError

if TYPE_CHECKING:
    from custanalytics.engagement import Engagement


def add(commands: Any) -> None:
    """Add the commands."""
    new = commands.add_parser(
        "new",
        help="begin an engagement: a folder from the question to the handover",
        description="Make an engagement's folder: question, scope, data, report, handover.",
        epilog="example:\n  custanalytics new acme --from sales.csv",
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
    arguments.day_option(new)
    new.set_defaults(action=_new)

    receive = commands.add_parser(
        "receive",
        help="take files that the client sent into the engagement",
        description="Copy files into data/ of the engagement here, and list them with their hash.",
        epilog="example:\n  custanalytics receive sales.csv",
    )
    receive.add_argument("files", nargs="+", type=Path, metavar="FILE", help="what was sent")
    arguments.day_option(receive)
    receive.set_defaults(action=_receive)

    status = commands.add_parser(
        "status",
        help="say which step of the engagement is done, missing or stale",
        description="Say which step of the engagement is done, missing or stale, and why.",
        epilog="example:\n  custanalytics status acme",
    )
    status.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="the engagement's folder",
    )
    arguments.json_option(status)
    status.set_defaults(action=_status)


class Inside:
    """Options of ``run`` and ``prospects``: in an engagement's folder, of its record too.

    Parameters
    ----------
    options : Namespace
        The options as given.
    given : sequence of str
        The command line they come from, the command first.
    of, sample : str
        What the files are of, and which bundled file stands for them.
    """

    def __init__(
        self, options: argparse.Namespace, given: Sequence[str], of: str, sample: str
    ) -> None:
        from custanalytics.cli.printed import progress
        from custanalytics.engagement import REPORT, settings_of, sources_of

        self._configuration = Configuration(options.kind)
        self._engagement = None if options.sources or options.sample else _here(given[0])
        if self._engagement is not None:
            self._configuration.add(settings_of(self._engagement), Origin.RECORD)
            if Path(getattr(options, "out", REPORT)) != Path(REPORT):
                self._configuration.refuse(
                    f"in an engagement, the report is made in {REPORT}/: leave --out out"
                )
            options.out = REPORT
        arguments.collected(options, self._configuration)
        files: Sequence[Path] = ()
        try:
            if self._engagement is None:
                files = arguments.sources(options, of, sample)
            else:
                files = sources_of(self._engagement)
        except UsageError as error:
            self._configuration.refuse(str(error))
        command = shlex.join(["custanalytics", *given])
        self.options = self._configuration.build(sources=files, step=progress, command=command)

    def record(self) -> None:
        """Note what the report was made from."""
        if self._engagement is not None:
            from custanalytics.engagement import record_run

            record_run(self._engagement, self._configuration.as_record())


def _here(command: str) -> "Engagement | None":
    from custanalytics.engagement import FILE, read_engagement

    if not Path(FILE).is_file():
        return None
    engagement = read_engagement()
    if engagement.command != command:
        raise UsageError(
            f"this engagement is answered by 'custanalytics {engagement.command}', "
            f"see command in {FILE}"
        )
    return engagement


def _new(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.engagement import create

    folder = create(options.name, options.files, options.made_on or today())
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

    for taken in receive(Path(), options.files, options.made_on or today()):
        print(f"data/{taken.file}: {taken.size:,} bytes, SHA-256 {taken.sha256}")


def _status(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import print_json, run_json
    from custanalytics.engagement import read_engagement, status
    from custanalytics.pipeline import Report

    engagement = read_engagement(options.folder)
    day = today()
    steps = status(engagement, day, lambda results: run_json(Report(results, {})))
    left = (engagement.deadline - day).days
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
