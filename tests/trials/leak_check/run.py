"""Puts known secrets back into a clean publication, one at a time: is each of them found?

Run as ``python -m tests.trials.leak_check.run CASES [SEED]``, on a small made-up publication; and as
``python -m tests.trials.leak_check.run CASES SEEDS --published`` on what ``publish`` and ``portfolio`` really
make of the engagement, with CASES for each of so many seeds.
"""

import contextlib
import io
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from custanalytics.cli.main import main as main_command
from custanalytics.portfolio.own_prose import UnconfirmedError
from custanalytics.portfolio.publish import publish_engagement
from custanalytics.privacy.leak_check import Leak, Secrets, file_leaks, leaks_in, secrets_of
from custanalytics.results.store import read_results
from tests.trials.leak_check.made import HEADER, Secret, engagement, logo, published
from tests.trials.leak_check.ways import ANY, ONLY_NUMBERS, written


@dataclass(frozen=True)
class Case:
    """A secret, the way it got into a file, and the leaks that this file has because of it."""

    way: str
    secret: Secret
    text: str
    leaks: list[Leak]

    @property
    def caught(self) -> bool:
        """Whether it was found as a secret, and not just as a file that can't be read."""
        return any(leak.kind != "unreadable" for leak in self.leaks)


class Trial:
    """An engagement with secrets and a publication without them."""

    def __init__(self, work: Path, seed: int = 1, really: bool = False) -> None:
        self.folder, self.known = engagement(work / "haberlandt", seed, 900 if really else 300)
        self.secrets: Secrets = secrets_of(self.folder, None)
        self.clean = published(work / "published")
        if really:
            self.secrets = publish(self.folder, work / "portfolio", self.clean)
        self.false_alarms = leaks_in(self.secrets, self.clean)
        self._before = Counter(self.false_alarms)
        self._work = work
        self._rng = random.Random(seed)  # noqa: S311

    def cases(self, count: int) -> Iterator[Case]:
        """Cases, each way in turn."""
        ways = [*ANY.items(), *ONLY_NUMBERS.items()]
        amounts = [secret for secret in self.known if secret.kind == "amount"]
        kinds = sorted({secret.kind for secret in self.known})
        touched = self._work / "touched"
        for number in range(count):
            name, put = ways[number % len(ways)]
            kind = self._rng.choice(kinds)
            secret = self._rng.choice([s for s in self.known if s.kind == kind])
            text = written(secret, self._rng)
            if name in ONLY_NUMBERS:
                secret = self._rng.choice(amounts)
                text = f"{secret.value:.2f}"
            shutil.rmtree(touched, ignore_errors=True)
            shutil.copytree(self.clean, touched)
            path = put(touched, text, self._rng)
            found = file_leaks(self.secrets, path, path.relative_to(touched).as_posix())
            # Two secrets may look the same once they are masked, so they are counted.
            more = Counter(found) - self._before
            yield Case(name, secret, text, list(more))


def publish(folder: Path, portfolio: Path, clean: Path) -> Secrets:
    """Run and publish an engagement; what comes of it takes the place of the made-up files."""
    asked = folder / "engagement.toml"
    text = asked.read_text("utf-8")
    text = text.replace('label = ""', 'label = "A shop for beds"', 1)
    mapped = f'command = "run"\nmap = ["customer_id={HEADER[2]}"]\n'
    asked.write_text(text.replace('command = "run"\n', mapped, 1), "utf-8")
    shutil.rmtree(folder / "report")  # its logo goes where a consultant keeps one
    logo(folder / "logo.png")
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        assert main_command(["run"]) == 0
    day = date(2026, 2, 3)
    try:
        done = publish_engagement(folder, portfolio, day, renderer="embedded")
    except UnconfirmedError as error:
        done = publish_engagement(folder, portfolio, day, confirm=error.code, renderer="embedded")
    shutil.copytree(done.folder, clean, dirs_exist_ok=True)
    pages = done.site / "entries" / done.entry.slug
    shutil.copytree(pages, clean, dirs_exist_ok=True)
    for name in ("search.json", "index.xml"):
        shutil.copyfile(done.site / name, clean / name)
    results = read_results(folder / "report" / "results")
    return secrets_of(folder, results, published=[day])


def main(count: int, seeds: range, really: bool) -> None:
    """Run the trial, and print its figures."""
    began = time.monotonic()
    cases: list[Case] = []
    false: list[Leak] = []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as work:
            trial = Trial(Path(work), seed, really)
            false += trial.false_alarms
            cases += trial.cases(count)
    took = time.monotonic() - began
    missed = [case for case in cases if not case.caught]
    for case in missed:
        print(f"missed: {case.way}, {case.secret.kind}: {case.text!r}")
    for leak in false:
        print(f"false alarm: {leak.sentence}")
    print(f"seeds {len(seeds)}, ways {len(ANY) + len(ONLY_NUMBERS)}, secrets {trial.secrets.count}")
    print(f"kinds {dict(Counter(case.secret.kind for case in cases))}")
    print(f"cases {len(cases)}, caught {len(cases) - len(missed)}, false alarms {len(false)}")
    print(f"{took:.1f} s")


if __name__ == "__main__":
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    real = "--published" in sys.argv
    main(int(sys.argv[1]), range(1, number + 1) if real else range(number, number + 1), real)
