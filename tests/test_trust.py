"""A short time of what `python -m tests.trials.trust` tries for long."""

import os
import random
import time

import pytest

from custanalytics.errors import SourceError
from tests.trials.trust.corpus import Kind, kinds
from tests.trials.trust.mutate import mutated
from tests.trials.trust.mutations import read_mutated

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="reads in forked processes")
QUICK = {
    "mapping",
    "settings",
    "segments",
    "platform",
    "brand",
    "document",
    "slides",
    "CSV",
    "JSON",
}


@forks
def test_files_broken_by_lot_end_in_a_message(tmp_path):
    quick = [kind for kind in kinds({}) if kind.name in QUICK]
    outcome = read_mutated(quick, time.monotonic() + 60, tmp_path, batches=1)
    assert sum(outcome.files.values()) > len(quick)
    assert outcome.told == []


@pytest.mark.parametrize("kind", kinds({}), ids=lambda kind: kind.name)
def test_each_file_is_read_before_it_is_broken(kind, tmp_path):
    (tmp_path / kind.file).write_bytes(kind.content)
    kind.read(tmp_path / kind.file)
    lot = random.Random(1)  # noqa: S311 - files, no secrets
    assert len({mutated(kind.content, kind.file, lot) for _ in range(20)}) > 10


def _bad_reader(path):
    text = path.read_bytes()
    if text == b"":
        raise SourceError("a message of ours is no fault")
    (path.parents[2] / "outside").write_bytes(text)
    raise KeyError("a fault")


@forks
def test_faults_are_found(tmp_path):
    bad = Kind("bad", "bad.csv", b"a,b\n", _bad_reader)
    outcome = read_mutated([bad], time.monotonic() + 60, tmp_path, batches=1)
    assert outcome.faults["traceback"] > 0
    assert outcome.faults["outside"] == outcome.faults["traceback"]
