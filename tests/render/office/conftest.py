"""The results of the display tests, and the brand that custanalytics ships."""

import pytest

from custanalytics.bundled import reports_dir
from custanalytics.render.brand import read_brand
from tests.content.conftest import any_results, doubtful, rich

__all__ = ["any_results", "doubtful", "rich"]


@pytest.fixture(scope="session")
def brand():
    return read_brand(reports_dir())
