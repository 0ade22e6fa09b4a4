"""A portfolio of four made-up projects, and its site."""

import shutil

import pytest

from custanalytics.portfolio.site import build_site
from tests.portfolio.stand_in import stand_in


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """The portfolio; its site is built by the embedded renderer."""
    folder = stand_in(tmp_path_factory.mktemp("portfolio") / "mine")
    build_site(folder, renderer="embedded")
    return folder


@pytest.fixture(scope="session")
def site(made):
    """The site's folder; tests only read it."""
    return made / "site"


@pytest.fixture
def portfolio(made, tmp_path):
    """A portfolio for a test to change; its site is built already."""
    return shutil.copytree(made, tmp_path / "mine")
