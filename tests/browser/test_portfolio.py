"""The portfolio's site in a real browser: accessible, silent, found by theme, technique, word."""

import pytest

from custanalytics.portfolio.site import build_site
from tests.browser.pages import browser, missing, page
from tests.portfolio.stand_in import stand_in

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())
PAGES = ("index.html", "about.html", "404.html", "entries/gift-shop/index.html")


@pytest.fixture(scope="module")
def chromium():
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return build_site(stand_in(tmp_path_factory.mktemp("portfolio") / "mine"), renderer="embedded")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_serious_stands_in_anybodys_way(chromium, site, name, dark):
    from axe_playwright_python.sync_playwright import Axe

    with page(chromium, site / name, dark=dark) as opened:
        found = Axe().run(opened, options={"preload": False}).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


@pytest.mark.parametrize("width", [390, 1280, 1920])
@pytest.mark.parametrize("name", PAGES)
def test_pages_fit_the_screen_and_ask_nothing(chromium, site, name, width):
    with page(chromium, site / name, width) as opened:
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        assert (opened.said, opened.asked) == ([], [])


def test_projects_are_found_and_the_address_keeps_how(chromium, site):
    with page(chromium, site / "index.html") as opened:
        shown = opened.locator(".card:visible")
        opened.get_by_role("button", name="Customer value").press("Enter")
        assert shown.count() == 2
        assert opened.locator("#status").inner_text() == "2 of 4 projects shown"
        opened.get_by_label("Search the projects").fill("ZEBRAmusic")
        opened.wait_for_function("document.querySelectorAll('.card:not([hidden])').length === 1")
        address = opened.url
        opened.get_by_role("button", name="Show all projects").click()
        assert shown.count() == 4
        opened.goto("about:blank")
        opened.goto(address)
        opened.wait_for_function("document.querySelectorAll('.card:not([hidden])').length === 1")
        assert shown.get_attribute("data-slug") == "music-club"
