"""The pages in a real browser: accessible, silent, asking nothing, as wide as the screen."""

import pytest

from custanalytics.render.pages.rendering import render
from custanalytics.render.pages.staging import stage
from tests.browser.pages import browser, missing, page
from tests.cli.test_cli import FIXED, call
from tests.render.rich_report import RICH, rich_document

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
        opened.evaluate("document.querySelectorAll('.opener').forEach(one => one.click())")
        opened.wait_for_timeout(400)
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


def test_the_button_says_what_a_press_does(chromium, reports):
    with page(chromium, reports["rfm"], dark=True) as opened:
        button = opened.locator("#theme")
        said = [button.inner_text()]
        button.click()
        said.append(button.inner_text())
    assert said == ["Light mode", "Dark mode"]


def test_a_table_is_copied_by_keyboard_as_a_spreadsheet_takes_it(chromium, reports):
    with page(chromium, reports["rfm"]) as opened:
        table = opened.locator(".quarto-float-tbl").first
        rows = table.locator("tr").count()
        columns = table.locator("th").count()
        table.locator(".copy").focus()
        opened.keyboard.press("Enter")
        opened.wait_for_timeout(200)
        assert opened.locator(".said").inner_text() == "Copied"
        opened.evaluate("document.body.append(document.createElement('textarea'))")
        opened.locator("body > textarea").focus()
        opened.keyboard.press("Control+V")
        pasted = opened.locator("body > textarea").input_value().split("\n")
    assert len(pasted) == rows
    assert {line.count("\t") for line in pasted} == {columns - 1}


def test_the_appendix_is_folded_until_it_is_wanted(chromium, reports):
    heights = "[...document.querySelectorAll('.folded')].map(part => part.firstElementChild.checkVisibility({contentVisibilityAuto: true}))"
    with page(chromium, reports["customer-value"]) as opened:
        assert not any(opened.evaluate(heights))
        opened.evaluate("location.hash = 'sec-data'")
        opened.wait_for_timeout(300)
        assert opened.evaluate(heights).count(True) == 1
        opened.emulate_media(media="print")
        assert all(opened.evaluate(heights))
        label = opened.locator("#tbl-reconciliation .caption-label a")
        assert label.get_attribute("href") == "#tbl-reconciliation"


def test_charts_side_by_side_begin_on_one_line(chromium, reports):
    rows = "[...document.querySelectorAll('.quarto-layout-row')].map(row => [...row.querySelectorAll('.plot')].map(plot => plot.getBoundingClientRect().top))"
    with page(chromium, reports["customer-value"], 1100) as opened:
        # A title of several lines beside one of a single line.
        opened.locator(".quarto-layout-cell figcaption").first.evaluate(
            "caption => caption.append(' and on'.repeat(30))"
        )
        tops = [row for row in opened.evaluate(rows) if len(row) > 1]
    assert tops
    assert all(max(row) - min(row) < 1 for row in tops)


def test_on_a_phone_texts_of_charts_can_be_read_and_cut_tables_say_so(chromium, reports):
    with page(chromium, reports["customer-value"], 390) as opened:
        sizes = opened.evaluate(
            "[...document.querySelectorAll('.plot text')].filter(text => text.textContent.trim())"
            ".map(text => parseFloat(getComputedStyle(text).fontSize))"
        )
        hints = opened.evaluate(
            "[...document.querySelectorAll('.table-scroll')].map(box => "
            "[box.scrollWidth > box.clientWidth + 1, box.previousElementSibling.hidden])"
        )
        spilt = opened.evaluate(
            "[...document.querySelectorAll('.plot .infolayer text')].filter(text => "
            "{ const one = text.getBoundingClientRect(); return one.left < 0 || one.right > 390; })"
            ".map(text => text.textContent)"
        )
    assert min(sizes) >= 12
    assert spilt == []
    assert any(cut for cut, _ in hints)
    assert all(cut is not hidden for cut, hidden in hints)


def test_tabs_of_quartos_open_one_at_a_time(chromium, tmp_path):
    stage(rich_document(), RICH, tmp_path)
    tab = '<li><a href="#tabset-1-{i}">Tab {i}</a></li>'
    panel = '<div id="tabset-1-{i}"><p>Text {i}</p></div>'
    tabs, panels = ("".join(part.format(i=i) for i in (1, 2)) for part in (tab, panel))
    markup = (
        f'<div class="panel-tabset"><ul id="tabset-1" class="panel-tabset-tabby">{tabs}</ul>'
        f'<div class="tab-content">{panels}</div></div>'
    )
    (tmp_path / "report.qmd").write_text(f"```{{=html}}\n{markup}\n```\n", "utf-8")
    made = render(tmp_path, ("html",), "embedded")["html"]
    with page(chromium, made) as opened:
        first, second = opened.get_by_role("tab").all()
        assert [opened.get_by_text(f"Text {i}").is_visible() for i in (1, 2)] == [True, False]
        second.click()
        assert [opened.get_by_text(f"Text {i}").is_visible() for i in (1, 2)] == [False, True]
        second.press("ArrowRight")
        assert first.get_attribute("aria-selected") == "true"
        opened.emulate_media(media="print")
        assert [opened.get_by_text(f"Text {i}").is_visible() for i in (1, 2)] == [True, True]
        assert opened.said == []
