"""What holds customers is for its owner alone; what is published is for everybody."""

import gc
import os
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from custanalytics.engagement.folder import create
from custanalytics.engine import DuckDBEngine
from custanalytics.render.put_in_place import renewed, replaced
from custanalytics.results.lists import write_csv

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the system has no modes")


@pytest.fixture(autouse=True)
def usual_mask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path) -> int:
    return path.stat().st_mode & 0o777


def test_lists_and_folders_with_customers_are_private(tmp_path):
    scored = tmp_path / "scored.csv"
    write_csv(pd.DataFrame({"name": ["ann"]}), scored, "prospect_list", "en_GB")
    assert mode(scored) == 0o600
    (tmp_path / "sales.csv").write_text("a,b\n1,2\n")
    made = create(tmp_path / "acme", [tmp_path / "sales.csv"], date(2026, 7, 1))
    assert mode(made) == 0o700
    with renewed(tmp_path / "report") as folder:
        assert mode(folder) == 0o700
    assert mode(tmp_path / "report") == 0o700
    engine = DuckDBEngine()
    assert mode(engine.scratch) == 0o700
    engine.close()


def test_what_is_published_is_not(tmp_path):
    with replaced(tmp_path / "site", "index.html") as folder:
        (folder / "index.html").write_text("hello")
    assert mode(tmp_path / "site") == 0o755


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
