"""The results of the display tests, and the brand that custanalytics ships."""

import pytest

from custanalytics.bundled import reports_dir
from custanalytics.report.brand import read_brand
from tests.display.conftest import any_results, doubtful, rich

__all__ = ["any_results", "doubtful", "rich"]


@pytest.fixture(scope="session")
def brand():
    return read_brand(reports_dir())
