"""One file of each trap of meaning; ``python -m tests.trials.meaning`` runs them in many words."""

from pathlib import Path

import pytest

from tests.trials.meaning import KINDS, Words, judged

RIGHT = {"right", "refused, as is right", "asked", "warned"}


@pytest.mark.parametrize(("at", "name"), [*enumerate(KINDS)])
def test_no_trap_is_read_wrongly_in_silence(tmp_path: Path, at: int, name: str) -> None:
    verdict, told = judged(KINDS[name](Words(name, at + 2)), tmp_path)
    assert verdict in RIGHT, told


def test_a_wrong_reading_would_be_seen(tmp_path: Path) -> None:
    trap = KINDS["healthy"](Words("healthy", 0))
    trap.lines = trap.lines[1:]
    assert judged(trap, tmp_path)[0] == "silently wrong"
