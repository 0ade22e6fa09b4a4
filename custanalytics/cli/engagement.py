"""``new``, ``receive``, ``status``: an engagement's folder; and runs inside one."""

import argparse
import dataclasses
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custanalytics.cli import arguments
from custanalytics.cli.opening import open_option, show_page
from custanalytics.config import Configuration, Origin, today
from custanalytics.errors import UsageError

if TYPE_CHECKING:
    from custanalytics.engagement.record import Engagement
    from custanalytics.pipeline import Report


def add(commands: Any) -> None:
    """Add the commands."""
    new = arguments.command(
        commands,
        _new,
        "new",
        "begin an engagement: a folder from the question to the handover",
        "Make an engagement's folder: question, scope, data, report, handover.",
        "new acme --from sales.csv",
    )
    arguments.path(new, "name", "the folder to make")
    arguments.files_option(new, "files that the client has sent already; they are copied")
    arguments.day_option(new)

    receive = arguments.command(
        commands,
        _receive,
        "receive",
        "take files that the client sent into the engagement",
        "Copy files into data/ of the engagement here, and list them with their hash.",
        "receive sales.csv",
    )
    arguments.path(receive, "files", "what was sent", nargs="+", metavar="FILE")
    arguments.day_option(receive)

    status = arguments.command(
        commands,
        _status,
        "status",
        "say which step of the engagement is done, missing or stale",
        "Say which step of the engagement is done, missing or stale, and why.",
        "status acme",
    )
    arguments.path(status, "folder", "the engagement's folder", nargs="?", default=Path())
    arguments.json_option(status)


def report_options(command: argparse.ArgumentParser) -> None:
    """What may be asked of a command that makes a report, beside its settings."""
    open_option(command)
    command.add_argument(
        "--dry-run",
        action="store_true",
        help="say what would be read, by which settings, and what written; do nothing",
    )


def make_report(
    options: argparse.Namespace,
    given: Sequence[str],
    make: Callable[..., "Report"],
    of: str,
    sample: str,
) -> None:
    """Make a report of what the command line says, and in an engagement's folder of its record."""
    from custanalytics.cli.dry_run import dry_run
    from custanalytics.cli.progress import overall
    from custanalytics.engagement.record import REPORT
    from custanalytics.engagement.rerun import record_run, settings_of, sources_of

    engagement = None if options.sources or options.sample else _here(given[0])
    typed = ["custanalytics", *given]
    if engagement is None:
        configuration, settings = arguments.begun(options)
        # So that the command makes the report again wherever it is typed.
        typed += [f"--config={settings}"] if settings and not options.config else []
    else:
        configuration = Configuration(options.kind)
        configuration.add(settings_of(engagement), Origin.RECORD)
        if options.config:
            configuration.refuse("an engagement has settings of its own: leave --config out")
        if Path(getattr(options, "out", REPORT)) != Path(REPORT):
            configuration.refuse(
                f"in an engagement, the report is made in {REPORT}/: leave --out out"
            )
        options.out = REPORT
    arguments.collected(options, configuration)
    files: Sequence[Path] = ()
    try:
        files = sources_of(engagement) if engagement else arguments.sources(options, of, sample)
    except UsageError as error:
        configuration.refuse(str(error))
    if options.dry_run:
        dry_run(options, configuration, files)
        return
    asked = configuration.build(sources=files, command=shlex.join(typed))
    with overall(given[0], bool(getattr(asked, "prospects", ()))) as step:
        report = make(**vars(asked) | {"step": step})
    from custanalytics.cli.printed import show
    from custanalytics.cli.printed_report import run_json, run_text

    if engagement is not None:
        record_run(engagement, configuration.as_record())
    show(options, run_json(report), run_text(report))
    show_page(options, report.files)


def _here(command: str) -> "Engagement | None":
    from custanalytics.engagement.record import FILE, read_engagement

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
    from custanalytics.engagement.folder import create

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
    from custanalytics.engagement.folder import receive

    for taken in receive(Path(), options.files, options.made_on or today()):
        print(f"data/{taken.file}: {taken.size:,} bytes, SHA-256 {taken.sha256}")


def _status(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import show
    from custanalytics.cli.printed_report import run_json
    from custanalytics.engagement.record import read_engagement
    from custanalytics.engagement.status import status
    from custanalytics.pipeline import Report

    engagement = read_engagement(options.folder)
    day = today()
    steps = status(engagement, day, lambda results: run_json(Report(results, {})))
    left = (engagement.deadline - day).days
    lines = [
        f"{engagement.client}: {engagement.question or 'no question yet'}",
        f"Deadline {engagement.deadline.isoformat()}, {_until(left)}\n",
    ]
    for step in steps:
        first, *more = step.reasons or ("",)
        lines.append(f"{step.step:12} {step.state:8} {first}".rstrip())
        lines += [f"{'':21} {reason}" for reason in more]
    content = {
        "client": engagement.client,
        "question": engagement.question,
        "deadline": engagement.deadline.isoformat(),
        "days_left": left,
        "steps": [dataclasses.asdict(step) for step in steps],
    }
    show(options, content, "\n".join(lines))


def _until(left: int) -> str:
    if left == 0:
        return "today"
    days = "1 day" if abs(left) == 1 else f"{abs(left)} days"
    return f"{days} left" if left > 0 else f"past by {days}"
