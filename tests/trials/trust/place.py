"""The commands that write, on small inputs, in a place that can be reset and judged."""

import re
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from custanalytics.bundled import sample_data_dir
from tests.trials.trust.children import Done, perform

_DAY = ("--made-on", "2026-07-03")


@dataclass(frozen=True)
class Command:
    """A command line, and the folder or file that it makes or renews as a whole."""

    name: str
    given: tuple[str, ...]
    makes: str
    folder: str = "."  # where it is called


COMMANDS = (
    Command("run", ("run", "sales.csv", "--out", "report", "--format", "html", *_DAY), "report"),
    Command(
        "prospects",
        ("prospects", "leads.csv", "--out", "leads", "--format", "html", *_DAY),
        "leads",
    ),
    Command("render", ("render", "report", "--format", "html"), "report"),
    Command("score", ("score", "leads", "later.csv", "--out", "scored.csv"), "scored.csv"),
    Command(
        "measure",
        (
            "measure",
            "past.csv",
            "--treatment",
            "group",
            "--converted",
            "bought",
            "--out",
            "effect",
            "--format",
            "html",
            *_DAY,
        ),
        "effect",
    ),
    Command("portfolio", ("portfolio", "mine"), "mine"),
)


class Place:
    """A folder with inputs, and with what each command made of them once."""

    def __init__(self, folder: Path) -> None:
        self.work, self.scratch, self._kept = (folder / n for n in ("work", "scratch", "kept"))
        self.work.mkdir(parents=True)
        self.scratch.mkdir()
        _inputs(self.work)
        self.made: dict[str, Done] = {}

    def prepare(self) -> None:
        """Let each command run once, undisturbed."""
        for command in COMMANDS:
            done = self.perform(command)
            self.made[command.name] = done
            if done.code:
                raise RuntimeError(f"{command.name} fails undisturbed: {done.said}")
        shutil.copytree(self.work, self._kept, symlinks=True)

    def perform(self, command: Command, **how: object) -> Done:
        """Run a command here."""
        return perform(command.given, self.work / command.folder, self.scratch, **how)

    def reset(self) -> None:
        """Have all as after `prepare`."""
        shutil.rmtree(self.work)
        shutil.copytree(self._kept, self.work, symlinks=True)
        shutil.rmtree(self.scratch)
        self.scratch.mkdir()

    def faults(self, command: Command, done: Done) -> list[str]:
        """What is not as promised after a disturbed command."""
        return [
            *self._said(done),
            *self._elsewhere(command),
            *self._whole(command),
            *self._left(done),
            *(line for line in done.told if line.startswith(("outside\t", "socket\t"))),
        ]

    def _said(self, done: Done) -> list[str]:
        if "Traceback" in done.said or "error in custanalytics itself" in done.said:
            return [f"traceback\t{done.said[-600:]!r}"]
        return []

    def _elsewhere(self, command: Command) -> list[str]:
        """What the command had no reason to touch."""
        now, then = (_contents(root, but=command.makes) for root in (self.work, self._kept))
        now = {name: digest for name, digest in now.items() if not name.startswith(".")}
        return [
            f"changed\t{name}"
            for name in now.keys() | then.keys()
            if now.get(name) != then.get(name)
        ]

    def _whole(self, command: Command) -> list[str]:
        """The old one, byte for byte, or a new one with all its files, each of them to its end."""
        now, then = (_contents(root / command.makes) for root in (self.work, self._kept))
        if now == then:
            return []
        if now.keys() != then.keys():
            return [f"half\t{sorted(now.keys() ^ then.keys())[:5]} of {command.makes}"]
        path = self.work / command.makes
        pages = [path] if path.is_file() else path.rglob("*.html")
        return [
            f"half\t{page}"
            for page in pages
            if page.suffix == ".html" and not page.read_text("utf-8").rstrip().endswith("</html>")
        ]

    def _left(self, done: Done) -> list[str]:
        """What lies beside: nothing, but after a kill, and then for nobody else to read."""
        known = {path.name for path in self._kept.iterdir()}
        left = [path for path in self.work.iterdir() if path.name not in known]
        left += self.scratch.iterdir()
        killed = done.code == -9
        return [
            f"litter\t{path.name}, mode {path.stat().st_mode & 0o777:o}"
            for path in left
            if not killed or path.stat().st_mode & 0o077
        ]


def _contents(root: Path, but: str = "") -> dict[str, str]:
    if root.is_file():
        return {"": sha256(root.read_bytes()).hexdigest()}
    paths = [path for path in root.rglob("*") if path.is_file()]
    return {
        name: sha256(path.read_bytes()).hexdigest()
        for path in paths
        if (name := path.relative_to(root).as_posix()).split("/")[0] != but
    }


def _inputs(folder: Path) -> None:
    """Few customers of the sample shop, prospects, and a past campaign."""
    lines = (sample_data_dir() / "shop.csv").read_text("utf-8").splitlines()
    few = [line for line in lines[1:] if re.search(r",C1\d[0-4]0[0-4],", line)]
    (folder / "sales.csv").write_text("\n".join([lines[0], *few]) + "\n", "utf-8")
    lines = (sample_data_dir() / "leads.csv").read_text("utf-8").splitlines()
    (folder / "leads.csv").write_text("\n".join(lines[:300]) + "\n", "utf-8")
    (folder / "later.csv").write_text("\n".join([lines[0], *lines[300:350]]) + "\n", "utf-8")
    rows = [
        f"K{n},{'mail' if n % 2 else 'control'},{'yes' if n % 7 < 1 + n % 2 else 'no'}"
        for n in range(400)
    ]
    (folder / "past.csv").write_text("\n".join(["customer,group,bought", *rows]) + "\n", "utf-8")
