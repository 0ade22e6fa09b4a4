"""A part of the corpus on every run: each defect, and some in pairs and injected.

``python -m tests.trials.corpus.run`` runs all of it.
"""

from collections.abc import Iterator
from itertools import islice

from tests.trials.corpus.run import Case, all_at_once, injected_cases, pair_cases, run


def _silently_wrong(cases: Iterator[Case]) -> tuple[list[tuple[str, str]], float]:
    results = run(cases)
    results.pop("impossible", None)
    total = sum(map(len, results.values()))
    return results.get("wrong", []) + results.get("crash", []), len(results["right"]) / total


def test_each_defect_is_read_right() -> None:
    """Several in a file, for the sake of time; where such a file is not right, each alone."""
    files = list(all_at_once(35))
    alone = [case for file, cases in files if set(run(iter([file]))) != {"right"} for case in cases]
    wrong = [name for case in alone for name in run(iter([case])) if name in ("wrong", "crash")]
    assert not wrong
    assert len(alone) < 0.05 * sum(len(cases) for _, cases in files)


def test_defects_in_pairs_are_never_silently_wrong() -> None:
    wrong, right = _silently_wrong(pair_cases(401))
    assert not wrong
    assert right > 0.9


def test_defects_at_rows_and_columns_are_never_silently_wrong() -> None:
    wrong, right = _silently_wrong(islice(injected_cases((3,)), 0, None, 5))
    assert not wrong
    assert right > 0.9
