"""The same site as a Quarto website, where Quarto is found."""

import json
import shutil
from html import unescape

import pytest
from lxml import etree

from custanalytics.errors import RenderError
from custanalytics.portfolio.site import build_site
from tests.portfolio.stand_in import ODD
from tests.portfolio.visitor import ADDRESS, PAGES, SLUGS, Page, wrong_addresses

needs_quarto = pytest.mark.skipif(not shutil.which("quarto"), reason="quarto is not on PATH")


@pytest.fixture(scope="module")
def quarto_site(made, tmp_path_factory):
    return build_site(made, tmp_path_factory.mktemp("quarto") / "site", renderer="quarto")


def test_quarto_that_is_not_there(made, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RenderError, match="not found on PATH"):
        build_site(made, tmp_path / "site", renderer="quarto")


@needs_quarto
@pytest.mark.parametrize("name", PAGES)
def test_quartos_links_lead_somewhere_and_nothing_is_loaded_from_outside(quarto_site, name):
    assert wrong_addresses(quarto_site, name) == []
    ids = Page(quarto_site / name).ids
    assert len(ids) == len(set(ids))
    # A page opened from disk may not load a module.
    assert not Page(quarto_site / name).all("script", type="module")


@needs_quarto
def test_quartos_pages_have_the_same_cards_and_links(quarto_site, site):
    for name in ("index.html", *(f"entries/{slug}/index.html" for slug in SLUGS)):
        first, second = Page(quarto_site / name), Page(site / name)
        for wanted in ({"class": "card"}, {"class": "tag-theme"}):
            assert first.all("li", **wanted) == second.all("li", **wanted)
        own = [a for a in second.addresses[1] if not a.startswith(("#", "http", "../../", "index"))]
        assert [a for a in own if a not in first.addresses[1]] == []
    assert len(Page(quarto_site / "index.html").all("li", **{"class": "card"})) == 4
    text = unescape((quarto_site / "entries" / "odd" / "index.html").read_text("utf-8"))
    assert ODD in text
    assert "nobody can tell who the client is" in text


@needs_quarto
def test_quartos_charts_are_still_and_follow_light_and_dark(quarto_site):
    text = (quarto_site / "entries" / "gift-shop" / "index.html").read_text("utf-8")
    assert 'class="plot"' not in text
    assert 'srcset="figures/retention.dark.svg"' in text
    assert not list(quarto_site.rglob("notes.txt"))


@needs_quarto
def test_quartos_feed_and_index_name_every_project(quarto_site):
    feed = etree.parse(quarto_site / "index.xml").getroot()
    assert [title.text for title in feed.findall("channel/item/title")][-1] == ODD
    assert [link.text for link in feed.findall("channel/item/link")] == [
        f"{ADDRESS}entries/{slug}/" for slug in SLUGS
    ]
    found = json.loads((quarto_site / "search.json").read_text("utf-8"))
    assert "Zebraodd" in next(e for e in found if e["slug"] == "odd")["text"]
