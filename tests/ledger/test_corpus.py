"""A part of the corpus on every run: each defect alone, and some in pairs and injected.

``python -m tests.trials.corpus.run`` runs all of it.
"""

from collections.abc import Iterator
from itertools import islice

from tests.trials.corpus.run import Case, injected_cases, pair_cases, run, single_cases


def _silently_wrong(cases: Iterator[Case]) -> tuple[list[tuple[str, str]], float]:
    results = run(cases)
    results.pop("impossible", None)
    total = sum(map(len, results.values()))
    return results.get("wrong", []) + results.get("crash", []), len(results["right"]) / total


def test_each_defect_alone_is_read_right() -> None:
    wrong, right = _silently_wrong(single_cases())
    assert not wrong
    assert right > 0.95


def test_defects_in_pairs_are_never_silently_wrong() -> None:
    wrong, right = _silently_wrong(pair_cases(401))
    assert not wrong
    assert right > 0.9


def test_defects_at_rows_and_columns_are_never_silently_wrong() -> None:
    wrong, right = _silently_wrong(islice(injected_cases((3,)), 0, None, 5))
    assert not wrong
    assert right > 0.9
