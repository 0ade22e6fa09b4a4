"""What a visitor gets: pages, links, pictures, search, feed."""

import json
import re
from html import unescape

import pytest
from lxml import etree

from custanalytics.errors import RenderError, SourceError, UsageError
from custanalytics.portfolio.pictures import with_drawings
from custanalytics.portfolio.site import build_site
from custanalytics.render.brand import read_brand
from tests.portfolio.stand_in import DRAWING, ENTRIES, ODD
from tests.portfolio.visitor import ADDRESS, PAGES, SLUGS, Page, wrong_addresses

ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_site_has_all_its_files(site):
    for name in (
        *PAGES,
        *("index.xml", "sitemap.xml", "robots.txt", "search.json", ".nojekyll"),
        *("assets/site.css", "assets/site.js", "assets/favicon.svg", "assets/card.png"),
    ):
        assert (site / name).is_file(), name
    for name in ("report.html", "report.pdf", "slides.pptx", "again.sh", "picture.svg", "card.png"):
        assert (site / "entries" / "wine-merchant" / name).is_file(), name


def test_nothing_is_published_but_what_the_pages_lead_to(site):
    names = {path.name for path in site.rglob("*")}
    assert not names & {"notes.txt", "entry.json", "index.qmd"}


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere_and_nothing_is_loaded_from_outside(site, name):
    assert wrong_addresses(site, name) == []
    ids = Page(site / name).ids
    assert len(ids) == len(set(ids))


def test_style_and_scripts_load_nothing_from_outside(site):
    sheet = (site / "assets" / "site.css").read_text("utf-8")
    assert "@import" not in sheet
    for address in re.findall(r'url\("?([^")]*)', sheet):
        assert (site / "assets" / address).is_file()
    for name in ("site.js", "report.js", "search.js"):
        text = (site / "assets" / name).read_text("utf-8")
        assert "fetch(" not in text
        assert "XMLHttpRequest" not in text


def test_everything_can_be_read_without_a_script(site):
    page = Page(site / "index.html")
    cards = page.all("li", **{"class": "card"})
    assert [card["data-slug"] for card in cards] == SLUGS
    assert not [card for card in cards if "hidden" in card]
    # What only a script can do is not offered without one.
    assert "hidden" in page.all("form", id="tools")[0]
    copy = Page(site / "entries" / "odd" / "index.html").all("button")
    assert all("hidden" in button for button in copy)


def test_the_filters_count_what_the_cards_have(site):
    page = Page(site / "index.html")
    chips = {
        (c["data-group"], c["data-key"]): c["data-value"]
        for c in page.all("button")
        if "data-key" in c
    }
    cards = page.all("li", **{"class": "card"})
    for entry in ENTRIES:
        card = next(c for c in cards if c["data-slug"] == entry.slug)
        assert chips["theme", card["data-theme"]] == entry.theme
        keys = card["data-technique"].split()
        assert tuple(chips["technique", key] for key in keys) == entry.techniques
    text = (site / "index.html").read_text("utf-8")
    counts = dict(re.findall(r'data-value="([^"]*)">.*?<span class="chip-count">(\d+)<', text))
    assert counts["Customer value"] == "2"
    assert counts["Prospects &amp; &lt;leads&gt;"] == "1"


def test_words_are_found_by_script_and_file_alike(site):
    found = json.loads((site / "search.json").read_text("utf-8"))
    assert [entry["slug"] for entry in found] == SLUGS
    assert "Zebragiftshop" in next(e for e in found if e["slug"] == "gift-shop")["text"]
    script = (site / "assets" / "search.js").read_text("utf-8")
    assert (
        json.loads(script.removeprefix("window.portfolioSearch = ").rstrip().rstrip(";")) == found
    )


def test_odd_titles_are_shown_as_they_are(site):
    for name in ("index.html", "entries/odd/index.html", "entries/music-club/index.html"):
        text = (site / name).read_text("utf-8")
        assert "<b>ask</b>" not in text
        assert ODD in unescape(text)
    feed = etree.parse(site / "index.xml").getroot()
    assert ODD in [title.text for title in feed.iter(f"{ATOM}title")]


def test_a_project_says_what_it_is_and_leads_to_its_forms(site):
    page = Page(site / "entries" / "gift-shop" / "index.html")
    _, led = page.addresses
    assert [a for a in led if a.startswith(("report", "slides"))] == [
        "report.html",
        "report.pdf",
        "slides.pptx",
    ]
    text = unescape((site / "entries" / "gift-shop" / "index.html").read_text("utf-8"))
    assert "CC BY 4.0" in text
    assert "custanalytics fetch cdnow\ncd cdnow && custanalytics run" in text
    assert "nobody can tell who the client is" not in text
    other = (site / "entries" / "odd" / "index.html").read_text("utf-8")
    assert "nobody can tell who the client is" in other
    assert "slides.pptx" not in other
    assert "Source</dt>" not in other


def test_charts_are_still_and_follow_light_and_dark(site):
    text = (site / "entries" / "gift-shop" / "index.html").read_text("utf-8")
    assert 'class="plot"' not in text
    assert "plotly" not in text
    for name in ("segments", "retention"):
        dark = (site / "entries" / "gift-shop" / "figures" / f"{name}.dark.svg").read_text("utf-8")
        assert "#1f5a94" not in dark
        assert "#6ba6dc" in dark
        assert f'srcset="figures/{name}.dark.svg"' in text


def test_shared_links_show_a_picture_where_the_address_is_known(site):
    page = Page(site / "entries" / "odd" / "index.html")
    assert page.all("link", rel="canonical")[0]["href"] == f"{ADDRESS}entries/odd/index.html"
    card = page.all("meta", property="og:image")[0]["content"]
    assert (site / card.removeprefix(ADDRESS)).is_file()
    assert page.all("meta", property="og:title")[0]["content"] == ODD


def test_feed_and_site_map_name_every_project(site):
    feed = etree.parse(site / "index.xml").getroot()
    entries = feed.findall(f"{ATOM}entry")
    assert len({e.find(f"{ATOM}id").text for e in entries}) == 4
    assert [e.find(f"{ATOM}link").get("href") for e in entries] == [
        f"{ADDRESS}entries/{slug}/index.html" for slug in SLUGS
    ]
    assert feed.find(f"{ATOM}updated").text == "2026-06-30T00:00:00Z"
    listed = [
        e.text for e in etree.parse(site / "sitemap.xml").getroot().iter() if e.tag.endswith("loc")
    ]
    assert listed[:2] == [ADDRESS, f"{ADDRESS}about.html"]
    assert len(listed) == 6
    assert f"Sitemap: {ADDRESS}sitemap.xml" in (site / "robots.txt").read_text("utf-8")


def test_without_an_address_nothing_claims_one(portfolio):
    settings = portfolio / "portfolio.toml"
    kept = [
        line for line in settings.read_text("utf-8").splitlines() if not line.startswith("address")
    ]
    settings.write_text("\n".join(kept), "utf-8")
    site = build_site(portfolio, renderer="embedded")
    assert not (site / "sitemap.xml").exists()
    page = Page(site / "index.html")
    assert not page.all("link", rel="canonical")
    assert not page.all("meta", property="og:image")
    etree.parse(site / "index.xml")


def test_the_same_portfolio_gives_the_same_bytes(site, made, tmp_path):
    again = build_site(made, tmp_path / "again", renderer="embedded")
    files = {
        path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()
    }
    assert files == {p.relative_to(again): p.read_bytes() for p in again.rglob("*") if p.is_file()}


def test_a_failure_leaves_the_old_site(portfolio):
    site = portfolio / "site"
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    write_up = portfolio / "entries" / "music-club" / "index.qmd"
    write_up.write_text(write_up.read_text("utf-8") + "\n[more](gone.html)\n", "utf-8")
    with pytest.raises(RenderError, match=r"gone\.html"):
        build_site(portfolio, renderer="embedded")
    assert before == {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    assert sorted(p.name for p in portfolio.iterdir() if p.name.startswith(".site")) == []


def test_a_new_site_has_nothing_of_the_old_one(portfolio):
    for path in sorted((portfolio / "entries" / "odd").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (portfolio / "site" / "stale.html").write_text("old", "utf-8")
    site = build_site(portfolio, renderer="embedded")
    assert not (site / "entries" / "odd").exists()
    assert not (site / "stale.html").exists()


def test_a_folder_of_somebody_else_is_left_alone(made, tmp_path):
    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="did not make"):
        build_site(made, tmp_path, renderer="embedded")
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_the_site_speaks_the_portfolios_language(portfolio):
    settings = portfolio / "portfolio.toml"
    settings.write_text('lang = "de"\n' + settings.read_text("utf-8"), "utf-8")
    site = build_site(portfolio, renderer="embedded")
    text = (site / "index.html").read_text("utf-8")
    assert '<html lang="de">' in text
    assert "Abgeschlossene Projekte" in text
    assert "Juni 2026" in text
    assert '<article lang="en">' in (site / "entries" / "odd" / "index.html").read_text("utf-8")


def test_templates_can_be_the_portfolios_own(portfolio):
    (portfolio / "_templates").mkdir()
    (portfolio / "_templates" / "bottom.html").write_text("<footer>My own foot</footer>\n", "utf-8")
    site = build_site(portfolio, renderer="embedded")
    assert "My own foot" in (site / "about.html").read_text("utf-8")


def test_the_about_page_may_lead_to_projects_and_show_a_portrait(portfolio):
    (portfolio / "portrait.jpg").write_bytes(b"\xff\xd8")
    text = '[Work](entries/odd/index.html) ![](portrait.jpg){fig-alt="Me"}\n'
    (portfolio / "about.qmd").write_text(text, "utf-8")
    site = build_site(portfolio, renderer="embedded")
    assert (site / "portrait.jpg").is_file()
    assert wrong_addresses(site, "about.html") == []


def test_an_entry_lies_in_the_folder_of_its_name(portfolio):
    (portfolio / "entries" / "odd").rename(portfolio / "entries" / "even")
    with pytest.raises(SourceError, match="slug must be the folder's name, 'even'"):
        build_site(portfolio, renderer="embedded")


def test_drawings_with_any_description_are_found(tmp_path):
    (tmp_path / "a.svg").write_text(DRAWING, "utf-8")
    body = '<p><img src="a.svg" alt="more > less" class="x"> and <img src="b.png" alt=""></p>'
    found = with_drawings(body, tmp_path, read_brand(tmp_path))
    assert found.count("<picture>") == 1
    assert 'alt="more > less" class="x" width="624" height="307" loading="lazy">' in found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<p>\n{% if site.name %}", "line 2"),
        ("{{ site.nmae }}", "has no attribute 'nmae'"),
        ("{{ site.__class__.__mro__ }}", "unsafe"),
        ('{% include "../portfolio.toml" %}', "no template ../portfolio.toml"),
    ],
)
def test_a_template_that_is_wrong_is_named(portfolio, text, said):
    own = portfolio / "_templates" / "bottom.html"
    own.parent.mkdir()
    own.write_text(text, "utf-8")
    with pytest.raises(RenderError, match=said) as raised:
        build_site(portfolio, renderer="embedded")
    assert "bottom.html" in str(raised.value) or "../" in said


def test_a_template_that_is_a_link_out_of_the_folder_is_not_taken(portfolio, tmp_path):
    (tmp_path / "secret.html").write_text("secret", "utf-8")
    (portfolio / "_templates").mkdir()
    (portfolio / "_templates" / "bottom.html").symlink_to(tmp_path / "secret.html")
    site = build_site(portfolio, renderer="embedded")
    assert "secret" not in (site / "about.html").read_text("utf-8")
