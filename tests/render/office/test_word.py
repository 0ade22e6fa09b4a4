"""The Word document: the page's words, real headings and tables, described pictures."""

import re
import zipfile

import pytest
from lxml import etree

from custanalytics.render import render, stage, template
from tests.render.written import written

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def folder(rich, tmp_path_factory):
    place = tmp_path_factory.mktemp("word") / "report"
    stage(written(rich), template("customer-value"), place)
    render(place, ("html", "docx"), "embedded", rich.settings.made_on)
    return place


@pytest.fixture(scope="module")
def word(folder):
    with zipfile.ZipFile(folder / "report.docx") as archive:
        return etree.fromstring(archive.read("word/document.xml"))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def paragraphs(word, style: str) -> list[str]:
    found = word.xpath(f"//w:p[w:pPr/w:pStyle/@w:val='{style}']", namespaces={"w": W.strip("{}")})
    return [plain("".join(p.itertext())) for p in found]


def test_headings_are_headings(folder, word) -> None:
    page = (folder / "report.html").read_text("utf-8")
    # typographic quotes and entities aside
    sections = re.findall(r"<h2[^>]*>(.*?)</h2>", page, re.DOTALL)
    titles = [plain(re.sub("<[^>]+>", "", title)) for title in sections]
    assert paragraphs(word, "Heading1") == titles
    assert paragraphs(word, "Title") == ["What your customers are worth"]


def test_every_figure_of_the_summary_is_there(folder, word) -> None:
    page = (folder / "report.html").read_text("utf-8")
    main = re.sub(r"<script.*?</script>", "", page[page.index("<main") :], flags=re.DOTALL)
    shown = set(re.findall(r"\d[\d.,]*\d", re.sub(r"<[^>]+>", " ", main)))
    written = set(re.findall(r"\d[\d.,]*\d", " ".join(word.itertext())))
    texts = " ".join(t for t in word.itertext())
    assert {n for n in shown if n not in written and n not in texts} == set()


def test_tables_are_tables_and_pictures_are_described(folder, word) -> None:
    page = (folder / "report.html").read_text("utf-8")
    assert len(list(word.iter(f"{W}tbl"))) >= page.count("<table")
    pictures = word.xpath("//*[local-name()='docPr']")
    assert len(pictures) == len(re.findall(r"<img ", page))
    assert all(picture.get("descr") for picture in pictures)
    with zipfile.ZipFile(folder / "report.docx") as archive:
        names = archive.namelist()
        assert len(names) == len(set(names))
        assert not any(name.endswith(".svg") for name in names)
        assert b"Georgia" in archive.read("word/theme/theme1.xml")


def test_the_same_document_gives_the_same_bytes(folder, rich) -> None:
    first = (folder / "report.docx").read_bytes()
    render(folder, ("docx",), "embedded", rich.settings.made_on)
    assert (folder / "report.docx").read_bytes() == first
