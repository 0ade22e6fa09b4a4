"""Fixtures every test may use."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data sets; tests that want it skip where it is missing."""
    if not (SHARED / "README.md").is_file():
        pytest.skip("the real data sets are not on this machine")
    return SHARED
