"""What must hold for any file: order and splitting don't matter, and nothing ends in a traceback."""

import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custanalytics.errors import SourceError
from custanalytics.ledger import load
from tests.trials.corpus.draft import Draft

TODAY = date(2026, 1, 31)
FEW = settings(max_examples=3, derandomize=True, suppress_health_check=list(HealthCheck))


def figures(*texts: bytes) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for at, text in enumerate(texts):
            path = Path(folder) / f"{at}.csv"
            path.write_bytes(text)
            paths.append(path)
        ledger = load(paths, today=TODAY)
        ledger.engine.close()
        # In how many files the rows came is no figure.
        return {name: told for name, told in ledger.as_json().items() if name != "sources"}


@FEW
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(random: Any) -> None:
    draft = Draft()
    header, *rows = draft.grid()
    random.shuffle(rows)
    assert figures(draft.bytes([header, *rows])) == figures(draft.bytes())


@FEW
@given(st.integers(1, 130), st.booleans())
def test_splitting_a_file_changes_nothing(at: int, turned: bool) -> None:
    draft = Draft()
    header, *rows = draft.grid()
    pieces = [draft.bytes([header, *rows[:at]]), draft.bytes([header, *rows[at:]])]
    assert figures(*(pieces[::-1] if turned else pieces)) == figures(draft.bytes())


@settings(FEW, max_examples=15)
@given(st.binary(min_size=1, max_size=400), st.booleans())
def test_any_bytes_give_a_result_or_a_clear_error(raw: bytes, after_sales: bool) -> None:
    # Any other exception than this one fails the test.
    with suppress(SourceError):
        figures(Draft().bytes() + raw if after_sales else raw)
