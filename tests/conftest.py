"""Fixtures every test may use."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# What a machine remembers of portfolios is not the tests' to change.
os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="custanalytics-tests-")

# How long an example takes is no test: others may work on the same machine.
settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data sets; tests that want it skip where it is missing."""
    if not (SHARED / "README.md").is_file():
        pytest.skip("the real data sets are not on this machine")
    return SHARED
