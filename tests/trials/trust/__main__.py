"""Stops, breaks and feeds every command, and prints what was survived.

``python -m tests.trials.trust [SECONDS]`` (600): a third of the time each for signals, for
faults, and for files broken by lot. What failed is printed; the exit code is 1 then.
"""

import random
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from tests.trials.trust.children import Done, preload
from tests.trials.trust.corpus import kinds
from tests.trials.trust.disturbances import SIGNALS, failing, signalled, sizes, small_files
from tests.trials.trust.mutations import read_mutated
from tests.trials.trust.place import COMMANDS, Command, Place

Trial = tuple[str, Done]


def main(seconds: float, seed: int) -> int:
    """Try for so many seconds; 1 where anything failed."""
    preload()
    lot = random.Random(seed)  # noqa: S311 - times and places, no secrets
    # A temporary folder of the usual kind would be taken away by each forked process that ends.
    folder = Path(tempfile.mkdtemp(prefix="custanalytics-trust-"))
    try:
        place = Place(folder / "place")
        place.prepare()
        start = time.monotonic()
        faults = _try(place, lot, start + seconds / 3, _stop)
        faults += _try(place, lot, start + 2 * seconds / 3, _break())
        stored = {name: place.work / name / "results" for name in ("report", "leads")}
        outcome = read_mutated(kinds(stored), start + seconds, folder, seed)
    finally:
        shutil.rmtree(folder)
    print(f"files broken by lot and read: {outcome.files.total():,}")
    for name, count in sorted(outcome.files.items()):
        print(f"  {name}: {count:,}")
    faults += outcome.told
    kinds_met = Counter(fault.partition("\t")[0] for fault in faults)
    print(f"faults: {dict(kinds_met) or 'none'}")
    for fault in faults[:50]:
        print(f"  {fault[:400]}")
    return 1 if faults else 0


def _try(
    place: Place,
    lot: random.Random,
    until: float,
    disturb: Callable[[Place, Command, random.Random], Trial],
) -> list[str]:
    """Disturb the commands in turn; prints how often and how, gives what was not survived."""
    tried: defaultdict[str, Counter[str]] = defaultdict(Counter)
    faults: list[str] = []
    spent: Counter[Command] = Counter(dict.fromkeys(COMMANDS, 0))
    while time.monotonic() < until:
        command = min(spent, key=spent.__getitem__)  # quick ones are tried more often
        place.reset()
        start = time.monotonic()
        how, done = disturb(place, command, lot)
        tried[command.name][how.partition(" ")[0]] += 1
        faults += [f"{fault} ({command.name}, {how})" for fault in place.faults(command, done)]
        if done.code == -SIGNALS["SIGKILL"]:  # what it left is cleared up by the next
            again = place.perform(command)
            later = place.faults(command, again) or [f"code {again.code}"] * bool(again.code)
            faults += [f"after\t{fault} ({command.name}, {how})" for fault in later]
        spent[command] += time.monotonic() - start  # type: ignore[assignment]
    for name, ways in tried.items():
        print(
            f"{name}: {', '.join(f'{way} {count}' for way, count in sorted(ways.items()))}",
            flush=True,
        )
    return faults


def _stop(place: Place, command: Command, lot: random.Random) -> Trial:
    """A signal at any moment."""
    name = lot.choice(list(SIGNALS))
    after = lot.uniform(0, 1.05) * place.made[command.name].seconds
    return f"{name} after {after:.2f} s", place.perform(
        command, disturb=signalled(SIGNALS[name], after)
    )


def _break() -> Callable[[Place, Command, random.Random], Trial]:
    """One write, rename, sync or tool that fails, each in turn in an order by lot."""
    left: dict[str, list[int]] = {}

    def disturb(place: Place, command: Command, lot: random.Random) -> Trial:
        if command.name not in left:
            counted = place.perform(command, prepare=failing(None, lasting=False))
            points = sum(line.startswith("point\t") for line in counted.told)
            print(f"{command.name}: {points} writes, renames, syncs and tools", flush=True)
            left[command.name] = lot.sample(range(1, points + 1), points)
            place.reset()
        if not left[command.name] or lot.random() < 0.2:
            most = sizes(lot)
            return f"size {most}", place.perform(command, prepare=small_files(most))
        at, lasting = left[command.name].pop(), lot.random() < 0.5
        how = f"fault {at}{' and all after it' if lasting else ''}"
        return how, place.perform(command, prepare=failing(at, lasting=lasting))

    return disturb


if __name__ == "__main__":
    given = [float(part) for part in sys.argv[1:]]
    sys.exit(main(given[0] if given else 600, int(given[1]) if len(given) > 1 else 0))
