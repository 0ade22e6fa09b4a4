"""``datasets``, ``fetch``: open customer data to work on."""

import argparse
import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custanalytics.cli import arguments
from custanalytics.config import today

if TYPE_CHECKING:
    from custanalytics.datasets import Dataset

_ACCESS = {
    "open": "download",
    "login": "login at its home, then --from FILE",
    "installed": "here already, no network",
}


def add(commands: Any) -> None:
    """Add the commands."""
    known = arguments.command(
        commands,
        _datasets,
        "datasets",
        "list open customer data sets",
        "List open customer data sets; nothing is downloaded.",
        "datasets cdnow",
    )
    known.add_argument("name", nargs="?", metavar="NAME", help="all about this one")
    arguments.json_option(known)

    fetch = arguments.command(
        commands,
        _fetch,
        "fetch",
        "get an open data set and make an engagement of it",
        "Download an open data set, verify it, and make an engagement of it.",
        "fetch cdnow",
    )
    fetch.add_argument("name", metavar="NAME", help="a data set, see 'custanalytics datasets'")
    arguments.files_option(fetch, "take the set from here: its archive, or the files in it")
    arguments.day_option(fetch)


def _datasets(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import aligned, show
    from custanalytics.datasets import dataset, datasets

    sets = {options.name: dataset(options.name)} if options.name else datasets()
    if options.name:
        text = f"{sets[options.name].title}\n\n{aligned(_all_about(sets[options.name]))}"
    else:
        text = "\n".join(
            aligned({name: entry.question, "": f"{_holds(entry)}\n"}, max(map(len, sets)))
            for name, entry in sets.items()
        )
        text += "\nAll about one: custanalytics datasets NAME. To get it: custanalytics fetch NAME"
    show(options, {name: dataclasses.asdict(entry) for name, entry in sets.items()}, text)


def _holds(entry: "Dataset") -> str:
    return f"{entry.size}; {_ACCESS[entry.access]}; {entry.licence}"


def _all_about(entry: "Dataset") -> dict[str, str]:
    from custanalytics.engagement.folder import typed_command

    files = [Path(name).name for name in entry.members]
    rows = {
        "Question": entry.question,
        "Decision": entry.decision,
        "Holds": entry.size,
        "Home": entry.home,
        "Address": entry.address,
        "Access": f"{_ACCESS[entry.access]}. {entry.how}".strip(),
        "Bytes": f"{entry.bytes:,}" if entry.bytes else "not known exactly",
        "SHA-256": f"{entry.sha256} {entry.sha256_from}".strip(),
        **{f"  {Path(name).name}": digest for name, digest in entry.members.items()},
        "Licence": entry.licence,
        "Citation": entry.citation,
        "Before it": entry.prepare,
        "Command": typed_command(entry.command, entry.settings, files),
        "Tried": "yes" if entry.tried else "not yet on the real files",
    }
    return {name: value for name, value in rows.items() if value}


def _fetch(options: argparse.Namespace, _: Sequence[str]) -> None:
    from tqdm import tqdm

    from custanalytics.datasets import dataset, fetch
    from custanalytics.engagement.folder import typed_command

    entry = dataset(options.name)
    day = options.made_on or today()
    # None: no bar where standard error is no terminal.
    look = {"unit": "B", "unit_scale": True, "desc": entry.name, "leave": False}
    with tqdm(**look, disable=None, file=sys.stderr) as bar:

        def progress(have: int, total: int | None) -> None:
            bar.total = total
            bar.update(have - bar.n)

        made = fetch(entry, Path(entry.name), day, options.files, progress)
    for name, digest in made.sums.items():
        print(f"{name}: SHA-256 {digest}")
    if made.verified:
        print(f"Verified: {entry.sha256_from}.")
    else:
        print("Unverified: no checksum is known for certain; these are in engagement.toml now.")
    print(f"Licence: {entry.licence}. To cite: {entry.citation}")
    if entry.prepare:
        print(f"First: {entry.prepare}")
    files = sorted(path.name for path in (made.folder / "data").iterdir())
    command = typed_command(entry.command, entry.settings, files)
    print(f"Then: cd {entry.name} && {command}")
