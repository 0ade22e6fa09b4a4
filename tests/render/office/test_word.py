"""The Word document: the page's words, real headings and tables, described pictures."""

import re
import zipfile

import matplotlib
import pytest
from fontTools.afmLib import AFM
from lxml import etree

from custanalytics.render.pages.rendering import render
from custanalytics.render.pages.staging import stage
from custanalytics.render.pages.templates import template
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


def val(element, path: str, name: str = "val") -> str | None:
    found = element.find("/".join(f"{W}{step}" for step in path.split("/")))
    return None if found is None else found.get(f"{W}{name}")


def test_the_contents_lead_to_every_chapter_and_section(word) -> None:
    listed = [*paragraphs(word, "TOC1"), *paragraphs(word, "TOC2")]
    listed[0] = listed[0].rpartition("\\u ")[2]  # the field's own code
    headed = [*paragraphs(word, "Heading1"), *paragraphs(word, "Heading2")]
    assert listed == headed
    assert len(headed) > 10
    marks = {mark.get(f"{W}name") for mark in word.iter(f"{W}bookmarkStart")}
    assert {link.get(f"{W}anchor") for link in word.iter(f"{W}hyperlink")} - {None} <= marks
    kinds = [mark.get(f"{W}fldCharType") for mark in word.iter(f"{W}fldChar")]
    assert kinds == ["begin", "separate", "end"]


def test_a_cover_says_what_was_found_and_stands_alone(folder, word) -> None:
    page = (folder / "report.html").read_text("utf-8")
    first = re.search(r'<div class="findings">.*?<strong>(.*?)</strong>', page, re.DOTALL)
    assert paragraphs(word, "CoverFinding") == [plain(first.group(1))]
    assert word.find(f"{W}body/{W}sectPr/{W}titlePg") is not None
    broken = [p for p in word.iter(f"{W}p") if p.find(f"{W}pPr/{W}pageBreakBefore") is not None]
    chapters = paragraphs(word, "Heading1")
    assert [plain("".join(p.itertext())) for p in broken] == chapters[:1]
    with zipfile.ZipFile(folder / "report.docx") as archive:
        footer = archive.read("word/footer1.xml").decode()
        assert b"<dc:title>What your customers are worth" in archive.read("docProps/core.xml")
        assert b'compatibilityMode" w:uri="http://schemas' in archive.read("word/settings.xml")
    assert "What your customers are worth" in footer
    assert "NUMPAGES" in footer


def drawn(text: str) -> float:
    """Width in Helvetica's published metrics, which are Arial's too, in em."""
    metrics = AFM(matplotlib.get_data_path() + "/fonts/afm/phvr8a.afm")
    known = {chr(code): wide for _, (code, wide, _) in metrics._chars.items() if code > 0}
    return sum(known.get(letter, 556) for letter in text) / 1000


def test_no_number_and_no_word_of_a_table_is_broken(word) -> None:
    tables = [t for t in word.iter(f"{W}tbl") if val(t, "tblPr/tblStyle") == "Table"]
    assert len(tables) > 10
    for table in tables:
        widths = [int(column.get(f"{W}w")) for column in table.find(f"{W}tblGrid")]
        assert sum(widths) <= 9366  # A4 less its margins
        for i, row in enumerate(table.findall(f"{W}tr")):
            assert row.find(f"{W}trPr/{W}cantSplit") is not None
            for cell, wide in zip(row.findall(f"{W}tc"), widths, strict=True):
                assert int(val(cell, "tcPr/tcW", "w")) == wide
                text = "".join(cell.itertext()).strip()
                if not text:
                    continue
                size = int(cell.find(f".//{W}rPr/{W}sz").get(f"{W}val")) / 2
                # Word ends a line after the hyphen of a file's name
                words = re.split(r"[ \n]+|(?<=[a-z]-)(?=[a-z])", text)
                for part in [text] if i and len(text) <= 14 else words:
                    margins = cell.find(f"{W}tcPr/{W}tcMar")
                    around = sum(int(side.get(f"{W}w")) for side in margins)
                    assert drawn(plain(part)) * size * 20 + around <= wide, text


def test_the_names_of_lists_leave_the_actions_more_room_than_they_take(word) -> None:
    plans = [t for t in word.iter(f"{W}tbl") if "By when" in "".join(t.itertext())]
    assert plans
    for table in plans:
        head = [plain("".join(cell.itertext())) for cell in table.find(f"{W}tr").iter(f"{W}tc")]
        widths = [int(column.get(f"{W}w")) for column in table.find(f"{W}tblGrid")]
        assert widths[head.index("Action")] > widths[head.index("List")]


def test_short_tables_stay_whole_and_names_stay_with_their_tables(word) -> None:
    for table in word.iter(f"{W}tbl"):
        rows = table.findall(f"{W}tr")
        if val(table, "tblPr/tblStyle") == "Table" and len(rows) <= 10:
            for row in rows[:-1]:
                assert all(p.find(f"{W}pPr/{W}keepNext") is not None for p in row.iter(f"{W}p"))


def test_wide_tables_are_two_that_can_be_read(word) -> None:
    heads = {}
    for table in (t for t in word.iter(f"{W}tbl") if val(t, "tblPr/tblStyle") == "Table"):
        head = [plain("".join(cell.itertext())) for cell in table.find(f"{W}tr").iter(f"{W}tc")]
        heads.setdefault(head[0], []).append(head)
        assert {int(size.get(f"{W}val")) for size in table.iter(f"{W}sz")} <= {15, 16, 17}, head
    first, second = heads["Seen up to"][:2]
    assert (*first[:2], first[-1]) == ("Seen up to", "Days", "By own rates")
    assert (*second[:2], second[-1]) == ("Seen up to", "Purchases expected", "Error")


def test_an_interval_is_not_broken(word) -> None:
    cells = [t.text for table in word.iter(f"{W}tbl") for t in table.iter(f"{W}t") if t.text]
    assert not [text for text in cells if re.search(r"\([^ ]+ to ", text)]
    assert any("\xa0to\xa0" in text for text in cells)


def test_figures_and_tables_are_counted_by_word(word) -> None:
    captions = [p for p in word.iter(f"{W}p") if val(p, "pPr/pStyle") == "Caption"]
    for label in ("Figure", "Table"):
        code = f" SEQ {label} \\* ARABIC "
        fields = [
            f for p in captions for f in p.iter(f"{W}fldSimple") if f.get(f"{W}instr") == code
        ]
        counted = [int("".join(field.itertext())) for field in fields]
        assert counted == list(range(1, len(counted) + 1))
        assert len(counted) > 3
    assert plain("".join(captions[0].itertext())).startswith("Figure 1: ")


def test_pictures_beside_each_other_share_the_width(word) -> None:
    cards = [t for t in word.iter(f"{W}tbl") if val(t, "tblPr/tblStyle") == "Cards"]
    drawn = [t.xpath(".//*[local-name()='extent']/@cx") for t in cards]
    rows = [[int(wide) for wide in row] for row in drawn if row]
    assert rows
    assert all(sum(row) <= 6.5 * 914400 for row in rows)
