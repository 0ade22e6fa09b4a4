"""The pages in a real browser: accessible, silent, asking nothing, as wide as the screen."""

import pytest

from tests.browser.pages import browser, missing, page
from tests.cli.test_cli import FIXED, call

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())
TEMPLATES = ("customer-value", "owner-brief", "rfm")


@pytest.fixture(scope="module")
def chromium():
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    html = ("--format", "html", *FIXED)
    money = ("--contact-cost", "2", "--conversion-value", "30")
    assert call("run", "--sample", "--out", folder / TEMPLATES[0], *money, *html).returncode == 0
    for name in TEMPLATES[1:]:
        asked = ("--template", name, "--out", folder / name, "--format", "html")
        done = call("render", folder / TEMPLATES[0], *asked, "--renderer", "embedded")
        assert done.returncode == 0, done.stderr
    done = call("prospects", "--sample", "--out", folder / "prospects", *money, *html)
    assert done.returncode == 0, done.stderr
    return {name: folder / name / "report.html" for name in (*TEMPLATES, "prospects")}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", [*TEMPLATES, "prospects"])
def test_nothing_serious_stands_in_anybodys_way(chromium, reports, name, dark):
    from axe_playwright_python.sync_playwright import Axe

    with page(chromium, reports[name], dark=dark) as opened:
        found = Axe().run(opened).response["violations"]
    told = [
        f"{v['id']} ({v['impact']}): {node['target']}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"][:3]
    ]
    assert told == []


@pytest.mark.parametrize("width", [390, 1280, 1920])
@pytest.mark.parametrize("name", [*TEMPLATES, "prospects"])
def test_pages_fit_the_screen_and_ask_nothing(chromium, reports, name, width):
    with page(chromium, reports[name], width) as opened:
        wide = opened.evaluate("document.documentElement.scrollWidth")
        drawn = opened.locator(".plot .main-svg").count()
        said, asked = opened.said, opened.asked
    assert (said, asked) == ([], [])
    assert wide <= width
    assert (drawn > 0) is (name != "owner-brief"), "a letter has no charts"
