"""Fixtures and helpers every test may use."""

import io
from pathlib import Path

import pandas as pd
import pytest

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data sets; tests that want it skip where it is missing."""
    if not (SHARED / "README.md").is_file():
        pytest.skip("the real data sets are not on this machine")
    return SHARED


def table(text: str) -> pd.DataFrame:
    """A DataFrame from a readable table: columns apart by |, '-' for null."""
    lines = [line.strip().strip("|") for line in text.strip().splitlines()]
    frame = pd.read_csv(
        io.StringIO("\n".join(lines)), sep=r"\s*\|\s*", engine="python", na_values=["-"]
    )
    frame.columns = frame.columns.str.strip()
    return frame


def transactions(text: str) -> pd.DataFrame:
    """Transactions from a readable table."""
    frame = table(text)
    frame["ordered_at"] = pd.to_datetime(frame["ordered_at"])
    return frame
