"""An engine that is interrupted while it opens leaves nothing behind."""

import gc
from pathlib import Path

import duckdb
import pytest

from custanalytics.engine import DuckDBEngine


def test_an_interrupt_while_it_opens_leaves_no_scratch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def interrupted(*_: object, **__: object) -> None:
        assert list(tmp_path.iterdir())
        raise KeyboardInterrupt

    monkeypatch.setattr(duckdb, "connect", interrupted)
    with pytest.raises(KeyboardInterrupt):
        DuckDBEngine()
    gc.collect()
    assert not list(tmp_path.iterdir())
