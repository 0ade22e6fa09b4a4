"""The brand that custanalytics ships."""

import pytest

from custanalytics.bundled import reports_dir
from custanalytics.render.brand import read_brand


@pytest.fixture(scope="session")
def brand():
    return read_brand(reports_dir())
