"""Puts known secrets back into a clean publication, one at a time: is each of them found?

Run as ``python -m tests.disclosure.trial CASES [SEED [FOLDER]]``; with a folder that is published, a copy
of it takes the place of the small made-up publication, wherever its files have the same names.
"""

import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from custanalytics.disclosure import Leak, Secrets, file_leaks, leaks_in, secrets_of
from tests.disclosure.made import Secret, engagement, published
from tests.disclosure.ways import ANY, ONLY_NUMBERS, written


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

    def __init__(self, work: Path, publication: Path | None = None, seed: int = 1) -> None:
        self.folder, self.known = engagement(work / "haberlandt", seed)
        self.secrets: Secrets = secrets_of(self.folder, None)
        self.clean = published(work / "published")
        if publication:
            shutil.copytree(publication, self.clean, dirs_exist_ok=True)
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


def main(count: int, seed: int = 1, publication: str | None = None) -> None:
    """Run the trial, and print its figures."""
    with tempfile.TemporaryDirectory() as work:
        trial = Trial(Path(work), Path(publication) if publication else None, seed)
        false = trial.false_alarms
        began = time.monotonic()
        cases = list(trial.cases(count))
        took = time.monotonic() - began
    missed = [case for case in cases if not case.caught]
    for case in missed:
        print(f"missed: {case.way}, {case.secret.kind}: {case.text!r}")
    for leak in false:
        print(f"false alarm: {leak.sentence}")
    print(f"ways {len(ANY) + len(ONLY_NUMBERS)}, secrets {trial.secrets.count}")
    print(f"kinds {dict(Counter(case.secret.kind for case in cases))}")
    print(f"cases {len(cases)}, caught {len(cases) - len(missed)}, false alarms {len(false)}")
    print(f"{took:.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]), *map(int, sys.argv[2:3]), *sys.argv[3:4])
