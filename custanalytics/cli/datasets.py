"""``datasets``, ``fetch``: open customer data to work on."""

import argparse
import dataclasses
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custanalytics.cli import arguments
from custanalytics.config import as_typed, today

if TYPE_CHECKING:
    from custanalytics.datasets import Dataset

_ACCESS = {
    "open": "download",
    "login": "login at its home, then --from FILE",
    "installed": "here already, no network",
}


def add(commands: Any) -> None:
    """Add the commands."""
    known = commands.add_parser(
        "datasets",
        help="list open customer data sets",
        description="List open customer data sets; nothing is downloaded.",
        epilog="example:\n  custanalytics datasets cdnow",
    )
    known.add_argument("name", nargs="?", metavar="NAME", help="all about this one")
    arguments.json_option(known)
    known.set_defaults(action=_datasets)

    fetch = commands.add_parser(
        "fetch",
        help="get an open data set and make an engagement of it",
        description="Download an open data set, verify it, and make an engagement of it.",
        epilog="example:\n  custanalytics fetch cdnow",
    )
    fetch.add_argument("name", metavar="NAME", help="a data set, see 'custanalytics datasets'")
    fetch.add_argument(
        "--from",
        dest="files",
        nargs="+",
        default=[],
        type=Path,
        metavar="FILE",
        help="take the set from here: its archive, or the files in it",
    )
    arguments.day_option(fetch)
    fetch.set_defaults(action=_fetch)


def _datasets(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.cli.printed import print_json
    from custanalytics.datasets import dataset, datasets

    found = {options.name: dataset(options.name)} if options.name else datasets()
    if options.json:
        print_json({name: dataclasses.asdict(entry) for name, entry in found.items()})
    elif options.name:
        print(_all_about(found[options.name]))
    else:
        width = max(map(len, found))
        for name, entry in found.items():
            print(f"{name:{width}}  {entry.question}")
            print(f"{'':{width}}  {entry.size}; {_ACCESS[entry.access]}; {entry.licence}\n")
        print("All about one: custanalytics datasets NAME. To get it: custanalytics fetch NAME")


def _all_about(entry: "Dataset") -> str:
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
        "Command": _command(entry, [Path(name).name for name in entry.members]),
        "Tried": "yes" if entry.tried else "not yet on the real files",
    }
    width = max(map(len, rows))
    lines = [f"{name:{width}}  {value}" for name, value in rows.items() if value]
    return "\n".join([entry.title, "", *lines])


def _fetch(options: argparse.Namespace, _: Sequence[str]) -> None:
    from tqdm import tqdm

    from custanalytics.datasets import dataset, fetch

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
    print(f"Then: cd {entry.name} && {_command(entry, files)}")


def _command(entry: "Dataset", files: Sequence[str]) -> str:
    if entry.command != "measure":
        return f"custanalytics {entry.command}"
    named = [f"data/{name}" for name in files] or ["data/FILE"]
    return shlex.join(["custanalytics", "measure", *named, *as_typed(entry.settings)])
