"""The leak test: nothing of the source may be in what is published."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from custanalytics.errors import DisclosureError
from custanalytics.privacy.leak_check.files import Reader
from custanalytics.privacy.leak_check.passages import Passage, Unread, WholeFile
from custanalytics.privacy.leak_check.search import search
from custanalytics.privacy.leak_check.secrets import Secrets

UNREADABLE = "unreadable"
_SHOWN = 10
_FIGURES = {"amount", "count", "date"}
_HISTORY = ".git"


@dataclass(frozen=True)
class Leak:
    """A secret that was found in a published file, or a file that can't be looked into."""

    file: str
    where: str  # the place in the file, such as "page 3"; may be empty
    kind: str  # such as "e-mail" or "amount", or UNREADABLE
    source: str  # where it comes from; the reason, for an unreadable file
    shown: str  # masked
    secret: str = field(default="", repr=False)  # itself; for comparing, never shown

    @property
    def told(self) -> dict[str, Any]:
        """What of it may be shown."""
        return {name: value for name, value in asdict(self).items() if name != "secret"}

    @property
    def sentence(self) -> str:
        """The leak in one line."""
        place = f"{self.file} ({self.where})" if self.where else self.file
        if self.kind == UNREADABLE:
            return f"{place} can't be looked into: {self.source}"
        return f"{place}: {self.kind} {self.shown} from {self.source}"


def leaks_in(secrets: Secrets, folder: Path | str, tested: Path | str | None = None) -> list[Leak]:
    """Secrets in the files of a folder; what a tested folder holds to the byte is not read again.

    Assumes that what a picture shows is no text of the source: pictures are read for what their
    files say, not for what they show.
    """
    folder = Path(folder)
    leaks: list[Leak] = []
    paths = [path for path in sorted(folder.rglob("*")) if not path.is_dir()]
    if not paths:
        raise DisclosureError(f"{folder} holds no file to test; give the folder that is published")
    if (folder / _HISTORY).exists():
        why = "its history is not read; give the folder that is published"
        leaks.append(Leak(_HISTORY, "", UNREADABLE, why, ""))
        paths = [path for path in paths if path.relative_to(folder).parts[0] != _HISTORY]
    passed = Path(tested).rglob("*") if tested else ()
    known = frozenset(_content(path) for path in passed if path.is_file())
    for path in paths:
        leaks += file_leaks(secrets, path, path.relative_to(folder).as_posix(), known)
    return leaks


def _content(path: Path) -> tuple[str, bytes]:
    # How a file is read hangs on its name too.
    return path.name, sha256(path.read_bytes()).digest()


def file_leaks(
    secrets: Secrets, path: Path, name: str, known: frozenset[tuple[str, bytes]] = frozenset()
) -> list[Leak]:
    """Secrets in one file, and in its name; each once a place."""
    leaks: dict[tuple[str, int], Leak] = {}

    def take(passage: Passage) -> None:
        for secret, shown, origin in search(secrets, passage):
            leak = Leak(name, passage.where, origin.kind, origin.source, shown, secret)
            leaks.setdefault((passage.where, id(origin)), leak)

    for part in (name, *name.split("/")):
        take(Passage("file name", part))
    try:
        content = path.read_bytes()
    except OSError as error:
        return [*leaks.values(), Leak(name, "", UNREADABLE, str(error.strerror), "")]
    if known and _content(path) in known:
        return list(leaks.values())
    # The same text is often said twice, such as with and without its escapes.
    seen: set[tuple[str, str]] = set()
    for at, passage in enumerate(Reader(secrets.trusted).passages(name, content)):
        if isinstance(passage, WholeFile):
            if origin := secrets.files.get(passage.digest):
                leak = Leak(name, passage.where, origin.kind, origin.source, "as a whole")
                leaks[passage.where, id(origin)] = leak
        elif isinstance(passage, Unread):
            leaks[passage.where, -at] = Leak(name, passage.where, UNREADABLE, passage.reason, "")
        elif isinstance(passage, Passage) and (passage.text, passage.style) not in seen:
            seen.add((passage.text, passage.style))
            take(passage)
    return list(leaks.values())


def must_not_leak(secrets: Secrets, folder: Path | str, tested: Path | str | None = None) -> None:
    """Fail where a published folder holds a secret; ``tested`` is one that has passed already."""
    leaks = leaks_in(secrets, folder, tested)
    if leaks:
        error = DisclosureError(message_of(leaks))
        if all(leak.kind in _FIGURES for leak in leaks):
            error.figures = frozenset((leak.file, leak.secret) for leak in leaks)
        raise error


def message_of(leaks: Sequence[Leak]) -> str:
    """Leaks as one message; no secret is in it as a whole."""
    kinds = Counter(leak.kind for leak in leaks)
    files = dict.fromkeys(leak.file for leak in leaks)
    named = ", ".join(list(files)[:_SHOWN]) + (" and others" if len(files) > _SHOWN else "")
    counted = ", ".join(f"{count} of the kind {kind}" for kind, count in kinds.most_common())
    lines = [f"  {leak.sentence}" for leak in leaks[:_SHOWN]]
    if len(leaks) > _SHOWN:
        lines.append(f"  and {len(leaks) - _SHOWN} more")
    number = "one leak" if len(leaks) == 1 else f"{len(leaks)} leaks"
    return "\n".join(
        [
            f"nothing may be published yet: {number} in {named} ({counted}):",
            *lines,
            "Take these out of the texts, or mute them; a category that at least 10 rows have, "
            "such as a country, can be allowed.",
        ]
    )
