"""Makes an engagement of an open data set."""

import importlib.util
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from custanalytics.datasets.catalogue import UNVERIFIED, Dataset
from custanalytics.datasets.download import Progress, download
from custanalytics.datasets.unpack import unpack
from custanalytics.engagement.folder import Brief, create
from custanalytics.engagement.record import sha256
from custanalytics.errors import SourceError, UsageError


@dataclass(frozen=True)
class Fetched:
    """An engagement made of an open data set."""

    folder: Path
    sums: dict[str, str]  # file -> its SHA-256
    verified: bool  # the catalogue knew the checksums, and they were right


def fetch(
    dataset: Dataset,
    folder: Path,
    day: date,
    files: Sequence[Path] = (),
    progress: Progress = lambda _, __: None,
) -> Fetched:
    """Get an open data set, and make an engagement of it."""
    if folder.exists():
        raise UsageError(f"{folder} exists already, and nothing is overwritten")
    given = list(files) or [_get(dataset, progress)]
    with tempfile.TemporaryDirectory(prefix="custanalytics-") as scratch:
        try:
            wanted, sums, verified = _files(dataset, given, Path(scratch))
        except SourceError:
            if not files and dataset.access == "open":
                given[0].unlink(missing_ok=True)  # or the next try would find it in the cache
            raise
        source = {
            "name": dataset.title,
            "command": f"custanalytics fetch {dataset.name}",
            "home": dataset.home,
            "address": dataset.address,
            "licence": dataset.licence,
            "citation": dataset.citation,
            "checksum": "verified" if verified else UNVERIFIED,
            **{f"sha256 {name}": digest for name, digest in sums.items()},
        }
        brief = Brief(
            client=dataset.title,
            question=dataset.question,
            decision=dataset.decision,
            success=dataset.success,
            command=dataset.command,
            settings=dataset.settings,
            acceptance=tuple(
                {
                    "says": f"As the set's home states: {figure} is {value:,}",
                    "figure": figure,
                    "equals": value,
                }
                for figure, value in dataset.expected.items()
            ),
            source={name: value for name, value in source.items() if value},
        )
        return Fetched(create(folder, wanted, day, brief), sums, verified)


def _get(dataset: Dataset, progress: Progress) -> Path:
    if dataset.access == "login":
        raise UsageError(
            f"{dataset.title} can't be downloaded without a login. {dataset.how} {dataset.home}\n"
            f"Then: custanalytics fetch {dataset.name} --from FILE"
        )
    if dataset.access == "installed":
        package, _, path = dataset.address.partition("/")
        spec = importlib.util.find_spec(package)
        for place in (spec.submodule_search_locations or []) if spec else []:
            if (Path(place) / path).is_file():
                return Path(place) / path
        raise SourceError(f"{dataset.title} comes with the package {package}, which lacks {path}")
    digest = None if dataset.sha256 == UNVERIFIED else dataset.sha256
    name = PurePosixPath(dataset.address).name
    return download(dataset.address, f"{dataset.name}-{name}", digest, dataset.bytes, progress)


def _files(
    dataset: Dataset, given: Sequence[Path], scratch: Path
) -> tuple[list[Path], dict[str, str], bool]:
    """Files for the engagement, checksums of what was given and taken, all of them right."""
    for path in given:
        if not path.is_file():
            raise UsageError(f"{path} is no file")
        with path.open("rb") as file:
            start = file.read(512).lstrip().lower()
        if start.startswith((b"<!doctype html", b"<html")):
            raise SourceError(f"{path.name} is a web page, not the data: see {dataset.home}")
    expected = {PurePosixPath(member).name: digest for member, digest in dataset.members.items()}
    names = {path.name for path in given}
    if not expected or names & expected.keys():
        # The files themselves, not an archive of them.
        missing = sorted(expected.keys() - names)
        if missing:
            raise UsageError(f"{', '.join(missing)} belong to the set as well: give them too")
        expected = expected or {path.name: dataset.sha256 for path in given}
        wanted = list(given)
        sums = {path.name: sha256(path) for path in wanted}
        return wanted, sums, _verified(dataset, sums, expected)
    if len(given) != 1:
        raise UsageError(f"give the archive of {dataset.name}, or {', '.join(expected)}")
    archive = given[0]
    outer = sha256(archive)
    whole = _verified(dataset, {archive.name: outer}, {archive.name: dataset.sha256})
    wanted = list(unpack(archive, dataset.members, scratch).values())
    sums = {path.name: sha256(path) for path in wanted}
    return wanted, {archive.name: outer, **sums}, _verified(dataset, sums, expected) or whole


def _verified(dataset: Dataset, sums: dict[str, str], expected: dict[str, str]) -> bool:
    stated = {name: digest for name, digest in expected.items() if digest != UNVERIFIED}
    for name, digest in stated.items():
        if sums[name] != digest:
            raise SourceError(
                f"{name} is not the file that the catalogue knows of {dataset.name}: its SHA-256 "
                f"is {sums[name]}, expected {digest}"
            )
    return len(stated) == len(sums)
