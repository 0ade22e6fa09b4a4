"""Results of the sample data, computed once for all the processes that test."""

import pickle
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from custanalytics.bundled import sample_data_dir
from custanalytics.config import Prospects
from custanalytics.ledger import load
from custanalytics.results.analyse import add_prospects, analyse
from custanalytics.results.store import AnalysisResults
from tests.once import once

DAY = date(2026, 7, 3)
COSTS = {"contact_cost": 2.0, "conversion_value": 90.0}


def analysed(factory: pytest.TempPathFactory, name: str) -> AnalysisResults:
    """Results of ``shop`` (with prospects), ``box`` or ``wholesaler``."""

    def make(folder: Path) -> None:
        folder.mkdir()
        (folder / "results").write_bytes(pickle.dumps(_SAMPLES[name](folder)))

    written = once(factory, f"sample-{name}", make) / "results"
    return pickle.loads(written.read_bytes())  # noqa: S301 - written by this very run


def _shop(_: Path) -> AnalysisResults:
    results = analyse(load([sample_data_dir() / "shop.csv"]), made_on=DAY, **COSTS)
    return add_prospects(results, [sample_data_dir() / "leads.csv"], Prospects())[0]


def _box(folder: Path) -> AnalysisResults:
    """With a margin; some customers agreed to be written to, the others were not asked."""
    sales = pd.read_csv(sample_data_dir() / "box.csv", sep=None, engine="python", dtype="str")
    agreed = sales["Customer ID"].str[-1] < "8"
    asked = folder / "box.csv"
    sales.assign(newsletter=agreed.map({True: "yes", False: None})).to_csv(asked, index=False)
    return analyse(load([asked]), made_on=DAY, margin=0.4)


def _wholesaler(_: Path) -> AnalysisResults:
    return analyse(load([sample_data_dir() / "wholesaler.csv"]), made_on=DAY)


_SAMPLES: dict[str, Callable[[Path], AnalysisResults]] = {
    "shop": _shop,
    "box": _box,
    "wholesaler": _wholesaler,
}
